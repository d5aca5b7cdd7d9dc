// Command zhibu keeps a Party organisation's members, and everything the house has rooms for. Every command works on
// one installation, given by its directory, beside a running server too, and exits 0 when done, 1 when it found
// problems or could not do it, and 2 when it was called wrongly.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Exit codes.
const (
	exitProblems = 1
	exitUsage    = 2
)

// errProblems ends a command that did its work and found problems; it has printed them.
var errProblems = errors.New("problems found")

// usageError is a command called wrongly.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	c := &console{out: out, errOut: errOut}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	return c.code(words.With(ctx, c.language()), err)
}

// code prints an error as a sentence and gives the exit code.
func (c *console) code(ctx context.Context, err error) int {
	var usage usageError
	f := fault.As(err)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errProblems):
		return exitProblems
	case errors.As(err, &usage):
		fmt.Fprintln(c.errOut, usage.Error())
		return exitUsage
	case f != nil:
		fmt.Fprintln(c.errOut, words.Error(ctx, err))
		if f.Kind == fault.Invalid || f.Kind == fault.NotFound {
			return exitUsage
		}
		return exitProblems
	case errors.Is(err, context.Canceled):
		return exitProblems
	}
	fmt.Fprintln(c.errOut, "zhibu:", err)
	return exitProblems
}

// console is what the commands share: the flags that name an installation, and where to print.
type console struct {
	out, errOut    io.Writer
	dir            string
	database       string
	passphraseFile string
	lang           string
	json           bool
}

func (c *console) language() string {
	if c.lang != "" {
		return c.lang
	}
	if l := os.Getenv("ZHIBU_LANG"); l != "" {
		return l
	}
	return "zh"
}

const defaultDir = "zhibu-data"

func (c *console) root() *cobra.Command {
	root := &cobra.Command{
		Use: "zhibu", Short: "支部：基层党组织的工作平台 / Zhibu: a working platform for grass-roots Party organisations",
		Example:       "  zhibu demo\n  zhibu init --dir /var/lib/zhibu && zhibu serve --dir /var/lib/zhibu",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRun: func(cmd *cobra.Command, _ []string) { // the language is a flag: known from here on
			cmd.SetContext(words.With(cmd.Context(), c.language()))
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&c.dir, "dir", "", "安装的目录，默认 ./"+defaultDir+" / directory of the installation")
	f.StringVar(&c.database, "database", "", "PostgreSQL 地址 postgres://…；不给就用目录里的 SQLite / PostgreSQL address; otherwise SQLite in the directory")
	f.StringVar(&c.passphraseFile, "passphrase-file", "", "密钥文件口令所在的文件 / file with the key file's passphrase")
	f.StringVar(&c.lang, "lang", "", "zh 或 en / zh or en")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\n%s", err, cmd.UsageString())}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(c.demoCommand(), c.serveCommand(), c.initCommand(), c.generateCommand(), c.importCommand(), c.exportCommand(), c.tokenCommand(),
		c.accountCommand(), c.backupCommand(), c.restoreCommand(), c.drillCommand(), c.doctorCommand(), c.casebookCommand(), c.keysCommand(), c.certificateCommand(), c.auditCommand(), c.versionCommand())
	checkArguments(root)
	return root
}

// checkArguments makes wrong arguments a wrong use, and an unknown sub-command too.
func checkArguments(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%w\n%s", err, cmd.UsageString())}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		checkArguments(sub)
	}
}

// directory is the installation's directory.
func (c *console) directory() installation.Dir {
	if c.dir == "" && c.database != "" {
		c.dir = store.Home(context.Background(), c.database)
	}
	if c.dir == "" {
		return defaultDir
	}
	return installation.Dir(c.dir)
}

// options name the installation to open.
func (c *console) options() installation.Options {
	return installation.Options{Dir: c.directory(), Database: c.database, PassphraseFile: c.passphraseFile}
}

// open opens the installation and runs fn with it; at the end the ledger's new acts are chained.
func (c *console) open(ctx context.Context, fn func(in *installation.Installation) error) error {
	in, err := installation.Open(ctx, c.options())
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

// operator is whoever sits at the machine's console; the record says so.
func operator() ledger.Actor {
	a := ledger.System("console")
	a.Account, a.Name, a.Role = "console", "命令行", "operator"
	return a
}

// print writes facts as JSON or as text.
func (c *console) print(facts any, text func(w io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(facts)
}

func (c *console) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.json, "json", false, "输出 JSON / print JSON")
}
