package ledger

import (
	"context"
	"encoding/json"
	"strings"

	"zhibu/internal/store"
)

// The acts under which the rows of a person who was destroyed by procedure go: the first time, and again after a
// restore.
const (
	KindDestroy      = "destruction.done"
	KindDestroyAgain = "destruction.again"
)

// GoneName stands in place of a destroyed person's name. It is no word of the catalogue: it lies in the database too.
const GoneName = "已销毁"

// goneAtOnce is how many rows one query asks for.
const goneAtOnce = 50

// goneQuery finds rows that went with a destroyed person. Her member row, her accounts and her posts stay without a
// name; rows of others in which only the name of who acted was replaced are not among them.
const goneQuery = "SELECT DISTINCT e.row_id FROM {event} e JOIN {act} a ON a.id = e.act_id WHERE e.row_id IN (%s)" +
	" AND (e.op = 'D' OR e.tbl IN ('member', 'account', 'post')) AND a.kind IN ('" + KindDestroy + "', '" + KindDestroyAgain + "')"

// gone tells which rows went with a person who was destroyed. The chain keeps their images for good: what of them is
// plain is shown to nobody, neither is what was written about them nor the name under which she acted.
func (l *Ledger) gone(ctx context.Context, r store.Reader, ids map[string]bool) (map[string]bool, error) {
	out := map[string]bool{}
	delete(ids, "")
	if len(ids) == 0 {
		return out, nil
	}
	if any, err := l.DB.Keys().AnyShredded(ctx); err != nil || !any {
		return out, err
	}
	args := make([]any, 0, goneAtOnce)
	ask := func() error {
		for len(args) > 0 && len(args) < goneAtOnce { // one text for any number
			args = append(args, args[0])
		}
		query := strings.Replace(goneQuery, "%s", strings.TrimSuffix(strings.Repeat("?, ", goneAtOnce), ", "), 1)
		err := r.Each(ctx, query, args, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			out[id] = true
			return err
		})
		args = args[:0]
		return err
	}
	for id := range ids {
		if args = append(args, id); len(args) == goneAtOnce {
			if err := ask(); err != nil {
				return nil, err
			}
		}
	}
	if len(args) == 0 {
		return out, nil
	}
	return out, ask()
}

// hide takes out of an act what would tell of somebody who is gone.
func (r *Record) hide(gone map[string]bool) {
	if gone[r.SubjectID] {
		r.Gone, r.Reason, r.Source, r.Detail = true, "", "", json.RawMessage("{}")
	}
	if gone[r.Account] {
		r.Actor = GoneName
	}
	if entered := r.enteredBy(); !r.Gone && gone[entered] {
		var detail map[string]any
		if json.Unmarshal(r.Detail, &detail) == nil {
			detail["entered"] = GoneName
			if b, err := json.Marshal(detail); err == nil {
				r.Detail = b
			}
		}
	}
}

// enteredBy is the account that had entered what the act approved, "" for none.
func (r Record) enteredBy() string {
	var detail struct{ Entered, Account string }
	if json.Unmarshal(r.Detail, &detail) != nil || detail.Entered == "" {
		return ""
	}
	return detail.Account
}

// hideIn reads records as pages may show them.
func (l *Ledger) hideIn(ctx context.Context, r store.Reader, list []Record) error {
	ids := map[string]bool{}
	for _, rec := range list {
		ids[rec.SubjectID], ids[rec.Account], ids[rec.enteredBy()] = true, true, true
	}
	gone, err := l.gone(ctx, r, ids)
	for i := range list {
		list[i].hide(gone)
	}
	return err
}

// actors are the columns with the name of who acted, by the column with the account.
var actors = map[string]string{"account_id": "actor", "decider_id": "decider", "proposer_account": "proposer", "decider_account": "decider"}

// hideChanges empties the images of rows that went with somebody, and takes her name out of others.
func (l *Ledger) hideChanges(ctx context.Context, r store.Reader, list []Change) error {
	ids := map[string]bool{}
	for _, c := range list {
		ids[c.RowID], ids[c.Record.SubjectID], ids[c.Record.Account], ids[c.Record.enteredBy()] = true, true, true, true
		for account := range actors {
			ids[c.Was(account)], ids[c.Became(account)] = true, true
		}
	}
	gone, err := l.gone(ctx, r, ids)
	if err != nil || len(gone) == 0 {
		return err
	}
	name, err := json.Marshal(GoneName)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		c.Record.hide(gone)
		if gone[c.RowID] {
			c.Gone, c.Before, c.After, c.before, c.after = true, "", "", nil, nil
			continue
		}
		for _, image := range []map[string]json.RawMessage{c.before, c.after} {
			for account, actor := range actors {
				if _, there := image[actor]; there && gone[text(image[account])] {
					image[actor] = name
				}
			}
		}
	}
	return nil
}
