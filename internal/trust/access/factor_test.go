package access_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// bound is the secretary with a second factor.
func (h *house) bound() (*access.Person, access.FactorSetup) {
	h.t.Helper()
	p := h.secretary()
	setup, err := h.door.BeginFactor(h.ctx, p, "r")
	h.ok(err)
	_, err = h.door.ConfirmFactor(h.ctx, p, here, access.CodeOf(setup, h.clock.Now()))
	h.ok(err)
	h.clock.pass(time.Minute)
	return p, setup
}

func TestASecondFactorIsAskedBeforeAnythingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		_, setup := h.bound()
		half, err := h.door.SignIn(h.ctx, "dongjie", password, here)
		h.ok(err)
		if !half.Second || half.May(access.See, access.Member) {
			t.Fatal("a password alone opens")
		}
		_, _, err = h.door.IssueToken(h.ctx, half, "r", "x", h.clock.Now().Add(time.Hour))
		h.refused(err, fault.Forbidden, access.RuleSecond)
		h.refused(h.door.SetPassword(h.ctx, half, here, password, "Another-77 word"), fault.Forbidden, access.RuleSecond)
		b := &browser{s: h.site(h.door, half, false)}
		b.get("/in")
		if p, err := b.whole(); err != nil || !p.Second {
			t.Errorf("the session forgets that the code is missing: %v", err)
		}
		_, err = h.door.PassFactor(h.ctx, half, here, "000000")
		h.refused(err, fault.Invalid, access.RuleWrong)
		code := access.CodeOf(setup, h.clock.Now())
		whole, err := h.door.PassFactor(h.ctx, half, here, code[:3]+" "+code[3:])
		h.ok(err)
		if whole.Second || !whole.May(access.See, access.Member) {
			t.Error("still shut after the code")
		}
		_, err = h.door.PassFactor(h.ctx, half, here, code)
		h.refused(err, fault.Invalid, access.RuleWrong) // a code counts once
	})
}

// whole gives the person the next request would meet.
func (b *browser) whole() (p *access.Person, err error) {
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.AddCookie(b.cookie)
	b.s.sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { p, err = b.s.sessions.Person(r.Context()) })).ServeHTTP(httptest.NewRecorder(), r)
	return p, err
}

func TestGuessingCodesLocks(t *testing.T) {
	h := sqlite(t)
	_, setup := h.bound()
	half, err := h.door.SignIn(h.ctx, "dongjie", password, here)
	h.ok(err)
	for range 5 {
		_, err := h.door.PassFactor(h.ctx, half, here, "000000")
		h.refused(err, fault.Invalid, access.RuleWrong)
	}
	_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
	h.refused(err, fault.Unavailable, access.RuleLocked)
	h.clock.pass(10 * time.Minute)
	_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
	h.ok(err)
}

func TestAFactorThatWasNotConfirmedAsksNobody(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	_, err := h.door.BeginFactor(h.ctx, p, "r")
	h.ok(err)
	in, err := h.door.SignIn(h.ctx, "dongjie", password, here)
	h.ok(err)
	if in.Second {
		t.Error("a code is asked for that nobody can have")
	}
}

func TestALostPhone(t *testing.T) {
	h := sqlite(t)
	p, _ := h.bound()
	security := h.account("anquan", access.SecurityAdmin, "city")
	worker := h.account("zhen", access.PartyWorker, "town1")
	has := func() bool {
		ok, err := h.door.HasFactor(h.ctx, p.Account)
		h.ok(err)
		return ok
	}
	h.refused(h.door.DropFactor(h.ctx, security, "r", security.Account, "丢失"), fault.Forbidden, access.RuleSelf)
	h.ok(h.door.DropFactor(h.ctx, worker, "r", p.Account, "手机丢失，当面核实"))
	if has() {
		t.Fatal("not dropped")
	}
	setup, err := h.door.BeginFactor(h.ctx, p, "r")
	h.ok(err)
	_, err = h.door.ConfirmFactor(h.ctx, p, here, access.CodeOf(setup, h.clock.Now()))
	h.ok(err)
	_, err = h.door.Recover(h.ctx, ledger.System("zhibu account"), "dongjie", "手机丢失")
	h.ok(err)
	if has() {
		t.Error("recovery keeps a factor that is lost")
	}
}
