package election_test

import (
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/election"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// poll is an election of a branch in a small city, and what its tests ask again and again.
type poll struct {
	*demotest.City
	t  *testing.T
	o  org.Organisation
	id string
}

func polled(t *testing.T, cfg store.Config, seats, standing int) *poll {
	c := demotest.Found(t, cfg, 300)
	o, err := org.ByPath(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Path)
	p := &poll{c, t, o, ""}
	p.good(err)
	p.id, err = c.Elections.Request(ctx, c.Actor("branch-secretary"), election.New{Org: o.ID, On: civil.Today(c.Elections.Clock), Seats: seats, Standing: standing})
	p.good(err)
	return p
}

func (p *poll) good(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *poll) refused(what, rule string, err error) {
	p.t.Helper()
	if f := fault.As(err); f == nil || f.Rule != rule {
		p.t.Errorf("%s: %v, not by %s", what, err, rule)
	}
}

func (p *poll) now() election.Election {
	p.t.Helper()
	e, err := election.ByID(ctx, p.Everything(), p.id)
	p.good(err)
	return e
}

func (p *poll) attend() election.Attendance {
	p.t.Helper()
	a, err := p.Elections.Attendance(ctx, p.Everything(), p.now(), p.o)
	p.good(err)
	return a
}

// others are voters who hold no account of those that count.
func (p *poll) others() (ids []string) {
	for _, v := range p.attend().Voters {
		if v.ID != p.Actor("branch-secretary").Member && v.ID != p.Actor("party-worker").Member {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

func (p *poll) approve() {
	p.t.Helper()
	p.good(p.Elections.Decide(ctx, p.Actor("organisation-department"), p.id, p.now().Version, true, ""))
}

func (p *poll) hold(passed string) string {
	p.t.Helper()
	vote, err := p.Elections.Hold(ctx, p.Actor("branch-secretary"), p.id, p.now().Version, passed)
	p.good(err)
	return vote
}

// count enters what both read; yes is by candidate, whoever is not named has none.
func (p *poll) count(vote string, present int, yes map[string]int) error {
	b, err := ballot.ByID(ctx, p.Everything(), vote)
	p.good(err)
	n := ballot.Numbers{Present: present, Issued: present, Collected: present}
	for _, i := range b.Items {
		n.Counts = append(n.Counts, ballot.Count{ID: i.ID, Yes: yes[i.ID], No: present - yes[i.ID]})
	}
	for _, who := range []string{"branch-secretary", "party-worker"} {
		if _, err := p.Ballots.Enter(ctx, p.Actor(who), vote, n); err != nil {
			return err
		}
	}
	return nil
}

// TestLeftOut: members are left out with a case and its proof, approved above and passed by the assembly; who should attend
// follows from the register and cannot be entered; reasons are sealed and open only to whoever handles them.
func TestLeftOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		p := polled(t, cfg, 2, 3)
		s, secretary, above := p.Elections, p.Actor("branch-secretary"), p.Actor("organisation-department")
		ids, today, full := p.others(), civil.Today(p.Elections.Clock), p.attend().Full
		out := func(who string, why election.Reason) error {
			return s.LeaveOut(ctx, secretary, p.id, p.now().Version, who, why)
		}
		p.refused("no case", "E-07", out(ids[0], election.Reason{Basis: "证明"}))
		p.refused("no proof", "E-07", out(ids[0], election.Reason{Case: election.Ill}))
		p.refused("too short", "E-07", out(ids[0], election.Reason{Case: election.Abroad, Basis: "出国审批表", Since: today.AddMonths(-6).AddDays(1)}))
		p.refused("nobody with a vote", "E-03", out("nobody", election.Reason{Case: election.Ill, Basis: "证明"}))
		p.good(out(ids[0], election.Reason{Case: election.Bedridden, Basis: "医院证明 12 号"}))
		p.refused("twice", "E-07", out(ids[0], election.Reason{Case: election.Ill, Basis: "证明"}))
		if a := p.attend(); a.Out != 0 || a.Should != full || len(a.Asked) != 1 {
			t.Errorf("left out before anybody approved: %+v", a)
		}
		p.approve() // with the request
		p.good(out(ids[1], election.Reason{Case: election.Abroad, Basis: "出国审批表", Since: today.AddMonths(-6)}))
		p.refused("a candidate who is to be left out", "E-03", s.Name(ctx, secretary, p.id, p.now().Version, []string{ids[1], ids[2], ids[3]}, ids[5:6]))
		p.good(s.Name(ctx, secretary, p.id, p.now().Version, ids[2:5], ids[5:6]))
		p.refused("a candidate left out", "E-07", out(ids[2], election.Reason{Case: election.Ill, Basis: "证明"}))
		_, err := s.Hold(ctx, secretary, p.id, p.now().Version, "yes")
		p.refused("a vote while one waits", "E-07", err)
		p.refused("approved by the branch", "E-14", s.DecideLeftOut(ctx, secretary, p.id, p.now().Version, true, ""))
		p.good(s.DecideLeftOut(ctx, above, p.id, p.now().Version, true, ""))
		_, err = s.Hold(ctx, secretary, p.id, p.now().Version, "")
		p.refused("the assembly was not asked", "E-07", err)
		a := p.attend()
		if a.Full != full || a.Out != 2 || a.Should != full-2 || a.Need*5 < a.Should*4 || (a.Need-1)*5 >= a.Should*4 {
			t.Errorf("%+v of %d", a, full)
		}
		vote := p.hold("yes")
		_, err = p.Ballots.Enter(ctx, secretary, vote, ballot.Numbers{Should: full, Present: a.Need, Issued: a.Need, Collected: a.Need})
		p.refused("another number of those who should attend", "E-07", err)
		p.good(p.count(vote, a.Need, map[string]int{ids[2]: a.Need, ids[3]: a.Need - 1}))
		if e := p.now(); e.State != election.Counted {
			t.Errorf("%+v", e)
		}
		list, err := election.LeftOuts(ctx, p.Everything(), p.id)
		p.good(err)
		if list[0].State != election.OutPassed || list[0].Reason.Basis != "" {
			t.Errorf("%+v", list[0])
		}
		if err := s.Reasons(ctx, p.Actor("member"), p.now(), list); err == nil {
			t.Error("a member reads why somebody is left out")
		}
		if p.good(s.Reasons(ctx, above, p.now(), list)); list[0].Reason.Case != election.Bedridden || list[0].Reason.Basis != "医院证明 12 号" {
			t.Errorf("%+v", list[0])
		}
		p.Sound()
	})
}

// TestTheAssemblyDoesNotPass: whoever the assembly does not pass counts, though the committee above approved.
func TestTheAssemblyDoesNotPass(t *testing.T) {
	p := polled(t, store.Config{Dir: t.TempDir()}, 2, 3)
	ids, full := p.others(), p.attend().Full
	p.good(p.Elections.LeaveOut(ctx, p.Actor("branch-secretary"), p.id, 1, ids[0], election.Reason{Case: election.Settled, Basis: "户口簿"}))
	p.approve()
	p.good(p.Elections.Name(ctx, p.Actor("branch-secretary"), p.id, p.now().Version, ids[1:4], ids[4:5]))
	b, err := ballot.ByID(ctx, p.Everything(), p.hold("no"))
	if p.good(err); b.Entitled != full {
		t.Errorf("%d should attend, not %d", b.Entitled, full)
	}
}

// TestTakenOff: a candidate who died after being named stops the vote and the count until she is taken off with a sentence; the
// difference is judged again, and with too few the election goes back to naming.
func TestTakenOff(t *testing.T) {
	p := polled(t, store.Config{Dir: t.TempDir()}, 2, 4)
	s, secretary := p.Elections, p.Actor("branch-secretary")
	ids := p.others()
	p.approve()
	p.good(s.Name(ctx, secretary, p.id, p.now().Version, ids[:4], ids[5:6]))
	vote := p.hold("")
	p.dies(ids[3])
	n := p.attend().Should
	err := p.count(vote, n, map[string]int{ids[0]: n, ids[1]: n})
	p.refused("a count with somebody who died", "E-03", err)
	p.refused("taken off while it is counted", "E-03", s.Strike(ctx, secretary, p.id, p.now().Version, ids[3], "已经去世"))
	p.good(p.Ballots.GiveUp(ctx, secretary, vote, 1, "候选人去世"))
	_, err = s.Hold(ctx, secretary, p.id, p.now().Version, "")
	p.refused("held with somebody who died", "E-03", err)
	p.refused("no sentence", "E-03", s.Strike(ctx, secretary, p.id, p.now().Version, ids[3], " "))
	p.good(s.Strike(ctx, secretary, p.id, p.now().Version, ids[3], "已经去世"))
	if e := p.now(); e.State != election.Named || e.Standing != 3 || len(e.People.Candidates) != 3 {
		t.Errorf("%+v", e)
	}
	p.good(s.Strike(ctx, secretary, p.id, p.now().Version, ids[2], "组织关系转走"))
	if e := p.now(); e.State != election.Approved || len(e.People.Struck) != 2 {
		t.Errorf("two candidates for two seats, and nobody is to be named: %+v", e)
	}
	p.good(s.Name(ctx, secretary, p.id, p.now().Version, []string{ids[0], ids[1], ids[6]}, ids[5:6]))
}

// TestFewerSeats: seats that a further round did not fill are given up with a majority of the assembly, and not without.
func TestFewerSeats(t *testing.T) {
	p := polled(t, store.Config{Dir: t.TempDir()}, 3, 5)
	s, secretary := p.Elections, p.Actor("branch-secretary")
	ids := p.others()
	p.approve()
	p.good(s.Name(ctx, secretary, p.id, p.now().Version, ids[:5], ids[5:6]))
	n := p.attend().Should
	p.good(p.count(p.hold(""), n, map[string]int{ids[0]: n, ids[1]: n}))
	titles := map[string]string{}
	for i, c := range p.elected() {
		titles[c.Name] = []string{"secretary", "organisation-member"}[i]
	}
	p.refused("a seat that nobody gave up", "E-10", s.Report(ctx, secretary, p.id, p.now().Version, titles))
	p.refused("without a further round", "E-10", s.LessSeats(ctx, secretary, p.id, p.now().Version, n, n))
	p.good(p.count(p.hold(""), n, nil))
	p.refused("no majority", "E-10", s.LessSeats(ctx, secretary, p.id, p.now().Version, n, n/2))
	p.refused("more in favour than there", "E-10", s.LessSeats(ctx, secretary, p.id, p.now().Version, n-1, n))
	p.good(s.LessSeats(ctx, secretary, p.id, p.now().Version, n, n/2+1))
	_, err := s.Hold(ctx, secretary, p.id, p.now().Version, "")
	p.refused("another round for seats given up", "E-10", err)
	p.good(s.Report(ctx, secretary, p.id, p.now().Version, titles))
	p.good(s.Confirm(ctx, p.Actor("organisation-department"), p.id, p.now().Version, true, ""))
}

func (p *poll) elected() []election.Person {
	list, err := p.Elections.Elected(ctx, p.Everything(), p.now())
	p.good(err)
	return list
}

// dies ends somebody's membership as the register knows it.
func (p *poll) dies(id string) {
	p.t.Helper()
	m, err := p.Members.ByID(ctx, p.Everything(), id)
	p.good(err)
	_, err = p.Reviews.End(ctx, p.Actor("party-worker"), id, m.Version, member.Died, member.Basis{On: civil.Today(p.Elections.Clock), Reason: "因病去世", Document: "死亡证明"})
	p.good(err)
	list, err := p.Reviews.Proposed(ctx, p.Everything(), m)
	p.good(err)
	for _, it := range list {
		p.good(p.Reviews.Approve(ctx, p.Actor("reviewer"), it.ID, it.Version))
	}
}
