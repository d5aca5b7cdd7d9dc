package web

import (
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

var exportFields = at{"purpose": "purpose", "purpose-text": "purpose-text", "columns": "column", "format": "format"}

// takenOut is the list that is to be exported: the filter of the list's address, or the members that were ticked.
func (v *visit) takenOut(q url.Values) (sifted, access.Decision, error) {
	if err := v.person.Need(access.Run, access.Export); err != nil {
		return sifted{}, access.Decision{}, err
	}
	f, err := v.sift(q)
	if err != nil {
		return f, access.Decision{}, err
	}
	f.Only = q["id"]
	if f.Under == "" {
		return f, access.Decision{}, fault.New(fault.Invalid, "您有几处工作范围，请先在名单上选一个党组织，再导出。")
	}
	d, err := v.person.Allow(access.Run, access.Export, f.Under, "")
	return f, d, err
}

// askExport asks what for, and which columns.
func (s *Server) askExport(v *visit) error {
	q := v.r.URL.Query()
	f, d, err := v.takenOut(q)
	if err != nil {
		return err
	}
	values := url.Values{"format": {roster.FormatXLSX}}
	for _, c := range installation.ColumnsFor(d.Mask & access.WorkMask) {
		values.Add("column", string(c))
	}
	page, err := v.exportPage(f, d, q["id"], v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) exportPage(f sifted, allowed access.Decision, ids []string, form view.Form) (templ.Component, error) {
	d := view.ExportForm{Form: form, Purposes: append([]view.Option{{Label: view.Say("请选择")}}, purposeOptions(access.ExportPurposes())...),
		Formats: []view.Option{{Value: roster.FormatXLSX, Label: view.Say("Excel 工作簿（.xlsx）")}, {Value: roster.FormatCSV, Label: view.Say("CSV 文本（.csv）")}}}
	for _, c := range installation.ColumnsFor(allowed.Mask) {
		o := view.Option{Value: string(c), Label: view.Say(c.Title())}
		if !access.WorkMask.Has(installation.ClassOf(c)) {
			o.Hint = view.Say("敏感，本人会看到")
		}
		d.Columns = append(d.Columns, o)
	}
	keep, err := url.ParseQuery(f.query)
	if err != nil {
		return nil, err
	}
	for name, list := range keep {
		for _, value := range list {
			d.Hidden = append(d.Hidden, view.Pair{Name: name, Value: value})
		}
	}
	slices.SortFunc(d.Hidden, func(a, b view.Pair) int { return len(a.Name) - len(b.Name) })
	for _, id := range ids {
		d.Hidden = append(d.Hidden, view.Pair{Name: "id", Value: id})
	}
	if len(ids) > 0 {
		d.Count, d.More, err = v.in.Members.Count(v.ctx(), f.reader, f.Filter)
	} else {
		d.Count, d.More, err = v.countMembers(f)
	}
	if err != nil {
		return nil, err
	}
	back := view.Link{Text: view.Say("党员"), URL: withQuery(view.PathMembers, f.query)}
	return view.ExportPage(v.page(view.Say("导出名册"), view.PathMembers, back), d), nil
}

// export gives the file. Each part is recorded before it leaves.
func (s *Server) export(v *visit) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, formLimit)
	values, err := v.posted()
	if err != nil {
		return err
	}
	f, d, err := v.takenOut(values)
	if err != nil {
		return err
	}
	purpose, err := purposeOf(values, access.ExportPurposes())
	var columns []roster.Column
	for _, c := range installation.ColumnsFor(d.Mask) { // in the order of the roster
		if slices.Contains(values["column"], string(c)) {
			columns = append(columns, c)
		}
	}
	format := values.Get("format")
	switch {
	case err != nil:
	case len(columns) == 0 || len(columns) < len(values["column"]):
		err = fault.New(fault.Invalid, "请选择要导出的列。").At("columns")
	case format != roster.FormatXLSX && format != roster.FormatCSV:
		err = fault.New(fault.Invalid, "只能导出为 xlsx 或 csv。").At("format")
	default:
		e := installation.RosterExport{Under: f.Under, Filter: f.Filter, Purpose: purpose, Columns: columns, CSV: format == roster.FormatCSV}
		err = v.download(v.exportName(f), format, func(w io.Writer) error {
			_, err := v.in.ExportRoster(v.ctx(), installation.ExporterOf(v.person, v.request), e, w)
			return err
		})
	}
	if err == nil || !wrong(err) {
		return err
	}
	form := v.form(values)
	form.Problems = []view.Problem{v.problem(err, exportFields)}
	page, perr := v.exportPage(f, d, values["id"], form)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// exportName names the file by the organisation and the day.
func (v *visit) exportName(f sifted) string {
	name := f.org.ShortName
	if name == "" {
		name = v.s.places.name(v.ctx(), f.Under)
	}
	return "党员花名册 " + name + " " + v.today().String()
}
