package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/web/view"
)

// TestALifeIsToldAndLookedBackTo: a dated fact by hand, an earlier value, the record as of a day, the history of one
// fact, a correction, and what a role does not see on any day.
func TestALifeIsToldAndLookedBackTo(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	m := c.plainMemberOf(t, 2, 7)
	path := view.PathMember(m.ID)

	late := b.fill(path+"/facts", map[string]string{"kind": "honour", "text": "优秀共产党员", "by": "石桥镇党委", "from-y": "2021", "from-m": "7", "from-d": "1"})
	if late.status != http.StatusUnprocessableEntity {
		t.Fatalf("late without a reason: %d", late.status)
	}
	has(t, late.body, "为什么现在才登记", "优秀共产党员")
	waits := b.must(path+"/facts", map[string]string{"kind": "honour", "text": "优秀共产党员", "by": "石桥镇党委", "from-y": "2021", "from-m": "7", "from-d": "1", "reason": "整理旧档案"})
	has(t, waits, "等另一个人审核", "提出：登记：表彰“优秀共产党员”")
	hasNot(t, waits, "补记")
	reviewer, secretary := c.as(t, "reviewer", 1), c.as(t, "branch-secretary", 2)
	has(t, reviewer.see(reviewOf(t, waits)), "优秀共产党员", "石桥镇党委", "2021-07-01")
	approveBy(t, reviewer, waits)
	has(t, b.see(path), "表彰：优秀共产党员", "石桥镇党委", "补记", "2021-07-01")
	waits = b.must(path+"/facts", map[string]string{"kind": "hardship", "text": "家庭成员长期住院", "from-y": "2025", "from-m": "1", "from-d": "1", "reason": "走访得知"})
	hasNot(t, reviewer.see(path), "家庭成员长期住院", "困难情况")
	hasNot(t, reviewer.see(view.PathReviews), "家庭成员长期住院", "困难情况")
	approveBy(t, secretary, waits)

	earlier := path + "/facts?kind=was.occupation"
	f := form(t, b.see(earlier), path+"/facts")
	for k, x := range map[string]string{"text": "小学代课教师", "from-y": "2015", "from-m": "9", "from-d": "1", "to-y": "2025", "to-m": "9", "to-d": "1", "reason": "整理旧档案"} {
		f.Set(k, x)
	}
	sent := b.post(path+"/facts", f)
	if sent.status != http.StatusSeeOther || sent.to != path {
		t.Fatalf("an earlier occupation: %d to %s %s", sent.status, sent.to, plainText(sent.body))
	}
	hasNot(t, b.see(path+"/history/work"), "小学代课教师")
	approveBy(t, reviewer, b.see(path))
	has(t, b.see(path+"/history/work"), "小学代课教师", "2015-09-01 至 2025-09-01", "2025-09-01起", "登记和更正的经过", "导入花名册")

	was := b.see(path + "?as_of=2025-07-01")
	has(t, was, "这是 2025 年 7 月 1 日的情况。", "小学代课教师", "从 2015 年 9 月 1 日起", "表彰：优秀共产党员", `href="`+path+`"`)
	hasNot(t, was, "/mend/", "/facts/", "更正或作废", "档案完整")
	hasNot(t, b.see(path), "小学代课教师")
	has(t, b.see(path+"?as_of=1950-01-01"), "还没有入党")
	if got := b.get(path + "?known_at=2020-01-01"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("before it was entered: %d", got.status)
	}

	// The branch committee sees honours and no hardship, on no day.
	committee := c.as(t, "reviewer", 1)
	for _, day := range []string{"", "?as_of=2025-07-01"} {
		seen := committee.see(path + day)
		has(t, seen, "表彰：优秀共产党员")
		hasNot(t, seen, "家庭成员长期住院", "困难情况", "更正或作废")
	}

	// A correction keeps what was wrong in the history; a fact that should not be is taken back.
	fact := regexpFact.FindAllString(b.see(path+"/history/work"), -1)
	if len(fact) != 1 {
		t.Fatalf("links to correct: %v", fact)
	}
	approveBy(t, reviewer, b.must(fact[0], map[string]string{"to-y": "2024", "reason": "合同上是另一天"}))
	has(t, b.see(path+"/history/work"), "2015-09-01 至 2024-09-01", "已作废", "2015-09-01 至 2025-09-01")
	now := regexpFact.FindAllString(b.see(path+"/history/work"), -1)
	f = form(t, b.see(now[0]), now[0])
	f.Set("act", "retire")
	f.Set("retire-reason", "不是本人")
	if sent := b.post(now[0], f); sent.status != http.StatusSeeOther {
		t.Errorf("taken back: %d", sent.status)
	}
	approveBy(t, reviewer, b.see(path))
	if strings.Count(b.see(path+"/history/work"), "已作废") != 2 {
		t.Error("what was taken back is not in the history")
	}
}

var regexpReview = regexp.MustCompile(`/reviews/[0-9A-Z]{20,}`)

// reviewOf is the address of what a record's page says waits.
func reviewOf(t *testing.T, page string) string {
	t.Helper()
	at := regexpReview.FindString(page)
	if at == "" {
		t.Fatalf("nothing waits: %s", plainText(page))
	}
	return at
}

// approveBy lets somebody approve what a record's page says waits.
func approveBy(t *testing.T, b *browser, page string) {
	t.Helper()
	at := reviewOf(t, page)
	if sent := b.post(at+"/approve", b.form(at, at+"/approve")); sent.status != http.StatusSeeOther {
		t.Fatalf("approving %s: %d %s", at, sent.status, plainText(sent.body))
	}
}
