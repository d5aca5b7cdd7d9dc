package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhibu/internal/trust/ledger"
)

// Limits of those who listen for what happens.
const (
	streamsEach   = 4    // of one account: a browser opens few tabs
	streamsAll    = 4000 // of the process
	heartbeat     = 15 * time.Second
	followEvery   = 2 * time.Second // after what other processes have done
	streamPatient = 30 * time.Second
	catchUpAtMost = 500 // acts; who missed more loads the page anew
)

// listeners are the open streams.
type listeners struct {
	mu    sync.Mutex
	of    map[string]int
	all   int
	ended chan struct{}
	once  sync.Once
	beat  time.Duration
}

func newListeners() *listeners {
	return &listeners{of: map[string]int{}, ended: make(chan struct{}), beat: heartbeat}
}

func (l *listeners) enter(account string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= streamsAll || l.of[account] >= streamsEach {
		return false
	}
	l.all++
	l.of[account]++
	return true
}

func (l *listeners) leave(account string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.of[account]--; l.of[account] == 0 {
		delete(l.of, account)
	}
}

// EndStreams ends what would otherwise never end, before the server waits for the requests under way.
func (s *Server) EndStreams() { s.listeners.once.Do(func() { close(s.listeners.ended) }) }

// change is what a listener is told: that something of a kind was done. No name, no number, not to whom.
type change struct {
	Kind string `json:"kind"`
}

// events tells somebody signed in, as it happens, what is done where she may see it (text/event-stream). It follows
// the audit chain, so that nothing is missed by whoever names the last event she had, also after a restart and from
// another process. It keeps nobody signed in and ends with the session.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	notedOf(r.Context()).pattern = "GET /events"
	person, err := s.sessions.Peek(r)
	if err != nil {
		s.log.Error("events", "error", err.Error())
		plain(w, http.StatusServiceUnavailable, "unavailable\n")
		return
	}
	if person == nil || !s.ready.Load() || !s.listeners.enter(person.Account) {
		w.WriteHeader(http.StatusNoContent) // by which a browser knows not to come again
		return
	}
	defer s.listeners.leave(person.Account)
	s.in.Meter.Streams.Add(1)
	defer s.in.Meter.Streams.Add(-1)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold it back
	st := &stream{s: s, w: w, r: r, control: http.NewResponseController(w), account: person.Account}
	_, moves := s.in.Documents.News()
	st.moves = moves(person.Account)
	_ = st.control.SetReadDeadline(time.Time{}) // not supported by a recorder of a test
	if err := st.follow(); err != nil && r.Context().Err() == nil {
		s.log.Debug("events", "error", err.Error())
	}
}

// stream is one open connection.
type stream struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	next    int64 // place in the chain
	account string
	moves   int64 // of the account's uploads, as told last
}

// follow writes until the browser goes, the session ends or the server stops.
func (t *stream) follow() error {
	if err := t.begin(); err != nil {
		return err
	}
	beat, look := time.NewTicker(t.s.listeners.beat), time.NewTicker(followEvery)
	defer beat.Stop()
	defer look.Stop()
	for {
		grown := t.s.in.Ledger.Grown()
		moved, moves := t.s.in.Documents.News()
		if err := t.tell(); err != nil {
			return err
		}
		if n := moves(t.account); n != t.moves {
			t.moves = n
			if err := t.write("event: change\ndata: {\"kind\":\"arrival.moved\"}\n\n"); err != nil { // no act: it has no place in the chain
				return err
			}
		}
		select {
		case <-t.r.Context().Done():
			return nil
		case <-t.s.listeners.ended:
			return nil
		case <-grown:
		case <-moved:
		case <-look.C:
		case <-beat.C:
			if p, err := t.s.sessions.Peek(t.r); err != nil || p == nil {
				return t.write("event: end\ndata: \n\n") // signed out, locked, or too long idle
			}
			if err := t.write(": \n\n"); err != nil {
				return err
			}
		}
	}
}

// begin starts behind the last event that the browser has had, or now.
func (t *stream) begin() error {
	size, err := t.s.in.Ledger.Size(t.r.Context())
	if err != nil {
		return err
	}
	t.next = size
	first := "retry: 5000\n: \n\n"
	if last, err := strconv.ParseInt(t.r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		if last < size && size-last <= catchUpAtMost {
			t.next = last + 1
		} else { // away for too long, or the data was restored meanwhile
			first += fmt.Sprintf("id: %d\nevent: reset\ndata: \n\n", size-1)
		}
	}
	return t.write(first)
}

// tell writes what has come since, as far as the person may hear of it by the grants that hold now.
func (t *stream) tell() error {
	for {
		acts, err := t.s.in.Ledger.Since(t.r.Context(), t.next, catchUpAtMost)
		if err != nil || len(acts) == 0 {
			return err
		}
		t.next = acts[len(acts)-1].Index + 1
		person, err := t.s.sessions.Peek(t.r)
		if err != nil || person == nil {
			return err
		}
		scope := person.Actor("").Scope
		out := ""
		for _, a := range acts {
			if scope.Hears(a.Subject, a.SubjectID, a.OrgPath) && !silent(a) {
				t.s.findings.forget(a.OrgPath)
				b, err := json.Marshal(change{a.Kind})
				if err != nil {
					return err
				}
				out += fmt.Sprintf("id: %d\nevent: change\ndata: %s\n\n", a.Index, b)
			}
		}
		if out != "" {
			if err := t.write(out); err != nil {
				return err
			}
		}
	}
}

// silent are acts that change nothing anybody has on a page: who signed in, who opened what.
func silent(a ledger.Chained) bool {
	switch a.Kind {
	case "account.refuse", "account.factor_passed", "account.recovery_passed", "account.display", "member.opened":
		return true
	}
	return strings.HasPrefix(a.Kind, "account.sign_")
}

func (t *stream) write(text string) error {
	_ = t.control.SetWriteDeadline(time.Now().Add(streamPatient)) // not supported by a recorder of a test
	if _, err := t.w.Write([]byte(text)); err != nil {
		return err
	}
	return t.control.Flush()
}
