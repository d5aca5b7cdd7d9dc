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

func newSalt() string {
	random := make([]byte, 16)
	rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

// CodeAt is the code that an authenticator with this secret shows at a moment: for demos, which have no phones.
func CodeAt(secret string, at time.Time) (string, error) {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("access: secret of a second factor: %w", err)
	}
	return codeAt(b, at.Unix()/factorPeriod), nil
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
	if err := p.passed(); err != nil {
		return FactorSetup{}, err
	}
	old, _, ok, err := d.factor(ctx, p.Account)
	if err != nil {
		return FactorSetup{}, err
	}
	if ok {
		return FactorSetup{}, fault.New(fault.Conflict, "已经启用动态验证码，先停用再重新绑定。")
	}
	salt := newSalt()
	act := ledger.Act{Kind: "account.factor_begin", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		all := tx.System("own factor")
		if _, err := all.Delete(ctx, "factor", store.ByID(old)); err != nil {
			return err
		}
		return all.Insert(ctx, "factor", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", p.Account), store.Set("salt", salt),
			store.Set("made", d.clock.Now().Unix()), store.Set("confirmed", 0))
	})
	return setupOf(p.Login, d.factorSecret(p.Account, salt)), err
}

func setupOf(login string, secret []byte) FactorSetup {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	label := url.PathEscape("支部:" + login)
	return FactorSetup{text, "otpauth://totp/" + label + "?secret=" + text + "&issuer=" + url.QueryEscape("支部") + "&period=30&digits=6"}
}

// PendingFactor gives once more the second factor that was begun and is not confirmed; ok is false for none.
func (d *Door) PendingFactor(ctx context.Context, p *Person) (s FactorSetup, ok bool, err error) {
	if err := p.passed(); err != nil {
		return s, false, err
	}
	id, secret, confirmed, err := d.factor(ctx, p.Account)
	if err != nil || id == "" || confirmed {
		return s, false, err
	}
	return setupOf(p.Login, secret), true, nil
}

// ConfirmFactor turns the second factor on with a first code. It gives the recovery codes, which are shown here only.
func (d *Door) ConfirmFactor(ctx context.Context, p *Person, from From, code string) ([]string, error) {
	if err := p.passed(); err != nil {
		return nil, err
	}
	id, err := d.checkCode(ctx, p.Account, code)
	if err != nil {
		return nil, err
	}
	defer d.people.drop(p.Account)
	act := ledger.Act{Kind: "account.factor_on", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	var codes []string
	err = d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) (err error) {
		all := tx.System("own factor")
		n, err := all.Update(ctx, "factor", store.ByID(id).And("confirmed", 0), store.Set("confirmed", d.clock.Now().Unix()))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "已经启用动态验证码，先停用再重新绑定。")
		}
		codes, err = d.newRecovery(ctx, all, p.Account)
		return err
	})
	return codes, err
}

// EndFactor turns the person's own second factor off, with a last code: for another phone, or for good where the
// account's duties do not ask for one.
func (d *Door) EndFactor(ctx context.Context, p *Person, from From, code string) error {
	if err := p.ready(); err != nil {
		return err
	}
	id, err := d.checkCode(ctx, p.Account, code)
	if err != nil {
		return err
	}
	defer d.people.drop(p.Account)
	act := ledger.Act{Kind: "account.factor_off", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		all := tx.System("own factor")
		if _, err := all.Delete(ctx, "factor", store.ByID(id)); err != nil {
			return err
		}
		return d.dropRecovery(ctx, all, p.Account)
	})
}

// DropFactor turns another account's second factor off and its passkeys with it, for a lost phone; who may unlock the account may do it.
func (d *Door) DropFactor(ctx context.Context, p *Person, request, account, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	defer d.held.dropAccount(account)
	return d.change(ctx, p, Unlock, account, ledger.Act{Kind: "account.factor_drop", Reason: reason}, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		for _, g := range t.grants {
			if g.Role.Administers() {
				return nil, forbidden(RuleTakeOver, words.Mark("管理员账号的动态验证码要在服务器上用 zhibu account 停用。"))
			}
		}
		n, err := d.dropFactor(ctx, tx, account)
		if err == nil && n == 0 {
			err = ledger.ErrUnchanged
		}
		return nil, err
	})
}

// dropFactor takes an account's second factor, passkeys and recovery codes away and ends its sessions: whoever has the phone now
// shall not stay in.
func (d *Door) dropFactor(ctx context.Context, tx *store.Tx, account string) (int64, error) {
	n, err := tx.Delete(ctx, "factor", store.Key{store.Set("account_id", account)})
	if err != nil {
		return 0, err
	}
	keys, err := d.dropPasskeys(ctx, tx, account)
	if err != nil {
		return 0, err
	}
	if err := d.dropRecovery(ctx, tx, account); err != nil {
		return 0, err
	}
	return n + keys, d.endAll(ctx, tx, account)
}
