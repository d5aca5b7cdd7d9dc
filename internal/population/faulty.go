package population

import (
	"strconv"
	"strings"
)

var faultyColumns = columns{
	{"序号", ""}, {"姓名", titleName}, {"性别", titleSex}, {"民族", titleEthnicity}, {"身份证号", titleIdentity},
	{"出生年月日", titleBorn}, {"文化程度", titleEducation}, {"党员类别", titleCategory}, {"所在支部", titleOrganisation},
	{"入党时间", titleJoined}, {"转正时间", titleConfirmed}, {"工作岗位", titlePosition}, {"联系电话", titleMobile},
	{"固定电话", titleLandline}, {"家庭住址", titleAddress}, {"党籍状态", titleRegistry}, {"是否失联", titleLost},
	{"失联时间", titleLostSince}, {"是否流动党员", titleFloating}, {"外出流向", titleDestination}, {"特长", ""},
}

// FaultySheet is a roster of new people for a town, with every fault of domain/roster.md once, among rows that are
// right though oddly written (spaces in names, dates of all forms, full-width digits, two telephones, a row of totals).
// A fault that only several rows make together (duplicate_in_file) is given for each of them. Nothing for a committee
// below which there are no members.
func FaultySheet(c *City, town int) ([][]string, []Fault) {
	b := &faulty{city: c, town: town, new: c.newcomersOf(town)}
	if len(b.new.branches) == 0 {
		return nil, nil
	}
	b.rows = append(b.rows,
		[]string{c.Organisations[town].Area + "党员花名册"},
		[]string{"填表单位：" + c.Organisations[town].ShortName},
		faultyColumns.headers())
	b.odd()
	for _, f := range singleFaults {
		b.put(f.title, f.code, f.level, func(m *Member, l line) { f.spoil(b, m, l) })
	}
	b.twice()
	b.elsewhere()
	b.rows = append(b.rows, make([]string, len(faultyColumns)))
	total := make([]string, len(faultyColumns))
	total[0], total[1] = "合计", "共 "+strconv.Itoa(b.people)+" 人"
	b.rows = append(b.rows, total)
	return b.rows, b.faults
}

// faulty is the sheet in the making.
type faulty struct {
	city   *City
	town   int
	new    *newcomers
	rows   [][]string
	people int
	faults []Fault
}

// add puts a line down and gives its row.
func (b *faulty) add(l line) int {
	b.people++
	b.rows = append(b.rows, faultyColumns.cells(l, b.people))
	return len(b.rows)
}

// put adds a new person with one fault.
func (b *faulty) put(title, code, level string, spoil func(*Member, line)) {
	m := b.new.such(func(m Member) bool { return m.Born.Year >= 1970 })
	l := b.city.lineOf(m, b.people)
	spoil(&m, l)
	b.faults = append(b.faults, Fault{b.add(l), title, code, level})
}

// odd adds people whose rows are right, each in a way that must be understood.
func (b *faulty) odd() {
	c := b.city
	two := b.new.such(func(m Member) bool { return len(m.Name) == 2*3 })
	l := c.lineOf(two, 2)
	l[titleName] = spaced(two.Name)
	b.add(l)

	x := b.new.such(func(m Member) bool { return m.Identity[17] == 'X' })
	l = c.lineOf(x, 3)
	l[titleIdentity] = strings.ToLower(x.Identity)
	b.add(l)

	l = c.lineOf(b.new.any(), 5)
	l[titleIdentity] = wide(l[titleIdentity])
	b.add(l)

	l = c.lineOf(b.new.any(), 1)
	l[titleMobile] += "/15400000000"
	l[titleEthnicity] = strings.TrimSuffix(l[titleEthnicity], "族")
	b.add(l)

	dotted := b.new.any()
	dotted.Name, dotted.Ethnicity = turkicMen[0]+"·"+turkicMen[1], "05"
	l = c.lineOf(dotted, 0)
	l[titleName] = turkicMen[0] + "•" + turkicMen[1]
	b.add(l)

	young := b.new.any()
	young.Category, young.Joined = Probationary, c.Plan.On.AddMonths(-5)
	l = c.lineOf(young, 4)
	l[titleCategory], l[titleConfirmed] = "预备", ""
	b.add(l)
}

// singleFaults are the faults a row has by itself.
var singleFaults = []struct {
	title, code, level string
	spoil              func(*faulty, *Member, line)
}{
	{titleName, "required", "error", func(_ *faulty, _ *Member, l line) { l[titleName] = "" }},
	{titleIdentity, "format", "error", func(_ *faulty, m *Member, l line) { l[titleIdentity] = m.Identity[:6] + m.Identity[8:17] }},
	{titleIdentity, "checksum", "error", func(_ *faulty, m *Member, l line) { l[titleIdentity] = wrongCheck(m.Identity) }},
	{titleIdentity, "birth_date", "error", func(_ *faulty, m *Member, l line) { l[titleIdentity] = noSuchDay(m.Identity) }},
	{titleIdentity, "scientific_notation", "error", func(_ *faulty, m *Member, l line) {
		l[titleIdentity] = m.Identity[:1] + "." + m.Identity[1:6] + "E+17"
	}},
	{titleSex, "sex_mismatch", "error", func(_ *faulty, m *Member, l line) {
		l[titleSex] = map[Sex]string{Male: "女", Female: "男"}[m.Sex]
	}},
	{titleBorn, "born_mismatch", "error", func(_ *faulty, m *Member, l line) { l[titleBorn] = written(m.Born.AddDays(1), 1) }},
	{titleJoined, "date_format", "error", func(_ *faulty, m *Member, l line) { l[titleJoined] = written(m.Joined, 2)[2:] }},
	{titleJoined, "date_incomplete", "warning", func(_ *faulty, m *Member, l line) {
		l[titleJoined] = strconv.Itoa(m.Joined.Year) + "." + strconv.Itoa(int(m.Joined.Month))
	}},
	{titleJoined, "future_date", "error", func(b *faulty, _ *Member, l line) {
		l[titleJoined], l[titleConfirmed], l[titleCategory] = written(b.city.Plan.On.AddDays(10), 0), "", "预备党员"
	}},
	{titleJoined, "under_18_at_admission", "error", func(_ *faulty, m *Member, l line) {
		l[titleJoined], l[titleConfirmed] = written(m.Born.AddYears(17), 0), written(m.Born.AddYears(18), 0)
	}},
	{titleConfirmed, "confirmed_before_one_year", "error", func(_ *faulty, m *Member, l line) {
		l[titleConfirmed] = written(m.Joined.AddMonths(6), 0)
	}},
	{titleConfirmed, "confirmed_before_admitted", "error", func(_ *faulty, m *Member, l line) {
		l[titleConfirmed] = written(m.Joined.AddMonths(-6), 0)
	}},
	{titleConfirmed, "confirmed_missing", "error", func(_ *faulty, _ *Member, l line) { l[titleConfirmed] = "" }},
	{titleOrganisation, "unknown_organisation", "error", func(_ *faulty, _ *Member, l line) {
		l[titleOrganisation] = strings.TrimSuffix(l[titleOrganisation], "党支部") + "第九党支部"
	}},
	{titleEthnicity, "unknown_code", "error", func(_ *faulty, _ *Member, l line) { l[titleEthnicity] = "汗族" }},
	{titleMobile, "phone_format", "error", func(_ *faulty, m *Member, l line) { l[titleMobile] = m.Mobile[:10] }},
	{titleLostSince, "lost_date_without_flag", "warning", func(b *faulty, _ *Member, l line) {
		l[titleLost], l[titleLostSince] = "否", written(b.city.Plan.On.AddMonths(-9), 2)
	}},
}

// twice adds one number in two rows that do not agree.
func (b *faulty) twice() {
	m := b.new.any()
	for _, address := range []string{m.Address, "已搬走"} {
		l := b.city.lineOf(m, 0)
		l[titleAddress] = address
		b.faults = append(b.faults, Fault{b.add(l), titleIdentity, "duplicate_in_file", "error"})
	}
}

// elsewhere adds somebody who is a member of another organisation, outside the town if anybody is.
func (b *faulty) elsewhere() {
	c := b.city
	home := b.new.branches[len(b.new.branches)-1]
	for at := range c.below(0) {
		if !c.Below(at, b.town) {
			home = at
			break
		}
	}
	for _, m := range c.MembersOf(home) {
		if m.Category != Full || m.Joined.Year < 1983 || m.Lost {
			continue
		}
		m.Organisation = b.new.branches[0]
		b.faults = append(b.faults, Fault{b.add(c.lineOf(m, 0)), titleIdentity, "duplicate_person", "error"})
		return
	}
}

func wrongCheck(id string) string {
	last := byte('0')
	if id[17] == '0' {
		last = '1'
	}
	return id[:17] + string(last)
}

// noSuchDay puts the thirtieth of February into a number and mends its check character.
func noSuchDay(id string) string {
	body := id[:10] + "0230" + id[14:17]
	return body + string(identityCheck([]byte(body)))
}
