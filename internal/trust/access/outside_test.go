package access_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/accesstest"
	"zhibu/internal/trust/access/provider"
	"zhibu/internal/trust/ledger"
)

// outside is a house with a door to one sign-in service.
type outside struct {
	*house
	issuer *accesstest.Issuer
	out    *access.OutsideDoor
}

func (h *house) outside() *outside {
	h.t.Helper()
	secret := filepath.Join(h.t.TempDir(), "secret")
	h.ok(os.WriteFile(secret, []byte(accesstest.Secret), 0o600))
	issuer := accesstest.NewIssuer(h.t)
	// The service lives in the machine's time, the house in its own.
	services, err := provider.Open([]provider.Settings{{ID: "office", Kind: provider.OIDC, Title: "统一身份认证", Issuer: issuer.URL, ClientID: "zhibu",
		SecretFile: secret, Second: []string{"amr=otp"}}}, "", civil.System{})
	h.ok(err)
	return &outside{h, issuer, h.door.NewOutside(services, func(id string) string { return address + "/sign-in/with/" + id + "/back" })}
}

// arrive is the way to the service and back.
func (o *outside) arrive(holder string) (access.Arrival, error) {
	o.t.Helper()
	to, err := o.out.AskSignIn(o.ctx, here, "office", holder, "/members")
	o.ok(err)
	return o.out.Arrive(o.ctx, nil, here, "office", holder, o.issuer.Login(to))
}

func (o *outside) link(p *access.Person) error {
	o.t.Helper()
	to, err := o.out.AskLink(o.ctx, p, here, "office", "session", password)
	o.ok(err)
	_, err = o.out.Arrive(o.ctx, p, here, "office", "session", o.issuer.Login(to))
	return err
}

func TestALinkedIdentityOpensItsAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		o := open(t, c).outside()
		p := o.secretary()
		_, err := o.arrive("browser")
		o.refused(err, fault.Invalid, access.RuleOutside) // not linked: told so, and nothing is made
		if o.acts("account.refuse") != 1 || o.acts("account.add") != 0 {
			t.Error("not in the ledger, or something was made")
		}
		o.ok(o.link(p))
		in, err := o.arrive("browser")
		o.ok(err)
		if in.Person.Account != p.Account || in.Person.Second || in.Back != "/members" || o.acts("account.sign_in_outside") != 1 {
			t.Errorf("%+v", in)
		}
		list, err := o.door.Links(o.ctx, p.Account)
		o.ok(err)
		if len(list) != 1 || list[0].Shown != "w…7" || list[0].Used.IsZero() || list[0].Service != "office" {
			t.Errorf("%+v", list)
		}
		o.refused(o.link(p), fault.Conflict, "")
		other := o.install(access.NewAccount{Login: "xijie", Name: "钱二", Org: "west"}, password)
		o.refused(o.link(other), fault.Conflict, "") // one identity, one account
		o.refused(o.door.Unlink(o.ctx, p, here, "falsch", list[0].ID), fault.Invalid, access.RuleWrong)
		o.ok(o.door.Unlink(o.ctx, p, here, password, list[0].ID))
		_, err = o.arrive("browser")
		o.refused(err, fault.Invalid, access.RuleOutside)
	})
}

func TestWhatComesBackHoldsOnceForItsBrowser(t *testing.T) {
	o := sqlite(t).outside()
	o.ok(o.link(o.secretary()))
	ask := func() url.Values {
		to, err := o.out.AskSignIn(o.ctx, here, "office", "browser", "")
		o.ok(err)
		return o.issuer.Login(to)
	}
	refused := func(holder string, answer url.Values) {
		t.Helper()
		_, err := o.out.Arrive(o.ctx, nil, here, "office", holder, answer)
		o.refused(err, fault.Invalid, access.RuleOutside)
	}
	answer := ask()
	refused("another browser", answer) // somebody was sent a link with another's code
	_, err := o.out.Arrive(o.ctx, nil, here, "office", "browser", answer)
	o.ok(err)
	refused("browser", answer)
	wrong := ask()
	wrong.Set("state", "guessed")
	refused("browser", wrong)
	late := ask()
	o.clock.pass(5 * time.Minute)
	refused("browser", late)
	no := ask()
	no.Del("code")
	no.Set("error", "access_denied")
	refused("browser", no)
	o.issuer.Bend = func(c map[string]any) { c["nonce"] = "another" }
	refused("browser", ask())
	_, err = o.out.Arrive(o.ctx, nil, here, "elsewhere", "browser", ask())
	o.refused(err, fault.NotFound, "")
}

func TestAServiceDoesNotOpenWhatIsShut(t *testing.T) {
	o := sqlite(t).outside()
	p := o.secretary()
	o.ok(o.link(p))
	security := o.account("anquan", access.SecurityAdmin, "city")
	o.ok(o.door.Lock(o.ctx, security, "r", p.Account, "调离"))
	_, err := o.arrive("browser")
	o.refused(err, fault.Forbidden, "")
	o.ok(o.door.Unlock(o.ctx, security, "r", p.Account, "回来"))
	for range 5 {
		if _, err := o.door.SignIn(o.ctx, "dongjie", "falsch", here); err == nil {
			t.Fatal("a wrong password opens")
		}
	}
	_, err = o.arrive("browser")
	o.refused(err, fault.Unavailable, access.RuleLocked)
	o.clock.pass(time.Hour)
	_, err = o.arrive("browser")
	o.ok(err)
	_, err = o.door.Recover(o.ctx, ledger.System("zhibu account"), "dongjie", "账号被盗用")
	o.ok(err)
	_, err = o.arrive("browser")
	o.refused(err, fault.Invalid, access.RuleOutside)
}

func TestTheSecondFactorStaysUnlessTheServiceAskedForOne(t *testing.T) {
	o := sqlite(t).outside()
	p, _ := o.bound()
	o.ok(o.link(p))
	in, err := o.arrive("browser")
	o.ok(err)
	if !in.Person.Second {
		t.Error("a password elsewhere counts as two factors")
	}
	o.issuer.Bend = func(c map[string]any) { c["amr"] = []string{"pwd", "otp"} }
	in, err = o.arrive("browser")
	o.ok(err)
	if in.Person.Second {
		t.Error("the service's second factor does not count")
	}
}

func TestLinkingNeedsTheHolder(t *testing.T) {
	o := sqlite(t).outside()
	p := o.secretary()
	_, err := o.out.AskLink(o.ctx, p, here, "office", "session", "falsch")
	o.refused(err, fault.Invalid, access.RuleWrong)
	to, err := o.out.AskLink(o.ctx, p, here, "office", "session", password)
	o.ok(err)
	other := o.install(access.NewAccount{Login: "xijie", Name: "钱二", Org: "west"}, password)
	for _, signed := range []*access.Person{nil, other} {
		_, err = o.out.Arrive(o.ctx, signed, here, "office", "session", o.issuer.Login(to))
		o.refused(err, fault.Forbidden, access.RuleOutside)
		to, err = o.out.AskLink(o.ctx, p, here, "office", "session", password)
		o.ok(err)
	}
}

func TestWhoeverPrintsSlipsMayLink(t *testing.T) {
	o := sqlite(t).outside()
	p := o.secretary()
	worker := o.account("zhen", access.PartyWorker, "town1")
	far := o.account("liuhe", access.PartyWorker, "town2")
	o.refused(o.out.LinkFor(o.ctx, far, "r", p.Account, "office", "worker-77", "领导要求"), fault.NotFound, "")
	o.refused(o.out.LinkFor(o.ctx, worker, "r", p.Account, "office", "worker 77", "开通"), fault.Invalid, "")
	o.refused(o.out.LinkFor(o.ctx, worker, "r", p.Account, "office", "worker-77", " "), fault.Invalid, "")
	o.refused(o.out.LinkFor(o.ctx, worker, "r", p.Account, "nowhere", "worker-77", "开通"), fault.Invalid, "")
	o.ok(o.out.LinkFor(o.ctx, worker, "r", p.Account, "office", "worker-77", "开通统一登录"))
	in, err := o.arrive("browser")
	o.ok(err)
	if in.Person.Account != p.Account {
		t.Errorf("%+v", in.Person)
	}
	list, err := o.door.Links(o.ctx, p.Account)
	o.ok(err)
	o.ok(o.door.UnlinkFor(o.ctx, worker, "r", p.Account, list[0].ID, "离开单位"))
	_, err = o.arrive("browser")
	o.refused(err, fault.Invalid, access.RuleOutside)
}

// A row that somebody moves to another account past the program opens nothing.
func TestAMovedLinkOpensNothing(t *testing.T) {
	o := sqlite(t).outside()
	p, other := o.secretary(), o.install(access.NewAccount{Login: "xijie", Name: "钱二", Org: "west"}, password)
	o.ok(o.link(other))
	err := o.ledger.Do(o.ctx, ledger.System("test"), ledger.Act{Kind: "test"}, func(tx *store.Tx) error {
		_, err := tx.Update(o.ctx, "linked", store.Key{store.Set("account_id", other.Account)}, store.Set("account_id", p.Account))
		return err
	})
	o.ok(err)
	_, err = o.arrive("browser")
	o.refused(err, fault.Invalid, access.RuleOutside)
}
