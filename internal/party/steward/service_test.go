package steward_test

import (
	"context"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var ctx = context.Background()

// branchOf is the branch of the demo's first secretary.
func branchOf(t *testing.T, c *demotest.City) org.Organisation {
	t.Helper()
	o, err := org.ByID(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Org)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func answer(t *testing.T, c *demotest.City, path string, k steward.Kind, on civil.Date) steward.Answer {
	t.Helper()
	h, err := c.Stewards.House(ctx, path, on)
	if err != nil {
		t.Fatal(err)
	}
	return h.Answer(k, on)
}

// TestAnOrganisationDecides: for itself and below, from a day on, once at a time, and only where it may.
func TestAnOrganisationDecides(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		b, town := branchOf(t, c), c.Town()
		before := answer(t, c, b.Path, steward.Basic, demotest.On)
		if before.Steward.At.ID != b.ID || len(before.Steward.Holders) == 0 || !before.Steward.Rule.Doubt {
			t.Fatalf("by default %+v", before.Steward)
		}
		d := steward.Decision{Org: town.ID, Kind: steward.Basic, Level: steward.AtBranch, Steward: "secretary", Reviewer: "reviewer", From: demotest.On.AddDays(3), Basis: "石桥镇党委〔2026〕12 号"}
		if _, err := c.Stewards.Set(ctx, c.Person("branch-secretary", 1).Actor("test"), d); err == nil {
			t.Error("a branch decided for the town")
		}
		for name, bad := range map[string]func(*steward.Decision){
			"kind": func(d *steward.Decision) { d.Kind = "x" }, "level": func(d *steward.Decision) { d.Level = "x" }, "steward": func(d *steward.Decision) { d.Steward = "reviewer" },
			"reviewer": func(d *steward.Decision) { d.Reviewer = "secretary" }, "from": func(d *steward.Decision) { d.From = demotest.On.AddDays(-1) },
			"to": func(d *steward.Decision) { d.To = demotest.On }, "basis": func(d *steward.Decision) { d.Basis = " " },
		} {
			x := d
			bad(&x)
			if _, err := c.Stewards.Set(ctx, c.Actor("party-worker"), x); fault.Of(err) != fault.Invalid || fault.As(err).Field != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		id, err := c.Stewards.Set(ctx, c.Actor("party-worker"), d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stewards.Set(ctx, c.Actor("organisation-department"), d); fault.Of(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		if got := answer(t, c, b.Path, steward.Basic, demotest.On.AddDays(2)); got.Steward.Rule.ID != "" {
			t.Error("it holds before its first day")
		}
		after := answer(t, c, b.Path, steward.Basic, demotest.On.AddDays(3))
		if after.Steward.Rule.ID != id || after.Steward.Post != "secretary" || after.Reviewer.At.ID == b.ID {
			t.Errorf("decided %+v", after)
		}
		if err := c.Stewards.End(ctx, c.Person("branch-secretary", 1).Actor("test"), id, 1, demotest.On.AddDays(10), "试"); fault.Of(err) != fault.NotFound {
			t.Errorf("ended by a branch: %v", err)
		}
		if err := c.Stewards.End(ctx, c.Actor("party-worker"), id, 2, demotest.On.AddDays(10), "换届"); fault.Of(err) != fault.Conflict {
			t.Errorf("another version: %v", err)
		}
		if err := c.Stewards.End(ctx, c.Actor("party-worker"), id, 1, demotest.On.AddDays(10), "换届"); err != nil {
			t.Fatal(err)
		}
		if got := answer(t, c, b.Path, steward.Basic, demotest.On.AddDays(11)); got.Steward.Rule.ID != "" {
			t.Error("it holds after its last day")
		}
		c.Sound()
	})
}

// TestAnEmptyPostGoesUp: who leaves a post answers no longer the same day, and the page can say which post is empty.
func TestAnEmptyPostGoesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		b := branchOf(t, c)
		posts, err := org.Posts(ctx, c.Everything(), b.ID, demotest.On)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range posts {
			if _, err := c.Orgs.EndPost(ctx, c.Actor("party-worker"), org.EndPost{ID: p.ID, Version: p.Version, Basis: org.Basis{On: demotest.On, Reason: "离任"}}); err != nil {
				t.Fatal(err)
			}
		}
		got := answer(t, c, b.Path, steward.Organisation, demotest.On.AddDays(-1))
		if got.Steward.At.ID != b.ID || len(got.Steward.Empty) > 0 {
			t.Errorf("the day before: %+v", got.Steward)
		}
		got = answer(t, c, b.Path, steward.Basic, demotest.On)
		if got.Steward.Post != "secretary" || got.Steward.Holders[0].Account == "" { // her role stays until it is taken back
			t.Errorf("by the role: %+v", got.Steward)
		}
		for _, g := range c.Person("branch-secretary", 1).Grants {
			if err := c.Access.Revoke(ctx, c.Person("organisation-department", 1), "test", g.Account, g.ID, "离任"); err != nil {
				t.Fatal(err)
			}
		}
		got = answer(t, c, b.Path, steward.Basic, demotest.On)
		if got.Steward.At.ID == b.ID || len(got.Steward.Empty) == 0 || got.Steward.Empty[0].At.ID != b.ID {
			t.Errorf("empty: %+v", got.Steward)
		}
	})
}
