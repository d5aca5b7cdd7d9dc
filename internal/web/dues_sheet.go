package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/xuri/excelize/v2"

	"zhibu/internal/fault"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// sealedDues seals a sheet into the page between the check and the act, so that nothing of it lies on the server.
const sealedDues = "sheet of dues"

// duesUpload is a page that takes a file, shows what it holds and then acts on it.
type duesUpload struct {
	path           string
	heading        view.Text
	file, send, do view.Text
}

var (
	duesImport = duesUpload{view.PathDuesImport, view.Say("从表格导入党费"), view.Say("表格文件（.xlsx 或者 .csv）"), view.Say("上传并检查"), view.Say("登记没有问题的")}
	duesMatch  = duesUpload{view.PathDuesMatch, view.Say("和对账单核对"), view.Say("对账单（.xlsx 或者 .csv）"), view.Say("上传并核对"), view.Say("确认勾选的")}
)

func (v *visit) duesUploadPage(u duesUpload, o org.Organisation, f view.Form, parts ...view.SheetPart) templ.Component {
	sheet := view.Sheet{Heading: u.heading, Lead: view.Say("%s。", view.Plain(o.ShortName)), Form: f, Style: duesStyle}
	if u.path == view.PathDuesImport {
		sheet.Lead = view.Say("%s。先逐行检查，看过以后再记；有问题的行不记。", view.Plain(o.ShortName))
	} else {
		sheet.Lead = view.Say("%s。程序只提出像的，对不对由您逐笔确认。", view.Plain(o.ShortName))
	}
	sheet.Parts = append(parts, view.SheetPart{ID: "file", Title: view.Say("选择文件"), Forms: []view.SheetForm{{Action: u.path, Submit: u.send, Main: len(parts) == 0, Hidden: []view.Pair{{Name: "org", Value: o.ID}}, File: u.file}}})
	return view.SheetPage(v.page(sheet.Heading, view.PathDues, append(v.orgCrumbs(o), view.Link{Text: view.Say("党费台账"), URL: view.PathDuesOf(view.PathDues, o.ID, "")})...), sheet)
}

func (s *Server) askDuesSheet(v *visit) error { return v.askUpload(duesImport) }

func (s *Server) askStatement(v *visit) error { return v.askUpload(duesMatch) }

func (v *visit) askUpload(u duesUpload) error {
	o, err := v.duesPlace(access.Add, v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	return v.show(v.duesUploadPage(u, o, v.form(url.Values{})))
}

// uploaded reads the form of an upload page: the rows of the file that was sent, or of the one sealed into the page.
func (v *visit) uploaded() (o org.Organisation, rows [][]string, values url.Values, fresh bool, err error) {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 2*sheetLimit)
	if err = v.person.Need(access.Add, access.Dues); err != nil {
		return o, nil, nil, false, err
	}
	if !strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		if values, err = v.posted(); err != nil {
			return o, nil, nil, false, err
		}
		if o, err = v.duesPlace(access.Add, values.Get("org")); err != nil {
			return o, nil, nil, false, err
		}
		plain, ok := v.s.sealer.open(sealedDues, v.person.Account, values.Get("batch"))
		if !ok || json.Unmarshal(plain, &rows) != nil {
			err = fault.New(fault.Conflict, "页面放得太久了，请再上传一次。").At("file")
		}
		return o, rows, values, false, err
	}
	values, file, err := v.multipart("file")
	if err == nil {
		o, err = v.duesPlace(access.Add, values.Get("org"))
	}
	if err != nil {
		v.drain()
		return o, nil, values, true, err
	}
	if file == nil {
		return o, nil, values, true, fault.New(fault.Invalid, "请选择文件。").At("file").By("F-12")
	}
	rows, err = readTable(file)
	v.drain()
	return o, rows, values, true, err
}

// refusedUpload shows the page once more with what was wrong.
func (v *visit) refusedUpload(u duesUpload, o org.Organisation, err error) error {
	if !wrong(err) || o.ID == "" {
		return err
	}
	f := v.form(url.Values{})
	f.Problems = []view.Problem{v.problem(err, at{"file": "file"})}
	return v.again(err, v.duesUploadPage(u, o, f))
}

func (v *visit) sealedRows(rows [][]string) ([]view.Pair, error) {
	b, err := json.Marshal(rows)
	return []view.Pair{{Name: "batch", Value: v.s.sealer.seal(sealedDues, v.person.Account, b)}}, err
}

// takeDuesSheet checks a sheet of payments; sent once more it is recorded.
func (s *Server) takeDuesSheet(v *visit) error {
	o, rows, _, fresh, err := v.uploaded()
	if err != nil {
		return v.refusedUpload(duesImport, o, err)
	}
	if !fresh {
		if _, err := v.in.Dues.TakeSheet(v.ctx(), v.actor(), o.ID, rows); err != nil {
			return v.refusedUpload(duesImport, o, err)
		}
		v.done("已经登记，收据可以打印。")
		return v.to(view.PathDuesOf(view.PathDues, o.ID, ""))
	}
	r, err := v.readerFor(access.Add, access.Dues)
	if err != nil {
		return err
	}
	checked, err := v.in.Dues.CheckSheet(v.ctx(), r, o, rows)
	if err != nil {
		return v.refusedUpload(duesImport, o, err)
	}
	part := view.SheetPart{ID: "rows", Title: view.Say("%d 行可以登记，%d 行有问题", checked.Ready, checked.Bad), Note: view.Say("可以登记的共 %s 元。有问题的改好再传，不会重复：收据号用过的不再记。", checked.Sum.String()),
		Head: []view.Text{view.Say("行"), view.Say("姓名"), view.Say("交到哪个月"), view.Say("日期"), view.Say("金额（元）"), view.Say("情况")}}
	for _, x := range checked.Rows {
		state := view.SheetCell{Tag: view.Tag{Text: view.Say("可以登记"), Kind: view.TagOK}}
		if x.Problem != nil {
			state = view.SheetCell{Text: view.Plain(words.Error(v.ctx(), x.Problem)), Tag: view.Tag{Text: view.Plain(x.Problem.Rule), Kind: view.TagLate}}
		}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(strconv.Itoa(x.Row))), view.Cell(view.Plain(x.Name)), view.Cell(view.Plain(x.Paying.Through.MonthOf())), view.Cell(view.Plain(x.Paying.On.String())), view.Cell(yuan(x.Paying.Sum)), state}})
	}
	if checked.Ready > 0 {
		hidden, err := v.sealedRows(rows)
		if err != nil {
			return err
		}
		part.Forms = []view.SheetForm{{Action: view.PathDuesImport, Submit: duesImport.do, Main: true, Hidden: append(hidden, view.Pair{Name: "org", Value: o.ID})}}
	}
	return v.show(v.duesUploadPage(duesImport, o, v.form(url.Values{}), part))
}

// takeStatement holds a statement against the receipts; what is ticked is confirmed.
func (s *Server) takeStatement(v *visit) error {
	o, rows, values, fresh, err := v.uploaded()
	if err != nil {
		return v.refusedUpload(duesMatch, o, err)
	}
	var cause error
	if !fresh {
		var ticked []int
		for _, text := range values["row"] {
			n, _ := strconv.Atoi(text) // what is no number is no row
			ticked = append(ticked, n)
		}
		if _, _, cause = v.in.Dues.Confirm(v.ctx(), v.actor(), o.ID, rows, ticked); cause == nil {
			v.done("已经对上。")
			return v.to(view.PathDuesOf(view.PathDues, o.ID, ""))
		}
		if !wrong(cause) {
			return cause
		}
	}
	r, err := v.readerFor(access.Add, access.Dues)
	if err != nil {
		return err
	}
	lines, err := v.in.Dues.Reconcile(v.ctx(), r, o, rows)
	if err != nil {
		return v.refusedUpload(duesMatch, o, err)
	}
	part, err := v.statementPart(o, rows, lines)
	if err != nil {
		return err
	}
	f := v.form(nil)
	if cause != nil {
		f = v.form(values)
		f.Problems = []view.Problem{v.problem(cause, at{})}
		return v.again(cause, v.duesUploadPage(duesMatch, o, f, part))
	}
	return v.show(v.duesUploadPage(duesMatch, o, f, part))
}

func (v *visit) statementPart(o org.Organisation, rows [][]string, lines []duesbook.StatementLine) (view.SheetPart, error) {
	part := view.SheetPart{ID: "lines", Title: view.Say("对账单上的 %d 笔", len(lines)), Note: view.Say("勾选的确认以后：对上的收据记下流水号，没有登记的出收据。")}
	hidden, err := v.sealedRows(rows)
	form := view.SheetForm{Action: view.PathDuesMatch, Submit: duesMatch.do, Main: true, Hidden: append(hidden, view.Pair{Name: "org", Value: o.ID}, view.Pair{Name: "sent", Value: "1"}),
		Head: []view.Text{view.Say("行"), view.Say("确认"), view.Say("日期"), view.Say("金额（元）"), view.Say("付款人"), view.Say("像哪一笔"), view.Say("凭什么")}}
	for _, l := range lines {
		n := strconv.Itoa(l.Row)
		tick, what := view.SheetCell{}, view.SheetCell{Tag: view.Tag{Text: view.Say("没有对上")}}
		switch {
		case l.Problem != nil:
			what = view.SheetCell{Text: view.Plain(words.Error(v.ctx(), l.Problem))}
		case l.Already:
			what = view.SheetCell{Tag: view.Tag{Text: view.Say("已经对上"), Kind: view.TagOK}}
		case l.Match != nil:
			what = view.SheetCell{Text: view.Say("收据 %s，%s", l.Match.Receipt, view.Plain(l.Match.Name)), URL: view.PathReceipt(l.Match.ID)}
		case l.Propose != nil:
			what = view.SheetCell{Text: view.Say("%s，交到 %s，没有登记过", view.Plain(l.Name), l.Propose.Through.MonthOf()), Tag: view.Tag{Text: view.Say("新收据"), Kind: view.TagSoon}}
		}
		if l.Match != nil || l.Propose != nil {
			tick.Input = &view.SheetInput{Name: "row", Value: n, Kind: "box", Label: view.Say("确认第 %d 行", l.Row)}
		}
		why := view.Text{}
		if l.Why != "" {
			why = view.Say(l.Why)
		}
		form.Rows = append(form.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(n)), tick, view.Cell(view.Plain(l.On.String())), view.Cell(yuan(l.Sum)), view.Cell(view.Plain(l.Payer)), what, view.Cell(why)}})
	}
	part.Forms = []view.SheetForm{form}
	return part, err
}

// giveDuesSheet gives the payments of a year as a workbook that can be taken in again.
func (s *Server) giveDuesSheet(v *visit) error {
	o, err := v.duesPlace(access.List, v.r.URL.Query().Get("org"))
	if err != nil {
		return err
	}
	year, err := v.yearAsked(v.r.URL.Query().Get("year"))
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.List, access.Dues)
	if err != nil {
		return err
	}
	list, err := duesbook.Payments(v.ctx(), r, o.Path, year, false)
	if err != nil {
		return err
	}
	book := excelize.NewFile()
	for i, row := range duesbook.Rows(list) {
		for c, text := range row {
			cell, err := excelize.CoordinatesToCellName(c+1, i+1)
			if err == nil {
				err = book.SetCellStr("Sheet1", cell, text)
			}
			if err != nil {
				return errors.Join(err, book.Close())
			}
		}
	}
	return v.download(v.t("%s %d 年党费收据", o.ShortName, year), roster.FormatXLSX, func(w io.Writer) error { return errors.Join(book.Write(w), book.Close()) })
}
