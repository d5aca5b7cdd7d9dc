package casebook

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/vote"
	"zhibu/internal/words"
)

type voteCase struct {
	ballot          vote.Ballot
	valid, passed   *bool
	elected, runoff []string // nil is not checked
	reasons         []string
}

func (f *file) vote(given, expect *yaml.Node) judge {
	c := &voteCase{}
	f.each(given, "given", func(key string, v *yaml.Node) bool { return f.ballot(&c.ballot, key, v) })
	f.each(expect, "expect", func(key string, v *yaml.Node) bool {
		switch key {
		case "valid":
			c.valid = f.maybe(v, key)
		case "passed":
			c.passed = f.maybe(v, key)
		case "elected":
			c.elected = f.texts(v, key)
		case "runoff":
			c.runoff = f.texts(v, key)
		case "reasons":
			f.items(v, key, func(item *yaml.Node) { c.reasons = append(c.reasons, f.rule(item, key)) })
		default:
			return false
		}
		return true
	})
	if c.ballot.Type == "" {
		f.fail(given.Line, "type", words.Mark("没有写。"))
	}
	if c.ballot.On.IsZero() {
		f.fail(given.Line, "on", words.Mark("没有写。"))
	}
	return c
}

// maybe reads a flag of which it matters whether it is there.
func (f *file) maybe(n *yaml.Node, key string) *bool {
	if isNull(n) {
		return nil
	}
	v := f.flag(n, key)
	return &v
}

func (f *file) ballot(b *vote.Ballot, key string, v *yaml.Node) bool {
	counts := map[string]*int{"should_attend": &b.ShouldAttend, "present": &b.Present, "yes": &b.Yes, "no": &b.No, "abstain": &b.Abstain,
		"written_yes": &b.WrittenYes, "seats": &b.Seats, "issued": &b.Issued, "collected": &b.Collected}
	switch key {
	case "type":
		b.Type = word(f, v, key, vote.Types)
	case "on":
		b.On = f.date(v, key)
	case "candidates":
		f.items(v, key, func(item *yaml.Node) {
			var one vote.Candidate
			f.each(item, key, func(key string, v *yaml.Node) bool {
				switch key {
				case "name":
					one.Name = f.text(v, key)
				case "yes":
					one.Yes = f.count(v, key)
				default:
					return false
				}
				return true
			})
			if one.Name == "" {
				f.fail(item.Line, "name", words.Mark("没有写。"))
			}
			b.Candidates = append(b.Candidates, one)
		})
	default:
		n, known := counts[key]
		if known {
			*n = f.count(v, key)
		}
		return known
	}
	return true
}

func (c *voteCase) run(b *rulebook.Book, _ civil.Date) (out Outcome) {
	v := vote.Judge(b, c.ballot)
	out.Rules, out.Why = v.Rules, v.Why
	flag := func(key string, want *bool, got bool) {
		if want != nil && *want != got {
			out.differ(key+" "+strconv.FormatBool(*want), strconv.FormatBool(got))
		}
	}
	flag("valid", c.valid, v.Valid)
	flag("passed", c.passed, v.Passed)
	people := func(key string, want, got []string) {
		if want != nil && !sameSet(want, got) {
			out.differ(key+" "+list(want), list(got))
		}
	}
	people("elected", c.elected, v.Elected)
	people("runoff", c.runoff, v.Runoff)
	for _, id := range c.reasons {
		if !cited(v.Rules, id) {
			out.differ("reason "+id, list(ids(v.Rules)))
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

func cited(list []rulebook.Citation, id string) bool {
	return slices.ContainsFunc(list, func(c rulebook.Citation) bool { return c.Rule == id })
}

func ids(list []rulebook.Citation) []string {
	var out []string
	for _, c := range list {
		if !slices.Contains(out, c.Rule) {
			out = append(out, c.Rule)
		}
	}
	return out
}
