package member_test

import (
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// later lets everybody see the clock of a day.
func later(c *demotest.City, on civil.Date) {
	clock := civil.FixedOn(on)
	c.Members.Clock, c.Ledger.Clock, c.Ledger.IDs = clock, clock, store.NewIDs(clock, strings.NewReader(strings.Repeat(on.String(), 4096)))
}

// asked are the columns of a list of facts.
func asked(list []member.Aged) (out []roster.Column) {
	for _, a := range list {
		out = append(out, a.Column)
	}
	return out
}

// TestFactsAreAskedAgain: each kind after its months, of the member at most a handful; what is confirmed or changed is not
// asked until it is due once more.
func TestFactsAreAskedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		m := somebody(t, c, func(m member.Member) bool {
			return m.HasMobile() && m.HasAddress() && m.Occupation != "" && m.Education != "" && !m.Care && !m.Floating && m.ID != worker.Member
		})
		own := ledger.Actor{Account: "her-phone", Name: m.Name, Member: m.ID, Scope: store.Self(m.ID, m.OrgPath)}
		ask := func() []roster.Column {
			t.Helper()
			list, err := c.Members.AskMember(ctx, c.Everything(), read(t, c, m.ID))
			if err != nil {
				t.Fatal(err)
			}
			return asked(list)
		}
		if got := ask(); len(got) != 0 {
			t.Errorf("asked on the day of entry: %v", got)
		}
		later(c, demotest.On.AddMonths(12).AddDays(-1))
		if got := ask(); len(got) != 0 {
			t.Errorf("asked a day early: %v", got)
		}
		later(c, demotest.On.AddMonths(12))
		if got := ask(); !slices.Equal(got, []roster.Column{roster.Mobile}) {
			t.Errorf("asked after a year: %v", got)
		}
		for range 2 { // twice is the same as once
			if err := c.Members.Affirm(ctx, own, member.Saying{Member: m.ID, Fields: []roster.Column{roster.Mobile}}); err != nil {
				t.Fatal(err)
			}
		}
		said, err := c.Members.Affirmations(ctx, c.Everything(), m.ID, 9)
		if err != nil || len(said) != 1 || said[0].Actor != m.Name || !said[0].Own || !slices.Equal(said[0].Fields, []roster.Column{roster.Mobile}) {
			t.Errorf("who said it: %+v, %v", said, err)
		}
		if got := ask(); len(got) != 0 {
			t.Errorf("asked again: %v", got)
		}
		later(c, demotest.On.AddMonths(36))
		if got := ask(); len(got) != c.Members.AskedAtOnce() || got[len(got)-1] != roster.Education && len(got) < 4 {
			t.Errorf("asked after three years: %v", got)
		}
		if _, _, err := c.Reviews.Mend(ctx, worker, m.ID, read(t, c, m.ID).Version, map[roster.Column]string{roster.Occupation: "村委会主任"}, because); err != nil {
			t.Fatal(err)
		}
		approveAll(t, c, m.ID)
		if got := ask(); slices.Contains(got, roster.Occupation) {
			t.Errorf("what was just put right is asked: %v", got)
		}
		c.Sound()
	})
}

// TestTheBranchIsAsked about what it answers for, about members it cares for and those without an account.
func TestTheBranchIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		later(c, demotest.On.AddMonths(12))
		everybody := map[string]member.Ask{}
		for after := ""; ; {
			list, next, err := c.Members.AskBranch(ctx, c.DB.As(worker.Scope), c.Town().Path, worker.Member, after, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if _, twice := everybody[a.Member.ID]; twice || len(a.Facts) == 0 {
					t.Errorf("%s: twice %v, facts %v", a.Member.Name, twice, a.Facts)
				}
				everybody[a.Member.ID] = a
			}
			if after = next; after == "" {
				break
			}
		}
		accounts := map[string]bool{}
		err := c.Everything().Each(ctx, "SELECT member_id FROM {account} WHERE member_id <> '' AND state = 'active'", nil, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			accounts[id] = true
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		page, err := c.Members.List(ctx, c.DB.As(worker.Scope), member.Filter{Under: c.Town().Path, Limit: 200, On: demotest.On})
		if err != nil {
			t.Fatal(err)
		}
		n, alone, cared := 0, "", ""
		for _, m := range page.Items {
			want := m.ID != worker.Member && m.Review == member.Reviewed && (m.Floating || m.Care || !accounts[m.ID] && m.HasMobile())
			a, is := everybody[m.ID]
			if is != want {
				t.Errorf("%s: asked %v, want %v", m.Name, is, want)
			}
			if is && accounts[m.ID] && !m.Care && slices.Contains(asked(a.Facts), roster.Mobile) {
				t.Errorf("%s can be asked and the branch is", m.Name)
			}
			if n++; is && !m.Care {
				alone = m.ID
			}
			if m.Care {
				cared = m.ID
			}
		}
		if n == 0 || alone == "" || cared == "" {
			t.Fatal("nobody to look at")
		}
		if list, err := c.Members.AskMember(ctx, c.Everything(), read(t, c, cared)); err != nil || len(list) != 0 {
			t.Errorf("one in need of care is asked: %v, %v", list, err)
		}
		if many, err := c.Members.CountAsk(ctx, c.DB.As(worker.Scope), c.Town().Path, worker.Member, 1000); err != nil || many != len(everybody) {
			t.Errorf("%d counted, %d listed, %v", many, len(everybody), err)
		}
		before, err := c.Members.StaleBelow(ctx, c.Everything(), c.Town().Path, demotest.On.AddMonths(12))
		if err != nil {
			t.Fatal(err)
		}
		m := everybody[alone].Member
		if err := c.Members.Affirm(ctx, worker, member.Saying{Member: alone, Fields: asked(everybody[alone].Facts)}); err != nil {
			t.Fatal(err)
		}
		now, err := c.Members.StaleBelow(ctx, c.Everything(), c.Town().Path, demotest.On.AddMonths(12))
		if got, want := now[m.OrgPath], before[m.OrgPath]; err != nil || got.Records != want.Records-1 || got.Facts != want.Facts-int64(len(everybody[alone].Facts)) {
			t.Errorf("%+v after %+v, %v", got, want, err)
		}
		c.Sound()
	})
}

// TestWhoMaySayThatItIsRight refuses strangers, one's own facts that others answer for, and what does not age.
func TestWhoMaySayThatItIsRight(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	m := somebody(t, c, func(m member.Member) bool { return m.HasMobile() })
	own := ledger.Actor{Account: "her-phone", Name: m.Name, Member: m.ID, Scope: store.Self(m.ID, m.OrgPath)}
	for name, tt := range map[string]struct {
		actor ledger.Actor
		field roster.Column
		want  fault.Kind
		rule  string
	}{
		"a committee's secretary": {c.Actor("committee-secretary"), roster.Mobile, fault.Forbidden, "A-36"},
		"her care, by herself":    {own, roster.Care, fault.Forbidden, "H-02"},
		"what does not age":       {c.Actor("party-worker"), roster.Name, fault.Invalid, "K-11"},
	} {
		err := c.Members.Affirm(ctx, tt.actor, member.Saying{Member: m.ID, Fields: []roster.Column{tt.field}})
		if f := fault.As(err); f == nil || f.Kind != tt.want || f.Rule != tt.rule {
			t.Errorf("%s: %v", name, err)
		}
	}
	elsewhere := ledger.Actor{Account: "x", Name: "x", Member: "x", Scope: store.Self("x", c.Town().Path)}
	if err := c.Members.Affirm(ctx, elsewhere, member.Saying{Member: m.ID, Fields: []roster.Column{roster.Mobile}}); fault.Of(err) != fault.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}

// TestFillIsRunAgain makes the rows of records from before, in pieces, and does nothing the second time.
func TestFillIsRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 700)
		var was []string
		rows := func() (out []string) {
			t.Helper()
			err := c.Everything().Each(ctx, "SELECT id, org_path, due_on, branch_on, known FROM {due} ORDER BY id", nil, func(row store.Row) error {
				var v [5]string
				err := row.Scan(&v[0], &v[1], &v[2], &v[3], &v[4])
				out = append(out, strings.Join(v[:], " "))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		was = rows()
		err := c.DB.Operate(ctx, func(tx *store.Tx) error {
			for i, text := range was {
				if i < len(was)-3 { // three were entered after the upgrade
					id, _, _ := strings.Cut(text, " ")
					if _, err := tx.Delete(ctx, "due", store.ByID(id)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := c.Members.Fill(ctx); err != nil || n != len(was)-3 {
			t.Errorf("filled %d of %d, %v", n, len(was)-3, err)
		}
		if now := rows(); !slices.Equal(now, was) {
			t.Errorf("%d rows, were %d", len(now), len(was))
		}
		if n, err := c.Members.Fill(ctx); err != nil || n != 0 {
			t.Errorf("filled again: %d, %v", n, err)
		}
	})
}

// somebody is a reviewed member of the town.
func somebody(t testing.TB, c *demotest.City, ok func(member.Member) bool) member.Member {
	t.Helper()
	page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Town().Path, Limit: 200, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Items {
		if m.Review == member.Reviewed && ok(m) {
			return m
		}
	}
	t.Fatal("nobody")
	return member.Member{}
}

// approveAll lets another person approve what waits about a record.
func approveAll(t testing.TB, c *demotest.City, id string) {
	t.Helper()
	list, err := c.Reviews.Proposed(ctx, c.Everything(), read(t, c, id))
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range list {
		if err := c.Reviews.Approve(ctx, c.Actor("reviewer"), it.ID, it.Version); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheMonthsAreASetting: asked sooner or later where the installation says so, also of records that were entered before;
// not never, not too late, not of what does not age.
func TestTheMonthsAreASetting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 700)
		m := somebody(t, c, func(m member.Member) bool { return m.HasMobile() && m.HasAddress() && !m.Care && !m.Floating })
		asks := func(after int) []roster.Column {
			t.Helper()
			later(c, demotest.On.AddMonths(after))
			list, err := c.Members.AskMember(ctx, c.Everything(), read(t, c, m.ID))
			if err != nil {
				t.Fatal(err)
			}
			return asked(list)
		}
		for _, months := range []map[string]int{nil, {"mobile": 3, "address": 48}, {"mobile": 2}, nil} {
			c.Members.AskAfter = months
			if _, err := c.Members.Fill(ctx); err != nil {
				t.Fatal(err)
			}
			want := 12
			if n := months["mobile"]; n != 0 {
				want = n
			}
			if got := asks(want - 1); slices.Contains(got, roster.Mobile) {
				t.Errorf("%v: asked early: %v", months, got)
			}
			if got := asks(want); !slices.Contains(got, roster.Mobile) {
				t.Errorf("%v: not asked: %v", months, got)
			}
			if n, standard := c.Members.MonthsUntilAsked(roster.Mobile); n != want || standard != 12 {
				t.Errorf("%v: every %d months, by the rule %d", months, n, standard)
			}
			// What is kept agrees with what is worked out from the facts, for everybody.
			later(c, demotest.On.AddMonths(want))
			kept, err := c.Members.StaleBelow(ctx, c.Everything(), c.Town().Path, demotest.On.AddMonths(want))
			if err != nil {
				t.Fatal(err)
			}
			n, facts := int64(0), kept[m.OrgPath]
			page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: m.OrgPath, Limit: 200, On: demotest.On})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Items {
				if one.HasMobile() && one.Review == member.Reviewed {
					n++
				}
			}
			if facts.Records < n {
				t.Errorf("%v: %d records are to be asked, %d have a mobile", months, facts.Records, n)
			}
			later(c, demotest.On)
		}
		c.Sound() // what is counted of them followed
		for _, bad := range []map[string]int{{"mobile": 0}, {"mobile": 25}, {"floating": 13}, {"name": 6}, {"mobile": -1}} {
			f := fault.As(member.CheckAskAfter(c.Rules, bad, demotest.On))
			if f == nil || f.Kind != fault.Invalid || f.Field != "still_right_months" || f.Rule != "K-11" {
				t.Errorf("%v is accepted: %v", bad, f)
			}
		}
		if err := member.CheckAskAfter(c.Rules, map[string]int{"mobile": 24, "floating": 1}, demotest.On); err != nil {
			t.Error(err)
		}
	})
}
