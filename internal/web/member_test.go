package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/party/identity"
	"zhibu/internal/web/view"
)

// idNumber makes a made-up ID number with a right check character.
func idNumber(born string, order string) string {
	body := "660102" + born + order
	return body + string(identity.CheckCharacter(body))
}

func TestAListShowsWhatTheRoleMaySee(t *testing.T) {
	c := house(t)
	b := c.as(t, "branch-secretary", 1)
	m := c.memberOf(t, 1, 2)
	away := c.memberOf(t, 2, 2)
	page := b.see("/members")
	has(t, page, m.Name, "/members/"+m.ID)
	hasNot(t, page, "/members/"+away.ID)

	worker := c.as(t, "party-worker", 1)
	list := worker.see("/members")
	next := regexpNext.FindStringSubmatch(list)
	if next == nil {
		t.Fatal("the town's list has no second page")
	}
	second := worker.see(unescape(next[1]))
	back := regexpPrev.FindStringSubmatch(second)
	if back == nil {
		t.Fatal("the second page leads nowhere back")
	}
	if rows(worker.see(unescape(back[1]))) != rows(list) {
		t.Error("back is another page than the first")
	}
	if rows(second) == rows(list) {
		t.Error("the second page shows the first's rows")
	}
}

func TestASearchLeavesNothingInTheAddress(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	m := c.memberOf(t, 1, 2)
	f := form(t, b.see("/members"), "/members")
	f.Set("q", m.Name)
	to := b.post("/members", f)
	if to.status != http.StatusSeeOther {
		t.Fatalf("%d", to.status)
	}
	if plain, err := url.QueryUnescape(to.to); err != nil || strings.Contains(plain, m.Name) {
		t.Errorf("the address is %s", to.to)
	}
	page := b.see(to.to)
	has(t, page, m.Name, `value="`+m.Name+`"`)
	if other := c.as(t, "party-worker", 1).get(to.to); other.status != http.StatusOK {
		t.Errorf("the same account's other browser: %d", other.status)
	}
	if other := c.as(t, "branch-secretary", 1).get(to.to); other.status != http.StatusNotFound {
		t.Errorf("somebody else opens the search: %d", other.status)
	}
	f.Set("q", "zzzzqq")
	has(t, b.see(b.post("/members", f).to), "没有符合条件的党员")
	f.Set("org", "没有这样的党组织名称")
	if bad := b.post("/members", f); bad.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown organisation: %d", bad.status)
	}
}

func TestARecordShowsItsFactsAndWhoLooked(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 4)
	full, err := c.in.Members.Tails(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	worker := c.as(t, "party-worker", 1)
	page := worker.see(view.PathMember(m.ID))
	has(t, page, m.Name, "尾号 "+full.IDNumber, "登记", "党龄")
	if err := c.in.Members.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	has(t, worker.see(view.PathMember(m.ID)+"/looks"), c.account("party-worker", 1).Name, "打开档案")

	committee := c.as(t, "branch-committee", 1)
	few := committee.see(view.PathMember(m.ID))
	hasNot(t, few, "公民身份号码", "家庭住址", "/mend/")
}

func TestAFactIsMendedAlone(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 5)
	b := c.as(t, "party-worker", 1)
	path := view.PathMend(m.ID, "phone")
	page := b.must(path, map[string]string{"value": "15400001234", "source": "本人书面说明", "reason": "本人来电话"})
	has(t, page, "等另一个人审核")
	hasNot(t, page, "尾号 1234")
	has(t, b.review(m.ID), "尾号 1234", "本人书面说明")

	bad := b.fill(path, map[string]string{"value": "12", "source": "本人书面说明", "reason": "试试"})
	if bad.status != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong number: %d", bad.status)
	}
	has(t, bad.body, `id="e-value"`, "试试")
	none := b.fill(path, map[string]string{"value": "15400001235", "reason": "试试"})
	has(t, none.body, `id="e-source"`)

	lost := b.must(view.PathMend(m.ID, "lost"), map[string]string{"value": "yes", "extra-y": "2026", "extra-m": "3", "extra-d": "1", "source": "党员档案", "reason": "多方查找没有联系上"})
	hasNot(t, lost, "2026 年 3 月 1 日起失去联系")
	has(t, b.review(m.ID), "失联", "2026 年 3 月 1 日起失去联系")
	day := b.fill(view.PathMend(m.ID, "lost"), map[string]string{"value": "yes", "extra-y": "2026", "extra-m": "13", "extra-d": "1", "source": "党员档案", "reason": "x"})
	has(t, day.body, `id="e-extra"`)
	if got := b.get(view.PathMend(m.ID, "sex")); got.status != http.StatusNotFound {
		t.Errorf("what follows from the ID number is not mended: %d", got.status)
	}
}

func TestTwoWhoMendMeet(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 6)
	path := view.PathMend(m.ID, "work")
	first, second := c.as(t, "party-worker", 1), c.as(t, "branch-secretary", 1)
	mine := form(t, first.see(path), path)
	second.must(path, map[string]string{"value": "卫生院医生", "source": "劳动合同或任职文件", "reason": "调动"})
	mine.Set("value", "中学教师")
	mine.Set("source", "本人书面说明")
	mine.Set("reason", "本人说明")
	early := first.post(path, mine) // somebody's change to the same fact waits
	if early.status != http.StatusConflict {
		t.Fatalf("%d %s", early.status, plainText(early.body))
	}
	has(t, early.body, "中学教师", "本人说明", "已经提出更改")
	second.review(m.ID)
	met := first.post(path, mine)
	if met.status != http.StatusConflict {
		t.Fatalf("%d %s", met.status, plainText(met.body))
	}
	has(t, met.body, "卫生院医生", "中学教师", "本人说明", c.account("branch-secretary", 1).Name)
	sent := first.post(path, form(t, met.body, path))
	if sent.status != http.StatusSeeOther {
		t.Fatalf("once more: %d %s", sent.status, plainText(sent.body))
	}
	has(t, first.review(m.ID), "中学教师")
}

func TestWhatPeopleTypeIsNotRun(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 7)
	b := c.as(t, "party-worker", 1)
	evil := `<script>alert("x")</script>`
	page := b.must(view.PathMend(m.ID, "work"), map[string]string{"value": evil, "source": "本人书面说明", "reason": evil})
	page += b.review(m.ID)
	hasNot(t, page, "<script>alert")
	has(t, page, "&lt;script&gt;")
	hasNot(t, b.see("/members"), "<script>alert")
	f := form(t, b.see("/members"), "/members")
	f.Set("q", `"><img src=x onerror=alert(1)>`)
	hasNot(t, b.see(b.post("/members", f).to), "<img")
	hasNot(t, b.get("/organisations?q=%22%3E%3Cscript%3E").body, "<script>\"", "\"><script>")
}

func TestAMemberIsAddedMovedEndedAndRestored(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	home, away := c.orgNamed(t, c.account("branch-secretary", 1).Organisation), c.orgNamed(t, c.account("branch-secretary", 2).Organisation)
	number := idNumber("19900307", "224")
	typed := map[string]string{"name": "㛃䶮骉", "idno": number, "org": home.ID, "category": "预备党员", "joined-y": "2026", "joined-m": "6", "joined-d": "1",
		"source": "《入党志愿书》", "reason": "新接收预备党员"}

	wrong := b.fill("/members/new", with(typed, "idno", misprint(number)))
	if wrong.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", wrong.status)
	}
	has(t, wrong.body, `id="e-idno"`, "㛃䶮骉", misprint(number))
	hasNot(t, b.get("/members").body, number)

	page := b.must("/members/new", typed)
	has(t, page, "㛃䶮骉", "待审核", "已经登记", "接收为预备党员", "尾号 "+number[14:])
	path := regexpMember.FindString(page)
	twice := b.fill("/members/new", with(typed, "name", "别的名字"))
	if twice.status != http.StatusConflict {
		t.Errorf("the number again: %d", twice.status)
	}
	has(t, twice.body, `id="e-idno"`)
	same := b.fill("/members/new", with(typed, "idno", idNumber("19910307", "226")))
	has(t, same.body, "名册里已有姓名相同的人", path)

	moved := b.must(path+"/move", map[string]string{"target": away.ID, "reason": "工作调动"})
	has(t, moved, "已经转到新的支部", away.ShortName, "调整支部")
	here := b.fill(path+"/move", map[string]string{"target": away.ID, "reason": "再来一次"})
	has(t, here.body, `id="e-target"`, "再来一次")

	noPaper := b.fill(path+"/end", map[string]string{"kind": "left", "day-y": "2026", "day-m": "11", "day-d": "1", "reason": "本人申请"})
	has(t, noPaper.body, `id="e-decision"`, "本人申请")
	ended := b.must(path+"/end", map[string]string{"kind": "left", "day-y": "2026", "day-m": "11", "day-d": "1", "decision": "镇党委〔2026〕9 号", "reason": "本人申请"})
	has(t, ended, "这份档案已经终结：退党", "镇党委〔2026〕9 号")
	hasNot(t, ended, "/mend/")
	back := b.must(path+"/restore", map[string]string{"decision": "镇党委〔2026〕10 号", "reason": "办错了"})
	has(t, back, "已经恢复", "/mend/")
}

func TestARevealIsWrittenDownFirst(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 8)
	b := c.as(t, "party-worker", 1)
	path := view.PathMember(m.ID) + "/reveal"
	none := b.fill(path, map[string]string{"what": "idno"})
	if none.status != http.StatusUnprocessableEntity {
		t.Fatalf("without a purpose: %d", none.status)
	}
	has(t, none.body, `id="e-purpose"`)
	tails, err := c.in.Members.Tails(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	shown := b.fill(path, map[string]string{"what": "idno", "purpose": "verify-identity", "purpose-text": "核对志愿书上的号码"})
	if shown.status != http.StatusOK || shown.head.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", shown.status, shown.head)
	}
	full := regexpID.FindString(plainText(shown.body))
	if !strings.HasSuffix(full, tails.IDNumber) {
		t.Errorf("shown is %q", full)
	}
	hasNot(t, shown.body, "手机号码")
	has(t, b.see(view.PathMember(m.ID)+"/looks"), "核对志愿书上的号码", "查看完整内容")

	// A branch committee may be shown phones only, whatever it asks for.
	committee := c.as(t, "branch-committee", 1)
	asked := committee.fill(path, map[string]string{"what": "idno", "purpose": "contact"})
	if asked.status != http.StatusUnprocessableEntity || regexpID.MatchString(plainText(asked.body)) {
		t.Errorf("a branch committee's reveal: %d", asked.status)
	}
}

func TestOnesOwnRecord(t *testing.T) {
	c := house(t)
	b := c.as(t, "member", 1)
	page := b.see("/")
	has(t, page, c.account("member", 1).Name, "谁看过我的档案", "公民身份号码")
	hasNot(t, page, "/mend/", "/end", "/move")
	p, err := c.in.Access.Named(t.Context(), c.account("member", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	own := b.fill(view.PathMember(p.Member)+"/reveal", map[string]string{"what": "idno"})
	if regexpID.FindString(plainText(own.body)) == "" {
		t.Errorf("one's own number is not shown: %d %s", own.status, plainText(own.body))
	}

	worker := c.as(t, "party-worker", 1)
	worker.fill(view.PathMember(p.Member)+"/reveal", map[string]string{"what": "phone", "purpose": "contact", "purpose-text": "通知开会"})
	has(t, b.see("/inbox"), "查看了您的完整信息", "通知开会", "未读", "全部标为已读")
	top := regexp.MustCompile(`name="all" value="([^"]+)"`).FindStringSubmatch(b.see("/inbox"))
	if top == nil {
		t.Fatal("nothing to mark as read")
	}
	all := b.form("/inbox", "/inbox")
	all.Set("all", top[1])
	if got := worker.post("/inbox", url.Values{"all": {top[1]}}); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
		t.Errorf("somebody else marks them: %d", got.status)
	}
	b.post("/inbox", all)
	hasNot(t, b.see("/inbox"), "未读", `name="all"`)
	if got := b.get("/members"); got.status != http.StatusSeeOther || got.to != "/me" {
		t.Errorf("a member's list: %d %s", got.status, got.to)
	}
}

func with(m map[string]string, key, value string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	out[key] = value
	return out
}

func misprint(number string) string {
	if strings.HasSuffix(number, "1") {
		return number[:17] + "2"
	}
	return number[:17] + "1"
}

func TestTheLogHoldsNoPerson(t *testing.T) {
	c := house(t)
	m := c.memberOf(t, 1, 9)
	b := c.as(t, "party-worker", 1)
	b.see(view.PathMember(m.ID))
	f := form(t, b.see("/members"), "/members")
	f.Set("q", m.Name)
	b.see(b.post("/members", f).to)
	b.get("/members/" + url.PathEscape(m.Name))
	text := c.log.text()
	for _, secret := range []string{m.Name, m.ID, c.account("party-worker", 1).Account + " ", "find="} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, wanted := range []string{"pattern=\"GET /members/{id}\"", "status=200", "method=POST"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the log lacks %q", wanted)
		}
	}
}
