package installation

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Meter counts requests, by the kind of page or operation and never by address: an address may name somebody.
type Meter struct {
	// Streams is how many browsers listen for what happens.
	Streams atomic.Int64
	mu      sync.Mutex
	answers map[answer]int64
	took    map[string]*took
}

type answer struct {
	side, pattern string
	status        int
}

// bounds of the histogram in seconds.
var bounds = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}

type took struct {
	within [len(bounds)]int64
	n      int64
	sum    float64
}

// Answered counts one request of a side (page, api).
func (m *Meter) Answered(side, pattern string, status int, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil {
		m.answers, m.took = map[answer]int64{}, map[string]*took{}
	}
	m.answers[answer{side, pattern, status}]++
	t := m.took[side]
	if t == nil {
		t = &took{}
		m.took[side] = t
	}
	t.n++
	t.sum += d.Seconds()
	for i, b := range bounds {
		if d.Seconds() <= b {
			t.within[i]++
		}
	}
}

// Metrics writes the figures in the text form that Prometheus reads.
type Metrics struct{ w io.Writer }

// head begins a family.
func (m Metrics) head(name, kind, help string) {
	fmt.Fprintf(m.w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (m Metrics) one(name, kind, help string, value float64) {
	m.head(name, kind, help)
	fmt.Fprintf(m.w, "%s %v\n", name, value)
}

// write writes the counted requests.
func (m *Meter) write(out Metrics) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out.head("zhibu_requests_total", "counter", "Answered requests by kind of page or operation.")
	all := slices.SortedFunc(maps.Keys(m.answers), func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.side, b.side), cmp.Compare(a.pattern, b.pattern), cmp.Compare(a.status, b.status))
	})
	for _, a := range all {
		fmt.Fprintf(out.w, "zhibu_requests_total{side=%q,pattern=%q,status=\"%d\"} %d\n", a.side, a.pattern, a.status, m.answers[a])
	}
	out.head("zhibu_request_seconds", "histogram", "Time to answer.")
	for _, side := range slices.Sorted(maps.Keys(m.took)) {
		t := m.took[side]
		for i, b := range bounds {
			fmt.Fprintf(out.w, "zhibu_request_seconds_bucket{side=%q,le=\"%v\"} %d\n", side, b, t.within[i])
		}
		fmt.Fprintf(out.w, "zhibu_request_seconds_bucket{side=%q,le=\"+Inf\"} %d\nzhibu_request_seconds_sum{side=%q} %v\nzhibu_request_seconds_count{side=%q} %d\n", side, t.n, side, t.sum, side, t.n)
	}
	out.one("zhibu_event_streams", "gauge", "Browsers that listen for what happens.", float64(m.Streams.Load()))
}
