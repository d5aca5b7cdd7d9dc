package main

import (
	"context"
	"fmt"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
)

// factsASecond is how many sealed facts a reseal turns over in a second at least: a city's fifteen million in a night.
const factsASecond = 20000

// rotation measures how fast sealed facts get new keys while the audit log is written as ever, and how fast a new master
// key wraps everybody's keys.
func (b *bench) rotation(ctx context.Context) error {
	dir, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	for _, kind := range []rotation.Kind{rotation.Reseal, rotation.Rotate} {
		kept := b.work("rotation-" + string(kind))
		if err := copyFiles(dir, kept); err != nil {
			return err
		}
		job, took, err := turnOver(ctx, kept, kind)
		if err != nil {
			return err
		}
		n, name, reach := job.Values, "a reseal: sealed facts turned over in a second", float64(factsASecond)
		if kind == rotation.Rotate {
			n, name = job.Keys, "a rotation: keys of people wrapped anew in a second"
		}
		rate := float64(n) / took.wall.Seconds()
		m := measure{Name: fmt.Sprintf("%s (%d)", name, n), Ours: fmt.Sprintf("%.0f/s", rate)}
		if kind == rotation.Rotate {
			b.table.tell(m)
			continue
		}
		m.Reach = fmt.Sprintf("≥ %.0f/s", reach)
		b.table.add(m, rate >= reach)
	}
	return nil
}

// turnOver does a whole job up to where the old keys wait to be let go.
func turnOver(ctx context.Context, dir string, kind rotation.Kind) (job *rotation.Job, took spent, err error) {
	in, err := open(ctx, dir)
	if err != nil {
		return nil, took, err
	}
	defer func() { err = firstOf(err, in.Close()) }()
	actor := ledger.Actor{Account: "bench", Name: "bench", Role: "security-admin", Scope: store.System("bench")}
	if err := in.Keys.Begin(ctx, actor, kind, in.Vault.Alg()); err != nil {
		return nil, took, err
	}
	if took, err = cost(func() error { return in.Keys.Work(ctx, nil) }); err != nil {
		return nil, took, err
	}
	if job, err = in.Keys.Status(ctx); err != nil {
		return nil, took, err
	}
	if job.State != rotation.Turned || job.Stuck > 0 {
		return nil, took, fmt.Errorf("the job is %s with %d rows left", job.State, job.Stuck)
	}
	return job, took, nil
}
