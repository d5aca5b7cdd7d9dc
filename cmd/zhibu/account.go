package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// firstAccounts makes the three administrators, who are three people, with one-time slips.
func firstAccounts(ctx context.Context, in *installation.Installation, root, prefix string) ([]access.Slip, error) {
	var all []access.Installed
	roles := []access.Role{access.SystemAdmin, access.SecurityAdmin, access.Auditor}
	for _, r := range roles {
		all = append(all, access.Installed{NewAccount: access.NewAccount{Login: prefix + "-" + string(r), Name: r.Name(), Org: root,
			Grants: []access.NewGrant{{Role: r, Org: root, Basis: "建立安装"}}}})
	}
	if _, err := in.Access.Install(ctx, operator(), all); err != nil {
		return nil, err
	}
	var slips []access.Slip
	for _, a := range all {
		s, err := in.Access.Recover(ctx, operator(), a.Login, "首次登录")
		if err != nil {
			return nil, err
		}
		slips = append(slips, s)
	}
	return slips, nil
}

func (c *console) accountCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "account", Short: "账号：第一个管理员、找回、清单 / accounts: the first administrator, recovery, list",
		Example: "  zhibu account add --login wenjing --name 李文静 --role party-worker --org 066010010000\n  zhibu account recover --login wenjing --reason 忘记密码\n  zhibu account list --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.accountAdd(), c.accountRecover(), c.accountIdentify(), c.accountList())
	return cmd
}

func (c *console) accountAdd() *cobra.Command {
	var login, name, role, code, basis, file string
	cmd := &cobra.Command{
		Use: "add", Short: "建立一个账号，打印首次登录条 / make an account and print its one-time slip",
		Example: "  zhibu account add --login wenjing --name 李文静 --role party-worker --org 066010010000",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, ok := access.RoleNamed(role)
			if !ok {
				return usageError{fmt.Errorf("--role %s：没有这个角色 / no such role", role)}
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				at, err := organisation(cmd.Context(), in, code)
				if err != nil {
					return err
				}
				number := ""
				if file != "" {
					if number, err = c.numberOf(cmd.Context(), login, file); err != nil {
						return err
					}
				}
				n := access.NewAccount{Number: number, Login: login, Name: name, Org: at.ID, Grants: []access.NewGrant{{Role: r, Org: at.ID, Basis: basis}}}
				if _, err := in.Access.Install(cmd.Context(), operator(), []access.Installed{{NewAccount: n}}); err != nil {
					return err
				}
				return c.slip(cmd.Context(), in, login, "首次登录")
			})
		},
	}
	cmd.Flags().StringVar(&login, "login", "", "登录名 / login name")
	cmd.Flags().StringVar(&name, "name", "", "姓名 / the person's name")
	cmd.Flags().StringVar(&role, "role", "", "角色，如 party-worker / role")
	cmd.Flags().StringVar(&code, "org", "", "党组织代码；空：最上级 / code of the organisation; empty: the topmost")
	cmd.Flags().StringVar(&basis, "basis", "命令行建立", "依据 / basis")
	cmd.Flags().StringVar(&file, "number-file", "", "写着本人公民身份号码的文件，只用来分辨是不是同一个人 / file with the holder's ID number, to tell people apart")
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) slip(ctx context.Context, in *installation.Installation, login, reason string) error {
	s, err := in.Access.Recover(ctx, operator(), login, reason)
	if err != nil {
		return err
	}
	facts := map[string]any{"account": s.Login, "name": s.Name, "code": s.Code, "expires": s.Expires}
	return c.print(facts, func(w io.Writer) {
		fmt.Fprintln(w, words.T(ctx, "账号 %s（%s）首次登录条：%s，%s 前有效", s.Login, s.Name, s.Code, s.Expires.In(civil.Beijing).Format("2006-01-02 15:04")))
	})
}

func (c *console) accountRecover() *cobra.Command {
	var login, reason string
	cmd := &cobra.Command{
		Use: "recover", Short: "给忘记密码的人一张一次性登录条 / a one-time slip for who forgot everything",
		Example: "  zhibu account recover --login admin-security-admin --reason 忘记密码",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if login == "" || reason == "" {
				return usageError{fmt.Errorf("需要 --login 和 --reason / --login and --reason are needed")}
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error { return c.slip(cmd.Context(), in, login, reason) })
		},
	}
	cmd.Flags().StringVar(&login, "login", "", "登录名 / login name")
	cmd.Flags().StringVar(&reason, "reason", "", "理由，写入日志 / reason, for the record")
	c.jsonFlag(cmd)
	return cmd
}

func (c *console) accountIdentify() *cobra.Command {
	var login, file string
	cmd := &cobra.Command{
		Use: "identify", Short: "填写账号的本人是谁，用来分辨是不是同一个人 / say who an account's holder is, to tell people apart",
		Example: "  zhibu account identify --login admin-auditor\n  zhibu account identify --login admin-auditor --number-file number.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if login == "" {
				return usageError{fmt.Errorf("需要 --login / --login is needed")}
			}
			ctx := cmd.Context()
			number, err := c.numberOf(ctx, login, file)
			if err != nil {
				return err
			}
			return c.open(ctx, func(in *installation.Installation) error {
				if err := in.Access.ProveAtConsole(ctx, operator(), login, number); err != nil {
					return err
				}
				return c.print(map[string]any{"account": login}, func(w io.Writer) {
					fmt.Fprintln(w, words.T(ctx, "记下了。只保存带密钥的摘要，号码不保存也不显示。"))
				})
			})
		},
	}
	cmd.Flags().StringVar(&login, "login", "", "登录名 / login name")
	cmd.Flags().StringVar(&file, "number-file", "", "写着公民身份号码的文件；空：在终端里问 / file with the ID number; empty: asked at the terminal")
	c.jsonFlag(cmd)
	return cmd
}

// numberOf takes an ID number from a file or the terminal, never from the command line, which others can read.
func (c *console) numberOf(ctx context.Context, login, file string) (string, error) {
	if file == "" {
		b, err := vault.Ask(words.T(ctx, "%s 本人的公民身份号码：", login))
		return string(b), err
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

func (c *console) accountList() *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use: "list", Short: "账号清单 / list of accounts", Example: "  zhibu account list --role party-worker --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				list, err := in.Access.Logins(cmd.Context(), access.Role(role))
				if err != nil {
					return err
				}
				type line struct {
					Account string   `json:"account"`
					Name    string   `json:"name"`
					State   string   `json:"state"`
					Roles   []string `json:"roles"`
				}
				lines := []line{}
				for _, e := range list {
					l := line{e.Login, e.Name, string(e.State), []string{}}
					for _, g := range e.Grants {
						l.Roles = append(l.Roles, string(g.Role))
					}
					lines = append(lines, l)
				}
				return c.print(lines, func(w io.Writer) {
					tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
					for _, l := range lines {
						fmt.Fprintf(tw, "%s\t%s\t%s\t%v\n", l.Account, l.Name, l.State, l.Roles)
					}
					tw.Flush()
				})
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "只列出这个角色 / only this role")
	c.jsonFlag(cmd)
	return cmd
}

// organisation finds an organisation by code; "" is the topmost.
func organisation(ctx context.Context, in *installation.Installation, code string) (org.Organisation, error) {
	r := in.DB.As(store.System("console"))
	if code == "" {
		roots, err := org.Roots(ctx, r)
		if err != nil || len(roots) == 0 {
			return org.Organisation{}, fault.New(fault.NotFound, "还没有党组织。").Because(err)
		}
		return roots[0], nil
	}
	o, err := org.ByCode(ctx, r, code)
	if fault.Of(err) == fault.NotFound {
		return o, fault.New(fault.NotFound, "没有代码为 %s 的党组织。", code).At("org")
	}
	return o, err
}

func (c *console) tokenCommand() *cobra.Command {
	var login, label string
	var lasts time.Duration
	cmd := &cobra.Command{
		Use: "token", Short: "给一个账号签发接口令牌 / issue a bearer token for an account",
		Example: "  zhibu token --account party-worker --expires 24h\n  curl -H \"Authorization: Bearer $(zhibu token --account party-worker | tail -1)\" http://localhost:8420/api/v1/members",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if login == "" {
				return usageError{fmt.Errorf("需要 --account / --account is needed")}
			}
			return c.open(cmd.Context(), func(in *installation.Installation) error {
				ctx := cmd.Context()
				p, err := c.identified(ctx, in, login)
				if err != nil {
					return err
				}
				text, _, err := in.Access.IssueToken(ctx, p, "console", label, in.Clock.Now().Add(lasts))
				if err != nil {
					return err
				}
				fmt.Fprintln(c.errOut, words.T(ctx, "令牌只显示这一次，到 %s 失效。", in.Clock.Now().Add(lasts).In(civil.Beijing).Format("2006-01-02 15:04")))
				fmt.Fprintln(c.out, text)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&login, "account", "", "登录名 / login name")
	cmd.Flags().StringVar(&label, "label", "命令行签发", "用途，本人看得到 / what it is for; its holder sees it")
	cmd.Flags().DurationVar(&lasts, "expires", 24*time.Hour, "多久后失效 / how long it lasts")
	return cmd
}

// identified is the account's holder: in a demo by name alone, elsewhere by the password and, where
// the account has one, the second factor.
func (c *console) identified(ctx context.Context, in *installation.Installation, login string) (*access.Person, error) {
	if in.Config.Demo {
		return in.Access.Named(ctx, login)
	}
	pass, err := vault.Ask(words.T(ctx, "%s 的密码：", login))
	if err != nil {
		return nil, err
	}
	p, err := in.Access.Identify(ctx, login, string(pass), access.From{Remote: "console"})
	if err != nil || !p.Second {
		return p, err
	}
	code, err := vault.Ask(words.T(ctx, "动态验证码："))
	if err != nil {
		return nil, err
	}
	return in.Access.PassFactor(ctx, p, access.From{Remote: "console"}, string(code))
}
