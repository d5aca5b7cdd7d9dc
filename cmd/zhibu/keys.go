package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

func (c *console) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys", Short: "密钥：轮换、换算法、口令、恢复包 / keys: rotation, algorithm, passphrase, recovery kit",
		Example: "  zhibu keys status --json\n  zhibu keys rotate\n  zhibu keys reseal --algorithm sm4\n  zhibu keys kit --out /media/usb/recovery-2",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.keysStatus(), c.keysRotate(), c.keysReseal(), c.keysContinue(), c.keysPassphrase(), c.keysKit())
	return cmd
}

// openKeys opens the installation for a command that saves the key file: a typed passphrase is asked once.
func (c *console) openKeys(ctx context.Context, fn func(in *installation.Installation) error) error {
	o := c.options()
	o.Remember = true
	in, err := installation.Open(ctx, o)
	if err != nil {
		return err
	}
	defer in.Close()
	err = fn(in)
	if _, seqErr := in.Ledger.Sequence(context.WithoutCancel(ctx)); seqErr != nil && err == nil {
		err = seqErr
	}
	return err
}

func (c *console) keysStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use: "status", Short: "密钥现在的情况 / how the keys stand", Example: "  zhibu keys status --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.open(cmd.Context(), func(in *installation.Installation) error { return c.printKeys(cmd.Context(), in) })
		},
	}
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) printKeys(ctx context.Context, in *installation.Installation) error {
	st, err := in.KeyStatus(ctx)
	if err != nil {
		return err
	}
	return c.print(st, func(w io.Writer) {
		for _, k := range st.Keys {
			mark := words.T(ctx, "旧")
			if k.Primary {
				mark = words.T(ctx, "在用")
			}
			fmt.Fprintln(w, words.T(ctx, "主密钥 %d：%s，%s 生成，%s", k.ID, k.Algorithm, k.Made.Format("2006-01-02"), mark))
		}
		if j := st.Job; j != nil {
			fmt.Fprintln(w, words.T(ctx, keyStates[j.State]))
			fmt.Fprintln(w, words.T(ctx, "换过个人密钥 %d 把，重新加密 %d 项。", j.Keys, j.Values))
			if j.Stuck > 0 {
				fmt.Fprintln(w, words.T(ctx, "有 %d 行换不了，旧密钥先留着。请运行 zhibu audit verify 查看。", j.Stuck))
			}
		}
		if st.KitOld {
			fmt.Fprintln(w, words.T(ctx, "恢复包里的密钥文件是旧的，请用 zhibu keys kit 另做一份。"))
		}
	})
}

// keyStates are the sentences of a job's states.
var keyStates = map[rotation.State]string{
	rotation.Running: words.Mark("正在更换密钥，没有做完。中断了可以运行 zhibu keys continue 接着做。"),
	rotation.Turned:  words.Mark("密钥已经换完；旧密钥过一分钟撤下，由正在运行的服务或 zhibu keys continue 完成。"),
	rotation.Retired: words.Mark("旧密钥已经撤下，过一分钟收尾。"),
	rotation.Done:    words.Mark("上一次更换密钥已经全部完成。"),
}

func (c *console) keysRotate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rotate", Short: "换一把主密钥，重新包装每个人的密钥 / a new master key, everybody's key wrapped anew",
		Example: "  zhibu keys rotate", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.turnKeys(cmd.Context(), rotation.Rotate, "")
		},
	}
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) keysReseal() *cobra.Command {
	var algorithm string
	cmd := &cobra.Command{
		Use: "reseal", Short: "每个人换新的数据密钥，把加密的内容重新加密 / new data keys, everything sealed anew",
		Example: "  zhibu keys reseal --algorithm sm4", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.turnKeys(cmd.Context(), rotation.Reseal, algorithm)
		},
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", "", "换成 aes 或 sm4，默认不变 / aes or sm4, otherwise as it is")
	c.jsonFlag(cmd)
	return cmd
}

// turnKeys begins a job and does it in the foreground. A server that runs beside it reads and writes on.
func (c *console) turnKeys(ctx context.Context, kind rotation.Kind, algorithm string) error {
	return c.openKeys(ctx, func(in *installation.Installation) error {
		alg := in.Vault.Alg()
		if algorithm != "" {
			var err error
			if alg, err = vault.ParseAlg(algorithm); err != nil {
				return usageError{err}
			}
		}
		if err := in.Keys.Begin(ctx, operator(), kind, alg); err != nil {
			return err
		}
		if err := c.workKeys(ctx, in); err != nil {
			return err
		}
		if err := c.printKeys(ctx, in); err != nil || c.json {
			return err
		}
		fmt.Fprintln(c.out, words.T(ctx, "下一步：用 zhibu keys kit 做一份新的恢复包，再备份一次。"))
		return nil
	})
}

func (c *console) workKeys(ctx context.Context, in *installation.Installation) error {
	bar := newProgress(c.errOut)
	err := in.Keys.Work(ctx, func(j rotation.Job) { bar.show(words.T(ctx, "更换密钥"), int(j.Passed), int(j.Total)) })
	bar.end()
	return err
}

func (c *console) keysContinue() *cobra.Command {
	cmd := &cobra.Command{
		Use: "continue", Short: "接着做中断了的更换，撤下旧密钥 / go on where a job stands, let old keys go",
		Example: "  zhibu keys continue", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.openKeys(cmd.Context(), func(in *installation.Installation) error {
				if err := c.workKeys(cmd.Context(), in); err != nil {
					return err
				}
				return c.printKeys(cmd.Context(), in)
			})
		},
	}
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) keysPassphrase() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "passphrase", Short: "换密钥文件的口令 / another passphrase for the key file",
		Example: "  zhibu keys passphrase --new-passphrase-file /run/secrets/new", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.openKeys(cmd.Context(), func(in *installation.Installation) error {
				pass, err := newPassphrase(file)
				if err != nil {
					return err
				}
				if err := in.NewPassphrase(cmd.Context(), operator(), pass); err != nil {
					return err
				}
				return c.print(map[string]any{"ok": true}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(cmd.Context(), "口令已经更换。写着旧口令的文件请改成新口令；下一步：用 zhibu keys kit 做一份新的恢复包，旧恢复包里的密钥文件仍用旧口令。"))
				})
			})
		},
	}
	cmd.Flags().StringVar(&file, "new-passphrase-file", "", "写着新口令的文件；不给就在终端里问 / file with the new passphrase")
	c.jsonFlag(cmd)
	return cmd
}

// newPassphrase reads the new passphrase from its own file, or asks for it.
func newPassphrase(file string) ([]byte, error) {
	if file == "" {
		return vault.AskNew()
	}
	pass, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{err}
	}
	if pass = bytes.TrimRight(pass, "\r\n"); len(pass) < 12 {
		return nil, fault.New(fault.Invalid, "口令太短，至少要 %d 个字符。", 12).At("passphrase")
	}
	return pass, nil
}

func (c *console) keysKit() *cobra.Command {
	var out, before string
	cmd := &cobra.Command{
		Use: "kit", Short: "做一份新的恢复包 / write a new recovery kit",
		Example: "  zhibu keys kit --out /media/usb/recovery-2 --from /media/usb/recovery\n  zhibu keys kit --out /media/usb/recovery-2", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{fmt.Errorf("需要 --out 目录 / --out DIR is needed")}
			}
			return c.openKeys(cmd.Context(), func(in *installation.Installation) error {
				if err := in.NewKit(cmd.Context(), operator(), out, before); err != nil {
					return err
				}
				return c.print(map[string]any{"kit": out, "new_backup_key": before == ""}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(cmd.Context(), "恢复包写在 %s。请打印封存，另存一份到别处，再从机器上拿走。", out))
					if before == "" {
						fmt.Fprintln(w, words.T(cmd.Context(), "备份的密钥是新的：请马上备份一次；以前的备份仍要用以前的恢复包。"))
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "写到这个空目录 / empty directory to write to")
	cmd.Flags().StringVar(&before, "from", "", "原来的恢复包：备份的密钥不换 / the kit before, to keep the backup key")
	c.jsonFlag(cmd)
	return cmd
}
