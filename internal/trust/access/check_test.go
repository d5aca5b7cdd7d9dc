package access_test

import (
	"slices"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
)

// Every quarter whoever may take a role back looks whether it is still right.
func TestRolesAreLookedAtEveryQuarter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c) // 1 July: the first day of a quarter
		worker := h.account("zhen", access.PartyWorker, "town1")
		east, west, south := h.account("dong", access.BranchSecretary, "east"), h.account("xi", access.BranchCommittee, "west"), h.account("nan", access.BranchSecretary, "south")
		h.install(access.NewAccount{Login: "dangyuan", Name: "党员e1", Org: "east", Member: "e1", Grants: grants(access.PlainMember, "east")}, "")
		due := func() (int, bool) {
			n, late, err := h.door.ChecksDue(h.ctx, h.person(worker.Account))
			h.ok(err)
			return n, late
		}
		if n, late := due(); n != 0 || late {
			t.Errorf("%d roles to look at in the quarter they were given", n)
		}
		h.clock.pass(92 * 24 * time.Hour) // 1 October
		if n, late := due(); n != 2 || late {
			t.Errorf("%d roles, late %v", n, late)
		}
		h.clock.pass(40 * 24 * time.Hour)
		if _, late := due(); !late {
			t.Error("never late")
		}
		p := h.person(worker.Account)
		list, total, err := h.door.Unchecked(h.ctx, p, 10)
		h.ok(err)
		logins := []string{list[0].Login, list[1].Login}
		if slices.Sort(logins); total != 2 || !slices.Equal(logins, []string{"dong", "xi"}) || list[0].OrgName == "" {
			t.Errorf("%+v", list)
		}
		h.refused(h.door.Check(h.ctx, p, "r", south.Grants[0].ID), fault.NotFound, "")
		h.refused(h.door.Check(h.ctx, p, "r", worker.Grants[0].ID), fault.NotFound, "") // nobody confirms the own role
		h.refused(h.door.Check(h.ctx, h.person(east.Account), "r", west.Grants[0].ID), fault.NotFound, "")
		h.ok(h.door.Check(h.ctx, p, "r", east.Grants[0].ID))
		h.ok(h.door.Check(h.ctx, p, "r2", east.Grants[0].ID, west.Grants[0].ID))
		if n, late := due(); n != 0 || late || h.acts("account.check") != 2 {
			t.Errorf("%d roles left, %d acts", n, h.acts("account.check"))
		}
		h.clock.pass(60 * 24 * time.Hour) // the next year's first quarter
		if n, _ := due(); n != 2 {
			t.Errorf("%d roles in the next quarter", n)
		}
	})
}

// Who sees a record, and why: the same accounts, and for the same reasons, as asking every account whether it may.
func TestWhoSeesIsWhoMaySee(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		security := h.account("anquan", access.SecurityAdmin, "city")
		people := []*access.Person{security, h.account("zhen", access.PartyWorker, "town1"), h.account("liu", access.PartyWorker, "town2"),
			h.account("dong", access.BranchSecretary, "east"), h.account("xi", access.BranchSecretary, "west"), h.account("shen", access.Reviewer, "city"),
			h.install(access.NewAccount{Login: "e1", Name: "党员e1", Org: "east", Member: "e1", Grants: grants(access.PlainMember, "east")}, "")}
		locked := h.account("suo", access.BranchCommittee, "east")
		h.ok(h.door.Lock(h.ctx, security, "r", locked.Account, "试"))
		for member, branch := range members {
			path := h.path[branch]
			want := []string{}
			for _, p := range people {
				if _, err := h.person(p.Account).Allow(access.See, access.Member, path, member); err == nil {
					want = append(want, p.Login)
				}
			}
			asker := map[bool]*access.Person{true: people[1], false: people[2]}[branch != "south"]
			seers, err := h.door.WhoSees(h.ctx, h.person(asker.Account), path, member)
			h.ok(err)
			got := []string{}
			for _, s := range seers {
				got = append(got, s.Login)
				for _, r := range s.Reasons {
					if r.Rule == "" || r.Text == "" || r.Mask == access.NoClass || r.Grant != nil && (s.Origins[r.Grant.ID].By == "" || s.Origins[r.Grant.ID].At.IsZero()) {
						t.Errorf("%s sees %s: %+v", s.Login, member, r)
					}
				}
			}
			slices.Sort(want)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s is seen by %v, want %v", member, got, want)
			}
		}
		_, err := h.door.WhoSees(h.ctx, people[5], h.path["east"], "e1") // a reviewer does not see who looks
		h.refused(err, fault.Forbidden, "A-30")
		_, err = h.door.WhoSees(h.ctx, people[4], h.path["east"], "e1")
		h.refused(err, fault.NotFound, "")
		_, err = h.door.WhoSees(h.ctx, people[6], h.path["east"], "e1") // the member herself
		h.ok(err)
		opens, err := h.door.Opens(h.ctx, security, people[3].Account)
		h.ok(err)
		if len(opens) != 1 || len(opens[0].Lines) < 10 || opens[0].Origin.By == "" {
			t.Errorf("%+v", opens)
		}
	})
}
