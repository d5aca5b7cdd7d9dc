package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhibu/internal/installation"
	"zhibu/internal/words"
)

func (c *console) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "看看哪里不对，该怎么办 / see what is wrong and what to do",
		Long: "检查时钟、磁盘、密钥和权限、恢复包、证书、端口、数据库、日志链、备份和演练，每一项不对的都说该怎么办。只看不改。\n" +
			"退出码：0 都好，1 有不对的。\n\nLooks at clock, disk, keys, kit, certificate, port, database, chain, backups and drills; changes nothing.",
		Example: "  zhibu doctor --dir /var/lib/zhibu\n  zhibu doctor --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			found := installation.Doctor(ctx, c.options())
			err := c.print(found, func(w io.Writer) {
				for _, s := range found.Checks {
					if s.OK {
						fmt.Fprintf(w, "✓ %-12s %s\n", s.Name, s.Detail)
					} else {
						fmt.Fprintf(w, "✗ %-12s %s\n  → %s\n", s.Name, s.Detail, s.Todo)
					}
				}
				if found.OK {
					fmt.Fprintln(w, words.T(ctx, "一切正常。"))
				}
			})
			if err == nil && !found.OK {
				err = errProblems
			}
			return err
		},
	}
	c.jsonFlag(cmd)
	return cmd
}
