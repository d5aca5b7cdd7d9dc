package election

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Fewer is the consent of the assembly to fewer seats (E-10): how many are left, and the vote on it.
type Fewer struct {
	Seats   int `json:"seats"`
	Should  int `json:"should"`
	Present int `json:"present"`
	Yes     int `json:"yes"`
}

// enough refuses a result with seats that nobody gave up.
func (e Election) enough(elected int) error {
	if elected >= e.Seats || e.People.Fewer != nil && e.People.Fewer.Seats == elected {
		return nil
	}
	return fault.New(fault.Conflict, "应选 %d 名，只选出 %d 名。请再投一轮；大会多数同意减少名额的，先登记那次表决。", e.Seats, elected).By("E-10")
}

// LessSeats records that the assembly agreed to as many seats as were elected, after a further round elected nobody: as any
// resolution of the assembly, by more than half of those who should attend. The faults name present and yes.
func (s *Service) LessSeats(ctx context.Context, actor ledger.Actor, id string, version int64, present, yes int) (err error) {
	defer fault.Wrap(&err, "election: fewer seats")
	e, _, err := s.mine(ctx, actor, id)
	if err != nil {
		return err
	}
	r := s.DB.As(actor.Scope)
	elected, err := s.Elected(ctx, r, e)
	if err != nil {
		return err
	}
	rounds, err := ballot.Of(ctx, r, BallotSubject, id)
	if err != nil {
		return err
	}
	if e.State != Counted || !s.MayLessen(e, rounds, len(elected)) {
		return fault.New(fault.Conflict, "另行选举以后仍然没有人当选的，才可以减少名额。").By("E-10")
	}
	should := rounds[len(rounds)-1].Numbers.Should
	verdict := vote.Judge(s.Rules, vote.Ballot{Type: vote.Resolution, On: e.On, ShouldAttend: should, Present: present, Yes: yes})
	switch {
	case present < 1 || present > should:
		return fault.New(fault.Invalid, "实到会 %d 人，应到会 %d 人，请核对。", present, should).At("present").By("E-10")
	case yes < 0 || yes > present:
		return fault.New(fault.Invalid, "赞成 %d 人，多于实到会的 %d 人，请核对。", yes, present).At("yes").By("E-10")
	case !verdict.Valid || !verdict.Passed:
		return fault.New(fault.Invalid, "应到 %d，实到 %d，赞成 %d：没有得到大会多数同意，名额不减，请再投一轮。", should, present, yes).At("yes").By("E-10")
	}
	p := e.People
	p.Fewer = &Fewer{Seats: len(elected), Should: should, Present: present, Yes: yes}
	return s.move(ctx, actor, DoRequest, e, version, Counted, Counted, "经大会同意减少名额", store.Set("people", text(p)))
}

// MayLessen tells whether the assembly may agree to fewer seats: somebody is elected, not everybody, and a further round elected
// nobody more.
func (s *Service) MayLessen(e Election, rounds []ballot.Ballot, elected int) bool {
	held := 0
	var last ballot.Ballot
	for _, b := range rounds {
		if b.State == ballot.Final {
			held, last = held+1, b
		}
	}
	if held < 2 || elected == 0 || elected >= e.Seats || e.People.Fewer != nil {
		return false
	}
	v := last.Judge(s.Rules)[0]
	return v.Valid && len(v.Elected) == 0
}
