package roster

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// synonyms are the names people give a column. Those after the bar are weak: they name the column only where no
// stronger name stands in the same sheet, else they are kept as notes.
var synonyms = map[Column]string{
	Name:         "姓名 党员姓名 名字 姓名全称 党员姓名全称 name | 人员姓名 员工姓名 学生姓名",
	IDNumber:     "公民身份号码 身份证号 身份证号码 身份证 公民身份证号 公民身份证号码 居民身份证号 居民身份证号码 身份号码 公民身份证 身份证编号 idnumber 身份证件号码 | 证件号码 证件号",
	Sex:          "性别 sex gender",
	Born:         "出生日期 出生年月 出生年月日 生日 出生时间 出生 born birthday",
	Ethnicity:    "民族 族别",
	Education:    "学历 文化程度 最高学历 学历情况 文化水平 受教育程度 | 全日制学历 第一学历 学历层次 全日制教育学历 在职学历",
	Category:     "人员类别 党员类别 党员类型 人员类型 党员身份 党员性质 类别 | 政治面貌",
	Organisation: "所在党支部 支部 党支部 所在支部 所属支部 所属党支部 支部名称 党支部名称 所在党支部名称 所在党组织 所属党组织 党组织名称 所在党组织名称 组织关系所在党支部 组织关系所在支部 组织关系所在党组织 党支部全称 组织关系所在单位 | 党组织 所在党小组",
	Joined:       "加入党组织日期 入党时间 入党日期 加入党组织时间 加入中共组织日期 加入中国共产党时间 加入中国共产党日期 加入中共组织的日期 入党年月 入党年月日 入党 成为预备党员时间 成为预备党员日期 吸收为预备党员时间 接收为预备党员日期 接收预备党员时间 发展时间 发展为预备党员时间",
	Confirmed:    "转为正式党员日期 转正时间 转正日期 转为正式党员时间 转正年月 转正年月日 转正 成为正式党员日期 成为正式党员时间 预备党员转正时间 预备党员转正日期",
	Occupation:   "工作岗位 岗位 职业 工作单位及职务 单位及职务 工作单位和职务 从事工作 现从事工作 职业岗位 工作单位职务 工作职务 | 职务 工作单位 单位职务 现任职务",
	Mobile:       "手机号码 手机 手机号 移动电话 手机电话 本人手机 手机联系方式 移动电话号码 联系手机 mobile | 联系电话 电话 联系方式 电话号码 联系电话号码 本人联系电话 联系号码",
	Phone:        "固定电话 座机 固话 家庭电话 办公电话 住宅电话 固定电话号码 座机号码 宅电 | 其他联系方式 电话2",
	Address:      "家庭住址 家庭地址 住址 现住址 现居住地 居住地址 住宅地址 家庭详细地址 现家庭住址 居住地 详细住址 | 地址 户籍地址 通讯地址 联系地址 户籍所在地",
	Registry:     "党籍状态 党籍 党籍情况",
	Lost:         "是否为失联党员 是否失联 失联党员 是否失联党员 失联 是否为失去联系党员 是否失去联系",
	LostOn:       "失去联系日期 失联日期 失联时间 失去联系时间 失去联系的日期 失去联系起始日期",
	Floating:     "是否为流动党员 是否流动 流动党员 是否流动党员 是否外出流动党员 是否外出流动 流动党员标识",
	FloatingTo:   "外出流向 流向 流动去向 外出地点 流入地 流动流向 外出地 外出去向 流动地点 外出流动地点 去向",
	Care:         "是否需要关怀 需要关怀 关怀对象 是否年老体弱 年老体弱 是否困难党员 困难党员 是否关怀对象 关怀",
	Ignored:      "序号 编号 序 行号 no number 拒绝原因 警告 原文件行号 原因 提示",
	Note:         "备注 说明 其他",
}

type headerMatch struct {
	column Column
	weak   bool
}

var byHeader = func() map[string]headerMatch {
	m := map[string]headerMatch{}
	for column, text := range synonyms {
		strong, weak, _ := strings.Cut(text, "|")
		for _, s := range strings.Fields(strong) {
			m[headerKey(s)] = headerMatch{column, false}
		}
		for _, s := range strings.Fields(weak) {
			m[headerKey(s)] = headerMatch{column, true}
		}
	}
	return m
}()

// knownHeader finds the column a header names; "" for none. What stands in brackets is tried last, so that
// 联系电话（手机） is a mobile phone and 入党时间（年月日） a date.
func knownHeader(header string) (Column, bool) {
	if len(header) > 200 {
		return "", false
	}
	key := headerKey(header)
	if m, ok := byHeader[key]; ok {
		return m.column, m.weak
	}
	if inner := headerKey(bracketed(header)); inner != "" {
		if m, ok := byHeader[inner]; ok && m.column != Note && m.column != Ignored {
			return m.column, true
		}
	}
	return "", false
}

// headerKey is a header without what people decorate it with: brackets and their content, stars, spaces, line ends,
// punctuation, full width.
func headerKey(header string) string {
	var b strings.Builder
	depth := 0
	for _, r := range width.Fold.String(header) {
		switch {
		case strings.ContainsRune("([{【〔《「", r):
			depth++
		case strings.ContainsRune(")]}】〕》」", r):
			depth = max(0, depth-1)
		case depth > 0:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() == 0 && depth == 0 && header != "" { // 【姓名】: the decoration is around the whole
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, width.Fold.String(header))
	}
	return b.String()
}

// bracketed is what stands between the first brackets.
func bracketed(header string) string {
	folded := width.Fold.String(header)
	_, rest, found := strings.Cut(folded, "(")
	if !found {
		return ""
	}
	inner, _, _ := strings.Cut(rest, ")")
	return inner
}
