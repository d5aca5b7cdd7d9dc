package ballot_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

// place is the branch of the city's first branch secretary.
func place(t testing.TB, c *demotest.City) org.Organisation {
	t.Helper()
	o, err := org.ByPath(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func opened(t testing.TB, c *demotest.City, n ballot.New) (id string) {
	t.Helper()
	err := c.Ledger.Do(ctx, c.Actor("branch-secretary"), ledger.Act{Kind: "test.open", OrgPath: n.Org.Path, Reason: "test"}, func(tx *store.Tx) (err error) {
		id, err = c.Ballots.Open(ctx, tx, c.Actor("branch-secretary"), n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func three(o org.Organisation) ballot.New {
	return ballot.New{Org: o, Subject: "test", SubjectID: "1", Kind: vote.Election, Way: ballot.Paper, On: demotest.On, Title: "支部委员会", Seats: 2, Entitled: 40,
		Items: []ballot.Item{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}, {ID: "c", Name: "丙"}}}
}

func counted(yes ...int) ballot.Numbers {
	n := ballot.Numbers{Should: 40, Present: 36, Issued: 36, Collected: 36, Invalid: 1}
	for i, y := range yes {
		n.Counts = append(n.Counts, ballot.Count{ID: string(rune('a' + i)), Yes: y, No: 35 - y})
	}
	return n
}

// A count on paper stands when two persons have read the same from the record; until then neither sees what the other read.
func TestTwoPersonsCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		first, second, third := c.Actor("branch-secretary"), c.Actor("party-worker"), c.Actor("organisation-department")
		id := opened(t, c, three(place(t, c)))
		told := 0
		c.Ballots.Final["test"] = func(_ context.Context, _ *store.Tx, _ ledger.Actor, b ballot.Ballot, v []vote.Verdict) error {
			if told++; b.ID != id || !slices.Equal(v[0].Elected, []string{"甲", "乙"}) {
				t.Errorf("%+v %+v", b, v)
			}
			return nil
		}
		if v, err := c.Ballots.Enter(ctx, first, id, counted(30, 21, 19)); err != nil || v.State != ballot.Open || v.Entered != 1 {
			t.Fatalf("%+v %v", v, err)
		}
		if v, err := c.Ballots.Look(ctx, c.DB.As(second.Scope), second.Account, id); err != nil || v.Mine != nil || v.Differ != nil || v.Entered != 1 || v.Numbers.Should != 0 {
			t.Errorf("the second sees %+v %v", v, err)
		}
		v, err := c.Ballots.Enter(ctx, second, id, counted(30, 20, 19))
		if err != nil || v.State != ballot.Open || !slices.Equal(v.Differ, []string{"yes.b", "no.b"}) {
			t.Fatalf("%+v %v", v, err)
		}
		if _, err := c.Ballots.Enter(ctx, third, id, counted(30, 20, 19)); fault.Of(err) != fault.Conflict {
			t.Errorf("a third person: %v", err)
		}
		if v, err = c.Ballots.Enter(ctx, second, id, counted(30, 21, 19)); err != nil || v.State != ballot.Final || told != 1 {
			t.Fatalf("%+v %v, told %d times", v, err, told)
		}
		if _, err := c.Ballots.Enter(ctx, first, id, counted(30, 21, 18)); fault.Of(err) != fault.Conflict {
			t.Errorf("a final count was changed: %v", err)
		}
		if err := c.Ballots.GiveUp(ctx, first, id, v.Version, "重新计"); fault.Of(err) != fault.Conflict {
			t.Errorf("a final count was given up: %v", err)
		}
		c.Sound()
	})
}

// One person has one count, whatever the account; whoever stands for election enters none; a room that refuses the
// result keeps everything as it was.
func TestWhoMayCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		o := place(t, c)
		first, second := c.Actor("branch-secretary"), c.Actor("party-worker")
		n := three(o)
		n.Items[2].Member = first.Member
		if first.Member == "" {
			t.Fatal("the secretary has no record")
		}
		id := opened(t, c, n)
		if _, err := c.Ballots.Enter(ctx, first, id, counted(30, 20, 20)); fault.Of(err) != fault.Forbidden || fault.As(err).Rule != "E-13" {
			t.Errorf("a candidate counts: %v", err)
		}
		id = opened(t, c, three(o))
		if _, err := c.Ballots.Enter(ctx, second, id, counted(30, 20, 20)); err != nil {
			t.Fatal(err)
		}
		err := c.Ledger.Do(ctx, ledger.Actor{Account: second.Account, Name: "test", Scope: store.System("test")}, ledger.Act{Kind: "test.same", OrgPath: o.Path, Reason: "test"}, func(tx *store.Tx) error {
			var member string
			if _, err := tx.One(ctx, "SELECT member_id FROM {account} WHERE id = ?", []any{second.Account}, &member); err != nil {
				return err
			}
			_, err := tx.Update(ctx, "account", store.ByID(c.Person("organisation-department", 1).Account), store.Set("member_id", member))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Ballots.Enter(ctx, c.Actor("organisation-department"), id, counted(30, 20, 20)); fault.Of(err) != fault.Forbidden || fault.As(err).Rule != ballot.RuleTwice {
			t.Errorf("the same person by another account: %v", err)
		}
		c.Ballots.Final["test"] = func(context.Context, *store.Tx, ledger.Actor, ballot.Ballot, []vote.Verdict) error {
			return errors.New("no")
		}
		if _, err := c.Ballots.Enter(ctx, first, id, counted(30, 20, 20)); err == nil {
			t.Error("the room's refusal is lost")
		}
		if v, err := c.Ballots.Look(ctx, c.DB.As(first.Scope), first.Account, id); err != nil || v.Entered != 1 || v.State != ballot.Open {
			t.Errorf("%+v %v", v, err)
		}
		c.Sound()
	})
}

// Shows of hands are entered once; elections and admissions are secret.
func TestHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		n := ballot.New{Org: place(t, c), Subject: "meeting", SubjectID: "1", Kind: vote.Resolution, Way: ballot.Hands, On: demotest.On, Title: "年度计划", Items: []ballot.Item{{ID: "q", Name: "通过年度计划"}}}
		v, err := c.Ballots.Enter(ctx, c.Actor("branch-secretary"), opened(t, c, n), ballot.Numbers{Should: 20, Present: 12, Counts: []ballot.Count{{ID: "q", Yes: 11, No: 1}}})
		if err != nil || v.State != ballot.Final || !v.Judge(c.Rules)[0].Passed {
			t.Errorf("%+v %v", v, err)
		}
		for kind, rule := range map[vote.Type]string{vote.Election: "E-12", vote.Admission: "D-27"} {
			n.Kind = kind
			err := c.Ledger.Do(ctx, c.Actor("branch-secretary"), ledger.Act{Kind: "test.open", OrgPath: n.Org.Path, Reason: "test"}, func(tx *store.Tx) error {
				_, err := c.Ballots.Open(ctx, tx, c.Actor("branch-secretary"), n)
				return err
			})
			if f := fault.As(err); f == nil || f.Rule != rule {
				t.Errorf("%s by hands: %v", kind, err)
			}
		}
	})
}

// What cannot be true is refused where it stands and with the rule.
func TestImpossibleCounts(t *testing.T) {
	b := ballot.Ballot{Kind: vote.Election, Way: ballot.Paper, Seats: 2, Entitled: 40, Items: three(org.Organisation{}).Items}
	for _, x := range []struct {
		field, rule string
		spoil       func(*ballot.Numbers)
	}{
		{"should", "E-07", func(n *ballot.Numbers) { n.Should = 41 }},
		{"should", "E-06", func(n *ballot.Numbers) { n.Should = 0 }},
		{"present", "E-06", func(n *ballot.Numbers) { n.Present = 41 }},
		{"issued", "E-11", func(n *ballot.Numbers) { n.Issued = 37 }},
		{"invalid", "E-11", func(n *ballot.Numbers) { n.Invalid = 37 }},
		{"invalid", "K-24", func(n *ballot.Numbers) { n.Invalid = -1 }},
		{"yes.a", "E-11", func(n *ballot.Numbers) { n.Counts[0].Yes++ }},
		{"yes.a", "E-11", func(n *ballot.Numbers) {
			n.Counts = counted(35, 35, 1).Counts
		}},
		{"written.b", "D-28", func(n *ballot.Numbers) { n.Counts[1].Written = 1 }},
		{"others", "E-11", func(n *ballot.Numbers) { n.Others = []ballot.Other{{"甲", 1}} }},
		{"others", "E-11", func(n *ballot.Numbers) { n.Others = []ballot.Other{{"丁", 1}, {"丁", 1}} }},
		{"others", "E-12", func(n *ballot.Numbers) { n.Others = []ballot.Other{{"丁", 0}} }},
	} {
		n := counted(30, 20, 10)
		x.spoil(&n)
		if f := fault.As(b.Check(n)); f == nil || f.Field != x.field || f.Rule != x.rule {
			t.Errorf("%+v: %+v, not %s by %s", n, f, x.field, x.rule)
		}
	}
	if err := b.Check(counted(30, 20, 10)); err != nil {
		t.Error(err)
	}
}

// More ballots than were given out: the count is true and the vote is void, of every kind.
func TestMoreCollectedThanIssued(t *testing.T) {
	for _, kind := range vote.Types {
		n := ballot.Numbers{Should: 10, Present: 10, Issued: 9, Collected: 10, Counts: []ballot.Count{{ID: "a", Yes: 10}, {ID: "b", No: 10}}}
		b := ballot.Ballot{Kind: kind, Way: ballot.Paper, On: demotest.On, Seats: 1, Items: []ballot.Item{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}}, State: ballot.Final, Numbers: n}
		c := rulebook.Default()
		if err := b.Check(n); err != nil {
			t.Error(kind, err)
		}
		if v := b.Judge(c)[0]; v.Valid || v.Passed || len(v.Elected) > 0 {
			t.Errorf("%s: %+v", kind, v)
		}
	}
}

// Whatever passes the check, the ballots account for every vote; two equal counts never differ, two unequal always do.
func TestCheckedCountsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := ballot.Ballot{Kind: vote.Election, Way: ballot.Paper, Seats: rapid.IntRange(1, 3).Draw(t, "seats"), Items: three(org.Organisation{}).Items}
		draw := func(name string) ballot.Numbers {
			small := func(what string) int { return rapid.IntRange(0, 4).Draw(t, name+what) }
			n := ballot.Numbers{Should: small("should"), Present: small("present"), Issued: small("issued"), Collected: small("collected"), Invalid: small("invalid")}
			for _, item := range b.Items {
				yes := small("yes")
				n.Counts = append(n.Counts, ballot.Count{ID: item.ID, Yes: yes, No: max(0, n.Collected-n.Invalid-yes)})
			}
			return n
		}
		x, y := draw("x"), draw("y")
		same := x.Should == y.Should && x.Present == y.Present && x.Issued == y.Issued && x.Collected == y.Collected && x.Invalid == y.Invalid && slices.Equal(x.Counts, y.Counts)
		if (len(ballot.Differ(x, y)) == 0) != same || len(ballot.Differ(x, x)) > 0 {
			t.Fatalf("%+v and %+v differ in %v", x, y, ballot.Differ(x, y))
		}
		if b.Check(x) != nil {
			return
		}
		sum := 0
		for _, c := range x.Counts {
			if c.Yes+c.No+c.Abstain+x.Invalid != x.Collected {
				t.Fatalf("%+v", x)
			}
			sum += c.Yes
		}
		if sum > b.Seats*(x.Collected-x.Invalid) || x.Issued > x.Present || x.Present > x.Should || x.Should == 0 {
			t.Fatalf("%+v", x)
		}
	})
}
