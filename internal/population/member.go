package population

import "zhibu/internal/civil"

// Sex is the code of GB/T 2261.1.
type Sex string

// The sexes.
const (
	Male   Sex = "1"
	Female Sex = "2"
)

// Category is 人员类别.
type Category string

// The categories.
const (
	Full         Category = "full"         // 正式党员
	Probationary Category = "probationary" // 预备党员
)

// Occupation is one of the eight groups in which the national bulletin counts members.
type Occupation string

// The occupations, in the bulletin's order.
const (
	Worker       Occupation = "worker"       // 工人（工勤技能人员）
	Farmer       Occupation = "farmer"       // 农牧渔民
	Professional Occupation = "professional" // 专业技术人员
	Manager      Occupation = "manager"      // 企事业单位、社会组织管理人员
	Official     Occupation = "official"     // 党政机关工作人员
	Student      Occupation = "student"      // 学生
	Other        Occupation = "other"        // 其他职业人员
	Retired      Occupation = "retired"      // 离退休人员
)

// Member is one fictional Party member. An empty text is a fact nobody has recorded.
type Member struct {
	Number       int // running number in the city, from 0
	Organisation int // place of the branch in City.Organisations
	Group        int // place of the Party group, -1 without one
	Name         string
	Identity     string // 18 characters, prefix 66, right check digit, unique in the city
	Sex          Sex
	Born         civil.Date
	Ethnicity    string // GB/T 3304, two digits
	Education    string // GB/T 4658, two digits; "" for some
	Category     Category
	Joined       civil.Date // 入党时间: the day the branch assembly admitted
	Confirmed    civil.Date // 转正时间; zero for probationary members
	Occupation   Occupation
	Position     string // 工作岗位 in words; "" for some
	Mobile       string // 11 digits, prefix 154; "" for some
	Landline     string // area code 0600; "" for most
	Address      string // "" for some
	Suspended    bool   // 停止党籍
	Floating     bool   // 流动党员
	Destination  string // 外出流向, of floating members
	Lost         bool   // 失联党员
	LostSince    civil.Date
	Care         bool // 年老体弱, needs visits
}
