package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"zhibu/internal/civil"
	"zhibu/internal/installation"
	"zhibu/internal/party/org"
	"zhibu/internal/words"
)

func (c *console) initCommand() *cobra.Command {
	var algorithm, name, code, kind, admin, localCA string
	cmd := &cobra.Command{
		Use: "init", Short: "建立一个新的安装 / make a new installation",
		Example: "  zhibu init --dir /var/lib/zhibu --name 中国共产党大河县石桥镇委员会 --code 066010010000 --admin admin\n" +
			"  zhibu init --dir /var/lib/zhibu --name … --local-ca dj.local",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if name == "" || code == "" {
				return usageError{fmt.Errorf("init 需要 --name 和 --code：最上级党组织的全称和代码 / --name and --code of the topmost organisation are needed")}
			}
			in, finish, err := installation.Found(ctx, installation.Founding{Options: c.options(), Algorithm: algorithm})
			if err != nil {
				return err
			}
			defer in.Close()
			root, err := in.Orgs.Load(ctx, operator(), org.Load{Reason: "建立安装", Organisations: []org.NewOrganisation{{Parent: -1, Code: code, Name: name, Kind: org.Kind(kind)}}})
			if err != nil {
				return err
			}
			slips, err := firstAccounts(ctx, in, root[0].ID, admin)
			if err != nil {
				return err
			}
			if localCA != "" {
				if err := in.LocalCA(localCA); err != nil {
					return err
				}
			}
			if _, err := in.Ledger.Sequence(ctx); err != nil {
				return err
			}
			if err := finish(); err != nil {
				return err
			}
			fmt.Fprintln(c.out, words.T(ctx, "安装好了：%s", string(in.Dir)))
			fmt.Fprintln(c.out, words.T(ctx, "恢复包在 %s：请打印其中的说明，和文件一起离线保管，不要留在这台机器上。", in.Dir.Recovery()))
			for _, s := range slips {
				fmt.Fprintln(c.out, words.T(ctx, "账号 %s（%s）首次登录条：%s，%s 前有效", s.Login, s.Name, s.Code, s.Expires.In(civil.Beijing).Format("2006-01-02 15:04")))
			}
			fmt.Fprintln(c.out, words.T(ctx, "下一步：zhibu serve --dir %s", string(in.Dir)))
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "最上级党组织的全称 / full name of the topmost organisation")
	cmd.Flags().StringVar(&code, "code", "", "它的代码 / its code")
	cmd.Flags().StringVar(&kind, "kind", string(org.Committee), "它的类型：committee、general-branch、branch / its kind")
	cmd.Flags().StringVar(&admin, "admin", "admin", "安全管理员和系统管理员账号名的前缀 / prefix of the administrators' account names")
	cmd.Flags().StringVar(&algorithm, "algorithm", "", "加密算法 aes 或 sm4 / encryption aes or sm4")
	cmd.Flags().StringVar(&localCA, "local-ca", "", "为这个内网域名或地址造一个本地 CA 和证书 / make a local CA and a certificate for this intranet name or address")
	return cmd
}
