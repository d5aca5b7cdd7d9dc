package admission_test

import (
	"context"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

// way is one case in a city whose day moves.
type way struct {
	t                  testing.TB
	c                  *demotest.City
	branch, path       string
	secretary, another ledger.Actor // of the branch
	above              ledger.Actor
	id                 string
	people             []admission.Named
}

// on moves the city to a day.
func (w *way) on(day string) civil.Date {
	w.t.Helper()
	d := civil.MustParse(day)
	clock := civil.Fixed(d.In(civil.Beijing).Add(10 * 3600e9))
	c := w.c
	c.Clock, c.Admission.Clock, c.Logbook.Clock, c.Duties.Clock, c.Ballots.Clock, c.Members.Clock, c.Ledger.Clock = clock, clock, clock, clock, clock, clock, clock
	c.Local.Clock = clock
	return d
}

func begin(t testing.TB, cfg store.Config) *way {
	c := demotest.Found(t, cfg, 300)
	g := c.Person("branch-secretary", 1).Grants[0]
	w := &way{t: t, c: c, branch: g.Org, path: g.Path, secretary: c.Actor("branch-secretary"), another: c.Actor("party-worker"), above: c.Actor("committee-secretary")}
	w.on("2026-11-24")
	var err error
	if w.id, err = c.Logbook.Name(ctx, w.secretary, w.branch, "马新禾"); err != nil {
		t.Fatal(err)
	}
	if w.people, err = c.Admission.FullMembers(ctx, c.Everything(), w.find()); err != nil || len(w.people) < 4 {
		t.Fatalf("%d full members %v", len(w.people), err)
	}
	return w
}

func (w *way) find() admission.Found {
	w.t.Helper()
	f, err := w.c.Admission.Find(ctx, w.c.Everything(), w.id)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// filled writes down everything that a step asks.
func (w *way) filled(step string) admission.New {
	s, _ := admission.Numbered(step)
	n := admission.New{Person: w.id, Step: step, On: civil.Today(w.c.Clock), Values: map[string]string{}, People: map[string][]string{}}
	for _, name := range s.Needs {
		switch f := admission.FieldOf(name); f.Kind {
		case admission.Day:
			n.Values[name] = "1999-05-06"
		case admission.Choice:
			n.Values[name] = f.Options[0]
		case admission.Members:
			n.People[name] = []string{w.people[0].ID, w.people[1].ID}
		default:
			n.Values[name] = "如实填写"
		}
	}
	if step == "11" {
		n.Values["days"] = "3"
	}
	return n
}

func (w *way) actor(step string) ledger.Actor {
	if s, _ := admission.Numbered(step); s.Above() {
		return w.above
	}
	return w.secretary
}

// takes takes steps on a day.
func (w *way) takes(day string, steps ...string) {
	w.t.Helper()
	w.on(day)
	for _, step := range steps {
		if waiting, err := w.c.Admission.Take(ctx, w.actor(step), w.filled(step)); err != nil || waiting {
			w.t.Fatalf("step %s on %s: %v %v", step, day, waiting, err)
		}
	}
}

// refused expects a sentence with a rule.
func (w *way) refused(err error, rule string, says ...string) {
	w.t.Helper()
	f := fault.As(err)
	if f == nil || f.Rule != rule {
		w.t.Fatalf("want a refusal by %s, got %v", rule, err)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			w.t.Errorf("%q does not say %q", err, s)
		}
	}
}

func (w *way) take(step string) error {
	_, err := w.c.Admission.Take(ctx, w.actor(step), w.filled(step))
	return err
}

// vote has the assembly vote: two people enter the count.
func (w *way) vote(q admission.Question, yes int) {
	w.t.Helper()
	id, err := w.c.Admission.Vote(ctx, w.secretary, admission.NewVote{Person: w.id, Question: q, On: civil.Today(w.c.Clock)})
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := ballot.ByID(ctx, w.c.Everything(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	all := b.Entitled
	n := ballot.Numbers{Should: all, Present: all, Issued: all, Collected: all, Counts: []ballot.Count{{ID: b.Items[0].ID, Yes: min(yes, all), No: all - min(yes, all)}}}
	for _, a := range []ledger.Actor{w.secretary, w.another} {
		if _, err := w.c.Ballots.Enter(ctx, a, id, n); err != nil {
			w.t.Fatal(err)
		}
	}
}

// registered enters the record of a probationary member, seen by a second person.
func (w *way) registered(joined string) string {
	w.t.Helper()
	values := map[roster.Column]string{roster.Name: "马新禾", roster.IDNumber: "66010119990506772" + string(identity.CheckCharacter("66010119990506772")), roster.Category: "预备党员", roster.Joined: joined}
	id, problems, err := w.c.Reviews.Add(ctx, w.secretary, w.branch, values, member.Basis{Reason: "接收为预备党员", Document: "入党志愿书"})
	if err != nil {
		w.t.Fatal(err, problems)
	}
	if err := w.c.Reviews.Approve(ctx, w.c.Actor("organisation-department"), id, 1); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestFromApplicationToConfirmation goes all the way on both databases: what is out of turn, too early or by the wrong person is refused with
// its rule, a vote that fails stays, and the record follows.
func TestFromApplicationToConfirmation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		w := begin(t, cfg)
		young := w.filled("1")
		young.Values["born"] = "2009-01-01"
		_, err := w.c.Admission.Take(ctx, w.secretary, young)
		w.refused(err, "D-01", "18")
		w.refused(w.take("3"), "D-02", "要先办第 1 步")
		w.takes("2026-11-24", "1")
		w.takes("2026-12-10", "2", "3")
		_, err = w.c.Admission.Take(ctx, w.secretary, w.filled("4"))
		w.refused(err, "D-04", "上级")
		w.takes("2026-12-12", "4", "5")
		one := w.filled("5")
		one.People["trainers"] = []string{w.people[0].ID, w.people[1].ID, w.people[2].ID}
		_, err = w.c.Admission.Take(ctx, w.secretary, one)
		w.refused(err, "D-05")
		w.takes("2027-06-01", "6")
		w.takes("2027-11-30", "6")
		w.refused(w.take("7"), "D-09", "2027-12-10")
		w.takes("2027-12-13", "7")
		w.takes("2027-12-20", "8")
		w.takes("2028-01-04", "8a")
		boards, err := w.c.Admission.Hanging(ctx)
		if err != nil || len(boards) != 1 || boards[0].Text.Name != "马新禾" || len(boards[0].Text.Trainers) != 2 {
			t.Fatalf("%+v %v", boards, err)
		}
		if err := w.c.Admission.Object(ctx, boards[0].ID, admission.Said{Text: "有一件事要说明"}); err != nil {
			t.Fatal(err)
		}
		w.on("2028-01-05")
		closing := w.filled("8a")
		closing.Close, closing.Values = true, map[string]string{"result": "没有影响"}
		_, err = w.c.Admission.Take(ctx, w.secretary, closing)
		w.refused(err, "D-11")
		closing.On = w.on("2028-01-20")
		_, err = w.c.Admission.Take(ctx, w.secretary, closing)
		w.refused(err, "D-11", "还没有答复")
		said, err := w.c.Admission.Objections(ctx, w.above, w.find())
		if err != nil || len(said) != 1 || said[0].Said.Text != "有一件事要说明" {
			t.Fatalf("%+v %v", said, err)
		}
		if _, err := w.c.Admission.Objections(ctx, w.secretary, w.find()); err == nil {
			t.Error("the branch reads objections")
		}
		if _, err := w.c.Admission.Answer(ctx, w.above, said[0].ID, 1, "已经核实，不影响"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.c.Admission.Take(ctx, w.secretary, closing); err != nil {
			t.Fatal(err)
		}
		if _, err := w.c.Admission.Public(ctx, boards[0].ID); fault.Of(err) != fault.NotFound {
			t.Errorf("the notice still hangs: %v", err)
		}
		w.takes("2028-02-01", "9", "10")
		short := w.filled("11")
		short.Values["days"] = "1"
		_, err = w.c.Admission.Take(ctx, w.above, short)
		w.refused(err, "D-15", "培训 1 天")
		w.takes("2028-02-20", "11", "12")
		w.takes("2028-03-01", "13")
		w.refused(w.take("15"), "D-27", "无记名")
		w.on("2028-03-10")
		w.vote(admission.Admit, 1)
		if f := w.find(); f.Status == timeline.ProbationaryStatus || f.Records[len(f.Records)-1].State != admission.NotPassed {
			t.Errorf("admitted by one vote: %s", f.Status)
		}
		w.on("2028-03-20")
		w.vote(admission.Admit, 1000)
		if f := w.find(); f.Records[len(f.Records)-1].State != admission.Standing {
			t.Fatalf("%+v", f.Records[len(f.Records)-1])
		}
		record := w.registered("2028-03-20")
		if _, err := w.c.Access.Install(ctx, w.secretary, []access.Installed{{NewAccount: access.NewAccount{Login: "maxinhe", Name: "马新禾", Org: w.branch, Applicant: w.id}}}); err != nil {
			t.Fatal(err)
		}
		if p, err := w.c.Access.Named(ctx, "maxinhe"); err != nil || p.Applicant != w.id || p.Member != "" {
			t.Fatalf("%+v %v", p, err)
		}
		if err := w.c.Admission.Join(ctx, w.secretary, w.id, record); err != nil {
			t.Fatal(err)
		}
		if p, err := w.c.Access.Named(ctx, "maxinhe"); err != nil || p.Member != record || p.Applicant != "" {
			t.Fatalf("the account did not go on with the record: %+v %v", p, err)
		}
		w.id = record
		if f := w.find(); len(f.Records) < 14 || f.Records[0].Content.Values["born"] != "1999-05-06" {
			t.Fatalf("what was written down did not come along: %+v", f.Records)
		}
		w.takes("2028-04-10", "16", "17", "18")
		if f := w.find(); f.Status != timeline.ProbationaryStatus {
			t.Fatalf("approved, and %s", f.Status)
		}
		w.takes("2028-04-20", "19", "20")
		w.takes("2028-11-20", "21")
		w.on("2029-03-19")
		_, err = w.c.Admission.Vote(ctx, w.secretary, admission.NewVote{Person: w.id, Question: admission.Confirm, On: civil.Today(w.c.Clock)})
		w.refused(err, "D-39")
		w.takes("2029-03-20", "22")
		w.vote(admission.Confirm, 1000)
		w.takes("2029-04-20", "24")
		m, err := w.c.Members.ByID(ctx, w.c.Everything(), record)
		if err != nil || m.Category != identity.Full || m.Confirmed.String() != "2029-03-20" {
			t.Errorf("the record did not follow: %+v %v", m, err)
		}
		if f := w.find(); f.Ended != admission.Confirmed {
			t.Errorf("%+v", f.Ended)
		}
		sheets, err := w.c.Admission.AllPapers(ctx, w.c.Everything(), w.find())
		if err != nil || len(sheets) < 24 {
			t.Fatalf("%d papers %v", len(sheets), err)
		}
		pdf, err := w.c.Documents.Paper(sheets)
		if err != nil || len(pdf) < 10000 {
			t.Errorf("%d bytes %v", len(pdf), err)
		}
	})
}
