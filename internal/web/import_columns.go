package web

import (
	"fmt"
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// askColumns shows what each column of the sheets is taken for.
func (s *Server) askColumns(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	if !slices.Contains([]intake.State{intake.Uploaded, intake.Checked, intake.Failed}, b.State) {
		return v.to(view.PathImport(b.ID))
	}
	return v.showColumns(b, nil, nil)
}

func (v *visit) showColumns(b intake.Batch, values url.Values, cause error) error {
	only := b.Sheet
	b.Sheet = "" // all sheets are offered, whichever was chosen
	book, err := v.in.Intake.Book(b)
	if err != nil {
		return err
	}
	defer book.Close()
	f := v.form(values)
	if cause == nil {
		cause = book.Ready() // what is wrong is said before somebody presses on
		if f := fault.As(cause); f != nil && f.Field == "file" {
			f.Field = ""
		}
	}
	if cause != nil {
		f.Problems = []view.Problem{v.problem(cause, at{})}
	}
	d := view.ImportColumns{Form: f, ID: b.ID, File: b.FileName, Remembered: b.State == intake.Uploaded && len(b.Mapping) > 0, Fields: columnOptions()}
	if d.Sheets, err = v.importSheets(b, book, only, values); err != nil {
		return err
	}
	page := view.ImportColumnsPage(v.page(view.Say("对列名"), view.PathImports, importsCrumb), d)
	if values != nil {
		return v.again(cause, page)
	}
	return v.show(page)
}

// columnOptions are the columns of the roster to choose from.
func columnOptions() []view.Option {
	out := []view.Option{{Value: string(roster.Ignored), Label: view.Say("不导入")}}
	for _, c := range roster.Columns {
		out = append(out, view.Option{Value: string(c), Label: view.Say(c.Title())})
	}
	return out
}

func (v *visit) importSheets(b intake.Batch, book *roster.Book, only string, values url.Values) ([]view.ImportSheet, error) {
	branches, err := org.NewDirectory(v.ctx(), v.reader(), b.OrgPath)
	if err != nil {
		return nil, err
	}
	target, err := org.ByID(v.ctx(), v.reader(), b.OrgID)
	if err != nil {
		return nil, err
	}
	var out []view.ImportSheet
	for i, s := range book.Sheets {
		d := view.ImportSheet{Index: i, Name: s.Name, HeaderRow: s.HeaderRow, Use: s.HeaderRow > 0 && (only == "" || only == s.Name)}
		if values != nil {
			d.Use = values.Get(fmt.Sprintf("use-%d", i)) == "yes"
		}
		mapped := map[roster.Column]bool{}
		for _, h := range s.Headers {
			if h.Text == "" {
				continue
			}
			c := view.ImportColumn{Index: h.Index, Letter: h.Letter, Header: h.Text, Samples: h.Samples, Guessed: !h.Mapped}
			if h.Column != roster.Note {
				c.Field = string(h.Column)
			}
			if chosen, given := values[mapField(i, h.Index)]; given && len(chosen) > 0 {
				c.Field = chosen[0]
			}
			mapped[roster.Column(c.Field)] = true
			d.Columns = append(d.Columns, c)
		}
		if s.HeaderRow > 0 {
			d.Branch, d.Missing = missingColumns(mapped, s.Name, target, branches)
		}
		out = append(out, d)
	}
	return out, nil
}

// missingColumns are the required columns that a sheet has not. One without a column of branches belongs to the branch
// it is named after, or to the target where that is a branch.
func missingColumns(mapped map[roster.Column]bool, sheet string, target org.Organisation, branches *org.Directory) (branch string, missing []view.Text) {
	for _, c := range []roster.Column{roster.Name, roster.IDNumber, roster.Category, roster.Joined} {
		if !mapped[c] {
			missing = append(missing, view.Say(c.Title()))
		}
	}
	if mapped[roster.Organisation] {
		return "", missing
	}
	if id, _ := branches.Find(sheet); id != "" {
		_, branch, _ = branches.Place(id)
		return branch, missing
	}
	if contains(memberKinds, target.Kind) {
		return target.ShortName, missing
	}
	return "", append(missing, view.Say(roster.Organisation.Title()))
}

func mapField(sheet, column int) string { return fmt.Sprintf("map-%d-%d", sheet, column) }

// chooseColumns takes the meaning of the columns and sends the sheet to be checked.
func (s *Server) chooseColumns(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	sheet, mapping, err := v.chosen(b, values)
	if err == nil {
		err = v.in.Intake.Choose(v.ctx(), v.actor(), b.ID, sheet, mapping)
	}
	if err == nil {
		return v.to(view.PathImport(b.ID))
	}
	if !wrong(err) {
		return err
	}
	return v.showColumns(b, values, err)
}

// chosen reads which sheets and what their columns are. A header means the same in every sheet.
func (v *visit) chosen(b intake.Batch, values url.Values) (sheet string, mapping map[string]roster.Column, err error) {
	b.Sheet = ""
	book, err := v.in.Intake.Book(b)
	if err != nil {
		return "", nil, err
	}
	defer book.Close()
	var used []string
	readable := 0
	mapping = map[string]roster.Column{}
	for i, s := range book.Sheets {
		if s.HeaderRow > 0 {
			readable++
		}
		if values.Get(fmt.Sprintf("use-%d", i)) != "yes" {
			continue
		}
		used = append(used, s.Name)
		for _, h := range s.Headers {
			given, ok := values[mapField(i, h.Index)]
			if !ok || h.Text == "" {
				continue
			}
			c := roster.Column(given[0])
			if c == "" {
				c = roster.Note
			}
			if was, known := mapping[h.Text]; known && was != c {
				return "", nil, fault.New(fault.Invalid, "“%s”在几张表里选了不同的含义，请选成一样的，或者分几次导入。", h.Text)
			}
			mapping[h.Text] = c
		}
	}
	switch {
	case len(used) == 0 && readable > 0:
		return "", nil, fault.New(fault.Invalid, "请勾选要导入的表。")
	case len(used) == readable:
		return "", mapping, nil
	case len(used) == 1:
		return used[0], mapping, nil
	}
	return "", nil, fault.New(fault.Invalid, "一次导入全部的表，或者只导入一张。要跳过其中几张，请分几次导入。")
}
