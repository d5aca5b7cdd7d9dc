package web

import (
	"context"
	"html"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/web/view"
)

// From a record one link leads to what the book says of its person, for the secretary and for herself.
func TestRecordLeadsToItsEntries(t *testing.T) {
	c := house(t)
	ctx := context.Background()
	her, err := c.in.Access.Named(ctx, "member")
	if err != nil {
		t.Fatal(err)
	}
	secretary, err := c.in.Access.Named(ctx, "branch-secretary")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := c.in.Logbook.Add(ctx, secretary.Actor("test"), logbook.New{Org: secretary.Grants[0].Org, Kind: timeline.Contacted, On: civil.Today(c.in.Clock), People: []string{her.Member}})
	if err != nil {
		t.Fatal(err)
	}
	log, due := view.PathLogOfPerson(her.Member), view.PathDutiesOfPerson(her.Member)
	for role, page := range map[string]string{"branch-secretary": view.PathMember(her.Member), "member": view.PathMe} {
		b := c.as(t, role, 1)
		body := html.UnescapeString(b.get(page).body)
		if !strings.Contains(body, `href="`+log+`"`) || !strings.Contains(body, `href="`+due+`"`) {
			t.Errorf("%s: the record does not lead to the book", role)
		}
		if got := b.get(log); got.status != 200 || !strings.Contains(got.body, view.PathEntry(ids[0])) {
			t.Errorf("%s: the book does not show the entry: %d", role, got.status)
		}
		if got := b.get(due); got.status != 200 {
			t.Errorf("%s: what is due: %d", role, got.status)
		}
	}
}
