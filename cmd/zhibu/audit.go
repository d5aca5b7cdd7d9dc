package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"zhibu/internal/installation"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

func (c *console) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit", Short: "日志：核验、导出凭证 / the audit: verify, bundle",
		Example: "  zhibu audit verify --dir /var/lib/zhibu\n  zhibu audit bundle --out 凭证.json && zhibu audit verify --bundle 凭证.json --key audit-public-key.txt",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.auditVerify(), c.auditBundle())
	return cmd
}

func (c *console) auditVerify() *cobra.Command {
	var bundle, key, witness string
	var all bool
	cmd := &cobra.Command{
		Use: "verify", Short: "核对日志链和每一行现状 / check the chain and every live row",
		Example: "  zhibu audit verify --json\n  zhibu audit verify --bundle 凭证.json --key recovery/audit-public-key.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if bundle != "" {
				return c.verifyBundle(cmd, bundle, key)
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				verify := in.Verify
				if all {
					verify = in.VerifyAll
				}
				rep, err := verify(cmd.Context())
				if err != nil {
					return err
				}
				if witness != "" {
					if err := in.Ledger.CompareWith(cmd.Context(), witness, rep); err != nil {
						return err
					}
				}
				return c.report(cmd, rep)
			})
		},
	}
	cmd.Flags().StringVar(&bundle, "bundle", "", "离线核验这份凭证，只用公钥 / verify this bundle off line, with public keys only")
	cmd.Flags().StringVar(&key, "key", "", "公钥文件（恢复包里的 audit-public-key.txt）/ file of the public key")
	cmd.Flags().BoolVar(&all, "all-duties", false, "按事实重算每个支部的待办来对照，不只抽查 / compute the duties of every branch anew, not of a sample")
	cmd.Flags().StringVar(&witness, "witness", "", "另存的见证文件 / a witness file kept elsewhere")
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) report(cmd *cobra.Command, rep *ledger.Report) error {
	ctx := cmd.Context()
	err := c.print(rep, func(w io.Writer) {
		for _, f := range rep.Findings {
			fmt.Fprintf(w, "[%s] %s %s %s\n", f.Code, f.Message, f.Table, f.Row)
		}
		for _, r := range rep.Restores {
			fmt.Fprintln(w, words.T(ctx, "日志记着一次正当的恢复：第 %d 条，操作 %s。", r.Size, r.Act))
		}
		switch d := rep.Compared; {
		case d == nil:
		case !d.Kept:
			fmt.Fprintln(w, words.T(ctx, "待办还没有汇总过，没有什么可对照。"))
		default:
			fmt.Fprintln(w, words.T(ctx, "待办：按事实重算了 %d 个支部，共有 %d 个。", d.Looked, d.Branches))
		}
		if rep.OK {
			fmt.Fprintln(w, words.T(ctx, "核验通过：%d 次操作，%d 处改动，链长 %d，根 %s。", rep.Acts, rep.Events, rep.Size, rep.Root))
		} else {
			fmt.Fprintln(w, words.T(ctx, "核验发现 %d 处不符。", len(rep.Findings)))
		}
	})
	if err == nil && !rep.OK {
		err = errProblems
	}
	return err
}

func (c *console) verifyBundle(cmd *cobra.Command, bundle, key string) error {
	if key == "" {
		return usageError{fmt.Errorf("离线核验需要 --key 公钥文件 / --key is needed")}
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return usageError{err}
	}
	f, err := os.Open(bundle)
	if err != nil {
		return usageError{err}
	}
	defer f.Close()
	rep, err := ledger.VerifyBundle(f, strings.Fields(string(text))...)
	if err != nil {
		return err
	}
	return c.report(cmd, rep)
}

func (c *console) auditBundle() *cobra.Command {
	var out, subject, from, to string
	cmd := &cobra.Command{
		Use: "bundle", Short: "导出可离线核验的凭证 / write a bundle that can be verified off line",
		Example: "  zhibu audit bundle --out 凭证.json --from 2026-01-01 --to 2026-12-31", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{fmt.Errorf("需要 --out 文件 / --out FILE is needed")}
			}
			q := ledger.BundleQuery{Subject: subject}
			var err error
			if q.From, q.To, err = period(from, to); err != nil {
				return err
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
				if err != nil {
					return usageError{err}
				}
				n, err := in.Ledger.WriteBundle(cmd.Context(), f, q)
				if cerr := f.Close(); err == nil {
					err = cerr
				}
				if err != nil {
					return err
				}
				return c.print(map[string]any{"acts": n, "file": out}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(cmd.Context(), "写入 %d 条记录的凭证：%s", n, out))
				})
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "写到这个文件 / file to write")
	cmd.Flags().StringVar(&subject, "subject", "", "只要这个对象的记录 / only acts about this id")
	cmd.Flags().StringVar(&from, "from", "", "从这一天起 / from this day")
	cmd.Flags().StringVar(&to, "to", "", "到这一天止 / to this day, inclusive")
	c.jsonFlag(cmd)
	return cmd
}
