package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"

	"zhibu/internal/civil"
)

// bench is what the sections share.
type bench struct {
	dir     string // kept cities and working copies
	members int    // of the big city
	orgs    int
	rows    int // of the imported sheet
	full    bool
	program string // the built command, made when a section asks for it
	table   table
}

// On is the day every city of the benchmark stands on, so that a kept one stays the same.
var On = civil.MustParse("2026-11-23")

// Of the small city: what a town's demo has.
const smallMembers = 20000

type section struct {
	name string
	run  func(*bench, context.Context) error
}

var sections = []section{
	{"import", (*bench).imports},
	{"million", (*bench).million},
	{"pages", (*bench).pages},
	{"asof", (*bench).asOf},
	{"duties", (*bench).duties},
	{"review", (*bench).review},
	{"looks", (*bench).looks},
	{"rotation", (*bench).rotation},
	{"counts", (*bench).counts},
	{"load", (*bench).load},
	{"bytes", (*bench).bytes},
	{"start", (*bench).start},
	{"audit", (*bench).audit},
	{"rights", (*bench).rights},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	b := &bench{}
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	only := flag.String("only", "", "sections, with commas: "+strings.Join(names, ","))
	asJSON := flag.Bool("json", false, "print JSON")
	flag.BoolVar(&b.full, "full", false, "1,000,000 members in 50,000 organisations, and an import of 1,000,000 rows")
	flag.IntVar(&b.members, "members", 100000, "members of the big city")
	flag.IntVar(&b.orgs, "organisations", 0, "organisations of the big city, 0: about 18 members a branch")
	flag.IntVar(&b.rows, "rows", 100000, "rows of the imported sheet")
	profile := flag.String("profile", "", "write a profile of the processors' time to this file")
	flag.StringVar(&b.dir, "dir", "", "keep the cities here and use them again; without it they are removed at the end")
	flag.Parse()
	if b.full {
		b.members, b.orgs = 1000000, 50000
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the log of a request is measured, its terminal is not
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "zhibu-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.dir = dir
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(b.work(""))
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if err := b.sections(ctx, *only); err != nil {
		return err
	}
	if *asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(b.table)
	}
	b.table.print(os.Stdout)
	return nil
}

func (b *bench) sections(ctx context.Context, only string) error {
	chosen := strings.Split(only, ",")
	for _, s := range sections {
		if only != "" && !slices.Contains(chosen, s.name) || only == "" && s.name == "million" && !b.full {
			continue
		}
		say("── %s", s.name)
		if err := s.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// work is a place for copies, removed at the end.
func (b *bench) work(name string) string { return filepath.Join(b.dir, "work", name) }

// say tells on the error output how far it is.
func say(text string, args ...any) { fmt.Fprintf(os.Stderr, text+"\n", args...) }
