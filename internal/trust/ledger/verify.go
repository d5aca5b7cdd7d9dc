package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/store"
)

// Finding is one thing that does not fit.
type Finding struct {
	Code    string `json:"code"` // row_changed, row_removed, row_unrecorded, act_changed, act_forged, event_changed, event_stray, tree, checkpoint, witness, trigger, check
	Table   string `json:"table,omitempty"`
	Row     string `json:"row,omitempty"`
	Act     string `json:"act,omitempty"`
	Message string `json:"message"`
}

// Restore is a proper restore that the chain names.
type Restore struct {
	Act  string `json:"act"`
	At   int64  `json:"at"`
	Size int64  `json:"size"` // acts in the chain when it was made
}

// Compared says of how many of those whose open duties are kept these were compared with the facts. Kept is false where none
// have been computed yet.
type Compared struct {
	Kept     bool `json:"kept"`
	Branches int  `json:"branches"`
	Looked   int  `json:"looked"`
}

// Report is the outcome of Verify.
type Report struct {
	OK       bool      `json:"ok"`
	Acts     int64     `json:"acts"`
	Events   int64     `json:"events"`
	Size     int64     `json:"tree_size"`
	Root     string    `json:"root"`
	Witness  int64     `json:"witness_size"`
	Findings []Finding `json:"findings"`
	Restores []Restore `json:"restores"`
	Compared *Compared `json:"compared,omitempty"`
	more     int
}

const findingsKept = 200

func (r *Report) find(f Finding) {
	if len(r.Findings) < findingsKept {
		r.Findings = append(r.Findings, f)
	} else {
		r.more++
	}
}

// KindRestore is the act that a proper restore leaves in the chain.
const KindRestore = "archive.restore"

// Check is a room's own check that rows fit each other, run by Verify; it reports through find.
type Check func(ctx context.Context, r store.Reader, find func(Finding)) error

// Verify reads the whole ledger and every live row and reports what does not fit. It changes nothing but first puts
// waiting acts into the chain.
func (l *Ledger) Verify(ctx context.Context, checks ...Check) (*Report, error) {
	rep := &Report{Findings: []Finding{}, Restores: []Restore{}}
	if _, err := l.Sequence(ctx); err != nil {
		if !errors.Is(err, ErrMAC) {
			return nil, err
		}
		rep.find(Finding{Code: "act_forged", Message: "有一条记录不是本程序写入的，日志链停在它之前：" + err.Error()})
	}
	missing, err := l.DB.MissingTriggers(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range missing {
		rep.find(Finding{Code: "trigger", Row: name, Message: "数据库里的留痕触发器缺失或被改动：" + name})
	}
	// Read before the view begins: another process may chain on meanwhile, and the witness must not be newer than
	// what is compared with it.
	witness, werr := l.Witness()
	err = l.DB.View(ctx, store.System("verify"), func(r store.Reader) error {
		if err := l.verifyChain(ctx, r, rep, witness, werr); err != nil {
			return err
		}
		if err := l.reconcile(ctx, r, rep); err != nil {
			return err
		}
		for _, check := range checks {
			if err := check(ctx, r, rep.find); err != nil {
				return err
			}
		}
		return nil
	})
	if rep.more > 0 {
		rep.Findings = append(rep.Findings, Finding{Code: "more", Message: fmt.Sprintf("另有 %d 处没有列出。", rep.more)})
	}
	rep.OK = len(rep.Findings) == 0
	return rep, err
}

// verifyChain recomputes every act's digest, MAC and leaf, rebuilds the tree and compares it with the checkpoint and
// the witness.
func (l *Ledger) verifyChain(ctx context.Context, r store.Reader, rep *Report, witness Checkpoint, werr error) error {
	newest, err := l.newestIn(ctx, r, rep)
	if err != nil {
		return err
	}
	tree := &compact{}
	var roots struct{ newest, witness tlog.Hash }
	events := eventCursor{ctx: ctx, r: r}
	err = eachLeaf(ctx, r, func(idx int64, rec Record) error {
		if idx != tree.size {
			rep.find(Finding{Code: "tree", Act: rec.ID, Message: fmt.Sprintf("日志链第 %d 条缺失。", tree.size)})
			tree.size = idx
		}
		l.verifyAct(rec, &events, rep)
		tree.add(tlog.RecordHash(rec.canonical()))
		if rec.Kind == KindRestore {
			rep.Restores = append(rep.Restores, Restore{rec.ID, rec.At, idx})
		}
		if tree.size == newest.Size {
			roots.newest = tree.root()
		}
		if werr == nil && tree.size == witness.Size {
			roots.witness = tree.root()
		}
		return events.err
	})
	if err != nil {
		return err
	}
	rep.Acts, rep.Size, rep.Root = tree.size, tree.size, tree.root().String()
	if newest.Size != tree.size || newest.Size > 0 && roots.newest != newest.Root {
		rep.find(Finding{Code: "checkpoint", Message: "日志内容与最近一次签名的校验点不一致，记录被改动、增加或删除过。"})
	}
	l.compareWitness(witness, werr, roots.witness, tree.size, rep)
	if err := l.verifyWaiting(ctx, r, &events, rep); err != nil {
		return err
	}
	if err := l.strayActs(ctx, r, rep); err != nil {
		return err
	}
	return l.strayEvents(ctx, r, rep)
}

// verifyWaiting checks the acts that were recorded since the chain was brought up to date.
func (l *Ledger) verifyWaiting(ctx context.Context, r store.Reader, events *eventCursor, rep *Report) error {
	waiting, err := l.unsequenced(ctx, r)
	if err != nil {
		return err
	}
	for _, rec := range waiting {
		l.verifyAct(rec, events, rep)
		rep.Acts++
	}
	return events.err
}

func (l *Ledger) newestIn(ctx context.Context, r store.Reader, rep *Report) (Checkpoint, error) {
	var text string
	found, err := r.One(ctx, "SELECT note FROM {checkpoint} ORDER BY size DESC LIMIT 1", nil, &text)
	if err != nil || !found {
		return Checkpoint{}, err
	}
	c, err := OpenCheckpoint(text, l.keys.Verifier())
	if err != nil {
		rep.find(Finding{Code: "checkpoint", Message: "最近的校验点签名无效。"})
		return Checkpoint{}, nil
	}
	return c, nil
}

func (l *Ledger) compareWitness(w Checkpoint, err error, at tlog.Hash, size int64, rep *Report) {
	switch {
	case l.witness == "" || errors.Is(err, os.ErrNotExist):
		if size > 0 && l.witness != "" {
			rep.find(Finding{Code: "witness", Message: "见证文件不见了，无法判断数据库是否被换成旧的。"})
		}
	case err != nil:
		rep.find(Finding{Code: "witness", Message: "见证文件读不出或签名无效：" + err.Error()})
	case w.Size > size:
		rep.Witness = w.Size
		rep.find(Finding{Code: "witness", Message: fmt.Sprintf("数据库比见证文件旧：见证文件记到第 %d 条，数据库只有 %d 条。可能有人把旧的数据库文件放了回来。", w.Size, size)})
	case w.Size > 0 && at != w.Root:
		rep.Witness = w.Size
		rep.find(Finding{Code: "witness", Message: "数据库与见证文件在同一处不一致，历史被改写过。"})
	default:
		rep.Witness = w.Size
	}
}

func (l *Ledger) verifyAct(rec Record, events *eventCursor, rep *Report) {
	if !l.genuine(rec) {
		rep.find(Finding{Code: "act_changed", Act: rec.ID, Message: "一条操作记录被改动过。"})
	}
	d := newDigester()
	events.between(rec, d.add)
	rep.Events += d.n
	if d.n != rec.Events || d.sum() != rec.Digest {
		rep.find(Finding{Code: "event_changed", Act: rec.ID, Message: "一次操作的前后对照被改动、增加或删除过。"})
	}
}

// strayActs finds acts among the chained ones that the chain does not have.
func (l *Ledger) strayActs(ctx context.Context, r store.Reader, rep *Report) error {
	return r.Each(ctx, "SELECT a.id FROM {chained} a LEFT JOIN {leaf} l ON l.act_id = a.id WHERE l.act_id IS NULL", nil, func(row store.Row) error {
		f := Finding{Code: "act_forged", Message: "有一条操作记录不在日志链里，是绕过程序加的。"}
		if err := row.Scan(&f.Act); err != nil {
			return err
		}
		rep.find(f)
		return nil
	})
}

// strayEvents finds events that belong to no act of the chain.
func (l *Ledger) strayEvents(ctx context.Context, r store.Reader, rep *Report) error {
	return r.Each(ctx, "SELECT e.act_id, min(e.tbl), min(e.row_id) FROM {event} e LEFT JOIN {leaf} l ON l.act_id = e.act_id LEFT JOIN {waiting} w ON w.id = e.act_id WHERE l.act_id IS NULL AND w.id IS NULL GROUP BY e.act_id", nil, func(row store.Row) error {
		f := Finding{Code: "event_stray", Message: "有一处改动不属于任何一次操作，是绕过程序写入的。"}
		if err := row.Scan(&f.Act, &f.Table, &f.Row); err != nil {
			return err
		}
		rep.find(f)
		return nil
	})
}

// reconcile compares every live row with its last image.
func (l *Ledger) reconcile(ctx context.Context, r store.Reader, rep *Report) error {
	for _, name := range l.DB.FactTables() {
		err := r.Each(ctx, l.DB.ReconcileQuery(name), nil, func(row store.Row) error {
			var id, what string
			if err := row.Scan(&id, &what); err != nil {
				return err
			}
			messages := map[string]string{
				"row_changed":    "这一行的现状与最后一次记录不符，是绕过程序改的。",
				"row_unrecorded": "这一行没有任何记录，是绕过程序加的。",
				"row_removed":    "这一行有记录而不在了，是绕过程序删的。",
			}
			rep.find(Finding{Code: what, Table: name, Row: id, Message: messages[what]})
			return nil
		})
		if err != nil {
			return fmt.Errorf("ledger: reconcile %s: %w", name, err)
		}
	}
	return nil
}
