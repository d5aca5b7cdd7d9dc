package ledger

import (
	"context"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Proof says where an act stands in the tree, and the hashes that show it.
type Proof struct {
	Index, Size int64
	Root        string
	Hashes      string // base64, by spaces
}

// Prove gives the proof that an act stands in the chain.
func (l *Ledger) Prove(ctx context.Context, act string) (p Proof, err error) {
	defer fault.Wrap(&err, "ledger: prove")
	c, err := l.Sequence(ctx)
	if err != nil {
		return p, err
	}
	p.Size, p.Root = c.Size, c.Root.String()
	err = l.DB.View(ctx, store.System("proof"), func(r store.Reader) error {
		found, err := r.One(ctx, "SELECT idx FROM {leaf} WHERE act_id = ?", []any{act}, &p.Index)
		if err != nil || !found || p.Index >= c.Size {
			return err
		}
		proof, err := tlog.ProveRecord(c.Size, p.Index, storedHashes(ctx, r, nil))
		var texts []string
		for _, h := range proof {
			texts = append(texts, h.String())
		}
		p.Hashes = strings.Join(texts, " ")
		return err
	})
	return p, err
}
