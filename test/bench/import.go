package main

import (
	"context"
	"fmt"
	"os"

	"zhibu/internal/party/intake"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

const importRounds = 2

// imports takes a sheet in and lets the bare driver insert the very rows that this stored: the same rows, images and
// keys, in the same order and as many to a transaction.
func (b *bench) imports(ctx context.Context) error {
	base, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	path, err := b.sheet(base, b.rows)
	if err != nil {
		return err
	}
	var whole, reading, bare []spent
	var res intake.Result
	for range importRounds {
		if err := copyFiles(base, b.work("ours")); err != nil {
			return err
		}
		var took spent
		if took, res, err = importSheet(ctx, b.work("ours"), path); err != nil {
			return err
		}
		whole = append(whole, took)
		if took, err = cost(func() error { return readTwice(ctx, path) }); err != nil {
			return err
		}
		reading = append(reading, took)
		if err := copyFiles(base, b.work("bare")); err != nil {
			return err
		}
		if took, err = replay(ctx, b.work("ours"), b.work("bare")); err != nil {
			return err
		}
		bare = append(bare, took)
		say("   ours %s, of it reading %s; bare %s", whole[len(whole)-1], reading[len(reading)-1], took)
	}
	ours := medianOf(whole).sub(medianOf(reading))
	plain := medianOf(bare)
	name := fmt.Sprintf("import of %d rows (%d new, %d rejected), reading apart", res.Rows, res.New, res.Rejected)
	r := ratio(ours.wall, plain.wall)
	b.table.add(measure{Name: name, Ours: ours.String(), Bare: plain.String(), Ratio: r, Reach: "≤ 3 ×"}, r <= 3)
	b.table.tell(measure{Name: "  the same by CPU time", Ours: ms(ours.cpu), Bare: ms(plain.cpu), Ratio: ratio(ours.cpu, plain.cpu)})
	b.table.tell(measure{Name: "  reading the sheet (two passes)", Ours: medianOf(reading).String()})
	return os.RemoveAll(b.work(""))
}

// importSheet imports a file into the whole city as the command does.
func importSheet(ctx context.Context, dir, path string) (took spent, res intake.Result, err error) {
	in, err := open(ctx, dir)
	if err != nil {
		return took, res, err
	}
	defer in.Close()
	var root string
	if _, err = in.DB.As(store.System("bench")).One(ctx, "SELECT id FROM {org} WHERE parent_id = ''", nil, &root); err != nil {
		return took, res, err
	}
	took, err = cost(func() error {
		book, err := roster.OpenFile(path, roster.Options{MaxBytes: 1 << 30, TempDir: in.Dir.Temp()})
		if err != nil {
			return err
		}
		defer book.Close()
		res, err = in.Intake.Run(ctx, ledger.System("bench"), intake.Request{Book: book, Org: root, FileName: "roster.csv", FileHash: "bench"})
		return err
	})
	return took, res, err
}

// readTwice passes over the sheet as often as an import does, and does nothing with the rows.
func readTwice(ctx context.Context, path string) error {
	book, err := roster.OpenFile(path, roster.Options{MaxBytes: 1 << 30})
	if err != nil {
		return err
	}
	defer book.Close()
	for range 2 {
		for _, err := range book.Rows(ctx) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
