package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// hrefs are the addresses on a page that match.
func hrefs(page, pattern string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`href="(`+pattern+`)"`).FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestAnImportComesBackAndIsApproved: the worker's import waits for the reviewer, comes back with two returns, is mended
// and approved; the import's own page counts it and leads to each of them.
func TestAnImportComesBackAndIsApproved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		worker, reviewer := h.sit("party-worker", 1), h.sit("reviewer", 1)
		content, _ := sheetOf(t, 95, 6, func(_ int, row []string) { row[3] = h.branchOf(1).ShortName })
		_, _, at := worker.hand("/imports/new", url.Values{"org": {h.Town().ID}}, "石桥镇党员名册.csv", content)
		batch := strings.TrimSuffix(at, "/columns")
		worker.send(at, url.Values{"use-0": {"yes"}})
		worker.until(batch, "写入 6 行")
		worker.send(batch+"/run", nil)
		page := worker.until(batch, "撤回这一批")
		queue := "/reviews?batch=" + strings.TrimPrefix(batch, "/imports/")
		has(t, page, "审核情况", `href="`+queue+`"`)

		waiting := hrefs(reviewer.page(queue), `/reviews/[0-9A-Z]{26}`)
		if len(waiting) != 6 {
			t.Fatalf("%d wait", len(waiting))
		}
		for i, reason := range []string{"学历与证书不符", "入党日期请核对志愿书"} {
			form := reviewer.page(waiting[i])
			if status, body, _ := reviewer.send(waiting[i]+"/return", url.Values{"form-version": {versionOn(t, form)}, "reason": {reason}}); status != http.StatusSeeOther {
				t.Fatalf("returning: %d %s", status, text(body))
			}
		}
		page = worker.page(batch)
		has(t, page, "审核人退回的，请改", "退回：学历与证书不符", "退回：入党日期请核对志愿书")
		back := hrefs(page, `/members/[0-9A-Z]{26}`)
		if len(back) < 2 {
			t.Fatalf("links to mend: %v", back)
		}
		seen := map[string]bool{}
		for _, record := range back {
			if seen[record] {
				continue
			}
			seen[record] = true
			has(t, worker.page(record), "退回：", "再排到审核", `href="`+record+`/mend/education"`)
			form := worker.page(record + "/mend/education")
			values := url.Values{"form-version": {versionOn(t, form)}, "value": {"大学专科毕业"}, "source": {sourceOn(t, form)}, "reason": {"对照证书"}}
			if status, body, _ := worker.send(record+"/mend/education", values); status != http.StatusSeeOther {
				t.Fatalf("mending: %d %s", status, text(body))
			}
		}
		lacks(t, worker.page(batch), "审核人退回的，请改")
		for _, one := range waiting {
			if status, body, _ := worker.send(one+"/approve", url.Values{"form-version": {versionOn(t, reviewer.page(one))}}); status != http.StatusForbidden {
				t.Errorf("approved by whoever imported it: %d %s", status, text(body))
			}
			if status, body, _ := reviewer.send(one+"/approve", url.Values{"form-version": {versionOn(t, reviewer.page(one))}}); status != http.StatusSeeOther {
				t.Fatalf("approving: %d %s", status, text(body))
			}
		}
		n, err := h.Reviews.Standing(t.Context(), h.Everything(), strings.TrimPrefix(batch, "/imports/"))
		if err != nil || n.Approved != 6 || n.Waiting+n.Returned != 0 {
			t.Errorf("%+v, %v", n, err)
		}
		h.Sound()
	})
}

// sourceOn is some document that a form offers as evidence.
func sourceOn(t *testing.T, form string) string {
	t.Helper()
	_, list, _ := strings.Cut(form, `name="source"`)
	for _, m := range regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(list, -1) {
		return m[1]
	}
	t.Fatal("no evidence is offered")
	return ""
}

// proposal lets the worker propose another occupation for the n-th member of the secretary's branch, and gives the
// record, the address of what waits, and its page for whoever asks.
func (h *house) proposal(t *testing.T, worker *desk, n int, word string) (m member.Member, review string) {
	t.Helper()
	list, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: h.branchOf(1).Path, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list.Items {
		var held int
		if found, err := h.Everything().One(t.Context(), "SELECT 1 FROM {account} WHERE member_id = ?", []any{one.ID}, &held); err != nil || found {
			continue
		}
		if n--; n < 0 {
			m = one
			break
		}
	}
	form := worker.page("/members/" + m.ID + "/mend/work")
	values := url.Values{"form-version": {versionOn(t, form)}, "value": {word}, "source": {sourceOn(t, form)}, "reason": {"本人说明"}}
	if status, body, _ := worker.send("/members/"+m.ID+"/mend/work", values); status != http.StatusSeeOther {
		t.Fatalf("proposing: %d %s", status, text(body))
	}
	at := hrefs(worker.page("/members/"+m.ID), `/reviews/[0-9A-Z]{26}`)
	if len(at) == 0 {
		t.Fatal("the record does not lead to what waits")
	}
	return m, at[0]
}

// TestOnePersonDoesNotReviewAlone: over the pages. A second account of whoever entered it, and a reviewer who has lost
// the post since the page was shown, are refused, and nothing becomes a fact.
func TestOnePersonDoesNotReviewAlone(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, reviewer := h.sit("party-worker", 1), h.sit("reviewer", 1)
	m, review := h.proposal(t, worker, 0, "村医")
	other, _ := h.proposal(t, worker, 1, "教师")
	set := func(table, id string, values ...store.Value) {
		t.Helper()
		err := h.Ledger.Do(t.Context(), ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
			_, err := tx.Update(t.Context(), table, store.ByID(id), values...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	form := reviewer.page(review)
	has(t, form, review+"/approve")
	approve := url.Values{"form-version": {versionOn(t, form)}}
	person, entered := h.Person("reviewer", 1), h.Person("party-worker", 1)
	was, wasEntered := person.Member, entered.Member
	set("account", person.Account, store.Set("member_id", other.ID)) // both accounts turn out to be one person's
	set("account", entered.Account, store.Set("member_id", other.ID))
	status, body, _ := reviewer.send(review+"/approve", approve)
	if status != http.StatusForbidden {
		t.Errorf("approved by a second account: %d", status)
	}
	has(t, body, "录入和审核不能是同一个人")
	lacks(t, reviewer.page(review), review+"/approve")
	set("account", person.Account, store.Set("member_id", was))
	set("account", entered.Account, store.Set("member_id", wasEntered))

	for _, g := range person.Grants { // the post ends while the page is open
		set("grant", g.ID, store.Set("to_on", demotest.On.AddDays(-1).String()))
	}
	if status, _, _ := reviewer.send(review+"/approve", approve); status < 400 {
		t.Errorf("approved by somebody who lost the post a minute ago: %d", status)
	}
	now, err := h.Members.ByID(t.Context(), h.Everything(), m.ID)
	if err != nil || now.Version != m.Version || now.Occupation != m.Occupation {
		t.Errorf("the record has changed: %+v, %v", now, err)
	}
	h.Sound()
}

// TestTwoAtOneChange: what waits is mended while a reviewer reads it. She is told, sees what it is now, and what she has
// written is still there.
func TestTwoAtOneChange(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, reviewer, department := h.sit("party-worker", 1), h.sit("reviewer", 1), h.sit("organisation-department", 1)
	m, review := h.proposal(t, worker, 0, "村医")
	seen := versionOn(t, reviewer.page(review))
	form := worker.page(review + "/correct/work")
	has(t, form, `value="村医"`, "本人说明")
	values := url.Values{"form-version": {versionOn(t, form)}, "value": {"乡村医生"}, "source": {sourceOn(t, form)}, "reason": {"写全"}}
	if status, body, _ := worker.send(review+"/correct/work", values); status != http.StatusSeeOther {
		t.Fatalf("mending what waits: %d %s", status, text(body))
	}
	const typed = "请附工作证明，我已打电话问过"
	status, body, _ := reviewer.send(review+"/return", url.Values{"form-version": {seen}, "reason": {typed}})
	if status != http.StatusConflict {
		t.Errorf("decided on what was no longer there: %d", status)
	}
	has(t, body, "这一条刚刚变了", "乡村医生", typed)
	if status, _, _ := reviewer.send(review+"/return", url.Values{"form-version": {versionOn(t, body)}, "reason": {typed}}); status != http.StatusSeeOther {
		t.Fatalf("returning what is there now: %d", status)
	}
	// The other way round: another reviewer is late.
	if status, body, _ = department.send(review+"/approve", url.Values{"form-version": {seen}}); status != http.StatusConflict {
		t.Errorf("approved what had been returned: %d", status)
	}
	has(t, body, "已经有人办过了", typed)

	// Whoever entered it finds the way to mend it, with what she had typed; on the record as well.
	has(t, worker.page("/members/"+m.ID), typed, "改好再交")
	page := worker.page(review)
	mend := hrefs(page, regexp.QuoteMeta(review)+`/correct/[a-z-]+`)
	if len(mend) == 0 {
		t.Fatalf("no way to mend it: %s", text(page))
	}
	form = worker.page(mend[0])
	has(t, form, `value="乡村医生"`, "写全")
	values = url.Values{"form-version": {versionOn(t, form)}, "value": {"乡村医生"}, "source": {sourceOn(t, form)}, "reason": {"附上工作证明"}}
	values.Set("value", "卫生室医生")
	if status, body, at := worker.send(mend[0], values); status != http.StatusSeeOther || at != review {
		t.Fatalf("handing it in again: %d to %q %s", status, at, text(body))
	}

	// Somebody else is at the same record with another form: what she typed stays, and she is told.
	if status, body, _ = department.send("/members/"+m.ID+"/mend/work", url.Values{"form-version": {versionOn(t, department.page("/members/"+m.ID+"/mend/work"))}, "value": {"护林员"},
		"source": {sourceOn(t, department.page("/members/"+m.ID+"/mend/work"))}, "reason": {"听说"}}); status != http.StatusConflict {
		t.Errorf("a second proposal about the same: %d", status)
	}
	has(t, body, "正在等审核", `value="护林员"`, "听说")

	// Harmless as it is, it is confirmed on the workbench by one tap.
	bench := reviewer.page("/")
	has(t, bench, "待我审核", "改为“卫生室医生”", `name="back" value="workbench"`)
	_, part, _ := strings.Cut(bench, review+`/approve"`)
	if status, _, at := reviewer.send(review+"/approve", url.Values{"form-version": {versionOn(t, part)}, "back": {"workbench"}}); status != http.StatusSeeOther || at != "/" {
		t.Fatalf("confirming: %d to %q", status, at)
	}
	now, err := h.Members.ByID(t.Context(), h.Everything(), m.ID)
	if err != nil || now.Occupation != "卫生室医生" {
		t.Errorf("%q, %v", now.Occupation, err)
	}
	lacks(t, reviewer.page("/"), "待我审核")
	h.Sound()
}

// TestTwoAtOnePendingRecord: a record that nobody has reviewed is mended by whoever entered it while a reviewer reads it,
// and by her colleague while she herself types. Each is told, sees what stands now, and keeps what was typed.
func TestTwoAtOnePendingRecord(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, again, reviewer, department := h.sit("party-worker", 1), h.sit("party-worker", 1), h.sit("reviewer", 1), h.sit("organisation-department", 1)
	values := map[roster.Column]string{roster.Name: "单雄信", roster.IDNumber: "660101198501011236", roster.Category: "正式党员", roster.Joined: "2010-07-01", roster.Confirmed: "2011-07-01",
		roster.Occupation: "农民"}
	values[roster.IDNumber] = checked(values[roster.IDNumber])
	id, problems, err := h.Reviews.Add(t.Context(), h.Actor("party-worker"), h.branchOf(1).ID, values, member.Basis{Reason: "登记", Document: "入党志愿书"})
	if err != nil || roster.Rejected(problems) {
		t.Fatal(problems, err)
	}
	review, mend := "/reviews/"+id, "/members/"+id+"/mend/work"
	seen, open := versionOn(t, reviewer.page(review)), again.page(mend)
	first := worker.page(mend)
	if status, body, _ := worker.send(mend, url.Values{"form-version": {versionOn(t, first)}, "value": {"村医"}, "source": {sourceOn(t, first)}, "reason": {"核对"}}); status != http.StatusSeeOther {
		t.Fatalf("mending: %d %s", status, text(body))
	}
	status, body, _ := again.send(mend, url.Values{"form-version": {versionOn(t, open)}, "value": {"乡村教师"}, "source": {sourceOn(t, open)}, "reason": {"听本人说"}})
	if status != http.StatusConflict {
		t.Errorf("over what somebody has just mended: %d", status)
	}
	has(t, body, "村医", `value="乡村教师"`, "听本人说")

	const typed = "请附工作证明"
	if status, body, _ = reviewer.send(review+"/return", url.Values{"form-version": {seen}, "reason": {typed}}); status != http.StatusConflict {
		t.Errorf("returned what was no longer there: %d", status)
	}
	has(t, body, "这一条刚刚变了", "村医", typed)
	now := versionOn(t, body)
	if status, _, _ := department.send(review+"/approve", url.Values{"form-version": {now}}); status != http.StatusSeeOther {
		t.Fatalf("approving: %d", status)
	}
	if status, _, _ := reviewer.send(review+"/return", url.Values{"form-version": {now}, "reason": {typed}}); status < 400 {
		t.Errorf("returned what another had approved: %d", status)
	}
	m, err := h.Members.ByID(t.Context(), h.Everything(), id)
	if err != nil || m.Review != member.Reviewed || m.Occupation != "村医" {
		t.Errorf("%s %q %v", m.Review, m.Occupation, err)
	}
	h.Sound()
}

// checked gives a citizen ID number its check character.
func checked(n string) string {
	weights, sum := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
	for i, w := range weights {
		sum += int(n[i]-'0') * w
	}
	return n[:17] + string("10X98765432"[sum%11])
}
