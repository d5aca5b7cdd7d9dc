package rotation

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// sealedRow is one row with what is sealed in it.
type sealedRow struct {
	id, holder string
	values     [][]byte
	set        []store.Value // what changes, nil for nothing
	key        store.Key     // the row as it was read
	n          int64         // values sealed anew
	err        error
}

// rows passes over a table.
func (w *worker) rows(ctx context.Context, f Sealed) error {
	for {
		list, err := w.page(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := w.prepare(ctx, f, list); err != nil {
			return err
		}
		var todo []sealedRow
		for _, r := range list {
			if r.err != nil { // does not open: audit verify names it, and it keeps the old keys in the ring
				w.job.Stuck++
			} else if len(r.set) > 0 {
				todo = append(todo, r)
			}
		}
		if err := w.put(ctx, f, todo); err != nil {
			return err
		}
		w.job.Passed += int64(len(list))
		w.job.After = list[len(list)-1].id
		if err := w.save(ctx); err != nil {
			return err
		}
	}
}

func (w *worker) page(ctx context.Context, f Sealed) ([]sealedRow, error) {
	query := "SELECT id, " + f.Holder + ", " + strings.Join(f.Columns, ", ") + " FROM {all_" + f.Table + "} WHERE id > ? ORDER BY id LIMIT ?"
	var out []sealedRow
	err := w.DB.As(store.System("keys")).Each(ctx, query, []any{w.job.After, w.atOnce()}, func(row store.Row) error {
		r := sealedRow{values: make([][]byte, len(f.Columns))}
		into := []any{&r.id, &r.holder}
		for i := range r.values {
			into = append(into, &r.values[i])
		}
		err := row.Scan(into...)
		out = append(out, r)
		return err
	})
	return out, err
}

// prepare opens and seals what is stale, on every core.
func (w *worker) prepare(ctx context.Context, f Sealed, list []sealedRow) error {
	holders := make([]string, len(list))
	for i, r := range list {
		holders[i] = r.holder
	}
	persons, err := w.Vault.Persons(ctx, holders)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for n := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := n; i < len(list); i += workers {
				if p := persons[list[i].holder]; p != nil { // a destroyed holder's values are left as they are
					list[i].err = w.reseal(f, &list[i], p)
				}
			}
		}()
	}
	wg.Wait()
	return nil
}

func (w *worker) reseal(f Sealed, r *sealedRow, p *vault.Person) error {
	plain := map[string]string{}
	stale := false
	for i, c := range f.Columns {
		if len(r.values[i]) == 0 {
			continue
		}
		text, err := p.Open(f.Table+"."+c, r.id, r.values[i])
		if err != nil {
			return fmt.Errorf("%s %s: %w", f.Table, c, err)
		}
		plain[c] = string(text)
		stale = stale || p.Stale(r.values[i])
	}
	if !stale {
		return nil
	}
	r.key = store.ByID(r.id)
	for i, c := range f.Columns {
		if len(r.values[i]) == 0 {
			continue
		}
		r.key = r.key.And(c, r.values[i]) // who writes meanwhile wins, and is sealed anew by the next pass
		r.set = append(r.set, store.Set(c, p.Seal(f.Table+"."+c, r.id, []byte(plain[c]))))
		r.n++
	}
	if f.Follow != nil {
		for i, v := range f.Follow(w.Vault, plain) {
			r.set = append(r.set, store.Set(f.Indexed[i], v))
		}
	}
	return nil
}

// put writes rows as one act. Where one of them cannot be, the others are not held up.
func (w *worker) put(ctx context.Context, f Sealed, todo []sealedRow) error {
	if len(todo) == 0 {
		return nil
	}
	var rows, values int64
	act := ledger.Act{Kind: ledger.KindReseal, Subject: f.Table, Reason: "更换密钥，内容没有变化", Detail: map[string]any{"rows": len(todo)}}
	err := w.Ledger.Do(ctx, ledger.System("keys"), act, func(tx *store.Tx) error {
		rows, values = 0, 0
		for _, r := range todo {
			n, err := tx.Update(ctx, f.Table, r.key, r.set...)
			if err != nil {
				return err
			}
			rows, values = rows+n, values+n*r.n
		}
		return nil
	})
	if fault.Of(err) == fault.Conflict && len(todo) > 1 {
		half := len(todo) / 2
		if err := w.put(ctx, f, todo[:half]); err != nil {
			return err
		}
		return w.put(ctx, f, todo[half:])
	}
	if fault.Of(err) == fault.Conflict { // two records of one number that were entered while two indexes stood
		w.job.Stuck++
		return nil
	}
	if err != nil {
		return err
	}
	w.job.Changed += int64(len(todo)) // a row that somebody changed meanwhile is looked at again
	w.job.Rows, w.job.Values = w.job.Rows+rows, w.job.Values+values
	return nil
}
