package demo_test

import (
	"context"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/party/review"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
)

// TestALivedDemoShowsDisputes: some doubts wait and one is answered, some changes wait, on whatever small city, and the installation verifies.
func TestALivedDemoShowsDisputes(t *testing.T) {
	ctx := context.Background()
	plan := demo.Plan{Dir: installation.Dir(t.TempDir() + "/city"), Members: 300, Seed: 7, On: civil.MustParse("2026-11-23"), Lived: true}
	if _, err := demo.Found(ctx, plan); err != nil {
		t.Fatal(err)
	}
	in, err := installation.Open(ctx, installation.Options{Dir: plan.Dir})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for state, want := range map[steward.State]int{steward.Open: 3, steward.Settled: 1} {
		list, _, err := in.Stewards.List(ctx, in.DB.As(store.System("test")), steward.Filter{State: state})
		if err != nil || len(list) != want {
			t.Errorf("%s: %d disputes, want %d, %v", state, len(list), want, err)
		}
	}
	changes, err := in.Reviews.Queue(ctx, in.DB.As(store.System("test")), review.Filter{})
	if err != nil || len(changes.Lines) != 2 {
		t.Errorf("%d changes to records wait: %v", len(changes.Lines), err)
	}
	acts, _, err := in.Reviews.OrgQueue(ctx, in.DB.As(store.System("test")), review.OrgFilter{})
	if err != nil || len(acts) != 2 {
		t.Errorf("%d acts on organisations wait: %v", len(acts), err)
	}
	if rep, err := in.Verify(ctx); err != nil || !rep.OK {
		t.Errorf("verify: %+v, %v", rep, err)
	}
}
