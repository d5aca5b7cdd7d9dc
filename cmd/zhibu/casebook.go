package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zhibu/internal/civil"
	"zhibu/internal/party/casebook"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/words"
)

func (c *console) casebookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "casebook FILE...", Short: "用案例核对规则 / check the rules against cases",
		Long: "案例集写明事实和日期，以及规则应当怎么说。逐个核对随程序带的规则，一行一个，最后给出总数。不需要安装，什么也不改。\n" +
			"退出码：0 全部相符，1 有不符，2 文件读不懂（指出文件、行和键）。\n\n" +
			"Runs the cases of YAML files against the rules that come with the program; needs no installation and changes nothing.",
		Example: "  zhibu casebook cases/*.yaml\n  zhibu casebook --json cases/votes.yaml", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			var cases []casebook.Case
			for _, path := range files {
				more, err := casebook.Load(path)
				if err != nil {
					return err
				}
				cases = append(cases, more...)
			}
			report := casebookReport{Cases: []casebook.Outcome{}}
			today := civil.Today(civil.System{})
			for _, one := range cases {
				out := one.Run(rulebook.Default(), today)
				for _, why := range out.Why {
					out.Arithmetic = append(out.Arithmetic, words.T(cmd.Context(), why.Text, why.Args...))
				}
				report.add(out)
			}
			err := c.print(report, report.write)
			if err == nil && report.Failed > 0 {
				err = errProblems
			}
			return err
		},
	}
	c.jsonFlag(cmd)
	return cmd
}

// casebookReport is what the command prints.
type casebookReport struct {
	Cases  []casebook.Outcome `json:"cases"`
	Passed int                `json:"passed"`
	Failed int                `json:"failed"`
}

func (r *casebookReport) add(o casebook.Outcome) {
	r.Cases = append(r.Cases, o)
	if o.OK {
		r.Passed++
	} else {
		r.Failed++
	}
}

func (r casebookReport) write(w io.Writer) {
	for _, o := range r.Cases {
		if o.OK {
			fmt.Fprintln(w, "ok", o.ID)
			continue
		}
		fmt.Fprintf(w, "FAIL %s:", o.ID)
		for i, m := range o.Mismatches {
			if i > 0 {
				fmt.Fprint(w, ";")
			}
			fmt.Fprintf(w, " expected %s got %s", m.Expected, m.Got)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", r.Passed, r.Failed)
}
