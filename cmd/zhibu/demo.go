package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// cityFlags are the flags of commands that make a fictional city.
type cityFlags struct {
	members, organisations int
	seed                   uint64
	now                    string
	algorithm              string
}

func (f *cityFlags) on(cmd *cobra.Command, members int) {
	cmd.Flags().IntVar(&f.members, "members", members, "党员人数 / number of members")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "同一个种子、同一天得到同一个城市 / the same seed and day give the same city")
	cmd.Flags().StringVar(&f.now, "now", "", "演示所处的日期 2006-01-02，默认今天 / day on which the demo stands, default today")
	cmd.Flags().StringVar(&f.algorithm, "algorithm", "", "加密算法 aes 或 sm4 / encryption aes or sm4")
}

func (f *cityFlags) plan(c *console) (demo.Plan, error) {
	p := demo.Plan{Lived: true, Dir: c.directory(), Database: c.database, Algorithm: f.algorithm, Members: f.members, Organisations: f.organisations, Seed: f.seed,
		On: civil.Today(civil.System{})}
	if f.now != "" {
		day, err := civil.Parse(f.now)
		if err != nil {
			return p, usageError{fmt.Errorf("--now %s：日期要写成 2006-01-02 / a date looks like 2006-01-02", f.now)}
		}
		p.On = day
	}
	return p, nil
}

const demoDir = "demo-data"

func (c *console) demoCommand() *cobra.Command {
	var city cityFlags
	var listen string
	cmd := &cobra.Command{
		Use: "demo", Short: "造一个虚构的城市并打开网页 / make a fictional city and serve it",
		Example: "  zhibu demo\n  zhibu demo --members 2000 --dir ./try --now 2026-11-23 --listen 127.0.0.1:9000",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.dir == "" && c.database != "" {
				c.dir = store.Home(cmd.Context(), c.database)
			}
			if c.dir == "" {
				c.dir = demoDir
			}
			if err := c.foundCity(cmd.Context(), &city); err != nil {
				return err
			}
			return c.serve(cmd.Context(), serveFlags{listen: listen, ready: c.greet})
		},
	}
	city.on(cmd, 20000)
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8420", "监听地址，只限本机 / address to listen on, loopback only")
	return cmd
}

// foundCity makes the city once; a directory that has one is used as it is.
func (c *console) foundCity(ctx context.Context, city *cityFlags) error {
	if c.directory().Exists() {
		return c.goOn(city)
	}
	p, err := city.plan(c)
	if err != nil {
		return err
	}
	bar := newProgress(c.errOut)
	p.Progress = bar.saying(ctx)
	start := time.Now()
	if _, err := demo.Found(ctx, p); err != nil {
		bar.end()
		return err
	}
	bar.end()
	fmt.Fprintln(c.errOut, words.T(ctx, "虚构的城市造好了，用了 %d 秒。", int(time.Since(start).Seconds()+0.5)))
	return nil
}

// goOn lets a demo that stands already go on at a later day, when one is given: to see what falls due. It never goes back.
func (c *console) goOn(city *cityFlags) error {
	if city.now == "" {
		return nil
	}
	p, err := city.plan(c)
	if err != nil {
		return err
	}
	config, err := c.directory().ReadConfig()
	if err != nil || !config.Demo || !config.DemoDate.Before(p.On) {
		return err
	}
	if !config.DemoFounded.IsZero() && !config.DemoDate.AddDays(int(time.Since(config.DemoFounded)/(24*time.Hour))).Before(p.On) {
		return nil
	}
	config.DemoDate, config.DemoFounded = p.On, time.Now()
	return c.directory().WriteConfig(config)
}

// greet prints the accounts when pages are served.
func (c *console) greet(ctx context.Context, in *installation.Installation, url string) {
	accounts, err := demo.Accounts(in.Dir)
	if err != nil {
		return
	}
	fmt.Fprintln(c.out, words.T(ctx, "演示系统：%s （人物、机构、数据全部是虚构的）", url))
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, a := range accounts {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", a.Account, a.Password, a.Name, a.Organisation, a.TOTP)
	}
	w.Flush()
	fmt.Fprintln(c.out, words.T(ctx, "最后一列是动态验证码的密钥，可以输入手机上的验证器；登录时页面也会显示演示用的验证码。"))
	fmt.Fprintln(c.out, words.T(ctx, "账号和密码也写在 %s。按 Ctrl+C 停止。", in.Dir.DemoAccounts()))
}

func (c *console) generateCommand() *cobra.Command {
	var city cityFlags
	cmd := &cobra.Command{
		Use: "generate", Short: "造一个虚构的城市，不打开网页 / make a fictional city without serving it",
		Example: "  zhibu generate --dir ./big --members 1000000 --organisations 50000 --seed 7",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := city.plan(c)
			if err != nil {
				return err
			}
			bar := newProgress(c.errOut)
			p.Progress = bar.saying(cmd.Context())
			start := time.Now()
			accounts, err := demo.Found(cmd.Context(), p)
			bar.end()
			if err != nil {
				return err
			}
			facts := map[string]any{"dir": string(p.Dir), "members": p.Members, "seed": p.Seed, "now": p.On, "accounts": len(accounts), "seconds": time.Since(start).Seconds()}
			return c.print(facts, func(w io.Writer) {
				fmt.Fprintln(w, words.T(cmd.Context(), "造好了 %d 名虚构党员，用了 %d 秒。", p.Members, int(time.Since(start).Seconds()+0.5)))
			})
		},
	}
	city.on(cmd, 20000)
	cmd.Flags().IntVar(&city.organisations, "organisations", 0, "党组织总数，0：每个支部约 18 人 / number of organisations, 0: about 18 members a branch")
	c.jsonFlag(cmd)
	return cmd
}

// progress draws one line that grows, on a terminal; elsewhere a line every tenth.
type progress struct {
	w        io.Writer
	terminal bool
	last     string
	drawn    bool
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok {
		return &progress{w: w}
	}
	info, err := f.Stat()
	return &progress{w: w, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// saying shows steps in the words of the person at the console.
func (p *progress) saying(ctx context.Context) func(step string, done, total int) {
	return func(step string, done, total int) { p.show(words.T(ctx, step), done, total) }
}

func (p *progress) show(step string, done, total int) {
	if total <= 0 {
		total = max(done, 1)
	}
	text := fmt.Sprintf("%s %d%%", step, done*100/total)
	if !p.terminal {
		text = fmt.Sprintf("%s %d%%", step, done*10/total*10)
	}
	if text == p.last {
		return
	}
	p.last = text
	if p.terminal {
		fmt.Fprintf(p.w, "\r\033[K%s", text)
		p.drawn = true
		return
	}
	fmt.Fprintln(p.w, text)
}

func (p *progress) end() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
