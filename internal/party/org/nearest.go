package org

import (
	"iter"
	"slices"
	"strings"

	"zhibu/internal/party/reading"
)

// formal are what the full names of organisations begin and end with; nobody says them, and sheets leave them out.
// Longer ones stand first.
var (
	formalBeginnings = []string{"中国共产党", "中共"}
	formalEnds       = []string{"联合支部委员会", "联合党支部", "联合支部", "支部委员会", "党支部", "支部", "党小组"}
)

// plainName gives what tells an organisation from its neighbours: its name without the Party's and the branch's, and
// without spaces and brackets.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()（）“”\"", r) {
			return -1
		}
		return r
	}, reading.Normalise(name))
	for _, b := range formalBeginnings {
		if rest, ok := strings.CutPrefix(name, b); ok && rest != "" {
			name = rest
			break
		}
	}
	for _, e := range formalEnds {
		if rest, ok := strings.CutSuffix(name, e); ok && rest != "" {
			return rest
		}
	}
	return name
}

// bigrams gives each two neighbouring characters, and a single character as it is.
func bigrams(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		before := -1
		for i, r := range text {
			if before >= 0 && !yield(text[before:i+len(string(r))]) {
				return
			}
			before = i
		}
		if before == 0 {
			yield(text)
		}
	}
}

// Bounds of the search for near names: characters shared by more than so many organisations say little, and only the
// best candidates are compared closely. Below small every organisation is compared.
const (
	commonGram    = 2000
	closeCompared = 200
	small         = 300
)

// near gives the places whose names are like the text, best first; none when nothing is.
func (d *Directory) near(text string) []int {
	if text == "" {
		return nil
	}
	target := []rune(text)
	type candidate struct{ at, distance int }
	var found []candidate
	for _, i := range d.candidates(text) {
		name := []rune(d.places[i].plain)
		// Two thirds of the longer name must stand as it is; of two characters one.
		most := max(1, max(len(name), len(target))/3)
		if strings.Contains(d.places[i].plain, text) || strings.Contains(text, d.places[i].plain) {
			most = len(name) + len(target)
		}
		if dist := distance(name, target); dist <= most {
			found = append(found, candidate{i, dist})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return a.at - b.at
	})
	var out []int
	for _, c := range found[:min(len(found), maxNearest)] {
		out = append(out, c.at)
	}
	return out
}

// candidates gives the places that share the most pairs of characters with the text.
func (d *Directory) candidates(text string) []int {
	if len(d.places) <= small {
		var all []int
		for i, e := range d.places {
			if e.kind.HoldsMembers() {
				all = append(all, i)
			}
		}
		return all
	}
	shared := map[int]int{}
	for g := range bigrams(text) {
		if at := d.grams[g]; len(at) <= commonGram {
			for _, i := range at {
				shared[i]++
			}
		}
	}
	out := make([]int, 0, len(shared))
	for i := range shared {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b int) int {
		if shared[a] != shared[b] {
			return shared[b] - shared[a]
		}
		return a - b
	})
	return out[:min(len(out), closeCompared)]
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make one text the other.
func distance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
