package access

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Passkey is one key of a device or of a password manager, as its holder sees it.
type Passkey struct {
	ID       string
	Name     string // by which the holder knows the device
	Made     time.Time
	Used     time.Time // zero: never
	Doubtful bool      // its counter went back: there may be a copy, and it no longer opens
}

// passkeysAtMost bounds how many an account may have: phone, computer, a spare one in the drawer, some more.
const passkeysAtMost = 10

const longestPasskeyName = 40

// storedPasskey is a row.
type storedPasskey struct {
	Passkey
	account, credential, bound string
	key                        []byte
	flags, uses                int64
}

const passkeyColumns = "id, account_id, credential, public_key, bound, name, flags, uses, doubtful, made, used"

func scanPasskey(row store.Row) (k storedPasskey, err error) {
	var doubtful, made, used int64
	err = row.Scan(&k.ID, &k.account, &k.credential, &k.key, &k.bound, &k.Name, &k.flags, &k.uses, &doubtful, &made, &used)
	k.Doubtful, k.Made = doubtful != 0, time.Unix(made, 0)
	if used != 0 {
		k.Used = time.Unix(used, 0)
	}
	return k, err
}

func (d *Door) storedPasskeys(ctx context.Context, account string) ([]storedPasskey, error) {
	var out []storedPasskey
	err := d.own().Each(ctx, "SELECT "+passkeyColumns+" FROM {passkey} WHERE account_id = ? ORDER BY id", []any{account}, func(row store.Row) error {
		k, err := scanPasskey(row)
		out = append(out, k)
		return err
	})
	return out, err
}

// boundPasskey ties a public key to its account: a row that was written or moved past the program opens nothing.
func (d *Door) boundPasskey(account, credential string, key []byte) string {
	return d.keyed("passkey", account, credential, string(key))
}

// usable tells whether a stored passkey may open its account.
func (d *Door) usable(k storedPasskey) bool {
	return !k.Doubtful && k.bound == d.boundPasskey(k.account, k.credential, k.key)
}

// Passkeys lists the passkeys of an account, the oldest first.
func (d *Door) Passkeys(ctx context.Context, account string) ([]Passkey, error) {
	stored, err := d.storedPasskeys(ctx, account)
	out := make([]Passkey, len(stored))
	for i, k := range stored {
		out[i] = k.Passkey
	}
	return out, err
}

// HasPasskey tells whether an account can pass the second factor by a passkey.
func (d *Door) HasPasskey(ctx context.Context, account string) (bool, error) {
	stored, err := d.storedPasskeys(ctx, account)
	for _, k := range stored {
		if d.usable(k) {
			return true, err
		}
	}
	return false, err
}

// hasSecond tells whether an account has any second factor.
func (d *Door) hasSecond(ctx context.Context, account string) (bool, error) {
	on, err := d.HasFactor(ctx, account)
	if err != nil || on {
		return on, err
	}
	return d.HasPasskey(ctx, account)
}

// asksSecond tells whether a password alone does not let somebody in. A passkey that was registered for convenience asks
// nobody: its holder may sit at a machine without it. Where the duties ask for a second factor it is one.
func (d *Door) asksSecond(ctx context.Context, p *Person) (bool, error) {
	if p.Wide {
		return d.hasSecond(ctx, p.Account)
	}
	return d.HasFactor(ctx, p.Account)
}

// confirmPassword asks the holder of an account for the password once more, under the lock of signing in.
func (d *Door) confirmPassword(ctx context.Context, p *Person, from From, password string) error {
	if err := p.passed(); err != nil {
		return err
	}
	_, err := d.Identify(ctx, p.Login, password, from)
	if f := fault.As(err); f != nil && f.Rule == RuleWrong {
		return fault.New(fault.Invalid, "密码不对。").At("password").By(RuleWrong)
	}
	return err
}

// RemovePasskey takes one of the person's own passkeys out of use.
func (d *Door) RemovePasskey(ctx context.Context, p *Person, from From, password, id string) error {
	if err := d.confirmPassword(ctx, p, from, password); err != nil {
		return err
	}
	defer d.people.drop(p.Account)
	act := ledger.Act{Kind: "account.passkey_remove", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		n, err := tx.System("own passkey").Delete(ctx, "passkey", store.ByID(id).And("account_id", p.Account))
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return err
	})
}

// dropPasskeys takes all passkeys of an account out of use, inside a transaction: for a lost phone.
func (d *Door) dropPasskeys(ctx context.Context, tx *store.Tx, account string) (int64, error) {
	return tx.Delete(ctx, "passkey", store.Key{store.Set("account_id", account)})
}

// checkPasskeyName gives a name that a holder may give a passkey.
func checkPasskeyName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if n := len([]rune(name)); n == 0 || n > longestPasskeyName {
		return "", fault.New(fault.Invalid, words.Mark("请给这个通行密钥起个名字，例如“办公室电脑”，最多 %d 个字。"), longestPasskeyName).At("name")
	}
	return name, nil
}

// passkeyUser is an account as the WebAuthn library knows one. The handle says nothing about the account to whoever
// finds it in a device.
type passkeyUser struct {
	handle      []byte
	login, name string
	credentials []webauthn.Credential
}

func (u *passkeyUser) WebAuthnID() []byte                         { return u.handle }
func (u *passkeyUser) WebAuthnName() string                       { return u.login }
func (u *passkeyUser) WebAuthnDisplayName() string                { return u.name }
func (u *passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// passkeyUser gives an account with the passkeys that may open it.
func (d *Door) passkeyUser(account, login, name string, stored []storedPasskey) (*passkeyUser, error) {
	u := &passkeyUser{handle: []byte(d.keyed("passkey handle", account)), login: login, name: name}
	for _, k := range stored {
		if !d.usable(k) {
			continue
		}
		id, err := base64.RawURLEncoding.DecodeString(k.credential)
		if err != nil {
			return nil, err
		}
		u.credentials = append(u.credentials, webauthn.Credential{ID: id, PublicKey: k.key, AttestationType: "none",
			Flags:         webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(k.flags)),
			Authenticator: webauthn.Authenticator{SignCount: uint32(k.uses)}})
	}
	return u, nil
}
