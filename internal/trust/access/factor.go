package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// FactorSetup is what the holder puts into an authenticator: shown once, as text and as the QR of URI.
type FactorSetup struct {
	Secret string // base32
	URI    string // otpauth://totp/…
}

const (
	factorPeriod = 30 // seconds; six digits and SHA-1 are what every authenticator knows (RFC 6238)
	factorDrift  = 1  // periods a phone's clock may be off
)

// factor is the second factor of an account; ok is false for none or one that is not confirmed yet.
func (d *Door) factor(ctx context.Context, account string) (id string, secret []byte, ok bool, err error) {
	var salt string
	var confirmed int64
	found, err := d.own().One(ctx, "SELECT id, salt, confirmed FROM {factor} WHERE account_id = ?", []any{account}, &id, &salt, &confirmed)
	if err != nil || !found {
		return "", nil, false, err
	}
	return id, d.factorSecret(account, salt), confirmed != 0, nil
}

func (d *Door) factorSecret(account, salt string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(d.keyed("factor", account, salt))
	if err != nil {
		panic("access: " + err.Error()) // keyed writes this encoding
	}
	return b[:20]
}

// codeAt is the six digits of a period (RFC 4226, 5.3).
func codeAt(secret []byte, period int64) string {
	h := hmac.New(sha1.New, secret)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(period))
	h.Write(b[:])
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1000000)
}

// HasFactor tells whether an account signs in with a second factor.
func (d *Door) HasFactor(ctx context.Context, account string) (bool, error) {
	_, _, ok, err := d.factor(ctx, account)
	return ok, err
}

// BeginFactor prepares a second factor for the person's own account; it counts from ConfirmFactor on. Beginning again
// before that replaces it; one that counts must be ended first.
func (d *Door) BeginFactor(ctx context.Context, p *Person, request string) (FactorSetup, error) {
	if err := p.ready(); err != nil {
		return FactorSetup{}, err
	}
	old, _, ok, err := d.factor(ctx, p.Account)
	if err != nil {
		return FactorSetup{}, err
	}
	if ok {
		return FactorSetup{}, fault.New(fault.Conflict, "已经启用动态验证码，先停用再重新绑定。")
	}
	random := make([]byte, 16)
	rand.Read(random)
	salt := base64.RawURLEncoding.EncodeToString(random)
	act := ledger.Act{Kind: "account.factor_begin", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		all := tx.System("own factor")
		if _, err := all.Delete(ctx, "factor", store.ByID(old)); err != nil {
			return err
		}
		return all.Insert(ctx, "factor", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", p.Account), store.Set("salt", salt),
			store.Set("made", d.clock.Now().Unix()), store.Set("confirmed", 0))
	})
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(d.factorSecret(p.Account, salt))
	label := url.PathEscape("支部:" + p.Login)
	return FactorSetup{text, "otpauth://totp/" + label + "?secret=" + text + "&issuer=" + url.QueryEscape("支部") + "&period=30&digits=6"}, err
}

// ConfirmFactor turns the second factor on with a first code.
func (d *Door) ConfirmFactor(ctx context.Context, p *Person, from From, code string) error {
	if err := p.ready(); err != nil {
		return err
	}
	id, err := d.checkCode(ctx, p.Account, code)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.factor_on", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		_, err := tx.System("own factor").Update(ctx, "factor", store.ByID(id).And("confirmed", 0), store.Set("confirmed", d.clock.Now().Unix()))
		return err
	})
}

// EndFactor turns the person's own second factor off, with a last code.
func (d *Door) EndFactor(ctx context.Context, p *Person, from From, code string) error {
	if err := p.ready(); err != nil {
		return err
	}
	id, err := d.checkCode(ctx, p.Account, code)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "account.factor_off", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		_, err := tx.System("own factor").Delete(ctx, "factor", store.ByID(id))
		return err
	})
}

// PassFactor gives the person with the second factor passed: somebody with Second set may do nothing before.
func (d *Door) PassFactor(ctx context.Context, p *Person, from From, code string) (*Person, error) {
	if !p.Second {
		return p, nil
	}
	if _, err := d.checkCode(ctx, p.Account, code); err != nil {
		note := d.ledger.Note(ctx, stranger(from), ledger.Act{Kind: "account.refuse", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath,
			Detail: map[string]any{"factor": true}})
		if note != nil {
			return nil, note
		}
		return nil, err
	}
	passed := *p
	passed.Second = false
	return &passed, d.ledger.Note(ctx, p.Actor(from.Request), ledger.Act{Kind: "account.factor_passed", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath})
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
	count := d.attemptID("factor " + account) // no login name has a space
	if _, err := d.reserve(ctx, count, policy); err != nil {
		return "", err
	}
	code = squeeze(code)
	now := d.clock.Now().Unix() / factorPeriod
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
	return fault.New(fault.Invalid, "动态验证码不对，或已经用过。请等下一个验证码再试。").At("code").By(RuleWrong)
}

// spendCode refuses a period that was used before, or lies before one: whoever looked over a shoulder is late.
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
		return tx.Insert(ctx, "attempt", store.Set("id", id), store.Set("failures", 0), store.Set("locked_until", 0), store.Set("last_at", at))
	})
}

// DropFactor turns another account's second factor off and its passkeys with it, for a lost phone; who may unlock the account may do it.
func (d *Door) DropFactor(ctx context.Context, p *Person, request, account, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	return d.change(ctx, p, Unlock, account, ledger.Act{Kind: "account.factor_drop", Reason: reason}, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		for _, g := range t.grants {
			if g.Role.Administers() {
				return nil, forbidden(RuleTakeOver, words.Mark("管理员账号的动态验证码要在服务器上用 zhibu account 停用。"))
			}
		}
		n, err := tx.Delete(ctx, "factor", store.Key{store.Set("account_id", account)})
		if err != nil {
			return nil, err
		}
		keys, err := d.dropPasskeys(ctx, tx, account)
		if err == nil && n+keys == 0 {
			err = ledger.ErrUnchanged
		}
		return nil, err
	})
}
