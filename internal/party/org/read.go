package org

import (
	"context"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// MaxLimit bounds how many rows one reading gives.
const MaxLimit = 200

func bounded(limit int) int {
	if limit <= 0 || limit > MaxLimit {
		return MaxLimit
	}
	return limit
}

// ByID reads an organisation. fault.NotFound where there is none, and where it lies out of scope.
func ByID(ctx context.Context, r store.Reader, id string) (Organisation, error) {
	return one(ctx, r, "o.id = ?", id)
}

// ByCode reads an organisation by its code, as typed.
func ByCode(ctx context.Context, r store.Reader, typed string) (Organisation, error) {
	c, err := code(typed)
	if err != nil {
		return Organisation{}, fault.Missing()
	}
	return one(ctx, r, "o.code = ?", c)
}

// ByPath reads the organisation at a path.
func ByPath(ctx context.Context, r store.Reader, path string) (Organisation, error) {
	return one(ctx, r, "o.path = ?", path)
}

func one(ctx context.Context, r store.Reader, where string, arg any) (Organisation, error) {
	var o Organisation
	found, err := r.One(ctx, "SELECT "+orgColumns+" FROM {org} o WHERE "+where, []any{arg}, o.fields()...)
	if err != nil {
		return Organisation{}, err
	}
	if !found {
		return Organisation{}, fault.Missing()
	}
	return o, nil
}

// List gives organisations in the order of the tree, those behind the path after; "" begins. next is the after of the
// following page, "" at the end. Under a scope of several subtrees narrow the reader first.
func List(ctx context.Context, r store.Reader, after string, limit int) (list []Organisation, next string, err error) {
	limit = bounded(limit)
	err = r.Each(ctx, "SELECT "+orgColumns+" FROM {org} o WHERE o.path > ? ORDER BY o.path LIMIT ?", []any{after, limit + 1}, func(row store.Row) error {
		o, err := scanOrganisation(row)
		list = append(list, o)
		return err
	})
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Path
	}
	return list, next, err
}

// Choice is an organisation in a list to choose from.
type Choice struct{ ID, ShortName string }

// Few gives the living organisations of some kinds, of every kind without any, when there are at most so many under
// the reader's scope; nil when there are more.
func Few(ctx context.Context, r store.Reader, atMost int, kinds ...Kind) ([]Choice, error) {
	where, args := " FROM {org} WHERE abolished_on = ''", []any{}
	if len(kinds) > 0 {
		where += " AND kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")"
		for _, k := range kinds {
			args = append(args, string(k))
		}
	}
	var one int // to pass over rows costs a tenth of reading them
	if many, err := r.One(ctx, "SELECT 1"+where+" LIMIT 1 OFFSET ?", append(args, atMost), &one); err != nil || many {
		return nil, err
	}
	list := []Choice{}
	err := r.Each(ctx, "SELECT id, short_name"+where+" ORDER BY path", args, func(row store.Row) error {
		var o Choice
		err := row.Scan(&o.ID, &o.ShortName)
		list = append(list, o)
		return err
	})
	return list, err
}

// Child is an organisation below another, with how many living ones stand directly below itself.
type Child struct {
	Organisation
	Below int
}

// Children gives the living organisations directly below one, those behind the path after; "" begins. next as in List.
func Children(ctx context.Context, r store.Reader, parent, after string, limit int) ([]Child, string, error) {
	return children(ctx, r, parent, after, limit, " AND o.abolished_on = ''")
}

// AllChildren is Children with the abolished ones.
func AllChildren(ctx context.Context, r store.Reader, parent, after string, limit int) ([]Child, string, error) {
	return children(ctx, r, parent, after, limit, "")
}

func children(ctx context.Context, r store.Reader, parent, after string, limit int, and string) (list []Child, next string, err error) {
	limit = bounded(limit)
	err = r.Each(ctx, "SELECT "+orgColumns+", (SELECT count(*) FROM {org} c WHERE c.parent_id = o.id AND c.abolished_on = '') FROM {org} o WHERE o.parent_id = ? AND o.path > ?"+and+" ORDER BY o.path LIMIT ?",
		[]any{parent, after, limit + 1}, func(row store.Row) error {
			var c Child
			err := row.Scan(append(c.fields(), &c.Below)...)
			list = append(list, c)
			return err
		})
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Path
	}
	return list, next, err
}

// CountChildren counts the living organisations directly below one.
func CountChildren(ctx context.Context, r store.Reader, parent string) (n int, err error) {
	_, err = r.One(ctx, "SELECT count(*) FROM {org} WHERE parent_id = ? AND abolished_on = ''", []any{parent}, &n)
	return n, err
}

// CountByKind counts the living organisations in scope by kind.
func CountByKind(ctx context.Context, r store.Reader) (map[Kind]int, error) {
	out := map[Kind]int{}
	err := r.Each(ctx, "SELECT kind, count(*) FROM {org} WHERE abolished_on = '' GROUP BY kind", nil, func(row store.Row) error {
		var k Kind
		var n int
		err := row.Scan(&k, &n)
		out[k] = n
		return err
	})
	return out, err
}

// Events gives the history of an organisation, the latest first.
func Events(ctx context.Context, r store.Reader, org string) ([]Event, error) {
	var out []Event
	err := r.Each(ctx, "SELECT id, org_id, kind, on_date, reason, document, was, became FROM {org_event} WHERE org_id = ? ORDER BY on_date DESC, id DESC",
		[]any{org}, func(row store.Row) error {
			var e Event
			err := row.Scan(&e.ID, &e.Organisation, &e.Kind, &e.On, &e.Reason, &e.Document, &e.Was, &e.Became)
			out = append(out, e)
			return err
		})
	return out, err
}

// Roots are the organisations of the reader's scope that have no superior.
func Roots(ctx context.Context, r store.Reader) (out []Organisation, err error) {
	err = r.Each(ctx, "SELECT "+orgColumns+" FROM {org} o WHERE o.parent_id = '' ORDER BY o.path", nil, func(row store.Row) error {
		o, err := scanOrganisation(row)
		out = append(out, o)
		return err
	})
	return out, err
}
