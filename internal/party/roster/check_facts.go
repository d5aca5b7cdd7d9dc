package roster

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/rulebook"
)

// organisation finds the branch: what the row says, else the branch the sheet is named after, else the target.
func (k *checker) organisation() {
	text := k.text(Organisation, maxText)
	if text == "" && k.row.branch != "" {
		text, _ = tidy(k.row.branch)
	}
	k.rec.OrganisationText = text
	switch {
	case k.broken(Organisation):
	case text != "":
		if k.c.Organisations == nil {
			return
		}
		id, nearest := k.c.Organisations.Find(text)
		k.rec.OrganisationID = id
		if id == "" {
			k.noBranch(text, nearest)
		}
	default:
		k.byDefault()
	}
}

// byDefault serves a row that names no branch.
func (k *checker) byDefault() {
	var nearest []string
	if !k.row.sheet.has.Has(Organisation) && k.c.Organisations != nil && k.row.Sheet != "" {
		k.rec.OrganisationID, nearest = k.c.Organisations.Find(k.row.Sheet)
		if k.rec.OrganisationID != "" {
			k.rec.OrganisationText = k.row.Sheet
			return
		}
	}
	if k.rec.OrganisationID = k.c.TargetBranch; k.c.Organisations == nil {
		k.rec.OrganisationText = k.row.Sheet // not looked up: the name is all there is
	}
	switch {
	case k.c.TargetBranch != "" || k.c.Organisations == nil:
	case len(nearest) > 0:
		k.err(Organisation, Required, "没有“所在党支部”一列，工作表名“%s”也不是目标组织之下的党支部。相近的有：%s。请增加这一列，或者把工作表改名为支部名称。", k.row.Sheet, strings.Join(nearest[:min(5, len(nearest))], "、"))
	default:
		k.required(Organisation)
	}
}

func (k *checker) noBranch(text string, nearest []string) {
	shown := quoted(text)
	if len(text) == 12 && onlyDigits(text) { // as long as an organisation's code, and no number of a person
		shown = text
	}
	if len(nearest) == 0 {
		k.err(Organisation, UnknownOrganisation, "在目标组织之下没有找到“%s”。请填写支部的代码、全称或唯一的简称；支部还没有建立的，请先建立。", shown)
		return
	}
	k.err(Organisation, UnknownOrganisation, "“%s”对不上唯一的党支部。相近的有：%s。请填写支部的全称或代码。", shown, strings.Join(nearest[:min(5, len(nearest))], "、"))
}

// date reads a day and reports what is wrong with its form; the date is zero unless it is whole or part.
func (k *checker) date(c Column) (civil.Date, reading) {
	cell := k.row.Cell(c)
	if cell.Kind == Empty {
		return civil.Date{}, noDate
	}
	if k.value(c, DateFormat); k.broken(c) {
		return civil.Date{}, notADate
	}
	d, r := readDate(cell, k.date1904)
	shown := quoted(cell.shown(k.date1904))
	switch r {
	case partOfDate:
		if cell.Kind == MonthCell {
			shown = strings.TrimSuffix(shown, "-01")
		}
		k.warn(c, DateIncomplete, "“%s”是“%s”，不完整，没有写明是哪一天。请查入党志愿书等材料，补全到日；在此之前这一项空着。", c.Title(), shown)
	case shortYear:
		k.err(c, DateFormat, "“%s”是“%s”，年份要写四位，例如 2019-07-01。请改正。", c.Title(), shown)
	case notADate:
		k.err(c, DateFormat, "“%s”是“%s”，不是存在的日期。请写成 2019-07-01 或 2019年7月1日。", c.Title(), shown)
	}
	return d, r
}

// days reads 加入党组织日期 and 转为正式党员日期 and applies D-01 and D-36.
func (k *checker) days() {
	joined, joinedRead := k.date(Joined)
	confirmed, confirmedRead := k.date(Confirmed)
	if joinedRead == wholeDate {
		k.rec.Joined = joined
	}
	if confirmedRead == wholeDate {
		k.rec.Confirmed = confirmed
	}
	if joinedRead == noDate {
		k.required(Joined)
	}
	for _, f := range k.rules.CheckDates(rulebook.Dates{Born: k.rec.Born, Admitted: k.rec.Joined, Confirmed: k.rec.Confirmed, Today: k.c.Today}) {
		k.finding(f)
	}
	k.confirmation(confirmedRead)
}

// finding turns a broken rule into a problem.
func (k *checker) finding(f rulebook.Finding) {
	column := map[string]Column{"born": IDNumber, "admitted": Joined, "confirmed": Confirmed}[f.Field]
	level := Warning
	if f.Binding {
		level = Error
	}
	say := k.row.Say
	var p Problem
	switch f.Fault {
	case rulebook.FutureDate:
		p = say(column, level, FutureDate, "“%s”的日期晚于今天。请改正。", column.Title())
	case rulebook.Under18AtAdmission:
		p = say(column, level, Under18AtAdmission, "按“加入党组织日期”，入党时未满 %s 周岁（%s）。请核对入党日期和出生日期。", strconv.Itoa(f.Rule.Int("min_age_years")), f.Rule.Cite())
	case rulebook.ConfirmedBeforeAdmitted:
		p = say(column, level, ConfirmedBeforeAdmitted, "“转为正式党员日期”早于“加入党组织日期”（%s）。请核对两个日期。", f.Rule.Cite())
	case rulebook.ConfirmedBeforeOneYear:
		years := strconv.Itoa(f.Rule.Int("probation_years"))
		p = say(column, level, ConfirmedBeforeOneYear, "“转为正式党员日期”距“加入党组织日期”不满 %s 年的预备期（%s）。请核对两个日期。", years, f.Rule.Cite())
		if !f.Binding {
			p = say(column, level, ConfirmedBeforeOneYear, "“转为正式党员日期”距“加入党组织日期”不满 %s 年。%s 以前各时期的预备期规定不一，请查材料核对。", years, f.Rule.Date("since").String())
		}
	default:
		return
	}
	k.add(p).Rule = f.Rule.ID
}

// confirmation: a full member has a day of confirmation, a probationary one has none (D-36).
func (k *checker) confirmation(r reading) {
	switch {
	case k.rec.Category == identity.Probationary && r != noDate:
		k.err(Confirmed, Format, "“人员类别”是预备党员，“转为正式党员日期”应当空着。请核对两者。").Rule = "D-36"
	case k.rec.Category == identity.Full && r == noDate:
		rule, required := k.rules.ProbationRequired(k.rec.Joined)
		if required {
			k.err(Confirmed, ConfirmedMissing, "正式党员缺少“转为正式党员日期”（%s）。请查入党志愿书补填。", rule.Cite()).Rule = rule.ID
		} else {
			k.warn(Confirmed, ConfirmedMissing, "缺少“转为正式党员日期”。%s 以前入党的，有的时期没有预备期；请查材料，有则补填。", rule.Date("since").String()).Rule = rule.ID
		}
	}
}

func (k *checker) texts() {
	for _, t := range []struct {
		column Column
		to     *string
	}{{Occupation, &k.rec.Occupation}, {Address, &k.rec.Address}, {FloatingTo, &k.rec.FloatingTo}} {
		if text := k.text(t.column, maxText); !absent(text) {
			*t.to = text
		}
	}
}

func (k *checker) contacts() {
	if text := k.text(Phone, maxText); !absent(text) {
		k.rec.Phone = width.Fold.String(text)
	}
	text := k.value(Mobile, PhoneFormat)
	if k.broken(Mobile) || absent(strings.TrimFunc(text, blank)) {
		return
	}
	numbers := phones(text)
	if len(numbers) == 0 || !mobile(numbers[0]) {
		k.err(Mobile, PhoneFormat, "“手机号码”应为 1 开头的 11 位数字。请改正；座机号码请填在“固定电话”一列，多个号码用“/”分开。")
		return
	}
	k.rec.Mobile = numbers[0]
	if len(numbers) > 1 {
		rest, _ := tidy(strings.Join(numbers[1:], "、"))
		k.rec.Notes = append(k.rec.Notes, NoteText{Mobile.Title(), rest})
	}
}

func (k *checker) flags() {
	k.rec.Lost = k.answer(Lost, "失联", "失联党员", "失去联系")
	k.rec.Floating = k.answer(Floating, "流动", "流动党员", "外出", "外出流动党员")
	k.rec.Care = k.answer(Care, "需要", "关怀", "年老体弱", "困难", "困难党员")
	if lostOn, r := k.date(LostOn); r == wholeDate {
		k.rec.LostOn = lostOn
		if lostOn.After(k.c.Today) && !k.c.Today.IsZero() {
			k.err(LostOn, FutureDate, "“%s”的日期晚于今天。请改正。", LostOn.Title())
		}
	}
	if !k.rec.LostOn.IsZero() && k.rec.Lost != identity.Yes {
		k.warn(LostOn, LostDateWithoutFlag, "填了“失去联系日期”，但“是否为失联党员”不是“是”。请核对两者。").Rule = "M-11"
	}
}

func (k *checker) answer(c Column, yesWords ...string) identity.Answer {
	text := strings.TrimFunc(k.value(c, UnknownCode), blank)
	if text == "" {
		return ""
	}
	answer, ok := identity.ParseAnswer(text, yesWords...)
	if !ok {
		k.unknown(c, text, "是、否")
	}
	return answer
}

// notes keeps the cells of columns that have no field.
func (k *checker) notes() {
	for _, h := range k.row.sheet.Headers {
		if h.Column != Note || h.Index >= len(k.row.Cells) {
			continue
		}
		text, _ := tidy(k.row.Cells[h.Index].shown(k.date1904))
		if text == "" {
			continue
		}
		header, _ := tidy(h.Text)
		if header == "" {
			header = h.Letter
		}
		k.rec.Notes = append(k.rec.Notes, NoteText{header, clip(text)})
	}
	// a cell to the right of the last header has no name but its column's
	for i := len(k.row.sheet.Headers); i < len(k.row.Cells); i++ {
		if text, _ := tidy(k.row.Cells[i].shown(k.date1904)); text != "" {
			k.rec.Notes = append(k.rec.Notes, NoteText{letters(i), clip(text)})
		}
	}
}

func clip(text string) string {
	if len(text) <= maxNote {
		return text
	}
	r := []rune(text)
	return string(r[:min(len(r), maxNote)])
}
