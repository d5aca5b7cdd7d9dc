package request_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/request"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

var (
	because = member.Basis{Reason: "核对材料"}
	sameMan = member.Basis{Reason: "两处登记的是同一个人", Document: "户口簿"}
)

func read(t testing.TB, c *demotest.City, id string) member.Member {
	t.Helper()
	m, err := c.Members.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plain gives active members of the town without an account.
func plain(t testing.TB, c *demotest.City) (out []member.Member) {
	t.Helper()
	list, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Town().Path, Limit: 200, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Items {
		var one int
		held, err := c.Everything().One(ctx, "SELECT 1 FROM {account} WHERE member_id = ?", []any{m.ID}, &one)
		if err != nil {
			t.Fatal(err)
		}
		if !held && m.Review == member.Reviewed {
			out = append(out, m)
		}
	}
	return out
}

// approve lets somebody approve what waits.
func approve(c *demotest.City, who ledger.Actor, id string) error {
	it, err := c.Reviews.Item(ctx, c.DB.As(who.Scope), who, id)
	if err == nil {
		err = c.Reviews.Approve(ctx, who, id, it.Version)
	}
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mend proposes a correction of one fact.
func mend(t testing.TB, c *demotest.City, who ledger.Actor, id string, field roster.Column, value string) string {
	t.Helper()
	out, problems, err := c.Reviews.Mend(ctx, who, id, read(t, c, id).Version, map[roster.Column]string{field: value}, because)
	if err != nil || out.ID == "" || roster.Rejected(problems) {
		t.Fatal(out, problems, err)
	}
	return out.ID
}

// waits is all that waits about a record, with what it says, opened.
func waits(t testing.TB, c *demotest.City, id string) (out []string) {
	t.Helper()
	items, err := c.Reviews.Proposed(ctx, c.Everything(), read(t, c, id))
	must(t, err)
	for _, it := range items {
		p := it.Proposal
		text := fmt.Sprint("proposal ", p.ID, p.Kind, p.State, p.Fields, it.Change.New, it.Answer, p.Own())
		if it.Change.Entry != nil {
			text += it.Change.Entry.Text
		}
		out = append(out, text)
	}
	asked, err := c.Requests.Of(ctx, c.Everything(), id)
	must(t, err)
	for _, q := range asked {
		out = append(out, fmt.Sprint("request ", q.ID, q.Kind, q.State, q.Content, q.Answer, q.Due))
	}
	doubts, err := c.Stewards.Of(ctx, c.Everything(), id)
	must(t, err)
	for _, d := range doubts {
		one, err := c.Stewards.ByID(ctx, c.Everything(), d.ID)
		must(t, err)
		out = append(out, fmt.Sprint("dispute ", d.ID, d.Field, d.State, one.Text, d.Due))
	}
	slices.Sort(out)
	return out
}

// holding counts what contains every one of some texts.
func holding(list []string, texts ...string) (n int) {
	for _, l := range list {
		if !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(l, s) }) {
			n++
		}
	}
	return n
}

// TestWhatWaitsGoesAlong: corrections, facts, requests and disputes about a record wait on when it goes into another one;
// what cannot is given back with the reason; made two again all of it is as it was.
func TestWhatWaitsGoesAlong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, her := c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("member")
		other := her.Member
		list := plain(t, c)
		kept := list[0].ID
		for _, m := range list {
			if m.OrgID != read(t, c, other).OrgID {
				kept = m.ID
			}
		}
		honour, err := c.Reviews.AddFact(ctx, worker, other, member.NewFact{Kind: member.Honour, From: civil.MustParse("2021-07-01"), Text: "优秀共产党员", Reason: "旧档案", Document: "证书"})
		must(t, err)
		must(t, approve(c, reviewer, honour.ID))
		facts, err := c.Members.Facts(ctx, c.Everything(), other)
		must(t, err)
		// What waits about both.
		mend(t, c, worker, kept, roster.Education, "大专")
		clash := mend(t, c, worker, other, roster.Education, "中专")
		follows := mend(t, c, worker, other, roster.Address, "幸福路 1 号")
		own, problems, err := c.Reviews.Request(ctx, her, read(t, c, other).Version, map[roster.Column]string{roster.Occupation: "退休教师"}, because, nil)
		if err != nil || roster.Rejected(problems) {
			t.Fatal(problems, err)
		}
		back, err := c.Reviews.RetireFact(ctx, worker, other, facts[0].ID, facts[0].Version, "登记错了")
		must(t, err)
		moved, err := c.Reviews.Move(ctx, worker, other, read(t, c, other).Version, read(t, c, list[0].ID).OrgID, sameMan)
		if fault.Of(err) == fault.Invalid { // she is there already
			moved, err = c.Reviews.Move(ctx, worker, other, read(t, c, other).Version, read(t, c, kept).OrgID, sameMan)
		}
		must(t, err)
		explain, err := c.Requests.Ask(ctx, her, request.Explain, "这条记录从哪里来的")
		must(t, err)
		doubt, err := c.Stewards.Raise(ctx, worker, other, roster.Joined, "与入党志愿书不一致")
		must(t, err)
		hers, his := waits(t, c, other), waits(t, c, kept)

		for round := range 2 { // it can be undone, and done again
			united, err := c.Reviews.Unite(ctx, worker, member.Unite{Kept: kept, Other: other, Basis: sameMan})
			must(t, err)
			must(t, approve(c, reviewer, united.ID))
			now, left := waits(t, c, kept), waits(t, c, other)
			for _, id := range []string{follows, own.ID, back.ID, explain, doubt} {
				if holding(now, id) != 1 || holding(left, id) != 0 {
					t.Errorf("%s did not go along: %q, left %q", id, now, left)
				}
			}
			for _, text := range []string{"幸福路 1 号", "退休教师", "这条记录从哪里来的", "与入党志愿书不一致"} {
				if holding(now, text) != 1 {
					t.Errorf("%s is lost: %q", text, now)
				}
			}
			for _, id := range []string{clash, moved.ID} {
				if holding(left, id, string(review.Returned), "已经并入") != 1 {
					t.Errorf("%s was not given back with the reason: %q", id, left)
				}
			}
			if it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, follows); err != nil || roster.Rejected(it.Problems) || it.Change == nil {
				t.Errorf("cannot be decided any more: %+v, %v", it, err)
			}
			if it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, back.ID); err != nil || roster.Rejected(it.Problems) || it.Change == nil {
				t.Errorf("the fact cannot be taken back any more: %+v, %v", it, err)
			}
			if err := approve(c, c.Actor("member"), follows); err == nil {
				t.Error("she approved a change of her own record")
			}
			if round == 1 {
				break
			}
			apart, err := c.Reviews.Separate(ctx, worker, other, sameMan)
			must(t, err)
			must(t, approve(c, reviewer, apart.ID))
			if got := waits(t, c, other); !slices.Equal(got, hers) {
				t.Fatalf("of hers there is\n%q, there was\n%q", got, hers)
			}
			if got := waits(t, c, kept); !slices.Equal(got, his) {
				t.Fatalf("of his there is\n%q, there was\n%q", got, his)
			}
		}
		must(t, approve(c, reviewer, back.ID))
		must(t, approve(c, reviewer, follows))
		facts, err = c.Members.Facts(ctx, c.Everything(), kept)
		must(t, err)
		for _, f := range facts {
			if f.Kind == member.Honour && f.Retired.IsZero() {
				t.Error("the fact still stands")
			}
		}
		values, err := c.Members.Content(ctx, read(t, c, kept))
		if err != nil || values[roster.Address] != "幸福路 1 号" {
			t.Errorf("%q, %v", values[roster.Address], err)
		}
		c.Sound()
	})
}

// TestARestrictionHoldsForBothRecords: granted after the union on what was asked for before it, it holds for the record that
// goes on and for the one that ended; a record that is restricted meanwhile is not united; made two again it is hers alone.
func TestARestrictionHoldsForBothRecords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, reviewer, her := c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("member")
		kept, other, until := plain(t, c)[0].ID, her.Member, demotest.On.AddDays(60)
		usable := func(id string) bool {
			t.Helper()
			err := c.Members.Usable(ctx, c.DB.As(worker.Scope), worker, id)
			x, xerr := c.Requests.RestrictionOf(ctx, c.Everything(), id, demotest.On)
			must(t, xerr)
			if (err == nil) != (x == nil) {
				t.Errorf("one says %v, the other %+v", err, x)
			}
			return err == nil
		}
		restrict := func() {
			t.Helper()
			id, err := c.Requests.Ask(ctx, c.Actor("member"), request.Restrict, "核实以前不要使用")
			must(t, err)
			must(t, c.Requests.Reply(ctx, worker, id, 1, request.Reply{Grant: true, Until: until}))
		}
		union := member.Unite{Kept: kept, Other: other, Basis: sameMan}
		united, err := c.Reviews.Unite(ctx, worker, union)
		must(t, err)
		restrict()
		if err := approve(c, reviewer, united.ID); fault.Of(err) != fault.Conflict {
			t.Errorf("a restricted record was united: %v", err)
		}
		must(t, c.Requests.Lift(ctx, her, other, ""))
		asked, err := c.Requests.Ask(ctx, her, request.Restrict, "请先核实")
		must(t, err)
		must(t, approve(c, reviewer, united.ID))
		apart, err := c.Reviews.Separate(ctx, worker, other, sameMan)
		must(t, err)
		q, err := c.Requests.ByID(ctx, c.Everything(), asked)
		if err != nil || q.Member != kept || q.Content != "请先核实" {
			t.Fatalf("%+v, %v", q, err)
		}
		if !usable(kept) || !usable(other) {
			t.Error("restricted before anybody had granted it")
		}
		must(t, c.Requests.Reply(ctx, worker, asked, q.Version, request.Reply{Grant: true, Until: until}))
		if usable(kept) || usable(other) {
			t.Error("a restriction holds for one record only")
		}
		exported := map[string]bool{}
		_, err = c.Members.Export(ctx, ledger.System("test"), member.Export{Filter: member.Filter{On: demotest.On}, Purpose: "核对", Columns: []roster.Column{roster.IDNumber}},
			func(r roster.Record) error { exported[string(r.IDNumber)] = true; return nil })
		must(t, err)
		values, err := c.Members.Content(ctx, read(t, c, kept))
		if err != nil || exported[values[roster.IDNumber]] {
			t.Errorf("a restricted record was taken out, %v", err)
		}
		must(t, approve(c, reviewer, apart.ID))
		if usable(other) || !usable(kept) {
			t.Error("made two again it is not hers alone")
		}
		must(t, c.Requests.Lift(ctx, c.Actor("member"), other, ""))
		if !usable(other) || !usable(kept) {
			t.Error("lifted, and still restricted")
		}
		c.Sound()
	})
}

// TestAccountsOfUnitedRecordsAreOnePerson: whoever entered something by the account of one record does not review it by that
// of the other, whether it was entered before the union or after; nor by a third account that is known by the other's number.
func TestAccountsOfUnitedRecordsAreOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		enters := c.Actor("branch-secretary")
		list := plain(t, c)
		kept, other := list[0], list[1]
		about := list[slices.IndexFunc(list[2:], func(m member.Member) bool { return strings.HasPrefix(m.OrgPath, enters.Scope.Paths()[0]) })+2]
		bind := func(account, to string) {
			t.Helper()
			must(t, c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "account", store.ByID(account), store.Set("member_id", to))
				return err
			}))
			c.Access.Forget(account)
		}
		bind(enters.Account, kept.ID)
		bind(c.Actor("organisation-department").Account, other.ID)
		values, err := c.Members.Content(ctx, other)
		must(t, err)
		ids, err := c.Access.Install(ctx, ledger.System("test"), []access.Installed{
			{NewAccount: access.NewAccount{Login: "by-number", Name: "凭号码的人", Org: c.Town().ID, Number: values[roster.IDNumber]}}})
		must(t, err)
		enters = c.Actor("branch-secretary")
		reviewer, numbered := c.Actor("organisation-department"), ids[0]
		alike := func(a, b string) access.Likeness {
			t.Helper()
			l, err := access.SamePerson(ctx, c.Everything(), a, b)
			must(t, err)
			back, err := access.SamePerson(ctx, c.Everything(), b, a)
			must(t, err)
			if l != back {
				t.Errorf("%d one way, %d the other", l, back)
			}
			return l
		}
		if alike(reviewer.Account, enters.Account) != access.Apart || alike(enters.Account, numbered) != access.Apart {
			t.Fatal("two records, and one person already")
		}
		before := mend(t, c, enters, about.ID, roster.Occupation, "会计")
		united, err := c.Reviews.Unite(ctx, c.Actor("party-worker"), member.Unite{Kept: kept.ID, Other: other.ID, Basis: sameMan})
		must(t, err)
		must(t, approve(c, c.Actor("reviewer"), united.ID))
		after := mend(t, c, c.Actor("branch-secretary"), about.ID, roster.Education, "大专")
		if alike(reviewer.Account, enters.Account) != access.Same || alike(enters.Account, numbered) != access.Same || alike(enters.Account, c.Actor("reviewer").Account) == access.Same {
			t.Error("the union makes no one person of its accounts")
		}
		if l, err := access.IsMember(ctx, c.Everything(), numbered, kept.ID); err != nil || l != access.Same {
			t.Errorf("known by the other's number, and not the member: %d, %v", l, err)
		}
		for _, id := range []string{before, after} {
			// As she was signed in before the union, and as she is now.
			for _, who := range []ledger.Actor{reviewer, c.Actor("organisation-department")} {
				if err := approve(c, who, id); fault.As(err) == nil || fault.As(err).Rule != "H-09" {
					t.Errorf("reviewed by a second account of who entered it: %v", err)
				}
			}
		}
		apart, err := c.Reviews.Separate(ctx, c.Actor("party-worker"), other.ID, sameMan)
		must(t, err)
		must(t, approve(c, c.Actor("reviewer"), apart.ID))
		if alike(reviewer.Account, enters.Account) != access.Apart || alike(enters.Account, numbered) != access.Apart {
			t.Error("made two again, and still one person")
		}
		must(t, approve(c, c.Actor("organisation-department"), before))
		c.Sound()
	})
}

// TestRequestsFollowAMove: whoever keeps the record answers, and a restriction stands where the record stands.
func TestRequestsFollowAMove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, her := c.Actor("party-worker"), c.Actor("member")
		m := read(t, c, her.Member)
		var to member.Member
		for _, to = range plain(t, c) {
			if to.OrgID != m.OrgID {
				break
			}
		}
		id, err := c.Requests.Ask(ctx, her, request.Restrict, "核实以前不要使用")
		must(t, err)
		must(t, c.Requests.Reply(ctx, worker, id, 1, request.Reply{Grant: true, Until: demotest.On.AddDays(9)}))
		out, err := c.Reviews.Move(ctx, worker, m.ID, m.Version, to.OrgID, sameMan)
		must(t, err)
		must(t, approve(c, c.Actor("reviewer"), out.ID))
		for _, table := range []string{"request", "restriction"} {
			var at string
			if _, err := c.Everything().One(ctx, "SELECT org_path FROM {"+table+"} WHERE member_id = ?", []any{m.ID}, &at); err != nil || at != to.OrgPath {
				t.Errorf("the %s stands at %s, the record at %s, %v", table, at, to.OrgPath, err)
			}
		}
		c.Sound()
	})
}
