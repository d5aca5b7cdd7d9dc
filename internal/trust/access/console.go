package access

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// What stands here is for whoever sits at the machine and has the key file: the first administrator, recovery, and
// the accounts of a demo. It asks for no right but the hard rules, and is recorded as the program's own doing.

// Installed is an account that the program itself makes, with a password if Password is not empty.
type Installed struct {
	NewAccount
	Password string
}

// Install makes accounts as one act and gives their ids in order.
func (d *Door) Install(ctx context.Context, actor ledger.Actor, all []Installed) ([]string, error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.Password == "" {
			continue
		}
		if err := policy.CheckPassword(foldLogin(n.Login), n.Name, n.Password); err != nil {
			return nil, err
		}
	}
	secrets := map[string]string{}
	var ids []string
	act := ledger.Act{Kind: "account.install", Subject: "account", Detail: map[string]any{"accounts": len(all)}}
	_, err = d.ledger.DoAct(ctx, actor, &act, func(tx *store.Tx) error {
		ids = nil
		sys := tx.System("install accounts")
		for _, n := range all {
			id, path, err := d.create(ctx, sys, nil, n.NewAccount)
			if err != nil {
				return err
			}
			ids = append(ids, id)
			if act.OrgPath == "" || len(path) < len(act.OrgPath) {
				act.OrgPath = path
			}
			if n.Password != "" {
				secrets[id] = n.Password
			}
		}
		if len(all) == 1 {
			act.SubjectID = ids[0]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids { // hashing takes a tenth of a second each: not inside the transaction
		if secrets[id] == "" {
			continue
		}
		if err := d.setSecret(ctx, actor, id, act.OrgPath, secrets[id]); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// InstallFactor gives an account a second factor that counts at once, for the accounts of a demo.
func (d *Door) InstallFactor(ctx context.Context, actor ledger.Actor, p *Person) (FactorSetup, error) {
	defer d.people.drop(p.Account)
	salt := newSalt()
	act := ledger.Act{Kind: "account.factor_on", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err := d.ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		now := d.clock.Now().Unix()
		return tx.System("install factor").Insert(ctx, "factor", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", p.Account), store.Set("salt", salt),
			store.Set("made", now), store.Set("confirmed", now))
	})
	return setupOf(p.Login, d.factorSecret(p.Account, salt)), err
}

// Recover opens an account again for whoever forgot everything, administrators too: it is unlocked, its sessions end,
// its second factor, passkeys and links are dropped, and it gets a one-time slip.
func (d *Door) Recover(ctx context.Context, actor ledger.Actor, login, reason string) (Slip, error) {
	f, err := d.find(ctx, foldLogin(login))
	if err != nil {
		return Slip{}, err
	}
	if f.id == "" {
		return Slip{}, fault.New(fault.NotFound, "没有登录名为“%s”的账号。", login)
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return Slip{}, err
	}
	defer d.held.dropAccount(f.id)
	defer d.people.drop(f.id)
	var s Slip
	act := ledger.Act{Kind: "account.recover", Subject: "account", SubjectID: f.id, OrgPath: f.path, Reason: reason}
	err = d.ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		all := tx.System("recover account")
		t, err := d.target(ctx, all, f.id)
		if err != nil {
			return err
		}
		if _, err := all.Delete(ctx, "attempt", store.ByID(d.attemptID(t.login))); err != nil {
			return err
		}
		if _, err := d.dropFactor(ctx, all, f.id); err != nil {
			return err
		}
		if _, err := all.Delete(ctx, "attempt", store.ByID(d.factorCount(f.id))); err != nil {
			return err
		}
		if _, err := all.Delete(ctx, "linked", store.Key{store.Set("account_id", f.id)}); err != nil {
			return err
		}
		if s, err = d.issue(ctx, all, t, policy); err != nil {
			return err
		}
		return d.touch(ctx, all, f.id, store.Set("state", string(Active)))
	})
	return s, err
}

// Named finds a person by login, without a password: for commands at the machine.
func (d *Door) Named(ctx context.Context, login string) (*Person, error) {
	f, err := d.find(ctx, foldLogin(login))
	if err != nil {
		return nil, err
	}
	if f.id == "" {
		return nil, fault.New(fault.NotFound, "没有登录名为“%s”的账号。", login)
	}
	d.people.drop(f.id)
	return d.Person(ctx, f.id)
}

// Logins lists the accounts that hold a role anywhere today; without a role all of them. For commands at the machine.
func (d *Door) Logins(ctx context.Context, role Role) ([]Entry, error) {
	all := d.own()
	var out []Entry
	query := "SELECT a.id, a.login, a.name, a.org_id, a.org_path, o.short_name, '', a.state, a.secret <> '' FROM {account} a JOIN {org} o ON o.id = a.org_id ORDER BY a.login"
	err := all.Each(ctx, query, nil, func(row store.Row) error {
		e, err := scanEntry(row)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, e := range out {
		if e.Grants, err = grantsOf(ctx, all, e.ID); err != nil {
			return nil, err
		}
		if role == "" {
			kept = append(kept, e)
			continue
		}
		for _, g := range e.Grants {
			if g.Role == role {
				kept = append(kept, e)
				break
			}
		}
	}
	return kept, nil
}
