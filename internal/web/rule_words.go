package web

import (
	"strconv"
	"strings"

	"zhibu/internal/party/localrule"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/web/view"
)

// parameterNames say what a parameter of a rule is; its unit is the end of its key.
var parameterNames = map[string]view.Text{
	"talk_months": view.Say("几个月内谈话"), "trainers_min_count": view.Say("培养联系人至少几名"), "trainers_max_count": view.Say("培养联系人最多几名"), "review_months": view.Say("几个月考察一次"),
	"training_years": view.Say("培养教育至少几年"), "notice_days": view.Say("公示至少几个工作日"), "introducers_count": view.Say("入党介绍人几名"), "training_days": view.Say("集中培训至少几天"),
	"training_hours": view.Say("集中培训至少几学时"), "leaving_months": view.Say("几个月内将离开"), "assembly_months": view.Say("几个月内召开支部大会"), "present_share": view.Say("到会人数占应到会"),
	"yes_share": view.Say("赞成人数所占比例"), "written_switch": view.Say("书面意见计入票数"), "approval_months": view.Say("几个月内审批"), "special_months": view.Say("特殊情况最多几个月"),
	"oath_months": view.Say("几个月内宣誓"), "extension_min_months": view.Say("延长至少几个月"), "extension_max_months": view.Say("延长最多几个月"), "times_count": view.Say("最多几次"),
	"lost_months": view.Say("失去联系满几个月"), "stopped_years": view.Say("停止党籍满几年"), "full_members_count": view.Say("正式党员几名"), "members_count": view.Say("党员几名"),
	"units_count": view.Say("最多几个单位"), "project_months": view.Say("项目满几个月"), "reply_months": view.Say("几个月内批复"), "general_branch_count": view.Say("设总支部的人数"),
	"committee_count": view.Say("设党委的人数"), "each_months": view.Say("每几个月一次"), "lectures_count": view.Say("每年至少几次"), "best_share": view.Say("优秀所占比例"),
	"committee_min_count": view.Say("委员至少几名"), "committee_usual_count": view.Say("委员一般几名"), "committee_max_count": view.Say("委员最多几名"), "long_term_units": view.Say("任期较长的单位"),
	"long_term_years": view.Say("较长的任期几年"), "term_years": view.Say("任期几年"), "committee_years": view.Say("党委任期几年"), "standing_years": view.Say("党龄至少几年"), "new_months": view.Say("新任几个月内"),
	"wage_bands": view.Say("工资的档次和比例"), "pension_bands": view.Say("离退休费的档次和比例"), "farmer_min_yuan": view.Say("农民每月最少几元"), "farmer_max_yuan": view.Say("农民每月最多几元"),
	"flat_yuan": view.Say("每月几元"), "limit_yuan": view.Say("每月一般不超过几元"), "arrears_months": view.Say("最多迟交几个月"), "unpaid_months": view.Say("不交满几个月"), "center_share": view.Say("上缴中央的比例"),
	"study_hours": view.Say("每年至少几学时"), "trainings_count": view.Say("至少几次培训"), "abroad_years": view.Say("在国外满几年"), "branches_count": view.Say("编入几个支部"),
	"correction_years": view.Say("改正最长几年"), "absent_months": view.Say("不参加满几个月"), "kept_years": view.Say("保留最长几年"), "contact_months": view.Say("几个月联系一次"),
	"shift_years": view.Say("提前或者延期最多几年"), "delegates_count": view.Say("可以开代表大会的人数"), "remind_months": view.Say("提前几个月提醒"), "away_months": view.Say("外出满几个月"),
	"extra_share": view.Say("差额占应选人数"), "min_age_years": view.Say("年满几岁"), "probation_years": view.Say("预备期几年"), "since": view.Say("从哪一天起"), "keep_years": view.Say("保存几年"),
	"copy_days": view.Say("几天内给副本"), "explain_days": view.Say("几天内说明"), "restrict_days": view.Say("几天内停止使用"), "length": view.Say("几位"), "days": view.Say("几天"),
	"stub_years": view.Say("存根保存几年"), "usual_days": view.Say("一般有效几天"), "longest_days": view.Say("最长有效几天"), "asked_at_once": view.Say("一次最多问几项"),
}

// parameterName is what a parameter is called; ok is false for what orders steps or names parts of the program.
func parameterName(key string) (view.Text, bool) {
	t, ok := parameterNames[key]
	return t, ok
}

// settingText writes the value of a parameter for people.
func settingText(key, value string) view.Text {
	switch {
	case value == "":
		return view.Say("没有规定")
	case value == "true":
		return view.Say("是")
	case value == "false":
		return view.Say("否")
	case strings.HasSuffix(key, "_share"):
		sign, fraction, _ := strings.Cut(value, " ")
		if sign == ">" {
			return view.Say("超过 %s", fraction)
		}
		return view.Say("不少于 %s", fraction)
	case strings.HasSuffix(key, "_bands"):
		return view.Plain(strings.NewReplacer(":", "：", "*", "以上").Replace(value))
	case key == "long_term_units":
		return view.Say("村、社区")
	}
	return view.Plain(value)
}

// sureText says in words how a rule came to be known.
func sureText(c rulebook.Certainty) view.Text {
	switch c {
	case rulebook.Verified:
		return view.Say("见过条文原文")
	case rulebook.Paraphrase:
		return view.Say("只见过别人的转述，没有核对原文")
	}
	return view.Say("凭记忆整理，没有见过文字")
}

func sureTag(c rulebook.Certainty) view.Tag {
	switch c {
	case rulebook.Verified:
		return view.Tag{Text: view.Say("见过原文"), Kind: view.TagOK}
	case rulebook.Paraphrase:
		return view.Tag{Text: view.Say("见过转述"), Kind: view.TagSoon}
	}
	return view.Tag{Text: view.Say("凭记忆"), Kind: view.TagLate}
}

// unsure is what to make of a rule whose wording nobody has seen, none for one that was seen.
func unsure(r rulebook.Rule) (view.Notice, bool) {
	switch r.Certainty {
	case rulebook.Paraphrase:
		return view.Notice{Kind: view.NoticeWarn, Text: view.Say("%s 版只见过转述，数字和条文号可能有出入。办理以前请对照正式文本；不对的，请系统管理员改规则文件。", r.Version)}, true
	case rulebook.Memory:
		return view.Notice{Kind: view.NoticeWarn, Text: view.Say("%s 版是凭记忆整理的，没有核对。不要只凭这一条拒绝别人；请找到正式文本核对，或者由本级党组织核定。", r.Version)}, true
	}
	return view.Notice{}, false
}

// affectsText says whom a rule concerns.
func affectsText(word string) view.Text {
	switch word {
	case "applicants":
		return view.Say("入党申请人、积极分子和发展对象")
	case "probationary":
		return view.Say("预备党员")
	case "members":
		return view.Say("全体党员")
	case "floating":
		return view.Say("流动党员")
	case "branches":
		return view.Say("党支部")
	case "committees":
		return view.Say("党委")
	case "organisations":
		return view.Say("各级党组织")
	}
	return view.Say("不专管哪一类")
}

// spanText is from when to when something is in force.
func spanText(from, to string) view.Text {
	if to == "" {
		return view.Say("%s 起", from)
	}
	return view.Say("%s 至 %s", from, to)
}

// periodName is the length of a local duty's period.
func periodName(months int) view.Text {
	switch months {
	case 1:
		return view.Say("每月")
	case 3:
		return view.Say("每季度")
	case 6:
		return view.Say("每半年")
	case 12:
		return view.Say("每年")
	}
	return view.Plain(strconv.Itoa(months))
}

func localTag(d localrule.Decision, v *visit) view.Tag {
	switch {
	case d.State == localrule.Proposed:
		return view.Tag{Text: view.Say("等第二个人确认"), Kind: view.TagSoon}
	case d.State == localrule.Refused:
		return view.Tag{Text: view.Say("没有确认")}
	case d.State == localrule.Withdrawn:
		return view.Tag{Text: view.Say("已撤回")}
	case d.Kind == localrule.Ending:
		return view.Tag{Text: view.Say("已确认"), Kind: view.TagOK}
	case d.Over(v.today()):
		return view.Tag{Text: view.Say("已结束")}
	case d.Coming(v.today()):
		return view.Tag{Text: view.Say("还没有生效"), Kind: view.TagSoon}
	}
	return view.Tag{Text: view.Say("执行中"), Kind: view.TagOK}
}

// localText says what a decision decides.
func localText(d localrule.Decision) view.Text {
	name, ok := parameterName(d.Parameter)
	if !ok {
		name = view.Plain(d.Parameter)
	}
	switch {
	case d.Kind == localrule.Ending && d.Rule != "":
		return view.Say("结束对 %s“%s”的规定", d.Rule, name)
	case d.Kind == localrule.Ending:
		return view.Say("结束任务“%s”", view.Plain(d.Title))
	case d.Kind == localrule.Duty:
		return view.Say("%s另加任务：%s", periodName(d.Months), view.Plain(d.Title))
	}
	return view.Say("%s %s：%s", d.Rule, name, settingText(d.Parameter, d.Value))
}
