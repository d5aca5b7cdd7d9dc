package access

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// RuleOutside refuses what another sign-in service's browser brought back.
const RuleOutside = "outside"

// OutsideQuestion is what is asked of another sign-in service, and has to come back with its answer.
type OutsideQuestion struct {
	State    string // by which the answer is known
	Nonce    string // which the service signs
	Verifier string // of the code (PKCE)
	Redirect string // where the service sends the browser back to
}

// OutsideIdentity is who came, as the other service knows them.
type OutsideIdentity struct {
	Subject string
	Second  bool // the service has asked for a second factor that counts here
}

// IdentityProvider is another sign-in service. It keeps nothing, and its errors name nobody: Unavailable when it cannot
// be asked, Invalid with RuleOutside when what came back does not hold.
type IdentityProvider interface {
	// Ask gives the address that the browser goes to.
	Ask(ctx context.Context, q OutsideQuestion) (string, error)
	// Who turns the query that the browser brought back into who came.
	Who(ctx context.Context, q OutsideQuestion, answer url.Values) (OutsideIdentity, error)
}

// Outside is a sign-in service as the configuration names it.
type Outside struct {
	ID       string
	Title    string
	Provider IdentityProvider
}

// OutsideDoor lets people in by other sign-in services, and links accounts to them.
type OutsideDoor struct {
	door     *Door
	services []Outside
	redirect func(id string) string
}

// NewOutside opens the door for sign-in services. redirect is where each sends the browser back to, exactly as the
// service has it written down.
func (d *Door) NewOutside(services []Outside, redirect func(id string) string) *OutsideDoor {
	return &OutsideDoor{d, services, redirect}
}

// Services lists them in the order of the configuration.
func (o *OutsideDoor) Services() []Outside { return o.services }

// Service finds one; missing for an id that is not configured.
func (o *OutsideDoor) Service(id string) (Outside, error) {
	for _, s := range o.services {
		if s.ID == id {
			return s, nil
		}
	}
	return Outside{}, fault.Missing()
}

// journey is what a browser was sent out with.
type journey struct {
	OutsideQuestion
	Account string // to be linked; "" to sign in
	Back    string // where to go afterwards
}

const askOutside = "outside "

func token() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// AskSignIn gives the address of a service for somebody who wants to come in. holder stands for the browser.
func (o *OutsideDoor) AskSignIn(ctx context.Context, from From, id, holder, back string) (string, error) {
	if _, err := o.door.asking.take(from.Remote, o.door.clock.Now()); err != nil {
		return "", err
	}
	return o.ask(ctx, id, holder, journey{Back: back})
}

// AskLink gives the address of a service for somebody signed in who wants to link the own account. The password proves
// that it is the holder: whoever found the screen open could link an identity of their own.
func (o *OutsideDoor) AskLink(ctx context.Context, p *Person, from From, id, holder, password string) (string, error) {
	if err := p.ready(); err != nil {
		return "", err
	}
	if err := o.door.confirmPassword(ctx, p, from, password); err != nil {
		return "", err
	}
	return o.ask(ctx, id, holder, journey{Account: p.Account})
}

func (o *OutsideDoor) ask(ctx context.Context, id, holder string, j journey) (string, error) {
	s, err := o.Service(id)
	if err != nil {
		return "", err
	}
	j.OutsideQuestion = OutsideQuestion{State: token(), Nonce: token(), Verifier: token(), Redirect: o.redirect(id)}
	address, err := s.Provider.Ask(ctx, j.OutsideQuestion)
	if err != nil {
		return "", err
	}
	return address, o.door.ask(ctx, askOutside+id, j.State, holder, j)
}

// Arrival is somebody who came back from a sign-in service.
type Arrival struct {
	Person *Person // signed in
	Linked bool    // the account that was signed in is linked now
	Back   string  // where to go
}

// Arrive takes what the browser brought back, once. Somebody whose identity belongs to no account is told to link it
// first; nothing is made for them. signed is who is signed in here, for a link.
func (o *OutsideDoor) Arrive(ctx context.Context, signed *Person, from From, id, holder string, answer url.Values) (Arrival, error) {
	var out Arrival
	s, err := o.Service(id)
	if err != nil {
		return out, err
	}
	var j journey
	ok, err := o.door.answered(ctx, askOutside+id, answer.Get("state"), holder, &j)
	if err != nil {
		return out, err
	}
	if !ok {
		return out, fault.New(fault.Invalid, "这次登录等得太久，或者不是从这个浏览器开始的。请回到登录页再试一次。").By(RuleOutside)
	}
	out.Back = j.Back
	if answer.Get("error") != "" { // such as access_denied: the person pressed no
		return out, fault.New(fault.Invalid, "没有在“%s”完成登录。可以再试一次，或改用账号和密码登录。", s.Title).By(RuleOutside)
	}
	who, err := s.Provider.Who(ctx, j.OutsideQuestion, answer)
	if err != nil {
		return out, err
	}
	if j.Account != "" {
		if signed == nil || signed.Account != j.Account {
			return out, fault.New(fault.Forbidden, "关联期间换了登录的人，没有办理。请重新登录后再试。").By(RuleOutside)
		}
		out.Linked = true
		return out, o.door.link(ctx, signed, from, s, who.Subject)
	}
	out.Person, err = o.signIn(ctx, from, s, who)
	return out, err
}

// signIn lets in whose identity is linked, under the locks and the state of the account. Unless the service has asked
// for a second factor that counts here, the account's own is still to pass.
func (o *OutsideDoor) signIn(ctx context.Context, from From, s Outside, who OutsideIdentity) (*Person, error) {
	d := o.door
	l, err := d.linkOf(ctx, s.ID, who.Subject)
	if err != nil {
		return nil, err
	}
	if l.login == "" {
		return nil, d.unknownOutside(ctx, from, s)
	}
	return d.attempt(ctx, l.login, from, func(f found) (*Person, error) {
		if f.id != l.account {
			return nil, nil
		}
		p, err := d.fresh(ctx, f.id)
		if err != nil {
			return nil, err
		}
		in := *p
		in.Second = p.Second && !who.Second
		act := ledger.Act{Kind: "account.sign_in_outside", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath,
			Detail: map[string]any{"service": s.ID, "second": who.Second}}
		return &in, d.ledger.Do(ctx, p.Actor(from.Request), act, func(tx *store.Tx) error {
			n, err := tx.System("sign in").Update(ctx, "linked", store.ByID(l.id), store.Set("used", d.clock.Now().Unix()))
			if err == nil && n == 0 {
				err = fault.Missing()
			}
			return err
		})
	})
}

func (d *Door) unknownOutside(ctx context.Context, from From, s Outside) error {
	var f found
	if _, err := d.own().One(ctx, "SELECT coalesce(min(path), '') FROM {org}", nil, &f.path); err != nil {
		return err
	}
	if err := d.ledger.Note(ctx, stranger(from), refusal(f, map[string]any{"service": s.ID, "linked": false})); err != nil {
		return err
	}
	return fault.New(fault.Invalid, "您在“%s”的身份还没有关联本系统的账号。请先用账号和密码登录，到“我的账号”里关联，以后就能用它登录。", s.Title).By(RuleOutside)
}
