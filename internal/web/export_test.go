package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// TestExport: a purpose is asked and written down, the columns are those of the role, and what is ticked is all that
// leaves.
func TestExport(t *testing.T) {
	h := openHouse(t, store.Config{})
	secretary, reviewer := h.sit("branch-secretary", 1), h.sit("reviewer", 1)
	branch, other := h.branchOf(1), h.branchOf(2)
	list, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: branch.Path, Limit: 50, On: on})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: other.Path, Limit: 1, On: on})
	if err != nil {
		t.Fatal(err)
	}
	form := secretary.page("/members/export")
	has(t, form, "用途", "公民身份号码", "敏感，本人会看到", `value="name" checked`)
	lacks(t, form, `value="idNumber" checked`)
	lacks(t, reviewer.page("/members/export"), `value="idNumber"`, `value="mobile"`)

	ask := url.Values{"column": {"name", "idNumber", "mobile"}, "format": {"xlsx"}}
	status, body, _ := secretary.send("/members/export", ask)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("exported without a purpose: %d", status)
	}
	has(t, body, "请说明用途")
	ask.Set("purpose", "contact")
	if status, _, _ := reviewer.send("/members/export", ask); status != http.StatusUnprocessableEntity {
		t.Errorf("a reviewer took out numbers: %d", status)
	}
	picked := []string{list.Items[0].ID, list.Items[2].ID, foreign.Items[0].ID}
	ask["id"] = picked
	status, file, _ := secretary.send("/members/export", ask)
	if status != http.StatusOK {
		t.Fatalf("export: %d\n%s", status, text(file))
	}
	book, err := excelize.OpenReader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 3 || rows[1][0] != list.Items[0].Name || len(rows[1][1]) != 18 {
		t.Errorf("the ticked two of three: %d rows, %v", len(rows), err)
	}
	acts, err := h.Ledger.Acts(t.Context(), h.Everything(), ledger.Query{Kind: "member.export"})
	if err != nil || len(acts) != 1 || acts[0].Reason != "通知组织生活、联系本人" {
		t.Errorf("recorded: %+v, %v", acts, err)
	}
	looks, err := h.Members.Looks(t.Context(), h.Everything(), list.Items[0].ID, 10)
	if err != nil || len(looks) != 1 || looks[0].Kind != member.Exported {
		t.Errorf("the member sees %+v, %v", looks, err)
	}
	ask.Set("format", "csv")
	if status, file, _ = secretary.send("/members/export", ask); status != http.StatusOK || !strings.HasPrefix(file, "\ufeff姓名,") {
		t.Errorf("csv: %d %.40q", status, file)
	}

	roster := secretary.page("/members/roster")
	has(t, roster, "党员花名册", branch.ShortName, list.Items[0].Name)
	lacks(t, roster, foreign.Items[0].Name+"<", "154")
	one := secretary.page("/members/roster?id=" + list.Items[1].ID + "&id=" + foreign.Items[0].ID)
	has(t, one, list.Items[1].Name, "共 1 名", "只含勾选的人员")
	for _, role := range []string{"auditor", "system-admin", "security-admin"} {
		d := h.sit(role, 1)
		for _, path := range []string{"/members/roster", "/members/export"} {
			if status, _, _ := d.get(path); status != http.StatusForbidden {
				t.Errorf("%s opens %s: %d", role, path, status)
			}
		}
	}
}
