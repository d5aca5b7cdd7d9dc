package casebook

import (
	"math/big"
	"os"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/words"
)

// Case is one case of a file.
type Case struct {
	File  string
	Line  int
	ID    string
	Rules []string
	Kind  Kind
	judge
}

// judge is what a case asks: given facts, judged by a book on a day, compared with what was expected.
type judge interface {
	run(b *rulebook.Book, today civil.Date) Outcome
}

// Kind says what a case is about.
type Kind string

// The kinds.
const (
	KindDues     Kind = "dues"
	KindVote     Kind = "vote"
	KindTimeline Kind = "timeline"
	KindIdentity Kind = "identity"
)

var kinds = []Kind{KindDues, KindVote, KindTimeline, KindIdentity}

// Load reads a file.
func Load(path string) ([]Case, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "读不到 %s。请核对路径和权限。", path).Because(err)
	}
	return Parse(path, text)
}

// Parse reads the cases of a file. An error names file, line and key.
func Parse(name string, text []byte) ([]Case, error) {
	f := &file{name: name}
	seen := map[string]bool{}
	var cases []Case
	for _, n := range f.document(text) {
		c := f.one(plain(n))
		if f.err == nil && seen[c.ID] {
			f.fail(c.Line, "id", words.Mark("同一处写了两次。"), c.ID)
		}
		if f.err != nil {
			return nil, f.err
		}
		seen[c.ID] = true
		cases = append(cases, c)
	}
	return cases, f.err
}

func (f *file) one(n *yaml.Node) Case {
	c := Case{File: f.name, Line: n.Line}
	found := map[string]*yaml.Node{}
	f.each(n, "case", func(key string, value *yaml.Node) bool {
		found[key] = value
		switch key {
		case "id":
			c.ID = f.text(value, key)
		case "rule":
			f.items(value, key, func(item *yaml.Node) { c.Rules = append(c.Rules, f.rule(item, key)) })
		case "kind":
			c.Kind = word(f, value, key, kinds)
		case "given", "expect":
		default:
			return false
		}
		return true
	})
	for _, key := range []string{"id", "rule", "kind", "given", "expect"} {
		if found[key] == nil || isNull(found[key]) {
			f.fail(n.Line, key, words.Mark("没有写。"))
		}
	}
	if f.err != nil {
		return c
	}
	switch given, expect := found["given"], found["expect"]; c.Kind {
	case KindDues:
		c.judge = f.dues(given, expect)
	case KindVote:
		c.judge = f.vote(given, expect)
	case KindTimeline:
		c.judge = f.timeline(given, expect)
	case KindIdentity:
		c.judge = f.identity(given, expect)
	}
	return c
}

// Run judges the case by a book; today is what future_date is measured by.
func (c Case) Run(b *rulebook.Book, today civil.Date) Outcome {
	out := c.run(b, today)
	out.File, out.ID, out.Kind = c.File, c.ID, c.Kind
	out.OK = len(out.Mismatches) == 0
	return out
}

// Outcome is how a case went.
type Outcome struct {
	File       string              `json:"file"`
	ID         string              `json:"id"`
	Kind       Kind                `json:"kind"`
	OK         bool                `json:"ok"`
	Mismatches []Mismatch          `json:"mismatches,omitempty"`
	Rules      []rulebook.Citation `json:"rules,omitempty"` // what the answer follows from
	Why        []rulebook.Reason   `json:"-"`
	Arithmetic []string            `json:"arithmetic,omitempty"` // Why, in the reader's language
}

// Mismatch is one thing expected and not found.
type Mismatch struct {
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

func (o *Outcome) differ(expected, got string) {
	o.Mismatches = append(o.Mismatches, Mismatch{expected, got})
}

// same compares two amounts, of which the second may be none.
func same(a, b *big.Rat) bool { return a != nil && b != nil && a.Cmp(b) == 0 }
