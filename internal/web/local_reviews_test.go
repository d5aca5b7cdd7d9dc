package web

import (
	"context"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/localrule"
	"zhibu/internal/web/view"
)

// A local decision that waits stands in the queue and on the workbench of whoever confirms it, and is not asked of its
// proposer.
func TestLocalDecisionsStandInTheQueue(t *testing.T) {
	c := house(t)
	ctx := context.Background()
	worker, err := c.in.Access.Named(ctx, "party-worker")
	if err != nil {
		t.Fatal(err)
	}
	id, err := c.in.Local.Propose(ctx, worker.Actor("test"), localrule.Decision{Org: worker.Grants[0].Org, Kind: localrule.Parameter, Rule: "M-04", Parameter: "study_hours", Value: "40",
		From: civil.Today(c.in.Clock), Basis: "虚构的文件"})
	if err != nil {
		t.Fatal(err)
	}
	link := `href="` + view.PathLocalRule(id) + `"`
	second := c.as(t, "committee-secretary", 1)
	for _, page := range []string{view.PathReviews, view.PathReviews + "?what=mine", view.PathWorkbench} {
		if !strings.Contains(second.get(page).body, link) {
			t.Errorf("%s does not lead whoever confirms to the decision", page)
		}
	}
	own := c.as(t, "party-worker", 1)
	for _, page := range []string{view.PathReviews + "?what=mine", view.PathWorkbench} {
		if strings.Contains(own.get(page).body, link) {
			t.Errorf("%s asks the proposer to confirm", page)
		}
	}
	if strings.Contains(c.as(t, "branch-secretary", 1).get(view.PathReviews).body, link) {
		t.Error("a branch secretary sees what waits above")
	}
}
