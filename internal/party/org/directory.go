package org

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"zhibu/internal/party/reading"
	"zhibu/internal/store"
)

// Directory knows the living organisations below one and finds by text the one that keeps memberships, as the import
// of a roster asks. It is read once and does not follow later changes. Not safe for concurrent use.
type Directory struct {
	places  []entry
	byID    map[string]int
	byText  map[string][]int // by code, name and short name in every spelling; places in order
	grams   map[string][]int // by two neighbouring characters of a short name
	answers map[string]answer
}

type entry struct {
	id, path, name, short string
	kind                  Kind
	plain                 string // short name without its kind, for what is near
}

type answer struct {
	id      string
	nearest []string
}

// NewDirectory reads the organisations at and below the path; "" reads the reader's whole scope.
func NewDirectory(ctx context.Context, r store.Reader, under string) (*Directory, error) {
	if under != "" {
		var err error
		if r, err = r.Within(under); err != nil {
			return nil, err
		}
	}
	d := &Directory{byID: map[string]int{}, byText: map[string][]int{}, grams: map[string][]int{}, answers: map[string]answer{}}
	err := r.Each(ctx, "SELECT id, path, code, name, short_name, kind FROM {org} WHERE abolished_on = '' ORDER BY path", nil, func(row store.Row) error {
		var e entry
		var code string
		if err := row.Scan(&e.id, &e.path, &code, &e.name, &e.short, &e.kind); err != nil {
			return err
		}
		d.add(e, code)
		return nil
	})
	return d, err
}

func (d *Directory) add(e entry, code string) {
	i := len(d.places)
	e.plain = plainName(e.short)
	d.places = append(d.places, e)
	d.byID[e.id] = i
	for _, text := range slices.Compact(slices.Sorted(slices.Values([]string{
		"code:" + strings.ToLower(code), "name:" + reading.Normalise(e.name), "short:" + reading.Normalise(e.short),
		plain(e.kind, plainName(e.name)), plain(e.kind, e.plain),
	}))) {
		d.byText[text] = append(d.byText[text], i)
	}
	if e.kind.HoldsMembers() {
		for g := range bigrams(e.plain) {
			if at := d.grams[g]; len(at) == 0 || at[len(at)-1] != i {
				d.grams[g] = append(at, i)
			}
		}
	}
}

// plain is the key of a name without its kind. What remains of a Party group's (第一) names nothing.
func plain(k Kind, name string) string {
	if k == PartyGroup {
		return "group:" + name
	}
	return "plain:" + name
}

// Len counts the organisations known.
func (d *Directory) Len() int { return len(d.places) }

// Place tells where an organisation stands and what it is called; false for one that is not known.
func (d *Directory) Place(id string) (path, shortName string, ok bool) {
	i, ok := d.byID[id]
	if !ok {
		return "", "", false
	}
	return d.places[i].path, d.places[i].short, true
}

// Find resolves a text to the one organisation that keeps memberships: by code, by full name, by unique short name, or
// by what remains of a unique name without the Party's and the branch's (石桥村 for 石桥村党支部). A Party group stands
// for its branch. Otherwise id is "" and nearest names those that may be meant, best first, by full name where the
// short one does not tell them apart; for a committee they are branches below it.
func (d *Directory) Find(text string) (id string, nearest []string) {
	key := reading.Normalise(text)
	if key == "" || utf8.RuneCountInString(key) > 2*longestName {
		return "", nil
	}
	if a, ok := d.answers[key]; ok {
		return a.id, a.nearest
	}
	a := d.find(key)
	if len(d.answers) < maxAnswers {
		d.answers[key] = a
	}
	return a.id, a.nearest
}

// maxAnswers bounds the memory that a sheet of ever new texts could take.
const maxAnswers = 20000

func (d *Directory) find(key string) answer {
	for _, in := range []string{"code:" + key, "name:" + key, "short:" + key, "plain:" + plainName(key)} {
		at := d.byText[in]
		switch meant := d.keepers(at); {
		case len(meant) == 1:
			return answer{id: d.places[meant[0]].id}
		case len(meant) > 1:
			return answer{nearest: d.names(meant)}
		case len(at) > 0: // a committee keeps no memberships, but branches stand below it
			return answer{nearest: d.names(d.below(at[0]))}
		}
	}
	return answer{nearest: d.names(d.near(plainName(key)))}
}

// keepers gives those of the places that keep memberships; a Party group gives its branch.
func (d *Directory) keepers(at []int) (out []int) {
	for _, i := range at {
		e := d.places[i]
		if e.kind == PartyGroup {
			if i = d.above(e.path); i < 0 {
				continue
			}
			e = d.places[i]
		}
		if e.kind.HoldsMembers() && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// below gives the first places below another that keep memberships.
func (d *Directory) below(i int) (out []int) {
	top := d.places[i].path
	for i++; i < len(d.places) && len(out) < maxNearest && Covers(top, d.places[i].path); i++ {
		if d.places[i].kind.HoldsMembers() {
			out = append(out, i)
		}
	}
	return out
}

// above finds the superior of a path; places are in the order of paths.
func (d *Directory) above(path string) int {
	up := path[:max(0, len(path)-segmentWidth-1)]
	i, ok := slices.BinarySearchFunc(d.places, up, func(e entry, p string) int { return strings.Compare(e.path, p) })
	if !ok {
		return -1
	}
	return i
}

// maxNearest is how many names are offered.
const maxNearest = 5

// names gives the names of places, full where the short one stands for several.
func (d *Directory) names(at []int) []string {
	var out []string
	for _, i := range at[:min(len(at), maxNearest)] {
		e := d.places[i]
		name := e.short
		if len(d.byText["short:"+reading.Normalise(name)]) > 1 {
			name = e.name
		}
		out = append(out, name)
	}
	return out
}
