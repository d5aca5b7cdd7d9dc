package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const (
	sheetLimit    = 4 << 20  // largest list of accounts
	sheetUnpacked = 64 << 20 // largest one unpacked; nothing of it goes to disk
	sheetRows     = 6000
	sealedSheet   = "list of accounts"
)

// askAccountSheet offers to make accounts from a list.
func (s *Server) askAccountSheet(v *visit) error {
	if err := v.person.Need(access.Add, access.Account); err != nil {
		return err
	}
	return v.show(v.sheetPage(view.AccountsList{Form: v.form(url.Values{})}))
}

func (v *visit) sheetPage(d view.AccountsList) templ.Component {
	d.Roles = roleOptions(v.person.Gives())
	return view.AccountsListPage(v.page(view.Say("从 Excel 名单开账号"), view.PathAccounts, accountsCrumb), d)
}

// takeAccountSheet checks an uploaded list and says row by row what would be made; sent once more, sealed into the
// page, it is made. In between nothing of it lies on the server.
func (s *Server) takeAccountSheet(v *visit) error {
	if err := v.person.Need(access.Add, access.Account); err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 2*sheetLimit)
	if !strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		return v.makeAccounts()
	}
	_, file, err := v.multipart("file")
	if err == nil && file == nil {
		err = fault.New(fault.Invalid, "请选择名单文件。").At("file")
	}
	var rows [][]string
	if err == nil {
		rows, err = readTable(file)
	}
	var checked access.Sheet
	if err == nil {
		checked, err = v.in.Access.CheckSheet(v.ctx(), v.person, rows)
	}
	if err != nil {
		v.drain()
		if !wrong(err) {
			return err
		}
		f := v.form(url.Values{})
		f.Problems = []view.Problem{v.problem(err, at{"file": "file"})}
		return v.again(err, v.sheetPage(view.AccountsList{Form: f}))
	}
	return v.checkedSheet(rows, checked, nil)
}

// checkedSheet shows what a list would make.
func (v *visit) checkedSheet(rows [][]string, checked access.Sheet, cause error) error {
	b, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	d := view.AccountsList{Form: v.form(url.Values{}), Batch: v.s.sealer.seal(sealedSheet, v.person.Account, b), Ready: checked.Ready, Bad: checked.Bad}
	for _, r := range checked.Rows {
		row := view.AccountListRow{Row: r.Row, Name: r.Name, Account: r.Login, Role: r.Role, Organisation: r.OrgName}
		if row.Organisation == "" {
			row.Organisation = r.Org
		}
		if r.Problem != nil {
			row.Problem = words.Error(v.ctx(), r.Problem)
		}
		d.Rows = append(d.Rows, row)
	}
	if cause != nil {
		d.Form.Problems = []view.Problem{v.problem(cause, at{})}
		return v.again(cause, v.sheetPage(d))
	}
	return v.show(v.sheetPage(d))
}

// makeAccounts makes the good rows of the list that was checked, all of them or none, and prints their slips.
func (v *visit) makeAccounts() error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	plain, ok := v.s.sealer.open(sealedSheet, v.person.Account, values.Get("batch"))
	var rows [][]string
	if !ok || json.Unmarshal(plain, &rows) != nil {
		return v.to(view.PathAccountsList)
	}
	checked, err := v.in.Access.CheckSheet(v.ctx(), v.person, rows)
	if err != nil {
		return err
	}
	ids, err := v.in.Access.CreateSheet(v.ctx(), v.person, v.request, "Excel 名单", checked)
	if err != nil {
		if !wrong(err) {
			return err
		}
		return v.checkedSheet(rows, checked, err)
	}
	if v.works(access.IssueSlip, access.Account) {
		return v.slips(ids, view.PathAccounts)
	}
	v.done(words.Mark("账号已经开好。登录条由支部、党委或安全管理员打印。"))
	return v.to(view.PathAccounts)
}

// readTable reads the first sheet of a small workbook, or a CSV in UTF-8 or GB18030, in memory.
func readTable(file io.Reader) ([][]string, error) {
	content, err := io.ReadAll(io.LimitReader(file, sheetLimit+1))
	if err != nil {
		return nil, err
	}
	if len(content) > sheetLimit {
		return nil, fault.New(fault.Invalid, "名单超过了 %d MB。请只留需要的列，或者分几次。", sheetLimit>>20).At("file")
	}
	if bytes.HasPrefix(content, []byte("PK")) {
		return readWorkbook(content)
	}
	return readText(content)
}

func unreadableSheet(err error) error {
	return fault.New(fault.Invalid, "这个文件读不出来。请用 Excel 另存为 .xlsx，或者 .csv。").At("file").Because(err)
}

func readWorkbook(content []byte) (rows [][]string, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: sheetUnpacked, UnzipXMLSizeLimit: sheetUnpacked})
	if err != nil {
		return nil, unreadableSheet(err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	lines, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, unreadableSheet(err)
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	for lines.Next() && len(rows) < sheetRows {
		row, err := lines.Columns()
		if err != nil {
			return nil, unreadableSheet(err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Error()
}

func readText(content []byte) ([][]string, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		plain, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
		if err != nil {
			return nil, unreadableSheet(err)
		}
		content = plain
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, unreadableSheet(err)
	}
	return rows, nil
}

// giveAccountSheet gives a blank list.
func (s *Server) giveAccountSheet(v *visit) error {
	if err := v.person.Need(access.Add, access.Account); err != nil {
		return err
	}
	book := excelize.NewFile()
	for i, names := range access.SheetColumns() {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err == nil {
			err = book.SetCellStr("Sheet1", cell, names[0])
		}
		if err != nil {
			return err
		}
	}
	return v.download("账号名单（空白）", roster.FormatXLSX, func(w io.Writer) error { return errors.Join(book.Write(w), book.Close()) })
}
