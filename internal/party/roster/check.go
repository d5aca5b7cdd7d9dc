package roster

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/rulebook"
)

// Context is what the rules have to know besides the row.
type Context struct {
	Today         civil.Date
	Rules         *rulebook.Book // nil means rulebook.Default()
	Demo          bool           // made-up ID numbers (prefix 66) are accepted
	Organisations Organisations  // nil: branches are not looked up
	TargetBranch  string         // id of the target if it is a branch; rows without 所在党支部 belong to it
}

// Organisations finds a branch below the target by code, full name or unique short name.
type Organisations interface {
	// Find gives the id, or "" and the nearest names that the actor may see, best first. A text that fits several
	// finds none and gives them all.
	Find(text string) (id string, nearest []string)
}

// Longest texts, in characters; longer ones are a mistake in the sheet.
const (
	maxName = 60
	maxText = 300
	maxNote = 2000
)

// Check reads a row: the record as far as it can be understood, and everything that is wrong with it. It asks nobody
// but Organisations; duplicates within the file are Survey's, known persons the importer's matter.
func Check(r *Row, c *Context) (Record, []Problem) {
	k := &checker{row: r, c: c, rules: c.Rules, date1904: r.sheet.book.src.is1904()}
	if k.rules == nil {
		k.rules = rulebook.Default()
	}
	k.rec.Columns = r.sheet.has
	k.name()
	k.identity()
	k.codes()
	k.organisation()
	k.days()
	k.texts()
	k.contacts()
	k.flags()
	k.notes()
	return k.rec, k.problems
}

type checker struct {
	row      *Row
	c        *Context
	rules    *rulebook.Book
	date1904 bool
	rec      Record
	problems []Problem
}

func (k *checker) err(c Column, code Code, text string, args ...any) *Problem {
	return k.add(k.row.Say(c, Error, code, text, args...))
}

func (k *checker) warn(c Column, code Code, text string, args ...any) *Problem {
	return k.add(k.row.Say(c, Warning, code, text, args...))
}

func (k *checker) add(p Problem) *Problem {
	k.problems = append(k.problems, p)
	return &k.problems[len(k.problems)-1]
}

// value gives a cell's text, or reports a cell that has none to give.
func (k *checker) value(c Column, code Code) string {
	cell := k.row.Cell(c)
	switch {
	case cell.Kind == UnknownCell:
		k.err(c, code, "“%s”是公式，但文件里没有保存它的结果。请用 Excel 打开并保存一次，或者改成填写的值。", c.Title())
		return ""
	case cell.Kind == ErrorCell, cell.Kind == TextCell && excelError(cell.Text):
		k.err(c, code, "“%s”是公式错误 %s。请改正公式，或者直接填写。", c.Title(), cell.Text)
		return ""
	}
	return cell.shown(k.date1904)
}

func (k *checker) broken(c Column) bool {
	cell := k.row.Cell(c)
	return cell.Kind == UnknownCell || cell.Kind == ErrorCell || cell.Kind == TextCell && excelError(cell.Text)
}

func excelError(s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	switch s {
	case "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!":
		return true
	}
	return false
}

// text reads a column of free text.
func (k *checker) text(c Column, limit int) string {
	s, forbidden := tidy(k.value(c, Format))
	k.forbid(c, forbidden)
	if utf8.RuneCountInString(s) > limit {
		k.err(c, Format, "“%s”超过了 %s 个字。请检查是否填错了列。", c.Title(), strconv.Itoa(limit))
		return ""
	}
	return s
}

func (k *checker) forbid(c Column, r rune) {
	if r == utf8.RuneError {
		k.err(c, Format, "“%s”里有乱码字符。请重新填写。", c.Title())
	} else if r != 0 {
		k.err(c, Format, "“%s”里有看不见的控制字符（%s），会让文字显示成另外的样子。请清空单元格，重新录入。", c.Title(), codePoint(r))
	}
}

func (k *checker) required(c Column) {
	if k.row.sheet.has.Has(c) {
		k.err(c, Required, "缺少“%s”。请补填。", c.Title())
	} else {
		k.err(c, Required, "工作表里没有“%s”这一列。请增加这一列并填写，或者指定哪一列是它。", c.Title())
	}
}

func (k *checker) name() {
	name, forbidden := tidyName(k.value(Name, Format))
	k.forbid(Name, forbidden)
	switch {
	case name == "":
		if !k.broken(Name) && forbidden == 0 {
			k.required(Name)
		}
		return
	case utf8.RuneCountInString(name) > maxName:
		k.err(Name, Format, "“%s”超过了 %s 个字。请检查是否填错了列。", Name.Title(), strconv.Itoa(maxName))
		return
	case strings.ContainsFunc(name, private):
		k.warn(Name, Format, "“姓名”里有自造字，在别的电脑上显示不出来。请改用国家标准（GB 18030）里的字，本行先照原样导入。")
	}
	k.rec.Name = name
}

func (k *checker) identity() {
	cell := k.row.Cell(IDNumber)
	text := k.value(IDNumber, Format)
	if k.broken(IDNumber) {
		return
	}
	if strings.TrimFunc(text, blank) == "" {
		k.required(IDNumber)
		return
	}
	if lostDigits(cell) {
		k.err(IDNumber, ScientificNotation, "“公民身份号码”存成了数字，15 位以后的数字已经丢失。请把这一列设为“文本”格式，重新录入完整的 18 位号码。").Rule = "GB-11643"
		return
	}
	id, faults := identity.ParseIDNumber(text)
	for _, f := range faults {
		k.numberFault(f, text)
	}
	if id == "" {
		return
	}
	if id.Synthetic() && !k.c.Demo {
		k.err(IDNumber, Format, "“公民身份号码”以 66 开头，是演示用的虚构号码，不能进入正式数据。请填写真实号码。").Rule = "GB-11643"
		return
	}
	k.rec.IDNumber, k.rec.Sex, k.rec.Born = id, id.Sex(), id.Born()
	k.agrees()
}

func (k *checker) numberFault(f identity.Fault, text string) {
	var p *Problem
	switch {
	case f == identity.BirthDate:
		p = k.err(IDNumber, BirthDate, "“公民身份号码”第 7 至 14 位不是一个存在的日期（GB 11643）。请对照身份证改正。")
	case f == identity.Checksum && strings.HasSuffix(strings.TrimFunc(text, blank), "000"):
		p = k.err(IDNumber, Checksum, "“公民身份号码”末尾是 000，校验位不符（GB 11643），很可能是在 Excel 里丢失了后几位。请重新录入完整号码。")
	case f == identity.Checksum:
		p = k.err(IDNumber, Checksum, "“公民身份号码”的校验位不符（GB 11643），有数字录错了。请对照身份证改正。")
	default:
		p = k.err(IDNumber, Format, "“公民身份号码”应为 18 位：前 17 位是数字，末位是数字或 X（GB 11643）。请对照身份证改正；15 位的旧号码请换成 18 位。")
	}
	p.Rule = "GB-11643"
}

// lostDigits: Excel keeps fifteen digits of a number, whatever it shows; a text with an exponent came from one.
func lostDigits(c Cell) bool {
	switch c.Kind {
	case NumberCell, DateCell, MonthCell:
		return integerDigits(c.Text) > 15
	case TextCell:
		s := strings.TrimFunc(strings.Trim(c.Text, "'‘’"), blank)
		mantissa, exponent, found := strings.Cut(strings.ToUpper(s), "E")
		exponent = strings.TrimPrefix(exponent, "+")
		whole, fraction, _ := strings.Cut(mantissa, ".")
		return found && onlyDigits(whole) && onlyDigits(exponent) && (fraction == "" || onlyDigits(fraction))
	}
	return false
}

// agrees compares 性别 and 出生日期, where they are given, with what the number states.
func (k *checker) agrees() {
	if text := strings.TrimFunc(k.value(Sex, UnknownCode), blank); text != "" && !absent(text) {
		switch sex, ok := identity.ParseSex(text); {
		case !ok:
			k.unknown(Sex, text, "男、女")
		case sex != k.rec.Sex:
			k.err(Sex, SexMismatch, "“性别”是%s，公民身份号码第 17 位表示%s（GB 11643）。请核对两者，改正有误的一个。", sex.Name(), k.rec.Sex.Name()).Rule = "GB-11643"
		}
	}
	born, r := k.date(Born)
	stated := k.rec.Born
	differs := r == wholeDate && born != stated ||
		r == partOfDate && (born.Year != stated.Year || born.Month != 0 && born.Month != stated.Month)
	if differs {
		k.err(Born, BornMismatch, "“出生日期”与公民身份号码第 7 至 14 位不一致（GB 11643）。请核对两者，改正有误的一个。").Rule = "GB-11643"
	}
}

func (k *checker) unknown(c Column, text, choices string) {
	k.err(c, UnknownCode, "“%s”填的是“%s”，不在可选范围内。可以填：%s。", c.Title(), quoted(text), choices)
}

func (k *checker) codes() {
	k.rec.Ethnicity = k.code(Ethnicity, identity.Ethnicities, "汉族、蒙古族、回族等 56 个民族的名称或代码（GB/T 3304）")
	k.rec.Education = k.code(Education, identity.Educations, "研究生、大学本科、大学专科、中专、高中、初中、小学等（GB/T 4658）")
	text := strings.TrimFunc(k.value(Category, UnknownCode), blank)
	switch category, ok := identity.ParseCategory(text); {
	case ok:
		k.rec.Category = category
	case text != "":
		k.unknown(Category, text, "正式党员、预备党员")
	case !k.broken(Category):
		k.required(Category)
	}
	if text := strings.TrimFunc(k.value(Registry, UnknownCode), blank); !absent(text) {
		registry, ok := identity.ParseRegistry(text)
		if !ok {
			k.unknown(Registry, text, "正常、停止党籍")
		}
		k.rec.Registry = registry
	}
}

func (k *checker) code(c Column, list *identity.List, choices string) string {
	text := strings.TrimFunc(k.value(c, UnknownCode), blank)
	if absent(text) {
		return ""
	}
	code, ok := list.Parse(text)
	if !ok {
		k.unknown(c, text, choices)
	}
	return code
}
