package admission

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// FieldKind is how something is written down.
type FieldKind string

// The kinds of fields.
const (
	Line    FieldKind = "line"
	Area    FieldKind = "area"
	Day     FieldKind = "day"
	Number  FieldKind = "number" // days or hours, at most two decimals
	Choice  FieldKind = "choice"
	Members FieldKind = "members" // full members of the branch
)

// Field is something that is written down with a step.
type Field struct {
	Name    string
	Kind    FieldKind
	Title   string   // in Chinese, a key of the catalogue
	Options []string // of a choice: what may stand there, in Chinese, keys of the catalogue
	Rule    string   // that asks for it
}

const (
	longestLine = 100
	longestArea = 4000
)

var fields = map[string]Field{
	"born":        {Kind: Day, Title: words.Mark("出生日期"), Rule: "D-01"},
	"talker":      {Kind: Line, Title: words.Mark("谈话人")},
	"record":      {Kind: Area, Title: words.Mark("内容")},
	"recommended": {Kind: Choice, Title: words.Mark("怎样推荐"), Options: []string{words.Mark("党员推荐"), words.Mark("群团组织推优")}, Rule: "D-04"},
	"opinion":     {Kind: Area, Title: words.Mark("意见")},
	"number":      {Kind: Line, Title: words.Mark("文号或者编号")},
	"trainers":    {Kind: Members, Title: words.Mark("培养联系人"), Rule: "D-05"},
	"heard":       {Kind: Area, Title: words.Mark("听取党小组、培养联系人、党员和群众意见的情况"), Rule: "D-10"},
	"place":       {Kind: Line, Title: words.Mark("地点")},
	"contact":     {Kind: Line, Title: words.Mark("反映意见的电话或者地址"), Rule: "D-11"},
	"result":      {Kind: Area, Title: words.Mark("公示的结果"), Rule: "D-11"},
	"introducers": {Kind: Members, Title: words.Mark("入党介绍人"), Rule: "D-12"},
	"methods":     {Kind: Area, Title: words.Mark("怎样审查：谈话、查档、函调、外调"), Rule: "D-14"},
	"conclusion":  {Kind: Area, Title: words.Mark("结论"), Rule: "D-14"},
	"organiser":   {Kind: Line, Title: words.Mark("谁举办的培训")},
	"days":        {Kind: Number, Title: words.Mark("天数"), Rule: "D-15"},
	"hours":       {Kind: Number, Title: words.Mark("学时"), Rule: "D-15"},
	"group":       {Kind: Line, Title: words.Mark("编入的党小组，没有党小组的写“无”")},
	"host":        {Kind: Line, Title: words.Mark("主持人和领誓人")},
	"kept":        {Kind: Line, Title: words.Mark("材料存放在哪里"), Rule: "D-43"},
}

// FieldOf gives a field by its name.
func FieldOf(name string) Field {
	f := fields[name]
	f.Name = name
	return f
}

// check says what is wrong with what was written down; needed tells that it must be there.
func (f Field) check(text string, needed bool) error {
	bad := func(text string, args ...any) error {
		return fault.New(fault.Invalid, text, args...).At(f.Name).By(f.Rule)
	}
	most := longestLine
	if f.Kind == Area {
		most = longestArea
	}
	switch {
	case strings.TrimSpace(text) == "" && needed:
		return bad("请填写“%s”。", f.Title)
	case text == "":
		return nil
	case len([]rune(text)) > most:
		return bad("最多 %d 个字。", most)
	}
	switch f.Kind {
	case Day:
		if _, err := civil.Parse(text); err != nil {
			return bad("日期要写成 2006-01-02。")
		}
	case Choice:
		for _, o := range f.Options {
			if o == text {
				return nil
			}
		}
		return bad("请选择“%s”。", f.Title)
	}
	return nil
}
