package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A page that listens and renews itself keeps nobody signed in: the stream ends with the session.
func TestListeningIsNoSignOfLife(t *testing.T) {
	c := house(t)
	s, err := New(c.in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.listeners.beat = 20 * time.Millisecond
	s.Ready(true)
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	defer s.EndStreams()
	own := *c
	own.server, own.url = s, server.URL
	b := own.as(t, "branch-secretary", 1)
	answer, err := b.Client.Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for range 4 { // twenty minutes, in which the page alone asks
		c.clock.pass(5 * time.Minute)
		r, err := http.NewRequest(http.MethodGet, server.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(liveHeader, "1")
		live, err := b.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		live.Body.Close()
	}
	done := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(answer.Body) // ends with the stream
		done <- string(all)
	}()
	select {
	case all := <-done:
		if !strings.Contains(all, "event: end") {
			t.Errorf("%q", all)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the stream outlived its session")
	}
}
