package web

import (
	"net/http"
	"testing"

	"zhibu/internal/web/view"
)

// TestDaysOfAHistoryThatCannotBe: the page says at which field and why, and keeps what was typed.
func TestDaysOfAHistoryThatCannotBe(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	path := view.PathMember(c.plainMemberOf(t, 1, 9).ID)
	try := func(sentence string, typed map[string]string) {
		t.Helper()
		f := form(t, b.see(path+"/facts?kind="+typed["kind"]), path+"/facts")
		for k, x := range typed {
			f.Set(k, x)
		}
		f.Set("text", "村里的老会计")
		f.Set("reason", "整理旧档案")
		sent := b.post(path+"/facts", f)
		if sent.status != http.StatusUnprocessableEntity && sent.status != http.StatusConflict {
			t.Fatalf("%s: %d to %s", sentence, sent.status, sent.to)
		}
		has(t, sent.body, sentence, "村里的老会计", "整理旧档案", `value="`+typed["from-y"]+`"`)
	}
	was := map[string]string{"kind": "was.occupation", "text": "会计", "from-y": "2010", "from-m": "1", "from-d": "1", "to-y": "2015", "to-m": "1", "to-d": "1", "reason": "整理旧档案"}
	approveBy(t, c.as(t, "reviewer", 1), b.must(path+"/facts", was))
	try("日期不能早于出生日期。", map[string]string{"kind": "job", "from-y": "1900", "from-m": "1", "from-d": "1"})
	try("日期不能晚于今天。", map[string]string{"kind": "job", "from-y": "2031", "from-m": "1", "from-d": "1"})
	try("已经有登记", map[string]string{"kind": "was.occupation", "from-y": "2014", "from-m": "6", "from-d": "1", "to-y": "2016", "to-m": "1", "to-d": "1"})
	try("结束日期要晚于开始日期。", map[string]string{"kind": "was.occupation", "from-y": "2009", "from-m": "6", "from-d": "1", "to-y": "2008", "to-m": "1", "to-d": "1"})
	for query, sentence := range map[string]string{"as_of=2031-01-01": "只能看今天和以前的情况。", "as_of=x": "没有这一天，请核对日期。", "known_at=1999-01-01": "那时还没有登记这份信息。"} {
		got := b.get(path + "?" + query)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, got.status)
		}
		has(t, got.body, sentence, "K-12")
	}
}
