package access_test

import (
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/accesstest"
	"zhibu/internal/trust/ledger"
)

const address = "https://dj.example.gov.cn"

func (h *house) passkeys(at string) *access.PasskeyDoor {
	h.t.Helper()
	k, err := h.door.NewPasskeys(at)
	h.ok(err)
	return k
}

// register makes a passkey for an account on a new device.
func (h *house) register(k *access.PasskeyDoor, p *access.Person) *accesstest.Device {
	h.t.Helper()
	d := accesstest.New(h.t, address, "dj.example.gov.cn")
	options, err := k.AskRegister(h.ctx, p, "session")
	h.ok(err)
	h.ok(k.Register(h.ctx, p, here, "session", password, "办公室电脑", d.Make(options)))
	return d
}

// by signs in with a device from one browser.
func (h *house) by(k *access.PasskeyDoor, d *accesstest.Device) (*access.Person, error) {
	h.t.Helper()
	options, err := k.AskSignIn(h.ctx, here, "browser")
	h.ok(err)
	return k.SignIn(h.ctx, here, "browser", d.Answer(options))
}

func TestAPasskeyOpensItsAccountAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p, _ := h.bound() // who has codes as well needs none after a passkey
		k := h.passkeys(address)
		d := h.register(k, p)
		in, err := h.by(k, d)
		h.ok(err)
		if in.Account != p.Account || in.Second || in.First || !in.May(access.See, access.Member) {
			t.Errorf("signed in as %+v", in)
		}
		if h.acts("account.sign_in_passkey") != 1 || h.acts("account.passkey_add") != 1 {
			t.Error("not in the ledger")
		}
		list, err := h.door.Passkeys(h.ctx, p.Account)
		h.ok(err)
		if len(list) != 1 || list[0].Name != "办公室电脑" || list[0].Used.IsZero() || list[0].Doubtful {
			t.Errorf("%+v", list)
		}
		report, err := h.ledger.Verify(h.ctx)
		h.ok(err)
		if !report.OK {
			t.Errorf("%+v", report)
		}
	})
}

func TestAnAnswerCountsOnceForItsBrowserAndInTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		k := h.passkeys(address)
		p := h.secretary()
		d := h.register(k, p)
		ask := func() []byte {
			options, err := k.AskSignIn(h.ctx, here, "browser")
			h.ok(err)
			return options
		}
		refused := func(holder, answer string) {
			t.Helper()
			_, err := k.SignIn(h.ctx, here, holder, answer)
			h.refused(err, fault.Invalid, access.RulePasskey)
		}
		answer := d.Answer(ask())
		refused("another browser", answer)
		_, err := k.SignIn(h.ctx, here, "browser", answer)
		h.ok(err)
		refused("browser", answer) // replayed
		late := d.Answer(ask())
		h.clock.pass(5 * time.Minute)
		refused("browser", late)
		refused("", d.Answer(ask()))
		refused("browser", "{}")
		options, err := k.AskRegister(h.ctx, p, "browser")
		h.ok(err)
		refused("browser", d.Answer(options)) // what was asked for something else
	})
}

func TestAnAnswerFromElsewhereIsRefused(t *testing.T) {
	h := sqlite(t)
	k := h.passkeys(address)
	d := h.register(k, h.secretary())
	for name, bend := range map[string]func(*accesstest.Device){
		"another site":         func(d *accesstest.Device) { d.Origin = "https://dj-example.gov.cn" },
		"another name":         func(d *accesstest.Device) { d.Party = "example.gov.cn" },
		"another account":      func(d *accesstest.Device) { d.Handle = []byte("somebody else") },
		"no account":           func(d *accesstest.Device) { d.Handle = nil },
		"holder not verified":  func(d *accesstest.Device) { d.Unproven = true },
		"unknown key":          func(d *accesstest.Device) { d.ID = []byte("0123456789abcdef") },
		"another device's key": func(d *accesstest.Device) { id := d.ID; *d = *accesstest.New(t, d.Origin, d.Party); d.ID = id },
	} {
		t.Run(name, func(t *testing.T) {
			bent := *d
			bend(&bent)
			_, err := h.by(k, &bent)
			h.refused(err, fault.Invalid, access.RulePasskey)
			h.clock.pass(20 * time.Minute) // not to run into the lock
		})
	}
	_, err := h.by(k, d)
	h.ok(err)
}

func TestARemovedPasskeyOpensNothing(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	k := h.passkeys(address)
	d := h.register(k, p)
	list, err := h.door.Passkeys(h.ctx, p.Account)
	h.ok(err)
	h.refused(h.door.RemovePasskey(h.ctx, p, here, "falsch", list[0].ID), fault.Invalid, access.RuleWrong)
	other := h.install(access.NewAccount{Login: "xijie", Name: "钱二", Org: "west", Grants: grants(access.BranchSecretary, "west")}, password)
	h.refused(h.door.RemovePasskey(h.ctx, other, here, password, list[0].ID), fault.NotFound, "")
	h.ok(h.door.RemovePasskey(h.ctx, p, here, password, list[0].ID))
	_, err = h.by(k, d)
	h.refused(err, fault.Invalid, access.RulePasskey)
	if has, err := h.door.HasPasskey(h.ctx, p.Account); err != nil || has {
		t.Errorf("still there: %v", err)
	}
}

func TestRegisteringAsksForThePassword(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	k := h.passkeys(address)
	d := accesstest.New(t, address, "dj.example.gov.cn")
	options, err := k.AskRegister(h.ctx, p, "session")
	h.ok(err)
	answer := d.Make(options)
	h.refused(k.Register(h.ctx, p, here, "session", "falsch", "手机", answer), fault.Invalid, access.RuleWrong)
	h.refused(k.Register(h.ctx, p, here, "another session", password, "手机", answer), fault.Invalid, access.RulePasskey)
	h.refused(k.Register(h.ctx, p, here, "session", password, " ", answer), fault.Invalid, "")
	h.ok(k.Register(h.ctx, p, here, "session", password, "手机", answer))
	h.refused(k.Register(h.ctx, p, here, "session", password, "手机", answer), fault.Invalid, access.RulePasskey)
	elsewhere := accesstest.New(t, "https://boese.example", "dj.example.gov.cn")
	options, err = k.AskRegister(h.ctx, p, "session")
	h.ok(err)
	h.refused(k.Register(h.ctx, p, here, "session", password, "手机", elsewhere.Make(options)), fault.Invalid, access.RulePasskey)
}

func TestACopiedPasskeyIsClosed(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	k := h.passkeys(address)
	d := h.register(k, p)
	copied := *d
	_, err := h.by(k, d)
	h.ok(err)
	_, err = h.by(k, &copied) // the counter stands still: one of the two is a copy
	h.refused(err, fault.Invalid, access.RulePasskey)
	_, err = h.by(k, d)
	h.refused(err, fault.Invalid, access.RulePasskey)
	list, err := h.door.Passkeys(h.ctx, p.Account)
	h.ok(err)
	if !list[0].Doubtful || h.acts("account.passkey_doubt") != 1 {
		t.Error("nobody is told")
	}
}

func TestAPasskeyWithoutACounter(t *testing.T) {
	h := sqlite(t)
	k := h.passkeys(address)
	p := h.secretary()
	d := accesstest.New(t, address, "dj.example.gov.cn")
	d.Still = true // those of password managers
	options, err := k.AskRegister(h.ctx, p, "session")
	h.ok(err)
	h.ok(k.Register(h.ctx, p, here, "session", password, "手机", d.Make(options)))
	for range 2 {
		_, err := h.by(k, d)
		h.ok(err)
		h.clock.pass(time.Second)
	}
}

func TestAPasskeyOfAClosedAccount(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	k := h.passkeys(address)
	d := h.register(k, p)
	security := h.account("anquan", access.SecurityAdmin, "city")
	h.ok(h.door.Lock(h.ctx, security, "r", p.Account, "调离"))
	_, err := h.by(k, d)
	h.refused(err, fault.Forbidden, "")
	h.ok(h.door.Unlock(h.ctx, security, "r", p.Account, "回来"))
	for range 5 {
		_, err := h.door.SignIn(h.ctx, "dongjie", "falsch", here)
		if err == nil {
			t.Fatal("a wrong password opens")
		}
	}
	_, err = h.by(k, d)
	h.refused(err, fault.Unavailable, access.RuleLocked)
}

func TestAPasskeyIsASecondFactor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p, _ := h.bound()
		k := h.passkeys(address)
		d := h.register(k, p)
		half, err := h.door.SignIn(h.ctx, "dongjie", password, here)
		h.ok(err)
		if !half.Second {
			t.Fatal("no second factor is asked")
		}
		options, err := k.AskSecond(h.ctx, half, "session")
		h.ok(err)
		answer := d.Answer(options)
		_, err = k.PassSecond(h.ctx, half, here, "another session", answer)
		h.refused(err, fault.Invalid, access.RulePasskey)
		whole, err := k.PassSecond(h.ctx, half, here, "session", answer)
		h.ok(err)
		if whole.Second || !whole.May(access.See, access.Member) {
			t.Error("still shut")
		}
		_, err = k.PassSecond(h.ctx, half, here, "session", answer)
		h.refused(err, fault.Invalid, access.RulePasskey)
		_, err = k.AskRegister(h.ctx, half, "session")
		h.refused(err, fault.Forbidden, access.RuleSecond)
	})
}

func TestALostPhoneTakesItsPasskeysAlong(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	k := h.passkeys(address)
	d := h.register(k, p)
	h.ok(h.door.DropFactor(h.ctx, h.account("zhen", access.PartyWorker, "town1"), "r", p.Account, "手机丢失，当面核实"))
	_, err := h.by(k, d)
	h.refused(err, fault.Invalid, access.RulePasskey)
	d = h.register(k, p)
	_, err = h.door.Recover(h.ctx, ledger.System("zhibu account"), "dongjie", "手机丢失")
	h.ok(err)
	_, err = h.by(k, d)
	h.refused(err, fault.Invalid, access.RulePasskey)
}

func TestWhereNoBrowserGivesPasskeys(t *testing.T) {
	h := sqlite(t)
	for at, open := range map[string]bool{
		address: true, "http://localhost:8420": true, "https://127.0.0.1:8420": false, "https://[::1]:8420": false,
		"http://dj.example.gov.cn": false, "": false, "dj": false,
	} {
		k := h.passkeys(at)
		if (k.Closed() == nil) != open {
			t.Errorf("%q: %v", at, k.Closed())
		}
		if !open {
			_, err := k.AskSignIn(h.ctx, here, "browser")
			h.refused(err, fault.Unavailable, "")
		}
	}
}

// A row that somebody writes past the program, with a key of their own, opens nothing.
func TestAForeignPublicKeyOpensNothing(t *testing.T) {
	h := sqlite(t)
	p, other := h.secretary(), h.install(access.NewAccount{Login: "xijie", Name: "钱二", Org: "west"}, password)
	k := h.passkeys(address)
	d := h.register(k, other)
	err := h.ledger.Do(h.ctx, ledger.System("test"), ledger.Act{Kind: "test"}, func(tx *store.Tx) error {
		_, err := tx.Update(h.ctx, "passkey", store.Key{store.Set("account_id", other.Account)}, store.Set("account_id", p.Account))
		return err
	})
	h.ok(err)
	_, err = h.by(k, d)
	h.refused(err, fault.Invalid, access.RulePasskey)
}

// Where the duties ask for a second factor a passkey is one, in place of codes; elsewhere it asks nobody.
func TestAPasskeyDoesForTheSecondFactorThatIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		ids, err := h.door.Install(h.ctx, ledger.System("test"), []access.Installed{{NewAccount: access.NewAccount{Login: "zhen", Name: "李镇", Org: "town1",
			Grants: grants(access.PartyWorker, "town1")}, Password: password}})
		h.ok(err)
		bare, err := h.door.SignIn(h.ctx, "zhen", password, here)
		h.ok(err)
		if !bare.Bare || bare.Second {
			t.Fatalf("%+v", bare)
		}
		k := h.passkeys(address)
		d := h.register(k, bare)
		if p := h.person(ids[0]); p.Bare || !p.May(access.See, access.Member) {
			t.Error("a passkey is no second factor")
		}
		half, err := h.door.SignIn(h.ctx, "zhen", password, here)
		h.ok(err)
		if !half.Second || half.Bare || half.May(access.See, access.Member) {
			t.Fatalf("a password alone opens: %+v", half)
		}
		options, err := k.AskSecond(h.ctx, half, "session")
		h.ok(err)
		whole, err := k.PassSecond(h.ctx, half, here, "session", d.Answer(options))
		h.ok(err)
		list, err := h.door.Passkeys(h.ctx, ids[0])
		h.ok(err)
		h.ok(h.door.RemovePasskey(h.ctx, whole, here, password, list[0].ID))
		if p := h.person(ids[0]); !p.Bare {
			t.Error("nothing is asked any more")
		}
		h.register(k, h.secretary())
		if p, err := h.door.SignIn(h.ctx, "dongjie", password, here); err != nil || p.Second {
			t.Errorf("who registered one for convenience is shut out elsewhere: %v", err)
		}
	})
}
