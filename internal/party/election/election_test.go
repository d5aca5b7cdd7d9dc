package election_test

import (
	"context"
	"slices"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/election"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var ctx = context.Background()

// TestFromRequestToResult: a branch asks, the committee above approves, two people are counted, somebody is elected; every
// wrong turn is refused with its rule.
func TestFromRequestToResult(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		s, secretary, above := c.Elections, c.Actor("branch-secretary"), c.Actor("organisation-department")
		o, err := org.ByPath(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		refused := func(what, rule string, err error) {
			t.Helper()
			if f := fault.As(err); f == nil || f.Rule != rule {
				t.Errorf("%s: %v, not by %s", what, err, rule)
			}
		}
		today := civil.Today(s.Clock)
		ask := election.New{Org: o.ID, On: today, Seats: 2, Standing: 3}
		for what, bad := range map[string]election.New{"too few candidates": {o.ID, today, 2, 2}, "no seats": {o.ID, today, 0, 3}} {
			_, err := s.Request(ctx, secretary, bad)
			refused(what, "E-08", err)
		}
		_, err = s.Request(ctx, secretary, election.New{Org: o.ID, On: today.AddDays(-1), Seats: 2, Standing: 3})
		refused("a day that is over", "E-14", err)
		id, err := s.Request(ctx, secretary, ask)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Request(ctx, secretary, ask)
		refused("a second request", "E-14", err)
		refused("approved by the branch", "E-14", s.Decide(ctx, secretary, id, 1, true, ""))
		refused("refused without a reason", "E-14", s.Decide(ctx, above, id, 1, false, " "))
		if err := s.Decide(ctx, above, id, 1, true, ""); err != nil {
			t.Fatal(err)
		}
		voters, err := election.Voters(ctx, c.Everything(), o, today)
		if err != nil || len(voters) < 6 {
			t.Fatalf("%d %v", len(voters), err)
		}
		var ids []string
		for _, v := range voters {
			if v.ID != secretary.Member {
				ids = append(ids, v.ID)
			}
		}
		refused("a candidate watches", "E-13", s.Name(ctx, secretary, id, 2, ids[:3], ids[2:3]))
		refused("the same twice", "E-08", s.Name(ctx, secretary, id, 2, []string{ids[0], ids[1], ids[0]}, ids[4:5]))
		refused("two of three", "E-14", s.Name(ctx, secretary, id, 2, ids[:2], ids[4:5]))
		refused("nobody's identifier", "E-03", s.Name(ctx, secretary, id, 2, []string{ids[0], ids[1], "nobody"}, ids[4:5]))
		if err := s.Name(ctx, secretary, id, 2, ids[:3], ids[4:5]); err != nil {
			t.Fatal(err)
		}
		first, err := s.Hold(ctx, secretary, id, 3, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Ballots.GiveUp(ctx, secretary, first, 1, "选票有疑问"); err != nil {
			t.Fatal(err)
		}
		second, err := s.Hold(ctx, secretary, id, 4, "")
		if err != nil {
			t.Fatal(err)
		}
		n := len(voters)
		count := ballot.Numbers{Should: n, Present: n, Issued: n, Collected: n, Counts: []ballot.Count{{ID: ids[0], Yes: n}, {ID: ids[1], Yes: n - 1, No: 1}, {ID: ids[2], No: n}}}
		for _, who := range []string{"branch-secretary", "party-worker"} {
			if _, err := c.Ballots.Enter(ctx, c.Actor(who), second, count); err != nil {
				t.Fatal(err)
			}
		}
		if e, err := election.ByID(ctx, c.Everything(), id); err != nil || e.State != election.Counted {
			t.Errorf("%+v %v", e, err)
		}
		if list, err := ballot.Of(ctx, c.Everything(), election.BallotSubject, id); err != nil || len(list) != 2 {
			t.Errorf("%v %v", list, err)
		}
		e, err := election.ByID(ctx, c.Everything(), id)
		if err != nil {
			t.Fatal(err)
		}
		name := func(i int) string {
			for _, v := range voters {
				if v.ID == ids[i] {
					return v.Name
				}
			}
			return ""
		}
		refused("nobody has a post", "E-14", s.Report(ctx, secretary, id, e.Version, nil))
		refused("two secretaries", "E-14", s.Report(ctx, secretary, id, e.Version, map[string]string{name(0): "secretary", name(1): "secretary"}))
		if err := s.Report(ctx, secretary, id, e.Version, map[string]string{name(0): "secretary", name(1): "organisation-member"}); err != nil {
			t.Fatal(err)
		}
		refused("approved by the branch", "E-14", s.Confirm(ctx, secretary, id, e.Version+1, true, ""))
		if err := s.Confirm(ctx, above, id, e.Version+1, true, ""); err != nil {
			t.Fatal(err)
		}
		posts, err := org.Posts(ctx, c.Everything(), o.ID, today.AddDays(1))
		if err != nil {
			t.Fatal(err)
		}
		var held []string
		for _, p := range posts {
			held = append(held, p.Title+" "+p.Holder)
		}
		if !slices.Equal(held, []string{"secretary " + name(0), "organisation-member " + name(1)}) {
			t.Errorf("%v", held)
		}
		if facts, err := logbook.Facts(ctx, c.Everything(), o.Path); err != nil || !slices.ContainsFunc(facts, func(f logbook.Entry) bool { return f.Kind == timeline.CommitteeElected && f.On == today }) {
			t.Errorf("the log book does not know of it: %v", err)
		}
		c.Sound()
	})
}
