package roster

import (
	"fmt"
	"strings"
	"testing"

	"zhibu/internal/population"
)

// The demo's faulty roster, which says itself what is wrong with it, must be found to have just that wrong.
func TestTheDemosFaultySheet(t *testing.T) {
	city, inTown := demoTown(t)
	table, faults := population.FaultySheet(city, city.FirstTown)
	var want, got []string
	for _, f := range faults {
		if f.Code != string(DuplicatePerson) { // only the importer knows who is known
			want = append(want, fmt.Sprintf("%d %s:%s:%s", f.Row, f.Column, f.Level, f.Code))
		}
	}
	book := openBytes(t, sheets(t, sheetOf{"花名册", loose(table)}), "x.xlsx", Options{})
	people := 0
	survey, err := book.Survey(t.Context(), &inTown)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range book.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		people++
		_, problems := Check(row, &inTown)
		if standing, p := survey.Stand(row); standing == Conflict {
			problems = append(problems, p)
		}
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d %s:%s:%s", p.Row, p.Column, p.Level, p.Code))
		}
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("found\n%s\nwant\n%s", g, w)
	}
	if people != len(table)-3-2 {
		t.Errorf("%d people in a sheet of %d rows", people, len(table))
	}
}

func TestTheDemosWorkbookIsRight(t *testing.T) {
	city, inTown := demoTown(t)
	var workbook []sheetOf
	for _, s := range population.Workbook(city, city.FirstTown, 20) {
		rows := loose(s.Rows)
		for _, m := range s.Merged { // as the reader gives a merged cell
			for r := m[0]; r < m[2]; r++ {
				rows[r][m[1]-1] = rows[m[0]-1][m[1]-1]
			}
		}
		workbook = append(workbook, sheetOf{s.Name, rows})
	}
	people := 0
	for _, r := range readAll(t, openBytes(t, sheets(t, workbook...), "x.xlsx", Options{}), &inTown) {
		people++
		if len(r.problems) > 0 {
			t.Errorf("%v", r.problems)
		}
	}
	if people != 14*20 {
		t.Errorf("%d people", people)
	}
}

func demoTown(t *testing.T) (*population.City, Context) {
	t.Helper()
	city, err := population.Build(population.Plan{Members: 20_000, Seed: 1, On: today})
	if err != nil {
		t.Fatal(err)
	}
	below := branches{}
	for at, o := range city.Organisations {
		if city.Below(at, city.FirstTown) && o.Size > 0 {
			below[o.ShortName] = o.Code
		}
	}
	return city, Context{Today: today, Demo: true, Organisations: below}
}

func loose(table [][]string) [][]any {
	rows := make([][]any, len(table))
	for i, row := range table {
		for _, cell := range row {
			rows[i] = append(rows[i], cell)
		}
	}
	return rows
}
