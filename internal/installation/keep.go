package installation

import (
	"context"
	"errors"
	"fmt"
	"os"

	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
)

// branchesCompared is of how many branches Verify computes the duties anew. Each day it takes others.
const branchesCompared = 200

// Verify checks the ledger, every live row, and that what is derived equals what it is derived from; of duties it looks at a
// sample of the branches.
func (in *Installation) Verify(ctx context.Context) (*ledger.Report, error) {
	return in.verify(ctx, branchesCompared)
}

// VerifyAll is Verify with the duties of every branch.
func (in *Installation) VerifyAll(ctx context.Context) (*ledger.Report, error) {
	return in.verify(ctx, 0)
}

func (in *Installation) verify(ctx context.Context, branches int) (*ledger.Report, error) {
	if _, err := in.Duties.Settle(ctx, 0); err != nil {
		return nil, err
	}
	var compared ledger.Compared
	rep, err := in.Ledger.Verify(ctx, checkPaths, checkCounts, in.checkDocuments, func(ctx context.Context, r store.Reader, find func(ledger.Finding)) (err error) {
		compared, err = in.Duties.Compare(ctx, r, branches, func(org, name string, kept, computed duty.Mark) {
			find(ledger.Finding{Code: "check", Table: "owed", Row: org, Message: fmt.Sprintf("汇总的待办与事实不符：%s 汇总 %d 项、逾期 %d 项，按事实 %d 项、逾期 %d 项。", name, kept.Open, kept.Overdue, computed.Open, computed.Overdue)})
		})
		if err != nil {
			return err
		}
		return in.Duties.CompareAbove(ctx, r, func(path, name string, off int64) {
			find(ledger.Finding{Code: "check", Table: "late", Row: path, Message: fmt.Sprintf("逾期支部的统计与汇总的待办不符：%s 差 %d。", name, off)})
		})
	})
	if rep != nil {
		rep.Compared = &compared
	}
	return rep, err
}

// checkPaths finds rows that do not stand where their organisation stands: a copied path is in no image.
func checkPaths(ctx context.Context, r store.Reader, find func(ledger.Finding)) error {
	for _, t := range []string{"all_member", "post", "org_event", "org_past", "org_successor", "steward", "account", "grant", "mapping", "all_batch"} {
		err := r.Each(ctx, "SELECT x.id FROM {"+t+"} x LEFT JOIN {org} o ON o.id = x.org_id WHERE o.path IS NULL OR o.path <> x.org_path", nil, func(row store.Row) error {
			f := ledger.Finding{Code: "check", Table: t, Message: "这一行所在的组织与组织树不符。"}
			if err := row.Scan(&f.Row); err != nil {
				return err
			}
			find(f)
			return nil
		})
		if err != nil {
			return err
		}
	}
	// What is about a member stands where the member stands, whatever organisation it names.
	for t, rows := range map[string]string{"member_event": "", "fact": "", "dispute": "x.field NOT LIKE 'org %' AND ", "affirmed": ""} {
		err := r.Each(ctx, "SELECT x.id FROM {"+t+"} x LEFT JOIN {all_member} m ON m.id = x.member_id WHERE "+rows+"(m.org_path IS NULL OR m.org_path <> x.org_path)", nil, func(row store.Row) error {
			f := ledger.Finding{Code: "check", Table: t, Message: "这一行所在的组织与组织树不符。"}
			err := row.Scan(&f.Row)
			find(f)
			return err
		})
		if err != nil {
			return err
		}
	}
	err := r.Each(ctx, "SELECT x.id FROM {dispute} x LEFT JOIN {org} o ON x.field = 'org ' || o.id WHERE x.field LIKE 'org %' AND (o.path IS NULL OR o.path <> x.org_path)", nil, func(row store.Row) error {
		f := ledger.Finding{Code: "check", Table: "dispute", Message: "这一行所在的组织与组织树不符。"}
		err := row.Scan(&f.Row)
		find(f)
		return err
	})
	if err != nil {
		return err
	}
	return r.Each(ctx, "SELECT c.id FROM {org} c LEFT JOIN {org} p ON p.id = c.parent_id WHERE c.parent_id <> '' AND (p.path IS NULL OR substr(c.path, 1, length(p.path)) <> p.path OR length(c.path) <= length(p.path))", nil, func(row store.Row) error {
		f := ledger.Finding{Code: "check", Table: "org", Message: "这个组织在树里的位置与它的上级不符。"}
		err := row.Scan(&f.Row)
		find(f)
		return err
	})
}

func checkCounts(ctx context.Context, r store.Reader, find func(ledger.Finding)) error {
	var counted headcount.Change
	if err := tallyAll(ctx, r, &counted); err != nil {
		return err
	}
	err := headcount.RecountTallies(ctx, r, counted, func(where string, kept, rows int64) {
		find(ledger.Finding{Code: "check", Table: "tally", Row: where, Message: fmt.Sprintf("数据质量的统计与记录不符：统计 %d，记录 %d。", kept, rows)})
	})
	if err != nil {
		return err
	}
	return headcount.Recount(ctx, r, func(path string, kept, counted int64) {
		find(ledger.Finding{Code: "check", Table: "headcount", Row: path, Message: fmt.Sprintf("人数统计与名册不符：统计 %d，名册 %d。", kept, counted)})
	})
}

// checkDocuments finds documents that do not stand with their member, and those whose pages are gone.
func (in *Installation) checkDocuments(ctx context.Context, r store.Reader, find func(ledger.Finding)) error {
	query := "SELECT d.id FROM {document} d LEFT JOIN {all_member} m ON m.id = d.member_id WHERE m.org_path IS NULL OR m.org_path <> d.org_path"
	err := r.Each(ctx, query, nil, func(row store.Row) error {
		f := ledger.Finding{Code: "check", Table: "document", Message: "这份材料所在的组织与党员的不符。"}
		err := row.Scan(&f.Row)
		find(f)
		return err
	})
	if err != nil {
		return err
	}
	return in.Documents.Check(ctx, r, func(id string, missing int) {
		find(ledger.Finding{Code: "check", Table: "document", Row: id, Message: fmt.Sprintf("这份材料缺 %d 页的图像。", missing)})
	})
}

// KindBackup is the act of a backup.
const KindBackup = "archive.backup"

// Backup makes a backup and records it.
func (in *Installation) Backup(ctx context.Context, actor ledger.Actor, to string, progress func(archive.Progress)) (archive.Report, error) {
	rep, err := in.Archive.Backup(ctx, to, in.Retention(), progress)
	if err != nil {
		return rep, err
	}
	if list, err := in.shredList(ctx); err != nil || list != nil && in.Archive.PutShreds(ctx, to, list) != nil {
		return rep, errors.Join(err, fault.New(fault.Unavailable, "备份已经完成，但销毁名单没有写到备份位置，请检查那里能不能写，再备份一次。"))
	}
	act := ledger.Act{Kind: KindBackup, Subject: "backup", SubjectID: rep.Run, Reason: "备份", Detail: map[string]any{"bytes": rep.Size, "added": rep.Added, "to": to}}
	return rep, in.Ledger.Note(ctx, actor, act)
}

// Restoring says what to bring back, and where.
type Restoring struct {
	Options
	From     string
	Kit      string // directory of the recovery kit
	Run      string // which backup; "" the newest
	Actor    ledger.Actor
	Progress func(archive.Progress)
}

// Restore brings a backup back into a new directory and records it in the restored chain, which verify then names.
func Restore(ctx context.Context, r Restoring) (_ *archive.Restored, err error) {
	defer fault.Wrap(&err, "installation: restore")
	kit, err := archive.ReadKit(r.Kit)
	if err != nil {
		return nil, err
	}
	o := archive.RestoreOptions{From: r.From, Dir: string(r.Dir), Database: r.Database, Kit: kit, Run: r.Run, Progress: r.Progress}
	res, err := archive.Restore(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(kit.Passphrase) > 0 {
		if err := os.WriteFile(r.Dir.DemoPassphrase(), kit.Passphrase, 0o600); err != nil {
			return nil, err
		}
	}
	c, err := r.Dir.ReadConfig()
	if err != nil {
		return nil, err
	}
	c.Documents = "" // they came back into the directory; those of another place are somebody else's by now
	if c.Database = r.Database; err == nil {
		err = r.Dir.WriteConfig(c)
	}
	if err != nil {
		return nil, err
	}
	in, err := Open(ctx, r.Options)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if err := in.reapply(ctx, func(string, string, error) {}); err != nil {
		return nil, err
	}
	act := ledger.Act{Kind: ledger.KindRestore, Subject: "backup", SubjectID: res.Run, Reason: "从备份恢复", Detail: map[string]any{"run": res.Run, "checkpoint": res.Checkpoint}}
	if err := in.Ledger.Note(ctx, r.Actor, act); err != nil {
		return nil, err
	}
	if err := errors.Join(in.settle(ctx), in.DB.Analyze(ctx)); err != nil {
		return nil, err
	}
	_, err = in.Ledger.Sequence(ctx)
	return res, err
}

// tallyAll counts from the rows what is kept for the pages on the quality of data.
func tallyAll(ctx context.Context, r store.Reader, counted *headcount.Change) error {
	if err := tallyFirst(ctx, r, counted); err != nil {
		return err
	}
	return tallyAging(ctx, r, counted)
}

func tallyFirst(ctx context.Context, r store.Reader, counted *headcount.Change) error {
	if err := member.TallyAll(ctx, r, counted); err != nil {
		return err
	}
	return steward.TallyAll(ctx, r, counted)
}

func tallyAging(ctx context.Context, r store.Reader, counted *headcount.Change) error {
	return member.TallyAging(ctx, r, counted, 1, "m.id <> ''")
}

// keepTallies counts once what is kept from then on, where an older program has kept nothing.
func (in *Installation) keepTallies(ctx context.Context) error {
	if err := in.keepTally(ctx, headcount.KeptFirst, tallyFirst); err != nil {
		return err
	}
	return in.keepTally(ctx, headcount.KeptAging, tallyAging)
}

func (in *Installation) keepTally(ctx context.Context, mark string, count func(context.Context, store.Reader, *headcount.Change) error) error {
	all := store.System("tallies")
	if kept, err := headcount.Kept(ctx, in.DB.As(all), mark); err != nil || kept {
		return err
	}
	return in.DB.Write(ctx, all, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "tallies"); err != nil {
			return err
		}
		if kept, err := headcount.Kept(ctx, tx, mark); err != nil || kept {
			return err
		}
		var counted headcount.Change
		if err := count(ctx, tx, &counted); err != nil {
			return err
		}
		return headcount.Keep(ctx, tx, mark, counted)
	})
}
