package access

import (
	"context"
	"encoding/json"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// RulePasskey refuses a passkey, without saying what about it was wrong.
const RulePasskey = "passkey"

// PasskeyDoor registers passkeys and lets people in by them, at one address of the installation: browsers bind a
// passkey to a name, so one made under another address, or under a bare number, never fits.
type PasskeyDoor struct {
	door   *Door
	party  *webauthn.WebAuthn
	origin string
	closed error
}

// Where an answer belongs.
const (
	askRegister = "passkey register"
	askSignIn   = "passkey sign in"
	askSecond   = "passkey second"
)

// NewPasskeys opens the door for passkeys at an address such as https://dj.example.gov.cn. At an address that no
// browser gives passkeys for, every use says so (Closed).
func (d *Door) NewPasskeys(address string) (*PasskeyDoor, error) {
	k := &PasskeyDoor{door: d}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		k.closed = fault.New(fault.Unavailable, words.Mark("这台服务器还没有写明访问地址（origin），不能使用通行密钥。"))
		return k, nil
	}
	host := u.Hostname()
	k.origin = u.Scheme + "://" + u.Host
	switch {
	case net.ParseIP(host) != nil:
		k.closed = fault.New(fault.Unavailable, words.Mark("通行密钥要用域名访问才能使用，现在的访问地址是一串数字。请系统管理员配置域名。"))
		return k, nil
	case u.Scheme != "https" && host != "localhost":
		k.closed = fault.New(fault.Unavailable, words.Mark("通行密钥只在 HTTPS 地址上可以使用。请系统管理员配置证书。"))
		return k, nil
	}
	wait := webauthn.TimeoutConfig{Timeout: challengeLife - time.Minute, TimeoutUVD: challengeLife - time.Minute}
	k.party, err = webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "支部", RPOrigins: []string{k.origin},
		AttestationPreference: protocol.PreferNoAttestation, // which make of device somebody has is nobody's business here
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{Login: wait, Registration: wait},
	})
	return k, err
}

// Origin is the address at which passkeys hold, "" when there is none.
func (k *PasskeyDoor) Origin() string { return k.origin }

// Closed says why passkeys cannot be used at this installation; nil when they can.
func (k *PasskeyDoor) Closed() error { return k.closed }

// AskRegister gives what the browser hands to its authenticator to make a passkey for the person's own account.
// holder stands for the session that asks.
func (k *PasskeyDoor) AskRegister(ctx context.Context, p *Person, holder string) ([]byte, error) {
	if k.closed != nil {
		return nil, k.closed
	}
	user, err := k.room(ctx, p)
	if err != nil {
		return nil, err
	}
	options, session, err := k.party.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, err
	}
	if err := k.door.ask(ctx, askRegister, session.Challenge, holder, session); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// room is the person's account if it has room for one more.
func (k *PasskeyDoor) room(ctx context.Context, p *Person) (*passkeyUser, error) {
	if err := p.passed(); err != nil {
		return nil, err
	}
	stored, err := k.door.storedPasskeys(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if len(stored) >= passkeysAtMost {
		return nil, fault.New(fault.Conflict, "一个账号最多 %d 个通行密钥，请先删除不用的。", passkeysAtMost)
	}
	return k.door.passkeyUser(p.Account, p.Login, p.Name, stored)
}

// Register adds a passkey to the person's own account: answer is what the authenticator gave, password proves that
// the holder sits here and not somebody who found the screen open.
func (k *PasskeyDoor) Register(ctx context.Context, p *Person, from From, holder, password, name, answer string) error {
	if k.closed != nil {
		return k.closed
	}
	name, err := checkPasskeyName(name)
	if err != nil {
		return err
	}
	if err := k.door.confirmPassword(ctx, p, from, password); err != nil {
		return err
	}
	user, err := k.room(ctx, p)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return notRegistered(err)
	}
	var session webauthn.SessionData
	ok, err := k.door.answered(ctx, askRegister, parsed.Response.CollectedClientData.Challenge, holder, &session)
	if err != nil {
		return err
	}
	if !ok {
		return notRegistered(nil)
	}
	credential, err := k.party.CreateCredential(user, session, parsed)
	if err != nil {
		return notRegistered(err)
	}
	return k.keep(ctx, p, from, name, credential)
}

func (k *PasskeyDoor) keep(ctx context.Context, p *Person, from From, name string, c *webauthn.Credential) error {
	d := k.door
	id := protocol.URLEncodedBase64(c.ID).String()
	defer d.people.drop(p.Account)
	act := ledger.Act{Kind: "account.passkey_add", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
		all := tx.System("own passkey")
		var one int
		known, err := all.One(ctx, "SELECT 1 FROM {passkey} WHERE credential = ?", []any{id}, &one)
		if err != nil {
			return err
		}
		if known {
			return fault.New(fault.Conflict, "这个通行密钥已经登记过了。")
		}
		return all.Insert(ctx, "passkey", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", p.Account), store.Set("credential", id),
			store.Set("public_key", c.PublicKey), store.Set("bound", d.boundPasskey(p.Account, id, c.PublicKey)), store.Set("name", name),
			store.Set("flags", int64(c.Flags.ProtocolValue())), store.Set("uses", int64(c.Authenticator.SignCount)), store.Set("doubtful", 0),
			store.Set("made", d.clock.Now().Unix()), store.Set("used", 0))
	})
}

func notRegistered(err error) error {
	return fault.New(fault.Invalid, "通行密钥没有登记成：这次询问已经过期，或者设备的回答不对。请再试一次。").By(RulePasskey).Because(err)
}
