package access

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// SetPassword gives the person's own account a new password. Somebody who came by a slip (First) needs no old one;
// everybody else is asked for it, under the same lock as signing in. All sessions of the account end and its tokens
// are revoked; the caller begins a new session for the one who is here.
func (d *Door) SetPassword(ctx context.Context, p *Person, from From, old, password string) error {
	policy, err := d.Policy(ctx)
	if err != nil {
		return err
	}
	if p.Second {
		return p.ready()
	}
	if !p.First {
		_, err := d.Identify(ctx, p.Login, old, from)
		if f := fault.As(err); f != nil && f.Rule == RuleWrong {
			return fault.New(fault.Invalid, "原密码不对。").At("old").By(RuleWrong)
		}
		if err != nil {
			return err
		}
		if old == password {
			return fault.New(fault.Invalid, "新密码和原密码一样。").At("new")
		}
	}
	if err := policy.CheckPassword(p.Login, p.Name, password); err != nil {
		return err
	}
	return d.setSecret(ctx, p.Actor(from.Request), p.Account, p.OrgPath, password)
}

func (d *Door) setSecret(ctx context.Context, actor ledger.Actor, account, path, password string) error {
	secret, err := d.hash(ctx, account, password)
	if err != nil {
		return err
	}
	defer d.held.dropAccount(account)
	defer d.people.drop(account)
	act := ledger.Act{Kind: "account.password", Subject: "account", SubjectID: account, OrgPath: path}
	return d.ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		all := tx.System("password")
		if err := d.endAll(ctx, all, account); err != nil {
			return err
		}
		if err := d.revokeAll(ctx, all, account); err != nil {
			return err
		}
		return d.touch(ctx, all, account, store.Set("secret", secret))
	})
}
