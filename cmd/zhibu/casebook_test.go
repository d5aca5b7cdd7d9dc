package main

import (
	"os"
	"path/filepath"
	"testing"

	"zhibu/internal/party/casebook"
)

// One line a case, then the count; 0 when all agree, 1 when one does not, 2 when a file cannot be read.
func TestCasebookCommand(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "cases.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const right = "- {id: right, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2026-01-05}, expect: {monthly: 15}}\n"
	const wrong = "- {id: wrong, rule: [F-02], kind: dues, given: {source: wage, base: 3000, on: 2026-01-05}, expect: {monthly: 16}}\n"
	if s := zhibu("casebook", file(right)).ends(t, 0); s.out != "ok right\n1 passed, 0 failed\n" {
		t.Errorf("%q", s.out)
	}
	if s := zhibu("casebook", file(right), file(wrong)).ends(t, 1); s.out != "ok right\nFAIL wrong: expected monthly 16.00 got 15.00\n1 passed, 1 failed\n" {
		t.Errorf("%q", s.out)
	}
	zhibu("casebook", file(right+"- {id: odd, colour: red}\n")).ends(t, 2, "cases.yaml:2: colour: ")
	zhibu("casebook", "--lang", "en", file("- {id: odd, colour: red}\n")).ends(t, 2, "Unknown key.")
	zhibu("casebook", filepath.Join(t.TempDir(), "none.yaml")).ends(t, 2, "none.yaml")
	zhibu("casebook").ends(t, 2)
	report := facts[struct {
		Cases          []casebook.Outcome
		Passed, Failed int
	}](t, zhibu("casebook", "--json", file(right+wrong)).ends(t, 1))
	if report.Passed != 1 || report.Failed != 1 || len(report.Cases) != 2 || report.Cases[0].Rules[0].Article != "第二条" ||
		report.Cases[0].Arithmetic[0] != "基数 3000.00 元 × 0.5% ＝ 15.00 元" {
		t.Errorf("%+v", report)
	}
}
