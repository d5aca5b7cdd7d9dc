package document

import (
	"context"
	"errors"
	"math/rand/v2"

	"zhibu/internal/store"
	"zhibu/internal/trust/vault"
)

// Soundness is what a look at the stored pages found.
type Soundness struct {
	Documents, Pages int
	Missing          int // pages that are not there
	Opened           int // of those taken at random
	Broken           int // of those: do not open with the member's key
	Shredded         int // of those: the key was destroyed by procedure
}

// Sound looks whether every page that a document refers to is there, and opens some of them, taken at random, with
// their members' keys. It shows nothing to anybody: a restored copy is tried by it.
func (s *Service) Sound(ctx context.Context, r store.Reader, some int) (out Soundness, err error) {
	type page struct {
		d Document
		n int
	}
	var pick []page
	err = r.Each(ctx, "SELECT id, member_id, pages FROM {document} WHERE state = 'kept'", nil, func(row store.Row) error {
		var d Document
		if err := row.Scan(&d.ID, &d.Member, &d.Pages); err != nil {
			return err
		}
		out.Documents++
		for n := 1; n <= d.Pages; n++ {
			out.Pages++
			if len(pick) < some {
				pick = append(pick, page{d, n})
			} else if i := rand.IntN(out.Pages); i < some { //nolint:gosec // a sample, not a secret
				pick[i] = page{d, n}
			}
		}
		return nil
	})
	if err != nil || out.Documents == 0 {
		return out, err
	}
	if err := s.Check(ctx, r, func(_ string, missing int) { out.Missing += missing }); err != nil {
		return out, err
	}
	for _, p := range pick {
		switch _, err := s.content(ctx, p.d, pageKey(p.d.ID, p.n)); {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case errors.Is(err, vault.ErrShredded):
			out.Shredded++
		case err != nil:
			out.Broken++
		default:
			out.Opened++
		}
	}
	return out, nil
}
