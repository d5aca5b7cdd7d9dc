package steward

import (
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
)

// Place is an organisation on the way up.
type Place struct {
	ID, Path, Name string
	Kind           org.Kind
}

// Rule says which posts answer for a kind of field in organisations of a level, from one organisation down. The default
// is of no organisation.
type Rule struct {
	ID       string
	Org      Place // where it was decided; no ID: the default
	Kind     Kind
	Level    Level
	Steward  []string // the first that is held answers
	Reviewer []string
	From, To civil.Date // first and last day; To is zero while it holds
	Basis    string
	Doubt    bool // a default that no regulation says
	Version  int64
}

// InForce tells whether the rule holds on a day.
func (r Rule) InForce(on civil.Date) bool {
	return !on.Before(r.From) && (r.To.IsZero() || !on.After(r.To))
}

// Holder is somebody who holds a post: by the organisation's posts, or by a role of an account.
type Holder struct {
	Org, Post string // organisation and post
	Name      string
	Member    string // id of the member record, "" if none is known
	Account   string // id of the account, "" if the post is held without one
	From, To  civil.Date
	last      bool // To is the last day, not the first day after
}

// holds tells whether the post is held on a day.
func (h Holder) holds(on civil.Date) bool {
	return !h.From.After(on) && (h.To.IsZero() || h.To.After(on) || h.last && h.To == on)
}

func (h Holder) same(o Holder) bool {
	return h.Account != "" && h.Account == o.Account || h.Member != "" && h.Member == o.Member
}

// House is everything that decides who answers at an organisation: the organisations from it upwards, what any of them
// has decided, and who holds which post in them.
type House struct {
	Up      []Place // the organisation itself first, the root last
	Rules   []Rule
	Held    []Holder
	Default rulebook.Rule
}

// Seat is who answers.
type Seat struct {
	Post    string // that answers; of an empty one the first that could
	At      Place
	Holders []Holder // none: nobody does, up to the root
	Rule    Rule     // of the level that answers
	Empty   []Vacancy
	Apart   bool // the organisation's own reviewer is the steward too, so the next above reviews
}

// Vacancy is a post that should answer and is not held.
type Vacancy struct {
	At    Place
	Posts []string
}

// Answer is who answers for a kind of field at an organisation on a day.
type Answer struct {
	Kind              Kind
	Steward, Reviewer Seat
}

// Answer finds who answers for a kind of field on a day. It computes only.
func (h House) Answer(k Kind, on civil.Date) Answer {
	a := Answer{Kind: k, Steward: h.seat(k, on, Rule.stewards, nil)}
	a.Reviewer = h.seat(k, on, Rule.reviewers, a.Steward.Holders)
	return a
}

// Answers are all kinds in the order of the page.
func (h House) Answers(on civil.Date) []Answer {
	var out []Answer
	for _, k := range Kinds() {
		out = append(out, h.Answer(k, on))
	}
	return out
}

func (r Rule) stewards() []string  { return r.Steward }
func (r Rule) reviewers() []string { return r.Reviewer }

// seat climbs until somebody holds one of the posts; nobody of except counts, since who looks after a fact does not
// review it.
func (h House) seat(k Kind, on civil.Date, posts func(Rule) []string, except []Holder) Seat {
	var s Seat
	for _, at := range h.Up {
		rule, ok := h.RuleAt(k, at, on)
		if !ok {
			continue
		}
		fitting := slices.DeleteFunc(slices.Clone(posts(rule)), func(id string) bool { return !slices.Contains(PostsAt(rule.Level), id) })
		if len(fitting) == 0 {
			continue // no post of this level: the next above is meant to answer
		}
		taken := false
		for _, post := range fitting {
			held := h.heldAt(at, post, on)
			free := slices.DeleteFunc(slices.Clone(held), func(x Holder) bool { return slices.ContainsFunc(except, x.same) })
			if len(free) > 0 {
				s.Post, s.At, s.Holders, s.Rule = post, at, free, rule
				return s
			}
			taken = taken || len(held) > 0
		}
		if taken {
			s.Apart = true
		} else {
			s.Empty = append(s.Empty, Vacancy{at, fitting})
		}
		if s.Post == "" {
			s.Post, s.At, s.Rule = fitting[0], at, rule
		}
	}
	return s
}

func (h House) heldAt(at Place, post string, on civil.Date) (out []Holder) {
	for _, x := range h.Held {
		if x.Org != at.ID || x.Post != post || !x.holds(on) {
			continue
		}
		if i := slices.IndexFunc(out, x.same); i >= 0 { // in the post and in its role: one person
			if out[i].Account == "" {
				out[i].Account = x.Account
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

// RuleAt is the rule that holds for an organisation: the nearest that it or one above has decided for its level, else
// the default.
func (h House) RuleAt(k Kind, at Place, on civil.Date) (Rule, bool) {
	level := LevelOf(at.Kind)
	if level == "" {
		return Rule{}, false
	}
	best := Rule{}
	for _, r := range h.Rules {
		if r.Kind == k && r.Level == level && r.InForce(on) && org.Covers(r.Org.Path, at.Path) && len(r.Org.Path) > len(best.Org.Path) {
			best = r
		}
	}
	if best.ID != "" {
		return best, true
	}
	return defaultRule(h.Default, k, level), true
}

// defaultRule reads the rulebook: the kind's own entry, else that of the level.
func defaultRule(b rulebook.Rule, k Kind, l Level) Rule {
	p := b.Parameters()
	entry := func(what string) []string {
		if own, ok := p[string(l)+"."+string(k)+"."+what]; ok {
			return strings.Fields(own)
		}
		return strings.Fields(p[string(l)+"."+what])
	}
	return Rule{Kind: k, Level: l, Steward: entry("steward"), Reviewer: entry("reviewer"), From: b.From, To: b.To, Basis: b.Cite(), Doubt: b.Certainty != rulebook.Verified}
}
