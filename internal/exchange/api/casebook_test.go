package api_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/casebook"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
)

// casebooks are those of the project, and those of a directory of one's own that ZHIBU_CASEBOOKS names.
func casebooks(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{"../../party/casebook/testdata", os.Getenv("ZHIBU_CASEBOOKS")} {
		if dir == "" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatal("no casebooks in ", dir, err)
		}
		out = append(out, files...)
	}
	return out
}

// TestCasebooksByTheInterface: the facts of every case about duties are entered as people enter them, in a branch of its
// own, and what the interface answers as of the day of the case is what zhibu casebook says.
func TestCasebooksByTheInterface(t *testing.T) {
	files := casebooks(t)
	each(t, func(t *testing.T, h *house) {
		h.clock.add(4 * 365 * 24 * time.Hour) // after the last day of any case
		h.issueTokens(t)
		n, persons := 0, 0
		for _, path := range files {
			cases, err := casebook.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				facts, day, compare, ok := c.Timeline()
				if !ok {
					continue
				}
				n++
				b := &entered{h: h, n: n, day: day, people: map[string]string{}, persons: &persons}
				b.found(t, facts.Branch)
				for _, e := range facts.Events {
					b.enter(t, e)
				}
				for _, m := range compare(b.answer(t)).Mismatches {
					t.Errorf("%s:%d: %s: expected %s got %s", path, c.Line, c.ID, m.Expected, m.Got)
				}
			}
		}
		t.Logf("%d cases", n)
	})
}

// entered is a case on its way through the interface.
type entered struct {
	h      *house
	n      int
	day    civil.Date
	branch string
	none   bool              // the case has no branch, which nobody can enter: what is asked of one is left out
	people map[string]string // ids by the names of the case

	persons *int // how many have got a number of their own
}

const office = "organisation-department"

func (b *entered) post(t *testing.T, path string, body map[string]any) object {
	t.Helper()
	return b.h.as(t, office, "POST", path, body).want(t, 201)
}

// found sets the branch up: its unit and day, a post on its committee, its Party groups.
func (b *entered) found(t *testing.T, of *timeline.Branch) {
	t.Helper()
	units := map[timeline.Unit]string{timeline.Village: "village", timeline.Community: "community", timeline.Enterprise: "state-enterprise", timeline.Government: "organ", timeline.School: "school", timeline.OtherUnit: "hospital"}
	facts := map[string]any{"parent": b.h.people["party-worker"].Grants[0].Org, "code": fmt.Sprintf("0669%06d", b.n), "name": fmt.Sprintf("试%d支部", b.n), "kind": "branch", "on": "1990-01-01", "reason": "试"}
	if of != nil {
		facts["unitKind"] = units[of.Unit]
		if !of.Founded.IsZero() {
			facts["on"] = of.Founded.String()
		}
	}
	b.branch = b.organisation(t, facts)
	if b.none = of == nil; b.none {
		return
	}
	if of.HasCommittee {
		b.h.agreed(t, b.h.as(t, office, "POST", "/organisations/"+b.branch+"/posts", map[string]any{"title": "organisation-member", "holder": "石委员", "on": facts["on"], "reason": "试"}).want(t, 202))
	}
	for i := range of.Groups {
		b.organisation(t, map[string]any{"parent": b.branch, "code": fmt.Sprintf("0668%06d%d", b.n, i), "name": fmt.Sprintf("试%d支部第%d党小组", b.n, i+1), "kind": "party-group", "on": facts["on"], "reason": "试"})
	}
}

// organisation sets one up, which a second person approves, and tells its identifier.
func (b *entered) organisation(t *testing.T, facts map[string]any) string {
	t.Helper()
	facts["document"] = "党委会记录"
	b.h.agreed(t, b.h.as(t, office, "POST", "/organisations", facts).want(t, 202))
	return b.h.all(t, office, "/organisations?q="+facts["code"].(string), 10)[0].text("id")
}

// enter enters one event. Whoever is on the list is added as a member, others are named as being on the way.
func (b *entered) enter(t *testing.T, e timeline.Event) {
	t.Helper()
	body := map[string]any{"organisation": b.branch, "kind": string(e.Kind), "on": e.On.String(), "reason": "补登"}
	if e.Person != "" {
		body["people"] = []string{b.person(t, e)}
	}
	body["fields"] = keysOf(e)
	b.post(t, "/entries", body)
}

func (b *entered) person(t *testing.T, e timeline.Event) string {
	t.Helper()
	if id := b.people[e.Person]; id != "" {
		return id
	}
	if e.Kind == timeline.Member {
		*b.persons++
		facts := map[string]any{"organisation": b.branch, "name": "石试", "idNumber": idNumber(*b.persons), "category": "full", "joined": "2010-06-28", "confirmed": "2011-06-28", "care": e.Care, "reason": "试", "document": "入党志愿书"}
		b.people[e.Person] = b.post(t, "/members", facts).text("id")
	} else {
		b.people[e.Person] = b.post(t, "/organisations/"+b.branch+"/applicants", map[string]any{"name": "石" + e.Person}).text("id")
	}
	return b.people[e.Person]
}

func keysOf(e timeline.Event) map[string]any {
	out := map[string]any{}
	set := func(name string, yes bool, value any) {
		if yes {
			out[name] = value
		}
	}
	set("type", e.Meeting != "", string(e.Meeting))
	set("days", e.Days != 0, float64(e.Days)/100)
	set("hours", e.Hours != 0, float64(e.Hours)/100)
	set("months", e.Months != 0, e.Months)
	set("term_years", e.TermYears != 0, e.TermYears)
	set("through", !e.Through.IsZero(), e.Through.MonthOf())
	set("valid_days", e.ValidDays != nil, e.ValidDays)
	set("reason", e.Reason != "", e.Reason)
	set("admitted", !e.Admitted.IsZero(), e.Admitted.String())
	set("confirmed", !e.Confirmed.IsZero(), e.Confirmed.String())
	set("abroad", !e.Abroad.IsZero(), e.Abroad.String())
	set("care", e.Kind == timeline.Member, e.Care)
	return out
}

// answer reads back what the interface says as of the day.
func (b *entered) answer(t *testing.T) timeline.Answer {
	t.Helper()
	names := map[string]string{}
	for name, id := range b.people {
		names[id] = name
	}
	a := timeline.Answer{Status: map[string]timeline.Status{}, Standing: map[string]int{}}
	day := func(o object, key string) (d civil.Date) {
		if text, ok := o[key].(string); ok {
			d = civil.MustParse(text)
		}
		return d
	}
	query := "?" + url.Values{"organisation": {b.branch}, "as_of": {b.day.String()}}.Encode()
	for _, d := range b.h.all(t, office, "/duties"+query, 50) {
		if b.none && strings.HasPrefix(d.text("duty"), "life.") {
			continue
		}
		person, _ := d["person"].(string)
		one := timeline.Duty{Name: timeline.Name(d.text("duty")), Person: names[person], Due: day(d, "due"), Earliest: day(d, "earliest"), State: timeline.State(d.text("state")), Provisional: d["provisional"] == true}
		for _, r := range d["rules"].([]any) {
			one.Rules = append(one.Rules, rulebook.Citation{Rule: r.(map[string]any)["rule"].(string)})
		}
		if d.text("rule") != one.Rules[0].Rule || d.text("why") == "" && !one.Due.IsZero() {
			t.Errorf("a duty without rule or reason: %v", d)
		}
		a.Duties = append(a.Duties, one)
	}
	judged := b.h.as(t, office, "GET", "/organisations/"+b.branch+"/standing?as_of="+b.day.String(), nil).want(t, 200)
	for _, x := range judged["violations"].([]any) {
		v := object(x.(map[string]any))
		a.Violations = append(a.Violations, timeline.Violation{Rule: rulebook.Citation{Rule: v.text("rule")}})
	}
	for _, x := range judged["people"].([]any) {
		p := object(x.(map[string]any))
		a.Status[names[p.text("person")]] = timeline.Status(p.text("status"))
		a.Standing[names[p.text("person")]] = p.number("standing_years")
	}
	return a
}
