package web

import (
	"net/http"
	"strings"
	"testing"

	"zhibu/internal/web/view"
)

func TestAnOrganisationThroughItsLife(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	town := c.orgNamed(t, c.account("party-worker", 1).Organisation)
	act := func(path, name string) string { return path + "/" + name }

	bad := b.fill(act(view.PathOrg(town.ID), "establish"), map[string]string{"name": "中共石桥镇松岭村支部委员会", "reason": "批复"})
	if bad.status != http.StatusUnprocessableEntity {
		t.Fatalf("without a kind: %d", bad.status)
	}
	has(t, bad.body, "松岭村")
	b.agreed(act(view.PathOrg(town.ID), "establish"), map[string]string{"name": "中共石桥镇松岭村支部委员会", "short": "松岭村党支部", "kind": "branch", "phone": "0571-88880000", "day": "2026-10-01", "reason": "镇党委批复"})
	path := view.PathOrg(c.orgNamed(t, "松岭村党支部").ID)
	has(t, b.see(path), "松岭村党支部", "编号 "+town.Code, "镇党委批复", "还没有登记任职")

	has(t, b.see("/"), "松岭村党支部没有书记", "中国共产党支部工作条例")
	hasNot(t, b.see("/members"), ">松岭村<")

	renamed := b.agreed(act(path, "rename"), map[string]string{"name": "中共石桥镇松岭社区支部委员会", "short": "松岭社区党支部", "day": "2026-11-01", "reason": "撤村建居"})
	has(t, renamed, "松岭社区党支部", "原名“中共石桥镇松岭村支部委员会”。")

	// Two change it at once: the second sees it and loses nothing.
	other := c.as(t, "party-worker", 1)
	mine := form(t, b.see(act(path, "facts")), act(path, "facts"))
	other.agreed(act(path, "facts"), map[string]string{"unit": "松岭社区", "unit-kind": "community", "reason": "补填"})
	mine.Set("contact", "周海")
	mine.Set("reason", "补填联系人")
	met := b.post(act(path, "facts"), mine)
	if met.status != http.StatusConflict {
		t.Fatalf("%d", met.status)
	}
	has(t, met.body, "您填写期间，别人改过这一条", "周海", "刚刚改过")
	again := form(t, met.body, act(path, "facts"))
	again.Set("unit", "松岭社区")
	sent := b.post(act(path, "facts"), again)
	if sent.status != http.StatusSeeOther {
		t.Fatalf("once more: %d %s", sent.status, plainText(sent.body))
	}
	hasNot(t, b.see(path), "周海")
	has(t, c.as(t, "reviewer", 1).see(sent.to), "联系人", "周海", "更正单位和联系方式")
	b.approved(sent.to)
	has(t, b.see(path), "周海", "松岭社区", "0571-88880000"[5:])

	under := b.fill(act(path, "move"), map[string]string{"target": town.Code, "day": "2026-11-02", "reason": "x"})
	has(t, under.body, `id="e-target"`)
	self := b.fill(act(view.PathOrg(town.ID), "move"), map[string]string{"target": path[len("/organisations/"):], "day": "2026-11-02", "reason": "移到自己下面"})
	if self.status != http.StatusUnprocessableEntity && self.status != http.StatusForbidden && self.status != http.StatusNotFound {
		t.Errorf("under itself: %d", self.status)
	}

	gone := b.agreed(act(path, "abolish"), map[string]string{"decision": "镇党委〔2026〕3 号", "day": "2026-11-20", "reason": "并入他处"})
	has(t, gone, "已撤销")
	hasNot(t, gone, path+"/rename")
	back := b.agreed(act(path, "reopen"), map[string]string{"day": "2026-11-21", "reason": "办错了"})
	hasNot(t, back, "已撤销</span>")
	b.agreed(act(path, "abolish"), map[string]string{"decision": "镇党委〔2026〕4 号", "day": "2026-11-22", "reason": "收尾"})
}

func TestPostsAreGivenAndEnded(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	branch := c.orgNamed(t, c.account("branch-secretary", 2).Organisation)
	m := c.memberOf(t, 2, 5)
	path := view.PathOrg(branch.ID)
	waits := b.fill(path+"/post", map[string]string{"title": "youth-member", "member": m.ID, "day": "2026-11-01", "reason": "增补"})
	if waits.status != http.StatusSeeOther {
		t.Fatalf("%d %s", waits.status, plainText(waits.body))
	}
	has(t, b.see(path), "登记任职，青年委员："+m.Name)
	again := b.fill(path+"/post", map[string]string{"title": "youth-member", "member": m.ID, "day": "2026-11-02", "reason": "增补"})
	has(t, again.body, `id="e-member"`, "正在等审核")

	// It comes back with what was typed, and is handed in again.
	reviewer := c.as(t, "reviewer", 1)
	back := reviewer.form(waits.to, waits.to+"/return")
	back.Set("reason", "请写明会议日期")
	if sent := reviewer.post(waits.to+"/return", back); sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	mended := b.see(path + "/post?" + fieldAgain + "=" + waits.to[strings.LastIndex(waits.to, "/")+1:])
	f := form(t, mended, path+"/post")
	if f.Get("title") != "youth-member" || f.Get("member") != m.ID || f.Get("day") != "2026-11-01" {
		t.Errorf("typed again: %v", f)
	}
	f.Set("decision", "支部党员大会 2026 年 11 月 1 日")
	if sent := b.post(path+"/post", f); sent.to != waits.to {
		t.Fatalf("%d %s", sent.status, plainText(sent.body))
	}
	b.approved(waits.to)
	page := b.see(path)
	has(t, page, "青年委员", m.Name)
	twice := b.fill(path+"/post", map[string]string{"title": "youth-member", "member": m.ID, "day": "2026-11-01", "reason": "增补"})
	if twice.status != http.StatusConflict {
		t.Errorf("twice: %d", twice.status)
	}
	has(t, twice.body, `id="e-member"`)
	end := regexpPostEnd.FindAllString(page, -1)
	if len(end) == 0 {
		t.Fatal("no post can be ended")
	}
	for _, link := range end {
		if strings.Contains(b.see(link), m.Name) {
			has(t, b.agreed(link, map[string]string{"day": "2026-11-20", "reason": "调离"}), "2026-11-20")
			return
		}
	}
	t.Fatal("the new post cannot be ended")
}

func TestTheTreeOpensLevelByLevel(t *testing.T) {
	c := house(t)
	b := c.as(t, "organisation-department", 1)
	page := b.see("/organisations")
	has(t, page, "名党员", "按类别")
	link := regexpChildren.FindString(page)
	if link == "" {
		t.Fatal("nothing to open")
	}
	has(t, b.see(link), "的下级", "党员")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+link, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("HX-Request", "true")
	if got := b.do(r); strings.Contains(got.body, "<html") || !strings.Contains(got.body, "<li>") {
		t.Errorf("the fragment is %.200s", got.body)
	}
	branch := c.orgNamed(t, c.account("branch-secretary", 1).Organisation)
	has(t, b.see("/organisations?q="+branch.Code), branch.ShortName)
	hasNot(t, c.as(t, "branch-secretary", 2).see("/organisations?q="+branch.Code), branch.ShortName+"<")
}

func TestTheWorkbenchNamesWhatIsDue(t *testing.T) {
	c := house(t)
	page := c.as(t, "party-worker", 1).see("/")
	has(t, page, "待办", "支部情况", "由名册自动算出")
	secretary := c.as(t, "branch-secretary", 1).see("/")
	away := c.orgNamed(t, c.account("branch-secretary", 2).Organisation)
	hasNot(t, secretary, away.ShortName+"<")
	has(t, c.as(t, "auditor", 1).see("/"), "核验日志链")
	has(t, c.as(t, "system-admin", 1).see("/"), "还没有设定每天自动备份")
}
