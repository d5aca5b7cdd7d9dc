package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/store"
)

// Witness reads the witness file.
func (l *Ledger) Witness() (Checkpoint, error) {
	b, err := os.ReadFile(l.witness)
	if err != nil {
		return Checkpoint{}, err
	}
	return OpenCheckpoint(string(b), l.keys.Verifier())
}

// writeWitness brings the witness file up to a checkpoint; a crash leaves the earlier one, which is still true. A file
// that cannot be read, or whose history this chain does not continue, is evidence and stays for Verify to find: an
// old database put back must not wash it away by going on.
func (l *Ledger) writeWitness(ctx context.Context, c Checkpoint) error {
	if l.witness == "" || c.Size == 0 || l.seen.Load() == c.Size {
		return nil
	}
	// Read and replaced by one process at a time, or a slower one would put an older checkpoint over a newer one.
	err := l.DB.Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "witness"); err != nil {
			return err
		}
		stale, err := l.stale(ctx, c)
		if err == nil && stale {
			err = l.replaceWitness(c.Note)
		}
		return err
	})
	if err == nil {
		l.seen.Store(c.Size)
	}
	return err
}

// stale tells whether the witness file is to be replaced by a checkpoint.
func (l *Ledger) stale(ctx context.Context, c Checkpoint) (bool, error) {
	text, err := os.ReadFile(l.witness)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	old, err := OpenCheckpoint(string(text), l.keys.Verifier())
	if err != nil || old.Size >= c.Size { // another process has written a newer one, or the database is older
		return false, nil //nolint:nilerr // evidence, see above
	}
	at, err := tlog.TreeHash(old.Size, storedHashes(ctx, l.DB.As(store.System("witness")), nil))
	return at == old.Root, err
}

func (l *Ledger) replaceWitness(text string) error {
	if err := os.MkdirAll(filepath.Dir(l.witness), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(l.witness), ".witness-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), l.witness)
}
