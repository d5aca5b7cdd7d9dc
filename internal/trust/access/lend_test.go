package access_test

import (
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func TestADutyIsLentForATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		worker := h.account("zhen", access.PartyWorker, "town1")
		deputy := h.account("dai", access.BranchCommittee, "east")
		lending := access.Lending{Grant: worker.Grants[0].ID, To: "dai", From: day("2026-07-02"), Until: day("2026-07-10"), Reason: "学习"}
		id, err := h.door.Lend(h.ctx, worker, "r", lending)
		h.ok(err)
		if p := h.person(deputy.Account); len(p.Grants) != 1 {
			t.Fatal("it holds before its day")
		}
		h.clock.pass(24 * time.Hour)
		p := h.person(deputy.Account)
		if !p.Bare { // now she sees a town
			t.Error("a deputy of a town needs no second factor")
		}
		_, err = h.door.InstallFactor(h.ctx, ledger.System("test"), p)
		h.ok(err)
		p = h.person(deputy.Account)
		if p.Role() != access.PartyWorker || p.Grants[0].ForName != worker.Name || p.Grants[0].For != worker.Account {
			t.Fatalf("%+v", p.Grants)
		}
		_, err = p.Allow(access.Move, access.Member, h.path["west"], "w1")
		h.ok(err)

		// What she does as deputy stands in the log as done for the other; what she may do anyway does not.
		note := func(kind, org string) string {
			act := ledger.Act{Kind: kind, Subject: "member", SubjectID: "x", OrgPath: h.path[org]}
			h.ok(h.ledger.Note(h.ctx, p.Actor("r"), act))
			var actor string
			_, err := h.db.As(store.System("test")).One(h.ctx, "SELECT actor FROM {act} ORDER BY id DESC LIMIT 1", nil, &actor)
			h.ok(err)
			return actor
		}
		for _, c := range []struct{ kind, org, want string }{
			{"member.move", "west", p.Name + "（代" + worker.Name + "）"}, {"member.move", "east", p.Name + "（代" + worker.Name + "）"},
			{"member.opened", "east", p.Name}, {"member.opened", "west", p.Name + "（代" + worker.Name + "）"}, {"account.sign_in", "east", p.Name},
		} {
			if got := note(c.kind, c.org); got != c.want {
				t.Errorf("%s at %s: %s, want %s", c.kind, c.org, got, c.want)
			}
		}

		// Not onward, and not twice.
		h.account("san", access.BranchCommittee, "west")
		_, err = h.door.Lend(h.ctx, p, "r", access.Lending{Grant: id, To: "san", From: day("2026-07-03"), Until: day("2026-07-04"), Reason: "试"})
		h.refused(err, fault.Forbidden, access.RuleLend)
		_, err = h.door.Lend(h.ctx, worker, "r", access.Lending{Grant: lending.Grant, To: "dai", From: day("2026-07-03"), Until: day("2026-07-04"), Reason: "试"})
		h.refused(err, fault.Conflict, "")
		if list, err := h.door.LentBy(h.ctx, worker); err != nil || len(list) != 1 || list[0].Login != "dai" {
			t.Errorf("%+v %v", list, err)
		}

		h.clock.pass(9 * 24 * time.Hour) // it ends by itself
		if p := h.person(deputy.Account); p.Role() != access.BranchCommittee {
			t.Error("it holds after its last day")
		}
	})
}

func TestWhatCannotBeLent(t *testing.T) {
	h := sqlite(t)
	worker := h.install(access.NewAccount{Login: "zhen", Name: "王安", Org: "town1", Number: number, Grants: grants(access.PartyWorker, "town1")}, "")
	h.plain("ziji", "王小安", "", number)
	h.plain("tongming", "王安", "", "")
	east := h.account("dong", access.BranchSecretary, "east")
	h.account("yuan", access.BranchSecretary, "south")
	h.account("anquan", access.SecurityAdmin, "town1")
	h.account("dai", access.BranchCommittee, "east")
	member := h.install(access.NewAccount{Login: "dangyuan", Name: "党员e1", Org: "east", Member: "e1", Grants: grants(access.PlainMember, "east")}, "")
	system := h.account("xitong", access.SystemAdmin, "town1")
	good := access.Lending{Grant: worker.Grants[0].ID, To: "dai", From: day("2026-07-01"), Until: day("2026-07-31"), Reason: "出差"}
	change := func(fn func(*access.Lending)) access.Lending { l := good; fn(&l); return l }
	for name, c := range map[string]struct {
		by   *access.Person
		l    access.Lending
		kind fault.Kind
		rule string
	}{
		"to oneself":                {worker, change(func(l *access.Lending) { l.To = "zhen" }), fault.Forbidden, access.RuleLend},
		"to one's second account":   {worker, change(func(l *access.Lending) { l.To = "ziji" }), fault.Forbidden, access.RuleLend},
		"to somebody of one's name": {worker, change(func(l *access.Lending) { l.To = "tongming" }), fault.Forbidden, access.RuleLend},
		"to another region":         {east, change(func(l *access.Lending) { l.Grant, l.To = east.Grants[0].ID, "yuan" }), fault.Invalid, ""},
		"to an administrator":       {worker, change(func(l *access.Lending) { l.To = "anquan" }), fault.Forbidden, access.RuleSeparate},
		"between administrators":    {system, change(func(l *access.Lending) { l.Grant, l.To = system.Grants[0].ID, "anquan" }), fault.Forbidden, access.RuleSeparate},
		"to nobody":                 {worker, change(func(l *access.Lending) { l.To = "nobody" }), fault.Invalid, ""},
		"somebody else's grant":     {worker, change(func(l *access.Lending) { l.Grant = member.Grants[0].ID }), fault.NotFound, ""},
		"one's own record":          {member, change(func(l *access.Lending) { l.Grant = member.Grants[0].ID }), fault.Invalid, ""},
		"without an end":            {worker, change(func(l *access.Lending) { l.Until = civil.Date{} }), fault.Invalid, ""},
		"from yesterday":            {worker, change(func(l *access.Lending) { l.From = day("2026-06-30") }), fault.Invalid, ""},
		"for half a year":           {worker, change(func(l *access.Lending) { l.Until = day("2026-12-31") }), fault.Invalid, ""},
		"without a reason":          {worker, change(func(l *access.Lending) { l.Reason = " " }), fault.Invalid, ""},
	} {
		_, err := h.door.Lend(h.ctx, c.by, "r", c.l)
		if f := fault.As(err); f == nil || f.Kind != c.kind || c.rule != "" && f.Rule != c.rule {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A lent duty goes when the lender's own goes, when her account is closed, and when either ends it; and what is open
// on the deputy's screen goes with it.
func TestWhatIsLentGoesWithTheLender(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		security := h.account("anquan", access.SecurityAdmin, "city")
		stranger := h.account("luren", access.BranchCommittee, "west")
		for i, end := range []func(lender, deputy *access.Person, grant string) error{
			func(l, _ *access.Person, _ string) error {
				return h.door.Revoke(h.ctx, security, "r", l.Account, l.Grants[0].ID, "调离")
			},
			func(l, _ *access.Person, _ string) error {
				return h.door.Disable(h.ctx, security, "r", l.Account, "离岗")
			},
			func(l, _ *access.Person, g string) error { return h.door.EndLending(h.ctx, l, "r", g) },
			func(_, d *access.Person, g string) error { return h.door.EndLending(h.ctx, d, "r", g) },
		} {
			lender := h.account("lender"+string(rune('a'+i)), access.BranchSecretary, "east")
			deputy := h.account("deputy"+string(rune('a'+i)), "", "east")
			id, err := h.door.Lend(h.ctx, lender, "r", access.Lending{Grant: lender.Grants[0].ID, To: deputy.Login, From: day("2026-07-01"), Until: day("2026-07-09"), Reason: "住院"})
			h.ok(err)
			if p := h.person(deputy.Account); !p.May(access.Mend, access.Member) {
				t.Fatal("nothing was lent")
			}
			h.refused(h.door.EndLending(h.ctx, stranger, "r", id), fault.NotFound, "")
			h.ok(end(lender, deputy, id))
			if p := h.person(deputy.Account); p.May(access.Mend, access.Member) {
				t.Errorf("case %d: the deputy goes on", i)
			}
			h.ok(h.door.Disable(h.ctx, security, "r", lender.Account, "换人")) // the place is free for the next case
		}
	})
}
