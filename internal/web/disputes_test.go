package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/member"
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
	if body := her.page("/inbox"); !strings.Contains(body, "异议已经答复") {
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

// TestHonoursPapersAndOrganisationsAreDoubtedOnPages: the record offers it beside an honour, an opened document and the page
// of an organisation offer it too; each is listed under its name, its page says what it is now, and who sees it not finds
// nothing there.
func TestHonoursPapersAndOrganisationsAreDoubtedOnPages(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, secretary, other := h.sit("party-worker", 1), h.sit("branch-secretary", 1), h.sit("branch-secretary", 2)
	her := h.Person("member", 1)
	record := "/members/" + her.Member
	reviewer := h.Actor("reviewer")
	out, err := h.Reviews.AddFact(t.Context(), h.Actor("party-worker"), her.Member, member.NewFact{Kind: member.Honour, From: demotest.On.AddDays(-30), Text: "优秀共产党员", Document: "石桥党发〔2026〕6 号"})
	if err != nil {
		t.Fatal(err)
	}
	it, err := h.Reviews.Item(t.Context(), h.DB.As(reviewer.Scope), reviewer, out.ID)
	if err == nil {
		err = h.Reviews.Approve(t.Context(), reviewer, out.ID, it.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	links := hrefs(strings.ReplaceAll(secretary.page(record), "&amp;", "&"), record+`/dispute/honour\?about=[0-9A-Z]{26}`)
	if len(links) != 1 {
		t.Fatalf("doubts offered: %v", links)
	}
	has(t, secretary.page(links[0]), "优秀共产党员", "责任人")
	if status, body, _ := secretary.send(links[0], url.Values{"content": {""}}); status != http.StatusUnprocessableEntity {
		t.Errorf("without a word: %d %s", status, text(body))
	}
	status, body, at := secretary.send(links[0], url.Values{"content": {"文件里没有这个人"}})
	if status != http.StatusSeeOther {
		t.Fatalf("an honour: %d %s", status, text(body))
	}
	has(t, worker.page(at), "文件里没有这个人", "优秀共产党员", "表彰")
	for path, want := range map[string]int{strings.Replace(links[0], "honour", "training", 1): 404, record + "/dispute/document?about=01M00000000000000000000000": 404, record + "/dispute/org?about=" + h.branchOf(1).ID: 404} {
		if status, _, _ := secretary.get(path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}

	_, _, papers := secretary.hand(record+"/documents/new", url.Values{"kind": {"certificate"}, "title": {"毕业证书"}}, "d.png", scanned(t, 3))
	doc := hrefs(secretary.page(papers), `/documents/[0-9A-Z]{26}`)[0]
	worker.send(doc, url.Values{"purpose": {"archive"}})
	paper := hrefs(strings.ReplaceAll(worker.page(doc), "&amp;", "&"), record+`/dispute/document\?about=[0-9A-Z]{26}`)
	if len(paper) != 1 {
		t.Fatalf("a document offers %v", paper)
	}
	if status, body, at = worker.send(paper[0], url.Values{"content": {"像是别人的证书"}}); status != http.StatusSeeOther {
		t.Fatalf("a document: %d %s", status, text(body))
	}
	has(t, worker.page(at), "像是别人的证书", "1 页")

	place := "/organisations/" + h.branchOf(1).ID
	has(t, worker.page(place), place+"/dispute")
	if status, body, at = worker.send(place+"/dispute", url.Values{"content": {"联系人已经换人"}}); status != http.StatusSeeOther {
		t.Fatalf("an organisation: %d %s", status, text(body))
	}
	has(t, secretary.page(at), "联系人已经换人", h.branchOf(1).ShortName)
	has(t, worker.page("/disputes"), "党组织资料", "档案材料", "表彰")
	if status, _, _ := worker.send(place+"/dispute", url.Values{"content": {"再来"}}); status != http.StatusUnprocessableEntity && status != http.StatusConflict {
		t.Errorf("twice: %d", status)
	}
	for _, path := range []string{at, place + "/dispute", links[0]} {
		if status, _, _ := other.get(path); status != http.StatusNotFound {
			t.Errorf("%s for a sibling: %d", path, status)
		}
	}
	h.Sound()
}
