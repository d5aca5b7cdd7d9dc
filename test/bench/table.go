package main

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/text/width"
)

// measure is one line of the table.
type measure struct {
	Name    string  `json:"measure"`
	Ours    string  `json:"ours"`
	Bare    string  `json:"bare,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
	Reach   string  `json:"to_reach,omitempty"`
	Verdict string  `json:"verdict,omitempty"` // ok or MISS; empty for what is only told
}

type table []measure

// add keeps a measure with a verdict.
func (t *table) add(m measure, reached bool) {
	if m.Verdict = "MISS"; reached {
		m.Verdict = "ok"
	}
	t.tell(m)
}

// tell keeps a figure that explains others and has nothing to reach.
func (t *table) tell(m measure) {
	*t = append(*t, m)
	say("%s: %s / %s %s", m.Name, m.Ours, m.Bare, m.Verdict)
}

func (t table) print(w io.Writer) {
	rows := [][]string{{"measure", "ours", "bare", "ratio", "to reach", ""}}
	for _, m := range t {
		ratio := ""
		if m.Ratio != 0 {
			ratio = fmt.Sprintf("%.2f", m.Ratio)
		}
		rows = append(rows, []string{m.Name, m.Ours, m.Bare, ratio, m.Reach, m.Verdict})
	}
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, r := range rows {
		for i, cell := range r {
			fmt.Fprintf(w, "%s%*s", cell, widths[i]-columns(cell)+2, "")
		}
		fmt.Fprintln(w)
	}
}

// columns is how wide a text stands on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// ms writes a time as people compare it.
func ms(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d >= time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f µs", float64(d)/1e3)
}

func ratio(ours, bare time.Duration) float64 { return float64(ours) / float64(max(bare, 1)) }
