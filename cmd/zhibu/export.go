package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/words"
)

func (c *console) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "导出 / export", Example: "  zhibu export roster 花名册.xlsx --org 066010010000 --purpose 核对", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.exportRoster())
	return cmd
}

func (c *console) exportRoster() *cobra.Command {
	var code, purpose, account string
	cmd := &cobra.Command{
		Use: "roster FILE", Short: "导出花名册（.xlsx 或 .csv），可原样再导入 / export a roster that can be imported again",
		Example: "  zhibu export roster 花名册.xlsx --org 066010010000 --purpose 年度核对",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if code == "" || purpose == "" {
				return usageError{fmt.Errorf("需要 --org 和 --purpose / --org and --purpose are needed")}
			}
			ctx := cmd.Context()
			return c.open(ctx, func(in *installation.Installation) (err error) {
				at, err := organisation(ctx, in, code)
				if err != nil {
					return err
				}
				who := installation.Exporter{Actor: operator()}
				if account != "" {
					p, err := c.identified(ctx, in, account)
					if err != nil {
						return err
					}
					who = installation.ExporterOf(p, "console")
				}
				out, err := os.OpenFile(args[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
				if errors.Is(err, os.ErrExist) {
					return fault.New(fault.Invalid, "文件 %s 已经存在，没有覆盖它。", args[0]).At("file")
				}
				if err != nil {
					return usageError{err}
				}
				n, err := in.ExportRoster(ctx, who, installation.RosterExport{Under: at.Path, Purpose: purpose, CSV: strings.HasSuffix(strings.ToLower(args[0]), ".csv")}, out)
				if err = errors.Join(err, out.Close()); err != nil {
					os.Remove(args[0])
					return err
				}
				return c.print(map[string]any{"rows": n, "file": args[0]}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(ctx, "导出 %d 人：%s。用途已写入日志。", n, args[0]))
				})
			})
		},
	}
	cmd.Flags().StringVar(&code, "org", "", "党组织代码 / code of the organisation")
	cmd.Flags().StringVar(&purpose, "purpose", "", "用途，写入日志 / purpose, for the record")
	cmd.Flags().StringVar(&account, "account", "", "以这个账号的范围导出 / as this account, within its scope")
	c.jsonFlag(cmd)
	return cmd
}
