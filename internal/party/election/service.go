package election

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoSee     = "election.see"     // read why somebody is left out
	DoRequest = "election.request" // ask, name people, hold the vote
	DoDecide  = "election.decide"  // approve or refuse, from the committee above
)

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
}

// Service is what may be asked and done here.
type Service struct {
	DB      *store.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	Clock   civil.Clock
	Rules   *rulebook.Book
	Rights  Rights
	Ballots *ballot.Service
	Orgs    *org.Service
	Log     *logbook.Service
}

// New is a request. The faults name organisation, on, seats and standing.
type New struct {
	Org             string
	On              civil.Date
	Seats, Standing int
}

// Request asks the committee above for an election.
func (s *Service) Request(ctx context.Context, actor ledger.Actor, n New) (id string, err error) {
	defer fault.Wrap(&err, "election: request")
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), n.Org)
	if f := fault.As(err); f != nil && fault.Of(err) == fault.NotFound {
		return "", fault.Missing().At("organisation")
	}
	if err == nil {
		err = s.Rights.May(ctx, actor, DoRequest, o.Path)
	}
	if err != nil {
		return "", err
	}
	switch today := civil.Today(s.Clock); {
	case !o.Kind.IsBranch() || !o.Living():
		return "", fault.New(fault.Invalid, "%s不是在办的党支部，请选一个党支部。", o.ShortName).At("organisation").By("E-02")
	case n.On.IsZero() || n.On.Before(today) || n.On.After(today.AddYears(1)):
		return "", fault.New(fault.Invalid, "请填写开大会的日期，从今天起一年以内；请示在大会以前。").At("on").By("E-14")
	}
	if err := checkNumbers(s.Rules, n.On, n.Seats, n.Standing); err != nil {
		return "", err
	}
	id = s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoRequest, Subject: "election", SubjectID: id, OrgPath: o.Path, Reason: "换届选举请示"}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "election "+o.ID); err != nil {
			return err
		}
		list, err := elections(ctx, tx, "org_id = ?", o.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, Election.open) {
			return fault.New(fault.Conflict, "这个支部已经有一次选举在办，请先办完。").By("E-14")
		}
		set := store.Set
		return tx.Insert(ctx, "election", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("state", string(Requested)), set("on_date", n.On.String()), set("seats", n.Seats), set("standing", n.Standing),
			set("people", "{}"), set("answer", ""), set("account_id", actor.Account), set("actor", actor.Name), set("decider", ""), set("version", 1))
	})
	return id, err
}

// Decide approves a request, or refuses it with an answer: by the nearest committee above, never by a general branch, and
// never by whoever asked.
func (s *Service) Decide(ctx context.Context, actor ledger.Actor, id string, version int64, yes bool, answer string) (err error) {
	defer fault.Wrap(&err, "election: decide")
	e, answer, err := s.deciding(ctx, actor, id, yes, answer)
	if err != nil {
		return err
	}
	to := Approved
	if !yes {
		to = Refused
	}
	out := OutApproved
	if !yes {
		out = OutRefused
	}
	act := ledger.Act{Kind: DoDecide, Subject: "election", SubjectID: e.ID, OrgPath: e.OrgPath, Reason: "审批选举请示"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := change(ctx, tx, e, version, Requested, to, store.Set("answer", answer), store.Set("decider", actor.Name)); err != nil {
			return err
		}
		return turn(ctx, tx, id, OutAsked, out) // those asked for with the request are decided with it
	})
}

// deciding reads an election for whoever decides above, never for who asked.
func (s *Service) deciding(ctx context.Context, actor ledger.Actor, id string, yes bool, answer string) (Election, string, error) {
	e, err := ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return e, "", err
	}
	system := s.DB.As(store.System("who approves an election"))
	above, err := org.Lineage(ctx, system, e.OrgPath)
	if err != nil {
		return e, "", err
	}
	i := -1
	for k, step := range above {
		if step.Kind == org.Committee {
			i = k
		}
	}
	if i < 0 {
		return e, "", fault.New(fault.Conflict, "上面没有党委，不能办理。请先在组织树上登记隶属的党委。").By("E-14")
	}
	if err := s.Rights.May(ctx, actor, DoDecide, above[i].Path); err != nil {
		if fault.Of(err) != fault.Forbidden && fault.Of(err) != fault.NotFound {
			return e, "", err
		}
		return e, "", fault.New(fault.Forbidden, "选举请示由%s审批，党支部和党总支不能代替。", above[i].Name).By("E-14")
	}
	same, perhaps, err := s.Rights.Same(ctx, system, actor.Account, e.Account)
	if err != nil {
		return e, "", err
	}
	if same || perhaps {
		return e, "", fault.New(fault.Forbidden, "请示和审批不能由同一个人办理，请由上级的另一个人审批。").By("E-14")
	}
	answer = strings.TrimSpace(answer)
	if n := len([]rune(answer)); !yes && n == 0 || n > 300 {
		return e, "", fault.New(fault.Invalid, "请写明不同意的理由，最多 300 个字。").At("answer").By("E-14")
	}
	return e, answer, nil
}

// Name names candidates and scrutineers, all of them members with a vote; the candidates stand in the order of strokes.
func (s *Service) Name(ctx context.Context, actor ledger.Actor, id string, version int64, candidates, scrutineers []string) (err error) {
	defer fault.Wrap(&err, "election: name")
	e, o, err := s.mine(ctx, actor, id)
	if err != nil {
		return err
	}
	count, err := s.Attendance(ctx, s.DB.As(actor.Scope), e, o)
	if err != nil {
		return err
	}
	voters := slices.DeleteFunc(count.Voters, func(p Person) bool { return slices.Contains(count.Asked, p) })
	p := People{Struck: e.People.Struck}
	for _, of := range []struct {
		field string
		ids   []string
		into  *[]Person
	}{{"candidates", candidates, &p.Candidates}, {"scrutineers", scrutineers, &p.Scrutineers}} {
		for _, one := range of.ids {
			i := slices.IndexFunc(voters, func(v Person) bool { return v.ID == one })
			if i < 0 {
				return fault.New(fault.Invalid, "选的人里有人在这个支部没有选举权，或者不计入应到会，请重新选择。").At(of.field).By("E-03")
			}
			*of.into = append(*of.into, voters[i])
		}
	}
	if err := checkPeople(e, p); err != nil {
		return err
	}
	byStrokes(p.Candidates)
	return s.move(ctx, actor, DoRequest, e, version, Approved, Named, "提出候选人和监票人", store.Set("people", text(p)))
}

// Hold opens the count of the assembly's vote; passed says "yes" or "no" where the assembly was asked to leave members out
// (E-07). It gives the id of the ballot.
func (s *Service) Hold(ctx context.Context, actor ledger.Actor, id string, version int64, passed string) (vote string, err error) {
	defer fault.Wrap(&err, "election: hold")
	e, o, err := s.mine(ctx, actor, id)
	if err != nil {
		return "", err
	}
	if today := civil.Today(s.Clock); e.On.After(today) {
		return "", fault.New(fault.Conflict, "上级同意的大会日期是 %s，到那天才能投票计票。", e.On).By("E-14")
	}
	r := s.DB.As(actor.Scope)
	roll, err := s.Attendance(ctx, r, e, o)
	if err != nil {
		return "", err
	}
	if err := s.still(ctx, r, e, o); err != nil {
		return "", err
	}
	out, err := leftOuts(ctx, r, "election_id = ? AND state = ?", id, string(OutApproved))
	if err != nil {
		return "", err
	}
	decided, err := s.pass(roll, len(out), passed)
	if err != nil {
		return "", err
	}
	if decided == OutNotPassed {
		roll.Should += len(out)
	}
	from, n := Named, e.ballot(o, roll.Should)
	if e.State == Counted {
		if from, n, err = s.further(ctx, actor, e, n); err != nil {
			return "", err
		}
	}
	act := ledger.Act{Kind: DoRequest, Subject: "election", SubjectID: id, OrgPath: e.OrgPath, Reason: "投票选举"}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		before, err := ballot.Of(ctx, tx, BallotSubject, id)
		if err != nil {
			return err
		}
		if k := len(before); k > 0 && before[k-1].State == ballot.Void { // given up: the vote is held again
			from = e.State
		}
		if err := change(ctx, tx, e, version, from, Voting); err != nil {
			return err
		}
		if decided != "" {
			if err := turn(ctx, tx, id, OutApproved, decided); err != nil {
				return err
			}
		}
		vote, err = s.Ballots.Open(ctx, tx, actor, n)
		return err
	})
	return vote, err
}

// further is another round for the seats that are left (E-10): between those who tied, else between those who were not elected.
func (s *Service) further(ctx context.Context, actor ledger.Actor, e Election, n ballot.New) (State, ballot.New, error) {
	r := s.DB.As(actor.Scope)
	elected, err := s.Elected(ctx, r, e)
	if err != nil {
		return Counted, n, err
	}
	if n.Seats -= len(elected); n.Seats <= 0 || e.People.Fewer != nil {
		return Counted, n, fault.New(fault.Conflict, "应选的已经选足，不用再投。").By("E-10")
	}
	rounds, err := ballot.Of(ctx, r, BallotSubject, e.ID)
	if err != nil {
		return Counted, n, err
	}
	var tied []string
	for _, v := range rounds[len(rounds)-1].Judge(s.Rules) {
		tied = append(tied, v.Runoff...)
	}
	n.Items = slices.DeleteFunc(n.Items, func(i ballot.Item) bool {
		return slices.ContainsFunc(elected, func(p Person) bool { return p.ID == i.ID }) || len(tied) > 0 && !slices.Contains(tied, i.Name)
	})
	return Counted, n, nil
}

func (e Election) ballot(o org.Organisation, voters int) ballot.New {
	n := ballot.New{Org: o, Subject: BallotSubject, SubjectID: e.ID, Kind: vote.Election, Way: ballot.Paper, On: e.On, Title: "选举支部委员会委员", Seats: e.Seats, Entitled: voters}
	for _, c := range e.People.Candidates {
		n.Items = append(n.Items, ballot.Item{ID: c.ID, Name: c.Name, Member: c.ID})
	}
	return n
}

// Counted takes the verdict: with somebody elected the election is done, a void one is voted on again.
func (s *Service) Counted(ctx context.Context, tx *store.Tx, _ ledger.Actor, b ballot.Ballot, verdicts []vote.Verdict) error {
	e, err := ByID(ctx, tx.System("the election of a vote"), b.SubjectID)
	if err != nil {
		return err
	}
	o, err := org.ByID(ctx, tx.System("the branch of an election"), e.Org)
	if err != nil {
		return err
	}
	if err := s.still(ctx, tx.System("who stands in an election"), e, o); err != nil {
		return err
	}
	before, err := s.Elected(ctx, tx.System("who was elected in an earlier round"), e)
	if err != nil {
		return err
	}
	to := Named
	if verdicts[0].Valid && len(verdicts[0].Elected) > 0 || len(before) > 0 {
		to = Counted
	}
	return change(ctx, tx, e, e.Version, Voting, to)
}

// mine reads an election that the actor may work on.
func (s *Service) mine(ctx context.Context, actor ledger.Actor, id string) (e Election, o org.Organisation, err error) {
	r := s.DB.As(actor.Scope)
	if e, err = ByID(ctx, r, id); err == nil {
		err = s.Rights.May(ctx, actor, DoRequest, e.OrgPath)
	}
	if err == nil {
		o, err = org.ByID(ctx, r, e.Org)
	}
	return e, o, err
}

func (s *Service) move(ctx context.Context, actor ledger.Actor, action string, e Election, version int64, from, to State, reason string, sets ...store.Value) error {
	act := ledger.Act{Kind: action, Subject: "election", SubjectID: e.ID, OrgPath: e.OrgPath, Reason: reason}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error { return change(ctx, tx, e, version, from, to, sets...) })
}

func change(ctx context.Context, tx *store.Tx, e Election, version int64, from, to State, sets ...store.Value) error {
	if err := org.Unmoved(ctx, tx, org.Place{ID: e.Org, Path: e.OrgPath}); err != nil {
		return err
	}
	sets = append(sets, store.Set("state", string(to)), store.Set("version", version+1))
	n, err := tx.Update(ctx, "election", store.ByID(e.ID).And("version", version).And("state", string(from)), sets...)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
	}
	return err
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(b)
}
