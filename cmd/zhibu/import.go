package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

func (c *console) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import", Short: "导入 / import", Example: "  zhibu import roster 花名册.xlsx --org 066010010000 --dry-run", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.importRoster(), c.importUndo())
	return cmd
}

type rosterFlags struct {
	org, sheet, account, errors string
	dryRun                      bool
}

func (c *console) importRoster() *cobra.Command {
	var f rosterFlags
	cmd := &cobra.Command{
		Use: "roster FILE", Short: "导入党员花名册（.xlsx 或 CSV）/ import a roster (.xlsx or CSV)",
		Example: "  zhibu import roster 花名册.xlsx --org 066010010000 --dry-run --json\n  zhibu import roster 花名册.xlsx --org 066010010000 --errors 待改正.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.org == "" {
				return usageError{fmt.Errorf("需要 --org 党组织代码 / --org CODE is needed")}
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error { return c.takeIn(cmd.Context(), in, args[0], f) })
		},
	}
	cmd.Flags().StringVar(&f.org, "org", "", "目标党组织的代码 / code of the target organisation")
	cmd.Flags().StringVar(&f.sheet, "sheet", "", "只读这个工作表 / only this sheet")
	cmd.Flags().StringVar(&f.account, "account", "", "以这个账号的名义和范围导入 / import as this account, within its scope")
	cmd.Flags().StringVar(&f.errors, "errors", "", "把被拒绝的行写到这个文件，改正后可再导入 / write the rejected rows here, to be mended and imported again")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "只检查，不写入 / check only")
	c.jsonFlag(cmd)
	return cmd
}

// actorOf is the named account's holder, or the console's operator.
func (c *console) actorOf(ctx context.Context, in *installation.Installation, login string) (ledger.Actor, error) {
	if login == "" {
		return operator(), nil
	}
	p, err := c.identified(ctx, in, login)
	if err != nil {
		return ledger.Actor{}, err
	}
	return p.Actor("console"), nil
}

func (c *console) takeIn(ctx context.Context, in *installation.Installation, path string, f rosterFlags) error {
	actor, err := c.actorOf(ctx, in, f.account)
	if err != nil {
		return err
	}
	target, err := organisation(ctx, in, f.org)
	if err != nil {
		return err
	}
	book, err := roster.OpenFile(path, roster.Options{Sheet: f.sheet, MaxBytes: in.MaxUpload(), TempDir: in.Dir.Temp()})
	if err != nil {
		return err
	}
	defer book.Close()
	hash, err := hashOf(path)
	if err != nil {
		return err
	}
	bar := newProgress(c.errOut)
	res, err := in.Intake.Run(ctx, actor, intake.Request{Book: book, Org: target.ID, FileName: filepath.Base(path), FileHash: hash, Sheet: f.sheet,
		DryRun: f.dryRun, Progress: func(done, total int) { bar.show(words.T(ctx, "导入"), done, total) }})
	bar.end()
	if err != nil {
		return err
	}
	if f.errors != "" && res.Rejected > 0 {
		if err := writeRejected(ctx, in, actor, target.ID, book, f.errors); err != nil {
			return err
		}
	}
	if err := c.print(res, func(w io.Writer) { printResult(ctx, w, res, f) }); err != nil {
		return err
	}
	if res.Rejected > 0 {
		return errProblems
	}
	return nil
}

func hashOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func writeRejected(ctx context.Context, in *installation.Installation, actor ledger.Actor, org string, book *roster.Book, path string) (err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fault.New(fault.Invalid, "文件 %s 已经存在，没有覆盖它。", path).At("errors")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return in.Intake.Rejected(ctx, actor, org, book, out)
}

func printResult(ctx context.Context, w io.Writer, res intake.Result, f rosterFlags) {
	for _, p := range res.Problems {
		where := words.T(ctx, "第 %d 行", p.Row)
		if p.Sheet != "" {
			where = p.Sheet + " " + where
		}
		fmt.Fprintf(w, "%s %s [%s %s] %s\n", where, p.Column, p.Level, p.Code, sentence(ctx, p))
	}
	fmt.Fprintln(w, words.T(ctx, "共 %d 行：新增 %d，更新 %d，不变 %d，拒绝 %d；提醒 %d 处。", res.Rows, res.New, res.Changed, res.Unchanged, res.Rejected, res.Warnings))
	if res.Disputed > 0 {
		fmt.Fprintln(w, words.T(ctx, "其中 %d 项与审核过的内容不一致，等审核，并请责任人答复", res.Disputed))
	}
	if f.dryRun {
		fmt.Fprintln(w, words.T(ctx, "只做了检查，没有写入。"))
		return
	}
	fmt.Fprintln(w, words.T(ctx, "批次 %s。", res.Batch))
}

// sentence is a problem in the language of the person at the console.
func sentence(ctx context.Context, p roster.Problem) string {
	return words.Error(ctx, fault.New(fault.Invalid, p.Text, p.Args...))
}

func (c *console) importUndo() *cobra.Command {
	var reason, account string
	cmd := &cobra.Command{
		Use: "undo BATCH", Short: "整批撤销一次导入 / take a whole import back", Example: "  zhibu import undo 01KAS… --reason 导错了文件", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				actor, err := c.actorOf(cmd.Context(), in, account)
				if err != nil {
					return err
				}
				if err := in.Intake.Undo(cmd.Context(), actor, args[0], reason); err != nil {
					return err
				}
				return c.print(map[string]string{"batch": args[0], "state": string(intake.Undone)}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(cmd.Context(), "已经整批撤销。"))
				})
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "理由 / reason")
	cmd.Flags().StringVar(&account, "account", "", "以这个账号的名义 / as this account")
	c.jsonFlag(cmd)
	return cmd
}
