package roster

// Column is a column the roster knows; the names are those of the record's fields.
type Column string

// The columns of domain/roster.md, in the order of the template. Note is any other column: its cells are kept as
// notes. Ignored is a column whose cells mean nothing outside the sheet (序号, the reasons of an error workbook).
const (
	Name         Column = "name"
	IDNumber     Column = "idNumber"
	Sex          Column = "sex"
	Born         Column = "born"
	Ethnicity    Column = "ethnicity"
	Education    Column = "education"
	Category     Column = "category"
	Organisation Column = "organisation"
	Joined       Column = "joined"
	Confirmed    Column = "confirmed"
	Occupation   Column = "occupation"
	Mobile       Column = "mobile"
	Phone        Column = "phone"
	Address      Column = "address"
	Registry     Column = "registry"
	Lost         Column = "lost"
	LostOn       Column = "lostOn"
	Floating     Column = "floating"
	FloatingTo   Column = "floatingTo"
	Care         Column = "care"
	Note         Column = "note"
	Ignored      Column = "ignored"
)

// Columns are the columns that hold facts, in the order of the template.
var Columns = []Column{
	Name, IDNumber, Sex, Born, Ethnicity, Education, Category, Organisation, Joined, Confirmed, Occupation,
	Mobile, Phone, Address, Registry, Lost, LostOn, Floating, FloatingTo, Care,
}

// Title is the header of the column in template and export, and its name in problems.
func (c Column) Title() string { return titles[c] }

var titles = map[Column]string{
	Name: "姓名", IDNumber: "公民身份号码", Sex: "性别", Born: "出生日期", Ethnicity: "民族", Education: "学历",
	Category: "人员类别", Organisation: "所在党支部", Joined: "加入党组织日期", Confirmed: "转为正式党员日期",
	Occupation: "工作岗位", Mobile: "手机号码", Phone: "固定电话", Address: "家庭住址", Registry: "党籍状态",
	Lost: "是否为失联党员", LostOn: "失去联系日期", Floating: "是否为流动党员", FloatingTo: "外出流向",
	Care: "是否需要关怀", Note: "备注", Ignored: "不导入",
}

// Sensitive tells whether cells of the column may be shown only masked.
func (c Column) Sensitive() bool {
	switch c {
	case IDNumber, Mobile, Phone, Address, Note:
		return true
	}
	return false
}

// ColumnSet says which columns a sheet has.
type ColumnSet uint32

// Has tells whether the column is in the set.
func (s ColumnSet) Has(c Column) bool {
	i, known := columnIndex[c]
	return known && s&(1<<i) != 0
}

// With adds a column.
func (s ColumnSet) With(c Column) ColumnSet {
	if i, known := columnIndex[c]; known {
		return s | 1<<i
	}
	return s
}

var columnIndex = func() map[Column]int {
	m := make(map[Column]int, len(Columns))
	for i, c := range Columns {
		m[c] = i
	}
	return m
}()
