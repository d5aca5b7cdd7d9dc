package installation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/review"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// of is what rooms know of a member besides the record: entries, decisions on duties, payments, bases with what is sealed in
// them, and what she was told.
func of(t *rapid.T, c *demotest.City, id string) (out []string) {
	for what, query := range map[string]string{
		"entry":   "SELECT id, kind, on_date, detail, retired_at FROM {entry} WHERE member_id = ?",
		"waiver":  "SELECT id, duty, due_on, reason, retired_at FROM {waiver} WHERE member_id = ?",
		"payment": "SELECT id, org_id, org_path, receipt, sum_fen FROM {payment} WHERE member_id = ?",
		"notice":  "SELECT id, kind, about, detail, at FROM {notice} WHERE to_id = ?",
		"reach":   "SELECT channel, channel, channel, channel, off FROM {reach} WHERE to_id = ?",
	} {
		err := c.Everything().Each(ctx, query, []any{id}, func(row store.Row) error {
			var a, b, d, e string
			var n int64
			err := row.Scan(&a, &b, &d, &e, &n)
			out = append(out, fmt.Sprint(what, " ", a, b, d, e, n))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := c.Dues.Of(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		out = append(out, fmt.Sprint("assessment ", a.ID, a.Kind, a.From, a.To, a.State, a.Content))
	}
	slices.Sort(out)
	return out
}

// TestWhatRoomsKnowGoesAlong: whatever was entered, decided, paid and told of two records stands at the one that is kept when they
// become one, and nothing at the other, but bases of months for which both have one; made two again, each has its own, with what
// was corrected meanwhile; what is due follows, and what is kept of it agrees.
func TestWhatRoomsKnowGoesAlong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		secretaries := map[string]ledger.Actor{}
		people := map[string][]string{}
		for n := 1; n <= 2; n++ {
			p := c.Person("branch-secretary", n)
			secretaries[p.Grants[0].Org] = p.Actor("test")
			err := c.Everything().Each(ctx, "SELECT m.id FROM {member} m WHERE m.org_id = ? AND m.state = 'active' AND m.review = 'reviewed' AND NOT EXISTS (SELECT 1 FROM {account} a WHERE a.member_id = m.id) ORDER BY m.id", []any{p.Grants[0].Org}, func(row store.Row) error {
				var id string
				err := row.Scan(&id)
				people[p.Grants[0].Org] = append(people[p.Grants[0].Org], id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Duties.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			b := &belonging{c: c, secretaries: secretaries}
			var ids []string
			for branch, list := range people {
				id := rapid.SampledFrom(list[:6]).Draw(t, "member")
				ids = append(ids, id)
				for range rapid.IntRange(0, 3).Draw(t, "things") {
					b.happens(t, branch, id)
				}
			}
			slices.Sort(ids)
			ids = rapid.Permutation(ids).Draw(t, "kept, other")
			b.unites(t, ids[0], ids[1])
		})
		c.Sound()
		differ := 0
		compared, err := c.Duties.Compare(ctx, c.Everything(), 0, func(string, string, duty.Mark, duty.Mark) { differ++ })
		if err != nil || !compared.Kept || differ > 0 {
			t.Errorf("what is kept differs in %d places: %+v, %v", differ, compared, err)
		}
	})
}

type belonging struct {
	c           *demotest.City
	secretaries map[string]ledger.Actor // by branch
	mended      []string                // an entry that was corrected, and the correction
}

// happens lets something happen to a member.
func (b *belonging) happens(t *rapid.T, branch, id string) {
	c, by, on := b.c, b.secretaries[branch], demotest.On.AddDays(-rapid.IntRange(0, 20).Draw(t, "days ago"))
	var err error
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		_, err = c.Logbook.Add(ctx, by, logbook.New{Org: branch, People: []string{id}, Kind: timeline.Studied, On: on, Fields: logbook.Fields{Hours: "2.5"}})
	case 1:
		_, err = c.Duties.Waive(ctx, c.Actor("party-worker"), duty.Waiving{Org: branch, Person: id, Duty: timeline.StudyHours, Due: demotest.On.AddDays(38), Reason: "长期出差"})
	case 2:
		_, err = c.Dues.Pay(ctx, by, branch, []duesbook.Paying{{Member: id, On: on, Sum: 1200, Way: duesbook.Cash}})
	case 3:
		content := duesbook.Content{Source: "wage", Income: 300000, Evidence: "工资条"}
		_, err = c.Dues.Propose(ctx, by, branch, []duesbook.New{{Member: id, Kind: duesbook.Base, Year: demotest.On.Year, Content: content}})
	case 4:
		err = c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
			return notice.Give(ctx, tx, c.Ledger, notice.Notice{To: id, Kind: notice.Approved, About: "test"})
		})
	}
	if err != nil && fault.Of(err) != fault.Conflict { // waived, or fixed, already
		t.Fatal(err)
	}
}

// unites makes one record of two and two of one.
func (b *belonging) unites(t *rapid.T, kept, other string) {
	c := b.c
	approve := func(it review.Outcome, err error) {
		if err == nil {
			who := c.Actor("reviewer")
			item, failed := c.Reviews.Item(ctx, c.DB.As(who.Scope), who, it.ID)
			if err = failed; err == nil {
				err = c.Reviews.Approve(ctx, who, it.ID, item.Version)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	his, hers := of(t, c, kept), of(t, c, other)
	basis := member.Basis{Reason: "两处登记的是同一个人", Document: "户口簿"}
	approve(c.Reviews.Unite(ctx, c.Actor("party-worker"), member.Unite{Kept: kept, Other: other, Basis: basis}))
	now, left := of(t, c, kept), of(t, c, other)
	if len(now)+len(left) != len(his)+len(hers) {
		t.Fatalf("of\n%q and\n%q there is\n%q, left\n%q", his, hers, now, left)
	}
	for _, x := range left {
		if !strings.HasPrefix(x, "assessment ") || !slices.ContainsFunc(his, func(h string) bool { return strings.HasPrefix(h, "assessment ") }) {
			t.Fatalf("left behind: %q", x)
		}
	}
	both := slices.Concat(his, hers)
	slices.Sort(both)
	if all := slices.Sorted(slices.Values(slices.Concat(now, left))); !slices.Equal(all, both) {
		t.Fatalf("of\n%q there is\n%q", both, all)
	}
	b.corrected(t, kept, other, func() {
		if _, err := c.Duties.Settle(ctx, 0); err != nil {
			t.Fatal(err)
		}
		approve(c.Reviews.Separate(ctx, c.Actor("party-worker"), other, basis))
	})
	keep := func(list []string) []string { // but for the entry that was corrected
		return slices.DeleteFunc(slices.Clone(list), func(x string) bool {
			return slices.ContainsFunc(b.mended, func(id string) bool { return strings.Contains(x, id) })
		})
	}
	if got := of(t, c, other); !slices.Equal(keep(got), keep(hers)) {
		t.Fatalf("of hers there is\n%q, there was\n%q", got, hers)
	}
	if got := of(t, c, kept); !slices.Equal(keep(got), keep(his)) {
		t.Fatalf("of his there is\n%q, there was\n%q", got, his)
	}
}

// corrected lets an entry of hers be corrected at the record that was kept before they are parted: the correction is hers too.
func (b *belonging) corrected(t *rapid.T, kept, other string, parted func()) {
	c := b.c
	b.mended = nil
	var follows string
	err := c.Everything().Each(ctx, "SELECT id FROM {entry} WHERE member_id = ? AND kind = 'study' AND retired_at = 0 AND follows = '' ORDER BY id LIMIT 1", []any{kept}, func(row store.Row) error { return row.Scan(&follows) })
	if err != nil {
		t.Fatal(err)
	}
	if follows == "" || !rapid.Bool().Draw(t, "corrected") {
		parted()
		return
	}
	old, err := logbook.ByID(ctx, c.Everything(), follows)
	if err != nil {
		t.Fatal(err)
	}
	by := c.Actor("party-worker")
	id, err := c.Logbook.Correct(ctx, by, follows, old.Version, logbook.New{On: old.On, Fields: logbook.Fields{Hours: "3"}, Reason: "记错了学时"})
	if err != nil {
		t.Fatal(err)
	}
	parted()
	now, err := logbook.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	if old, err = logbook.ByID(ctx, c.Everything(), follows); err != nil || old.Member != now.Member || old.OrgPath != now.OrgPath {
		t.Fatalf("an entry is of %s, its correction of %s: %v", old.Member, now.Member, err)
	}
	if err := c.Logbook.Withdraw(ctx, by, id, now.Version, "试"); err != nil {
		t.Fatal(err)
	}
	b.mended = []string{follows, id}
}
