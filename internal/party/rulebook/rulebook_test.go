package rulebook

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"zhibu/internal/civil"
)

func TestShippedRulesStandOnArticles(t *testing.T) {
	b := Default()
	for _, id := range []string{"D-01", "D-36", "GB-11643", "GB-32100"} {
		if !slices.Contains(b.IDs(), id) {
			t.Errorf("%s is missing", id)
		}
	}
	for _, id := range b.IDs() {
		open := 0
		for i, r := range b.Versions(id) {
			if r.Article == "" || r.Regulation == "" || !strings.Contains("VPM", string(r.Certainty)) || r.Certainty == "" {
				t.Errorf("%s %s: article %q, certainty %q", id, r.Version, r.Article, r.Certainty)
			}
			if r.To.IsZero() {
				open++
			}
			if v := b.Versions(id); i > 0 && v[i-1].To.AddDays(1) != r.From {
				t.Errorf("%s: a day is missing or doubled before version %s", id, r.Version)
			}
		}
		if expired := id == "M-05" || id == "M-06"; open != 1 && !expired { // the plan of 2019–2023 has no successor yet
			t.Errorf("%s: %d versions are in force today, want one", id, open)
		}
	}
}

func TestVersionInForce(t *testing.T) {
	for _, c := range []struct{ day, version string }{
		{"1982-09-05", ""}, {"1982-09-06", "1982"}, {"2014-05-27", "1982"}, {"2014-05-28", "2014"},
		{"2026-05-17", "2014"}, {"2026-05-18", "2026"}, {"2040-01-01", "2026"},
	} {
		r, ok := Default().On("D-36", civil.MustParse(c.day))
		if r.Version != c.version || ok != (c.version != "") {
			t.Errorf("%s: version %q, want %q", c.day, r.Version, c.version)
		}
	}
	r, _ := Default().On("D-36", civil.MustParse("2020-01-01"))
	if r.Int("probation_years") != 1 || r.Date("since") != civil.MustParse("1982-09-06") {
		t.Errorf("parameters %v", r.Parameters())
	}
	if _, ok := Default().On("D-99", civil.MustParse("2020-01-01")); ok {
		t.Error("a rule nobody wrote is in force")
	}
}

func TestCheckDates(t *testing.T) {
	for _, c := range []struct {
		name                               string
		born, applied, admitted, confirmed string
		want                               string // field:fault, with ! where binding
	}{
		{"all right", "1980-01-01", "2000-01-01", "2002-07-01", "2003-07-01", ""},
		{"one day early", "1980-01-01", "", "2002-07-01", "2003-06-30", "confirmed:confirmed_before_one_year!"},
		{"admitted on 29 February, confirmed on the 28th", "1980-01-01", "", "2004-02-29", "2005-02-28", ""},
		{"admitted on 29 February, confirmed on the 27th", "1980-01-01", "", "2004-02-29", "2005-02-27", "confirmed:confirmed_before_one_year!"},
		{"the day of the 12th Congress", "1950-01-01", "", "1982-09-06", "1983-09-05", "confirmed:confirmed_before_one_year!"},
		{"the day before", "1950-01-01", "", "1982-09-05", "1982-09-05", "confirmed:confirmed_before_one_year"},
		{"confirmed first", "1950-01-01", "", "1970-01-02", "1970-01-01", "confirmed:confirmed_before_admitted!"},
		{"eighteenth birthday", "2000-05-01", "", "2018-05-01", "", ""},
		{"the day before it", "2000-05-01", "", "2018-04-30", "", "admitted:under_18_at_admission!"},
		{"born on 29 February", "2000-02-29", "", "2018-02-28", "", ""},
		{"a child soldier of 1948", "1932-05-01", "", "1948-04-30", "", "admitted:under_18_at_admission"},
		{"application too early", "2009-05-01", "2027-04-30", "", "", "applied:under_18_at_application!"},
		{"tomorrow", "1980-01-01", "", "2026-11-24", "", "admitted:future_date!"},
		{"nothing known", "", "", "", "", ""},
	} {
		today := civil.MustParse("2026-11-23")
		if c.name == "application too early" {
			today = civil.MustParse("2028-01-01")
		}
		var got []string
		for _, f := range Default().CheckDates(Dates{day(c.born), day(c.applied), day(c.admitted), day(c.confirmed), today}) {
			s := f.Field + ":" + string(f.Fault)
			if f.Binding {
				s += "!"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestBrokenShelvesAreRefused(t *testing.T) {
	const head = "- id: X-1\n  title: 试\n  versions:\n"
	const version = "    - {version: a, regulation: r, article: 一, from: 2000-01-01, to: 2001-01-01, wording: w, certainty: V, source: s}\n"
	for name, text := range map[string]string{
		"unknown key":        head + strings.Replace(version, "source: s", "source: s, colour: red", 1),
		"no article":         head + strings.Replace(version, "article: 一, ", "", 1),
		"no certainty":       head + strings.Replace(version, "certainty: V, ", "", 1),
		"no such day":        head + strings.Replace(version, "2000-01-01", "2000-02-30", 1),
		"ends before begins": head + strings.Replace(version, "to: 2001", "to: 1999", 1),
		"versions overlap":   head + version + strings.Replace(version, "from: 2000-01-01", "from: 2001-01-01", 1),
		"twice":              head + version + head + version,
		"no versions":        "- {id: X-1, title: 试}\n",
	} {
		if _, err := Read(fstest.MapFS{"rules/x.yaml": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s: accepted", name)
		} else if !strings.Contains(err.Error(), "x.yaml 第 ") || !strings.Contains(err.Error(), "X-1") {
			t.Errorf("%s: the sentence does not name file, line and rule: %v", name, err)
		}
	}
	if _, err := Read(fstest.MapFS{"rules/x.yaml": {Data: []byte(head + version)}}); err != nil {
		t.Errorf("the right shelf is refused: %v", err)
	}
}

func day(s string) civil.Date {
	if s == "" {
		return civil.Date{}
	}
	return civil.MustParse(s)
}

// Every version of every rule can be read in English, by whoever reads no Chinese, and two of one rule that say different things
// say so there too.
func TestEveryRuleHasEnglish(t *testing.T) {
	for _, id := range Default().IDs() {
		said := map[string]string{}
		for _, r := range Default().Versions(id) {
			en := r.InEnglish()
			if en.Title == r.Title || en.Wording == r.Wording || strings.ContainsFunc(en.Title+en.Wording, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
				t.Errorf("%s %s is not in English: %q, %q", id, r.Version, en.Title, en.Wording)
			}
			if was, known := said[en.Wording]; known && was != r.Wording {
				t.Errorf("%s: %q and %q are the same in English", id, was, r.Wording)
			}
			said[en.Wording] = r.Wording
		}
	}
}
