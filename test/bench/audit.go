package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

const auditRounds = 600

// audit writes one fact at a time: bare, which is the row alone in a transaction that waits for the disk, and as an
// act, which adds the row's images, the act with its seal and its place in the queue of the chain.
func (b *bench) audit(ctx context.Context) error {
	base, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"ours", "bare"} {
		if err := copyFiles(base, b.work(name)); err != nil {
			return err
		}
	}
	defer os.RemoveAll(b.work(""))
	in, err := open(ctx, b.work("ours"))
	if err != nil {
		return err
	}
	defer in.Close()
	w, err := newWriter(filepath.Join(b.work("bare"), "zhibu.db"))
	if err != nil {
		return err
	}
	defer w.close()
	ids, err := texts(w.db, "SELECT id FROM t_member ORDER BY id_index LIMIT ?", auditRounds)
	if err != nil {
		return err
	}
	plain, audited, err := takeTurns(ctx, in, w, ids)
	if err != nil {
		return err
	}
	disk, err := fsyncCost(b.work(""))
	if err != nil {
		return err
	}
	added := audited.wall - plain.wall
	share := float64(added) / float64(plain.wall)
	b.table.add(measure{Name: fmt.Sprintf("audit cost of one small fact, fsynced (the audit adds %s)", ms(added)), Ours: audited.String(), Bare: plain.String(),
		Ratio: 1 + share, Reach: "≤ 25 % added"}, share <= 0.25)
	b.table.tell(measure{Name: "  an fsync of a page on this disk", Ours: ms(disk)})
	took, err := cost(func() error { _, err := in.Ledger.Sequence(ctx); return err })
	b.table.tell(measure{Name: fmt.Sprintf("  chaining %d acts and signing, later and at once", len(ids)), Ours: took.String()})
	return err
}

// takeTurns writes each fact once bare and once as an act, now one first and now the other.
func takeTurns(ctx context.Context, in *installation.Installation, w *writer, ids []string) (plain, audited spent, err error) {
	update, err := w.db.Prepare("UPDATE t_member SET occupation = ?, version = ? WHERE id = ? AND version = ?")
	if err != nil {
		return plain, audited, err
	}
	defer update.Close()
	bare := func(id, text string) error {
		tx, err := w.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.Stmt(update).ExecContext(ctx, text, 2, id, 1); err != nil {
			return err
		}
		return tx.Commit()
	}
	act := func(id, text string) error {
		a := ledger.Act{Kind: "member.mend", Subject: "member", SubjectID: id, Reason: "本人更正", Source: "本人说明"}
		return in.Ledger.Do(ctx, ledger.System("bench"), a, func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "member", store.ByID(id).And("version", 1), store.Set("occupation", text), store.Set("version", 2))
			return err
		})
	}
	var both [2][]spent
	for i, id := range ids {
		for turn := range 2 {
			which := (i + turn) % 2
			write := [2]func(id, text string) error{bare, act}[which]
			took, err := cost(func() error { return write(id, "岗位"+strconv.Itoa(i)) })
			if err != nil {
				return plain, audited, err
			}
			both[which] = append(both[which], took)
		}
	}
	return medianOf(both[0]), medianOf(both[1]), nil
}
