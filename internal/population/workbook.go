package population

import "strconv"

// The forms in which branches keep their rosters: other headers, other orders, other columns.
var forms = []columns{
	{
		{"序号", ""}, {"姓名", titleName}, {"性别", titleSex}, {"民族", titleEthnicity}, {"出生年月日", titleBorn},
		{"身份证号码", titleIdentity}, {"学历", titleEducation}, {"人员类别", titleCategory}, {"入党时间", titleJoined},
		{"转正时间", titleConfirmed}, {"工作岗位", titlePosition}, {"联系电话", titleMobile}, {"家庭住址", titleAddress},
	},
	{
		{"所在党支部", titleOrganisation}, {"姓名", titleName}, {"公民身份号码", titleIdentity}, {"人员类别", titleCategory},
		{"加入党组织日期", titleJoined}, {"转为正式党员日期", titleConfirmed}, {"手机号码", titleMobile}, {"固定电话", titleLandline},
		{"是否为流动党员", titleFloating}, {"外出流向", titleDestination},
	},
	{
		{"党员姓名", titleName}, {"身份证", titleIdentity}, {"文化程度", titleEducation}, {"民族", titleEthnicity},
		{"入党日期", titleJoined}, {"转正日期", titleConfirmed}, {"党员类别", titleCategory}, {"手机", titleMobile}, {"现住址", titleAddress},
	},
	{
		{"编号", ""}, {"支部", titleOrganisation}, {"姓名", titleName}, {"性别", titleSex}, {"身份证号", titleIdentity},
		{"党员类别", titleCategory}, {"入党年月日", titleJoined}, {"转正年月日", titleConfirmed}, {"岗位", titlePosition},
		{"手机号", titleMobile}, {"党籍状态", titleRegistry}, {"是否失联", titleLost},
	},
}

// Workbook is a town's workbook as people have it: a sheet a branch, in turn of another form and under another
// heading, of new people only and without faults. Where a sheet names the branch, its cell is merged over all rows.
func Workbook(c *City, town, perBranch int) []Sheet {
	people := c.newcomersOf(town)
	people.next += reserved
	people.left -= reserved
	var book []Sheet
	for i, branch := range people.branches {
		if people.left <= perBranch {
			break
		}
		book = append(book, c.branchSheet(people, branch, i, perBranch))
	}
	return book
}

// reserved is more than FaultySheet takes of a town's new people.
const reserved = 300

func (c *City) branchSheet(people *newcomers, branch, i, persons int) Sheet {
	o := &c.Organisations[branch]
	form := forms[i%len(forms)]
	s := Sheet{Name: o.ShortName}
	for n := range i % 3 { // the header stands in the first, second or third row
		s.Rows = append(s.Rows, []string{[]string{o.ShortName + "党员花名册", "填表日期：" + c.Plan.On.String()}[n]})
	}
	s.Rows = append(s.Rows, form.headers())
	first := len(s.Rows) + 1
	for n := range persons {
		l := c.lineOf(people.one(branch), i)
		if n > 0 {
			l[titleOrganisation] = ""
		}
		s.Rows = append(s.Rows, form.cells(l, n+1))
	}
	for at, column := range form {
		if column.title == titleOrganisation && persons > 1 {
			s.Merged = append(s.Merged, [4]int{first, at + 1, len(s.Rows), at + 1})
		}
	}
	if i%2 == 1 {
		total := make([]string, len(form))
		total[0] = "合计"
		total[1] = strconv.Itoa(persons)
		s.Rows = append(s.Rows, total)
	}
	return s
}
