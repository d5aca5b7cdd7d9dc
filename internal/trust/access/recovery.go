package access

import (
	"context"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// recoveryCodes is how many codes on paper an account gets with its second factor.
const recoveryCodes = 10

// isRecovery tells a code on paper from one of the phone: it has letters.
func isRecovery(code string) bool {
	return strings.ContainsFunc(squeeze(code), func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' })
}

// newRecovery replaces an account's recovery codes and gives the new ones, as printed.
func (d *Door) newRecovery(ctx context.Context, tx *store.Tx, account string) ([]string, error) {
	if err := d.dropRecovery(ctx, tx, account); err != nil {
		return nil, err
	}
	var out []string
	for range recoveryCodes {
		code := newCode()
		err := tx.Insert(ctx, "recovery", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", account),
			store.Set("hash", d.codeHash("recovery", account, code)), store.Set("used", 0))
		if err != nil {
			return nil, err
		}
		out = append(out, code[:5]+"-"+code[5:])
	}
	return out, nil
}

func (d *Door) dropRecovery(ctx context.Context, tx *store.Tx, account string) error {
	_, err := tx.Delete(ctx, "recovery", store.Key{store.Set("account_id", account)})
	return err
}

// NewRecovery makes new recovery codes for the person's own account, with a code of the phone; the old ones no longer
// open.
func (d *Door) NewRecovery(ctx context.Context, p *Person, from From, code string) (codes []string, err error) {
	if err := d.CheckCode(ctx, p, code); err != nil {
		return nil, err
	}
	act := ledger.Act{Kind: "account.recovery", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) (err error) {
		codes, err = d.newRecovery(ctx, tx.System("own recovery"), p.Account)
		return err
	})
	return codes, err
}

// RecoveryLeft counts the codes on paper that still open.
func (d *Door) RecoveryLeft(ctx context.Context, p *Person) (n int, err error) {
	_, err = d.own().One(ctx, "SELECT count(*) FROM {recovery} WHERE account_id = ? AND used = 0", []any{p.Account}, &n)
	return n, err
}

// passByRecovery lets the holder past the second factor with a code on paper, once, under the same count of failures.
func (d *Door) passByRecovery(ctx context.Context, p *Person, from From, code string) (*Person, error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	count := d.factorCount(p.Account)
	if _, err := d.reserve(ctx, count, policy); err != nil {
		return nil, err
	}
	hash, done := d.codeHash("recovery", p.Account, code), false
	whole := *p
	whole.Second = false
	act := ledger.Act{Kind: "account.recovery_passed", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		n, err := tx.System("own recovery").Update(ctx, "recovery", store.Key{store.Set("hash", hash), store.Set("account_id", p.Account), store.Set("used", 0)},
			store.Set("used", d.clock.Now().Unix()))
		if done = n > 0; err == nil && !done {
			err = ledger.ErrUnchanged
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if !done {
		return nil, d.refuseCode(ctx, p, from, fault.New(fault.Invalid, "备用码不对，或已经用过。").At("code").By(RuleWrong))
	}
	return &whole, d.forgive(ctx, count)
}
