package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// BundleQuery says which acts a bundle proves.
type BundleQuery struct {
	Subject  string
	From, To int64 // microseconds, To exclusive; 0: open
}

// bundle is what somebody without the database needs to be sure: the acts, each with the proof that it stands in the
// tree whose root the checkpoint signs. It holds no row of the database, only digests of them. Of an act that tells of
// somebody who has been destroyed it holds the hash of its leaf alone: that it stands in the tree is proven, not what it
// said.
type bundle struct {
	Checkpoint string   `json:"checkpoint"`
	Acts       []proven `json:"acts"`
}

type proven struct {
	Index int64           `json:"index"`
	Act   json.RawMessage `json:"act,omitempty"`
	Leaf  string          `json:"leaf,omitempty"`
	Proof []string        `json:"proof"`

	subject, account string
}

// bundleAtMost bounds a bundle; a longer period is asked for in parts.
const bundleAtMost = 100000

// WriteBundle writes the proof of a query's acts and says how many they are.
func (l *Ledger) WriteBundle(ctx context.Context, w io.Writer, q BundleQuery) (n int, err error) {
	defer fault.Wrap(&err, "ledger: bundle")
	c, err := l.Sequence(ctx)
	if err != nil {
		return 0, err
	}
	b := bundle{Checkpoint: c.Note, Acts: []proven{}}
	err = l.DB.View(ctx, store.System("bundle"), func(r store.Reader) error {
		if err := eachChosen(ctx, r, q, c.Size, &b); err != nil {
			return err
		}
		if err := l.withhold(ctx, r, b.Acts); err != nil {
			return err
		}
		read := storedHashes(ctx, r, nil)
		for i := range b.Acts {
			proof, err := tlog.ProveRecord(c.Size, b.Acts[i].Index, read)
			if err != nil {
				return err
			}
			for _, h := range proof {
				b.Acts[i].Proof = append(b.Acts[i].Proof, h.String())
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(b.Acts), json.NewEncoder(w).Encode(b)
}

func eachChosen(ctx context.Context, r store.Reader, q BundleQuery, size int64, b *bundle) error {
	return eachLeaf(ctx, r, func(idx int64, rec Record) error {
		if idx >= size || q.Subject != "" && rec.SubjectID != q.Subject || rec.At < q.From || q.To > 0 && rec.At >= q.To {
			return nil
		}
		if len(b.Acts) == bundleAtMost {
			return fault.New(fault.Invalid, "一份凭证最多 %d 条记录，请缩小日期范围。", bundleAtMost).At("from")
		}
		b.Acts = append(b.Acts, proven{Index: idx, Act: rec.canonical(), subject: rec.SubjectID, account: rec.Account})
		return nil
	})
}

// withhold leaves the hash in place of acts by or about the destroyed.
func (l *Ledger) withhold(ctx context.Context, r store.Reader, acts []proven) error {
	ids := map[string]bool{}
	for _, a := range acts {
		ids[a.subject], ids[a.account] = true, true
	}
	gone, err := l.gone(ctx, r, ids)
	for i := range acts {
		if a := &acts[i]; gone[a.subject] || gone[a.account] {
			a.Leaf, a.Act = tlog.RecordHash(a.Act).String(), nil
		}
	}
	return err
}

// VerifyBundle checks a bundle off line, with public keys only (the text of the recovery kit's audit-public-key.txt).
func VerifyBundle(r io.Reader, keys ...string) (*Report, error) {
	var verifiers []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fault.New(fault.Invalid, "公钥文件里没有可用的公钥。").At("key").Because(err)
		}
		verifiers = append(verifiers, v)
	}
	var b bundle
	if err := json.NewDecoder(r).Decode(&b); err != nil {
		return nil, fault.New(fault.Invalid, "这个文件不是凭证，或者已经损坏。").At("bundle").Because(err)
	}
	rep := &Report{Findings: []Finding{}, Restores: []Restore{}}
	c, err := OpenCheckpoint(b.Checkpoint, verifiers...)
	if err != nil {
		rep.find(Finding{Code: "checkpoint", Message: "校验点的签名与公钥不符。"})
		return rep, nil
	}
	rep.Size, rep.Root = c.Size, c.Root.String()
	for _, a := range b.Acts {
		rep.Acts++
		if err := a.check(c); err != nil {
			rep.find(Finding{Code: "act_changed", Message: fmt.Sprintf("第 %d 条记录与签名的校验点不符。", a.Index)})
		}
		var rec Record
		if json.Unmarshal(a.Act, &rec) == nil {
			rep.Events += rec.Events
		}
	}
	rep.OK = len(rep.Findings) == 0
	return rep, nil
}

func (a proven) check(c Checkpoint) error {
	leaf, err := a.leaf()
	if err != nil {
		return err
	}
	proof := make(tlog.RecordProof, len(a.Proof))
	for i, text := range a.Proof {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return err
		}
		proof[i] = h
	}
	return tlog.CheckRecord(proof, c.Size, c.Root, a.Index, leaf)
}

func (a proven) leaf() (tlog.Hash, error) {
	if len(a.Act) == 0 {
		return tlog.ParseHash(a.Leaf)
	}
	var plain bytes.Buffer
	err := json.Compact(&plain, a.Act)
	return tlog.RecordHash(plain.Bytes()), err
}

// CompareWith compares the chain with a witness file kept elsewhere. Where a proper restore has cut the chain back
// before the witness's size, that is named by the report and no finding.
func (l *Ledger) CompareWith(ctx context.Context, path string, rep *Report) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.Invalid, "见证文件 %s 读不出来。", path).At("witness").Because(err)
	}
	w, err := OpenCheckpoint(string(text), l.keys.Verifier())
	if err != nil {
		rep.find(Finding{Code: "witness", Message: "见证文件读不出或签名无效：" + err.Error()})
		rep.OK = false
		return nil
	}
	// A restore that the witness does not know of may have cut the chain back before it; one that it knows may not.
	if known := w.Restores; known < len(rep.Restores) && rep.Restores[known].Size < w.Size {
		return nil
	}
	var at tlog.Hash
	if w.Size <= rep.Size {
		if at, err = tlog.TreeHash(w.Size, storedHashes(ctx, l.DB.As(store.System("witness")), nil)); err != nil {
			return err
		}
	}
	l.compareWitness(w, nil, at, rep.Size, rep)
	rep.OK = len(rep.Findings) == 0
	return nil
}
