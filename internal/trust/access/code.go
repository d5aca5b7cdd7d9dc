package access

import (
	"context"
	"crypto/hmac"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// PassFactor gives the person with the second factor passed, by a code of the phone or one on paper: somebody with
// Second set may do nothing before.
func (d *Door) PassFactor(ctx context.Context, p *Person, from From, code string) (*Person, error) {
	if !p.Second {
		return p, nil
	}
	if isRecovery(code) {
		return d.passByRecovery(ctx, p, from, code)
	}
	if _, err := d.checkCode(ctx, p.Account, code); err != nil {
		if fault.Of(err) != fault.Invalid {
			return nil, err // locked: a thousand more tries leave no thousand lines in the log
		}
		return nil, d.refuseCode(ctx, p, from, err)
	}
	passed := *p
	passed.Second = false
	return &passed, d.ledger.Note(ctx, p.Actor(from.Request), ledger.Act{Kind: "account.factor_passed", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath})
}

// refuseCode records a wrong code and gives why it was refused.
func (d *Door) refuseCode(ctx context.Context, p *Person, from From, why error) error {
	act := ledger.Act{Kind: "account.refuse", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath, Detail: map[string]any{"factor": true}}
	if err := d.ledger.Note(ctx, stranger(from), act); err != nil {
		return err
	}
	return why
}

// factorCount is where an account's wrong codes are counted.
func (d *Door) factorCount(account string) string {
	return d.attemptID("factor " + account) // no login name has a space
}

// checkCode checks a code and gives the factor's id. A code counts once, and too many wrong ones lock as wrong
// passwords do.
func (d *Door) checkCode(ctx context.Context, account, code string) (string, error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return "", err
	}
	id, secret, _, err := d.factor(ctx, account)
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", fault.New(fault.Conflict, "这个账号没有绑定动态验证码。").At("code")
	}
	count := d.factorCount(account)
	if _, err := d.reserve(ctx, count, policy); err != nil {
		return "", err
	}
	code = squeeze(code)
	now := d.Wrist.Now().Unix() / factorPeriod
	for period := now - factorDrift; period <= now+factorDrift; period++ {
		if hmac.Equal([]byte(code), []byte(codeAt(secret, period))) {
			if err := d.spendCode(ctx, account, period); err != nil {
				return "", err
			}
			return id, d.forgive(ctx, count)
		}
	}
	return "", wrongCode()
}

func wrongCode() error {
	return fault.New(fault.Invalid, "动态验证码不对，或已经用过。请等下一个验证码再试；总是不对，请核对手机时间。").At("code").By(RuleWrong)
}

// CheckCode asks somebody who is in for the second factor once more, before something that lasts, such as a token.
func (d *Door) CheckCode(ctx context.Context, p *Person, code string) error {
	if err := p.ready(); err != nil {
		return err
	}
	_, err := d.checkCode(ctx, p.Account, code)
	return err
}

// spentMark keeps the count of a spent code apart from counts of failures: it is never swept, so that a clock set
// forward and back again opens no old code.
const spentMark = -1

// spendCode refuses a period that was used before, or lies before one: whoever looked over a shoulder is late, and a
// clock that is set back brings no code to life again.
func (d *Door) spendCode(ctx context.Context, account string, period int64) error {
	id := d.keyed("spent code", account)
	return d.db.Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "attempt."+id); err != nil {
			return err
		}
		var last int64
		found, err := tx.One(ctx, "SELECT last_at FROM {attempt} WHERE id = ?", []any{id}, &last)
		at := time.Unix(period*factorPeriod, 0).Unix()
		switch {
		case err != nil:
			return err
		case found && at <= last:
			return wrongCode()
		case found:
			_, err = tx.Update(ctx, "attempt", store.ByID(id), store.Set("last_at", at))
			return err
		}
		return tx.Insert(ctx, "attempt", store.Set("id", id), store.Set("failures", spentMark), store.Set("locked_until", 0), store.Set("last_at", at))
	})
}
