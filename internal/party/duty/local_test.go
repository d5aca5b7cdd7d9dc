package duty_test

import (
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// years is a city whose kept duties are looked at on several days.
type years struct {
	*demotest.City
	town store.Reader
}

func (c years) decide(d localrule.Decision) string {
	c.T.Helper()
	d.Org, d.Basis = c.Town().ID, "石桥镇党委〔2026〕15 号"
	id, err := c.Local.Propose(ctx, c.Actor("party-worker"), d)
	if err == nil {
		err = c.Local.Approve(ctx, c.Actor("organisation-department"), id, 1)
	}
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}

// overdue is in how many branches of the town a duty is overdue on a day; everything kept is what the facts come to.
func (c years) overdue(name timeline.Name, day string) (int, string) {
	c.T.Helper()
	c.Duties.Clock = civil.Fixed(civil.MustParse(day).In(civil.Beijing))
	list, ok, err := c.Duties.Overdue(ctx, c.town)
	if err != nil || !ok {
		c.T.Fatal(ok, err)
	}
	c.compare(day)
	for _, b := range list {
		if b.Duty == string(name) {
			return b.Branches, b.Title
		}
	}
	return 0, ""
}

func (c years) compare(day string) (n int) {
	c.T.Helper()
	_, err := c.Duties.Settle(ctx, 0)
	if err != nil {
		c.T.Fatal(err)
	}
	compared, err := c.Duties.Compare(ctx, c.Everything(), 0, func(org, name string, kept, computed duty.Mark) {
		n++
		c.T.Logf("%s: %s of %s is kept as %v, computed %v", day, name, org, kept, computed)
	})
	if err != nil || !compared.Kept || compared.Looked != compared.Branches || compared.Looked == 0 {
		c.T.Fatalf("%s: compared %+v, %v", day, compared, err)
	}
	err = c.Duties.CompareAbove(ctx, c.Everything(), func(path, name string, off int64) {
		n++
		c.T.Logf("%s: %s above is off by %d at %s", day, name, off, path)
	})
	if err != nil || n > 0 {
		c.T.Errorf("%s: %d differ, %v", day, n, err)
	}
	return n
}

// TestKeptFollowsLocalDecisions: what a town decides is asked of its branches from its day on, until it ends, also where
// nobody enters anything on that day; what is asked of the branches elsewhere stays.
func TestKeptFollowsLocalDecisions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		city := demotest.Found(t, cfg, 300)
		town, err := city.Everything().Within(city.Town().Path)
		if err != nil {
			t.Fatal(err)
		}
		c := years{city, town}
		if _, err := c.Duties.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		before := c.branches()
		id := c.decide(localrule.Decision{Kind: localrule.Duty, Title: "每月党课", Wording: "每月上一次党课。", Of: expression.Branch, Months: 1, Within: 20, Applies: "true", Done: "meetings.lecture >= 1", From: civil.MustParse("2026-12-01")})
		lecture := timeline.LocalName(id)
		if n, _ := c.overdue(lecture, "2026-12-20"); n != 0 {
			t.Errorf("overdue on its last day: %d", n)
		}
		if n, title := c.overdue(lecture, "2026-12-21"); n != before || title != "每月党课" {
			t.Errorf("after its day: %d of %d, %q", n, before, title)
		}
		c.move("0001.0001.0007.") // a committee with one branch
		if n, _ := c.overdue(lecture, "2026-12-21"); n != before+1 {
			t.Errorf("after a committee came: %d of %d", n, before+1)
		}
		aged := c.decide(localrule.Decision{Kind: localrule.Duty, Title: "老党员谈往事", Wording: "每月一次。", Of: expression.Member, Months: 1, Applies: "member.standing_years >= 10", Done: "study.hours >= 100.0", From: civil.MustParse("2026-12-01")})
		for _, day := range []string{"2026-12-21", "2027-01-01", "2027-04-30", "2027-05-01"} { // some have ten years in between
			if n, _ := c.overdue(timeline.LocalName(aged), day); (n > 0) != (day > "2027") {
				t.Errorf("%s: %d", day, n)
			}
		}
		c.decide(localrule.Decision{Kind: localrule.Parameter, Rule: "B-08", Parameter: "each_months", Value: "1", From: civil.MustParse("2028-07-01")})
		c.overdue(timeline.LifeAssembly, "2028-06-30")
		c.overdue(timeline.LifeAssembly, "2028-08-10")
		end, err := c.Local.ProposeEnd(ctx, c.Actor("organisation-department"), id, civil.MustParse("2026-12-31"), "石桥镇党委〔2026〕20 号")
		if err == nil {
			err = c.Local.Approve(ctx, c.Actor("reviewer"), end, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := c.overdue(lecture, "2028-08-11"); n != 0 {
			t.Errorf("long after its end: %d", n)
		}
		c.Sound()
		err = c.DB.Write(ctx, store.System("test"), func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "owed", store.Key{store.Set("org_path", c.Town().Path+"0001."), store.Set("duty", string(timeline.LifeAssembly))}, store.Set("n", 7))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if rep, err := c.VerifyAll(ctx); err != nil || rep.OK || len(rep.Findings) != 1 || rep.Findings[0].Table != "owed" || rep.Compared.Looked != rep.Compared.Branches {
			t.Errorf("a kept number was changed: %+v %v", rep, err)
		}
	})
}

// move puts an organisation below the town.
func (c years) move(path string) {
	c.T.Helper()
	var id string
	var version int64
	if _, err := c.Everything().One(ctx, "SELECT id, version FROM {org} WHERE path = ?", []any{path}, &id, &version); err != nil {
		c.T.Fatal(err)
	}
	if _, err := c.Orgs.Move(ctx, c.Actor("organisation-department"), org.Move{ID: id, Version: version, To: c.Town().ID, Basis: org.Basis{On: demotest.On, Reason: "撤乡并镇"}}); err != nil {
		c.T.Fatal(err)
	}
}

// branches is how many the town has.
func (c years) branches() (n int) {
	c.T.Helper()
	if _, err := c.town.One(ctx, "SELECT count(*) FROM {org} WHERE kind IN ('branch', 'joint-branch', 'temporary-branch') AND abolished_on = ''", nil, &n); err != nil {
		c.T.Fatal(err)
	}
	return n
}
