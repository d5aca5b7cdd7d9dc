package access_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

func (h *house) secretary() *access.Person {
	return h.install(access.NewAccount{Login: "dongjie", Name: "张东", Org: "east", Member: "e1", Grants: grants(access.BranchSecretary, "east")}, password)
}

var here = access.From{Remote: "192.0.2.7:4711", Device: "Edge", Request: "r1"}

func TestSignIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		made := h.secretary()
		p, err := h.door.SignIn(h.ctx, " DongJie ", password, here)
		h.ok(err)
		if p.Account != made.Account || p.Role() != access.BranchSecretary || p.Member != "e1" || p.MemberPath != "0001.0001.0001." {
			t.Fatalf("%+v", p)
		}
		if n := h.acts("account.sign_in"); n != 1 {
			t.Errorf("%d acts of signing in", n)
		}
		_, unknown := h.door.SignIn(h.ctx, "nobody-here", password, here)
		_, wrong := h.door.SignIn(h.ctx, "dongjie", password+"x", here)
		h.refused(unknown, fault.Invalid, access.RuleWrong)
		h.refused(wrong, fault.Invalid, access.RuleWrong)
		if unknown.Error() != wrong.Error() {
			t.Errorf("an unknown login answers %q, a wrong password %q", unknown, wrong)
		}
		if n := h.acts("account.refuse"); n != 2 {
			t.Errorf("%d acts of refusing", n)
		}
	})
}

// An unknown login, and one without a password, cost the same hash as a wrong password. The hash is known by its
// 19 MiB: a shared machine's time is no measure.
func TestRefusalsCostTheSame(t *testing.T) {
	h := sqlite(t)
	h.secretary()
	h.account("fresh", access.PartyWorker, "town1")
	for _, login := range []string{"dongjie", "nobody-here", "fresh"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := h.door.Identify(h.ctx, login, "Some-Thing1", access.From{})
		runtime.ReadMemStats(&after)
		h.refused(err, fault.Invalid, access.RuleWrong)
		if mib := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20); mib < 19 || mib > 25 {
			t.Errorf("%s: %.1f MiB", login, mib)
		}
	}
}

func TestFailuresLockAndSurviveARestart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		h.secretary()
		for _, login := range []string{"dongjie", "nobody-here"} { // the answers must not tell which exists
			for i := 1; i <= 4; i++ {
				_, err := h.door.SignIn(h.ctx, login, "wrong", access.From{})
				h.refused(err, fault.Invalid, access.RuleWrong)
			}
			_, err := h.door.SignIn(h.ctx, login, "wrong", access.From{})
			h.refused(err, fault.Unavailable, access.RuleLocked)
			if !strings.Contains(err.Error(), "10 分钟") {
				t.Errorf("%s", err)
			}
		}
		again := h.restart()
		_, err := again.SignIn(h.ctx, "dongjie", password, access.From{})
		h.refused(err, fault.Unavailable, access.RuleLocked)
		h.clock.pass(9*time.Minute + 30*time.Second)
		_, err = again.SignIn(h.ctx, "dongjie", password, access.From{})
		h.refused(err, fault.Unavailable, access.RuleLocked)
		h.clock.pass(31 * time.Second)
		_, err = again.SignIn(h.ctx, "dongjie", password, access.From{})
		h.ok(err)
	})
}

func TestAGoodSignInForgivesFailures(t *testing.T) {
	h := sqlite(t)
	h.secretary()
	for range 3 {
		for range 4 {
			_, err := h.door.SignIn(h.ctx, "dongjie", "wrong", access.From{})
			h.refused(err, fault.Invalid, access.RuleWrong)
		}
		_, err := h.door.SignIn(h.ctx, "dongjie", password, access.From{})
		h.ok(err)
	}
}

// Many tries at once get no more than the allowed number of answers.
func TestTriesAtOnceDoNotPassTheLock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		h.secretary()
		var mu sync.Mutex
		answers := map[string]int{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := h.door.SignIn(h.ctx, "dongjie", "wrong", access.From{})
				f := fault.As(err)
				mu.Lock()
				defer mu.Unlock()
				if f == nil {
					answers[fmt.Sprint(err)]++
					return
				}
				answers[f.Rule]++
			})
		}
		wg.Wait()
		if answers[access.RuleWrong] != 4 || answers[access.RuleLocked] != 16 {
			t.Errorf("%v", answers)
		}
	})
}

func TestOneMachineIsBraked(t *testing.T) {
	h := sqlite(t)
	h.secretary()
	remote := func(i int) access.From {
		return access.From{Remote: fmt.Sprintf("[2001:db8:1:2::%x]:443", i+1)} // one machine has a whole /64
	}
	var err error
	n := 0
	for ; n < 100; n++ {
		_, err = h.door.SignInBySlip(h.ctx, fmt.Sprint("name", n), "22222-22222", remote(n))
		if f := fault.As(err); f == nil || f.Rule != access.RuleWrong {
			break
		}
	}
	h.refused(err, fault.Unavailable, access.RuleCrowded)
	if n != 60 {
		t.Errorf("stopped after %d", n)
	}
	if _, err = h.door.SignIn(h.ctx, "dongjie", password, access.From{Remote: "192.0.2.9"}); err != nil {
		t.Errorf("another machine: %v", err)
	}
	h.clock.pass(4 * time.Second)
	_, err = h.door.SignIn(h.ctx, "dongjie", password, remote(0))
	h.ok(err)
}

func TestALockedAccountIsShutEverywhere(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	security := h.account("anquan", access.SecurityAdmin, "city")
	text, _, err := h.door.IssueToken(h.ctx, p, "r", "统计接口", h.clock.Now().Add(time.Hour))
	h.ok(err)
	h.refused(h.door.Lock(h.ctx, security, "r", p.Account, " "), fault.Invalid, "")
	h.ok(h.door.Lock(h.ctx, security, "r", p.Account, "离岗"))
	_, err = h.door.SignIn(h.ctx, "dongjie", password, here)
	h.refused(err, fault.Forbidden, "")
	_, err = h.door.Person(h.ctx, p.Account)
	h.refused(err, fault.Forbidden, "")
	_, err = h.door.Lookup(h.ctx, text)
	h.refused(err, fault.Forbidden, "token")
	_, err = h.door.SignIn(h.ctx, "dongjie", "wrong", here)
	h.refused(err, fault.Invalid, access.RuleWrong) // only who knows the password learns that it is locked
	h.ok(h.door.Unlock(h.ctx, security, "r", p.Account, "回岗"))
	_, err = h.door.SignIn(h.ctx, "dongjie", password, here)
	h.ok(err)
	_, err = h.door.Lookup(h.ctx, text)
	h.ok(err)
}

func TestUnlockOpensAfterFailures(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	security := h.account("anquan", access.SecurityAdmin, "city")
	for range 5 {
		h.door.SignIn(h.ctx, "dongjie", "wrong", access.From{}) // counted below
	}
	_, err := h.door.SignIn(h.ctx, "dongjie", password, access.From{})
	h.refused(err, fault.Unavailable, access.RuleLocked)
	h.ok(h.door.Unlock(h.ctx, security, "r", p.Account, "本人来电核实"))
	_, err = h.door.SignIn(h.ctx, "dongjie", password, access.From{})
	h.ok(err)
}

func TestASlipOpensOnceAndOnlyForAPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		worker := h.account("zhen", access.PartyWorker, "town1")
		p := h.account("xin", access.BranchSecretary, "east")
		slips, err := h.door.IssueSlips(h.ctx, worker, "r", p.Account)
		h.ok(err)
		code := strings.ToLower(strings.ReplaceAll(slips[0].Code, "-", " "))
		_, err = h.door.SignInBySlip(h.ctx, "zhen", code, here)
		h.refused(err, fault.Invalid, access.RuleWrong) // another account's slip
		var mu sync.Mutex
		var in []*access.Person
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				p, err := h.door.SignInBySlip(h.ctx, "xin", code, here)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					in = append(in, p)
				} else if f := fault.As(err); f == nil || f.Rule != access.RuleWrong {
					t.Errorf("refused by %v", err)
				}
			})
		}
		wg.Wait()
		if len(in) != 1 {
			t.Fatalf("one slip opened %d times", len(in))
		}
		if !in[0].First || in[0].May(access.See, access.Member) {
			t.Fatal("a slip gives more than a new password")
		}
		h.ok(h.door.SetPassword(h.ctx, in[0], here, "", password))
		_, err = h.door.SignIn(h.ctx, "xin", password, here)
		h.ok(err)
	})
}

func TestSlipsExpireAndTheNewestCounts(t *testing.T) {
	h := sqlite(t)
	worker := h.account("zhen", access.PartyWorker, "town1")
	p := h.account("xin", access.BranchSecretary, "east")
	first, err := h.door.IssueSlips(h.ctx, worker, "r", p.Account)
	h.ok(err)
	second, err := h.door.IssueSlips(h.ctx, worker, "r", p.Account)
	h.ok(err)
	_, err = h.door.SignInBySlip(h.ctx, "xin", first[0].Code, here)
	h.refused(err, fault.Invalid, access.RuleWrong)
	if got := second[0].Expires.Sub(h.clock.Now()); got != 72*time.Hour {
		t.Errorf("open for %v", got)
	}
	h.clock.pass(72 * time.Hour)
	_, err = h.door.SignInBySlip(h.ctx, "xin", second[0].Code, here)
	h.refused(err, fault.Invalid, access.RuleWrong)
}

func TestASlipIsNoWayUp(t *testing.T) {
	h := sqlite(t)
	worker := h.account("zhen", access.PartyWorker, "town1")
	secretary := h.account("dong", access.BranchSecretary, "east")
	plain := h.install(access.NewAccount{Login: "pu", Name: "普", Org: "east", Member: "e2", Grants: grants(access.PlainMember, "east")}, "")
	security := h.account("anquan", access.SecurityAdmin, "city")
	auditor := h.account("shenji", access.Auditor, "city")
	// A worker of the town whose home is the branch: the branch's secretary must not open that account.
	visitor := h.install(access.NewAccount{Login: "jianzhi", Name: "兼", Org: "east", Grants: grants(access.PartyWorker, "town1")}, "")
	for _, c := range []struct {
		who  *access.Person
		whom *access.Person
		kind fault.Kind
		rule string
	}{
		{secretary, plain, 0, ""},
		{secretary, visitor, fault.Forbidden, access.RuleTakeOver},
		{secretary, secretary, fault.Forbidden, access.RuleSelf},
		{secretary, worker, fault.NotFound, ""},
		{worker, secretary, 0, ""},
		{worker, visitor, fault.Forbidden, access.RuleTakeOver},
		{security, worker, 0, ""},
		{security, auditor, fault.Forbidden, access.RuleTakeOver},
		{auditor, worker, fault.Forbidden, "A-57"},
	} {
		_, err := h.door.IssueSlips(h.ctx, c.who, "r", c.whom.Account)
		if c.kind == 0 {
			h.ok(err)
			continue
		}
		h.refused(err, c.kind, c.rule)
	}
	_, missing := h.door.IssueSlips(h.ctx, secretary, "r", "no-such-account")
	_, outside := h.door.IssueSlips(h.ctx, secretary, "r", worker.Account)
	if missing.Error() != outside.Error() {
		t.Errorf("%q and %q", missing, outside)
	}
}

func TestNothingOfASecretInTheDatabase(t *testing.T) {
	h := sqlite(t)
	worker := h.account("zhen", access.PartyWorker, "town1")
	p := h.secretary()
	text, _, err := h.door.IssueToken(h.ctx, p, "r", "接口", h.clock.Now().Add(time.Hour))
	h.ok(err)
	slips, err := h.door.IssueSlips(h.ctx, worker, "r", p.Account)
	h.ok(err)
	plain := strings.ReplaceAll(slips[0].Code, "-", "")
	for _, query := range []string{"SELECT coalesce(after, '') FROM {event}", "SELECT detail FROM {act}", "SELECT secret FROM {account}", "SELECT hash FROM {slip}", "SELECT hash FROM {token}"} {
		h.ok(h.db.As(store.System("test")).Each(h.ctx, query, nil, func(r store.Row) error {
			var s string
			if err := r.Scan(&s); err != nil {
				return err
			}
			for _, secret := range []string{password, plain, text} {
				if strings.Contains(s, secret) {
					return errors.New("a secret lies in the database: " + query)
				}
			}
			return nil
		}))
	}
	// Neither does a stolen hash open another account: it is bound to its own.
	h.ok(h.ledger.Do(h.ctx, ledger.System("thief"), ledger.Act{Kind: "test.thief"}, func(tx *store.Tx) error {
		var secret string
		if _, err := tx.One(h.ctx, "SELECT secret FROM {account} WHERE id = ?", []any{p.Account}, &secret); err != nil {
			return err
		}
		_, err := tx.Update(h.ctx, "account", store.ByID(worker.Account), store.Set("secret", secret))
		return err
	}))
	_, err = h.door.SignIn(h.ctx, "zhen", password, here)
	h.refused(err, fault.Invalid, access.RuleWrong)
}

func TestPasswordRules(t *testing.T) {
	h := sqlite(t)
	policy, err := h.door.Policy(h.ctx)
	h.ok(err)
	for bad, why := range map[string]string{
		"Ab3-":            "too short",
		"abcdefghij12":    "two kinds of characters",
		"Zhang.Dong-2026": "holds the login",
		"李四9Aa-hello":     "holds the name",
		"Password123":     "a common word and figures",
		"P@ssw0rd2026":    "the same in disguise",
		"Admin@12345":     "a common word and a run",
		"Dangyuan1921":    "a word everybody here thinks of",
		"Aa1Aa1Aa1Aa1":    "few different characters",
	} {
		if err := policy.CheckPassword("zhang.dong", "李四", bad); fault.Of(err) != fault.Invalid {
			t.Errorf("%s (%s) is accepted", bad, why)
		}
	}
	for _, good := range []string{password, "石桥镇 Abc-97 小河", "x7#Kd02mQpv", "correct Horse 9 staple"} {
		h.ok(policy.CheckPassword("zhang.dong", "李四", good))
	}
}

func TestChangingThePasswordAsksForTheOldOne(t *testing.T) {
	h := sqlite(t)
	p := h.secretary()
	text, _, err := h.door.IssueToken(h.ctx, p, "r", "接口", h.clock.Now().Add(time.Hour))
	h.ok(err)
	err = h.door.SetPassword(h.ctx, p, here, "wrong", "Another-77 word")
	h.refused(err, fault.Invalid, access.RuleWrong)
	if f := fault.As(err); f.Field != "old" {
		t.Errorf("field %q", f.Field)
	}
	h.refused(h.door.SetPassword(h.ctx, p, here, password, password), fault.Invalid, "")
	h.ok(h.door.SetPassword(h.ctx, p, here, password, "Another-77 word"))
	_, err = h.door.SignIn(h.ctx, "dongjie", password, here)
	h.refused(err, fault.Invalid, access.RuleWrong)
	_, err = h.door.SignIn(h.ctx, "dongjie", "Another-77 word", here)
	h.ok(err)
	_, err = h.door.Lookup(h.ctx, text)
	h.refused(err, fault.Forbidden, "")
}

func TestSettingsRule(t *testing.T) {
	h := sqlite(t)
	h.secretary()
	security := h.account("anquan", access.SecurityAdmin, "city")
	system := h.account("xitong", access.SystemAdmin, "city")
	h.refused(h.door.SetPolicy(h.ctx, system, "r", access.FailuresAllowed, 3), fault.Forbidden, "A-86")
	h.refused(h.door.SetPolicy(h.ctx, security, "r", access.FailuresAllowed, 99), fault.Invalid, "")
	h.ok(h.door.SetPolicy(h.ctx, security, "r", access.FailuresAllowed, 3))
	for range 2 {
		_, err := h.door.SignIn(h.ctx, "dongjie", "wrong", access.From{})
		h.refused(err, fault.Invalid, access.RuleWrong)
	}
	_, err := h.door.SignIn(h.ctx, "dongjie", "wrong", access.From{})
	h.refused(err, fault.Unavailable, access.RuleLocked)
}
