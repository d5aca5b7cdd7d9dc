package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhibu/internal/installation"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// ear is an open stream of what happens.
type ear struct {
	t     *testing.T
	lines chan string
	end   context.CancelFunc
}

// listen opens a stream; status is 204 where there is none for this browser.
func (d *desk) listen(last string) (e *ear, status int) {
	d.t.Helper()
	ctx, end := context.WithCancel(context.Background())
	d.t.Cleanup(end)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.house.url+"/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	e = &ear{d.t, make(chan string, 1000), end}
	go func() {
		defer answer.Body.Close()
		defer close(e.lines)
		for in := bufio.NewScanner(answer.Body); in.Scan(); {
			e.lines <- in.Text()
		}
	}()
	return e, answer.StatusCode
}

// hears waits for a line that holds the words, and gives the id of the event before it.
func (e *ear) hears(words string) (id string) {
	e.t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case line, open := <-e.lines:
			if !open {
				e.t.Fatalf("it ended before %q", words)
			}
			if got, ok := strings.CutPrefix(line, "id: "); ok {
				id = got
			}
			if strings.Contains(line, words) {
				return id
			}
		case <-deadline:
			e.t.Fatalf("%q was not heard", words)
		}
	}
}

// heard is everything that came until now.
func (e *ear) heard() string {
	var all []string
	for {
		select {
		case line := <-e.lines:
			all = append(all, line)
		default:
			return strings.Join(all, "\n")
		}
	}
}

// note records an act of a kind at an organisation, as a second process would.
func note(t *testing.T, in *installation.Installation, kind, subject, id, path string) {
	t.Helper()
	if err := in.Ledger.Note(t.Context(), ledger.System("test"), ledger.Act{Kind: kind, Subject: subject, SubjectID: id, OrgPath: path, Reason: "试"}); err != nil {
		t.Fatal(err)
	}
}

// Whoever is signed in hears what happens where she may see it, and nothing of elsewhere; an administrator hears
// nothing of members. What another process does is heard too.
func TestEventsStayInScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		h.Pages.Ready(true)
		mine, err := org.ByPath(t.Context(), h.Everything(), h.Person("branch-secretary", 1).Place())
		if err != nil {
			t.Fatal(err)
		}
		ears := map[string]*ear{}
		for _, role := range []string{"branch-secretary", "party-worker", "system-admin", "member"} {
			e, status := h.sit(role, 1).listen("")
			if status != http.StatusOK {
				t.Fatalf("%s: %d", role, status)
			}
			e.hears("retry")
			ears[role] = e
		}
		other, status := h.sit("branch-secretary", 2).listen("")
		if status != http.StatusOK {
			t.Fatal(status)
		}
		other.hears("retry")
		second, err := installation.Open(t.Context(), installation.Options{Dir: h.Dir})
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		own := h.Person("member", 1)
		note(t, h.Installation, "member.mend", "member", "01J00000000000000000000000", mine.Path)
		note(t, h.Installation, "member.move", "member", own.Member, own.MemberPath)
		// Codes have turned the first clock on, so acts of both that wait together would stand the other way round.
		if _, err := h.Ledger.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		note(t, second, "org.rename", "org", mine.ID, mine.Path)
		if _, err := second.Ledger.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		note(t, h.Installation, "test.end", "org", "", h.Person("organisation-department", 1).Place())
		ears["branch-secretary"].hears(`data: {"kind":"member.mend"}`)
		ears["branch-secretary"].hears(`data: {"kind":"org.rename"}`)
		ears["party-worker"].hears(`data: {"kind":"org.rename"}`)
		ears["member"].hears(`data: {"kind":"member.move"}`)
		ears["system-admin"].hears("org.rename")
		time.Sleep(100 * time.Millisecond)
		for who, e := range map[string]*ear{"an administrator": ears["system-admin"], "another branch": other, "a member": ears["member"]} {
			if all := e.heard(); strings.Contains(all, "member.mend") {
				t.Errorf("%s hears of a member elsewhere:\n%s", who, all)
			}
		}
		if all := other.heard(); strings.Contains(all, "org.rename") {
			t.Errorf("another branch hears of this one:\n%s", all)
		}
	})
}

// Who was away names the last event she had and gets what she missed; who names one that is not there loads anew.
func TestEventsAreCaughtUp(t *testing.T) {
	h := openHouse(t, store.Config{})
	h.Pages.Ready(true)
	worker := h.sit("party-worker", 1)
	place := h.Town().Path
	e, _ := worker.listen("")
	e.hears("retry")
	note(t, h.Installation, "member.one", "org", "", place)
	last := e.hears(`"member.one"`)
	e.end()
	note(t, h.Installation, "member.two", "org", "", place)
	note(t, h.Installation, "member.three", "org", "", place)
	e, _ = worker.listen(last)
	e.hears(`"member.two"`)
	e.hears(`"member.three"`)
	e.end()
	e, _ = worker.listen("999999")
	e.hears("event: reset")
	e.end()
}

// A stranger has nothing to hear, an account has few streams, and before the server stops they end.
func TestEventStreamsAreBounded(t *testing.T) {
	h := openHouse(t, store.Config{})
	h.Pages.Ready(true)
	if _, status := h.stranger().listen(""); status != http.StatusNoContent {
		t.Errorf("a stranger: %d", status)
	}
	worker := h.sit("party-worker", 1)
	var open []*ear
	for range 4 {
		e, status := worker.listen("")
		if status != http.StatusOK {
			t.Fatal(status)
		}
		open = append(open, e)
	}
	if _, status := worker.listen(""); status != http.StatusNoContent {
		t.Errorf("the fifth: %d", status)
	}
	h.Pages.EndStreams()
	for _, e := range open {
		for range e.lines { // until it ends
			continue
		}
	}
}
