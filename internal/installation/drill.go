package installation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// KindDrill is the act of a trial restore; its detail is the report.
const KindDrill = "archive.drill"

// Drilling says what to try.
type Drilling struct {
	From           string
	Kit            string // directory or file of the recovery kit
	Run            string // which backup; "" the newest
	Scratch        string // address of an empty PostgreSQL database; "" makes one beside the data
	Witness        string // a witness file kept elsewhere; "" the installation's own
	PassphraseFile string
	AskPassphrase  bool // open the restored key file too, which may ask at the terminal
	Actor          ledger.Actor
	Progress       func(archive.Progress)
}

// drill is one trial under way.
type drill struct {
	Drilling
	live  *Installation // nil on a machine without the installation
	clock civil.Clock
	kit   *archive.Kit
	root  vault.Root
	ring  *vault.Ring
	step  string
	Drilled
}

// errFound ends a trial that cannot go on; its check says why.
var errFound = errors.New("drill: a check failed")

// Drill restores a backup into a private place with the recovery kit, verifies it, compares it with what is in use,
// counts, and removes it again. What is in use is not touched. Whatever is wrong with the backup stands in the
// report, which is signed and kept as an act. Errors for people: Unavailable where the kit is not on the machine, as
// it should be, or where PostgreSQL gives no room.
func (in *Installation) Drill(ctx context.Context, o Drilling) (Drilled, error) {
	if o.Kit == "" {
		o.Kit = in.Dir.Recovery()
		if _, err := os.Stat(o.Kit); err != nil {
			return Drilled{}, fault.New(fault.Unavailable, "这台机器上没有恢复包，演练不了。请把恢复包暂时放到 %s，演练后拿走；或者在另一台机器上用 zhibu drill 演练。", o.Kit).Because(err)
		}
	}
	ring, err := in.Vault.Ring()
	if err != nil {
		return Drilled{}, err
	}
	d := &drill{Drilling: o, live: in, clock: in.Clock, root: in.Root, ring: ring}
	place := filepath.Join(in.Dir.Temp(), "drill")
	if err := d.run(ctx, place); err != nil {
		return d.Drilled, err
	}
	if err := d.sign(in.Vault.Signer()); err != nil {
		return d.Drilled, err
	}
	act := ledger.Act{Kind: KindDrill, Subject: "backup", SubjectID: d.Drilled.Run, Reason: "恢复演练", Detail: map[string]any{"report": d.Drilled}}
	return d.Drilled, in.Ledger.Note(ctx, o.Actor, act)
}

// DrillElsewhere is Drill on a machine that holds nothing of the installation: what the backup can be compared with is
// then the kit, and the witness file that was brought along.
func DrillElsewhere(ctx context.Context, o Drilling) (Drilled, error) {
	place, err := os.MkdirTemp("", "zhibu-drill-")
	if err != nil {
		return Drilled{}, err
	}
	d := &drill{Drilling: o, clock: civil.System{}}
	if err := d.run(ctx, place); err != nil || d.ring == nil {
		return d.Drilled, err
	}
	v, err := vault.New(d.ring, nil)
	if err != nil {
		return d.Drilled, err
	}
	return d.Drilled, d.sign(v.Signer())
}

// run does the work in a directory of its own and fills the report. An error is a drill that could not be made.
func (d *drill) run(ctx context.Context, place string) (err error) {
	defer fault.Wrap(&err, "installation: drill")
	if _, err := os.Stat(d.Kit); err != nil {
		return fault.New(fault.Invalid, "找不到恢复包 %s。", d.Kit).At("recovery").Because(err)
	}
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(place)) }()
	if err := os.MkdirAll(place, 0o700); err != nil {
		return err
	}
	d.Checks, d.At, d.Program = []DrillCheck{}, d.clock.Now().UTC(), Version
	if d.live != nil {
		d.Installation = d.live.Vault.Installation()
	}
	start := time.Now()
	err = d.try(ctx, Dir(filepath.Join(place, "restored")))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.Took = time.Since(start).Milliseconds()
	if errors.Is(err, errFound) {
		err = nil
	}
	d.OK = err == nil && d.Failed() == nil
	return err
}

// check notes a check. A failure that is no sentence for people is a broken machine, and told as it is.
func (d *drill) check(name string, err error, detail string) error {
	if err == nil {
		d.Checks = append(d.Checks, DrillCheck{name, true, detail})
		return nil
	}
	if detail == "" {
		detail = err.Error()
	}
	d.Checks = append(d.Checks, DrillCheck{name, false, detail})
	return errFound
}

func (d *drill) try(ctx context.Context, dir Dir) (err error) {
	if err := d.readKit(ctx); err != nil {
		return err
	}
	address, drop, err := d.room(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	if err := d.restore(ctx, dir, address); err != nil {
		return err
	}
	if err := d.openKeys(ctx, dir); err != nil {
		return err
	}
	c, err := dir.ReadConfig()
	if err != nil {
		return d.check("backup", err, words.Error(ctx, err))
	}
	c.Database, c.Documents = address, "" // never those that the backup names
	other, err := assemble(ctx, Options{Dir: dir, Clock: d.clock}, c, d.root, d.ring)
	if err != nil {
		return d.check("database", err, words.Error(ctx, err))
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	return d.examine(ctx, other)
}

// readKit opens the kit and makes sure that it is the installation's own.
func (d *drill) readKit(ctx context.Context) (err error) {
	if d.kit, err = archive.ReadKit(d.Kit); err != nil {
		return d.check("kit", err, words.Error(ctx, err))
	}
	if d.live != nil && d.kit.Verifier != "" && d.kit.Verifier != d.live.Vault.VerifierKey() {
		return d.check("kit", errFound, words.T(ctx, "恢复包属于另一套安装。请换用这套安装的恢复包。"))
	}
	return nil
}

// room is where the rows go: nowhere special on SQLite, an empty database on PostgreSQL.
func (d *drill) room(ctx context.Context) (address string, drop func() error, err error) {
	if d.Scratch != "" {
		empty, err := store.IsEmptyDatabase(ctx, d.Scratch)
		if err == nil && !empty {
			err = fault.New(fault.Conflict, "数据库里已有数据。恢复只写入空数据库，不覆盖任何数据。").At("scratch")
		}
		return d.Scratch, func() error { return store.EmptyDatabase(context.WithoutCancel(ctx), d.Scratch) }, err
	}
	if d.live != nil && d.live.DB.IsPostgres() {
		return store.Scratch(ctx, d.live.Config.Database)
	}
	return "", func() error { return nil }, nil
}

func (d *drill) restore(ctx context.Context, dir Dir, address string) error {
	progress := func(p archive.Progress) {
		d.step = p.Step
		if d.Progress != nil {
			d.Progress(p)
		}
	}
	res, err := archive.Restore(ctx, archive.RestoreOptions{From: d.From, Dir: string(dir), Database: address, Kit: d.kit, Run: d.Drilling.Run, Progress: progress})
	f := fault.As(err)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case f != nil && (f.Field == "database" || f.Field == "run"): // asked for wrongly
		return err
	case f != nil && f.Field == "recovery":
		return d.check("kit", err, words.Error(ctx, err))
	case d.step == archive.StepCheck || d.step == archive.StepRebuild:
		return d.check("database", err, words.Error(ctx, err))
	default:
		return d.check("backup", err, words.Error(ctx, err))
	}
	d.Drilled.Run, d.Made, d.Engine, d.Drilled.Installation = res.Run, res.Time.UTC(), res.Engine, res.Installation
	var bytes int64
	for _, f := range res.Files {
		bytes += f.Size
	}
	signed := words.T(ctx, "签名相符")
	if !res.Signed {
		signed = words.T(ctx, "恢复包里没有公钥，签名没有核对")
	}
	if err := d.check("kit", nil, words.T(ctx, "恢复包打得开备份，%s。", signed)); err != nil {
		return err
	}
	if err := d.check("backup", nil, words.T(ctx, "%s 的备份，%d 个文件，%d KB，每一块都核对过。", words.Moment(res.Time), len(res.Files), bytes>>10)); err != nil {
		return err
	}
	return d.check("database", nil, words.T(ctx, "%s 数据库完整。", res.Engine))
}

// openKeys opens the key file that came with the backup, where its passphrase may be asked for.
func (d *drill) openKeys(ctx context.Context, dir Dir) error {
	if !d.AskPassphrase && d.ring != nil {
		if _, err := os.Stat(dir.KeyFile()); err != nil {
			return d.check("keyfile", err, words.T(ctx, "备份和恢复包里都没有密钥文件 keyfile.age，加密内容恢复不了。"))
		}
		return d.check("keyfile", nil, words.T(ctx, "密钥文件在。没有再问口令；用命令演练会核对口令。"))
	}
	file := &vault.Keyfile{Path: dir.KeyFile(), Passphrase: func() ([]byte, error) { return vault.Passphrase(d.PassphraseFile, dir.DemoPassphrase()) }}
	ring, err := file.Open(ctx)
	if err != nil {
		return d.check("keyfile", err, words.Error(ctx, err))
	}
	if d.ring == nil {
		d.root, d.ring = file, ring
	} else if d.ring.Installation != ring.Installation {
		return d.check("keyfile", errFound, words.T(ctx, "备份里的密钥文件属于另一套安装。"))
	}
	return d.check("keyfile", nil, words.T(ctx, "用口令打得开备份里的密钥文件。"))
}

// examine looks at what was restored.
func (d *drill) examine(ctx context.Context, other *Installation) error {
	newest, err := other.Ledger.Newest(ctx)
	if err != nil {
		return d.check("checkpoint", err, "")
	}
	steps := []func() error{
		func() error { return d.compareCheckpoint(ctx, other, newest) },
		func() error { return d.compareWitness(ctx, other, newest) },
		func() error { return d.openSome(ctx, other) },
		func() error { return d.documents(ctx, other) },
		func() error { return d.reapply(ctx, other) },
		func() error { return d.verify(ctx, other) },
	}
	for _, step := range steps { // one finding does not hide the next
		if err := step(); err != nil && !errors.Is(err, errFound) {
			return err
		}
	}
	return nil
}

func (d *drill) reapply(ctx context.Context, other *Installation) error {
	err := other.reapply(ctx, func(name, detail string, err error) {
		if err != nil && fault.As(err) != nil {
			detail = words.Error(ctx, err)
		}
		_ = d.check(name, err, detail) // noted; whether it failed is told below
	})
	if err != nil && ctx.Err() == nil {
		return errFound
	}
	return err
}

// verify runs the whole verification over the restored rows, which counts anew too.
func (d *drill) verify(ctx context.Context, other *Installation) error {
	act := ledger.Act{Kind: ledger.KindRestore, Subject: "backup", SubjectID: d.Drilled.Run, Reason: "恢复演练"}
	if err := other.Ledger.Note(ctx, ledger.System("drill"), act); err != nil {
		return d.check("chain", err, words.Error(ctx, err))
	}
	rep, err := other.Verify(ctx)
	if err != nil {
		return d.check("chain", err, "")
	}
	d.Acts = rep.Acts
	wrong := map[string]int{}
	for _, f := range rep.Findings {
		wrong[findingOf(f.Code)]++
	}
	if _, err := other.DB.As(store.System("drill")).One(ctx, "SELECT count(*) FROM {member} WHERE state = 'active'", nil, &d.Members); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	found := func(name, good string) {
		if n := wrong[name]; n > 0 {
			_ = d.check(name, errFound, words.T(ctx, "恢复出来的数据有 %d 处对不上。", n)) // noted
			return
		}
		_ = d.check(name, nil, good) // noted
	}
	found("chain", words.T(ctx, "日志 %d 条，链、签名和留痕完整。", rep.Acts))
	found("rows", words.T(ctx, "每一行都与日志里最后一次改动相符，改动 %d 处。", rep.Events))
	found("counts", words.T(ctx, "党员 %d 名，重新数过，与统计相符。", d.Members))
	return nil
}

// findingOf sorts a finding of the verification under a check.
func findingOf(code string) string {
	switch code {
	case "row_changed", "row_removed", "row_unrecorded":
		return "rows"
	case "check":
		return "counts"
	}
	return "chain"
}
