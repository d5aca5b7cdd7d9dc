package access

import (
	"context"
	"errors"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// From is where a request comes from.
type From struct {
	Remote  string // network address, for the brake on failures; "" at the machine itself
	Device  string // what the holder recognises the session by: «Edge · Windows»
	Request string // request id
}

// found is an account as signing in needs it.
type found struct{ id, name, path, secret, state string }

func (d *Door) find(ctx context.Context, login string) (found, error) {
	var f found
	_, err := d.own().One(ctx, "SELECT id, name, org_path, secret, state FROM {account} WHERE login = ?", []any{login},
		&f.id, &f.name, &f.path, &f.secret, &f.state)
	return f, err
}

// mostWaiting bounds how many sign-ins stand in line for the two places where passwords are hashed.
const mostWaiting = 60

// Identify checks a login and password and gives the person, with Second set where a code is to follow (PassFactor). Unknown login and wrong password are answered alike
// (Invalid, sign-in) and take as long; after the allowed failures the login is locked for a while (Unavailable, locked),
// whether it exists or not. A refusal is an act in the ledger.
func (d *Door) Identify(ctx context.Context, login, password string, from From) (*Person, error) {
	login = foldLogin(login)
	return d.attempt(ctx, login, from, func(f found) (*Person, error) {
		ok, err := d.fits(ctx, f.id, password, f.secret)
		if err != nil || !ok {
			return nil, err
		}
		return d.fresh(ctx, f.id)
	})
}

// SignIn is Identify for somebody who comes in, recorded as an act.
func (d *Door) SignIn(ctx context.Context, login, password string, from From) (*Person, error) {
	p, err := d.Identify(ctx, login, password, from)
	if err != nil {
		return nil, err
	}
	return p, d.ledger.Note(ctx, p.Actor(from.Request), ledger.Act{Kind: "account.sign_in", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath})
}

// SignedOut records that somebody left; the session is ended by Sessions.
func (d *Door) SignedOut(ctx context.Context, p *Person, from From) error {
	return d.ledger.Note(ctx, p.Actor(from.Request), ledger.Act{Kind: "account.sign_out", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath})
}

// SignInBySlip lets somebody in with a one-time slip, once. The person has First set and may only set a password.
func (d *Door) SignInBySlip(ctx context.Context, login, code string, from From) (*Person, error) {
	login = foldLogin(login)
	return d.attempt(ctx, login, from, func(f found) (*Person, error) {
		var person *Person
		hash := d.slipHash(f.id, code)
		var slip string
		var expires, used int64
		got, err := d.own().One(ctx, "SELECT id, expires, used FROM {slip} WHERE hash = ? AND account_id = ?", []any{hash, f.id}, &slip, &expires, &used)
		if err != nil || !got || used != 0 || expires <= d.clock.Now().Unix() {
			return nil, err
		}
		p, err := d.fresh(ctx, f.id)
		if err != nil {
			return nil, err
		}
		act := ledger.Act{Kind: "account.sign_in_slip", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
		err = d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
			person = nil
			n, err := tx.System("slip").Update(ctx, "slip", store.ByID(slip).And("used", 0), store.Set("used", d.clock.Now().Unix()))
			if err == nil && n == 0 {
				return ledger.ErrUnchanged // somebody else was first
			}
			first := *p
			first.First = true
			person = &first
			return err
		})
		return person, err
	})
}

// fresh reads the account anew, past the cache: whoever signs in gets what stands now, and is asked for the second
// factor where there is one.
func (d *Door) fresh(ctx context.Context, account string) (*Person, error) {
	d.people.drop(account)
	p, err := d.Person(ctx, account)
	if err != nil {
		return nil, err
	}
	second, err := d.asksSecond(ctx, p)
	if err != nil || !second {
		return p, err
	}
	half := *p
	half.Second = true
	return &half, nil
}

// attempt runs one try under the brake, the count and the lock. A try that gives nobody was a wrong one.
func (d *Door) attempt(ctx context.Context, login string, from From, try func(found) (*Person, error)) (*Person, error) {
	if d.waiting.Add(1) > mostWaiting {
		d.waiting.Add(-1)
		return nil, fault.New(fault.Unavailable, "正在登录的人太多，请过一会儿再试。")
	}
	defer d.waiting.Add(-1)
	back, err := d.remotes.take(from.Remote, d.clock.Now())
	if err != nil {
		return nil, err
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	id := d.attemptID(login)
	last, err := d.reserve(ctx, id, policy)
	if err != nil {
		return nil, err
	}
	f, err := d.find(ctx, login)
	if err != nil {
		return nil, err
	}
	p, err := try(f)
	if err != nil && fault.Of(err) != fault.Forbidden {
		return nil, err // broken, not wrong; it stays counted, or breaking off would be a way around the lock
	}
	if err == nil && p == nil {
		return nil, d.refuse(ctx, f, last, from, policy)
	}
	back()
	if ferr := d.forgive(ctx, id); ferr != nil {
		return nil, ferr
	}
	if err != nil { // right, but the account is locked or disabled
		note := d.ledger.Note(ctx, stranger(from), refusal(f, map[string]any{"state": f.state}))
		return nil, errors.Join(err, note)
	}
	return p, nil
}

func stranger(from From) ledger.Actor {
	a := ledger.System("sign in")
	a.Account, a.Name, a.Role, a.Request = "nobody", "未登录", "nobody", from.Request
	return a
}

func refusal(f found, detail map[string]any) ledger.Act {
	return ledger.Act{Kind: "account.refuse", Subject: "account", SubjectID: f.id, OrgPath: f.path, Detail: detail}
}

func (d *Door) refuse(ctx context.Context, f found, last bool, from From, policy Policy) error {
	if f.path == "" { // nobody of that name: it happened at the door of the whole house
		if _, err := d.own().One(ctx, "SELECT coalesce(min(path), '') FROM {org}", nil, &f.path); err != nil {
			return err
		}
	}
	if err := d.ledger.Note(ctx, stranger(from), refusal(f, map[string]any{"locked": last})); err != nil {
		return err
	}
	if last {
		return lockedFor(policy.minutes(LockMinutes))
	}
	return fault.New(fault.Invalid, "账号或密码不对。").By(RuleWrong)
}
