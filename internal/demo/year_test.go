package demo_test

import (
	"context"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// TestMostBranchesOfADemoAreUpToDate: the year in the log book leaves a few branches with a gap, and the same seed writes the
// same year.
func TestMostBranchesOfADemoAreUpToDate(t *testing.T) {
	ctx := context.Background()
	var said [2][]string
	for round := range said {
		plan := demo.Plan{Dir: installation.Dir(t.TempDir() + "/city"), Members: 1000, Seed: 3, On: civil.MustParse("2026-11-23"), Lived: true}
		if _, err := demo.Found(ctx, plan); err != nil {
			t.Fatal(err)
		}
		in, err := installation.Open(ctx, installation.Options{Dir: plan.Dir})
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		all := in.DB.As(store.System("test"))
		kinds := map[timeline.Kind]int{}
		if err := logbook.EachStanding(ctx, all, "", func(e logbook.Entry) error {
			kinds[e.Kind]++
			said[round] = append(said[round], e.OrgPath+string(e.Kind)+e.On.String()+e.Fields.String())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, k := range []timeline.Kind{timeline.MeetingHeld, timeline.CommitteeElected, timeline.Member, timeline.DuesPaid, timeline.Studied, timeline.FloatedOut, timeline.Contacted} {
			if kinds[k] == 0 {
				t.Errorf("no %s", k)
			}
		}
		branches, err := in.Duties.Rebuild(ctx)
		if err != nil || branches < 20 {
			t.Fatalf("%d branches, %v", branches, err)
		}
		list, _, err := in.Duties.Overdue(ctx, all)
		if err != nil {
			t.Fatal(err)
		}
		late := map[string]bool{}
		for _, b := range list {
			at, err := in.Duties.LateBranches(ctx, all, b.Duty, 0, 500)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d", b.Duty, len(at))
			for _, l := range at {
				late[l.OrgID] = true
			}
		}
		if len(late) == 0 || len(late) > branches/4 {
			t.Errorf("%d of %d branches are behind", len(late), branches)
		}
	}
	if len(said[0]) != len(said[1]) {
		t.Fatalf("%d and %d entries", len(said[0]), len(said[1]))
	}
	for i := range said[0] {
		if said[0][i] != said[1][i] {
			t.Fatalf("entry %d differs: %s, %s", i, said[0][i], said[1][i])
		}
	}
}
