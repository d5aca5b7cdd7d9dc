package population

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"zhibu/internal/civil"
)

// Fault is a fault put into a sheet on purpose.
type Fault struct {
	Row    int    // from 1, as Excel shows it
	Column string // title of the column as domain/roster.md has it, whatever its header is called
	Code   string // of domain/roster.md: checksum, sex_mismatch …
	Level  string // error or warning
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Rows   [][]string
	Merged [][4]int // first row, first column, last row, last column, all from 1
}

// The titles of the roster's columns.
const (
	titleName         = "姓名"
	titleIdentity     = "公民身份号码"
	titleSex          = "性别"
	titleBorn         = "出生日期"
	titleEthnicity    = "民族"
	titleEducation    = "学历"
	titleCategory     = "人员类别"
	titleOrganisation = "所在党支部"
	titleJoined       = "加入党组织日期"
	titleConfirmed    = "转为正式党员日期"
	titlePosition     = "工作岗位"
	titleMobile       = "手机号码"
	titleLandline     = "固定电话"
	titleAddress      = "家庭住址"
	titleRegistry     = "党籍状态"
	titleLost         = "是否为失联党员"
	titleLostSince    = "失去联系日期"
	titleFloating     = "是否为流动党员"
	titleDestination  = "外出流向"
)

// columns are those of a sheet in its order: the header it has and the title that is meant; a header without a title
// is a column the roster does not know.
type columns []struct{ header, title string }

// line is a person's cells by title.
type line map[string]string

func (cs columns) headers() []string {
	row := make([]string, len(cs))
	for i, c := range cs {
		row[i] = c.header
	}
	return row
}

func (cs columns) cells(l line, number int) []string {
	row := make([]string, len(cs))
	for i, c := range cs {
		row[i] = l[c.title]
		if c.title == "" && (c.header == "序号" || c.header == "编号") {
			row[i] = strconv.Itoa(number)
		}
	}
	return row
}

// lineOf writes a person down with dates in one of the forms people use.
func (c *City) lineOf(m Member, form int) line {
	yes := map[bool]string{true: "是", false: "否"}
	return line{
		titleName: m.Name, titleIdentity: m.Identity, titleSex: map[Sex]string{Male: "男", Female: "女"}[m.Sex],
		titleBorn: written(m.Born, form), titleEthnicity: ethnicityName(m.Ethnicity), titleEducation: schooling[m.Education],
		titleCategory:     map[Category]string{Full: "正式党员", Probationary: "预备党员"}[m.Category],
		titleOrganisation: c.Organisations[m.Organisation].ShortName,
		titleJoined:       written(m.Joined, form), titleConfirmed: written(m.Confirmed, form), titlePosition: m.Position,
		titleMobile: m.Mobile, titleLandline: m.Landline, titleAddress: m.Address, titleRegistry: "正常",
		titleLost: yes[m.Lost], titleLostSince: written(m.LostSince, form),
		titleFloating: yes[m.Floating], titleDestination: m.Destination,
	}
}

var schooling = map[string]string{"10": "研究生", "20": "大学本科", "30": "大专", "40": "中专", "60": "高中", "70": "初中", "80": "小学"}

func ethnicityName(code string) string {
	for _, m := range minorities {
		if m.code == code {
			return m.name + "族"
		}
	}
	return "汉族"
}

// dateForms is how many forms of a date there are.
const dateForms = 6

// written writes a date as people do; every form is a whole date for the roster.
func written(d civil.Date, form int) string {
	if d.IsZero() {
		return ""
	}
	y, m, n := strconv.Itoa(d.Year), strconv.Itoa(int(d.Month)), strconv.Itoa(d.Day)
	switch form % dateForms {
	case 1:
		return y + "/" + m + "/" + n
	case 2:
		return y + "." + m + "." + n
	case 3:
		return y + "年" + m + "月" + n + "日"
	case 4:
		return strings.ReplaceAll(d.String(), "-", "")
	case 5:
		return wide(y) + "年" + wide(m) + "月" + wide(n) + "日"
	}
	return d.String()
}

// wide writes digits in full width, as input methods do when the switch is on.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// newcomers makes people who are not in the city, for one town.
type newcomers struct {
	city     *City
	branches []int // of the town, those with members
	next     int   // running number beyond all members
	left     int
}

// newcomersOf gives every committee its own numbers, so that no two sheets of a city share a person.
func (c *City) newcomersOf(town int) *newcomers {
	committees, before := 0, 0
	for at, o := range c.Organisations {
		if o.Kind == Committee {
			committees++
			if at < town {
				before++
			}
		}
	}
	span := (identitySpace - mostMembers) / committees
	n := &newcomers{city: c, next: mostMembers + before*span, left: span}
	for at := range c.below(town) {
		n.branches = append(n.branches, at)
	}
	return n
}

// one makes the next newcomer of a branch: a full member admitted since 1983 and confirmed in time, with every fact.
func (n *newcomers) one(branch int) Member {
	c := n.city
	o := &c.Organisations[branch]
	for {
		m := Member{Number: n.next, Organisation: branch, Group: -1}
		draw := c.random(streamSheet, n.next)
		n.next++
		n.left--
		c.describe(&m, branch, c.slots[branch]+draw.below(o.Size), draw, true)
		m.Lost, m.LostSince, m.Suspended = false, civil.Date{}, false
		if m.Category == Full && m.Joined.Year >= 1983 || n.left <= 0 {
			return m
		}
	}
}

// any makes a newcomer of one of the town's branches in turn.
func (n *newcomers) any() Member { return n.one(n.branches[n.next%len(n.branches)]) }

// such makes newcomers until one is as wanted.
func (n *newcomers) such(wanted func(Member) bool) Member {
	m := n.any()
	for !wanted(m) && n.left > 0 {
		m = n.any()
	}
	return m
}

func spaced(name string) string {
	if utf8.RuneCountInString(name) != 2 {
		return name
	}
	return strings.Join(strings.Split(name, ""), "　")
}
