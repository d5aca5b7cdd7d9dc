package access

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Lending is what somebody who is away lends: one whole grant of hers, to one other person, from a day to a day.
type Lending struct {
	Grant  string // id of the lender's own grant
	To     string // login of the deputy
	From   civil.Date
	Until  civil.Date
	Reason string
}

// Lent is a grant that the person has lent out and that still holds or is to come.
type Lent struct {
	Grant
	Login, Name string // of the deputy
}

// Lend gives another person the whole of one of the person's own grants for a time: not more, not in parts, and not
// onward. It holds no longer than the grant it comes from.
func (d *Door) Lend(ctx context.Context, p *Person, request string, l Lending) (id string, err error) {
	if err := p.ready(); err != nil {
		return "", err
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return "", err
	}
	deputy, err := d.find(ctx, foldLogin(l.To))
	if err != nil {
		return "", err
	}
	defer d.people.drop(deputy.id)
	act := ledger.Act{Kind: "account.lend", Subject: "account", SubjectID: deputy.id, Reason: strings.TrimSpace(l.Reason)}
	_, err = d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all := tx.System("lend")
		own, err := one(ctx, all, p.Account, l.Grant)
		if err != nil {
			return err
		}
		if err := checkLending(own, l, civil.Today(d.clock), policy[LendDays]); err != nil {
			return err
		}
		t, err := d.deputy(ctx, all, p, own, deputy.id)
		if err != nil {
			return err
		}
		g, err := d.grant(ctx, all, nil, t.id, t.member, NewGrant{Role: own.Role, Org: own.Org, From: l.From, To: l.Until, Basis: "代" + p.Name + "：" + act.Reason})
		if err != nil {
			return err
		}
		id, act.OrgPath, act.Detail = g.ID, g.Path, map[string]any{"role": string(g.Role)}
		err = all.Insert(ctx, "lending", store.Set("id", d.ledger.IDs.New()), store.Set("grant_id", g.ID), store.Set("org_path", g.Path),
			store.Set("of_grant", own.ID), store.Set("for_account", p.Account))
		if err != nil {
			return err
		}
		return d.touch(ctx, all, t.id)
	})
	return id, err
}

// checkLending looks at the grant and the days.
func checkLending(own Grant, l Lending, today civil.Date, most int) error {
	bad := func(field, text string, args ...any) error { return fault.New(fault.Invalid, text, args...).At(field) }
	switch {
	case own.For != "":
		return forbidden(RuleLend, words.Mark("别人委托给您的职责不能再转给他人。"))
	case own.Role == PlainMember:
		return bad("grant", "党员自己的档案不能委托给别人看。")
	case strings.TrimSpace(l.Reason) == "" || len([]rune(l.Reason)) > 100:
		return bad("reason", "请写明原因，最多 100 个字。")
	case l.From.IsZero() || l.From.Before(today):
		return bad("day", "开始日期要在今天或以后。")
	case l.Until.IsZero() || l.Until.Before(l.From):
		return bad("until", "请写截止日期，不早于开始日期。")
	case l.From.AddDays(most).Before(l.Until):
		return bad("until", "一次最多委托 %d 天。", most)
	case !own.HoldsOn(l.From) || !own.HoldsOn(l.Until):
		return bad("until", "超出了您自己任这个角色的时间。")
	}
	return nil
}

// deputy is the account that a grant is lent to: somebody else, at work below the organisation above.
func (d *Door) deputy(ctx context.Context, tx *store.Tx, p *Person, own Grant, id string) (target, error) {
	unknown := fault.New(fault.Invalid, "上一级党组织范围内没有这个账号，或者它已经停用。").At("account")
	if id == "" {
		return target{}, unknown
	}
	t, err := d.target(ctx, tx, id)
	if err != nil {
		return t, err
	}
	above := own.Path
	if cut := strings.LastIndexByte(strings.TrimSuffix(own.Path, "."), '.'); cut > 0 {
		above = own.Path[:cut+1]
	}
	if t.state != Active || !strings.HasPrefix(t.path, above) {
		return t, unknown
	}
	like, err := SamePerson(ctx, tx, p.Account, id)
	switch {
	case err != nil:
		return t, err
	case like == Same:
		return t, forbidden(RuleLend, words.Mark("不能委托给自己，用另一个账号也不行。"))
	case like == Perhaps:
		return t, forbidden(RuleLend, words.Mark("对方和您同名，分不清是不是同一个人。请先在两个账号上填本人是谁，再委托。"))
	}
	return t, nil
}

// LentBy lists what the person has lent out and not taken back.
func (d *Door) LentBy(ctx context.Context, p *Person) ([]Lent, error) {
	var out []Lent
	query := "SELECT " + grantColumns + ", a.login, a.name FROM " + grantTables + " JOIN {account} a ON a.id = g.account_id WHERE l.for_account = ? AND g.to_on >= ? ORDER BY g.id DESC"
	err := d.own().Each(ctx, query, []any{p.Account, civil.Today(d.clock)}, func(row store.Row) error {
		var x Lent
		var err error
		x.Grant, err = scanGrant(row, &x.Login, &x.Name)
		out = append(out, x)
		return err
	})
	return out, err
}

// EndLending ends a lent grant at once; the lender may, and the deputy herself.
func (d *Door) EndLending(ctx context.Context, p *Person, request, grant string) error {
	if err := p.ready(); err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.lend_end", Subject: "account"}
	var deputy string
	_, err := d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all := tx.System("end lending")
		lent, err := lentGrants(ctx, all, "l.grant_id = ?", grant)
		if err != nil {
			return err
		}
		if len(lent) == 0 || lent[0].For != p.Account && lent[0].Account != p.Account {
			return fault.Missing()
		}
		deputy, act.SubjectID, act.OrgPath = lent[0].Account, lent[0].Account, lent[0].Path
		ended, err := d.endLent(ctx, all, lent)
		if err == nil && len(ended) == 0 {
			return ledger.ErrUnchanged
		}
		return err
	})
	d.forget(deputy)
	return err
}

func lentGrants(ctx context.Context, r store.Reader, where string, args ...any) ([]Grant, error) {
	var out []Grant
	err := r.Each(ctx, "SELECT "+grantColumns+" FROM "+grantTables+" WHERE "+where+" ORDER BY g.id", args, func(row store.Row) error {
		g, err := scanGrant(row)
		out = append(out, g)
		return err
	})
	return out, err
}

// endLent ends lent grants inside a transaction and gives the deputies' accounts, to be forgotten afterwards.
func (d *Door) endLent(ctx context.Context, tx *store.Tx, lent []Grant) (deputies []string, err error) {
	yesterday := civil.Today(d.clock).AddDays(-1)
	for _, g := range lent {
		if !g.To.IsZero() && !g.To.After(yesterday) {
			continue
		}
		if _, err := tx.Update(ctx, "grant", store.ByID(g.ID), store.Set("to_on", yesterday)); err != nil {
			return nil, err
		}
		if err := d.endAll(ctx, tx, g.Account); err != nil {
			return nil, err
		}
		if err := d.touch(ctx, tx, g.Account); err != nil {
			return nil, err
		}
		deputies = append(deputies, g.Account)
	}
	return deputies, nil
}

// Forget drops what is held in memory of accounts that were closed elsewhere.
func (d *Door) Forget(accounts ...string) { d.forget(accounts...) }

// forget drops accounts from memory, after their rows changed.
func (d *Door) forget(accounts ...string) {
	for _, a := range accounts {
		d.people.drop(a)
		d.held.dropAccount(a)
	}
}

// onBehalf is for whom an act is done: the lender, where none of the person's own grants would have allowed it.
func (p *Person) onBehalf(kind, path string) string {
	rule, about := ruleOfAct(kind)
	if !about {
		return ""
	}
	name := ""
	for _, g := range p.Grants {
		if !strings.HasPrefix(path, g.Path) || g.Role == PlainMember {
			continue
		}
		if rule != nil {
			if _, ok := rule.covers(&g); !ok {
				continue
			}
		}
		if g.For == "" {
			return ""
		}
		if name == "" {
			name = g.ForName
		}
	}
	return name
}

// actsByLine are the acts whose names are not resource.action of the table.
var actsByLine = map[string][2]string{
	"org.change": {string(Org), string(Mend)}, "org.reopen": {string(Org), string(Abolish)}, "org.post.add": {string(Org), string(Post)},
	"org.post.end": {string(Org), string(Post)}, "member.opened": {string(Member), string(See)}, "member.export": {string(Export), string(Run)},
	"account.grant": {string(Granted), string(Add)}, "account.revoke": {string(Granted), string(Revoke)}, "account.slip": {string(Account), string(IssueSlip)},
	"account.disable": {string(Account), string(Lock)}, "account.end_sessions": {string(Account), string(Lock)}, "account.factor_drop": {string(Account), string(Unlock)},
	"account.check": {string(Granted), string(Revoke)}, "review.propose": {string(Member), string(Mend)}, "review.withdraw": {string(Member), string(Mend)},
}

// ruleOfAct is the line of the table behind an act; about is false for what somebody does to the own account, such as
// signing in. An act of a duty without a line of its own is judged by its place.
func ruleOfAct(kind string) (rule *line, about bool) {
	if line, ok := actsByLine[kind]; ok {
		return index[line], true
	}
	resource, action, _ := strings.Cut(kind, ".")
	if rule := lineFor(Action(action), Resource(resource)); rule != nil {
		return rule, true
	}
	return nil, resource != "account" && resource != "token"
}
