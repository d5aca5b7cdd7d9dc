package expression

import (
	"strings"
	"testing"

	"zhibu/internal/fault"
)

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		of   Subject
		text string
		with map[string]any
		want bool
	}{
		{Branch, "true", nil, true},
		{Branch, "branch.members >= 7 && meetings.lecture >= 1", map[string]any{"branch.members": int64(7), "meetings.lecture": int64(1)}, true},
		{Branch, "branch.members >= 7 && meetings.lecture >= 1", map[string]any{"branch.members": int64(6), "meetings.lecture": int64(1)}, false},
		{Branch, `branch.unit in ["village", "community"]`, map[string]any{"branch.unit": "village"}, true},
		{Branch, `branch.kind != "temporary-branch" && !branch.has_committee`, map[string]any{"branch.kind": "branch"}, true},
		{Member, "study.hours >= 8.0 || member.care", map[string]any{"study.hours": 7.5}, false},
		{Member, "study.hours >= 8.0 || member.care", map[string]any{"study.hours": 8.0}, true},
		{Member, `member.status == "full" && period.quarter == 4`, map[string]any{"member.status": "full", "period.quarter": int64(4)}, true},
	} {
		cond, err := Read(c.of, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got, err := cond.Holds(c.with); got != c.want || err != nil {
			t.Errorf("%s of %v: %v, %v", c.text, c.with, got, err)
		}
	}
}

// What cannot be a condition is refused when it is entered, with a sentence that says where.
func TestWrongConditionsAreSentences(t *testing.T) {
	for _, c := range []struct {
		of         Subject
		text, says string
	}{
		{Branch, "", "请写条件"},
		{Branch, "branch.member >= 7", "第 1 个字处：没有“branch.member”"},
		{Branch, "member.care", "没有“member.care”"},
		{Member, "branch.members > 1", "没有“branch.members”"},
		{Branch, "branch.members", "现在得出的是整数"},
		{Branch, `branch.members >= "7"`, "种类不同"},
		{Member, "study.hours >= 8", ""}, // numbers of both kinds compare
		{Branch, "branch.members >=", "写法不对"},
		{Branch, "branch.members ＞ 7", "写法不对"},
		{Branch, strings.Repeat("(", 40) + "true" + strings.Repeat(")", 40), "复杂"},
		{Branch, "true" + strings.Repeat(" || true", 60), "最多"},
		{Branch, "1 / branch.members > 0", "算不了"},
		{Branch, "[1, 2, 3].exists(x, x > branch.members)", "第"},
		{"org", "true", "党支部还是"},
	} {
		_, err := Read(c.of, c.text)
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		if fault.Of(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.text, err, c.says)
		}
	}
}

// Reading never panics, and what was read answers about any facts within its bounds.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"true", "branch.members >= 7 && meetings.lecture >= 1", `branch.unit in ["village"]`, "period.month % 3 == 0", "!branch.has_committee",
		`branch.unit.matches("(a+)+$")`, "size(branch.unit) > 3 ? true : false", "-9223372036854775808 < branch.groups", "((((", "1 / 0 == 1", "b'\\xff' == b''", "duration('1s') > duration('2s')"} {
		f.Add(text, int64(3), "village")
	}
	f.Fuzz(func(t *testing.T, text string, n int64, unit string) {
		c, err := Read(Branch, text)
		if err != nil {
			if fault.Of(err) != fault.Invalid {
				t.Fatalf("%q: %v is no sentence", text, err)
			}
			return
		}
		_, err = c.Holds(map[string]any{"branch.members": n, "branch.unit": unit, "period.month": n})
		if err != nil && fault.Of(err) != fault.Invalid {
			t.Fatalf("%q: %v is no sentence", text, err)
		}
	})
}
