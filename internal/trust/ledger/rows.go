package ledger

import (
	"strings"

	"zhibu/internal/store"
)

// Rows are the organisations, members and imports that the changed rows of an act name.
type Rows struct {
	Orgs, Members, Batches map[string]bool
	Moved                  bool            // an organisation, with all below it
	Trees                  map[string]bool // organisations whose change bears on everything below them
}

// followed are the tables from whose rows something is kept beside the facts.
var followed = map[string]bool{"org": true, "post": true, "member": true, "entry": true, "applicant": true, "waiver": true, "batch": true, "local_rule": true}

func (r *Rows) empty() bool { return len(r.Orgs)+len(r.Members)+len(r.Batches)+len(r.Trees) == 0 }

// note takes the names out of an image. Images are lent, so texts are cloned.
func (r *Rows) note(i store.Image) {
	if !followed[i.Table] {
		return
	}
	add := func(into *map[string]bool, id string) {
		if id == "" {
			return
		}
		if *into == nil {
			*into = map[string]bool{}
		}
		if !(*into)[id] {
			(*into)[strings.Clone(id)] = true
		}
	}
	switch i.Table {
	case "org":
		add(&r.Orgs, i.RowID)
		if i.After != "" && named(i.Before, `"parent_id"`) != "" { // moved: what holds above is something else now
			add(&r.Trees, i.RowID)
			r.Moved = true
		}
	case "batch":
		add(&r.Batches, i.RowID)
	case "local_rule": // one that waits, or was refused, holds for nobody
		for _, image := range []string{i.Before, i.After} {
			if named(image, `"state"`) == "approved" {
				add(&r.Trees, named(image, `"org_id"`))
			}
		}
		return
	}
	for _, image := range []string{i.Before, i.After} {
		add(&r.Orgs, named(image, `"org_id"`))
		add(&r.Orgs, named(image, `"parent_id"`))
		if i.Table != "member" {
			add(&r.Members, named(image, `"member_id"`))
		}
	}
}

// named is the text of a column in an image; identifiers need no unescaping.
func named(image, column string) string {
	_, rest, found := strings.Cut(image, column)
	if !found {
		return ""
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, " :"), `"`) // engines write spaces or not
	if !found {
		return ""
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
