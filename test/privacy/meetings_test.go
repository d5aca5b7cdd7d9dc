package privacy_test

import (
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/life"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/retention"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestMeetingsForgetWhoIsDestroyed: how many came stays, who it was and why somebody stayed away does not.
func TestMeetingsForgetWhoIsDestroyed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		s, secretary, today := c.Life, c.Actor("branch-secretary"), civil.Today(c.Clock)
		o, err := org.ByPath(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		id, err := s.Plan(ctx, secretary, life.New{Org: o.ID, Kind: life.ThemeDay, On: today, Starts: "09:00", Place: "村部", Topic: "学习"})
		if err != nil {
			t.Fatal(err)
		}
		m, err := life.ByID(ctx, c.Everything(), id)
		if err != nil {
			t.Fatal(err)
		}
		roll, err := s.Roll(ctx, c.Everything(), m)
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]bool{m.ChairID: true, m.RecorderID: true}
		for _, role := range []string{"party-worker", "organisation-department", "branch-secretary", "member", "branch-committee"} {
			own[c.Person(role, 1).Member] = true
		}
		who, marks := "", []life.Mark{}
		for _, a := range roll {
			mark := life.Mark{Member: a.Member, State: life.Present}
			if who == "" && !own[a.Member] && a.Vote {
				who, mark.State, mark.Why = a.Member, life.Excused, "在省城住院"
			}
			marks = append(marks, mark)
		}
		if err := s.Attend(ctx, secretary, id, 1, marks); err != nil {
			t.Fatal(err)
		}
		if err := s.Resolve(ctx, secretary, id, life.NewResolution{Text: "查线路", Owner: who, Due: today, KnownBy: "有记录"}); err != nil {
			t.Fatal(err)
		}
		x, err := c.Members.ByID(ctx, c.Everything(), who)
		if err != nil {
			t.Fatal(err)
		}
		destroyed(t, c, ended(t, c, member.Member{ID: x.ID, Version: x.Version}))
		if m, err = life.ByID(ctx, c.Everything(), id); err != nil {
			t.Fatal(err)
		}
		after, err := s.Roll(ctx, c.Everything(), m)
		if err != nil || len(after) != len(roll) || life.Count(after).Excused != 1 {
			t.Fatalf("%d of %d, %v", len(after), len(roll), err)
		}
		for _, a := range after {
			if a.Member == who && (a.Name != retention.Name || a.Why != "") {
				t.Errorf("%+v", a)
			}
		}
		if list, err := life.Resolutions(ctx, c.Everything(), id); err != nil || len(list) != 1 || list[0].Owner != retention.Name {
			t.Errorf("%+v %v", list, err)
		}
		c.Sound()
	})
}
