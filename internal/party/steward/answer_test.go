package steward

import (
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
)

var day = civil.MustParse("2026-11-23")

var (
	branch = Place{"b", "0001.0001.0001.", "石桥村党支部", org.Branch}
	town   = Place{"t", "0001.0001.", "石桥镇党委", org.Committee}
	county = Place{"c", "0001.", "大河县委", org.Committee}
)

func house(held ...Holder) House {
	book, _ := rulebook.Default().On("K-21", day)
	for i := range held {
		if held[i].From.IsZero() {
			held[i].From = civil.MustParse("2020-01-01")
		}
	}
	return House{Up: []Place{branch, town, county}, Held: held, Default: book}
}

func said(s Seat) string {
	names := []string{}
	for _, h := range s.Holders {
		names = append(names, h.Name)
	}
	out := s.At.ID + " " + s.Post + " " + strings.Join(names, ",")
	for _, e := range s.Empty {
		out += " !" + e.At.ID
	}
	if s.Apart {
		out += " apart"
	}
	return out
}

func TestWhoAnswers(t *testing.T) {
	secretary := Holder{Org: "b", Post: "secretary", Name: "书记", Member: "m1"}
	organiser := Holder{Org: "b", Post: "organisation-member", Name: "组委", Member: "m2"}
	worker := Holder{Org: "t", Post: "party-worker", Name: "干事", Account: "a3"}
	reviewer := Holder{Org: "t", Post: "reviewer", Name: "审核", Account: "a4"}
	past := Holder{Org: "b", Post: "organisation-member", Name: "前任", Member: "m5", To: day}
	lastDay := Holder{Org: "t", Post: "party-worker", Name: "末日", Account: "a6", To: day, last: true}
	both := Holder{Org: "t", Post: "reviewer", Name: "干事", Account: "a3"}
	far := Holder{Org: "c", Post: "reviewer", Name: "县审核", Account: "a7"}
	for _, c := range []struct {
		name              string
		kind              Kind
		held              []Holder
		steward, reviewer string
	}{
		{"a branch with a committee", Basic, []Holder{secretary, organiser, worker}, "b organisation-member 组委", "b secretary 书记"},
		{"a small branch: its secretary, and the next above reviews", Basic, []Holder{secretary, worker, reviewer}, "b secretary 书记", "t reviewer 审核 apart"},
		{"who left today holds nothing", Basic, []Holder{past, secretary, worker, reviewer}, "b secretary 书记", "t reviewer 审核 apart"},
		{"nobody in the branch", Basic, []Holder{worker, reviewer}, "t party-worker 干事 !b", "t reviewer 审核 !b"},
		{"the last day of a role counts", Basic, []Holder{lastDay, reviewer}, "t party-worker 末日 !b", "t reviewer 审核 !b"},
		{"key facts are reviewed above", Identity, []Holder{secretary, organiser, worker, reviewer}, "b organisation-member 组委", "t reviewer 审核"},
		{"one person in two posts does not review herself", Affiliation, []Holder{worker, both, far}, "t party-worker 干事", "c reviewer 县审核 apart"},
		{"nobody at all", Basic, nil, "b organisation-member  !b !t !c", "b secretary  !b !t !c"},
	} {
		a := house(c.held...).Answer(c.kind, day)
		if got := said(a.Steward); got != c.steward {
			t.Errorf("%s: steward %q, want %q", c.name, got, c.steward)
		}
		if got := said(a.Reviewer); got != c.reviewer {
			t.Errorf("%s: reviewer %q, want %q", c.name, got, c.reviewer)
		}
	}
}

func TestTheNearestDecisionHolds(t *testing.T) {
	h := house(Holder{Org: "b", Post: "secretary", Name: "书记", Member: "m1"}, Holder{Org: "b", Post: "deputy-secretary", Name: "副书记", Member: "m2"},
		Holder{Org: "b", Post: "publicity-member", Name: "宣委", Member: "m3"})
	rule := func(id string, at Place, post, from, to string) Rule {
		r := Rule{ID: id, Org: at, Kind: Basic, Level: AtBranch, Steward: []string{post}, Reviewer: []string{"reviewer"}, From: civil.MustParse(from)}
		if to != "" {
			r.To = civil.MustParse(to)
		}
		return r
	}
	h.Rules = []Rule{rule("1", county, "secretary", "2020-01-01", ""), rule("2", town, "deputy-secretary", "2026-01-01", "2026-06-30"),
		rule("3", branch, "publicity-member", "2026-12-01", ""), rule("4", Place{"x", "0001.0002.", "别处", org.Committee}, "publicity-member", "2020-01-01", "")}
	for on, want := range map[string]string{"2019-12-31": "secretary", "2025-12-31": "secretary", "2026-01-01": "deputy-secretary", "2026-06-30": "deputy-secretary", "2026-07-01": "secretary", "2026-12-01": "publicity-member"} {
		if got := h.Answer(Basic, civil.MustParse(on)).Steward; got.Post != want && on != "2019-12-31" {
			t.Errorf("%s: %s, want %s", on, got.Post, want)
		}
	}
	if r, _ := h.RuleAt(Basic, branch, civil.MustParse("2019-12-31")); r.ID != "" {
		t.Error("a decision held before its first day")
	}
	if r, _ := h.RuleAt(Contact, branch, day); r.ID != "" {
		t.Error("a decision about another kind held")
	}
}

// TestEveryFieldHasOneKind: and every kind has posts of every level by default.
func TestEveryFieldHasOneKind(t *testing.T) {
	for _, c := range append(slices.Clone(roster.Columns), roster.Sex, roster.Born, roster.Note) {
		n := 0
		for _, k := range Kinds() {
			if slices.Contains(k.Columns(), c) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s is in %d kinds", c, n)
		}
	}
	book, ok := rulebook.Default().On("K-21", day)
	if !ok {
		t.Fatal("no default")
	}
	for _, k := range Kinds() {
		for _, l := range Levels {
			r := defaultRule(book, k, l)
			if len(r.Steward) == 0 || len(r.Reviewer) == 0 || !r.Doubt {
				t.Errorf("%s at %s: %+v", k, l, r)
			}
			for _, p := range slices.Concat(r.Steward, r.Reviewer) {
				if PostName(p) == "" {
					t.Errorf("%s at %s: no post %q", k, l, p)
				}
			}
		}
	}
}

// TestPostsAreThoseOfOrganisations: what an organisation's posts are called is said once.
func TestPostsAreThoseOfOrganisations(t *testing.T) {
	for _, p := range posts {
		if title, ok := org.TitleOf(p.id); p.title != ok || ok && title.Name != p.name {
			t.Errorf("%s is %q there", p.id, title.Name)
		}
	}
}
