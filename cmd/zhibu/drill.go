package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"zhibu/internal/installation"
	"zhibu/internal/trust/archive"
	"zhibu/internal/words"
)

type drillFlags struct {
	installation.Drilling
	verify, key string
}

func (c *console) drillCommand() *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use: "drill", Short: "恢复演练：恢复到临时处，逐项核对，出签名报告 / restore aside, check, and sign a report",
		Long: "把备份恢复到一个临时目录（PostgreSQL 上是一个临时数据库），逐项核对，完了就删掉，不碰正在使用的数据。\n" +
			"有 --dir（或当前目录里有安装）时，与正在使用的日志链和见证文件对照，结果记进日志；在没有安装的机器上，用 --witness 带来见证文件。\n" +
			"退出码：0 全部相符，1 有不符或演练不了，2 用法不对。\n\n" +
			"Restores a backup aside (on PostgreSQL into a database of its own), checks it, and removes it. Beside an installation it is compared with what is in use.",
		Example: "  zhibu drill --dir /var/lib/zhibu --from file:///mnt/backup/zhibu --recovery /media/usb/recovery\n" +
			"  zhibu drill --from file:///mnt/backup/zhibu --recovery /media/usb/recovery --witness witness-2026-11-23 --json\n" +
			"  zhibu drill --verify zhibu-drill.json --key audit-public-key.txt",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.verify != "" {
				return c.verifyDrill(cmd.Context(), f.verify, f.key)
			}
			if f.From == "" || f.Kit == "" {
				return usageError{fmt.Errorf("需要 --from 和 --recovery / --from and --recovery are needed")}
			}
			return c.drill(cmd.Context(), f.Drilling)
		},
	}
	cmd.Flags().StringVar(&f.From, "from", "", "备份位置 / where the backup is")
	cmd.Flags().StringVar(&f.Kit, "recovery", "", "恢复包的目录 / directory of the recovery kit")
	cmd.Flags().StringVar(&f.Run, "run", "", "哪一次备份，默认最近一次 / which backup, the newest by default")
	cmd.Flags().StringVar(&f.Scratch, "scratch", "", "PostgreSQL：用这个空库，演练后清空；不给就自己建一个 / an empty database to use, emptied afterwards; otherwise one is made")
	cmd.Flags().StringVar(&f.Witness, "witness", "", "另存的见证文件 / a witness file kept elsewhere")
	cmd.Flags().StringVar(&f.verify, "verify", "", "离线核对这份报告的签名 / verify this report's signature off line")
	cmd.Flags().StringVar(&f.key, "key", "", "公钥文件（恢复包里的 audit-public-key.txt）/ file of the public key")
	c.jsonFlag(cmd)
	return cmd
}

// drill tries a backup beside the installation, or without one.
func (c *console) drill(ctx context.Context, o installation.Drilling) (err error) {
	bar := newProgress(c.errOut)
	o.Actor, o.AskPassphrase, o.PassphraseFile = operator(), true, c.passphraseFile
	o.Progress = func(p archive.Progress) { bar.show(words.T(ctx, p.Step), int(p.Done>>10), int(p.Total>>10)) }
	var rep installation.Drilled
	if c.dir == "" && !c.directory().Exists() {
		rep, err = installation.DrillElsewhere(ctx, o)
	} else {
		err = c.open(ctx, func(in *installation.Installation) (err error) {
			rep, err = in.Drill(ctx, o)
			return err
		})
	}
	bar.end()
	if err != nil {
		return err
	}
	return c.drilled(ctx, rep)
}

func (c *console) drilled(ctx context.Context, rep installation.Drilled) error {
	err := c.print(rep, func(w io.Writer) {
		for _, k := range rep.Checks {
			mark := "✓"
			if !k.OK {
				mark = "✗"
			}
			fmt.Fprintf(w, "%s %-10s %s\n", mark, k.Name, k.Detail)
		}
		if rep.OK {
			fmt.Fprintln(w, words.T(ctx, "演练成功：%s 的备份恢复得出来，用时 %d 毫秒。", words.Moment(rep.Made), rep.Took))
		} else {
			fmt.Fprintln(w, words.T(ctx, "演练没有成功。请先处理上面打叉的项，再演练一次。"))
		}
		if rep.Signature == "" {
			fmt.Fprintln(w, words.T(ctx, "密钥没有打开，报告没有签名。"))
		}
	})
	if err == nil && !rep.OK {
		err = errProblems
	}
	return err
}

func (c *console) verifyDrill(ctx context.Context, report, key string) error {
	if key == "" {
		return usageError{fmt.Errorf("离线核验需要 --key 公钥文件 / --key is needed")}
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return usageError{err}
	}
	f, err := os.Open(report)
	if err != nil {
		return usageError{err}
	}
	defer f.Close()
	rep, err := installation.VerifyDrill(f, strings.Fields(string(text))...)
	if err != nil {
		return err
	}
	if !c.json {
		fmt.Fprintln(c.out, words.T(ctx, "签名有效：%s 的报告，安装 %s。", words.Moment(rep.At), rep.Installation))
	}
	return c.drilled(ctx, rep)
}
