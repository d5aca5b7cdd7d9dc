package installation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// KindDrill is the act of a trial restore.
const KindDrill = "archive.drill"

// Drilled is what a trial restore found.
type Drilled struct {
	OK       bool      `json:"ok"`
	Run      string    `json:"run"`
	Made     time.Time `json:"made"` // when the backup was made
	Members  int       `json:"members"`
	Acts     int64     `json:"acts"`
	Findings int       `json:"findings"` // of verifying what was restored
	Took     int64     `json:"ms"`
	Message  string    `json:"message,omitempty"` // why it failed
}

// Drill restores the newest backup into a private directory with the recovery kit, verifies it, counts, and removes
// it again. What is in use is not touched. Its outcome is an act, a failure too. Errors for people: Unavailable where
// the kit is not on the machine, as it should be, or where the data is in PostgreSQL.
func (in *Installation) Drill(ctx context.Context, actor ledger.Actor, from string, progress func(archive.Progress)) (d Drilled, err error) {
	defer fault.Wrap(&err, "installation: drill")
	if in.DB.IsPostgres() {
		return d, fault.New(fault.Unavailable, "数据在 PostgreSQL 里，请在另一台机器上用 zhibu restore 恢复到一个空的数据库来演练。")
	}
	kit, err := archive.ReadKit(in.Dir.Recovery())
	if err != nil {
		return d, fault.New(fault.Unavailable, "这台机器上没有恢复包，演练不了。请把恢复包暂时放到 %s，演练后拿走；或者在另一台机器上用 zhibu restore 演练。", in.Dir.Recovery()).Because(err)
	}
	start := time.Now()
	d, err = in.tryRestore(ctx, kit, from, progress)
	d.Took = time.Since(start).Milliseconds()
	if ctx.Err() != nil {
		return d, err
	}
	if f := fault.As(err); f != nil {
		d.Message = f.Error()
	}
	act := ledger.Act{Kind: KindDrill, Subject: "backup", SubjectID: d.Run, OrgPath: "", Reason: "恢复演练",
		Detail: map[string]any{"ok": d.OK, "run": d.Run, "made": d.Made, "members": d.Members, "acts": d.Acts, "findings": d.Findings, "ms": d.Took, "message": d.Message}}
	return d, errors.Join(err, in.Ledger.Note(ctx, actor, act))
}

// tryRestore does the work in a directory of its own.
func (in *Installation) tryRestore(ctx context.Context, kit *archive.Kit, from string, progress func(archive.Progress)) (d Drilled, err error) {
	place := filepath.Join(in.Dir.Temp(), "drill")
	if err := os.RemoveAll(place); err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(place)) }()
	if err := os.MkdirAll(place, 0o700); err != nil {
		return d, err
	}
	dir := Dir(filepath.Join(place, "restored"))
	res, err := archive.Restore(ctx, archive.RestoreOptions{From: from, Dir: string(dir), Kit: kit, Progress: progress})
	if err != nil {
		return d, err
	}
	d.Run, d.Made = res.Run, res.Time
	c, err := dir.ReadConfig()
	if err != nil {
		return d, err
	}
	c.Database = ""
	other, err := assemble(ctx, Options{Dir: dir, Clock: in.Clock}, c, in.Root, in.ring)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	act := ledger.Act{Kind: ledger.KindRestore, Subject: "backup", SubjectID: res.Run, Reason: "恢复演练"}
	if err := other.Ledger.Note(ctx, ledger.System("drill"), act); err != nil {
		return d, err
	}
	rep, err := other.Verify(ctx)
	if err != nil {
		return d, err
	}
	d.Acts, d.Findings, d.OK = rep.Acts, len(rep.Findings), rep.OK
	if _, err := other.DB.As(store.System("drill")).One(ctx, "SELECT count(*) FROM {member} WHERE state = 'active'", nil, &d.Members); err != nil {
		return d, fmt.Errorf("count: %w", err)
	}
	return d, nil
}
