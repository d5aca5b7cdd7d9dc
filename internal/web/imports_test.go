package web_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// sheetOf makes a CSV of people who are not in the city, for one branch.
func sheetOf(t *testing.T, seed uint64, n int, change func(i int, row []string)) (content []byte, names []string) {
	t.Helper()
	other, err := population.Build(population.Plan{Members: max(n, 10), Seed: seed, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"姓名", "身份证号", "人员类别", "所在党支部", "入党时间", "转正时间", "手机", "特长"}}
	for m := range other.Members() {
		category := "正式党员"
		if m.Category == population.Probationary {
			category = "预备党员"
		}
		row := []string{m.Name, m.Identity, category, "", m.Joined.String(), m.Confirmed.String(), m.Mobile, "书法"}
		change(len(rows)-1, row)
		rows = append(rows, row)
		names = append(names, row[0])
		if len(rows) == n+1 {
			break
		}
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), names
}

// TestImportJourney: a Party worker's sheet with faults becomes members, the rejected rows come back with reasons, and
// the batch is taken back.
func TestImportJourney(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		worker, secretary := h.sit("party-worker", 1), h.sit("branch-secretary", 2)
		town, branch := h.Town(), h.branchOf(1)
		content, names := sheetOf(t, 99, 12, func(i int, row []string) {
			row[3] = branch.ShortName
			switch i {
			case 2: // a wrong check character
				row[1] = row[1][:17] + map[bool]string{true: "2", false: "1"}[strings.HasSuffix(row[1], "1")]
			case 5:
				row[3] = "没有这个支部"
			}
		})
		has(t, worker.page("/imports"), "还没有导入过", "空白模板")
		has(t, worker.page("/imports/new"), `<option value="`+town.ID+`" selected>`, "不超过 100 兆")

		status, body, at := worker.hand("/imports/new", url.Values{"org": {town.ID}}, "石桥镇党员名册.csv", content)
		if status != http.StatusSeeOther || !strings.HasSuffix(at, "/columns") {
			t.Fatalf("upload: %d to %q\n%s", status, at, text(body))
		}
		batch := strings.TrimSuffix(at, "/columns")
		has(t, worker.page(at), "身份证号", "作为备注保留", "逐行检查", "入党时间", `name="use-0"`)
		lacks(t, worker.page(at), "15400000000")

		status, body, at = worker.send(batch+"/columns", url.Values{"use-0": {"yes"}})
		if status != http.StatusSeeOther || at != batch {
			t.Fatalf("columns: %d to %q\n%s", status, at, text(body))
		}
		shown := worker.until(batch, "问题在哪一格")
		has(t, shown, "写入 10 行", "校验位不对", "找不到党支部", "没有这个支部", "B4", names[2], "特长")
		only := worker.page(batch + "/preview?code=unknown_organisation&level=error")
		has(t, only, "没有这个支部", names[5])
		lacks(t, only, names[2])

		for _, path := range []string{"", "/columns", "/preview", "/errors.xlsx"} {
			_, seen, _ := secretary.get(batch + path)
			unknown := strings.Replace(batch, batch[len("/imports/"):], "01JAAAAAAAAAAAAAAAAAAAAAAA", 1)
			status, unseen, _ := secretary.get(unknown + path)
			if status != http.StatusNotFound || plain(seen, batch) != plain(unseen, unknown) {
				t.Errorf("another branch's secretary can tell that %s is there", path)
			}
		}

		if status, body, _ = worker.send(batch+"/run", nil); status != http.StatusSeeOther {
			t.Fatalf("run: %d\n%s", status, text(body))
		}
		has(t, worker.until(batch, "下载退回的行"), "退回的 2 行", "撤回这一批")
		rejected := worker.page(batch + "/errors.xlsx")
		book, err := excelize.OpenReader(strings.NewReader(rejected))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err != nil || len(rows) != 3 || rows[1][0] != names[2] {
			t.Errorf("the workbook of rejected rows: %v, %v", rows, err)
		}

		status, body, _ = worker.send(batch+"/undo", url.Values{"reason": {""}})
		if status != http.StatusUnprocessableEntity {
			t.Errorf("undone without a reason: %d", status)
		}
		has(t, body, "请写明撤销的理由")
		if status, body, _ = worker.send(batch+"/undo", url.Values{"reason": {"导错了文件"}}); status != http.StatusSeeOther {
			t.Fatalf("undo: %d\n%s", status, text(body))
		}
		has(t, worker.until(batch, "已经撤回"), "名册恢复到导入以前")
		h.Sound()
	})
}
