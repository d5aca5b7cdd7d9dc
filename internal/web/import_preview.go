package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const rowsPreviewed = 50

// preview is the check's outcome with a filter in its address.
func (s *Server) preview(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	if b.State != intake.Checked {
		return v.to(view.PathImport(b.ID))
	}
	return v.showPreview(b)
}

func (v *visit) showPreview(b intake.Batch) error { return v.previewAgain(b, nil) }

// previewAgain is the preview with why the batch did not go in.
func (v *visit) previewAgain(b intake.Batch, cause error) error {
	q := v.r.URL.Query()
	f := intake.Found{Level: roster.Level(q.Get("level")), Code: roster.Code(q.Get("code"))}
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 {
		number = 1
	}
	rows, total, err := v.in.Intake.ProblemRows(v.ctx(), b.ID, f, (number-1)*rowsPreviewed, rowsPreviewed)
	if err != nil {
		return err
	}
	address := view.PathImportAct(b.ID, "preview")
	d := view.ImportPreview{Form: v.form(url.Values{}), ID: b.ID, File: b.FileName, Counts: importCounts(b.Result), Notes: previewNotes(b)}
	if cause != nil {
		d.Form.Problems = []view.Problem{v.problem(cause, at{})}
	}
	if d.Org, err = v.orgOfBatch(b); err != nil {
		return err
	}
	if d.Codes, err = v.problemCounts(b, f, address); err != nil {
		return err
	}
	if f != (intake.Found{}) {
		d.All = address
	}
	for _, problems := range rows {
		d.Rows = append(d.Rows, v.problemRow(problems))
	}
	turn := func(n int) string {
		keep := url.Values{"page": {strconv.Itoa(n)}}
		for name, value := range map[string]string{"level": string(f.Level), "code": string(f.Code)} {
			if value != "" {
				keep.Set(name, value)
			}
		}
		return address + "?" + keep.Encode()
	}
	d.Pager = view.Pager{Shown: len(d.Rows), Total: total}
	if number > 1 && len(d.Rows) > 0 {
		d.Pager.Prev = turn(number - 1)
	}
	if number*rowsPreviewed < total {
		d.Pager.Next = turn(number + 1)
	}
	page := view.ImportPreviewPage(v.page(view.Say("看问题"), view.PathImports, importsCrumb), d)
	if cause != nil {
		return v.again(cause, page)
	}
	return v.show(page)
}

// previewNotes says what is not seen in the counts.
func previewNotes(b intake.Batch) []view.Text {
	var out []view.Text
	if names := b.Result.Unknown; len(names) > 0 {
		out = append(out, view.Say("名册里没有的列作为备注保留：%s。", view.Plain(strings.Join(names, "、"))))
	}
	if b.Sheet != "" {
		out = append(out, view.Say("只导入“%s”这一张表。", view.Plain(b.Sheet)))
	}
	if more := b.Result.Omitted; more > 0 || b.Result.Rejected > intake.ProblemsListed {
		out = append(out, view.Say("问题太多，这里只列前 %d 处；退回的行可以在写入以后全部下载。", intake.ProblemsListed))
	}
	return out
}

// problemCounts are the chips that filter by kind of problem; without an address they only count.
func (v *visit) problemCounts(b intake.Batch, f intake.Found, address string) ([]view.ProblemCount, error) {
	tally, err := v.in.Intake.Tally(v.ctx(), b.ID)
	if err != nil {
		return nil, err
	}
	var out []view.ProblemCount
	for _, c := range tally {
		d := view.ProblemCount{Code: string(c.Code), Label: problemName(c.Code), N: c.N, Error: c.Level == roster.Error, On: f == c.Found}
		if address != "" {
			d.URL = address + "?" + url.Values{"code": {string(c.Code)}, "level": {string(c.Level)}}.Encode()
		} else if !d.Error {
			continue // of a finished import only the rejected rows are of interest
		}
		out = append(out, d)
	}
	return out, nil
}

func (v *visit) problemRow(problems []roster.Problem) view.ProblemRow {
	first := problems[0]
	out := view.ProblemRow{Sheet: first.Sheet, Row: first.Row, Name: first.Who, Rejected: roster.Rejected(problems)}
	// The columns of a row are read from left to right.
	slices.SortStableFunc(problems, func(a, b roster.Problem) int { return columnPlace(a) - columnPlace(b) })
	for _, p := range problems {
		out.Cells = append(out.Cells, view.ProblemCell{Cell: p.Cell, Column: v.t(p.Column), Value: p.Value, Error: p.Level == roster.Error, Text: v.sentence(p)})
	}
	return out
}

func columnPlace(p roster.Problem) int {
	return slices.IndexFunc(roster.Columns, func(c roster.Column) bool { return c.Title() == p.Column })
}

// sentence words a problem in the visitor's language.
func (v *visit) sentence(p roster.Problem) string {
	if p.Text == "" {
		return p.Message
	}
	return words.Error(v.ctx(), fault.New(fault.Invalid, p.Text, p.Args...))
}

// problemNames are short names of the codes of domain/roster.md.
var problemNames = map[roster.Code]view.Text{
	roster.Required: view.Say("缺必填项"), roster.Format: view.Say("写法不对"), roster.Checksum: view.Say("校验位不对"), roster.BirthDate: view.Say("号码里的生日不存在"),
	roster.SexMismatch: view.Say("性别与号码不符"), roster.BornMismatch: view.Say("出生日期与号码不符"), roster.DateFormat: view.Say("日期看不懂"),
	roster.DateIncomplete: view.Say("日期不全"), roster.FutureDate: view.Say("日期在今天以后"), roster.Under18AtAdmission: view.Say("入党时不满 18 岁"),
	roster.ConfirmedBeforeOneYear: view.Say("预备期不满一年"), roster.ConfirmedBeforeAdmitted: view.Say("转正早于入党"), roster.ConfirmedMissing: view.Say("缺转正日期"),
	roster.UnknownOrganisation: view.Say("找不到党支部"), roster.UnknownCode: view.Say("不是规定的名称"), roster.PhoneFormat: view.Say("电话号码不对"),
	roster.DuplicateInFile: view.Say("表里重复"), roster.DuplicatePerson: view.Say("已在别处登记"), roster.ScientificNotation: view.Say("号码丢了位数"),
	roster.LostDateWithoutFlag: view.Say("有失联日期没有标失联"), roster.ChangeWaiting: view.Say("同一项已有更改在等审核"),
}

func problemName(c roster.Code) view.Text {
	if t, ok := problemNames[c]; ok {
		return t
	}
	return view.Plain(string(c))
}
