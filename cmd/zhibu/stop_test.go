package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A server that is told to stop takes nobody new, finishes what it has begun, puts everything into the chain and ends
// with 0; what was acknowledged is there afterwards.
func TestGracefulStop(t *testing.T) {
	dir := city(t)
	branch := of(t, dir, "branch-secretary", 1).Organisation
	token := strings.TrimSpace(zhibu("token", "--dir", dir, "--account", of(t, dir, "party-worker", 1).Account, "--expires", "1h").ends(t, 0).out)
	file, err := os.ReadFile(newcomers(t, branch, 5))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	out := &transcript{}
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"serve", "--dir", dir, "--listen", "127.0.0.1:0"}, out, out) }()
	var url string
	for deadline := time.Now().Add(60 * time.Second); url == ""; time.Sleep(10 * time.Millisecond) {
		if url = regexp.MustCompile(`http://localhost:\d+`).FindString(out.String()); time.Now().After(deadline) {
			t.Fatalf("it does not serve: %s", out)
		}
	}
	host := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", strings.Replace(host, "localhost", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/imports?org=%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: text/csv\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", branch, host, token, len(file))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // the server has begun to read
		t.Fatal(line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(file[:len(file)/2]); err != nil {
		t.Fatal(err)
	}
	stop()
	refused := false
	for deadline := time.Now().Add(5 * time.Second); !refused && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
		res, err := c.Get(url + "/healthz")
		if refused = err != nil; !refused {
			res.Body.Close()
		}
	}
	if !refused {
		t.Error("it still takes new connections")
	}
	select {
	case code := <-done:
		t.Fatalf("it ended with %d while a request was under way", code)
	default:
	}
	if _, err := conn.Write(file[len(file)/2:]); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusAccepted || !strings.Contains(string(body), `"id"`) {
		t.Fatalf("what was under way came to %d %s, %v", res.StatusCode, body, err)
	}
	select {
	case code := <-done:
		if code != 0 {
			t.Errorf("it ended with %d: %s", code, out)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	zhibu("audit", "verify", "--dir", dir).ends(t, 0)
}
