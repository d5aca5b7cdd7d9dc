package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"time"

	"zhibu/internal/web/view"
)

const (
	connections = 8
	loadFor     = 5 * time.Second
)

// serveOn puts a site behind a real listener of the loopback.
func serveOn(s *site) *httptest.Server { return httptest.NewServer(s.handler) }

// browser keeps one connection open and reads whole answers.
type browser struct {
	conn   net.Conn
	in     *bufio.Reader
	cookie string
}

func newBrowser(address, cookie string) (*browser, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &browser{conn, bufio.NewReader(conn), cookie}, nil
}

// get sends a request by hand: the generator shares the processors with the server and must cost little.
func (b *browser) get(path string) (bytes int, err error) {
	_, err = fmt.Fprintf(b.conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\nAccept-Encoding: %s\r\n\r\n", path, b.cookie, encodings)
	if err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(b.in, nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %d", shape(path), res.StatusCode)
	}
	return int(n), err
}

// drive lets connections ask for the pages in turn until the time is over and gives the time of every answer.
func drive(address, cookie string, paths []string, lasts time.Duration) (times []time.Duration, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	end := time.Now().Add(lasts)
	for c := range connections {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mine, failed := driveOne(address, cookie, paths, c, end)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			if failed != nil {
				err = failed
			}
		}()
	}
	wg.Wait()
	return times, err
}

func driveOne(address, cookie string, paths []string, from int, end time.Time) (times []time.Duration, err error) {
	b, err := newBrowser(address, cookie)
	if err != nil {
		return nil, err
	}
	defer b.conn.Close()
	for i := from * len(paths) / connections; time.Now().Before(end); i++ {
		start := time.Now()
		if _, err := b.get(paths[i%len(paths)]); err != nil {
			return times, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

// tail compares the slowest answers with the usual ones, at eight connections over the loopback.
func (b *bench) tail(ctx context.Context, dir string) error {
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return err
	}
	defer s.stop()
	members, err := s.someMembers(ctx, 400)
	if err != nil {
		return err
	}
	branches, err := s.someBranches(ctx, 400)
	if err != nil {
		return err
	}
	for i := range members {
		members[i], branches[i] = view.PathMember(members[i]), view.PathMembers+"?org="+branches[i]
	}
	server := serveOn(s)
	defer server.Close()
	for _, p := range []struct {
		name  string
		paths []string
	}{{"member page", members}, {"branch list page", branches}} {
		if _, err := drive(server.Listener.Addr().String(), s.cookie, p.paths, time.Second); err != nil {
			return err
		}
		times, err := drive(server.Listener.Addr().String(), s.cookie, p.paths, loadFor)
		if err != nil {
			return err
		}
		p50, p99 := quantile(times, 0.5), quantile(times, 0.99)
		r := ratio(p99, p50)
		b.table.add(measure{Name: p.name + fmt.Sprintf(": p99 against p50, %d connections", connections), Ours: ms(p99), Bare: ms(p50), Ratio: r, Reach: "≤ 5 ×"}, r <= 5)
	}
	return nil
}

// load counts the answers of a mix of signed-in reads; the generator runs in this process too.
func (b *bench) load(ctx context.Context) error {
	dir, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return err
	}
	defer s.stop()
	members, err := s.someMembers(ctx, 200)
	if err != nil {
		return err
	}
	branches, err := s.someBranches(ctx, 200)
	if err != nil {
		return err
	}
	assets, err := s.assets()
	if err != nil {
		return err
	}
	var paths []string
	for i := range members {
		paths = append(paths, view.PathMembers+"?org="+branches[i], view.PathMember(members[i]), view.PathOrg(branches[i]), view.PathWorkbench, assets[i%len(assets)])
	}
	server := serveOn(s)
	defer server.Close()
	if _, err := drive(server.Listener.Addr().String(), s.cookie, paths, 2*time.Second); err != nil {
		return err
	}
	var times []time.Duration
	took, err := cost(func() error {
		times, err = drive(server.Listener.Addr().String(), s.cookie, paths, loadFor)
		return err
	})
	if err != nil {
		return err
	}
	rate := float64(len(times)) / took.wall.Seconds()
	byCPU := float64(len(times)) / took.cpu.Seconds() * float64(min(2, runtime.NumCPU()))
	b.table.add(measure{Name: fmt.Sprintf("signed-in mixed reads at %d members: list, record, organisation, workbench, assets", b.members),
		Ours: fmt.Sprintf("%.0f pages/s", rate), Reach: "≥ 1000 pages/s"}, rate >= 1000)
	b.table.tell(measure{Name: "  what two processors to itself would give, by CPU time", Ours: fmt.Sprintf("%.0f pages/s", byCPU)})
	return nil
}
