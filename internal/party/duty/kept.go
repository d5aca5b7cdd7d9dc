package duty

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// What is open in each branch is kept as spans in {owed}, so that those above need not read every fact. A branch's own pages
// are computed from the facts and need them not.

var owedColumns = []string{"org_path", "duty", "from_on", "due_on", "gone_on", "earliest", "org_id", "n"}

// keep writes what is open in one branch, and notes in changed what that changes above it.
func (s *Service) keep(ctx context.Context, tx *store.Tx, o org.Organisation, open map[span]int64, changed tally) error {
	before, err := spansKept(ctx, tx, o.Path)
	if err != nil || maps.Equal(before, open) {
		return err
	}
	changed.count(o.Path, before, -1)
	changed.count(o.Path, open, 1)
	if len(before) > 0 {
		if _, err := tx.Delete(ctx, "owed", store.Key{store.Set("org_path", o.Path)}); err != nil {
			return err
		}
	}
	if len(open) == 0 {
		return nil
	}
	var rows [][]any
	for x, n := range open {
		rows = append(rows, []any{o.Path, x.duty, x.from, x.due, x.gone, x.earliest, o.ID, n})
	}
	return tx.InsertMany(ctx, "owed", owedColumns, rows)
}

// book is a digest of what the kept rows were computed by: another rulebook, or another first day, computes them anew. What
// is decided locally is marked where it holds instead.
func (s *Service) book() string {
	h := sha256.New()
	h.Write([]byte("3 " + s.Since.String()))
	for _, id := range s.Local.Rules.IDs() {
		for _, v := range s.Local.Rules.Versions(id) {
			h.Write([]byte(id + v.Version + v.From.String() + v.To.String()))
			parameters := v.Parameters()
			for _, k := range slices.Sorted(maps.Keys(parameters)) {
				h.Write([]byte(k + parameters[k]))
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// keptMark is the duty of the row that tells by which rules the others were computed, and of which day they are true.
const keptMark = "kept"

// keptSince writes that row.
func (s *Service) keptSince(ctx context.Context, tx *store.Tx, day civil.Date) error {
	if _, err := tx.Delete(ctx, "owed", store.Key{store.Set("org_path", "")}); err != nil {
		return err
	}
	return tx.InsertMany(ctx, "owed", owedColumns, [][]any{{"", keptMark, s.book(), day.String(), "", "", "", 0}})
}

// Watch keeps everything computed until the context ends.
func (s *Service) Watch(ctx context.Context, every time.Duration, report func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		_, err := s.Rebuild(ctx)
		if err == nil {
			_, err = s.Settle(ctx, 0)
		}
		if err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
