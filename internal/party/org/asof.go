package org

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// DayOf checks a day that somebody wants to look back to: real, not in the future, not before the Party.
func DayOf(on, today civil.Date) error {
	switch {
	case on.IsZero() || !on.Valid():
		return fault.New(fault.Invalid, "没有这一天，请核对日期。").At("as_of").By("K-12")
	case on.After(today):
		return fault.New(fault.Invalid, "只能看今天和以前的情况。").At("as_of").By("K-12")
	case on.Before(firstDay):
		return fault.New(fault.Invalid, "日期太早，请核对年份。").At("as_of").By("K-12")
	}
	return nil
}

// AsOf gives organisations as they were on a day, in the same order. What lies in the reader's scope today decides what
// is read, as with everything else.
func AsOf(ctx context.Context, r store.Reader, on civil.Date, list []Organisation) ([]Then, error) {
	out := make([]Then, len(list))
	at := make(map[string]int, len(list))
	ids := make([]string, len(list))
	later, kept := make([]bool, len(list)), make([]bool, len(list))
	for i, o := range list {
		out[i] = Then{Organisation: o, State: o.stateOn(on)}
		at[o.ID], ids[i] = i, o.ID
	}
	err := inChunks(ids, func(in string, args []any) error {
		query := "SELECT org_id, what, from_on, parent_id, value FROM {org_past} WHERE org_id IN " + in + " AND to_on > ? AND (from_on <= ? OR what = 'name')"
		return r.Each(ctx, query, append(args, on, on), func(row store.Row) error {
			var id, what, parent, value string
			var from civil.Date
			if err := row.Scan(&id, &what, &from, &parent, &value); err != nil {
				return err
			}
			if from.After(on) { // it had another name later: before that, only what is kept tells the name
				later[at[id]] = true
				return nil
			}
			kept[at[id]] = kept[at[id]] || what == pastName
			return out[at[id]].put(what, parent, value)
		})
	})
	for i := range out {
		out[i].NameUnknown = later[i] && !kept[i]
	}
	return out, err
}

// NamesUnkept marks those whose names were changed since a day without that a period was kept.
func NamesUnkept(ctx context.Context, r store.Reader, on civil.Date, list []Then) error {
	at := make(map[string]int, len(list))
	ids := make([]string, len(list))
	for i, t := range list {
		at[t.ID], ids[i] = i, t.ID
	}
	return inChunks(ids, func(in string, args []any) error {
		query := "SELECT DISTINCT e.org_id FROM {org_event} e WHERE e.org_id IN " + in + " AND e.on_date > ? AND e.kind = 'renamed' AND NOT EXISTS " +
			"(SELECT 1 FROM {org_past} p WHERE p.org_id = e.org_id AND p.what = 'name' AND p.from_on <= ? AND p.to_on > ?)"
		return r.Each(ctx, query, append(args, on, on, on), func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			list[at[id]].NameUnknown = true
			return err
		})
	})
}

// AsOfOne is AsOf for one organisation.
func AsOfOne(ctx context.Context, r store.Reader, on civil.Date, o Organisation) (Then, error) {
	list, err := AsOf(ctx, r, on, []Organisation{o})
	if err != nil {
		return Then{}, err
	}
	return list[0], nil
}

// inChunks asks for ids some at a time. Their number is filled up to a power of two, so that few different queries are
// prepared.
func inChunks(ids []string, ask func(in string, args []any) error) error {
	for rest := ids; len(rest) > 0; {
		chunk := rest[:min(len(rest), stepsAtOnce)]
		rest = rest[len(chunk):]
		n := 8
		for n < len(chunk) {
			n *= 2
		}
		args := make([]any, n, 2*n+2)
		for i := range n {
			args[i] = chunk[min(i, len(chunk)-1)]
		}
		if err := ask("(?"+strings.Repeat(", ?", n-1)+")", args); err != nil {
			return err
		}
	}
	return nil
}

// The conditions of having been there on a day, whatever the superior, and of having stood already where one stands now.
// Each takes the day four times. Who stood elsewhere or was abolished for a time is read once for a query: the periods
// around the day, by an index that knows when they ended. To ask it of each organisation costs as much for each.
const (
	hadBegun  = "o.established_on <= ? AND (o.abolished_on = '' OR o.abolished_on > ?)"
	wasThere  = hadBegun + " AND o.id NOT IN (SELECT a.org_id FROM {org_past} a WHERE a.what = 'abolished' AND a.to_on > ? AND a.from_on <= ?)"
	stoodHere = hadBegun + " AND o.id NOT IN (SELECT a.org_id FROM {org_past} a WHERE a.what IN ('abolished', 'parent') AND a.to_on > ? AND a.from_on <= ?)"
)

// ThenChild is an organisation as it was below another, with how many stood directly below itself.
type ThenChild struct {
	Then
	Below int
}

// ChildrenAsOf gives the organisations that were directly below one on a day, those behind the path after; "" begins.
// next is the after of the following page, "" at the end.
func ChildrenAsOf(ctx context.Context, r store.Reader, parent string, on civil.Date, after string, limit int) (out []ThenChild, next string, err error) {
	limit = bounded(limit)
	// Two ranges of two indexes: those that stand there still, and those that have been moved since.
	query := "SELECT " + orgColumns + " FROM {org} o WHERE o.parent_id = ? AND o.path > ? AND " + stoodHere +
		" UNION ALL SELECT " + orgColumns + " FROM {org_past} p JOIN {org} o ON o.id = p.org_id WHERE p.parent_id = ? AND p.what = 'parent' AND p.from_on <= ? AND p.to_on > ? AND o.path > ? AND " + wasThere +
		" ORDER BY 2 LIMIT ?"
	args := []any{parent, after, on, on, on, on, parent, on, on, after, on, on, on, on, limit + 1}
	var list []Organisation
	err = r.Each(ctx, query, args, func(row store.Row) error {
		o, err := scanOrganisation(row)
		list = append(list, o)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Path
	}
	then, err := AsOf(ctx, r, on, list)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(then))
	for i, t := range then {
		ids[i] = t.ID
	}
	below, err := CountBelowAsOf(ctx, r, on, ids)
	if err != nil {
		return nil, "", err
	}
	for _, t := range then {
		out = append(out, ThenChild{t, below[t.ID]})
	}
	return out, next, nil
}

// CountBelowAsOf counts the organisations that stood directly below others on a day.
func CountBelowAsOf(ctx context.Context, r store.Reader, on civil.Date, parents []string) (map[string]int, error) {
	out := map[string]int{}
	add := func(row store.Row) error {
		var id string
		var n int
		err := row.Scan(&id, &n)
		out[id] += n
		return err
	}
	err := inChunks(parents, func(in string, args []any) error {
		query := "SELECT o.parent_id, count(*) FROM {org} o WHERE o.parent_id IN " + in + " AND " + stoodHere + " GROUP BY o.parent_id"
		if err := r.Each(ctx, query, append(args[:len(args):len(args)], on, on, on, on), add); err != nil {
			return err
		}
		query = "SELECT p.parent_id, count(*) FROM {org_past} p JOIN {org} o ON o.id = p.org_id WHERE p.parent_id IN " + in +
			" AND p.what = 'parent' AND p.from_on <= ? AND p.to_on > ? AND " + wasThere + " GROUP BY p.parent_id"
		return r.Each(ctx, query, append(args, on, on, on, on, on, on), add)
	})
	return out, err
}

// StraysAsOf gives the organisations in the reader's scope that were there on a day below a superior outside of it: they
// have come since. They stand at the top of what the reader sees of the tree as it was.
func StraysAsOf(ctx context.Context, r store.Reader, on civil.Date, limit int) ([]Then, error) {
	var list []Organisation
	query := "SELECT " + orgColumns + " FROM {org_past} p JOIN {org} o ON o.id = p.org_id WHERE p.what = 'parent' AND p.from_on <= ? AND p.to_on > ? AND " + wasThere +
		" AND NOT EXISTS (SELECT 1 FROM {org} u WHERE u.id = p.parent_id) ORDER BY o.path LIMIT ?"
	err := r.Each(ctx, query, []any{on, on, on, on, on, on, bounded(limit)}, func(row store.Row) error {
		o, err := scanOrganisation(row)
		list = append(list, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return AsOf(ctx, r, on, list)
}

// ListAsOf is List for the organisations that were there on a day. They come in the order of the tree as it is, so that
// a page is one range; ParentID tells the tree as it was.
func ListAsOf(ctx context.Context, r store.Reader, on civil.Date, after string, limit int) (list []Then, next string, err error) {
	limit = bounded(limit)
	var found []Organisation
	query := "SELECT " + orgColumns + " FROM {org} o WHERE o.path > ? AND " + wasThere + " ORDER BY o.path LIMIT ?"
	err = r.Each(ctx, query, []any{after, on, on, on, on, limit + 1}, func(row store.Row) error {
		o, err := scanOrganisation(row)
		found = append(found, o)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].Path
	}
	list, err = AsOf(ctx, r, on, found)
	return list, next, err
}

// MostBranches bounds whose members are listed as of a day.
const MostBranches = 500

// BranchesAsOf gives the organisations with members of their own that stood at or below one on a day, in the order of the
// tree of that day. More than MostBranches are refused: somebody looks at one of the inferiors.
func BranchesAsOf(ctx context.Context, r store.Reader, on civil.Date, top Organisation) (out []Then, err error) {
	first, err := AsOfOne(ctx, r, on, top)
	if err != nil {
		return nil, err
	}
	level := []Then{first}
	for len(level) > 0 {
		t := level[0]
		level = level[1:]
		if t.Kind.IsBranch() {
			if t.State == There {
				out = append(out, t)
			}
			continue
		}
		for after := ""; ; {
			children, next, err := ChildrenAsOf(ctx, r, t.ID, on, after, MaxLimit)
			if err != nil {
				return nil, err
			}
			for _, c := range children {
				level = append(level, c.Then)
			}
			if len(out)+len(level) > MostBranches {
				return nil, fault.New(fault.Invalid, "范围太大，列不完。请选它下面的一个党组织。").At("under")
			}
			if after = next; after == "" {
				break
			}
		}
	}
	return out, nil
}

// Unkept tells what of an organisation has changed since a day without that a period was kept: its name, its superior. Acts
// from before periods were kept left none, and AsOf tells these as they are now.
func Unkept(ctx context.Context, r store.Reader, on civil.Date, id string) (name, parent bool, err error) {
	for what, into := range map[string]*bool{pastName: &name, pastParent: &parent} {
		kind := Renamed
		if what == pastParent {
			kind = Moved
		}
		var one int
		query := "SELECT 1 FROM {org_event} e WHERE e.org_id = ? AND e.kind = ? AND e.on_date > ? AND NOT EXISTS " +
			"(SELECT 1 FROM {org_past} p WHERE p.org_id = e.org_id AND p.what = ? AND p.from_on <= ? AND p.to_on > ?) LIMIT 1"
		if *into, err = r.One(ctx, query, []any{id, kind, on, what, on, on}, &one); err != nil {
			return false, false, err
		}
	}
	return name, parent, nil
}
