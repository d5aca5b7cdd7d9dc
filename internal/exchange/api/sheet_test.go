package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"zhibu/internal/party/identity"
	"zhibu/internal/store"
)

// header is what these tests' sheets have.
var header = []string{"姓名", "公民身份号码", "民族", "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期", "工作岗位", "手机号码"}

// idNumber makes a synthetic ID number: prefix 66, a good check character.
func idNumber(n int) string {
	digits := fmt.Sprintf("660101198%d%02d%02d%03d", n%10, n/10%12+1, n/120%28+1, 500+n%499)
	return digits + string(identity.CheckCharacter(digits))
}

// row is a good row of a sheet.
func row(n int, branch string) []string {
	return []string{fmt.Sprintf("石试%s", string(rune('一'+n))), idNumber(n), "汉族", "大学本科", "正式党员", branch, "2015-06-28", "2016-06-28", "教师", fmt.Sprintf("154%08d", n)}
}

func sheet(rows ...[]string) raw {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(append([][]string{header}, rows...)) // into memory
	return raw{"text/csv", []byte(b.String())}
}

// roster is a sheet of n new members of the first branch at or below an organisation.
func (h *house) roster(t *testing.T, org string, n int) raw {
	t.Helper()
	branch := h.branchBelow(t, org)
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = row(i, branch)
	}
	return sheet(rows...)
}

// branchBelow is the code of the first branch at or below an organisation.
func (h *house) branchBelow(t *testing.T, org string) string {
	t.Helper()
	var code string
	query := "SELECT b.code FROM {org} o JOIN {org} b ON b.path >= o.path AND b.path < ? WHERE o.id = ? AND b.kind = 'branch' ORDER BY b.path LIMIT 1"
	var path string
	read := h.in.DB.As(store.System("test"))
	if _, err := read.One(t.Context(), "SELECT path FROM {org} WHERE id = ?", []any{org}, &path); err != nil {
		t.Fatal(err)
	}
	if found, err := read.One(t.Context(), query, []any{path[:len(path)-1] + "/", org}, &code); err != nil || !found {
		t.Fatal("no branch", err)
	}
	return code
}
