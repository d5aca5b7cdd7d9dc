package document

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// orphanAge is how old pages without a row must be to be swept: an upload may be under way.
const orphanAge = 24 * time.Hour

// DoDestroy is the act by which pages of removed documents are destroyed.
const DoDestroy = "document.destroy"

// Sweep destroys the pages of documents that were removed long enough ago, and what killed uploads have left. It
// says how many objects went.
func (s *Service) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "document: sweep")
	if err := s.forget(ctx); err != nil {
		return 0, err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return 0, err
	}
	objects, err := place.List(ctx, "")
	if err != nil {
		return 0, unreachable(err)
	}
	known := map[string]bool{}
	err = s.Members.DB.As(store.System("sweep of documents")).Each(ctx, "SELECT id FROM {document}", nil, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		known[id] = true
		return err
	})
	if err != nil {
		return 0, err
	}
	before := ulid.Timestamp(s.Members.Clock.Now().Add(-orphanAge))
	for key := range objects {
		id, err := ulid.ParseStrict(path.Dir(key))
		if err != nil || known[path.Dir(key)] || id.Time() > before || strings.Count(key, "/") != 1 {
			continue
		}
		if err := place.Remove(ctx, key); err != nil {
			return gone, unreachable(err)
		}
		gone++
	}
	return gone, nil
}

// forget deletes the rows of documents that were removed long enough ago; their pages have no row from then on.
func (s *Service) forget(ctx context.Context) error {
	type row struct{ id, path string }
	var due []row
	before := s.Members.Clock.Now().Add(-s.Keep).UnixMicro()
	all := s.Members.DB.As(store.System("sweep of documents"))
	err := all.Each(ctx, "SELECT id, org_path FROM {document} WHERE state = 'removed' AND removed_at < ? LIMIT 500", []any{before}, func(r store.Row) error {
		var d row
		err := r.Scan(&d.id, &d.path)
		due = append(due, d)
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		act := ledger.Act{Kind: DoDestroy, Subject: "document", SubjectID: d.id, OrgPath: d.path, Reason: "移除期满"}
		err := s.Members.Ledger.Do(ctx, ledger.System("sweep of documents"), act, func(tx *store.Tx) error {
			if _, err := tx.Delete(ctx, "document_fact", store.Key{store.Set("document_id", d.id)}); err != nil {
				return err
			}
			_, err := tx.Delete(ctx, "document", store.ByID(d.id).And("state", string(Removed)))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Check finds documents of which pages are gone from the storage.
func (s *Service) Check(ctx context.Context, r store.Reader, find func(id string, missing int)) error {
	pages := map[string]int{}
	err := r.Each(ctx, "SELECT id, pages FROM {document} WHERE state = 'kept'", nil, func(row store.Row) error {
		var id string
		var n int
		err := row.Scan(&id, &n)
		pages[id] = n
		return err
	})
	if err != nil || len(pages) == 0 {
		return err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return err
	}
	there, err := place.List(ctx, "")
	if err != nil {
		return unreachable(err)
	}
	for id, n := range pages {
		missing := 0
		for i := 1; i <= n; i++ {
			if there[pageKey(id, i)] == 0 {
				missing++
			}
		}
		if missing > 0 {
			find(id, missing)
		}
	}
	return nil
}

// Run sweeps every few hours until the context ends.
func (s *Service) Run(ctx context.Context, report func(error)) {
	for {
		if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		t := time.NewTimer(6 * time.Hour)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// Objects counts what lies in the storage.
func (s *Service) Objects(ctx context.Context) (int, error) {
	place, err := s.Storage(ctx)
	if err != nil {
		return 0, err
	}
	objects, err := place.List(ctx, "")
	return len(objects), err
}
