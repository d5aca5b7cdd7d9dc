package expression

import (
	"slices"

	"github.com/google/cel-go/cel"

	"zhibu/internal/words"
)

// Subject says of whom a condition is asked.
type Subject string

// The subjects.
const (
	Branch Subject = "branch"
	Member Subject = "member"
)

// Fact is something that a condition may ask about.
type Fact struct {
	Name string
	Of   Subject // "" both
	Kind string  // what it is, in words
	Says string
	cel  *cel.Type
}

var (
	yesNo  = words.Mark("是或否")
	number = words.Mark("整数")
	hours  = words.Mark("小数")
	word   = words.Mark("文字")
)

// facts are all there are; the page that takes a condition lists them.
var facts = []Fact{
	{"period.year", "", number, words.Mark("这一期在哪一年"), cel.IntType},
	{"period.quarter", "", number, words.Mark("这一期最后一天在第几季度"), cel.IntType},
	{"period.month", "", number, words.Mark("这一期最后一天在几月"), cel.IntType},
	{"branch.kind", Branch, word, words.Mark("党支部的种类：branch 党支部、joint-branch 联合党支部、temporary-branch 临时党支部"), cel.StringType},
	{"branch.unit", Branch, word, words.Mark("所在单位：village 村、community 社区、enterprise 企业、government 机关、school 学校、other 其他"), cel.StringType},
	{"branch.members", Branch, number, words.Mark("正式党员和预备党员一共几名"), cel.IntType},
	{"branch.full_members", Branch, number, words.Mark("正式党员几名"), cel.IntType},
	{"branch.probationary", Branch, number, words.Mark("预备党员几名"), cel.IntType},
	{"branch.groups", Branch, number, words.Mark("党小组几个"), cel.IntType},
	{"branch.has_committee", Branch, yesNo, words.Mark("有没有支部委员会"), cel.BoolType},
	{"meetings.assembly", Branch, number, words.Mark("这一期开了几次支部党员大会"), cel.IntType},
	{"meetings.committee", Branch, number, words.Mark("这一期开了几次支部委员会会议"), cel.IntType},
	{"meetings.group", Branch, number, words.Mark("这一期开了几次党小组会"), cel.IntType},
	{"meetings.theme_day", Branch, number, words.Mark("这一期办了几次主题党日"), cel.IntType},
	{"meetings.lecture", Branch, number, words.Mark("这一期上了几次党课"), cel.IntType},
	{"meetings.org_life", Branch, number, words.Mark("这一期开了几次组织生活会"), cel.IntType},
	{"meetings.appraisal", Branch, number, words.Mark("这一期做了几次民主评议党员"), cel.IntType},
	{"member.status", Member, word, words.Mark("期末的身份：probationary 预备党员、full 正式党员"), cel.StringType},
	{"member.care", Member, yesNo, words.Mark("年老体弱、重病、残疾，不作硬性要求"), cel.BoolType},
	{"member.floating", Member, yesNo, words.Mark("登记为流出"), cel.BoolType},
	{"member.abroad", Member, yesNo, words.Mark("在国外"), cel.BoolType},
	{"member.lost", Member, yesNo, words.Mark("失去联系"), cel.BoolType},
	{"member.standing_years", Member, number, words.Mark("党龄几年"), cel.IntType},
	{"study.hours", Member, hours, words.Mark("这一期集中学习几学时"), cel.DoubleType},
	{"dues.paid", Member, yesNo, words.Mark("这一期的党费交清没有"), cel.BoolType},
}

// Facts are those that a condition about a subject may ask, in the order of the page.
func Facts(of Subject) []Fact {
	var out []Fact
	for _, f := range facts {
		if f.Of == "" || f.Of == of {
			out = append(out, f)
		}
	}
	return out
}

func known(of Subject, name string) bool {
	return slices.ContainsFunc(Facts(of), func(f Fact) bool { return f.Name == name })
}
