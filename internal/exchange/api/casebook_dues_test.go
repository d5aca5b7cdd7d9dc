package api_test

import (
	"math/big"
	"regexp"
	"strconv"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/casebook"
	"zhibu/internal/party/dues"
)

// TestDuesOfCasebooksByTheInterface: what every case about dues gives is fixed by two people as the base of a member, and what
// the book then says of the month is what zhibu casebook says.
func TestDuesOfCasebooksByTheInterface(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.clock.add(4 * 365 * 24 * time.Hour) // after the last day of any case
		h.issueTokens(t)
		persons, n := 100, 0
		b := &entered{h: h, n: 900, people: map[string]string{}, persons: &persons}
		b.found(t, nil)
		for _, path := range casebooks(t) {
			cases, err := casebook.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				source, base, on, compare, ok := c.Dues()
				earns := source == dues.Wage || source == dues.Pension
				if !ok || earns && (base.Sign() <= 0 || !new(big.Rat).Mul(base, big.NewRat(100, 1)).IsInt()) {
					continue // nobody is paid nothing, or parts of a fen
				}
				n++
				id := b.payer(t, on)
				for _, m := range compare(b.fixed(t, id, source, base, on)).Mismatches {
					t.Errorf("%s:%d: %s: expected %s got %s", path, c.Line, c.ID, m.Expected, m.Got)
				}
			}
		}
		if n < 30 {
			t.Errorf("%d cases", n)
		}
	})
}

// payer is a member who is on the list since before the month of a day.
func (b *entered) payer(t *testing.T, on civil.Date) string {
	t.Helper()
	*b.persons++
	id := b.post(t, "/members", map[string]any{"organisation": b.branch, "name": "石试", "idNumber": idNumber(*b.persons), "category": "full", "joined": "2010-06-28", "confirmed": "2011-06-28", "reason": "试", "document": "入党志愿书"}).text("id")
	listed := civil.Of(on.Year, on.Month, 1).AddMonths(-1)
	b.post(t, "/entries", map[string]any{"organisation": b.branch, "kind": "member", "people": []string{id}, "on": listed.String(), "reason": "补登", "fields": map[string]any{}})
	return id
}

var between = regexp.MustCompile(`在 ([0-9.]+) 元到 ([0-9.]+) 元之间`)

// fixed fixes the base and reads the month back. Of a farmer the limits are what is refused outside of them.
func (b *entered) fixed(t *testing.T, id string, source dues.Source, base *big.Rat, on civil.Date) (due dues.Due, known bool) {
	t.Helper()
	item := map[string]any{"member": id, "kind": "base", "year": on.Year, "from": on.MonthOf(), "source": string(source), "evidence": "试"}
	if source == dues.Wage || source == dues.Pension {
		item["income"] = base.FloatString(2)
	}
	propose := func(role string) answer {
		return b.h.as(t, role, "POST", "/organisations/"+b.branch+"/assessments", map[string]any{"items": []any{item}})
	}
	var limits []string
	if source == dues.Farmer {
		item["chosen"] = "999.00"
		if limits = between.FindStringSubmatch(propose("party-worker").problem(t, 422).Detail); limits == nil {
			t.Fatal("a farmer may pay anything")
		}
		item["chosen"] = limits[1]
	}
	waits := propose("party-worker").want(t, 201).items()[0]
	b.h.as(t, office, "POST", "/assessments/"+waits.text("id")+"/approve", map[string]any{"version": waits.number("version")}).want(t, 200)
	book := b.h.as(t, office, "GET", "/members/"+id+"/dues?year="+strconv.Itoa(on.Year), nil).want(t, 200)
	for _, x := range book["months"].([]any) {
		m := object(x.(map[string]any))
		if m.text("month") != on.MonthOf() || m["owed"] == nil {
			continue
		}
		due.Min, known = dues.ParseFen(m.text("owed"))
		due.Max = due.Min
		if limits != nil {
			due.Max, _ = dues.ParseFen(limits[2])
		}
		for _, flag := range m["flags"].([]any) {
			due.Flags = append(due.Flags, flag.(string))
		}
		if m.text("why") == "" || len(m["rules"].([]any)) == 0 {
			t.Errorf("an amount without rule or arithmetic: %v", m)
		}
	}
	return due, known
}
