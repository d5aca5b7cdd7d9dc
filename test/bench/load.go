package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"zhibu/internal/web/view"
)

const (
	connections = 8
	loadFor     = 5 * time.Second
)

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

// tail compares the slowest answers with the usual ones, at eight connections over the loopback. Beside them stands a
// server that does the queries of the same pages on the bare driver and answers with their plain length: its tail is
// what the machine does to anybody.
func (b *bench) tail(ctx context.Context, dir string) error {
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return err
	}
	defer s.stop()
	paths, err := s.pagePaths(ctx, pagesApart)
	if err != nil {
		return err
	}
	bare, err := newReplayer(filepath.Join(dir, "zhibu.db"), bareReaders)
	if err != nil {
		return err
	}
	defer bare.close()
	for i, name := range pageNames {
		ours, plain, err := s.tails(bare, paths[i])
		if err != nil {
			return err
		}
		r := ratio(ours[1], ours[0])
		b.table.add(measure{Name: fmt.Sprintf("%s: p99 against p50, %d connections", name, connections), Ours: ms(ours[1]) + " / " + ms(ours[0]), Ratio: r, Reach: "≤ 5 ×"}, r <= 5)
		b.table.tell(measure{Name: "  p99 and p50 of the bare queries served so", Bare: ms(plain[1]) + " / " + ms(plain[0]), Ratio: ratio(plain[1], plain[0])})
	}
	return nil
}

// bareReaders are as many connections as the program reads with.
const bareReaders = 4

// tails gives p50 and p99 of both servers, which take turns.
func (s *site) tails(bare *replayer, paths []string) (ours, plain [2]time.Duration, err error) {
	read, err := s.queriesOf(bare, paths)
	if err != nil {
		return ours, plain, err
	}
	lists := map[string][]statement{}
	for i, path := range paths {
		lists[path] = read[i]
	}
	body := make([]byte, 16<<10)
	servers := [2]*httptest.Server{httptest.NewServer(s.handler), httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := bare.read(lists[r.URL.RequestURI()]); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = w.Write(body)
	}))}
	var all [2][]time.Duration
	for round := range 2 * tailTurns {
		server := servers[round%2]
		times, err := drive(server.Listener.Addr().String(), s.cookie, paths, loadFor/tailTurns)
		if err != nil {
			return ours, plain, err
		}
		all[round%2] = append(all[round%2], times...)
	}
	for _, server := range servers {
		server.Close()
	}
	at := func(list []time.Duration) [2]time.Duration {
		return [2]time.Duration{quantile(list, 0.5), quantile(list, 0.99)}
	}
	return at(all[0]), at(all[1]), nil
}

const tailTurns = 5

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
	pages, err := s.pagePaths(ctx, pagesApart)
	if err != nil {
		return err
	}
	branches, err := s.someBranches(ctx, pagesApart)
	if err != nil {
		return err
	}
	assets, err := s.assets()
	if err != nil {
		return err
	}
	var paths []string
	for i, branch := range branches {
		paths = append(paths, pages[1][i], pages[0][i], view.PathOrg(branch), view.PathWorkbench, assets[i%len(assets)])
	}
	server := httptest.NewServer(s.handler)
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
