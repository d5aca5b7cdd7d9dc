package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/web/view"
)

// aged lets nobody have checked a record for long, and forgets that again at the end of the test.
func (c *city) aged(t *testing.T, id string) {
	t.Helper()
	set := func(values ...store.Value) {
		if err := c.in.DB.Operate(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Update(t.Context(), "due", store.ByID(id), values...)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	set(store.Set("due_on", "2024-03-02"), store.Set("branch_on", "2024-03-02"), store.Set("known", `{"":"2023-03-02"}`))
}

// TestAMemberSaysThatItIsStillRight: a handful is asked, one tap answers, and the history says who and when.
func TestAMemberSaysThatItIsStillRight(t *testing.T) {
	c := house(t)
	account := c.account("member", 1)
	b := c.as(t, "member", 1)
	hasNot(t, b.see(view.PathMe), "这几项还对吗？")
	id := c.memberIDOf(t, account.Account)
	c.aged(t, id)
	page := b.see(view.PathMe)
	has(t, page, "这几项还对吗？", "还对", "不对", "上次核实：2023 年 3 月 2 日", "/me/correct/")
	if n := strings.Count(page, `name="fact"`); n == 0 || n > c.in.Members.AskedAtOnce() {
		t.Fatalf("%d facts are asked", n)
	}
	f := form(t, page, view.PathStillRight)
	key := cutOut(page, `name="fact" value="`, `"`)
	f.Set("fact", key)
	if sent := b.post(view.PathStillRight, f); sent.status != http.StatusSeeOther || sent.to != view.PathMe {
		t.Fatalf("one tap: %d %s", sent.status, plainText(sent.body))
	}
	after := b.see(view.PathMe)
	has(t, after, "已经记下，谢谢。")
	hasNot(t, after, `name="fact" value="`+key+`"`)
	has(t, b.see(view.PathHistory(id, key)), "核实：仍然正确", account.Name)
	f.Set("fact", "care")
	if sent := b.post(view.PathStillRight, f); sent.status != http.StatusForbidden {
		t.Errorf("one's own care: %d", sent.status)
	}
	f.Set("fact", "name")
	if sent := b.post(view.PathStillRight, f); sent.status != http.StatusUnprocessableEntity {
		t.Errorf("what does not age: %d", sent.status)
	}
}

// TestTheBranchTicksWhatIsStillRight: several ticked, one tapped, and nothing of another branch.
func TestTheBranchTicksWhatIsStillRight(t *testing.T) {
	c := house(t)
	b := c.as(t, "branch-secretary", 1)
	m, o := c.memberOf(t, 1, 13), c.memberOf(t, 2, 13)
	c.aged(t, m.ID)
	c.aged(t, o.ID)
	page := b.see(view.PathToCheck)
	has(t, page, m.Name, "选中的都还对", view.PathMember(m.ID))
	hasNot(t, page, view.PathMember(o.ID))
	has(t, b.see("/"), "名党员的信息好久没有核实", view.PathToCheck)
	f := form(t, page, view.PathToCheck)
	var mine []string
	for _, part := range strings.Split(page, `name="fact" value="`)[1:] {
		if value := part[:strings.IndexByte(part, '"')]; strings.HasPrefix(value, m.ID+" ") {
			mine = append(mine, value)
		}
	}
	if len(mine) < 2 {
		t.Fatalf("asked of %s: %q", m.Name, mine)
	}
	f.Set("one", mine[0])
	if sent := b.post(view.PathToCheck, f); sent.status != http.StatusSeeOther {
		t.Fatalf("one: %d %s", sent.status, plainText(sent.body))
	}
	hasNot(t, b.see(view.PathToCheck), `value="`+mine[0]+`"`)
	f.Del("one")
	f["fact"] = mine[1:]
	if sent := b.post(view.PathToCheck, f); sent.status != http.StatusSeeOther {
		t.Fatalf("ticked: %d %s", sent.status, plainText(sent.body))
	}
	hasNot(t, b.see(view.PathToCheck), `value="`+m.ID+" ")
	f["fact"] = []string{o.ID + " phone"}
	if sent := b.post(view.PathToCheck, f); sent.status != http.StatusNotFound {
		t.Errorf("another branch's member: %d", sent.status)
	}
	f.Del("fact")
	if sent := b.post(view.PathToCheck, f); sent.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing ticked: %d", sent.status)
	}
}

// TestMembersAsOfADayOnAPage: the branch of that day, with where people are today.
func TestMembersAsOfADayOnAPage(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	one, two := c.orgNamed(t, c.account("branch-secretary", 1).Organisation), c.orgNamed(t, c.account("branch-secretary", 2).Organisation)
	m := c.memberOf(t, 1, 9)
	b.must(view.PathMemberAct(m.ID, "move"), map[string]string{"target": two.ID, "day": "2026-11-02", "decision": "镇党委〔2026〕9 号", "reason": "就近"})
	b.review(m.ID)
	of := func(o string, day string) string {
		return view.PathMembers + "?" + url.Values{"org": {o}, "as_of": {day}}.Encode()
	}
	has(t, b.see(of(one.ID, "2026-11-01")), m.Name, "这是 2026 年 11 月 1 日的情况。", view.PathMember(m.ID)+"?as_of=2026-11-01", two.ShortName)
	hasNot(t, b.see(of(one.ID, "2026-11-02")), view.PathMember(m.ID)+"?")
	has(t, b.see(of(two.ID, "2026-11-02")), view.PathMember(m.ID)+"?")
	has(t, b.see(view.PathOrg(one.ID)+"?as_of=2026-11-01"), "看党员名单", "org="+one.ID)
	// The first branch's secretary is told of him on no day any more.
	hasNot(t, c.as(t, "branch-secretary", 1).see(of(one.ID, "2026-11-01")), m.ID)
	if got := c.as(t, "branch-secretary", 1).get(of(two.ID, "2026-11-01")); got.status != http.StatusNotFound {
		t.Errorf("another branch: %d", got.status)
	}
	if got := b.get(of(one.ID, "2027-01-01")); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a day to come: %d", got.status)
	}
}

// TestTwoRecordsAreUnitedOnAPage: found, compared, chosen, approved by another person, and made two again.
func TestTwoRecordsAreUnitedOnAPage(t *testing.T) {
	c := house(t)
	b := c.as(t, "party-worker", 1)
	kept, other := c.plainMemberOf(t, 1, 11), c.plainMemberOf(t, 2, 11)
	at := view.PathMemberAct(kept.ID, "unite")
	has(t, b.see(view.PathMember(kept.ID)), at)
	f := form(t, b.see(at), at)
	f.Set("find", other.Name)
	found := b.post(at, f)
	has(t, found.body, other.Name, "对照", at+"?other="+other.ID)
	sides := at + "?other=" + other.ID
	page := b.see(sides)
	has(t, page, "留下的", "终结的", kept.Name, other.Name, "不同", "一起过来", view.PathMemberAct(other.ID, "unite")+"?other="+kept.ID)
	f = form(t, page, sides)
	f.Set("pick-name", "other")
	f.Set("day", "2026-11-20")
	f.Set("reason", "重复登记")
	again := b.post(sides, f)
	if again.status != http.StatusUnprocessableEntity {
		t.Fatalf("without proof: %d", again.status)
	}
	has(t, again.body, "请填写证明是同一个人的材料。", "重复登记")
	f.Set("decision", "户口簿")
	if sent := b.post(sides, f); sent.status != http.StatusSeeOther {
		t.Fatalf("unite: %d %s", sent.status, plainText(sent.body))
	}
	if now := c.record(t, kept.ID); now.Name != kept.Name {
		t.Error("united before anybody else had looked")
	}
	b.review(kept.ID)
	if now := c.record(t, kept.ID); now.Name != other.Name {
		t.Errorf("called %s, chosen %s", now.Name, other.Name)
	}
	apart := view.PathMemberAct(other.ID, "separate")
	ended := b.see(view.PathMember(other.ID))
	has(t, ended, "并入另一份档案", apart)
	hasNot(t, ended, view.PathMemberAct(other.ID, "restore"))
	b.must(apart, map[string]string{"day": "2026-11-22", "reason": "其实是两个人", "decision": "身份证"})
	b.review(kept.ID)
	if k, o := c.record(t, kept.ID), c.record(t, other.ID); k.Name != kept.Name || o.State != member.Active {
		t.Errorf("after it was undone: %s, %s", k.Name, o.State)
	}
	if got := c.as(t, "branch-secretary", 1).get(at); got.status != http.StatusForbidden {
		t.Errorf("a branch's secretary unites: %d", got.status)
	}
}

func (c *city) record(t *testing.T, id string) member.Member {
	t.Helper()
	m, err := c.in.Members.ByID(t.Context(), c.in.DB.As(store.System("test")), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c *city) memberIDOf(t *testing.T, login string) (id string) {
	t.Helper()
	if _, err := c.in.DB.As(store.System("test")).One(t.Context(), "SELECT member_id FROM {account} WHERE login = ?", []any{login}, &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// cutOut is the text between two others.
func cutOut(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
