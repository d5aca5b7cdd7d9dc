package web

import (
	"net/http"
	"testing"

	"zhibu/internal/web/view"
)

// TestAnOrganisationAsItWas: names, superiors and holders of posts on an earlier day, with the way back.
func TestAnOrganisationAsItWas(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	town := c.orgNamed(t, c.account("party-worker", 1).Organisation)
	b.agreed(view.PathOrg(town.ID)+"/establish", map[string]string{"name": "中共石桥镇竹林村支部委员会", "short": "竹林村党支部", "kind": "branch", "day": "2024-01-10", "reason": "镇党委批复"})
	path := view.PathOrg(c.orgNamed(t, "竹林村党支部").ID)
	b.agreed(path+"/rename", map[string]string{"name": "中共石桥镇竹林社区支部委员会", "short": "竹林社区党支部", "day": "2025-09-01", "reason": "撤村建居"})
	b.agreed(path+"/post", map[string]string{"title": "secretary", "member": c.memberOf(t, 2, 5).ID, "day": "2025-10-01", "reason": "选举"})

	was := b.see(path + "?as_of=2025-07-01")
	has(t, was, "这是 2025 年 7 月 1 日的情况。", "回到现在", `href="`+path+`"`, "竹林村党支部", "那一天没有登记在任的人")
	hasNot(t, was, "竹林社区", path+"/rename", path+"/post\"", "更名", "党员人数")
	is := b.see(path + "?as_of=2025-10-01")
	has(t, is, "竹林社区党支部", "书记", "原名“中共石桥镇竹林村支部委员会”。")
	has(t, b.see(path+"?as_of=2024-01-09"), "那一天还没有。")

	tree := b.see("/organisations?as_of=2025-07-01")
	has(t, tree, "竹林村党支部", "这是 2025 年 7 月 1 日的情况。", path+"?as_of=2025-07-01")
	hasNot(t, tree, "竹林社区党支部", "名党员")
	hasNot(t, b.see("/organisations?as_of=2023-07-01"), "竹林村")
	has(t, b.see("/organisations"), "竹林社区党支部", `name="as_of"`)
	has(t, b.see(view.PathOrgAct(town.ID, "children")+"?as_of=2025-07-01"), "竹林村党支部")
	has(t, b.see(view.PathOrg(town.ID)+"?as_of=2025-07-01"), "竹林村党支部", path+"?as_of=2025-07-01")

	for _, day := range []string{"2025-02-30", "2026-11-24", "1900-01-01", "x"} {
		if got := b.get(path + "?as_of=" + day); got.status != http.StatusUnprocessableEntity {
			t.Errorf("as of %s: %d", day, got.status)
		}
	}
	hasNot(t, b.see(path+"?as_of=2026-11-23"), "的情况。</b>") // today is the present
	b.agreed(path+"/post", map[string]string{"title": "deputy-secretary", "member": c.memberOf(t, 2, 6).ID, "day": "2026-11-01", "reason": "增补"})
	// Another branch's secretary finds it on no day.
	if got := c.as(t, "branch-secretary", 2).get(path + "?as_of=2025-07-01"); got.status != http.StatusNotFound {
		t.Errorf("out of scope: %d", got.status)
	}
}

// TestBranchesMergeAndSplitOnPages: from the form to the page that names the successor, and the tree of the day before.
func TestBranchesMergeAndSplitOnPages(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	one, two := c.orgNamed(t, c.account("branch-secretary", 1).Organisation), c.orgNamed(t, c.account("branch-secretary", 2).Organisation)
	m := c.memberOf(t, 1, 3)
	split := view.PathOrgAct(one.ID, "split")
	f := form(t, b.see(split), split)
	for k, x := range map[string]string{"name": "中共石桥镇新设支部委员会", "short": "新设党支部", "day": "2026-10-01", "decision": "镇党委〔2026〕7 号", "reason": "党员太多"} {
		f.Set(k, x)
	}
	none := b.post(split, f)
	if none.status != http.StatusUnprocessableEntity {
		t.Fatalf("nobody chosen: %d", none.status)
	}
	has(t, none.body, "请选择哪些党员", "党员太多")
	f.Set("members", m.ID)
	sent := b.post(split, f)
	if sent.status != http.StatusSeeOther {
		t.Fatalf("split: %d %s", sent.status, plainText(sent.body))
	}
	has(t, b.see(sent.to), "已经提交", "等", "的审核人审核", m.Name, "1 名过去")
	has(t, b.see(view.PathOrg(one.ID)), "分设党组织，设立“新设党支部”", sent.to)
	b.approved(sent.to)
	made := view.PathOrg(c.orgNamed(t, "新设党支部").ID)
	has(t, b.see(made), "新设党支部", "由"+one.ShortName+"分设，1 名党员过来。")
	has(t, b.see(view.PathMember(m.ID)), "新设党支部", "由"+one.ShortName+"转到新设党支部")
	has(t, b.see(view.PathMember(m.ID)+"?as_of=2026-09-30"), one.ShortName)

	merge := made + "/merge"
	bad := b.fill(merge, map[string]string{"target": two.Code, "decision": "x", "day": "2026-09-01", "reason": "x"})
	if bad.status != http.StatusUnprocessableEntity {
		t.Errorf("before it was set up: %d", bad.status)
	}
	has(t, b.agreed(merge, map[string]string{"target": two.Code, "decision": "镇党委〔2026〕8 号", "day": "2026-11-01", "reason": "合并"}), "已撤销")
	has(t, b.see(view.PathOrg(two.ID)), two.ShortName, "接收新设党支部并入，1 名党员过来。")
	has(t, b.see(made), "已撤销", "并入"+two.ShortName+"，1 名党员过去。", view.PathOrg(two.ID))
	has(t, b.see("/organisations?as_of=2026-10-15"), "新设党支部")
	hasNot(t, b.see("/organisations"), "新设党支部")
}
