package installation_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// set puts a city's clocks to an hour of a day.
func set(c *demotest.City, day civil.Date, hour, minute int) {
	at := civil.Fixed(day.In(civil.Beijing).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute))
	c.Clock, c.Duties.Clock, c.Notices.Clock, c.Ledger.Clock = at, at, at, at
}

// digests are what somebody was reminded of, the newest first.
func digests(t *testing.T, c *demotest.City, p *access.Person) (out []notice.Notice) {
	t.Helper()
	list, _, err := c.Notices.List(ctx, p.Mine(), false, "", 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Kind == notice.DutyDigest {
			out = append(out, n)
		}
	}
	return out
}

// remind lets the day's work be done by a process that knows nothing of one before it.
func remind(t *testing.T, c *demotest.City) {
	t.Helper()
	var done civil.Date
	if err := c.RemindOnce(ctx, &done); err != nil {
		t.Fatal(err)
	}
}

// TestReminders: whoever answers for a branch is told once a day of what is overdue or due soon there, in numbers that the
// facts come to; not before the hour, not twice by a process that begins again, not the next day without news, again after a
// week, and at once when something comes in.
func TestReminders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		p := c.Person("branch-secretary", 1)
		b, err := org.ByID(ctx, c.Everything(), p.Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		set(c, demotest.On, 7, 59)
		if remind(t, c); len(digests(t, c, p)) != 0 {
			t.Fatal("told before the hour")
		}
		set(c, demotest.On, 8, 0)
		remind(t, c)
		remind(t, c)
		got := digests(t, c, p)
		if len(got) != 1 || !got[0].Unread() {
			t.Fatalf("told %d times", len(got))
		}
		same(t, c, b, p, got[0].Digest(), demotest.On)
		set(c, demotest.On.AddDays(1), 8, 0)
		remind(t, c)
		for _, n := range digests(t, c, p)[1:] {
			if n.Unread() {
				t.Error("an older digest waits beside the new one")
			}
		}
		quiet := len(digests(t, c, p))
		set(c, demotest.On.AddDays(2), 8, 0)
		if remind(t, c); len(digests(t, c, p)) != quiet {
			t.Errorf("told the same again: %+v", digests(t, c, p)[0].Digest())
		}
		set(c, demotest.On.AddDays(8), 8, 0)
		remind(t, c)
		if now := digests(t, c, p); len(now) != quiet+1 {
			t.Errorf("after a week: %d", len(now))
		} else {
			same(t, c, b, p, now[0].Digest(), demotest.On.AddDays(8))
		}
	})
}

// TestRemindersAfterADeath: a process that dies among the branches leaves some told; the next goes through the day again, and
// everybody has one digest with all of it.
func TestRemindersAfterADeath(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		set(c, demotest.On, 8, 0)
		count := func() (n int) {
			t.Helper()
			if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {notice} WHERE kind = 'duty.digest'", nil, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for least := range 2 {
			died, told := errors.New("killed"), 0
			err := c.Duties.Remind(ctx, demotest.On, 7, func(org string, parts map[string]notice.Digest) error {
				if told++; told > least {
					return died
				}
				_, err := c.Notices.Remind(ctx, demotest.On, 7, org, parts)
				return err
			})
			if err != nil && !errors.Is(err, died) {
				t.Fatal(err)
			}
		}
		some := count()
		remind(t, c)
		all := count()
		if some == 0 || all <= some {
			t.Fatalf("%d told before, %d after", some, all)
		}
		var texts []string
		read := func() (out []string) {
			err := c.Everything().Each(ctx, "SELECT detail FROM {notice} WHERE kind = 'duty.digest' ORDER BY id", nil, func(row store.Row) error {
				var s string
				err := row.Scan(&s)
				out = append(out, s)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		texts = read()
		if remind(t, c); count() != all || !slices.Equal(texts, read()) {
			t.Error("going through the day again changes what people are told")
		}
	})
}

// same compares what somebody is told of a branch with what the facts come to.
func same(t *testing.T, c *demotest.City, b org.Organisation, p *access.Person, got notice.Digest, day civil.Date) {
	t.Helper()
	a, err := c.Duties.Of(ctx, c.Everything(), b, day, false)
	if err != nil {
		t.Fatal(err)
	}
	type key struct {
		duty string
		late bool
	}
	want, have := map[key]bool{}, map[key]bool{}
	for _, it := range a.Items {
		if late := it.State == timeline.Overdue; late || it.State == timeline.Upcoming && !it.Due.IsZero() && !it.Due.After(day.AddDays(7)) {
			want[key{string(it.Duty.Name), late}] = true
		}
	}
	for _, l := range duty.Reminded(got) {
		if !l.Own {
			have[key{l.Duty, l.Late}] = true
		}
	}
	for k := range want {
		if k.late && !have[k] {
			t.Errorf("%s is told nothing of %v", p.Login, k)
		}
	}
	for k := range have {
		if !want[k] {
			t.Errorf("%s is told of %v, which is not open", p.Login, k)
		}
	}
}

// TestWhoNeedsCareIsNotReminded: a member is reminded of her own dues and study, and of nothing once she needs care.
func TestWhoNeedsCareIsNotReminded(t *testing.T) {
	for _, care := range []int{0, 1} {
		storetest.Each(t, func(t *testing.T, cfg store.Config) {
			c := demotest.Found(t, cfg, 300)
			p := c.Person("member", 1)
			err := c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "member.mend", Subject: "member", SubjectID: p.Member, OrgPath: p.MemberPath}, func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "member", store.ByID(p.Member), store.Set("care", care))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			set(c, demotest.On.AddDays(45), 9, 0) // December's dues are overdue
			remind(t, c)
			got := digests(t, c, p)
			if (len(got) > 0) == (care != 0) {
				t.Errorf("care %d: %+v", care, got)
			}
			for _, n := range got {
				for _, l := range n.Digest() {
					if !l.Own || l.Duty != string(timeline.PayDues) && l.Duty != string(timeline.StudyHours) {
						t.Errorf("she is told of %+v", l)
					}
				}
			}
		})
	}
}

// TestThoseAboveAreReminded: whoever may offer help above is told once a day in how many branches below each duty is overdue,
// as the workbench says, by kind and number and nothing else; outside words name no branch and nobody.
func TestThoseAboveAreReminded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		for _, role := range []string{"party-worker", "committee-secretary", "organisation-department"} {
			p := c.Person(role, 1)
			set(c, demotest.On, 8, 0)
			remind(t, c)
			remind(t, c)
			got := digests(t, c, p)
			if len(got) != 1 {
				t.Fatalf("%s was told %d times", role, len(got))
			}
			at := p.Grants[0]
			r, err := c.Everything().Within(at.Path)
			if err != nil {
				t.Fatal(err)
			}
			list, ok, err := c.Duties.Overdue(ctx, r)
			if err != nil || !ok || len(list) == 0 {
				t.Fatal(list, err)
			}
			want, have := map[string]int64{}, map[string]int64{}
			for _, b := range list {
				want[b.Duty] = int64(b.Branches)
			}
			for _, l := range got[0].Digest() {
				if l.Own {
					continue // what she owes herself
				}
				if !l.Below || !l.Late || l.Org != at.Org {
					t.Errorf("%s is told of %+v", role, l)
				}
				have[l.Duty] = l.N
			}
			if !maps.Equal(want, have) {
				t.Errorf("%s is told %v, the workbench says %v", role, have, want)
			}
		}
	})
}
