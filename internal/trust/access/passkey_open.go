package access

import (
	"context"
	"encoding/json"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// AskSignIn gives what the browser hands to its authenticator to find out who is there. Nobody is named: the
// authenticator offers the passkeys that it holds for this address. holder stands for the browser that asks.
func (k *PasskeyDoor) AskSignIn(ctx context.Context, from From, holder string) ([]byte, error) {
	if k.closed != nil {
		return nil, k.closed
	}
	if _, err := k.door.asking.take(from.Remote, k.door.clock.Now()); err != nil {
		return nil, err
	}
	options, session, err := k.party.BeginDiscoverableLogin()
	if err != nil {
		return nil, err
	}
	if err := k.door.ask(ctx, askSignIn, session.Challenge, holder, session); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// SignIn lets somebody in by a passkey. The device has verified its holder, by a finger or its own code, so both
// factors are passed. A wrong one counts against the account as a wrong password does.
func (k *PasskeyDoor) SignIn(ctx context.Context, from From, holder, answer string) (*Person, error) {
	if k.closed != nil {
		return nil, k.closed
	}
	d := k.door
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, notOpened(err)
	}
	credential := protocol.URLEncodedBase64(parsed.RawID).String()
	login, account := "passkey "+credential, "" // no login name has a space
	if _, err := d.own().One(ctx, "SELECT a.login, a.id FROM {passkey} k JOIN {account} a ON a.id = k.account_id WHERE k.credential = ?",
		[]any{credential}, &login, &account); err != nil {
		return nil, err
	}
	p, err := d.attempt(ctx, login, from, func(f found) (*Person, error) {
		return k.open(ctx, f, parsed, askSignIn, from, holder)
	})
	if f := fault.As(err); f != nil && f.Rule == RuleWrong {
		return nil, notOpened(err)
	}
	return p, err
}

// AskSecond gives what the browser hands to its authenticator for somebody whose second factor is missing.
func (k *PasskeyDoor) AskSecond(ctx context.Context, p *Person, holder string) ([]byte, error) {
	if k.closed != nil {
		return nil, k.closed
	}
	stored, err := k.door.storedPasskeys(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	user, err := k.door.passkeyUser(p.Account, p.Login, p.Name, stored)
	if err != nil {
		return nil, err
	}
	if len(user.credentials) == 0 {
		return nil, fault.New(fault.Conflict, "这个账号没有登记通行密钥。")
	}
	options, session, err := k.party.BeginLogin(user)
	if err != nil {
		return nil, err
	}
	if err := k.door.ask(ctx, askSecond, session.Challenge, holder, session); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// PassSecond gives the person with the second factor passed by a passkey.
func (k *PasskeyDoor) PassSecond(ctx context.Context, p *Person, from From, holder, answer string) (*Person, error) {
	if k.closed != nil {
		return nil, k.closed
	}
	if !p.Second {
		return p, nil
	}
	d := k.door
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, notOpened(err)
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	count := d.factorCount(p.Account) // one count with the codes: no second way to guess
	if _, err := d.reserve(ctx, count, policy); err != nil {
		return nil, err
	}
	f := found{id: p.Account, name: p.Name, path: p.OrgPath}
	whole, err := k.open(ctx, f, parsed, askSecond, from, holder)
	if err != nil {
		return nil, err
	}
	if whole == nil {
		if err := d.ledger.Note(ctx, stranger(from), refusal(f, map[string]any{"passkey": true})); err != nil {
			return nil, err
		}
		return nil, notOpened(nil)
	}
	whole.First = p.First
	return whole, d.forgive(ctx, count)
}

// open checks an answer against what the browser was asked and gives the account's person with both factors passed;
// nobody for an answer that does not fit.
func (k *PasskeyDoor) open(ctx context.Context, f found, parsed *protocol.ParsedCredentialAssertionData, kind string, from From, holder string) (*Person, error) {
	d := k.door
	var session webauthn.SessionData
	ok, err := d.answered(ctx, kind, parsed.Response.CollectedClientData.Challenge, holder, &session)
	if err != nil || !ok || f.id == "" {
		return nil, err
	}
	stored, err := d.storedPasskeys(ctx, f.id)
	if err != nil {
		return nil, err
	}
	user, err := d.passkeyUser(f.id, "", f.name, stored)
	if err != nil {
		return nil, err
	}
	credential, err := k.verify(user, session, parsed)
	if err != nil || credential == nil {
		return nil, nil //nolint:nilerr // what was wrong with the answer tells an attacker what to mend
	}
	id := protocol.URLEncodedBase64(parsed.RawID).String()
	for _, s := range stored {
		if s.credential != id {
			continue
		}
		if credential.Authenticator.CloneWarning {
			return nil, d.doubt(ctx, f, s, from)
		}
		p, err := d.fresh(ctx, f.id)
		if err != nil {
			return nil, err
		}
		whole := *p
		whole.Second = false
		return &whole, d.usePasskey(ctx, &whole, s, credential, from)
	}
	return nil, nil
}

func (k *PasskeyDoor) verify(user *passkeyUser, session webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	if session.UserID != nil {
		return k.party.ValidateLogin(user, session, parsed)
	}
	return k.party.ValidateDiscoverableLogin(func(_, _ []byte) (webauthn.User, error) { return user, nil }, session, parsed)
}

// usePasskey records a sign-in by a passkey together with its counter, which only ever grows.
func (d *Door) usePasskey(ctx context.Context, p *Person, s storedPasskey, c *webauthn.Credential, from From) error {
	act := ledger.Act{Kind: "account.sign_in_passkey", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		n, err := tx.System("own passkey").Update(ctx, "passkey", store.ByID(s.ID).And("uses", s.uses), store.Set("uses", int64(c.Authenticator.SignCount)),
			store.Set("flags", int64(c.Flags.ProtocolValue())), store.Set("used", d.clock.Now().Unix()))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "这个通行密钥刚刚在别处用过或已经删除，请再试一次。").By(RulePasskey)
		}
		return err
	})
}

// doubt closes a passkey whose counter went back: a copy of it is about (WebAuthn, 6.1.1).
func (d *Door) doubt(ctx context.Context, f found, s storedPasskey, from From) error {
	act := ledger.Act{Kind: "account.passkey_doubt", Subject: "account", SubjectID: f.id, OrgPath: f.path}
	defer d.people.drop(f.id)
	return d.ledger.Do(ctx, stranger(from), act, func(tx *store.Tx) error {
		_, err := tx.System("passkey").Update(ctx, "passkey", store.ByID(s.ID), store.Set("doubtful", d.clock.Now().Unix()))
		return err
	})
}

func notOpened(err error) error {
	return fault.New(fault.Invalid, "通行密钥没有通过：可能已经删除、不是在本站登记的，或者等得太久。请再试一次，或改用密码登录。").By(RulePasskey).Because(err)
}
