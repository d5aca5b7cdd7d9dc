package roster

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"zhibu/internal/party/identity"
)

// TemplateOptions say what a blank template offers.
type TemplateOptions struct {
	Branches []string // full names below the target; offered as a list in 所在党支部
	TempDir  string
}

// lastListedRow is how far down the lists and the text format reach.
const lastListedRow = 10_000

// WriteTemplate writes a blank roster: a sheet with all columns, everything typed kept as text, lists to choose from,
// and a sheet that explains each column.
func WriteTemplate(w io.Writer, o TemplateOptions) (err error) {
	l, err := newXLSXFile(w, o.TempDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.file.Close()) }()
	const blankSheet, choiceSheet, helpSheet = "党员花名册", "选项", "填写说明"
	if err := l.file.SetSheetName("Sheet1", blankSheet); err != nil {
		return err
	}
	if err := l.blankColumns(blankSheet); err != nil {
		return err
	}
	if err := l.choices(blankSheet, choiceSheet, o.Branches); err != nil {
		return err
	}
	if err := l.help(helpSheet); err != nil {
		return err
	}
	_, err = l.file.WriteTo(w)
	return err
}

// blankColumns writes the header row; all cells are text, so that no number loses digits and no date is guessed.
func (l *xlsxLines) blankColumns(sheet string) error {
	for i, c := range Columns {
		letter := letters(i)
		if err := l.file.SetColStyle(sheet, letter, l.text); err != nil {
			return err
		}
		if err := l.file.SetColWidth(sheet, letter, letter, widthOf(c)); err != nil {
			return err
		}
		title := c.Title()
		if guide[c].required {
			title += "*"
		}
		if err := l.file.SetCellStr(sheet, letter+"1", title); err != nil {
			return err
		}
	}
	if err := l.file.SetCellStyle(sheet, "A1", letters(len(Columns)-1)+"1", l.head); err != nil {
		return err
	}
	return l.file.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
}

// choices writes the lists into a hidden sheet and offers them in their columns. Another value is allowed with a
// warning: the import knows more spellings than the lists.
func (l *xlsxLines) choices(sheet, choiceSheet string, branchNames []string) error {
	if _, err := l.file.NewSheet(choiceSheet); err != nil {
		return err
	}
	lists := []struct {
		column Column
		values []string
	}{
		{Sex, []string{"男", "女"}},
		{Ethnicity, namesOf(identity.Ethnicities)},
		{Education, namesOf(identity.Educations)},
		{Category, []string{identity.Full.Name(), identity.Probationary.Name()}},
		{Organisation, branchNames},
		{Registry, []string{identity.Normal.Name(), identity.Stopped.Name()}},
		{Lost, []string{"是", "否"}},
		{Floating, []string{"是", "否"}},
		{Care, []string{"是", "否"}},
	}
	for i, list := range lists {
		if len(list.values) == 0 {
			continue
		}
		letter := letters(i)
		for n, v := range append([]string{list.column.Title()}, list.values...) {
			if err := l.file.SetCellStr(choiceSheet, letter+strconv.Itoa(n+1), guard(v)); err != nil {
				return err
			}
		}
		at := letters(columnIndex[list.column])
		validation := excelize.NewDataValidation(true)
		validation.SetSqref(fmt.Sprintf("%s2:%s%d", at, at, lastListedRow))
		validation.SetSqrefDropList(fmt.Sprintf("%s!$%s$2:$%s$%d", choiceSheet, letter, letter, len(list.values)+1))
		validation.SetError(excelize.DataValidationErrorStyleWarning, list.column.Title(), "不在列表里，确定要这样填吗？")
		if err := l.file.AddDataValidation(sheet, validation); err != nil {
			return err
		}
	}
	return l.file.SetSheetVisible(choiceSheet, false)
}

func namesOf(list *identity.List) []string {
	var names []string
	for _, code := range list.Codes() {
		names = append(names, list.Name(code))
	}
	return names
}

func (l *xlsxLines) help(sheet string) error {
	if _, err := l.file.NewSheet(sheet); err != nil {
		return err
	}
	rows := [][]any{{"列", "是否必填", "怎样填", "举例"}}
	for _, c := range Columns {
		g := guide[c]
		must := "选填"
		if g.required {
			must = "必填"
		}
		rows = append(rows, []any{c.Title(), must, g.text, g.example})
	}
	rows = append(rows, []any{""}, []any{"表头之外的列也可以保留，会作为备注导入。空行和“合计”行会跳过。列的顺序可以改变。"})
	for i, row := range rows {
		if err := l.file.SetSheetRow(sheet, "A"+strconv.Itoa(i+1), &row); err != nil {
			return err
		}
	}
	for letter, width := range map[string]float64{"A": 20, "B": 10, "C": 70, "D": 30} {
		if err := l.file.SetColWidth(sheet, letter, letter, width); err != nil {
			return err
		}
	}
	return l.file.SetCellStyle(sheet, "A1", "D1", l.head)
}

type guidance struct {
	required      bool
	text, example string
}

var guide = map[Column]guidance{
	Name:         {true, "与身份证一致。少数民族姓名中间用“·”。", "王小二；阿不都·买买提"},
	IDNumber:     {true, "18 位，末位可以是 X。单元格格式须是“文本”，否则 Excel 会丢掉后几位。", "11010519491231002X"},
	Sex:          {false, "可以不填，由公民身份号码得出；填了就要一致。", "女"},
	Born:         {false, "可以不填，由公民身份号码得出；填了就要一致。", "1949-12-31"},
	Ethnicity:    {false, "民族名称，或国家标准代码。", "汉族"},
	Education:    {false, "已经取得的最高学历。", "大学本科"},
	Category:     {true, "正式党员或预备党员。", "正式党员"},
	Organisation: {true, "支部的全称、唯一的简称或代码。导入到一个支部时可以不填。", "第一党支部"},
	Joined:       {true, "支部党员大会通过接收为预备党员的那一天，写到日。只知道年月的照写，导入后再查材料补全。", "2019-07-01"},
	Confirmed:    {false, "正式党员填写，预备党员空着。至少在加入党组织一年之后。", "2020-07-01"},
	Occupation:   {false, "现在的岗位或职业。", "小学教师"},
	Mobile:       {false, "1 开头的 11 位号码；多个用“/”分开，第一个作为联系号码。", "15400000000"},
	Phone:        {false, "带区号。", "010-00000000"},
	Address:      {false, "现在常住的地址。", "和平路 1 号"},
	Registry:     {false, "正常或停止党籍；空着就是没有写明。", "正常"},
	Lost:         {false, "是或否。", "否"},
	LostOn:       {false, "失联的填写，写到日。", "2024-01-01"},
	Floating:     {false, "是或否。", "否"},
	FloatingTo:   {false, "外出流动的填写：省、市、县。", "浙江省杭州市"},
	Care:         {false, "年老体弱、生病或有困难，需要关怀帮扶的填“是”。", "否"},
}
