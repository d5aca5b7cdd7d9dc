package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

var (
	slipCode = regexp.MustCompile(`<p class="code">([^<]*)</p>`)
	ticked   = regexp.MustCompile(`name="id" value="([^"]*)"`)
)

// TestSlipJourney: a Party worker makes an account, prints its slip, the holder comes in by it once and sets a
// password; locked, nobody comes in.
func TestSlipJourney(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker, other := h.sit("party-worker", 1), h.sit("branch-secretary", 2)
	branch := h.branchOf(1)
	list, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: branch.Path, Limit: 50, On: on})
	if err != nil {
		t.Fatal(err)
	}
	holder := list.Items[len(list.Items)-1]

	status, body, _ := worker.send("/accounts/new", url.Values{"name": {holder.Name}, "account": {"13800138000"}, "org": {branch.ID}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a telephone number as a login: %d", status)
	}
	has(t, body, "登录名不能是手机号或身份证号", holder.Name)
	status, body, at := worker.send("/accounts/new", url.Values{"name": {holder.Name}, "account": {"newcomer"}, "org": {branch.ID}, "member": {holder.Name},
		"role": {"branch-committee"}, "day": {"2026-11-23"}, "basis": {"支部大会决议"}})
	if status != http.StatusSeeOther {
		t.Fatalf("new account: %d\n%s", status, text(body))
	}
	has(t, worker.page(at), "账号已经开好", "还没设密码", "支部大会决议", "newcomer")

	status, slip, _ := worker.send(at+"/slip", nil)
	code := slipCode.FindStringSubmatch(slip)
	if status != http.StatusOK || code == nil {
		t.Fatalf("slip: %d\n%s", status, text(slip))
	}
	has(t, slip, "newcomer", branch.ShortName, "<svg")
	lacks(t, slip, "code="+code[1], "?account=")

	guest := h.stranger()
	has(t, guest.page("/sign-in/slip"), "登录条上的验证码")
	status, body, to := guest.send("/sign-in/slip", url.Values{"account": {"newcomer"}, "code": {strings.ToLower(code[1])}})
	if status != http.StatusSeeOther || to != "/password" {
		t.Fatalf("sign in by slip: %d to %q\n%s", status, to, text(body))
	}
	if status, body, _ = guest.send("/password", url.Values{"new": {"Zhibu-2026-shiqiao"}, "again": {"Zhibu-2026-shiqiao"}}); status != http.StatusSeeOther {
		t.Fatalf("password: %d\n%s", status, text(body))
	}
	has(t, guest.page("/members"), holder.Name)
	if status, _, _ := h.stranger().send("/sign-in/slip", url.Values{"account": {"newcomer"}, "code": {code[1]}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a slip opened twice: %d", status)
	}

	unknown := "/accounts/01JAAAAAAAAAAAAAAAAAAAAAAA"
	for _, act := range []string{"", "/slip", "/lock", "/unlock", "/post", "/post-end"} {
		ask := other.get
		if act != "" {
			ask = func(path string) (int, string, string) {
				return other.send(path, url.Values{"reason": {"x"}, "how": {"lock"}})
			}
		}
		_, seen, _ := ask(at + act)
		status, unseen, _ := ask(unknown + act)
		if status != http.StatusNotFound || plain(seen, at) != plain(unseen, unknown) {
			t.Errorf("the secretary of another branch can tell that the account%s is there: %d", act, status)
		}
	}
	if status, _, _ := other.get("/accounts/new"); status != http.StatusForbidden {
		t.Errorf("a secretary is offered to make accounts: %d", status)
	}
	if status, _, _ := h.sit("reviewer", 1).get("/accounts"); status != http.StatusForbidden {
		t.Errorf("a reviewer lists accounts: %d", status)
	}

	if status, body, _ = worker.send(at+"/lock", url.Values{"how": {"lock"}, "reason": {""}}); status != http.StatusUnprocessableEntity {
		t.Errorf("locked without a reason: %d", status)
	}
	has(t, body, "请写明原因")
	worker.send(at+"/lock", url.Values{"how": {"lock"}, "reason": {"手机丢了"}})
	has(t, worker.page(at), "已锁定", "手机丢了")
	if status, _, to := guest.get("/members"); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("a locked account still works: %d to %q", status, to)
	}
	worker.send(at+"/unlock", url.Values{"why": {"找到了"}})
	has(t, worker.page(at), "账号已经恢复使用")
	if strings.Contains(h.log.String(), code[1]) || strings.Contains(h.log.String(), holder.Name) {
		t.Error("the log holds a slip's code or a name")
	}
}

func TestAccountsAreFoundWithoutNamesInAddresses(t *testing.T) {
	h := openHouse(t, store.Config{})
	security := h.sit("security-admin", 1)
	name := h.Person("auditor", 1).Name
	status, _, at := security.send("/accounts", url.Values{"q": {name}, "role": {"auditor"}})
	if status != http.StatusSeeOther || strings.Contains(at, url.QueryEscape(name)) {
		t.Fatalf("search: %d to %q", status, at)
	}
	found := security.page(at)
	has(t, found, name, "共 1 个账号")
	id := ticked.FindStringSubmatch(found)
	if id == nil {
		t.Fatal("nothing to tick")
	}
	status, body, _ := security.send("/accounts/slips", url.Values{"id": {id[1]}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("an administrator's slip was printed on a page: %d", status)
	}
	has(t, body, "zhibu account")
}

// TestAccountsFromAList: each row says what is wrong with it; the good ones are made together.
func TestAccountsFromAList(t *testing.T) {
	h := openHouse(t, store.Config{})
	worker := h.sit("party-worker", 1)
	branch := h.branchOf(1)
	book := excelize.NewFile()
	for i, row := range [][]any{{"姓名", "登录名", "角色", "党组织"}, {"林甲", "linjia", "支部委员", branch.ShortName}, {"林乙", "linyi", "市长", branch.ShortName}, {"林丙", "linjia", "支部委员", branch.ShortName}} {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	status, body, _ := worker.hand("/accounts/list", nil, "名单.xlsx", b.Bytes())
	if status != http.StatusOK {
		t.Fatalf("list: %d\n%s", status, text(body))
	}
	has(t, body, "可以开 1 个，有问题 2 个", "没有“市长”这个角色", "已经有人用了")
	batch := regexp.MustCompile(`name="batch" value="([^"]*)"`).FindStringSubmatch(body)
	if batch == nil {
		t.Fatal("nothing to send")
	}
	if status, _, at := h.sit("organisation-department", 1).send("/accounts/list", url.Values{"act": {"make"}, "batch": {batch[1]}}); status != http.StatusSeeOther || at != "/accounts/list" {
		t.Errorf("somebody else sent the sealed list: %d to %q", status, at)
	}
	status, body, _ = worker.send("/accounts/list", url.Values{"act": {"make"}, "batch": {batch[1]}})
	if status != http.StatusOK || slipCode.FindString(body) == "" {
		t.Fatalf("make: %d\n%s", status, text(body))
	}
	status, body, _ = worker.hand("/accounts/list", nil, "名单.xlsx", []byte("PK\x03\x04 not a workbook"))
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a broken workbook: %d", status)
	}
	has(t, body, "这个文件读不出来")
}
