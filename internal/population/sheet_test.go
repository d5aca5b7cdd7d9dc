package population

import (
	"slices"
	"testing"
)

// The codes of domain/roster.md.
var codes = []string{"required", "format", "checksum", "birth_date", "sex_mismatch", "born_mismatch", "date_format",
	"date_incomplete", "future_date", "under_18_at_admission", "confirmed_before_one_year", "confirmed_before_admitted",
	"confirmed_missing", "unknown_organisation", "unknown_code", "phone_format", "duplicate_in_file", "duplicate_person",
	"scientific_notation", "lost_date_without_flag"}

func TestTheFaultySheetHasEveryFaultOnce(t *testing.T) {
	for _, p := range []Plan{{Members: 20_000, Seed: 1}, {Members: 60, Seed: 2}, {Members: 10, Organisations: 5, Seed: 3}} {
		c := build(t, p)
		rows, faults := FaultySheet(c, c.FirstTown)
		again, _ := FaultySheet(build(t, p), c.FirstTown)
		if !slices.EqualFunc(rows, again, slices.Equal) {
			t.Error("the sheet differs from one time to the next")
		}
		counted := map[string]int{}
		for _, f := range faults {
			counted[f.Code]++
			if f.Row < 4 || f.Row > len(rows) || rows[f.Row-1][0] == "" {
				t.Errorf("fault %+v is at no row", f)
			}
		}
		for _, code := range codes {
			if n := counted[code]; n != 1 && !(code == "duplicate_in_file" && n == 2) {
				t.Errorf("%d members: %s is there %d times", p.Members, code, n)
			}
		}
		if len(counted) != len(codes) {
			t.Errorf("faults %v", counted)
		}
	}
}

func TestSheetsHoldNewPeopleOnly(t *testing.T) {
	c := build(t, Plan{Members: 20_000, Seed: 1})
	known := map[string]bool{}
	for m := range c.Members() {
		known[m.Identity] = true
	}
	rows, faults := FaultySheet(c, c.FirstTown)
	met := 0
	for _, row := range rows[3:] {
		if known[row[4]] {
			met++
		}
	}
	if met != 1 {
		t.Errorf("%d people of the sheet are members already, want the one of duplicate_person", met)
	}
	if len(faults) == 0 {
		t.Fatal("no faults")
	}
	people := 0
	town := c.FirstTown
	book := Workbook(c, town, 30)
	if len(book) != 14 {
		t.Errorf("%d sheets, want one a branch", len(book))
	}
	for _, s := range book {
		for _, row := range s.Rows {
			for _, cell := range row {
				if len(cell) == 18 && cell[:2] == "66" {
					people++
					if known[cell] {
						t.Fatal("somebody stands twice, or is a member already")
					}
					known[cell] = true
				}
			}
		}
	}
	if people != 14*30 {
		t.Errorf("%d people", people)
	}
}

func TestATownWithoutMembersHasNoSheet(t *testing.T) {
	c := build(t, Plan{Members: 10, Seed: 1})
	for at, o := range c.Organisations {
		if o.Kind == Committee && c.home(at) < 0 {
			if rows, faults := FaultySheet(c, at); rows != nil || faults != nil || Workbook(c, at, 5) != nil {
				t.Error("a sheet out of nothing")
			}
			return
		}
	}
	t.Fatal("every town of ten members has members")
}
