package ledger

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/store"
)

// Holds tells whether a checkpoint is a state that this chain went through: one of a copy of it, or of a witness.
func (l *Ledger) Holds(ctx context.Context, c Checkpoint) (bool, error) {
	newest, err := l.Newest(ctx)
	if err != nil || c.Size > newest.Size {
		return false, err
	}
	if c.Size == 0 {
		return true, nil
	}
	root, err := tlog.TreeHash(c.Size, storedHashes(ctx, l.DB.As(store.System("compare")), nil))
	return root == c.Root, err
}
