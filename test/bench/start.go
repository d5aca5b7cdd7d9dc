package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"zhibu/internal/web/view"
)

const (
	startRounds = 5
	pagesBefore = 100 // pages asked for before memory is read again
)

// command builds the program once.
func (b *bench) command(ctx context.Context) (string, error) {
	if b.program != "" {
		return b.program, nil
	}
	path := filepath.Join(b.work(""), "program")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "zhibu/cmd/zhibu")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("go build: %w", err)
	}
	b.program = path
	return path, nil
}

// served is the program serving a city in a process of its own.
type served struct {
	cmd     *exec.Cmd
	address string
	took    time.Duration // from exec to /readyz, the passphrase's derivation taken off
	derived time.Duration
}

var passphrase = regexp.MustCompile(`passphrase_ms=(\d+)`)

// serve starts the program and waits until it serves pages.
func (b *bench) serve(ctx context.Context, dir string) (*served, error) {
	program, err := b.command(ctx)
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &served{cmd: exec.CommandContext(ctx, program, "serve", "--dir", dir, "--listen", address), address: address}
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	derived := make(chan time.Duration, 1)
	go func() {
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if m := passphrase.FindSubmatch(lines.Bytes()); m != nil {
				n, _ := strconv.Atoi(string(m[1])) // digits only
				derived <- time.Duration(n) * time.Millisecond
			}
		}
	}()
	for !ready(address) {
		if time.Since(start) > time.Minute {
			s.stop()
			return nil, fmt.Errorf("%s did not get ready", dir)
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.took = time.Since(start)
	s.derived = <-derived
	s.took -= s.derived
	return s, nil
}

func (s *served) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	_ = s.cmd.Wait()
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func ready(address string) bool {
	res, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // only its status counts
	return res.StatusCode == http.StatusOK
}

// start measures how soon the program serves a large city, and what memory it keeps.
func (b *bench) start(ctx context.Context) error {
	dir, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.work(""), 0o700); err != nil {
		return err
	}
	var times, derived []time.Duration
	var idle, after float64
	for range startRounds {
		s, err := b.serve(ctx, dir)
		if err != nil {
			return err
		}
		times, derived = append(times, s.took), append(derived, s.derived)
		idle, after, err = b.memoryOf(ctx, s, dir)
		s.stop()
		if err != nil {
			return err
		}
	}
	m := median(times)
	b.table.add(measure{Name: fmt.Sprintf("start with %d members, from exec to /readyz, the passphrase apart", b.members), Ours: ms(m), Reach: "≤ 1 s"}, m <= time.Second)
	d := median(derived)
	b.table.add(measure{Name: "  the passphrase's own derivation", Ours: ms(d), Reach: "≤ 1 s"}, d <= time.Second)
	b.table.add(measure{Name: "  memory (RSS) idle after the start", Ours: fmt.Sprintf("%.0f MB", idle), Reach: "≤ 90 MB"}, idle <= 90)
	b.table.add(measure{Name: fmt.Sprintf("  memory idle after %d pages", pagesBefore), Ours: fmt.Sprintf("%.0f MB", after), Reach: "≤ 90 MB"}, after <= 90)
	return nil
}

// memoryOf reads a server's memory two seconds after its start, and two seconds after some pages.
func (b *bench) memoryOf(ctx context.Context, s *served, dir string) (idle, after float64, err error) {
	rest := func() (float64, error) {
		time.Sleep(2 * time.Second)
		return memory(s.cmd.Process.Pid, "VmRSS")
	}
	if idle, err = rest(); err != nil {
		return 0, 0, err
	}
	here, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return 0, 0, err
	}
	paths, err := here.pagePaths(ctx, pagesBefore/2)
	cookie := here.cookie
	here.stop() // the session stands in the table, where the other process finds it
	if err != nil {
		return 0, 0, err
	}
	visitor, err := newBrowser(s.address, cookie)
	if err != nil {
		return 0, 0, err
	}
	defer visitor.conn.Close()
	for _, path := range append(append(paths[0], paths[1]...), view.PathWorkbench) {
		if _, err := visitor.get(path); err != nil {
			return 0, 0, err
		}
	}
	after, err = rest()
	return idle, after, err
}
