package retention

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Class is a class of records in the schedule.
type Class struct {
	Key      string
	Title    string // Chinese, a key of the catalogue, as all texts here
	From     string // from which event the term runs
	Term     string // how long, where no rule has it as a number
	Action   string
	Approver string
	Basis    string // id of a rule of the rulebook, or of a basis of the register
	Persons  bool   // a person's record is destroyed under it, by proposal
}

// Schedule is the whole of it.
var Schedule = []Class{
	{"ended", words.Mark("终止后的党员信息"), words.Mark("去世、出党、除名等登记之日"), "", words.Mark("提出销毁，经批准后销毁"), words.Mark("党委书记或组织部门，不能是提出的人"), "K-01", true},
	{"mistaken", words.Mark("不应登记的信息"), words.Mark("发现之日"), words.Mark("随即"), words.Mark("先终止，再提出销毁，经批准后销毁"), words.Mark("党委书记或组织部门，不能是提出的人"), "K-02", true},
	{"asked", words.Mark("本人依法要求删除的信息"), words.Mark("请求成立之日"), words.Mark("随即"), words.Mark("先终止，再提出销毁，经批准后销毁"), words.Mark("党委书记或组织部门，不能是提出的人"), "K-03", true},
	{"register", words.Mark("在册党员的信息"), words.Mark("登记之日"), words.Mark("在册期间"), words.Mark("不销毁；依请求可以限制使用"), words.Mark("不适用"), "M-14", false},
	{"upload", words.Mark("上传的花名册"), words.Mark("上传之日"), words.Mark("7 天，可以在配置里改"), words.Mark("由程序销毁"), words.Mark("不适用"), "P-03", false},
	{"looks", words.Mark("谁看过的记录"), words.Mark("查看之日"), words.Mark("与党员信息相同，不少于六个月"), words.Mark("随党员信息保存"), words.Mark("不适用"), "P-15", false},
	{"log", words.Mark("日志"), words.Mark("办理之日"), words.Mark("长期"), words.Mark("不销毁；其中加密的内容随本人的密钥销毁"), words.Mark("不适用"), "L-03", false},
	{"backup", words.Mark("备份里的个人密钥"), words.Mark("备份之日"), words.Mark("35 天，可以在配置里改"), words.Mark("由程序清理"), words.Mark("不适用"), "P-03", false},
}

// ClassOf finds a class.
func ClassOf(key string) (Class, bool) {
	for _, c := range Schedule {
		if c.Key == key {
			return c, true
		}
	}
	return Class{}, false
}

// Rule is the rule of a class on a day, false where the register and not the rulebook has it.
func (c Class) Rule(b *rulebook.Book, on civil.Date) (rulebook.Rule, bool) { return b.On(c.Basis, on) }

// Due is a record whose term is over.
type Due struct {
	ID, Name, OrgPath string
	Ended, Since      civil.Date // when it ended, and since when it may be destroyed
}

// mostDue bounds the list.
const mostDue = 100

// Due lists the ended records below a path whose term is over, the oldest first.
func (s *Service) Due(ctx context.Context, r store.Reader) ([]Due, error) {
	today := civil.Today(s.Members.Clock)
	rule, ok := s.Members.Rules.On("K-01", today)
	if !ok {
		return nil, nil
	}
	years := rule.Int("keep_years")
	var out []Due
	err := r.Each(ctx, "SELECT id, name, org_path, ended_on FROM {member} WHERE state = 'ended' AND ended_on <> '' AND ended_on <= ? ORDER BY ended_on, id LIMIT ?",
		[]any{today.AddYears(-years).String(), mostDue}, func(row store.Row) error {
			var d Due
			err := row.Scan(&d.ID, &d.Name, &d.OrgPath, &d.Ended)
			d.Since = d.Ended.AddYears(years)
			out = append(out, d)
			return err
		})
	return out, err
}
