package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"os"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// form is a sheet as a form sends it; fields come before the file but those that begin with a plus.
func form(t *testing.T, name string, s raw, fields ...string) raw {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	put := func(behind bool) {
		for i := 0; i < len(fields); i += 2 {
			if key, late := strings.CutPrefix(fields[i], "+"); late == behind {
				if err := w.WriteField(key, fields[i+1]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	put(false)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(s.content); err != nil {
		t.Fatal(err)
	}
	put(true)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return raw{w.FormDataContentType(), b.Bytes()}
}

// TestImportRoundTrip: a sheet with good and bad rows is checked, confirmed, mended and undone.
func TestImportRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		town := h.people[who].Grants[0].Org
		branch := h.branchBelow(t, town)
		bad := row(3, branch)
		bad[1] = "660101198501011234"
		s := sheet(row(1, branch), row(2, branch), bad)
		count := func() int {
			return h.as(t, who, "GET", "/organisations/"+town+"/headcount", nil).want(t, 200).number("total")
		}
		before := count()

		dry := h.as(t, who, "POST", "/imports", form(t, "花名册.csv", s, "org", town, "+dry_run", "true")).want(t, 201)
		if dry.text("state") != "checked" || dry.number("new") != 2 || dry.number("rejected") != 1 || dry.number("rows") != 3 || dry.text("file") != "花名册.csv" || count() != before {
			t.Fatal(dry, count())
		}
		at := "/imports/" + dry.text("id")
		problems := h.all(t, who, at+"/problems", 1)
		if len(problems) == 0 || problems[0].number("row") != 4 || problems[0].text("code") != "checksum" || problems[0].text("column") != "公民身份号码" || strings.Contains(fmt.Sprint(problems), bad[1]) {
			t.Error(problems)
		}
		if got := h.as(t, who, "POST", at+"/confirm", nil).want(t, 200); got.text("state") != "done" || count() != before+2 {
			t.Fatal(got, count())
		}
		h.as(t, who, "POST", at+"/confirm", nil).problem(t, 409)

		again := h.as(t, who, "POST", "/imports?org="+town, s).want(t, 201)
		if again.text("state") != "done" || again.number("new") != 0 || again.number("unchanged") != 2 || again.number("rejected") != 1 || count() != before+2 {
			t.Error(again)
		}
		if got := h.as(t, who, "POST", "/imports/"+dry.text("id")+"/undo", map[string]any{"reason": ""}); got.status != 422 {
			t.Error(got.status)
		}
		if got := h.as(t, who, "POST", at+"/undo", map[string]any{"reason": "导错了文件"}).want(t, 200); got.text("state") != "undone" || count() != before {
			t.Error(got, count())
		}
		var listed []string
		for _, b := range h.all(t, who, "/imports", 1) {
			listed = append(listed, b.text("id"))
		}
		if !slices.Equal(listed, []string{again.text("id"), dry.text("id")}) {
			t.Error(listed)
		}
	})
}

// TestRejectedRowsComeBack: the workbook of the rejected rows is recorded, and imports again where it was mended.
func TestRejectedRowsComeBack(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	town := h.people[who].Grants[0].Org
	bad := row(4, h.branchBelow(t, town))
	bad[5] = "不存在的支部"
	b := h.as(t, who, "POST", "/imports?org="+town, sheet(bad)).want(t, 201)
	book := h.as(t, who, "GET", "/imports/"+b.text("id")+"/rejected-rows", nil)
	if book.status != 200 || book.header.Get("Content-Disposition") != "attachment; filename=rejected-rows.xlsx" {
		t.Fatal(book.status, book.header)
	}
	if acts := h.all(t, who, "/events?kind=import.rejected_rows", 10); len(acts) != 1 {
		t.Error("not recorded", acts)
	}
	got := h.as(t, who, "POST", "/imports", form(t, "再导.xlsx", raw{content: book.body}, "org", town)).want(t, 201)
	if got.number("rows") != 1 || got.number("rejected") != 1 {
		t.Error(got)
	}
}

// TestSheetsAreRefused: what cannot be read as a roster is refused with a sentence, and a form that says too late
// what it wants does nothing.
func TestSheetsAreRefused(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	town := h.people[who].Grants[0].Org
	good := sheet(row(1, h.branchBelow(t, town)))
	ask := func(body raw, query string) answer { return h.as(t, who, "POST", "/imports"+query, body) }
	ask(raw{"text/csv", []byte("何,为\n1,2\n")}, "?org="+town).problem(t, 422)
	ask(raw{"application/octet-stream", []byte("%PDF-1.7")}, "?org="+town).refuses(t, 422, "file")
	ask(good, "").refuses(t, 422, "org")
	ask(good, "?org=nobody").refuses(t, 422, "org")
	ask(form(t, "x.csv", good), "").refuses(t, 422, "org")
	ask(form(t, "x.csv", good, "+org", town), "").refuses(t, 422, "org")
	ask(form(t, "x.csv", good, "org", town, "+colour", "red"), "").refuses(t, 422, "colour")
	ask(form(t, "x.csv", good, "org", town, "dry_run", "perhaps"), "").refuses(t, 422, "dry_run")
	ask(raw{"multipart/form-data; boundary=x", []byte("--x\r\n\r\n")}, "?org="+town).problem(t, 400)
	ask(raw{"multipart/form-data; boundary=x", []byte("--x--\r\n")}, "?org="+town).refuses(t, 422, "file")
	for _, b := range h.all(t, who, "/imports", 50) {
		if b.text("state") != "failed" {
			t.Error("a refused sheet is kept", b)
		}
	}
	left := h.as(t, who, "POST", "/imports?dry_run=true&org="+town, good).want(t, 201)
	if got := h.as(t, who, "POST", "/imports/"+left.text("id")+"/discard", nil).want(t, 200); got.text("state") != "failed" {
		t.Error(got)
	}
	h.as(t, who, "POST", "/imports/"+left.text("id")+"/confirm", nil).problem(t, 409)
	if files, err := os.ReadDir(h.in.Dir.Spool()); err != nil || len(files) != 0 {
		t.Errorf("%d uploads left, %v", len(files), err)
	}
	var n int
	if _, err := h.in.DB.As(store.System("test")).One(t.Context(), "SELECT count(*) FROM {member}", nil, &n); err != nil || n != 300 {
		t.Errorf("%d members: a refused sheet was taken in", n)
	}
}

// TestImportsAreDoneOnce: a sheet that is sent again with its key is not read again.
func TestImportsAreDoneOnce(t *testing.T) {
	h := found(t, storeSQLite())
	town := h.people["party-worker"].Grants[0].Org
	s := h.roster(t, town, 3)
	first := h.as(t, "party-worker", "POST", "/imports?org="+town, s, "Idempotency-Key", "sheet-1")
	id := first.want(t, 201).text("id")
	if again := h.as(t, "party-worker", "POST", "/imports?org="+town, s, "Idempotency-Key", "sheet-1").want(t, 201); again.text("id") != id {
		t.Error(again)
	}
	h.as(t, "party-worker", "POST", "/imports?org="+town, h.roster(t, town, 4), "Idempotency-Key", "sheet-1").refuses(t, 422, "Idempotency-Key")
	if n := len(h.all(t, "party-worker", "/imports", 50)); n != 1 {
		t.Errorf("%d imports", n)
	}
}

// TestExportImportsUnchanged: what was taken out changes nothing when it is taken in again, in both formats.
func TestExportImportsUnchanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		town := h.people[who].Grants[0].Org
		total := h.as(t, who, "GET", "/organisations/"+town+"/headcount", nil).want(t, 200).number("total")
		for format, kind := range map[string]string{"csv": "text/csv", "xlsx": "application/octet-stream"} {
			out := h.as(t, who, "POST", "/exports", map[string]any{"under": town, "purpose": "archive", "format": format})
			if out.status != 200 || out.header.Get("Content-Disposition") != "attachment; filename=roster."+format {
				t.Fatal(out.status, out.header, string(out.body))
			}
			got := h.as(t, who, "POST", "/imports?org="+town, raw{kind, out.body}).want(t, 201)
			if got.text("state") != "done" || got.number("rows") != total || got.number("unchanged") != total {
				t.Errorf("%s of %d: %v", format, total, got)
			}
		}
	})
}

// TestExportsKeepToTheMask: only the columns that the role may take out, with a purpose, on record.
func TestExportsKeepToTheMask(t *testing.T) {
	h := found(t, storeSQLite())
	branch := h.people["branch-committee"].Grants[0].Org
	ask := func(who string, more map[string]any) answer {
		body := map[string]any{"under": branch, "purpose": "election", "format": "csv"}
		for k, v := range more {
			body[k] = v
		}
		return h.as(t, who, "POST", "/exports", body)
	}
	head := func(a answer) []string {
		t.Helper()
		if a.status != 200 {
			t.Fatal(a.status, string(a.body))
		}
		lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\ufeff")))).ReadAll()
		if err != nil || len(lines) < 2 {
			t.Fatal(err, lines)
		}
		return lines[0]
	}
	for _, c := range []roster.Column{roster.IDNumber, roster.Born, roster.Mobile, roster.Address} {
		if slices.Contains(head(ask("branch-committee", nil)), c.Title()) {
			t.Errorf("%s goes out", c)
		}
	}
	if got := head(ask("branch-committee", map[string]any{"columns": []string{"joined", "name"}})); !slices.Equal(got, []string{roster.Joined.Title(), roster.Name.Title()}) {
		t.Error(got)
	}
	if p := ask("branch-committee", map[string]any{"columns": []string{"idNumber"}}).refuses(t, 403, "columns"); p.Rule != "A-44" {
		t.Errorf("%+v", p)
	}
	ask("branch-committee", map[string]any{"purpose": "verify-identity"}).refuses(t, 422, "purpose")
	ask("branch-committee", map[string]any{"columns": []string{"pinyin"}}).problem(t, 422)
	acts := h.all(t, "branch-secretary", "/events?kind=member.export", 10)
	if len(acts) < 2 || acts[0].text("reason") == "" {
		t.Error(acts)
	}
}
