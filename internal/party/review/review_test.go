package review_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var (
	ctx     = context.Background()
	because = member.Basis{Reason: "核对原件", Document: "毕业证书"}
)

type facts = map[roster.Column]string

// subject is the n-th member of the first branch who has no account.
func subject(t testing.TB, c *demotest.City, n int) member.Member {
	t.Helper()
	list, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Org(c.Accounts[0].Organisation).Path, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Items {
		var one int
		held, err := c.Everything().One(ctx, "SELECT 1 FROM {account} WHERE member_id = ?", []any{m.ID}, &one)
		if err != nil {
			t.Fatal(err)
		}
		if held {
			continue
		}
		if n--; n < 0 {
			return m
		}
	}
	t.Fatal("no such member")
	return member.Member{}
}

func read(t testing.TB, c *demotest.City, id string) member.Member {
	t.Helper()
	m, err := c.Members.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func item(t testing.TB, c *demotest.City, a ledger.Actor, id string) *review.Item {
	t.Helper()
	it, err := c.Reviews.Item(ctx, c.DB.As(a.Scope), a, id)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func approve(t testing.TB, c *demotest.City, a ledger.Actor, id string) error {
	t.Helper()
	return c.Reviews.Approve(ctx, a, id, item(t, c, a, id).Version)
}

func propose(t testing.TB, c *demotest.City, a ledger.Actor, m member.Member, values facts) string {
	t.Helper()
	out, problems, err := c.Reviews.Mend(ctx, a, m.ID, m.Version, values, because)
	if err != nil || roster.Rejected(problems) || out.ID == "" || out.Acted {
		t.Fatal(out, problems, err)
	}
	return out.ID
}

// bind makes an account that of a member.
func bind(t testing.TB, c *demotest.City, account, memberID string) {
	t.Helper()
	change(t, c, "account", account, store.Set("member_id", memberID))
}

func change(t testing.TB, c *demotest.City, table, id string, set ...store.Value) {
	t.Helper()
	err := c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, table, store.ByID(id), set...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAChangeWaitsForASecondPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, other := c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("organisation-department")
		m := subject(t, c, 0)
		id := propose(t, c, worker, m, facts{roster.Education: "大专", roster.Occupation: "村医"})
		if got := read(t, c, m.ID); got.Version != m.Version || got.Occupation != m.Occupation {
			t.Error("the record has changed before anybody approved")
		}
		if err := approve(t, c, worker, id); fault.Of(err) != fault.Forbidden {
			t.Errorf("approved by whoever proposed it: %v", err)
		}
		shown := item(t, c, reviewer, id)
		if shown.Change.New[roster.Occupation] != "村医" || shown.Change.Old[roster.Occupation] != m.Occupation || len(shown.Change.Fields) != 2 {
			t.Errorf("shown %+v", shown.Change)
		}
		if err := c.Reviews.Approve(ctx, reviewer, id, shown.Version-1); fault.Of(err) != fault.Conflict {
			t.Errorf("an older version: %v", err)
		}
		if err := c.Reviews.Approve(ctx, reviewer, id, shown.Version); err != nil {
			t.Fatal(err)
		}
		got := read(t, c, m.ID)
		if got.Occupation != "村医" || got.Review != member.Reviewed || got.Version != m.Version+1 {
			t.Errorf("after approval: %+v", got)
		}
		if err := c.Reviews.Approve(ctx, other, id, shown.Version+2); fault.Of(err) != fault.Conflict {
			t.Errorf("approved twice: %v", err)
		}
		key := facts{roster.Joined: got.Joined.AddDays(-1).String()}
		if _, _, err := c.Reviews.Mend(ctx, worker, m.ID, got.Version, key, member.Basis{Reason: "核对"}); fault.As(err) == nil || fault.As(err).Field != "document" {
			t.Errorf("a key fact without a document: %v", err)
		}
		c.Sound()
	})
}

// TestOnePersonIsOnePerson: neither a second account of whoever entered nor the member herself decides, and what they
// are refused is refused in the transaction, by what the accounts are then.
func TestOnePersonIsOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		m, somebody := subject(t, c, 0), subject(t, c, 1)
		id := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
		version := item(t, c, reviewer, id).Version
		bind(t, c, worker.Account, somebody.ID)
		bind(t, c, reviewer.Account, somebody.ID)
		if err := c.Reviews.Approve(ctx, reviewer, id, version); fault.Of(err) != fault.Forbidden || fault.As(err).Rule != "H-09" {
			t.Errorf("by a second account: %v", err)
		}
		if err := c.Reviews.Return(ctx, reviewer, id, version, "试"); fault.Of(err) != fault.Forbidden {
			t.Errorf("returned by a second account: %v", err)
		}
		bind(t, c, reviewer.Account, m.ID) // now the member herself
		if err := c.Reviews.Approve(ctx, reviewer, id, version); fault.Of(err) != fault.Forbidden {
			t.Errorf("by the member: %v", err)
		}
		bind(t, c, reviewer.Account, "")
		if err := c.Reviews.Approve(ctx, reviewer, id, version); err != nil {
			t.Error(err)
		}
	})
}

// TestThePostWasLostAMinuteAgo: the role is asked for again when the approval is written.
func TestThePostWasLostAMinuteAgo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		person := c.Person("reviewer", 1)
		reviewer := person.Actor("test")
		m := subject(t, c, 0)
		id := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
		version := item(t, c, reviewer, id).Version
		if _, err := c.Access.Person(ctx, reviewer.Account); err != nil { // held for seconds
			t.Fatal(err)
		}
		for _, g := range person.Grants {
			change(t, c, "grant", g.ID, store.Set("to_on", demotest.On.AddDays(-1).String()))
		}
		if err := c.Reviews.Approve(ctx, reviewer, id, version); err == nil {
			t.Error("approved with a role that was taken back")
		}
		if read(t, c, m.ID).Version != m.Version {
			t.Error("the record has changed")
		}
		c.Sound()
	})
}

// TestTwoDecideAtOnce: one of them decides, the other learns it; nothing is half applied.
func TestTwoDecideAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, one, two := c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("organisation-department")
		for n := range 4 {
			m := subject(t, c, n)
			id := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
			version := item(t, c, one, id).Version
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i, act := range []func() error{
				func() error { return c.Reviews.Approve(ctx, one, id, version) },
				func() error {
					if n%2 == 0 {
						return c.Reviews.Approve(ctx, two, id, version)
					}
					return c.Reviews.Return(ctx, two, id, version, "请附证书")
				},
			} {
				wg.Add(1)
				go func() { defer wg.Done(); errs[i] = act() }()
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || fault.Of(errors.Join(errs...)) != fault.Conflict {
				t.Errorf("%v", errs)
			}
			got := read(t, c, m.ID)
			approved := errs[0] == nil || n%2 == 0
			if approved != (got.Occupation == "村医") || approved != (got.Version == m.Version+1) {
				t.Errorf("approved %v, record %+v", approved, got)
			}
		}
		c.Sound()
	})
}

// TestReviewerAgainstMender: what is mended while a reviewer looks is not approved unseen.
func TestReviewerAgainstMender(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		m := subject(t, c, 0)
		first := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
		if _, _, err := c.Reviews.Mend(ctx, c.Actor("branch-secretary"), m.ID, m.Version, facts{roster.Occupation: "教师"}, because); fault.Of(err) != fault.Conflict {
			t.Errorf("a second proposal about the same: %v", err)
		}
		second := propose(t, c, worker, m, facts{roster.Education: "大专"})
		version := item(t, c, reviewer, first).Version
		if err := approve(t, c, reviewer, second); err != nil {
			t.Fatal(err)
		}
		if err := c.Reviews.Approve(ctx, reviewer, first, version); fault.Of(err) != fault.Conflict {
			t.Errorf("approved a record that is no longer what was shown: %v", err)
		}
		if err := approve(t, c, reviewer, first); err != nil { // looked at again
			t.Error(err)
		}
		c.Sound()
	})
}

func TestANewRecordIsReturnedMendedApproved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		values := facts{roster.Name: "单雄信", roster.IDNumber: "660101198501011230", roster.Category: "正式党员", roster.Joined: "2010-07-01", roster.Confirmed: "2011-07-01"}
		values[roster.IDNumber] = valid(values[roster.IDNumber])
		id, problems, err := c.Reviews.Add(ctx, worker, c.Org(c.Accounts[0].Organisation).ID, values, because)
		if err != nil || roster.Rejected(problems) {
			t.Fatal(problems, err)
		}
		if err := c.Reviews.Return(ctx, reviewer, id, item(t, c, reviewer, id).Version, "请核对学历"); err != nil {
			t.Fatal(err)
		}
		if m := read(t, c, id); m.Review != member.Returned {
			t.Fatal(m.Review)
		}
		if it := item(t, c, worker, id); it.Answer != "请核对学历" || it.By != reviewer.Name {
			t.Errorf("%q by %q", it.Answer, it.By)
		}
		if err := approve(t, c, reviewer, id); fault.Of(err) != fault.Conflict {
			t.Errorf("a returned record was approved unmended: %v", err)
		}
		out, _, err := c.Reviews.Mend(ctx, worker, id, read(t, c, id).Version, facts{roster.Education: "大专"}, because)
		if err != nil || !out.Acted {
			t.Fatal(out, err)
		}
		if err := approve(t, c, worker, id); fault.Of(err) != fault.Forbidden {
			t.Errorf("approved by whoever entered it: %v", err)
		}
		if err := approve(t, c, reviewer, id); err != nil {
			t.Fatal(err)
		}
		if m := read(t, c, id); m.Review != member.Reviewed {
			t.Error(m.Review)
		}
		c.Sound()
	})
}

// valid gives a citizen ID number its check digit.
func valid(n string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(n[i]-'0') * w
	}
	return n[:17] + string("10X98765432"[sum%11])
}

// TestACorrectionGoesBack: a reviewer who corrects becomes the one who entered it; whoever had entered it confirms.
func TestACorrectionGoesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer := c.Actor("party-worker"), c.Actor("reviewer")
		m := subject(t, c, 0)
		id := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
		if _, _, err := c.Reviews.Correct(ctx, reviewer, id, item(t, c, reviewer, id).Version, facts{roster.Occupation: "乡村医生"}, because); err != nil {
			t.Fatal(err)
		}
		if err := approve(t, c, reviewer, id); fault.Of(err) != fault.Forbidden {
			t.Errorf("the reviewer approved her own correction: %v", err)
		}
		if err := approve(t, c, worker, id); err != nil {
			t.Fatal(err)
		}
		if got := read(t, c, m.ID); got.Occupation != "乡村医生" {
			t.Error(got.Occupation)
		}
		c.Sound()
	})
}

// TestAMembersOwnRequest is confirmed by her branch, and by nobody who is she.
func TestAMembersOwnRequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		person := c.Person("member", 1)
		her := person.Actor("test")
		m := read(t, c, her.Member)
		out, problems, err := c.Reviews.Request(ctx, her, m.Version, facts{roster.Occupation: "返乡创业"}, because, nil)
		if err != nil || out.ID == "" {
			t.Fatal(problems, err)
		}
		if err := approve(t, c, her, out.ID); err == nil {
			t.Error("she approved her own request")
		}
		it := item(t, c, her, out.ID)
		if it.Proposal.Level != review.Branch || it.Proposal.Owner != m.OrgID {
			t.Errorf("asked: %+v", it.Proposal)
		}
		secretary := c.Person("branch-secretary", 1)
		if secretary.Grants[0].Org != m.OrgID {
			t.Fatal("the demo's member is of another branch")
		}
		if err := approve(t, c, secretary.Actor("test"), out.ID); err != nil {
			t.Fatal(err)
		}
		if got := read(t, c, m.ID); got.Occupation != "返乡创业" {
			t.Error("not corrected")
		}
		c.Sound()
	})
}

// TestWhatWaitsTooLongGoesUp: the owner is the nearest organisation with a reviewer, later the next above.
func TestWhatWaitsTooLongGoesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		m := subject(t, c, 0)
		id := propose(t, c, worker, m, facts{roster.Occupation: "村医"})
		before := item(t, c, worker, id).Proposal
		c.Members.Clock = civil.StartingAt(c.Members.Clock.Now().Add(8 * 24 * time.Hour))
		if n, err := c.Reviews.EscalateDue(ctx); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		after := item(t, c, worker, id).Proposal
		if after.Owner == before.Owner && !after.Escalates.IsZero() || after.Version != before.Version {
			t.Errorf("before %s, after %s", before.Owner, after.Owner)
		}
		if n, err := c.Reviews.EscalateDue(ctx); err != nil || n != 0 {
			t.Error("escalated twice", n, err)
		}
	})
}

// TestTheQueueMeetsEverythingOnce: changes and records, page by page.
func TestTheQueueMeetsEverythingOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		want := map[string]bool{}
		for n := range 5 {
			want[propose(t, c, worker, subject(t, c, n), facts{roster.Occupation: "村医"})] = true
		}
		for n := range 4 {
			m := subject(t, c, 10+n)
			change(t, c, "member", m.ID, store.Set("review", "pending"), store.Set("version", m.Version+1))
			want[m.ID] = true
		}
		r := c.DB.As(c.Actor("reviewer").Scope)
		mine := map[string]bool{} // three of them are asked of another organisation
		other := c.Org(c.Accounts[1].Organisation).ID
		for id := range want {
			if m, err := c.Members.ByID(ctx, c.Everything(), id); err == nil && m.ID == id || len(mine) == 3 {
				continue
			}
			change(t, c, "proposal", id, store.Set("owner_id", other))
			mine[id] = true
		}
		for _, limit := range []int{1, 2, 3, 5, 50, -1, -2, -3, -4, -50} {
			seen := map[string]bool{}
			f := review.Filter{Limit: limit}
			if limit < 0 { // the reader's own first, however many pages that takes
				f.Limit, f.First = -limit, []string{other}
			}
			for {
				page, err := c.Reviews.Queue(ctx, r, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range page.Lines {
					if seen[l.ID] || !want[l.ID] || l.Owner == "" {
						t.Errorf("%+v", l)
					}
					if f.First != nil && mine[l.ID] != (len(seen) < len(mine)) {
						t.Errorf("by %d: %s comes as number %d", f.Limit, l.ID, len(seen)+1)
					}
					seen[l.ID] = true
				}
				if page.Next == "" {
					break
				}
				f.After = page.Next
			}
			if len(seen) != len(want) {
				t.Errorf("by %d: %d of %d", limit, len(seen), len(want))
			}
		}
		n, err := c.Reviews.Count(ctx, r, review.Filter{})
		if err != nil || n.Changes != 5 || n.Records != 4 {
			t.Errorf("%+v, %v", n, err)
		}
	})
}
