package member_test

import (
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

func day(s string) civil.Date { return civil.MustParse(s) }

// asOf is a record as it was, as far as was known.
func asOf(t testing.TB, c *demotest.City, id, on string, knownAt time.Time) member.Past {
	t.Helper()
	p, err := c.Members.AsOf(ctx, c.Everything(), read(t, c, id), day(on), knownAt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestARecordAsOfADay: earlier values, sealed ones by their ends, moves and ends by their days, and what was known when.
func TestARecordAsOfADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		now := c.Clock.Now()
		tick := func(minutes int) time.Time { // everybody sees the same clock go on
			at := now.Add(time.Duration(minutes) * time.Minute)
			clock := civil.Fixed(at)
			c.Members.Clock, c.Ledger.Clock, c.Ledger.IDs = clock, clock, store.NewIDs(clock, strings.NewReader(strings.Repeat("entropy", 4096)))
			return at
		}
		worker := c.Actor("party-worker")
		one, two := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation)
		tick(1)
		values := stranger(t, 0)
		values[roster.Education], values[roster.Occupation] = "本科", "村医"
		id, problems, err := c.Reviews.Add(ctx, worker, one.ID, values, because)
		if err != nil || roster.Rejected(problems) {
			t.Fatal(problems, err)
		}
		entered := tick(10)
		add := func(in member.NewFact) string {
			t.Helper()
			in.Reason = "补登"
			out, err := c.Reviews.AddFact(ctx, worker, id, in)
			if err != nil || !out.Acted {
				t.Fatal(out, err)
			}
			return out.Fact
		}
		school := add(member.NewFact{Kind: member.Earlier(roster.Education), To: day("2024-09-01"), Text: "大专"})
		add(member.NewFact{Kind: member.Earlier(roster.Mobile), From: day("2020-01-01"), To: day("2025-01-01"), Text: "15400005678"})
		moved := because
		moved.On = day("2026-03-01")
		if _, err := c.Reviews.Move(ctx, worker, id, read(t, c, id).Version, two.ID, moved); err != nil {
			t.Fatal(err)
		}
		told := tick(20)

		was := asOf(t, c, id, "2024-07-01", time.Time{})
		if was.Education != "30" && was.Education == read(t, c, id).Education || was.Tails.Mobile != "5678" || was.OrgID != one.ID || was.State != member.Active {
			t.Errorf("on 1 July 2024: %s, mobile %s, in %s, %s", was.Education, was.Tails.Mobile, was.OrgID, was.State)
		}
		if o := was.From[roster.Education]; !o.Before || o.Actor != worker.Name || !o.Late {
			t.Errorf("where the education comes from: %+v", o)
		}
		is := asOf(t, c, id, "2026-11-23", time.Time{})
		if is.Education != read(t, c, id).Education || is.Tails.Mobile != "1234" || is.OrgID != two.ID || is.From[roster.Mobile].Since != day("2025-01-01") {
			t.Errorf("today: %s, %s, %s, since %s", is.Education, is.Tails.Mobile, is.OrgID, is.From[roster.Mobile].Since)
		}
		if gap := asOf(t, c, id, "2019-12-31", time.Time{}); gap.Tails.Mobile != "" || gap.From[roster.Mobile].Actor != "" {
			t.Errorf("before the first number that is known: %q", gap.Tails.Mobile)
		}
		before := asOf(t, c, id, "1960-01-01", time.Time{})
		if before.Status.Standing != member.NotYet || before.Category != "" || !before.Joined.IsZero() || len(before.Events) != 0 {
			t.Errorf("before joining: %+v", before.Status)
		}
		// What was known before the earlier values were told: today's for every day, and no move.
		knew := asOf(t, c, id, "2024-07-01", entered.Add(-time.Minute))
		if knew.Education != is.Education || knew.Tails.Mobile != "1234" || knew.OrgID != one.ID {
			t.Errorf("known then: %s, %s, %s", knew.Education, knew.Tails.Mobile, knew.OrgID)
		}
		if _, err := c.Members.AsOf(ctx, c.Everything(), read(t, c, id), day("2024-07-01"), now); fault.Of(err) != fault.Invalid {
			t.Errorf("before anybody had entered it: %v", err)
		}

		// What was wrong is retired: it was believed, and is true no more.
		facts, err := c.Members.Facts(ctx, c.Everything(), id)
		if err != nil || len(facts) != 2 {
			t.Fatal(facts, err)
		}
		if _, err := c.Reviews.CorrectFact(ctx, worker, id, school, 1, member.NewFact{Kind: member.Earlier(roster.Education), To: day("2023-09-01"), Text: "高中", Reason: "证书上是另一天"}); err != nil {
			t.Fatal(err)
		}
		if got := asOf(t, c, id, "2024-07-01", time.Time{}).Education; got != is.Education {
			t.Errorf("after the correction: %s", got)
		}
		if got := asOf(t, c, id, "2024-07-01", told.Add(-time.Minute)).Education; got != was.Education {
			t.Errorf("believed before the correction: %s, want %s", got, was.Education)
		}
		// A clock that is set back does not make the later entry known earlier.
		tick(-600)
		if _, err := c.Reviews.RetireFact(ctx, worker, id, facts[1].ID, 1, "号码是别人的"); err != nil && fault.Of(err) != fault.Conflict {
			t.Fatal(err)
		}
		facts, _ = c.Members.Facts(ctx, c.Everything(), id)
		for _, f := range facts {
			if !f.Retired.IsZero() && f.Retired.Before(f.Recorded) {
				t.Errorf("retired %s, before it was recorded %s", f.Retired, f.Recorded)
			}
		}
		c.Members.Clock, c.Ledger.Clock = civil.Fixed(now.Add(time.Hour)), civil.Fixed(now.Add(time.Hour))
		c.Sound()
	})
}

func TestFactsAreRefused(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker := c.Actor("party-worker")
	id, _, err := c.Reviews.Add(ctx, worker, c.Org(c.Accounts[0].Organisation).ID, stranger(t, 0), because)
	if err != nil {
		t.Fatal(err)
	}
	born := read(t, c, id).Born
	good := member.NewFact{Kind: member.Honour, From: day("2026-07-01"), Text: "优秀共产党员", By: "石桥镇党委", Reason: "表彰决定"}
	for name, one := range map[string]struct {
		change func(*member.NewFact)
		field  string
	}{
		"before birth":        {func(f *member.NewFact) { f.From = day("1920-01-01") }, "from"},
		"in the future":       {func(f *member.NewFact) { f.From = day("2026-11-24") }, "from"},
		"ends in the future":  {func(f *member.NewFact) { f.To = day("2027-01-01") }, "to"},
		"ends before it is":   {func(f *member.NewFact) { f.To = day("2026-06-30") }, "to"},
		"no day":              {func(f *member.NewFact) { f.From = civil.Date{} }, "from"},
		"nothing":             {func(f *member.NewFact) { f.Text = " " }, "text"},
		"too long":            {func(f *member.NewFact) { f.Detail = strings.Repeat("长", 501) }, "detail"},
		"no such kind":        {func(f *member.NewFact) { f.Kind = "score" }, "kind"},
		"of a column":         {func(f *member.NewFact) { f.Kind = "was.joined" }, "kind"},
		"late without reason": {func(f *member.NewFact) { f.From, f.Reason = day("2020-07-01"), "" }, "reason"},
		"not an education": {func(f *member.NewFact) {
			f.Kind, f.To, f.Text = member.Earlier(roster.Education), day("2026-08-01"), "状元"
		}, "text"},
		"still so": {func(f *member.NewFact) { f.Kind, f.Text = member.Earlier(roster.Education), "大专" }, "to"},
	} {
		in := good
		one.change(&in)
		_, err := c.Reviews.AddFact(ctx, worker, id, in)
		if e := fault.As(err); e == nil || e.Kind != fault.Invalid || e.Field != one.field {
			t.Errorf("%s (born %s): %v, want a fault at %s", name, born, err, one.field)
		}
	}
	if _, err := c.Reviews.AddFact(ctx, worker, id, good); err != nil {
		t.Fatal(err)
	}
	// Nobody enters facts of the own record, of a record out of scope, or with a role that may not.
	own := worker
	own.Member = id
	if _, err := c.Reviews.AddFact(ctx, own, id, good); fault.Of(err) != fault.Forbidden {
		t.Errorf("one's own: %v", err)
	}
	if _, err := c.Reviews.AddFact(ctx, c.Person("branch-secretary", 2).Actor("test"), id, good); fault.Of(err) != fault.NotFound {
		t.Errorf("out of scope: %v", err)
	}
	for _, role := range []string{"reviewer", "branch-committee"} {
		if _, err := c.Reviews.AddFact(ctx, c.Actor(role), id, good); fault.Of(err) != fault.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
	earlier := member.NewFact{Kind: member.Earlier(roster.Occupation), From: day("2010-01-01"), To: day("2015-01-01"), Text: "代课教师", Reason: "补登"}
	if _, err := c.Reviews.AddFact(ctx, worker, id, earlier); err != nil {
		t.Fatal(err)
	}
	earlier.From, earlier.To = day("2014-12-31"), day("2016-01-01")
	if _, err := c.Reviews.AddFact(ctx, worker, id, earlier); fault.Of(err) != fault.Conflict {
		t.Errorf("two occupations at once: %v", err)
	}
	earlier.From = day("2015-01-01")
	if _, err := c.Reviews.AddFact(ctx, worker, id, earlier); err != nil {
		t.Errorf("one after the other: %v", err)
	}
	c.Sound()
}
