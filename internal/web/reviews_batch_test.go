package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// The clean rows of an import are approved together by the reviewer, and by nobody who entered them.
func TestCleanRowsAreApprovedTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		worker, reviewer, stranger := h.sit("party-worker", 1), h.sit("reviewer", 1), h.sit("branch-secretary", 2)
		content, names := sheetOf(t, 97, 8, func(_ int, row []string) { row[3] = h.branchOf(1).ShortName })
		_, _, at := worker.hand("/imports/new", url.Values{"org": {h.Town().ID}}, "石桥镇党员名册.csv", content)
		batch := strings.TrimSuffix(at, "/columns")
		worker.send(at, url.Values{"use-0": {"yes"}})
		worker.until(batch, "写入 8 行")
		worker.send(batch+"/run", nil)
		worker.until(batch, "撤回这一批")

		has(t, reviewer.page("/reviews"), "整批导入", "石桥镇党员名册.csv", "一并通过 7 行", names[0]) // one has a warning
		lacks(t, worker.page("/reviews"), "一并通过 ")
		lacks(t, stranger.page("/reviews"), "石桥镇党员名册.csv")
		id := url.Values{"batch": {strings.TrimPrefix(batch, "/imports/")}}
		if status, body, _ := worker.send("/reviews", id); status < 400 {
			t.Errorf("approved by whoever entered them: %d\n%s", status, text(body))
		}
		if status, _, _ := stranger.send("/reviews", id); status != http.StatusNotFound && status != http.StatusForbidden {
			t.Errorf("approved by a stranger: %d", status)
		}
		if status, body, to := reviewer.send("/reviews", id); status != http.StatusSeeOther || to != "/reviews" {
			t.Fatalf("%d to %q\n%s", status, to, text(body))
		}
		lacks(t, reviewer.until("/reviews", "新登记 1"), "一并通过 ") // it waits to be looked at
		h.Sound()
	})
}
