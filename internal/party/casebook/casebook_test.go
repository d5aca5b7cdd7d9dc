package casebook

import (
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/rulebook"
)

// today is the day the tests stand on; it matters for future_date alone.
var today = civil.MustParse("2026-11-23")

// Every casebook of testdata agrees with the rules that are shipped.
func TestCasebooks(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no casebooks", err)
	}
	n := 0
	for _, path := range files {
		cases, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			n++
			out := c.Run(rulebook.Default(), today)
			for _, m := range out.Mismatches {
				t.Errorf("%s:%d: %s: expected %s got %s", path, c.Line, c.ID, m.Expected, m.Got)
			}
		}
	}
	t.Logf("%d cases", n)
}

// A case that expects something else fails: a runner that agrees with everything would pass too.
func TestWrongExpectationsFail(t *testing.T) {
	for name, text := range map[string]string{
		"dues":      `[{id: a, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2026-01-05}, expect: {monthly: "15.01"}}]`,
		"flag":      `[{id: a, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2026-01-05}, expect: {flags: [over_cap]}}]`,
		"no rule":   `[{id: a, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2007-01-05}, expect: {monthly: "15.00"}}]`,
		"farmer":    `[{id: a, rule: [F-05], kind: dues, given: {source: farmer, on: 2026-01-05}, expect: {monthly: "0.20"}}]`,
		"vote":      `[{id: a, rule: [D-26], kind: vote, given: {type: admission, on: 2026-06-10, should_attend: 12, present: 6, yes: 6}, expect: {valid: true}}]`,
		"reason":    `[{id: a, rule: [D-26], kind: vote, given: {type: admission, on: 2026-06-10, should_attend: 12, present: 7, yes: 7}, expect: {reasons: [E-06]}}]`,
		"state":     `[{id: a, rule: [D-03], kind: timeline, given: {events: [{on: 2026-06-03, event: applied, person: 甲}], as_of: 2026-07-04}, expect: {duties: [{duty: admission.talk, state: upcoming}]}}]`,
		"absent":    `[{id: a, rule: [D-03], kind: timeline, given: {events: [{on: 2026-06-03, event: applied, person: 甲}], as_of: 2026-07-04}, expect: {absent: [admission.talk]}}]`,
		"violation": `[{id: a, rule: [D-03], kind: timeline, given: {events: [{on: 2026-06-03, event: applied, person: 甲}, {on: 2026-07-04, event: talked, person: 甲}], as_of: 2026-07-04}, expect: {violations: []}}]`,
		"status":    `[{id: a, rule: [D-03], kind: timeline, given: {events: [], as_of: 2026-07-04}, expect: {status: {甲: full}}}]`,
		"standing":  `[{id: a, rule: [D-41], kind: timeline, given: {events: [], as_of: 2026-07-04}, expect: {standing_years: {甲: 1}}}]`,
		"identity":  `[{id: a, rule: [GB-11643], kind: identity, given: {id_number: "110105194912310021"}, expect: {valid: true}}]`,
		"code":      `[{id: a, rule: [GB-11643], kind: identity, given: {id_number: "110105194912310021"}, expect: {errors: [format]}}]`,
	} {
		cases, err := Parse(name, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if out := cases[0].Run(rulebook.Default(), today); out.OK {
			t.Errorf("%s: a wrong expectation passes", name)
		}
	}
}

// What nobody can read is refused with file, line and key.
func TestUnreadable(t *testing.T) {
	const dues = "- id: a\n  rule: [F-02]\n  kind: dues\n  given: {source: wage, base: 3000, on: 2026-01-05}\n  expect: {monthly: 15}\n"
	const line = "- id: a\n  rule: [D-03]\n  kind: timeline\n  given:\n    events: [{on: 2026-06-03, event: applied, person: 甲}]\n    as_of: 2026-07-03\n  expect: {absent: [life.group]}\n"
	replaced := func(text, old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in the text", old)
		}
		return strings.Replace(text, old, new, 1)
	}
	for name, c := range map[string]struct{ text, where string }{
		"no YAML":           {"- id: [", ":"},
		"no list":           {"id: a", ":1: "},
		"nothing":           {"", ":1: "},
		"two lists":         {dues + "---\n" + dues, "YAML"},
		"unknown key":       {dues + "  colour: red\n", ":6: colour: "},
		"unknown given":     {replaced(dues, "base:", "basis:"), ":4: basis: "},
		"unknown expect":    {replaced(dues, "monthly:", "yearly:"), ":5: yearly: "},
		"no id":             {replaced(dues, "id: a", "id:"), ":1: id: "},
		"no rule":           {replaced(dues, "  rule: [F-02]\n", ""), ":1: rule: "},
		"bad rule":          {replaced(dues, "F-02", "F02"), ":2: rule: "},
		"unknown kind":      {replaced(dues, "kind: dues", "kind: money"), ":3: kind: "},
		"id twice":          {dues + dues, ":6: id: "},
		"key twice":         {dues + "  kind: dues\n", ":6: kind: "},
		"no such day":       {replaced(dues, "2026-01-05", "2026-02-30"), ":4: on: "},
		"no amount":         {replaced(dues, "3000", "-3000"), ":4: base: "},
		"amount in words":   {replaced(dues, "3000", "3e3"), ":4: base: "},
		"unknown source":    {replaced(dues, "wage", "rent"), ":4: source: "},
		"unknown event":     {replaced(line, "applied", "asked"), ":5: event: "},
		"key of another":    {replaced(line, "person: 甲", "person: 甲, months: 6"), ":5: months: "},
		"no day":            {replaced(line, "on: 2026-06-03, ", ""), ":5: on: "},
		"unknown duty":      {replaced(line, "life.group", "life.groups"), ":7: absent: "},
		"no day to ask for": {replaced(line, "    as_of: 2026-07-03\n", ""), ": as_of: "},
		"flag of words":     {replaced(line, "event: applied, person: 甲", "event: member, care: yes"), ":5: care: "},
	} {
		_, err := Parse("x.yaml", []byte(c.text))
		if fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), "x.yaml") || !strings.Contains(err.Error(), c.where) {
			t.Errorf("%s: %v, want %q in it", name, err, c.where)
		}
	}
	if _, err := Load("testdata/none.yaml"); fault.Of(err) != fault.Invalid {
		t.Errorf("a missing file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{id: a, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2026-01-05}, expect: {monthly: "15.00"}}]`))
	f.Add([]byte("- &a {id: a}\n- *a\n"))
	f.Add([]byte(`[{id: a, rule: [D-03], kind: timeline, given: {events: [{on: 9999-12-31, event: member, person: 甲}], as_of: 9999-12-31}, expect: {}}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		cases, err := Parse("x.yaml", text)
		if err != nil && fault.Of(err) != fault.Invalid {
			t.Fatalf("%v is no sentence", err)
		}
		for _, c := range cases {
			c.Run(rulebook.Default(), today)
		}
	})
}
