package access

import (
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Decision is why something is allowed, and which classes of fields it covers.
type Decision struct {
	Mask  Mask
	Rule  string // line of the table, or a hard rule
	Grant string // id of the first grant it rests on, "" for the own record
}

// The hard rules, which come before the table.
const (
	RuleOwn      = "H-01"
	RuleNotOwn   = "H-02"
	RuleSeparate = "H-03"
	RuleSelf     = "H-04"
	RuleTakeOver = "H-05"
	RuleFirst    = "H-06"
	RuleSecond   = "H-07"
	RuleBare     = "H-08"
	RuleFourEyes = "H-09"
	RuleLend     = "H-10"
)

// HardRules gives the text of the rules that no grant changes.
func HardRules() []Rule {
	return []Rule{
		{ID: RuleOwn, Text: words.Mark("每个人可以看自己的全部信息，也可以看谁看过。")},
		{ID: RuleNotOwn, Text: words.Mark("任何人不能审核、转移、终止、恢复自己的信息。")},
		{ID: RuleSeparate, Text: words.Mark("系统管理员、安全管理员、审计员三者分设，互不兼任，也不兼管党员信息。")},
		{ID: RuleSelf, Text: words.Mark("任何人不能给自己的账号授权、解锁、打印登录条。")},
		{ID: RuleTakeOver, Text: words.Mark("登录条只能打印给职责在自己职责范围之内的账号；三类管理员的登录条在服务器上用 zhibu account 办理。")},
		{ID: RuleFirst, Text: words.Mark("用一次性登录条登录后，先设置密码。")},
		{ID: RuleSecond, Text: words.Mark("启用了动态验证码的账号，先输入验证码。")},
		{ID: RuleBare, Text: words.Mark("三类管理员，以及能看不止一个党支部的人，先绑定动态验证码。")},
		{ID: RuleFourEyes, Text: words.Mark("录入的人不能审核自己录入的内容，同一个人的另一个账号也不行。")},
		{ID: RuleLend, Text: words.Mark("本人不在时，可以把自己的一项职责整个委托给另一个人，写明起止日期和理由；不能多给，不能转委托。")},
	}
}

// aboutMembers are the resources in which members' records are concerned.
var aboutMembers = []Resource{Member, Look, Document, Import, Export, Destruction, Request, Dispute}

// inTree are the resources that have a place in the tree; the others are the installation's.
var inTree = append([]Resource{Org, Steward, Account, Granted, Event}, aboutMembers...)

// reaches tells whether a grant's place covers a path. The log has a place in the tree too, but for the acts of the
// installation itself, which every auditor reads.
func reaches(g Grant, action Action, resource Resource, orgPath string) bool {
	if resource == Audit && action == See {
		return orgPath == "" || strings.HasPrefix(orgPath, g.Path)
	}
	return !slices.Contains(inTree, resource) || strings.HasPrefix(orgPath, g.Path)
}

// Lines that most decisions ask.
var seeOrg, seeMember = RuleFor(See, Org), RuleFor(See, Member)

var (
	ownAllowed = [][2]string{{string(Member), string(See)}, {string(Member), string(List)}, {string(Member), string(Reveal)}, {string(Look), string(List)},
		{string(Document), string(See)}, {string(Document), string(Add)}, {string(Document), string(Run)},
		{string(Dispute), string(List)}, {string(Dispute), string(Add)}}
	ownForbidden = []Action{Move, End, Restore, Review, Confirm}
)

func ownMay(action Action, resource Resource) bool {
	return slices.Contains(ownAllowed, [2]string{string(resource), string(action)})
}

// covers is the one place where a grant meets a line of the table: the decision and the scope both ask it. A plain
// member's grant opens no subtree.
func covers(g Grant, rule *Rule) (Mask, bool) {
	m, ok := rule.Roles[g.Role]
	return m, ok && g.Role != PlainMember
}

// branchPage tells whether an action on organisations is open to a member for the own branch.
func branchPage(action Action, resource Resource) bool {
	return resource == Org && (action == See || action == List)
}

// Allow decides about one thing: the path of the organisation it belongs to and, for a member's record, the member's
// id. What the person may not know of is answered as missing, exactly as if it did not exist; what the role does not
// allow is Forbidden with the line of the table. A resource outside of the tree (backup, setting) takes no path.
func (p *Person) Allow(action Action, resource Resource, orgPath, memberID string) (Decision, error) {
	rule := RuleFor(action, resource)
	if rule == nil {
		return Decision{}, fmt.Errorf("access: the table has no line for %s %s", action, resource)
	}
	if err := p.ready(); err != nil {
		return Decision{}, err
	}
	if slices.Contains(inTree, resource) && orgPath == "" {
		return Decision{}, fault.Missing()
	}
	d, ok := p.decide(action, resource, rule, orgPath, memberID)
	own := memberID != "" && memberID == p.Member
	switch {
	case own && resource == Member && slices.Contains(ownForbidden, action):
		return Decision{}, forbidden(RuleNotOwn, words.Mark("不能对自己的信息做这件事，请由上级党组织办理。"))
	case ok:
		return d, nil
	case !p.knows(orgPath, memberID) && slices.Contains(inTree, resource):
		return Decision{}, fault.Missing()
	}
	return Decision{}, forbidden(rule.ID, words.Mark("您的角色不能做这件事。"))
}

// ready refuses everything to somebody who is only half in.
func (p *Person) ready() error {
	if err := p.passed(); err != nil || !p.Bare {
		return err
	}
	return forbidden(RuleBare, words.Mark("请先绑定动态验证码，再做别的事。"))
}

// Ready tells whether nothing is left to do before the work: a code, a password, a second factor.
func (p *Person) Ready() bool { return p.ready() == nil }

// passed refuses who has not shown yet who it is.
func (p *Person) passed() error {
	switch {
	case p.Second:
		return forbidden(RuleSecond, words.Mark("请先输入动态验证码，再做别的事。"))
	case p.First:
		return forbidden(RuleFirst, words.Mark("请先设置自己的密码，再做别的事。"))
	}
	return nil
}

func forbidden(rule, text string) *fault.Error { return fault.New(fault.Forbidden, text).By(rule) }

func (p *Person) decide(action Action, resource Resource, rule *Rule, orgPath, memberID string) (d Decision, ok bool) {
	if memberID != "" && memberID == p.Member && ownMay(action, resource) {
		d, ok = Decision{Mask: EveryMask, Rule: RuleOwn}, true
	}
	if branchPage(action, resource) && orgPath != "" && orgPath == p.MemberPath {
		d, ok = Decision{Rule: rule.ID}, true
	}
	for _, g := range p.Grants {
		m, may := covers(g, rule)
		if !may || !reaches(g, action, resource, orgPath) {
			continue
		}
		if !ok {
			d, ok = Decision{Rule: rule.ID, Grant: g.ID}, true
		}
		d.Mask |= m
	}
	return d, ok
}

// knows tells whether the person may know that the thing exists.
func (p *Person) knows(orgPath, memberID string) bool {
	if memberID != "" {
		_, ok := p.decide(See, Member, seeMember, orgPath, memberID)
		return ok
	}
	_, ok := p.decide(See, Org, seeOrg, orgPath, "")
	return ok
}

// May tells whether the person may do the action anywhere: for menus and buttons, never instead of Allow.
func (p *Person) May(action Action, resource Resource) bool {
	rule := RuleFor(action, resource)
	if rule == nil || p.ready() != nil {
		return false
	}
	if p.Member != "" && (ownMay(action, resource) || branchPage(action, resource)) {
		return true
	}
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { _, ok := covers(g, rule); return ok })
}

// Need is May as an error that names the line of the table.
func (p *Person) Need(action Action, resource Resource) error {
	if p.May(action, resource) {
		return nil
	}
	if err := p.ready(); err != nil {
		return err
	}
	id := ""
	if rule := RuleFor(action, resource); rule != nil {
		id = rule.ID
	}
	return forbidden(id, words.Mark("您的角色不能做这件事。"))
}

// Mask is the classes of fields that the person sees of a record; none of one that is out of scope.
func (p *Person) Mask(orgPath, memberID string) Mask {
	d, err := p.Allow(See, Member, orgPath, memberID)
	if err != nil {
		return NoClass
	}
	return d.Mask
}

// Scope is where the person may do the action, as a filter for queries. It is read from the same grants and the same
// line as Allow, so both say the same of every row.
func (p *Person) Scope(action Action, resource Resource) (store.Scope, error) {
	if err := p.Need(action, resource); err != nil {
		return store.Scope{}, err
	}
	var paths []string
	members := slices.Contains(aboutMembers, resource) || resource == Org
	for _, g := range p.Grants {
		if _, ok := covers(g, RuleFor(action, resource)); !ok {
			continue
		}
		if _, ok := RuleFor(See, Member).Roles[g.Role]; !ok {
			members = false // an administrator's part of the tree holds no records
		}
		paths = append(paths, g.Path)
	}
	s := store.Subtree(paths...)
	if !members {
		s = s.WithoutMembers()
	}
	if ownMay(action, resource) || branchPage(action, resource) {
		s = p.withSelf(s)
	}
	return s, nil
}

// Reason is one line of the answer to «why can this person see this record».
type Reason struct {
	Rule  string
	Text  string // Chinese, a key of the catalogue
	Grant *Grant // nil for the own record
	Mask  Mask
}

// Why names every grant and rule by which the person sees a member's record; none for a record out of scope.
func (p *Person) Why(orgPath, memberID string) []Reason {
	var out []Reason
	if memberID != "" && memberID == p.Member {
		out = append(out, Reason{Rule: RuleOwn, Text: HardRules()[0].Text, Mask: EveryMask})
	}
	rule := RuleFor(See, Member)
	for _, g := range p.Grants {
		if m, ok := covers(g, rule); ok && strings.HasPrefix(orgPath, g.Path) {
			out = append(out, Reason{rule.ID, rule.Text, &g, m})
		}
	}
	return out
}
