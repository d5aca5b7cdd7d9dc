package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// TestAnApplicantStepByStep: a name, an application and what follows, entered where the pages lead; what comes next says who
// acts, by when and why, and a step against the rules is named with its article.
func TestAnApplicantStepByStep(t *testing.T) {
	c := house(t)
	b := c.as(t, "branch-secretary", 1)
	secretary, err := c.in.Access.Named(t.Context(), "branch-secretary")
	if err != nil {
		t.Fatal(err)
	}
	branch := secretary.Grants[0].Org
	list := view.PathAdmissionsOf(branch)
	has(t, b.see(list), "发展党员", "收到入党申请书", "kind=applied")
	id, err := c.in.Logbook.Name(t.Context(), secretary.Actor("test"), branch, "马新禾")
	if err != nil {
		t.Fatal(err)
	}
	has(t, b.see(list), "马新禾", "1. 递交入党申请书", "还没有登记申请")
	today := civil.Today(c.in.Clock)
	enter := func(kind timeline.Kind, on civil.Date) {
		t.Helper()
		if _, err := c.in.Logbook.Add(t.Context(), secretary.Actor("test"), logbook.New{Org: branch, Kind: kind, On: on, People: []string{id}, Reason: "试"}); err != nil {
			t.Fatal(err)
		}
	}
	enter(timeline.Applied, today.AddDays(-40))
	page := b.see(view.PathAdmission(id))
	talk := view.PathAdmissionStep(id, "2")
	has(t, page, "入党申请人", "2. 党组织派人谈话", "已办", "下一步", "逾期", "D-03", talk)

	// The link opens the form of the step; what is missing is asked for and nothing that was typed is lost.
	f := form(t, b.see(talk), talk)
	f["on"], f["talker"] = []string{today.String()}, []string{"组织委员"}
	sent := b.post(talk, f)
	if sent.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	has(t, sent.body, "请填写“内容”", "组织委员")
	f["record"] = []string{"谈了对党的认识"}
	if sent := b.post(talk, f); sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	if got := b.post(view.PathAdmissionStep(id, "8"), url.Values{"csrf": f["csrf"], "on": {today.String()}}); got.status == http.StatusSeeOther {
		t.Error("the branch agrees for the committee")
	}
	papers := b.see(view.PathAdmissionPapers(id, "2"))
	has(t, papers, "同入党申请人谈话记录", "谈了对党的认识", "D-03")
	if pdf := b.get(view.PathAdmissionPapers(id, "2") + "&format=pdf"); pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("%d", pdf.status)
	}
	page = b.see(view.PathAdmission(id))
	has(t, page, "3. 推荐和确定入党积极分子", "不合规定", "看登记的内容")
	has(t, b.see(list), "3. 推荐和确定入党积极分子", "支部委员会")

	enter(timeline.CandidateDiscussed, today)
	has(t, b.see(view.PathAdmission(id)), "没有登记", "补登记")

	english := b.get(view.PathAdmission(id) + "?lang=en")
	if english.status != http.StatusOK {
		t.Errorf("%d", english.status)
	}
	for _, role := range []string{"member", "auditor", "system-admin"} {
		if got := c.as(t, role, 1).get(view.PathAdmission(id)); got.status == http.StatusOK {
			t.Errorf("%s reads of an applicant", role)
		}
	}
	if got := c.as(t, "branch-secretary", 2).get(view.PathAdmission(id)); got.status != http.StatusNotFound {
		t.Errorf("another branch: %d", got.status)
	}
	has(t, c.as(t, "party-worker", 1).see(view.PathAdmissions), "下级党组织", list)
}

// TestAProbationaryMemberOnHerWay: who came with the register is at the steps behind the assembly, for the branch; a full
// member's own page says that there is nothing to follow.
func TestAProbationaryMemberOnHerWay(t *testing.T) {
	c := house(t)
	worker := c.as(t, "party-worker", 1)
	all, err := c.in.Members.List(t.Context(), c.in.DB.As(store.System("test")), member.Filter{Under: c.orgNamed(t, c.account("party-worker", 1).Organisation).Path, Category: identity.Probationary, On: civil.Today(c.in.Clock), Limit: 5})
	if err != nil || len(all.Items) == 0 {
		t.Fatalf("nobody on probation: %v", err)
	}
	m := all.Items[0]
	record := worker.see(view.PathMember(m.ID))
	has(t, record, `href="`+view.PathAdmission(m.ID)+`"`)
	has(t, worker.see(view.PathAdmission(m.ID)), "预备党员", m.Joined.String(), admission.Stages[4].Name(), "来自名册")
	has(t, c.as(t, "member", 1).see(view.PathOwnAdmission), "我的入党过程")
}

// TestAnApplicantsOwnAccount: a Party worker opens an account from the case; its holder sees her own way and nothing else, and
// what is told to her of a step.
func TestAnApplicantsOwnAccount(t *testing.T) {
	c := house(t)
	secretary, err := c.in.Access.Named(t.Context(), "branch-secretary")
	if err != nil {
		t.Fatal(err)
	}
	branch := secretary.Grants[0].Org
	id, err := c.in.Logbook.Name(t.Context(), secretary.Actor("test"), branch, "马遥遥")
	if err != nil {
		t.Fatal(err)
	}
	worker := c.as(t, "party-worker", 1)
	open := view.PathAccountNew + "?applicant=" + id
	has(t, worker.see(view.PathAdmission(id)), "给本人开一个账号", open)
	has(t, worker.see(open), `value="马遥遥"`, "这个账号是入党申请人本人的")
	if got := c.as(t, "branch-secretary", 1).see(view.PathAdmission(id)); strings.Contains(got, open) {
		t.Error("who may not open accounts is led there")
	}
	at, err := org.ByID(t.Context(), c.in.DB.As(store.System("test")), branch)
	if err != nil {
		t.Fatal(err)
	}
	made := worker.post(view.PathAccountNew, url.Values{"name": {"马遥遥"}, "account": {"maxinhe"}, "org": {at.Code + " " + at.ShortName}, "applicant": {id}})
	if made.status != http.StatusSeeOther {
		t.Fatalf("%d %s", made.status, plainText(made.body))
	}
	has(t, worker.see(view.PathAdmission(id)), "已经有账号", made.to)
	again := worker.post(view.PathAccountNew, url.Values{"name": {"马遥遥"}, "account": {"maxinhe2"}, "org": {at.Code + " " + at.ShortName}, "member": {"马遥遥"}})
	has(t, again.body, "这名申请人已经有账号。")

	p, err := c.in.Access.Named(t.Context(), "maxinhe")
	if err != nil || p.Applicant != id {
		t.Fatalf("%q %v", p.Applicant, err)
	}
	other, err := c.in.Logbook.Name(t.Context(), secretary.Actor("test"), branch, "韩小满")
	if err != nil {
		t.Fatal(err)
	}
	const password = "huaihe-shiqiao-2026"
	if _, err := c.in.Access.Install(t.Context(), secretary.Actor("test"), []access.Installed{{NewAccount: access.NewAccount{Login: "hanxiaoman", Name: "韩小满", Org: branch, Applicant: other}, Password: password}}); err != nil {
		t.Fatal(err)
	}
	b := c.browser(t)
	if in := b.post(view.PathSignIn, url.Values{"account": {"hanxiaoman"}, "password": {password}}); in.status != http.StatusSeeOther {
		t.Fatalf("%d %s", in.status, plainText(in.body))
	}
	if got := b.get(view.PathWorkbench); got.to != view.PathOwnAdmission {
		t.Errorf("%d %s", got.status, got.to)
	}
	own := b.see(view.PathOwnAdmission)
	has(t, own, "我的入党过程", "1. 递交入党申请书", at.ShortName)
	for _, path := range []string{view.PathAdmission(other), view.PathAdmission(id), view.PathAdmissionsOf(branch), view.PathMembers, view.PathMe, view.PathOrganisations} {
		if got := b.get(path); strings.Contains(got.body, "马遥遥") || got.status == http.StatusOK && strings.Contains(got.body, at.Name) {
			t.Errorf("%s: an applicant reads it", path)
		}
	}
	if strings.Contains(own, "马遥遥") {
		t.Error("an applicant reads of another")
	}
	today := civil.Today(c.in.Clock)
	sec := c.as(t, "branch-secretary", 1)
	step := view.PathAdmissionStep(other, "1")
	f := form(t, sec.see(step), step)
	f["on"], f["born"] = []string{today.String()}, []string{"2000-01-01"}
	if taken := sec.post(step, f); taken.status != http.StatusSeeOther {
		t.Fatalf("%d %s", taken.status, plainText(taken.body))
	}
	has(t, b.see(view.PathInbox), "案卷的下一步已经办了")
}
