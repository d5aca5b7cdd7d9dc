package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/party/headcount"
	"zhibu/internal/store"
)

// rounds of one short measurement.
const rounds = 41

// counts asks for the head counts of nodes of every level, the largest of each, and compares the kept counts with a
// recount of the members.
func (b *bench) counts(ctx context.Context) error {
	dir, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	in, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer in.Close()
	nodes, err := largestNodes(ctx, in)
	if err != nil {
		return err
	}
	var slowest time.Duration
	var said []string
	r := in.DB.As(store.System("bench"))
	for _, path := range nodes {
		var times []time.Duration
		for range rounds {
			start := time.Now()
			if _, err := headcount.At(ctx, r, path, On); err != nil {
				return err
			}
			times = append(times, time.Since(start))
		}
		m := median(times)
		slowest = max(slowest, m)
		said = append(said, fmt.Sprintf("%d: %s", strings.Count(path, "."), ms(m)))
	}
	b.table.add(measure{Name: fmt.Sprintf("head counts of a subtree, slowest node at %d members", b.members), Ours: ms(slowest), Reach: "≤ 5 ms"}, slowest <= 5*time.Millisecond)
	b.table.tell(measure{Name: "  largest node of each level of the tree", Ours: strings.Join(said, ", ")})
	wrong := 0
	took, err := cost(func() error {
		return headcount.Recount(ctx, r, func(string, int64, int64) { wrong++ })
	})
	if err != nil {
		return err
	}
	b.table.add(measure{Name: "  kept counts that differ from a recount", Ours: fmt.Sprintf("%d (recount %s)", wrong, ms(took.wall)), Reach: "0"}, wrong == 0)
	return nil
}

// largestNodes are the paths of the organisation with most people on each level, and of the branch with most.
func largestNodes(ctx context.Context, in *installation.Installation) ([]string, error) {
	best := map[int]int64{}
	at := map[int]string{}
	keep := func(row store.Row) error {
		var path string
		var n int64
		if err := row.Scan(&path, &n); err != nil {
			return err
		}
		if level := strings.Count(path, "."); n > best[level] {
			best[level], at[level] = n, path
		}
		return nil
	}
	r := in.DB.As(store.System("bench"))
	if err := r.Each(ctx, "SELECT org_path, sum(n) FROM {headcount} GROUP BY 1", nil, keep); err != nil {
		return nil, err
	}
	var out []string
	for level := 1; at[level] != ""; level++ {
		out = append(out, at[level])
	}
	best, at = map[int]int64{}, map[int]string{}
	if err := r.Each(ctx, "SELECT org_path, count(*) FROM {member} GROUP BY 1", nil, keep); err != nil {
		return nil, err
	}
	for _, path := range at {
		out = append(out, path)
	}
	return out, nil
}
