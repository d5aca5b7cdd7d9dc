package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhibu/internal/installation"
	"zhibu/internal/words"
)

func (c *console) certificateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "certificate", Short: "内网的本地证书 / certificates of the local authority",
		Example: "  zhibu certificate renew", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.certificateRenew())
	return cmd
}

func (c *console) certificateRenew() *cobra.Command {
	var host string
	cmd := &cobra.Command{
		Use: "renew", Short: "换上下一张证书 / put the next certificate to use",
		Example: "  zhibu certificate renew --dir /var/lib/zhibu\n  zhibu certificate renew --host dj2.local --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return c.open(ctx, func(in *installation.Installation) error {
				done, err := in.RenewCertificate(ctx, operator(), host)
				if err != nil {
					return err
				}
				return c.print(done, func(w io.Writer) {
					fmt.Fprintln(w, words.T(ctx, "证书换好了，到 %s。正在运行的服务十秒内自动读取。", words.Moment(done.Until)))
					if done.Authority != "" {
						fmt.Fprintln(w, words.T(ctx, "证书机构是新造的：请把 %s 装进各台电脑“受信任的根证书颁发机构”，旧的可以删掉。", done.Authority))
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&host, "host", "", "换成这个内网域名或地址；默认不变 / another intranet name or address")
	c.jsonFlag(cmd)
	return cmd
}
