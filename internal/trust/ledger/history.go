package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhibu/internal/store"
)

// Change is one change of a row with the act it belongs to.
type Change struct {
	Event
	Record        Record
	Gone          bool // the row went with somebody who was destroyed: its images are left out
	before, after map[string]json.RawMessage
}

// Changed tells whether a column differs before and after.
func (c Change) Changed(column string) bool { return !bytes.Equal(c.before[column], c.after[column]) }

// Was and Became give a column's text before and after; sealed columns are hexadecimal digits.
func (c Change) Was(column string) string { return text(c.before[column]) }

// Became gives the column's text after the change.
func (c Change) Became(column string) string { return text(c.after[column]) }

// Columns are the columns that differ, in no order.
func (c Change) Columns() []string {
	var out []string
	for name := range c.after {
		if c.Changed(name) {
			out = append(out, name)
		}
	}
	for name := range c.before {
		if _, ok := c.after[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

const eventColumns = "e.seq, e.act_id, e.tbl, e.row_id, e.op, coalesce(e.before, ''), coalesce(e.after, '')"

type withEvent struct {
	row store.Row
	e   *Event
}

func (w withEvent) Scan(dest ...any) error {
	return w.row.Scan(append([]any{&w.e.Seq, &w.e.Act, &w.e.Table, &w.e.RowID, &w.e.Op, &w.e.Before, &w.e.After}, dest...)...)
}

func scanChange(row store.Row) (Change, error) {
	var c Change
	var err error
	if c.Record, err = scanRecord(withEvent{row, &c.Event}); err != nil {
		return c, err
	}
	for _, image := range []struct {
		text string
		into *map[string]json.RawMessage
	}{{c.Before, &c.before}, {c.After, &c.after}} {
		if image.text != "" {
			if err := json.NewDecoder(strings.NewReader(image.text)).Decode(image.into); err != nil {
				return c, err
			}
		}
	}
	if c.Op == "U" && c.before != nil { // which has what was replaced
		for col, v := range c.after {
			if _, replaced := c.before[col]; !replaced {
				c.before[col] = v
			}
		}
	}
	return c, nil
}

// KindReseal is the act over rows whose values were sealed anew and mean the same as before.
const KindReseal = "keys.reseal"

// Changes lists what happened to one row, oldest first. It reads with the program's own scope: the caller has made
// sure that the actor may see the row. That values were sealed anew is left out: nobody has said anything by it.
func (l *Ledger) Changes(ctx context.Context, table, id string) ([]Change, error) {
	return l.changes(ctx, "e.row_id = ? AND e.tbl = ? AND a.kind <> '"+KindReseal+"'", id, table)
}

// ChangesOf lists the row changes of one act, at most limit.
func (l *Ledger) ChangesOf(ctx context.Context, r Record, limit int) ([]Change, error) {
	return l.changes(ctx, "e.seq BETWEEN ? AND ? AND e.act_id = ? AND e.seq < ?", r.FirstSeq, r.LastSeq, r.ID, r.FirstSeq+int64(limit))
}

func (l *Ledger) changes(ctx context.Context, where string, args ...any) ([]Change, error) {
	var out []Change
	query := "SELECT " + eventColumns + ", a." + prefixed + " FROM {event} e JOIN {act} a ON a.id = e.act_id WHERE " + where + " ORDER BY e.seq"
	err := l.DB.As(store.System("history")).Each(ctx, query, args, func(row store.Row) error {
		c, err := scanChange(row)
		out = append(out, c)
		return err
	})
	if err == nil {
		err = l.hideChanges(ctx, l.DB.As(store.System("history")), out)
	}
	return out, err
}

// Query says which acts a search shows.
type Query struct {
	Under   string // organisation path; "" for the whole scope
	Account string
	Subject string // id of the thing
	Kind    string // kind or its beginning before the dot
	From    int64  // microseconds, inclusive
	To      int64  // exclusive
	Request string // number of the request in which they were done
	Before  string // id of the last act of the page before: acts come newest first
	After   string // id of the first act of the page after
	Limit   int
}

// Acts searches the ledger, newest first. Everything is readable with the auditor's scope only; others see the acts
// of their own organisations.
func (l *Ledger) Acts(ctx context.Context, r store.Reader, q Query) ([]Record, error) {
	var cond []string
	var args []any
	add := func(ok bool, text string, a ...any) {
		if ok {
			cond, args = append(cond, text), append(args, a...)
		}
	}
	if q.Under != "" {
		var err error
		if r, err = r.Within(q.Under); err != nil {
			return nil, err
		}
	}
	add(q.Account != "", "account_id = ?", q.Account)
	add(q.Subject != "", "subject_id = ?", q.Subject)
	add(q.Kind != "", "kind >= ? AND kind < ?", q.Kind, q.Kind+"~")
	add(q.From > 0, "at >= ?", q.From)
	add(q.To > 0, "at < ?", q.To)
	add(q.Request != "", "request = ? AND request <> ''", q.Request) // as the index says it
	add(q.Before != "", "id < ?", q.Before)
	add(q.After != "", "id > ?", q.After)
	where := ""
	if len(cond) > 0 {
		where = " WHERE " + strings.Join(cond, " AND ")
	}
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 50
	}
	order := " ORDER BY id DESC LIMIT ?"
	if q.After != "" {
		order = " ORDER BY id LIMIT ?"
	}
	var out []Record
	err := r.Each(ctx, "SELECT "+recordColumns+" FROM {act}"+where+order, append(args, q.Limit), func(row store.Row) error {
		rec, err := scanRecord(row)
		out = append(out, rec)
		return err
	})
	if q.After != "" {
		slices.Reverse(out)
	}
	if err == nil {
		err = l.hideIn(ctx, l.DB.As(store.System("acts of the destroyed")), out)
	}
	return out, err
}

// Act reads one act; out of scope it is absent.
func (l *Ledger) Act(ctx context.Context, r store.Reader, id string) (rec Record, found bool, err error) {
	err = r.Each(ctx, "SELECT "+recordColumns+" FROM {act} WHERE id = ?", []any{id}, func(row store.Row) error {
		found = true
		rec, err = scanRecord(row)
		return err
	})
	if err == nil && found {
		list := []Record{rec}
		err = l.hideIn(ctx, l.DB.As(store.System("acts of the destroyed")), list)
		rec = list[0]
	}
	return rec, found, err
}
