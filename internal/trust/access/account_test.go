package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

func TestWhoMayMakeWhichAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		worker := h.account("zhen", access.PartyWorker, "town1")
		department := h.account("zuzhi", access.OrganisationDepartment, "city")
		system := h.account("xitong", access.SystemAdmin, "city")
		security := h.account("anquan", access.SecurityAdmin, "city")
		secretary := h.account("dong", access.BranchSecretary, "east")
		n := 0
		for _, c := range []struct {
			who  *access.Person
			role access.Role
			org  string
			kind fault.Kind
			rule string
		}{
			{worker, access.BranchSecretary, "east", 0, ""},
			{worker, access.BranchSecretary, "south", fault.NotFound, ""},
			{worker, access.PartyWorker, "town1", fault.Forbidden, "A-58"},
			{worker, access.PlainMember, "east", fault.Invalid, ""}, // whose record?
			{worker, access.BranchSecretary, "town1", fault.Invalid, ""},
			{department, access.PartyWorker, "town2", 0, ""},
			{department, access.SystemAdmin, "city", fault.Forbidden, "A-58"},
			{system, "", "city", 0, ""},
			{system, access.BranchSecretary, "east", fault.Forbidden, "A-58"},
			{security, access.BranchSecretary, "east", fault.Forbidden, "A-53"},
			{secretary, access.BranchCommittee, "east", fault.Forbidden, "A-53"},
			{worker, "chairman", "east", fault.Invalid, ""},
		} {
			n++
			_, err := h.door.Create(h.ctx, c.who, "r", access.NewAccount{Login: fmt.Sprint("new", n), Name: "新人", Org: c.org, Grants: grants(c.role, c.org)})
			if c.kind == 0 {
				h.ok(err)
				continue
			}
			h.refused(err, c.kind, c.rule)
			if _, err := h.door.Named(h.ctx, fmt.Sprint("new", n)); fault.Of(err) != fault.NotFound {
				t.Errorf("case %d: half an account was left: %v", n, err)
			}
		}
	})
}

func TestLoginNames(t *testing.T) {
	h := sqlite(t)
	system := h.account("xitong", access.SystemAdmin, "city")
	for _, bad := range []string{"", "a", "15412345678", "zhang15412345678", "660101199001011234", "66010119900101123X", "has space", "a@b", strings.Repeat("长", 41)} {
		_, err := h.door.Create(h.ctx, system, "r", access.NewAccount{Login: bad, Name: "新人", Org: "city"})
		h.refused(err, fault.Invalid, "")
	}
	_, err := h.door.Create(h.ctx, system, "r", access.NewAccount{Login: "石桥镇-张三", Name: "新人", Org: "city"})
	h.ok(err)
	_, err = h.door.Create(h.ctx, system, "r", access.NewAccount{Login: "XiTong", Name: "新人", Org: "city"})
	h.refused(err, fault.Conflict, "")
}

func TestThreeAdministratorsAreThreePersons(t *testing.T) {
	h := sqlite(t)
	security := h.account("anquan", access.SecurityAdmin, "city")
	auditor := h.account("shenji", access.Auditor, "city")
	worker := h.account("zhen", access.PartyWorker, "town1")
	for _, c := range []struct {
		whom *access.Person
		role access.Role
		rule string
	}{
		{auditor, access.SystemAdmin, access.RuleSeparate},
		{auditor, access.SecurityAdmin, access.RuleSeparate},
		{auditor, access.PartyWorker, access.RuleSeparate},
		{worker, access.Auditor, access.RuleSeparate},
		{security, access.Reviewer, access.RuleSelf},
	} {
		_, err := h.door.Grant(h.ctx, security, "r", c.whom.Account, access.NewGrant{Role: c.role, Org: "city"})
		h.refused(err, fault.Forbidden, c.rule)
	}
	// One after the other is no overlap.
	held := h.entry(security, worker.Account).Grants[0]
	h.ok(h.door.Revoke(h.ctx, security, "r", worker.Account, held.ID, "转岗"))
	_, err := h.door.Grant(h.ctx, security, "r", worker.Account, access.NewGrant{Role: access.Auditor, Org: "city"})
	h.ok(err)
}

func (h *house) entry(p *access.Person, id string) access.Entry {
	h.t.Helper()
	e, err := h.door.Account(h.ctx, p, id)
	h.ok(err)
	return e
}

func TestGrantsHoldFromDayToDay(t *testing.T) {
	h := sqlite(t)
	security := h.account("anquan", access.SecurityAdmin, "city")
	p := h.account("xin", "", "east")
	day := civil.Today(h.clock)
	_, err := h.door.Grant(h.ctx, security, "r", p.Account, access.NewGrant{Role: access.BranchSecretary, Org: "east", From: day.AddDays(1), To: day.AddDays(2), Basis: "石桥委〔2026〕3号"})
	h.ok(err)
	for i, want := range []bool{false, true, true, false} {
		if got := h.person(p.Account).May(access.Add, access.Member); got != want {
			t.Errorf("on day %d: %v", i, got)
		}
		h.clock.pass(24 * time.Hour)
	}
	_, err = h.door.Grant(h.ctx, security, "r", p.Account, access.NewGrant{Role: access.BranchCommittee, Org: "east", From: day, To: day})
	h.refused(err, fault.Invalid, "")
}

func TestARevokedGrantBitesHereAtOnceAndElsewhereWithinSeconds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		security := h.account("anquan", access.SecurityAdmin, "city")
		p := h.account("dong", access.BranchSecretary, "east")
		other := h.restart()
		if far, err := other.Person(h.ctx, p.Account); err != nil || !far.May(access.See, access.Member) {
			t.Fatal(err)
		}
		h.ok(h.door.Revoke(h.ctx, security, "r", p.Account, p.Grants[0].ID, "换届"))
		if h.person(p.Account).May(access.See, access.Member) {
			t.Error("it still holds here")
		}
		h.clock.pass(5 * time.Second)
		far, err := other.Person(h.ctx, p.Account)
		h.ok(err)
		if far.May(access.See, access.Member) {
			t.Error("it still holds in the other process")
		}
		acts := h.acts("account.revoke")
		h.ok(h.door.Revoke(h.ctx, security, "r", p.Account, p.Grants[0].ID, "换届"))
		if h.acts("account.revoke") != acts {
			t.Error("revoking twice left two acts")
		}
	})
}

func TestAnOrganisationThatMovesTakesItsGrantsAlong(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	h.ok(h.ledger.Do(h.ctx, ledger.System("test"), ledger.Act{Kind: "test.move"}, func(tx *store.Tx) error {
		return tx.Reparent(h.ctx, "0001.0001.0001.", "0001.0002.0009.")
	}))
	h.clock.pass(5 * time.Second)
	p = h.person(p.Account)
	if p.Mask("0001.0002.0009.", "x") != access.EveryMask || p.Mask("0001.0001.0001.", "x") != access.NoClass || p.MemberPath != "0001.0002.0009." {
		t.Errorf("%+v", p)
	}
}

func TestListShowsOnesOwnArea(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		worker := h.account("zhen", access.PartyWorker, "town1")
		h.secretary()
		h.account("xi", access.BranchCommittee, "west")
		h.account("nan", access.BranchSecretary, "south")
		auditor := h.account("shenji", access.Auditor, "city")
		_, err := h.door.SignIn(h.ctx, "dongjie", password, here)
		h.ok(err)
		if got := h.logins(worker, access.Filter{}); got != "zhen dongjie xi" {
			t.Errorf("the town sees %q", got)
		}
		if got := h.logins(worker, access.Filter{Text: "张"}); got != "dongjie" {
			t.Errorf("by name: %q", got)
		}
		if got := h.logins(worker, access.Filter{Role: access.BranchCommittee}); got != "xi" {
			t.Errorf("by role: %q", got)
		}
		if got := h.logins(auditor, access.Filter{Limit: 2}); got != "shenji zhen dongjie xi nan" { // in pages of two
			t.Errorf("the auditor sees %q", got)
		}
		_, err = h.door.Accounts(h.ctx, worker, access.Filter{Path: "0001.0002."})
		h.refused(err, fault.NotFound, "")
		page, err := h.door.Accounts(h.ctx, worker, access.Filter{Text: "dongjie"})
		h.ok(err)
		e := page.Items[0]
		if !e.Last.Equal(h.clock.Now()) || !e.Ready || e.Member != "e1" || e.OrgName != "东街党支部" || len(e.Grants) != 1 {
			t.Errorf("%+v", e)
		}
		if e := h.entry(auditor, e.ID); e.Member != "" {
			t.Error("the auditor learns whose record it is")
		}
		nan, err := h.door.Named(h.ctx, "nan")
		h.ok(err)
		_, outside := h.door.Account(h.ctx, worker, nan.Account)
		_, missing := h.door.Account(h.ctx, worker, "no-such")
		h.refused(outside, fault.NotFound, "")
		if outside.Error() != missing.Error() {
			t.Errorf("%q, %q", outside, missing)
		}
		_, err = h.door.Accounts(h.ctx, h.account("wei", access.BranchCommittee, "east"), access.Filter{})
		h.refused(err, fault.Forbidden, "A-51")
	})
}

func (h *house) logins(p *access.Person, f access.Filter) string {
	h.t.Helper()
	var out []string
	for {
		page, err := h.door.Accounts(h.ctx, p, f)
		h.ok(err)
		for _, e := range page.Items {
			out = append(out, e.Login)
		}
		if page.Next == "" {
			return strings.Join(out, " ")
		}
		f.After = page.Next
	}
}

func TestTokensSpeakForTheirHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p, other := h.secretary(), h.account("xi", access.BranchCommittee, "west")
		text, tok, err := h.door.IssueToken(h.ctx, p, "r", "统计接口", h.clock.Now().Add(time.Hour))
		h.ok(err)
		found, err := h.door.Lookup(h.ctx, text)
		h.ok(err)
		if found.Account != p.Account || found.Session != tok.ID {
			t.Errorf("%+v", found)
		}
		_, err = h.door.Lookup(h.ctx, text[:len(text)-1]+"x")
		h.refused(err, fault.Forbidden, "token")
		h.refused(h.door.RevokeToken(h.ctx, other, "r", tok.ID), fault.NotFound, "")
		if list, err := h.door.Tokens(h.ctx, p); err != nil || len(list) != 1 || list[0].Label != "统计接口" || !list[0].Revoked.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		h.ok(h.door.RevokeToken(h.ctx, p, "r", tok.ID))
		_, err = h.door.Lookup(h.ctx, text)
		h.refused(err, fault.Forbidden, "token")
		short, _, err := h.door.IssueToken(h.ctx, p, "r", "短", h.clock.Now().Add(time.Minute))
		h.ok(err)
		h.clock.pass(time.Minute)
		_, err = h.door.Lookup(h.ctx, short)
		h.refused(err, fault.Forbidden, "token")
		_, _, err = h.door.IssueToken(h.ctx, p, "r", "长", h.clock.Now().AddDate(3, 0, 0))
		h.refused(err, fault.Invalid, "")
	})
}

func TestRecoveryAtTheMachine(t *testing.T) {
	h := sqlite(t)
	auditor := h.account("shenji", access.Auditor, "city")
	slip, err := h.door.Recover(h.ctx, ledger.System("zhibu account"), "ShenJi", "遗失口令")
	h.ok(err)
	p, err := h.door.SignInBySlip(h.ctx, "shenji", slip.Code, here)
	h.ok(err)
	if p.Account != auditor.Account || !p.First {
		t.Errorf("%+v", p)
	}
	_, err = h.door.Recover(h.ctx, ledger.System("zhibu account"), "nobody", "")
	h.refused(err, fault.NotFound, "")
	if all, err := h.door.Logins(h.ctx, access.Auditor); err != nil || len(all) != 1 || all[0].Login != "shenji" {
		t.Errorf("%+v %v", all, err)
	}
}

func TestWhyAsksForTheAccountFirst(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	security := h.account("anquan", access.SecurityAdmin, "city")
	far := h.account("liu", access.PartyWorker, "town2")
	why, err := h.door.Why(h.ctx, security, p.Account, "e2")
	h.ok(err)
	if len(why) != 1 || why[0].Grant.ID != p.Grants[0].ID {
		t.Errorf("%+v", why)
	}
	_, err = h.door.Why(h.ctx, far, p.Account, "e2")
	h.refused(err, fault.NotFound, "")
	none, err := h.door.Why(h.ctx, security, p.Account, "no-such-member")
	h.ok(err)
	outside, err := h.door.Why(h.ctx, security, p.Account, "s1")
	h.ok(err)
	if none != nil || outside != nil {
		t.Errorf("%v %v", none, outside)
	}
}

func TestEveryChangeIsInTheLedger(t *testing.T) {
	h := sqlite(t)
	worker := h.account("zhen", access.PartyWorker, "town1")
	p := h.secretary()
	security := h.account("anquan", access.SecurityAdmin, "city")
	_, err := h.door.SignIn(h.ctx, "dongjie", password, here)
	h.ok(err)
	h.ok(h.door.Display(h.ctx, p, "r", "en", "large", "high"))
	_, err = h.door.IssueSlips(h.ctx, worker, "r", p.Account)
	h.ok(err)
	h.ok(h.door.Disable(h.ctx, security, "r", p.Account, "调离"))
	h.ok(h.door.SignedOut(h.ctx, p, here))
	for _, kind := range []string{"account.install", "account.password", "account.sign_in", "account.display", "account.slip", "account.disable", "account.sign_out"} {
		if h.acts(kind) == 0 {
			t.Errorf("no act %s", kind)
		}
	}
	rep, err := h.ledger.Verify(h.ctx)
	h.ok(err)
	if !rep.OK {
		t.Errorf("%+v", rep.Findings)
	}
}

var list = [][]string{
	{"石桥镇党组织账号申请表"},
	{"序号", "姓名", "登 录 名", "角色", "所在党支部", "截止日期", "依据", "身份证号"},
	{"1", "党员e1", "dong.shuji", "书记", "东街党支部", "2027/7/1", "石桥委〔2026〕3号"},
	{"2", "党员w1", "", "党员", "Cwest", ""},
	{"3", "王五", "wangwu1", "支委", "西街党支部", "2026年12月31日"},
	{"4", "赵六", "DONG.SHUJI", "支部委员", "东街党支部"},
	{"5", "孙七", "sunqi", "党员", "东街党支部"},
	{"6", "周八", "zhouba", "支部书记", "南门党支部"},
	{"7", "吴九", "wujiu", "党务工作者", "石桥镇党委"},
	{"8", "郑十", "15412345678", "支委", "东街党支部"},
	{"9", "钱一", "qianyi", "主席", "东街党支部"},
	{"10", "冯二", "fenger", "支委", "东街党支部", "明年"},
	{"", "", "", ""},
	{"合计", "合计"},
}

func TestAccountsFromAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		worker := h.account("zhen", access.PartyWorker, "town1")
		sheet, err := h.door.CheckSheet(h.ctx, worker, list)
		h.ok(err)
		want := map[int]string{3: "", 4: "", 5: "", 6: "account", 7: "name", 8: "org", 9: "", 10: "account", 11: "role", 12: "until"}
		good := map[int]bool{3: true, 4: true, 5: true}
		for _, r := range sheet.Rows {
			f := fault.As(r.Problem)
			if good[r.Row] != (f == nil) || f != nil && f.Field != want[r.Row] {
				t.Errorf("row %d: %v", r.Row, r.Problem)
			}
		}
		if sheet.Ready != 3 || sheet.Bad != 7 || strings.Join(sheet.Extra, " ") != "序号" {
			t.Errorf("ready %d, bad %d, extra %v", sheet.Ready, sheet.Bad, sheet.Extra)
		}
		if h.acts("account.add") != 0 || h.logins(worker, access.Filter{}) != "zhen" {
			t.Fatal("the check wrote something")
		}
		ids, err := h.door.CreateSheet(h.ctx, worker, "r", "申请表.xlsx", sheet)
		h.ok(err)
		if len(ids) != 3 || h.acts("account.add") != 1 {
			t.Errorf("%d accounts, %d acts", len(ids), h.acts("account.add"))
		}
		first, second := h.person(ids[0]), h.person(ids[1])
		if first.Role() != access.BranchSecretary || first.Member != "e1" || first.Grants[0].To.String() != "2027-07-01" || first.Grants[0].Basis != "石桥委〔2026〕3号" {
			t.Errorf("%+v", first)
		}
		if second.Login != "dangyuan" || second.Member != "w1" || second.Role() != access.PlainMember {
			t.Errorf("%+v", second)
		}
		// The same list again: nothing is half written.
		if _, err = h.door.CreateSheet(h.ctx, worker, "r", "申请表.xlsx", sheet); fault.Of(err) != fault.Conflict {
			t.Errorf("%v", err)
		}
		slips, err := h.door.IssueSlips(h.ctx, worker, "r", ids...)
		h.ok(err)
		if len(slips) != 3 || slips[0].Login != "dong.shuji" {
			t.Errorf("%+v", slips)
		}
		_, err = h.door.CheckSheet(h.ctx, worker, [][]string{{"没有表头"}})
		h.refused(err, fault.Invalid, "")
		_, err = h.door.CheckSheet(h.ctx, first, list)
		h.refused(err, fault.Forbidden, "A-53")
	})
}

func TestPurposes(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range append(access.RevealPurposes(), access.ExportPurposes()...) {
		got, ok := access.PurposeOf(p.Code)
		if !ok || got.Text == "" {
			t.Errorf("%+v", p)
		}
		seen[p.Code] = true
	}
	if p, _ := access.PurposeOf("other"); !p.Free || len(seen) < 8 {
		t.Errorf("%v", seen)
	}
	if _, ok := access.PurposeOf("curiosity"); ok {
		t.Error("curiosity is a purpose")
	}
}
