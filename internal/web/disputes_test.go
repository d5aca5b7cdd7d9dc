package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/store"
)

// TestADoubtFromRaisingToAnswer walks the pages: who answers stands with the field, the record says that it is doubted,
// the steward finds it on her workbench and answers, and the member is told.
func TestADoubtFromRaisingToAnswer(t *testing.T) {
	h := openHouse(t, store.Config{})
	her, steward := h.sit("member", 1), h.sit("branch-committee", 1)
	record := "/members/" + h.Person("member", 1).Member
	if body := her.page(record + "/history/work"); !strings.Contains(body, "组织委员") || !strings.Contains(body, record+"/dispute/work") {
		t.Error("the history does not say who answers, or how to doubt it")
	}
	if status, _, _ := her.send(record+"/dispute/work", url.Values{"content": {" "}}); status != http.StatusUnprocessableEntity {
		t.Errorf("without a word: %d", status)
	}
	status, _, to := her.send(record+"/dispute/work", url.Values{"content": {"早已返乡创业"}})
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/disputes/") {
		t.Fatalf("raised: %d to %q", status, to)
	}
	if body := her.page("/me"); !strings.Contains(body, "有异议") || !strings.Contains(body, to) {
		t.Error("the record does not say that it is doubted")
	}
	if body := steward.page("/"); !strings.Contains(body, to) {
		t.Error("nothing on the steward's workbench")
	}
	if body := steward.page("/disputes"); !strings.Contains(body, to) || strings.Contains(body, "早已返乡创业") {
		t.Error("not in the queue, or with its text")
	}
	if body := steward.page(to); !strings.Contains(body, "早已返乡创业") || !strings.Contains(body, `value="settle"`) {
		t.Error("the steward cannot answer")
	}
	if body := her.page(to); strings.Contains(body, `value="settle"`) {
		t.Error("she could answer herself")
	}
	if status, _, _ := h.sit("branch-secretary", 2).get(to); status != http.StatusNotFound {
		t.Errorf("a sibling branch: %d", status)
	}
	answer := url.Values{"act": {"settle"}, "form-version": {"1"}, "outcome": {"kept"}, "cause": {"none"}}
	if status, _, _ := steward.send(to, answer); status != http.StatusUnprocessableEntity {
		t.Errorf("without a word of answer: %d", status)
	}
	answer.Set("answer", "对照村委会证明，岗位属实")
	if status, body, _ := steward.send(to, answer); status != http.StatusSeeOther {
		t.Fatalf("answered: %d %s", status, body)
	}
	if body := her.page("/messages"); !strings.Contains(body, to) {
		t.Error("she is not told")
	}
	if body := her.page(to); !strings.Contains(body, "对照村委会证明") {
		t.Error("she does not see the answer")
	}
	if body := her.page("/me"); strings.Contains(body, "看异议") {
		t.Error("the record still says that it is doubted")
	}
}

// TestWhoAnswersForWhat: the table stands for everybody who may know of the organisation, and is changed by who may.
func TestWhoAnswersForWhat(t *testing.T) {
	h := openHouse(t, store.Config{})
	b := h.branchOf(1)
	for _, role := range []string{"member", "branch-secretary", "reviewer", "auditor"} {
		if body := h.sit(role, 1).page("/stewards"); !strings.Contains(body, "联系方式") {
			t.Errorf("%s sees no table", role)
		}
	}
	if status, _, _ := h.sit("branch-secretary", 2).get("/stewards?org=" + b.ID); status != http.StatusNotFound {
		t.Errorf("a sibling branch: %d", status)
	}
	secretary := h.sit("branch-secretary", 1)
	form := url.Values{"act": {"set"}, "org": {b.ID}, "kind": {"contact"}, "level": {"branch"}, "steward": {"secretary"}, "reviewer": {"reviewer"}, "from": {"2026-11-23"}}
	if status, _, _ := secretary.send("/stewards", form); status != http.StatusUnprocessableEntity {
		t.Errorf("without a basis: %d", status)
	}
	form.Set("basis", "支部党员大会决议")
	if status, _, _ := h.sit("branch-committee", 1).send("/stewards", form); status != http.StatusForbidden {
		t.Errorf("a member of the branch committee: %d", status)
	}
	if status, _, to := secretary.send("/stewards", form); status != http.StatusSeeOther || to != "/stewards?org="+b.ID {
		t.Fatalf("decided: %d to %q", status, to)
	}
	if body := secretary.page("/stewards?org=" + b.ID); !strings.Contains(body, "支部党员大会决议") {
		t.Error("the decision is not on the page")
	}
}

// TestQualityOpensItsLists: each number leads to the list it counts, for the own level and below, and to nobody else's;
// those below stand in the order of the tree and nothing on the page ranks them.
func TestQualityOpensItsLists(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, b := h.sit("party-worker", 1), h.branchOf(1)
	record := "/members/" + h.Person("member", 1).Member
	if status, _, _ := h.sit("member", 1).send(record+"/dispute/work", url.Values{"content": {"早已返乡创业"}}); status != http.StatusSeeOther {
		t.Fatal("not raised")
	}
	town := worker.page("/quality")
	list := "/disputes?org=" + h.Town().ID
	if !strings.Contains(town, list) || !strings.Contains(town, "/quality?org="+b.ID) {
		t.Error("numbers lead nowhere")
	}
	first, second := strings.Index(town, h.branchOf(1).ID), strings.Index(town, h.branchOf(2).ID)
	if (first < second) != (h.branchOf(1).Path < h.branchOf(2).Path) {
		t.Error("not in the order of the tree")
	}
	if body := worker.page(list); !strings.Contains(body, `href="/disputes/0`) {
		t.Error("the list has not what was counted")
	}
	if status, _, _ := worker.get("/reviews?what=changes&org=" + b.ID + "&older=7"); status != http.StatusOK {
		t.Errorf("reviews of a branch by age: %d", status)
	}
	if status, _, _ := h.sit("branch-secretary", 2).get("/reviews?org=" + b.ID); status != http.StatusNotFound {
		t.Errorf("reviews of a sibling: %d", status)
	}
	for _, fact := range []string{"ethnicity", "education", "occupation", "mobile", "address", "confirmed"} {
		if status, body, _ := worker.get("/members?org=" + b.ID + "&state=missing-" + fact); status != http.StatusOK || strings.Contains(body, "%!") {
			t.Errorf("records without %s: %d", fact, status)
		}
	}
	if status, _, _ := worker.get("/members?state=missing-emperor"); status != http.StatusNotFound {
		t.Errorf("a fact that is none: %d", status)
	}
	if status, _, _ := h.sit("branch-secretary", 2).get("/quality?org=" + b.ID); status != http.StatusNotFound {
		t.Errorf("a sibling's figures: %d", status)
	}
}
