package access

import (
	"context"
	"strings"
	"time"
	"unicode"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Link is an account's identity at another sign-in service.
type Link struct {
	ID      string
	Service string // id of the configuration
	Shown   string // the identity's ends: enough to recognise it, not enough to use it
	Made    time.Time
	Used    time.Time // zero: never
}

// storedLink is what signing in needs of one.
type storedLink struct{ id, account, login string }

const longestSubject = 255 // OpenID Connect Core, 2

// subjectKey stands for an identity at a service; the database does not hold the identity itself.
func (d *Door) subjectKey(service, subject string) string {
	return d.keyed("outside identity", service, subject)
}

// boundLink ties a link to its account: a row that was written or moved past the program opens nothing.
func (d *Door) boundLink(account, service, key string) string {
	return d.keyed("outside link", account, service, key)
}

// linkOf finds the account of an identity; the empty link for none.
func (d *Door) linkOf(ctx context.Context, service, subject string) (l storedLink, err error) {
	key, bound := d.subjectKey(service, subject), ""
	found, err := d.own().One(ctx, "SELECT l.id, l.account_id, l.bound, a.login FROM {linked} l JOIN {account} a ON a.id = l.account_id WHERE l.subject = ?",
		[]any{key}, &l.id, &l.account, &bound, &l.login)
	if err != nil || !found || bound != d.boundLink(l.account, service, key) {
		return storedLink{}, err
	}
	return l, nil
}

// Links lists what an account is linked to, the oldest first.
func (d *Door) Links(ctx context.Context, account string) ([]Link, error) {
	var out []Link
	err := d.own().Each(ctx, "SELECT id, provider, shown, made, used FROM {linked} WHERE account_id = ? ORDER BY id", []any{account}, func(row store.Row) error {
		var l Link
		var made, used int64
		if err := row.Scan(&l.ID, &l.Service, &l.Shown, &made, &used); err != nil {
			return err
		}
		l.Made = time.Unix(made, 0)
		if used != 0 {
			l.Used = time.Unix(used, 0)
		}
		out = append(out, l)
		return nil
	})
	return out, err
}

// link ties the person's own account to an identity.
func (d *Door) link(ctx context.Context, p *Person, from From, s Outside, subject string) error {
	if err := p.ready(); err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.link", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath, Detail: map[string]any{"service": s.ID}}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		return d.addLink(ctx, tx.System("own link"), p.Account, s, subject)
	})
}

func (d *Door) addLink(ctx context.Context, tx *store.Tx, account string, s Outside, subject string) error {
	key := d.subjectKey(s.ID, subject)
	var one int
	taken, err := tx.One(ctx, "SELECT 1 FROM {linked} WHERE subject = ?", []any{key}, &one)
	if err != nil {
		return err
	}
	linked, err := tx.One(ctx, "SELECT 1 FROM {linked} WHERE account_id = ? AND provider = ?", []any{account, s.ID}, &one)
	switch {
	case err != nil:
		return err
	case taken:
		return fault.New(fault.Conflict, "“%s”的这个身份已经关联了账号，一个身份只能关联一个。", s.Title).At("subject")
	case linked:
		return fault.New(fault.Conflict, "这个账号已经关联了“%s”，先解除再关联新的。", s.Title).At("service")
	}
	return tx.Insert(ctx, "linked", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", account), store.Set("provider", s.ID), store.Set("subject", key),
		store.Set("bound", d.boundLink(account, s.ID, key)), store.Set("shown", ends(subject)), store.Set("made", d.clock.Now().Unix()), store.Set("used", 0))
}

// ends shows an identity by its ends.
func ends(subject string) string {
	r := []rune(subject)
	switch {
	case len(r) < 5:
		return string(r[:1]) + "…"
	case len(r) < 10:
		return string(r[:1]) + "…" + string(r[len(r)-1:])
	}
	return string(r[:2]) + "…" + string(r[len(r)-2:])
}

// Unlink takes one of the person's own links back.
func (d *Door) Unlink(ctx context.Context, p *Person, from From, password, id string) error {
	if err := p.ready(); err != nil {
		return err
	}
	if err := d.confirmPassword(ctx, p, from, password); err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.unlink", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		n, err := tx.System("own link").Delete(ctx, "linked", store.ByID(id).And("account_id", p.Account))
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
}

// LinkFor ties somebody else's account to an identity that was typed in. It lets whoever has the identity sign in, so it
// takes the right to print a slip for the account.
func (o *OutsideDoor) LinkFor(ctx context.Context, p *Person, request, account, service, subject, reason string) error {
	s, err := o.Service(service)
	if err != nil {
		return fault.New(fault.Invalid, "请选择登录服务。").At("service")
	}
	subject = strings.TrimSpace(subject)
	if subject == "" || len(subject) > longestSubject || strings.ContainsFunc(subject, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return fault.New(fault.Invalid, "请填写对方系统里的用户编号，不能有空格。").At("subject")
	}
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	act := ledger.Act{Kind: "account.link_for", Reason: reason, Detail: map[string]any{"service": s.ID}}
	return o.door.change(ctx, p, IssueSlip, account, act, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		return nil, o.door.addLink(ctx, tx, t.id, s, subject)
	})
}

// UnlinkFor takes somebody else's link back.
func (d *Door) UnlinkFor(ctx context.Context, p *Person, request, account, id, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	return d.change(ctx, p, IssueSlip, account, ledger.Act{Kind: "account.unlink_for", Reason: reason}, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		n, err := tx.Delete(ctx, "linked", store.ByID(id).And("account_id", t.id))
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return nil, err
	})
}
