package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhibu/internal/civil"
	"zhibu/internal/installation"
	"zhibu/internal/trust/archive"
	"zhibu/internal/words"
)

func (c *console) backupCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "backup", Short: "加密增量备份，运行中也可以 / encrypted incremental backup, also while serving",
		Example: "  zhibu backup --to file:///mnt/backup/zhibu\n  zhibu backup --to 's3://bucket?region=cn-north-1&endpoint=https://…'", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				if to == "" {
					to = in.BackupPlan().To
				}
				if to == "" {
					return usageError{fmt.Errorf("需要 --to 备份位置 / --to URL is needed")}
				}
				bar := newProgress(c.errOut)
				rep, err := in.Backup(cmd.Context(), operator(), to, func(p archive.Progress) {
					bar.show(words.T(cmd.Context(), p.Step), int(p.Done>>10), int(p.Total>>10))
				})
				bar.end()
				if err != nil {
					return err
				}
				return c.print(rep, func(w io.Writer) {
					fmt.Fprintln(w, words.T(cmd.Context(), "备份完成：%s，共 %d KB，新写入 %d KB。", rep.Run, rep.Size>>10, rep.Added>>10))
				})
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "备份位置 file:///… 或 s3://… / where to")
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) restoreCommand() *cobra.Command {
	var from, kit, run string
	cmd := &cobra.Command{
		Use: "restore", Short: "从备份恢复到一个新目录 / restore a backup into a new directory",
		Example: "  zhibu restore --from file:///mnt/backup/zhibu --dir /var/lib/zhibu-new --recovery /media/usb/recovery", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || kit == "" || c.dir == "" {
				return usageError{fmt.Errorf("需要 --from、--dir 和 --recovery / --from, --dir and --recovery are needed")}
			}
			ctx := cmd.Context()
			bar := newProgress(c.errOut)
			res, err := installation.Restore(ctx, installation.Restoring{Options: c.options(), From: from, Kit: kit, Run: run,
				Actor: operator(), Progress: func(p archive.Progress) { bar.show(words.T(ctx, p.Step), int(p.Done>>10), int(p.Total>>10)) }})
			bar.end()
			if err != nil {
				return err
			}
			return c.print(res, func(w io.Writer) {
				fmt.Fprintln(w, words.T(ctx, "恢复完成：%s 的备份，放在 %s。日志链已记下这次恢复。", res.Time.In(civil.Beijing).Format("2006-01-02 15:04"), c.dir))
				fmt.Fprintln(w, words.T(ctx, "下一步：zhibu audit verify --dir %s，再 zhibu serve --dir %s", c.dir, c.dir))
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "备份位置 / where the backup is")
	cmd.Flags().StringVar(&kit, "recovery", "", "恢复包的目录 / directory of the recovery kit")
	cmd.Flags().StringVar(&run, "run", "", "哪一次备份，默认最近一次 / which backup, the newest by default")
	c.jsonFlag(cmd)
	return cmd
}

// period reads a range of Beijing days as microseconds, the end exclusive.
func period(from, to string) (start, end int64, err error) {
	for _, v := range []struct {
		text string
		into *int64
		plus int
	}{{from, &start, 0}, {to, &end, 1}} {
		if v.text == "" {
			continue
		}
		d, err := civil.Parse(v.text)
		if err != nil {
			return 0, 0, usageError{fmt.Errorf("%s：日期要写成 2006-01-02 / a date looks like 2006-01-02", v.text)}
		}
		*v.into = d.AddDays(v.plus).In(civil.Beijing).UnixMicro()
	}
	return start, end, nil
}
