package access_test

import (
	"fmt"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// Whoever administers or sees more than one branch has a second factor; whoever sees one branch may have one.
func TestWhoNeedsASecondFactor(t *testing.T) {
	h := sqlite(t)
	many := access.NewAccount{Login: "liang", Name: "两处", Org: "east", Grants: []access.NewGrant{{Role: access.BranchSecretary, Org: "east"}, {Role: access.BranchCommittee, Org: "west"}}}
	cases := []struct {
		account access.NewAccount
		want    bool
	}{
		{access.NewAccount{Login: "a1", Org: "city", Grants: grants(access.SystemAdmin, "city")}, true},
		{access.NewAccount{Login: "a2", Org: "city", Grants: grants(access.SecurityAdmin, "city")}, true},
		{access.NewAccount{Login: "a3", Org: "east", Grants: grants(access.Auditor, "east")}, true},
		{access.NewAccount{Login: "a4", Org: "town1", Grants: grants(access.PartyWorker, "town1")}, true},
		{access.NewAccount{Login: "a5", Org: "town1", Grants: grants(access.CommitteeSecretary, "town1")}, true},
		{access.NewAccount{Login: "a6", Org: "city", Grants: grants(access.Reviewer, "city")}, true},
		{access.NewAccount{Login: "a7", Org: "east", Grants: grants(access.BranchSecretary, "east")}, false},
		{access.NewAccount{Login: "a8", Org: "east", Grants: grants(access.BranchCommittee, "east")}, false},
		{access.NewAccount{Login: "a9", Org: "east", Member: "e1", Grants: grants(access.PlainMember, "east")}, false},
		{access.NewAccount{Login: "b1", Org: "east"}, false},
		{many, true},
	}
	for _, c := range cases {
		c.account.Name = "持有人" + c.account.Login
		ids, err := h.door.Install(h.ctx, ledger.System("test"), []access.Installed{{NewAccount: c.account}})
		h.ok(err)
		if p := h.person(ids[0]); p.Bare != c.want || p.Wide != c.want {
			t.Errorf("%s: asked for a second factor: %v", c.account.Login, p.Bare)
		}
	}
}

// Without its second factor such an account does nothing but set it up, by page or by token.
func TestABareAccountSetsUpItsFactorFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		n := access.NewAccount{Login: "zhen", Name: "镇党务", Org: "town1", Grants: grants(access.PartyWorker, "town1")}
		_, err := h.door.Install(h.ctx, ledger.System("test"), []access.Installed{{NewAccount: n, Password: password}})
		h.ok(err)
		p, err := h.door.SignIn(h.ctx, "zhen", password, here)
		h.ok(err)
		if !p.Bare || p.Second || p.Ready() || p.May(access.See, access.Member) {
			t.Fatalf("a password alone opens a town: %+v", p)
		}
		_, err = p.Scope(access.List, access.Member)
		h.refused(err, fault.Forbidden, access.RuleBare)
		_, _, err = h.door.IssueToken(h.ctx, p, "r", "x", h.clock.Now().Add(time.Hour))
		h.refused(err, fault.Forbidden, access.RuleBare)

		setup, err := h.door.BeginFactor(h.ctx, p, "r")
		h.ok(err)
		again, ok, err := h.door.PendingFactor(h.ctx, p)
		if h.ok(err); !ok || again != setup {
			t.Error("the code cannot be shown once more")
		}
		_, err = h.door.ConfirmFactor(h.ctx, p, here, "000000")
		h.refused(err, fault.Invalid, access.RuleWrong)
		codes, err := h.door.ConfirmFactor(h.ctx, p, here, access.CodeOf(setup, h.clock.Now()))
		h.ok(err)
		if len(codes) != 10 {
			t.Errorf("%d codes on paper", len(codes))
		}
		p = h.person(p.Account)
		if !p.Ready() || !p.May(access.See, access.Member) {
			t.Fatal("still shut")
		}
		token, _, err := h.door.IssueToken(h.ctx, p, "r", "x", h.clock.Now().Add(time.Hour))
		h.ok(err)

		h.clock.pass(time.Minute) // the factor goes, and with it what the token opens
		h.ok(h.door.EndFactor(h.ctx, p, here, access.CodeOf(setup, h.clock.Now())))
		_, err = h.door.Lookup(h.ctx, token)
		h.refused(err, fault.Forbidden, access.RuleBare)
	})
}

// A code on paper opens once, in whatever case and grouping it is typed.
func TestRecoveryCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		p, setup := h.bound()
		codes, err := h.door.NewRecovery(h.ctx, p, here, access.CodeOf(setup, h.clock.Now()))
		h.ok(err)
		half := func() *access.Person {
			in, err := h.door.SignIn(h.ctx, "dongjie", password, here)
			h.ok(err)
			return in
		}
		whole, err := h.door.PassFactor(h.ctx, half(), here, " "+codes[0][:5]+" "+codes[0][6:])
		if h.ok(err); whole.Second {
			t.Error("shut")
		}
		_, err = h.restart().PassFactor(h.ctx, half(), here, codes[0])
		h.refused(err, fault.Invalid, access.RuleWrong)
		if left, err := h.door.RecoveryLeft(h.ctx, p); err != nil || left != 9 {
			t.Errorf("%d left, %v", left, err)
		}
		h.clock.pass(time.Minute)
		_, err = h.door.NewRecovery(h.ctx, p, here, access.CodeOf(setup, h.clock.Now()))
		h.ok(err)
		_, err = h.door.PassFactor(h.ctx, half(), here, codes[1])
		h.refused(err, fault.Invalid, access.RuleWrong) // the old sheet is void
	})
}

// A thousand wrong codes: five are looked at, the rest meet the lock, which another process knows of; the log has a
// line for each that was looked at and no more, and the right code opens again when the lock has run out.
func TestAThousandWrongCodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		_, setup := h.bound()
		half, err := h.door.SignIn(h.ctx, "dongjie", password, here)
		h.ok(err)
		before, looked := h.acts("account.refuse"), 0
		doors := []*access.Door{h.door, h.restart()}
		for i := range 1000 {
			code := fmt.Sprintf("%06d", i)
			if i%7 == 0 {
				code = fmt.Sprintf("BCDF%06d", i) // the count is one for both kinds of codes
			}
			_, err := doors[i%2].PassFactor(h.ctx, half, here, code)
			if err == nil {
				t.Fatalf("%s opens", code)
			}
			if fault.Of(err) == fault.Invalid {
				looked++
				continue
			}
			h.refused(err, fault.Unavailable, access.RuleLocked)
		}
		if looked != 5 || h.acts("account.refuse")-before != 5 {
			t.Errorf("%d codes were looked at, %d stand in the log", looked, h.acts("account.refuse")-before)
		}
		_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
		h.refused(err, fault.Unavailable, access.RuleLocked)
		h.clock.pass(11 * time.Minute)
		_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
		h.ok(err)
	})
}

// A clock that is set back brings no used code to life, not even after the counts have been swept.
func TestAClockSetBackOpensNoUsedCode(t *testing.T) {
	h := sqlite(t)
	_, setup := h.bound()
	half, err := h.door.SignIn(h.ctx, "dongjie", password, here)
	h.ok(err)
	code := access.CodeOf(setup, h.clock.Now())
	_, err = h.door.PassFactor(h.ctx, half, here, code)
	h.ok(err)
	h.clock.pass(72 * time.Hour)
	h.ok(h.door.Sweep(h.ctx))
	h.clock.pass(-72 * time.Hour)
	_, err = h.restart().PassFactor(h.ctx, half, here, code)
	h.refused(err, fault.Invalid, access.RuleWrong)
	h.clock.pass(-time.Hour)
	_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
	h.refused(err, fault.Invalid, access.RuleWrong) // of an hour that has been
	h.clock.pass(time.Hour + 2*time.Minute)
	_, err = h.door.PassFactor(h.ctx, half, here, access.CodeOf(setup, h.clock.Now()))
	h.ok(err)
}

// A token speaks for an account only as long as the account is open.
func TestATokenOfAClosedAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		security := h.account("anquan", access.SecurityAdmin, "city")
		p := h.account("dongjie", access.BranchSecretary, "east")
		token, _, err := h.door.IssueToken(h.ctx, p, "r", "报表", h.clock.Now().Add(48*time.Hour))
		h.ok(err)
		_, err = h.door.Lookup(h.ctx, token)
		h.ok(err)
		h.ok(h.door.Disable(h.ctx, security, "r", p.Account, "离岗"))
		_, err = h.door.Lookup(h.ctx, token)
		h.refused(err, fault.Forbidden, "token")
		h.clock.pass(10 * time.Second)
		_, err = h.restart().Lookup(h.ctx, token)
		h.refused(err, fault.Forbidden, "token")
	})
}
