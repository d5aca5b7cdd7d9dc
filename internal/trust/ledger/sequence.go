package ledger

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/store"
)

// Checkpoint is the signed state of the chain: how many acts, and the root of their Merkle tree.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	// Restores counts the proper restores up to here: a witness from before one knows fewer, and only then may the
	// chain be another than the witness saw.
	Restores int
	Note     string // the signed text: three lines and the count
}

// ErrMAC is an act that the program did not record: somebody wrote it into the database.
var ErrMAC = errors.New("ledger: an act without a valid MAC")

const sequenceAtOnce = 20000

// Sequence puts recorded acts into the chain, signs a checkpoint and writes it to the witness file. It may be called
// any time and by several processes; without new acts it only gives the newest checkpoint.
func (l *Ledger) Sequence(ctx context.Context) (Checkpoint, error) {
	for {
		c, more, err := l.sequenceSome(ctx)
		if err != nil || !more {
			return c, err
		}
	}
}

func (l *Ledger) sequenceSome(ctx context.Context) (c Checkpoint, more bool, err error) {
	waiting, err := l.waiting(ctx)
	if err != nil {
		return c, false, err
	}
	if !waiting {
		if c, err = l.Newest(ctx); err == nil {
			err = l.writeWitness(ctx, c) // the last process may have died before it did
		}
		return c, false, err
	}
	err = l.DB.Write(ctx, store.System("sequence"), func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "sequence"); err != nil {
			return err
		}
		records, err := l.unsequenced(ctx, tx)
		if err != nil {
			return err
		}
		more = len(records) == sequenceAtOnce
		if c, err = l.chain(ctx, tx, records); err != nil {
			return err
		}
		return nil
	})
	if err == nil {
		l.grown.give()
		err = l.writeWitness(ctx, c)
	}
	return c, more, err
}

func (l *Ledger) waiting(ctx context.Context) (bool, error) {
	var one int
	return l.DB.As(store.System("sequence")).One(ctx, "SELECT 1 FROM {waiting} LIMIT 1", nil, &one)
}

func (l *Ledger) unsequenced(ctx context.Context, r store.Reader) ([]Record, error) {
	var out []Record
	err := r.Each(ctx, "SELECT "+recordColumns+" FROM {waiting} ORDER BY id LIMIT ?", []any{sequenceAtOnce}, func(row store.Row) error {
		rec, err := scanRecord(row)
		out = append(out, rec)
		return err
	})
	return out, err
}

func (l *Ledger) genuine(r Record) bool {
	mac, err := hex.DecodeString(r.MAC)
	return err == nil && hmac.Equal(mac, l.keys.MAC([]byte("act"), r.canonical()))
}

// chain appends the records to the tree inside the transaction.
func (l *Ledger) chain(ctx context.Context, tx *store.Tx, records []Record) (Checkpoint, error) {
	var size int64
	if _, err := tx.One(ctx, "SELECT coalesce(max(idx) + 1, 0) FROM {leaf}", nil, &size); err != nil {
		return Checkpoint{}, err
	}
	fresh := map[int64]tlog.Hash{}
	read := storedHashes(ctx, tx, fresh)
	restores, err := l.restoresBefore(ctx, tx)
	if err != nil {
		return Checkpoint{}, err
	}
	var acts, hashes, leaves [][]any
	for _, r := range records {
		if r.Kind == KindRestore {
			restores++
		}
		if !l.genuine(r) {
			return Checkpoint{}, fmt.Errorf("%w: %s", ErrMAC, r.ID)
		}
		more, err := tlog.StoredHashesForRecordHash(size, tlog.RecordHash(r.canonical()), read)
		if err != nil {
			return Checkpoint{}, err
		}
		at := tlog.StoredHashIndex(0, size)
		for i, h := range more {
			fresh[at+int64(i)] = h
			hashes = append(hashes, []any{at + int64(i), h[:]})
		}
		acts, leaves = append(acts, r.values()), append(leaves, []any{size, r.ID})
		size++
	}
	if err := l.admit(ctx, tx, records, acts); err != nil {
		return Checkpoint{}, err
	}
	if err := tx.InsertMany(ctx, "hash", []string{"idx", "hash"}, hashes); err != nil {
		return Checkpoint{}, err
	}
	if err := tx.InsertMany(ctx, "leaf", []string{"idx", "act_id"}, leaves); err != nil {
		return Checkpoint{}, err
	}
	return l.sign(ctx, tx, size, restores, read)
}

// admit takes acts from those that wait to those of the chain.
func (l *Ledger) admit(ctx context.Context, tx *store.Tx, records []Record, rows [][]any) error {
	if err := tx.InsertMany(ctx, "chained", recordNames, rows); err != nil {
		return err
	}
	for _, r := range records {
		if _, err := tx.Delete(ctx, "waiting", store.ByID(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// restoresBefore is the count of the newest checkpoint.
func (l *Ledger) restoresBefore(ctx context.Context, tx *store.Tx) (int, error) {
	var text string
	found, err := tx.One(ctx, "SELECT note FROM {checkpoint} ORDER BY size DESC LIMIT 1", nil, &text)
	if err != nil || !found {
		return 0, err
	}
	c, err := OpenCheckpoint(text, l.keys.Verifier())
	return c.Restores, err
}

func (l *Ledger) sign(ctx context.Context, tx *store.Tx, size int64, restores int, read tlog.HashReader) (Checkpoint, error) {
	root, err := tlog.TreeHash(size, read)
	if err != nil {
		return Checkpoint{}, err
	}
	text := fmt.Sprintf("%s\n%d\n%s\nrestores %d\n", l.keys.Signer().Name(), size, root, restores)
	signed, err := note.Sign(&note.Note{Text: text}, l.keys.Signer())
	if err != nil {
		return Checkpoint{}, err
	}
	if _, err := tx.Delete(ctx, "checkpoint", store.Key{store.Set("size", size)}); err != nil {
		return Checkpoint{}, err
	}
	err = tx.Insert(ctx, "checkpoint", store.Set("size", size), store.Set("at", l.Clock.Now().UnixMicro()), store.Set("note", string(signed)))
	return Checkpoint{l.keys.Signer().Name(), size, root, restores, string(signed)}, err
}

// storedHashes reads tree hashes, those of this transaction first.
func storedHashes(ctx context.Context, r store.Reader, fresh map[int64]tlog.Hash) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			if h, ok := fresh[x]; ok {
				out[i] = h
				continue
			}
			var b []byte
			found, err := r.One(ctx, "SELECT hash FROM {hash} WHERE idx = ?", []any{x}, &b)
			if err != nil {
				return nil, err
			}
			if !found || len(b) != tlog.HashSize {
				return nil, fmt.Errorf("ledger: tree hash %d is missing", x)
			}
			copy(out[i][:], b)
		}
		return out, nil
	})
}

// Newest is the last signed checkpoint; the zero checkpoint for an empty chain.
func (l *Ledger) Newest(ctx context.Context) (Checkpoint, error) {
	var text string
	found, err := l.DB.As(store.System("checkpoint")).One(ctx, "SELECT note FROM {checkpoint} ORDER BY size DESC LIMIT 1", nil, &text)
	if err != nil || !found {
		return Checkpoint{}, err
	}
	return OpenCheckpoint(text, l.keys.Verifier())
}

// OpenCheckpoint checks a signed checkpoint against public keys.
func OpenCheckpoint(text string, verifiers ...note.Verifier) (Checkpoint, error) {
	n, err := note.Open([]byte(text), note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	c := Checkpoint{Note: text}
	if len(lines) < 3 {
		return c, errors.New("ledger: checkpoint: three lines expected")
	}
	c.Origin = lines[0]
	if _, err := fmt.Sscanf(lines[1], "%d", &c.Size); err != nil {
		return c, fmt.Errorf("ledger: checkpoint size: %w", err)
	}
	if len(lines) > 3 && lines[3] != "" {
		if _, err := fmt.Sscanf(lines[3], "restores %d", &c.Restores); err != nil {
			return c, fmt.Errorf("ledger: checkpoint restores: %w", err)
		}
	}
	c.Root, err = tlog.ParseHash(lines[2])
	return c, err
}
