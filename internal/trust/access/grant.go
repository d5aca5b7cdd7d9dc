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

// Grant gives an account a role. The person needs A-58 at the organisation; nobody grants himself anything, and the
// three who run, grant and check the program are kept apart (H-03). It gives the grant's id.
func (d *Door) Grant(ctx context.Context, p *Person, request, account string, n NewGrant) (id string, err error) {
	if account == p.Account {
		return "", forbidden(RuleSelf, words.Mark("不能对自己的账号做这件事。"))
	}
	defer d.people.drop(account)
	act := ledger.Act{Kind: "account.grant", Subject: "account", SubjectID: account, Source: n.Basis, Detail: map[string]any{"role": string(n.Role)}}
	_, err = d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all := tx.System("grant")
		t, err := d.target(ctx, all, account)
		if err != nil {
			return err
		}
		if _, err := p.Allow(See, Account, t.path, ""); err != nil {
			return err
		}
		g, err := d.grant(ctx, all, p, account, t.member, n)
		if err != nil {
			return err
		}
		id, act.OrgPath = g.ID, g.Path
		return d.touch(ctx, all, account)
	})
	return id, err
}

// grant checks and writes one grant; p is nil for the program itself.
func (d *Door) grant(ctx context.Context, tx *store.Tx, p *Person, account, member string, n NewGrant) (Grant, error) {
	if err := tx.LockShared(ctx, store.TreeLock); err != nil {
		return Grant{}, err
	}
	at, err := placeOf(ctx, tx, n.Org)
	if err != nil {
		return Grant{}, fieldOf(err, "org")
	}
	g := Grant{Account: account, Role: n.Role, Org: at.id, Path: at.path, Post: n.Post, From: n.From, To: n.To, Basis: strings.TrimSpace(n.Basis)}
	if g.From.IsZero() {
		g.From = civil.Today(d.clock)
	}
	if p != nil {
		if _, err := p.Allow(Add, Granted, at.path, ""); err != nil {
			return Grant{}, err
		}
		if n.Role.Known() && !p.over(lineFor(Add, Granted), n.Role, at.path) {
			return Grant{}, forbidden("A-58", words.Mark("您不能授予这个角色，请由上级党组织或安全管理员办理。"))
		}
	}
	if err := d.checkGrant(ctx, tx, g, at, member); err != nil {
		return Grant{}, err
	}
	g.ID = d.ledger.IDs.New()
	set := store.Set
	return g, tx.Insert(ctx, "grant", set("id", g.ID), set("account_id", account), set("role", string(g.Role)), set("org_id", g.Org),
		set("org_path", g.Path), set("post_id", g.Post), set("from_on", g.From), set("to_on", g.To), set("basis", g.Basis))
}

func (d *Door) checkGrant(ctx context.Context, tx *store.Tx, g Grant, at place, member string) error {
	today := civil.Today(d.clock)
	switch {
	case !g.Role.Known():
		return fault.New(fault.Invalid, "没有这个角色。").At("role")
	case at.abolished != "":
		return fault.New(fault.Invalid, "这个党组织已经撤销，不能再授予角色。").At("org")
	case !g.Role.Fits(at.kind):
		return fault.New(fault.Invalid, "“%s”不能授予在这类党组织。", g.Role.Name()).At("org")
	case g.Role == PlainMember && member == "":
		return fault.New(fault.Invalid, "“党员”角色要对应一名党员。").At("member")
	case !g.To.IsZero() && (g.To.Before(g.From) || g.To.Before(today)):
		return fault.New(fault.Invalid, "截止日期早于开始日期或今天。").At("until")
	}
	if err := d.checkApart(ctx, tx, g); err != nil {
		return err
	}
	held, err := grantsOf(ctx, tx, g.Account)
	if err != nil {
		return err
	}
	for _, h := range held {
		if !overlap(g, h) {
			continue
		}
		if h.Role == g.Role && h.Org == g.Org {
			return fault.New(fault.Conflict, "这个账号在这个党组织已有这个角色。").At("role")
		}
		if apart(g.Role, h.Role) {
			return forbidden(RuleSeparate, words.Mark("系统管理员、安全管理员、审计员要由不同的人担任，也不能兼管党员信息。"))
		}
	}
	return nil
}

// overlap tells whether two grants are in force on some same day.
func overlap(a, b Grant) bool {
	return (a.To.IsZero() || !b.From.After(a.To)) && (b.To.IsZero() || !a.From.After(b.To)) &&
		(a.To.IsZero() || !a.To.Before(a.From)) && (b.To.IsZero() || !b.To.Before(b.From))
}

// apart tells whether one account must not hold both roles: an administrator holds nothing else but the own record.
func apart(a, b Role) bool {
	return a != b && a != PlainMember && b != PlainMember && (a.Administers() || b.Administers())
}

// Revoke takes a role back at once: its last day is yesterday. A grant of before stays in the list.
func (d *Door) Revoke(ctx context.Context, p *Person, request, account, grant, reason string) error {
	if account == p.Account {
		return forbidden(RuleSelf, words.Mark("不能对自己的账号做这件事。"))
	}
	var deputies []string
	defer func() { d.forget(append(deputies, account)...) }()
	act := ledger.Act{Kind: "account.revoke", Subject: "account", SubjectID: account, Reason: reason}
	_, err := d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all := tx.System("grant")
		g, err := one(ctx, all, account, grant)
		if err != nil {
			return err
		}
		if err := p.mayRevoke(g); err != nil {
			return err
		}
		yesterday := civil.Today(d.clock).AddDays(-1)
		if !g.To.IsZero() && !g.To.After(yesterday) {
			return ledger.ErrUnchanged
		}
		act.OrgPath, act.Detail = g.Path, map[string]any{"role": string(g.Role)}
		if _, err := all.Update(ctx, "grant", store.ByID(g.ID), store.Set("to_on", yesterday)); err != nil {
			return err
		}
		if err := d.endAll(ctx, all, account); err != nil { // what is open on a screen goes with the role
			return err
		}
		lent, err := lentGrants(ctx, all, "l.of_grant = ?", g.ID)
		if err != nil {
			return err
		}
		if deputies, err = d.endLent(ctx, all, lent); err != nil { // what was lent holds no longer than what it came from
			return err
		}
		return d.touch(ctx, all, account)
	})
	return err
}

// mayRevoke tells whether the person may take a grant back, and so answers for its being right.
func (p *Person) mayRevoke(g Grant) error {
	if _, err := p.Allow(Revoke, Granted, g.Path, ""); err != nil {
		return err
	}
	if !p.over(lineFor(Revoke, Granted), g.Role, g.Path) {
		return forbidden("A-59", words.Mark("您不能收回这个角色，请由上级党组织或安全管理员办理。"))
	}
	return nil
}

func one(ctx context.Context, r store.Reader, account, grant string) (Grant, error) {
	held, err := grantsOf(ctx, r, account)
	if err != nil {
		return Grant{}, err
	}
	for _, g := range held {
		if g.ID == grant {
			return g, nil
		}
	}
	return Grant{}, fault.Missing()
}
