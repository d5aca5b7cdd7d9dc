package identity

import "strings"

// Sex is a code of GB/T 2261.1; "" is unknown.
type Sex string

// The two sexes an ID number can state.
const (
	Male   Sex = "1"
	Female Sex = "2"
)

// Name is 男 or 女, "" when unknown.
func (s Sex) Name() string { return sexNames[s] }

var sexNames = map[Sex]string{Male: "男", Female: "女"}

// ParseSex reads 男, 女, their codes and the usual English.
func ParseSex(text string) (Sex, bool) {
	switch compact(text) {
	case "男", "男性", "1", "01", "M", "MALE":
		return Male, true
	case "女", "女性", "2", "02", "F", "FEMALE":
		return Female, true
	}
	return "", false
}

// Category is the kind of a member (人员类别).
type Category string

// The categories.
const (
	Full         Category = "full"
	Probationary Category = "probationary"
)

// Name is the Chinese name of the category.
func (c Category) Name() string {
	switch c {
	case Full:
		return "正式党员"
	case Probationary:
		return "预备党员"
	}
	return ""
}

// ParseCategory reads 正式党员, 正式, 预备党员, 预备 and the codes of GB/T 4762 (01, 02).
func ParseCategory(text string) (Category, bool) {
	switch compact(text) {
	case "正式党员", "正式", "中共正式党员", "中共党员", "中国共产党党员", "党员", "01", "1":
		return Full, true
	case "预备党员", "预备", "中共预备党员", "中国共产党预备党员", "02", "2":
		return Probationary, true
	}
	return "", false
}

// Registry is the state of a membership (党籍状态).
type Registry string

// The states.
const (
	Normal  Registry = "normal"
	Stopped Registry = "stopped" // 停止党籍, art. 24 of the 2019 Regulation on member education and management
)

// Name is the Chinese name of the state.
func (r Registry) Name() string {
	switch r {
	case Normal:
		return "正常"
	case Stopped:
		return "停止党籍"
	}
	return ""
}

// ParseRegistry reads 正常 and 停止党籍.
func ParseRegistry(text string) (Registry, bool) {
	switch compact(text) {
	case "正常", "正常党籍", "在册":
		return Normal, true
	case "停止党籍", "停止", "已停止", "已停止党籍":
		return Stopped, true
	}
	return "", false
}

// Answer is yes, no, or "" when nobody said.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Name is 是 or 否, "" when nobody said.
func (a Answer) Name() string {
	switch a {
	case Yes:
		return "是"
	case No:
		return "否"
	}
	return ""
}

// ParseAnswer reads the many ways of ticking a box. A column header of the form 是否… may be answered by its own
// words (失联, 流动党员), which the caller passes as yesWords.
func ParseAnswer(text string, yesWords ...string) (Answer, bool) {
	s := compact(text)
	switch s {
	case "是", "有", "对", "√", "✓", "✔", "☑", "1", "Y", "YES", "TRUE", "T":
		return Yes, true
	case "否", "无", "不是", "没有", "×", "✗", "✘", "X", "0", "N", "NO", "FALSE", "F", "-", "—", "/", "未":
		return No, true
	}
	for _, w := range yesWords {
		if s == w {
			return Yes, true
		}
		if rest, found := strings.CutSuffix(s, w); found && (rest == "非" || rest == "未" || rest == "不是") {
			return No, true
		}
	}
	return "", false
}
