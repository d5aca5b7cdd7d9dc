package web_test

import (
	"net/http"
	"testing"

	"zhibu/internal/store"
)

func TestHelpIsForEverybody(t *testing.T) {
	h := openHouse(t, store.Config{})
	for _, d := range []*desk{h.stranger(), h.sit("party-worker", 1)} {
		has(t, d.page("/help"), "您用得着的", "第一次使用")
		has(t, d.page("/help/import"), "日期怎么认")
		has(t, d.page("/privacy"), "逐项说明", "公民身份号码", "第十三、三十三至三十七条", "逐人加密")
		has(t, d.page("/accessibility"), "三种字号")
		if status, _, _ := d.get("/help/nothing"); status != http.StatusNotFound {
			t.Errorf("an unknown topic: %d", status)
		}
	}
}
