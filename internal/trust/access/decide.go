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
		{ID: RuleSecond, Text: words.Mark("启用了动态验证码或者职责要求第二种鉴别的账号，用密码登录后，先用验证码、备用码或者通行密钥再证明一次；用通行密钥登录的不再问。")},
		{ID: RuleBare, Text: words.Mark("三类管理员，以及能看不止一个党支部的人，先有第二种鉴别：登记通行密钥，或者绑定动态验证码。")},
		{ID: RuleFourEyes, Text: words.Mark("录入的人不能审核自己录入的内容，同一个人的另一个账号也不行。")},
		{ID: RuleLend, Text: words.Mark("本人不在时，可以把自己的一项职责整个委托给另一个人，写明起止日期和理由；不能多给，不能转委托。")},
	}
}

// aboutMembers are the resources in which members' records are concerned.
var aboutMembers = []Resource{Member, Look, Document, Import, Export, Destruction, Request, Dispute, Quality, Logbook, Duty, Dues, Life, Vote}

// inTree are the resources that have a place in the tree; the others are the installation's.
var inTree = append([]Resource{Org, OrgChange, Steward, LocalRule, Account, Granted, Event}, aboutMembers...)

// Lines that most decisions ask.
var seeOrg, seeMember = lineFor(See, Org), lineFor(See, Member)

var (
	ownAllowed = [][2]string{{string(Member), string(See)}, {string(Member), string(List)}, {string(Member), string(Reveal)}, {string(Look), string(List)},
		{string(Document), string(See)}, {string(Document), string(Add)}, {string(Document), string(Run)},
		{string(Dispute), string(List)}, {string(Dispute), string(Add)}, {string(Logbook), string(List)}, {string(Dues), string(List)}}
	ownForbidden = []Action{Move, End, Restore, Review, Confirm}
)

func ownMay(action Action, resource Resource) bool {
	return slices.Contains(ownAllowed, [2]string{string(resource), string(action)})
}

// branchPage tells whether an action on organisations is open to a member for the own branch.
func branchPage(action Action, resource Resource) bool {
	return resource == Org && (action == See || action == List)
}

// Allow decides about one thing: the path of the organisation it belongs to and, for a member's record, the member's
// id. What the person may not know of is answered as missing, exactly as if it did not exist; what the role does not
// allow is Forbidden with the line of the table. A resource outside of the tree (backup, setting) takes no path.
func (p *Person) Allow(action Action, resource Resource, orgPath, memberID string) (Decision, error) {
	l := lineFor(action, resource)
	if l == nil {
		return Decision{}, fmt.Errorf("access: the table has no line for %s %s", action, resource)
	}
	if err := p.ready(); err != nil {
		return Decision{}, err
	}
	if l.tree && orgPath == "" {
		return Decision{}, fault.Missing()
	}
	d, ok, knows := p.decide(l, orgPath, memberID)
	switch {
	case l.notOwn && memberID != "" && memberID == p.Member:
		return Decision{}, forbidden(RuleNotOwn, words.Mark("不能对自己的信息做这件事，请由上级党组织办理。"))
	case ok:
		return d, nil
	case !knows && l.tree:
		return Decision{}, fault.Missing()
	}
	return Decision{}, forbidden(l.ID, words.Mark("您的角色不能做这件事。"))
}

// ready refuses everything to somebody who is only half in.
func (p *Person) ready() error {
	if err := p.passed(); err != nil || !p.Bare {
		return err
	}
	return forbidden(RuleBare, words.Mark("请先登记通行密钥或者绑定动态验证码，再做别的事。"))
}

// Ready tells whether nothing is left to do before the work: a code, a password, a second factor.
func (p *Person) Ready() bool { return p.ready() == nil }

// passed refuses who has not shown yet who it is.
func (p *Person) passed() error {
	switch {
	case p.Second:
		return forbidden(RuleSecond, words.Mark("请先完成第二种鉴别（动态验证码、备用码或者通行密钥），再做别的事。"))
	case p.First:
		return forbidden(RuleFirst, words.Mark("请先设置自己的密码，再做别的事。"))
	}
	return nil
}

func forbidden(rule, text string) *fault.Error { return fault.New(fault.Forbidden, text).By(rule) }

// decide goes over the grants once: whether they allow, and whether the person may know that the thing exists. It is
// asked for every row that a page shows, so it looks nothing up and allocates nothing.
func (p *Person) decide(l *line, orgPath, memberID string) (d Decision, ok, knows bool) {
	see := seeMember
	if memberID == "" {
		see = seeOrg
	}
	if own := memberID != "" && memberID == p.Member; own {
		knows = true
		if l.own {
			d, ok = Decision{Mask: EveryMask, Rule: RuleOwn}, true
		}
	}
	if orgPath != "" && orgPath == p.MemberPath {
		knows = knows || memberID == ""
		if l.branch {
			d, ok = Decision{Rule: l.ID}, true
		}
	}
	for i := range p.Grants {
		g := &p.Grants[i]
		here := strings.HasPrefix(orgPath, g.Path)
		if here && !knows {
			_, knows = see.covers(g)
		}
		m, may := l.covers(g)
		if !may || !l.reaches(here, orgPath) {
			continue
		}
		if !ok {
			d, ok = Decision{Rule: l.ID, Grant: g.ID}, true
		}
		d.Mask |= m
	}
	return d, ok, knows
}

// May tells whether the person may do the action anywhere: for menus and buttons, never instead of Allow.
func (p *Person) May(action Action, resource Resource) bool {
	l := lineFor(action, resource)
	if l == nil || p.ready() != nil {
		return false
	}
	if p.Member != "" && (l.own || l.branch) {
		return true
	}
	for i := range p.Grants {
		if _, ok := l.covers(&p.Grants[i]); ok {
			return true
		}
	}
	return false
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
	l := lineFor(action, resource)
	var paths []string
	members := slices.Contains(aboutMembers, resource) || resource == Org
	for i := range p.Grants {
		g := &p.Grants[i]
		if _, ok := l.covers(g); !ok {
			continue
		}
		if _, ok := seeMember.covers(g); !ok {
			members = false // an administrator's part of the tree holds no records
		}
		paths = append(paths, g.Path)
	}
	s := store.Subtree(paths...)
	if !members {
		s = s.WithoutMembers()
	}
	if l.own || l.branch {
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
	for _, g := range p.Grants {
		if m, ok := seeMember.covers(&g); ok && strings.HasPrefix(orgPath, g.Path) {
			out = append(out, Reason{seeMember.ID, seeMember.Text, &g, m})
		}
	}
	return out
}
