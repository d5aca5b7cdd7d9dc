package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Token is a bearer token of an account for the API, without its text.
type Token struct {
	ID      string
	Account string
	Label   string
	Made    time.Time
	Expires time.Time
	Revoked time.Time // zero while it opens
}

// tokenMark begins every token, so that one is recognised where it should not lie.
const tokenMark = "zhibu_"

func tokenHash(text string) string {
	sum := sha256.Sum256([]byte(text)) // 256 random bits need no slow hash
	return hex.EncodeToString(sum[:])
}

// IssueToken makes a bearer token for the person's own account. Its text is given here and never again.
func (d *Door) IssueToken(ctx context.Context, p *Person, request, label string, expires time.Time) (string, Token, error) {
	policy, err := d.Policy(ctx)
	if err != nil {
		return "", Token{}, err
	}
	now := d.clock.Now()
	label = strings.TrimSpace(label)
	if err := p.ready(); err != nil {
		return "", Token{}, err
	}
	switch {
	case label == "" || len([]rune(label)) > 60:
		return "", Token{}, fault.New(fault.Invalid, "请给令牌起个名字，最多 60 个字。").At("label")
	case !expires.After(now):
		return "", Token{}, fault.New(fault.Invalid, "令牌的截止时间要在以后。").At("expires")
	case expires.After(now.AddDate(0, 0, policy[TokenDays])):
		return "", Token{}, fault.New(fault.Invalid, "令牌最长 %d 天。", policy[TokenDays]).At("expires")
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	text := tokenMark + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret))
	t := Token{ID: d.ledger.IDs.New(), Account: p.Account, Label: label, Made: now, Expires: expires}
	act := ledger.Act{Kind: "token.issue", Subject: "token", SubjectID: t.ID, OrgPath: p.OrgPath}
	err = d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		return tx.System("own token").Insert(ctx, "token", store.Set("id", t.ID), store.Set("account_id", p.Account), store.Set("hash", tokenHash(text)),
			store.Set("label", label), store.Set("made", now.Unix()), store.Set("expires", expires.Unix()), store.Set("revoked", 0))
	})
	return text, t, err
}

// IssueOwnToken is IssueToken for somebody at a page, who shows once more who it is: by the code of the phone where
// the account has one, else by the password.
func (d *Door) IssueOwnToken(ctx context.Context, p *Person, from From, label string, expires time.Time, shown string) (string, Token, error) {
	second, err := d.HasFactor(ctx, p.Account)
	if err != nil {
		return "", Token{}, err
	}
	switch {
	case second:
		err = d.CheckCode(ctx, p, shown)
	case p.Wide: // in by a passkey, which a form cannot ask
		err = fault.New(fault.Conflict, "请先绑定动态验证码，再发放令牌。").At("code")
	default:
		err = d.confirmPassword(ctx, p, from, shown)
	}
	if err != nil {
		return "", Token{}, err
	}
	return d.IssueToken(ctx, p, from.Request, label, expires)
}

// Lookup finds who a bearer token speaks for. Whatever is wrong with the token is answered alike, as Forbidden (token);
// an account that has yet to set up its second factor names that rule.
func (d *Door) Lookup(ctx context.Context, text string) (*Person, error) {
	bad := func() error { return fault.New(fault.Forbidden, "接口令牌无效或已过期。").By("token") }
	if !strings.HasPrefix(text, tokenMark) || len(text) > 100 {
		return nil, bad()
	}
	var id, account string
	var expires, revoked int64
	found, err := d.own().One(ctx, "SELECT id, account_id, expires, revoked FROM {token} WHERE hash = ?", []any{tokenHash(text)}, &id, &account, &expires, &revoked)
	if err != nil {
		return nil, err
	}
	if !found || revoked != 0 || expires <= d.clock.Now().Unix() {
		return nil, bad()
	}
	p, err := d.Person(ctx, account)
	if fault.Of(err) == fault.NotFound || fault.Of(err) == fault.Forbidden {
		return nil, bad()
	}
	if err != nil {
		return nil, err
	}
	if err := p.ready(); err != nil { // the duties have grown since: first the second factor
		return nil, err
	}
	with := *p
	with.Session = id
	return &with, nil
}

// Tokens lists the person's own tokens, the newest first.
func (d *Door) Tokens(ctx context.Context, p *Person) ([]Token, error) {
	return tokensOf(ctx, d.own(), p.Account)
}

func tokensOf(ctx context.Context, r store.Reader, account string) ([]Token, error) {
	var out []Token
	err := r.Each(ctx, "SELECT id, label, made, expires, revoked FROM {token} WHERE account_id = ? ORDER BY id DESC", []any{account}, func(row store.Row) error {
		t := Token{Account: account}
		var made, expires, revoked int64
		err := row.Scan(&t.ID, &t.Label, &made, &expires, &revoked)
		t.Made, t.Expires = time.Unix(made, 0), time.Unix(expires, 0)
		if revoked != 0 {
			t.Revoked = time.Unix(revoked, 0)
		}
		out = append(out, t)
		return err
	})
	return out, err
}

// RevokeToken ends one of the person's own tokens; ending it twice is no error.
func (d *Door) RevokeToken(ctx context.Context, p *Person, request, id string) error {
	act := ledger.Act{Kind: "token.revoke", Subject: "token", SubjectID: id, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		all := tx.System("own token")
		var revoked int64
		found, err := all.One(ctx, "SELECT revoked FROM {token} WHERE id = ? AND account_id = ?", []any{id, p.Account}, &revoked)
		if err != nil {
			return err
		}
		if !found {
			return fault.Missing()
		}
		if revoked != 0 {
			return ledger.ErrUnchanged
		}
		_, err = all.Update(ctx, "token", store.ByID(id), store.Set("revoked", d.clock.Now().Unix()))
		return err
	})
}

// revokeAll ends every token of an account.
func (d *Door) revokeAll(ctx context.Context, tx *store.Tx, account string) error {
	_, err := tx.Update(ctx, "token", store.Key{store.Set("account_id", account), store.Set("revoked", 0)}, store.Set("revoked", d.clock.Now().Unix()))
	return err
}
