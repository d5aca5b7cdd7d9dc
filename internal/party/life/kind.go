package life

import (
	"fmt"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/timeline"
	"zhibu/internal/words"
)

// Kind is what sort of meeting it is.
type Kind string

// The kinds. Those of 支部条例 have the names that the rules know them by.
const (
	Assembly  = Kind(timeline.Assembly)      // 支部党员大会
	Committee = Kind(timeline.CommitteeMeet) // 支部委员会会议
	Group     = Kind(timeline.Group)         // 党小组会
	Lecture   = Kind(timeline.Lecture)       // 党课
	ThemeDay  = Kind(timeline.ThemeDay)      // 主题党日
	OrgLife   = Kind(timeline.OrgLife)       // 组织生活会
	Appraisal = Kind(timeline.Appraisal)     // 民主评议党员
	Talk      = Kind("talk")                 // 谈心谈话
	Training  = Kind("training")             // 集中学习培训
	Joint     = Kind("joint")                // 联合开展的活动
)

// Kinds are all of them, in the order in which they are offered.
var Kinds = []Kind{Assembly, Committee, Group, ThemeDay, Lecture, OrgLife, Appraisal, Talk, Training, Joint}

var kindNames = map[Kind]string{
	Assembly: words.Mark("支部党员大会"), Committee: words.Mark("支部委员会会议"), Group: words.Mark("党小组会"), Lecture: words.Mark("党课"), ThemeDay: words.Mark("主题党日"),
	OrgLife: words.Mark("组织生活会"), Appraisal: words.Mark("民主评议党员"), Talk: words.Mark("谈心谈话"), Training: words.Mark("集中学习"), Joint: words.Mark("联合活动"),
}

// Name is the kind in Chinese, a key of the catalogue; "" for none of them.
func (k Kind) Name() string { return kindNames[k] }

// Chosen tells whether those who take part are chosen one by one: the register knows no Party groups of members, and a talk is
// between few.
func (k Kind) Chosen() bool { return k == Group || k == Talk }

// Closed tells whether what was said is only for those who were there: criticism and self-criticism, and talks.
func (k Kind) Closed() bool { return k == OrgLife || k == Appraisal || k == Talk }

// Together tells whether the kind can be one sitting with another: all members of the branch come to both.
func (k Kind) Together() bool { return !k.Chosen() && k != Committee }

// Hours tells whether hours of study may be counted of it.
func (k Kind) Hours() bool { return k == Training || k == Lecture || k == ThemeDay }

// duties are those that a kind fulfils.
var duties = map[timeline.Name]Kind{
	timeline.LifeAssembly: Assembly, timeline.LifeCommittee: Committee, timeline.LifeGroup: Group, timeline.LifeThemeDay: ThemeDay, timeline.LifeOrgLife: OrgLife, timeline.LifeAppraisal: Appraisal,
}

// fact tells whether the log book knows the kind as a meeting held.
func (k Kind) fact() bool { return slices.Contains(timeline.Meetings, timeline.Meeting(k)) }

var quarters = [...]string{"一", "二", "三", "四"}

// title names a meeting of a day as people do.
func (k Kind) title(on civil.Date) string {
	switch k {
	case Assembly:
		return fmt.Sprintf("%d 年第%s季度党员大会", on.Year, quarters[(on.Month-1)/3])
	case Committee, Group, ThemeDay:
		return fmt.Sprintf("%d 年 %d 月%s", on.Year, on.Month, k.Name())
	case OrgLife, Appraisal:
		return fmt.Sprintf("%d 年度%s", on.Year, k.Name())
	}
	return fmt.Sprintf("%s %s", on, k.Name())
}
