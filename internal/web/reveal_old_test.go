package web

import (
	"net/http"
	"testing"

	"zhibu/internal/web/view"
)

// TestAnEarlierAddressIsShownForAPurpose: from the history to the full value, with the look that the member sees; not to
// whom the role does not show addresses, and nothing of another record.
func TestAnEarlierAddressIsShownForAPurpose(t *testing.T) {
	c := house(t)
	b := c.as(t, "branch-secretary", 1)
	m, o := c.memberOf(t, 1, 15), c.memberOf(t, 1, 16)
	at := view.PathFactNew(m.ID) + "?kind=was.address"
	f := form(t, b.see(at), view.PathFactNew(m.ID))
	for k, x := range map[string]string{"kind": "was.address", "text": "大河县石桥镇老街 7 号", "to-y": "2021", "to-m": "5", "to-d": "1", "reason": "旧登记表", "source": ""} {
		f.Set(k, x)
	}
	if sent := b.post(view.PathFactNew(m.ID), f); sent.status != http.StatusSeeOther {
		t.Fatalf("entered: %d %s", sent.status, plainText(sent.body))
	}
	b.review(m.ID)
	history := b.see(view.PathHistory(m.ID, "address"))
	hasNot(t, history, "老街")
	has(t, history, "说明用途后查看")
	to := view.PathMemberAct(m.ID, "reveal") + "?what=was" + unescape(cutOut(history, "reveal?what=was", `"`))
	what := cutOut(b.see(to), `value="was address `, `"`)
	reveal := view.PathMemberAct(m.ID, "reveal")
	f = form(t, b.see(to), reveal)
	f["what"] = []string{"was address " + what}
	f.Set("purpose", "")
	if none := b.post(reveal, f); none.status != http.StatusUnprocessableEntity {
		t.Errorf("without a purpose: %d", none.status)
	}
	f.Set("purpose", "verify-identity")
	has(t, b.post(reveal, f).body, "以前的家庭住址", "大河县石桥镇老街 7 号", "已通知本人")
	has(t, b.see(view.PathMemberAct(m.ID, "looks")), "查看完整内容")
	other := view.PathMemberAct(o.ID, "reveal")
	if got := b.post(other, f); got.status != http.StatusNotFound {
		t.Errorf("of another record: %d", got.status)
	}
	committee := c.as(t, "branch-committee", 1)
	hasNot(t, committee.see(view.PathMember(m.ID)), "老街")
	if got := committee.post(reveal, f); got.status == http.StatusOK {
		t.Error("shown to a role that sees no addresses")
	}
}
