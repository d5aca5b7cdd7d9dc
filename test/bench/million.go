package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

const (
	millionRows = 1000000
	writeEvery  = 50 * time.Millisecond
)

// million takes a million rows in by the command, in a process of its own, while this one goes on writing small facts
// into the same database.
func (b *bench) million(ctx context.Context) error {
	base, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	path, err := b.sheet(base, millionRows)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	dir := b.work("million")
	if err := copyFiles(base, dir); err != nil {
		return err
	}
	program, err := b.command(ctx)
	if err != nil {
		return err
	}
	if err := allowLarge(installation.Dir(dir)); err != nil {
		return err
	}
	in, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer in.Close()
	var code string
	if _, err := in.DB.As(store.System("bench")).One(ctx, "SELECT code FROM {org} WHERE parent_id = ''", nil, &code); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "import", "roster", path, "--dir", dir, "--org", code)
	writing, stop := context.WithCancel(ctx)
	waits := make(chan []time.Duration)
	go func() { waits <- writeOn(writing, in) }()
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	stop()
	list := <-waits
	if err != nil {
		return fmt.Errorf("import: %w\n%s", err, out[max(0, len(out)-500):])
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("no account of the child's resources")
	}
	peak := float64(used.Maxrss) / 1024
	b.table.add(measure{Name: "import of " + strconv.Itoa(millionRows) + " rows (CSV): peak memory (RSS)", Ours: fmt.Sprintf("%.0f MB", peak), Reach: "≤ 300 MB"}, peak <= 300)
	b.table.tell(measure{Name: "  it took", Ours: spent{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}.String()})
	longest, usual := quantile(list, 1), quantile(list, 0.5)
	b.table.add(measure{Name: fmt.Sprintf("  longest wait of %d other writes (usual one %s)", len(list), ms(usual)), Ours: ms(longest), Reach: "≤ 1 s"}, longest <= time.Second)
	return os.RemoveAll(dir)
}

// allowLarge raises the limit of a file, which is meant for uploads.
func allowLarge(dir installation.Dir) error {
	c, err := dir.ReadConfig()
	if err != nil {
		return err
	}
	c.MaxUploadMB = 1024
	return dir.WriteConfig(c)
}

// writeOn writes a small fact every so often until it is told to stop, and says how long each write took.
func writeOn(ctx context.Context, in *installation.Installation) (times []time.Duration) {
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return times
		case <-tick.C:
		}
		start := time.Now()
		err := in.Ledger.Do(ctx, ledger.System("bench"), ledger.Act{Kind: "setting.change", Subject: "setting", SubjectID: "bench", Reason: "bench"}, func(tx *store.Tx) error {
			key := store.ByID("bench")
			changed, err := tx.Update(ctx, "setting", key, store.Set("value", strconv.Itoa(n)))
			if err != nil || changed > 0 {
				return err
			}
			return tx.Insert(ctx, "setting", store.Set("id", "bench"), store.Set("value", strconv.Itoa(n)))
		})
		if err != nil && ctx.Err() == nil {
			say("a write failed: %v", err)
		}
		if ctx.Err() == nil {
			times = append(times, time.Since(start))
		}
	}
}
