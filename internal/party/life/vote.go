package life

import (
	"context"
	"fmt"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// BallotSubject is the subject of meetings in the room of ballots.
const BallotSubject = "meeting"

// Outcome is one vote on an item.
type Outcome struct {
	Ballot  ballot.Ballot
	Item    Item
	Verdict *vote.Verdict // nil until two have counted
}

// Votes are the votes of a meeting in their order; those given up are left out.
func (s *Service) Votes(ctx context.Context, r store.Reader, m Meeting, items []Item) (out []Outcome, err error) {
	list, err := ballot.Of(ctx, r, BallotSubject, m.ID)
	for _, b := range list {
		if b.State == ballot.Void {
			continue
		}
		o := Outcome{Ballot: b}
		if i := slices.IndexFunc(items, func(x Item) bool { return x.ID == b.Items[0].ID }); i >= 0 {
			o.Item = items[i]
		}
		if v := b.Judge(s.Rules); len(v) > 0 {
			o.Verdict = &v[0]
		}
		out = append(out, o)
	}
	return out, err
}

// Hands is a show of hands as it was counted in the hall.
type Hands struct{ Yes, No, Abstain int }

// Vote holds a vote on an item: on paper, which two persons then count, or by a show of hands, whose numbers come along. Who had a
// vote and was there is known from the attendance, and is not asked. The ballot names the item by its place only: those above
// may look at counts, not at what a branch talks about. It gives the id of the ballot. The faults name item, way, yes, no and abstain.
func (s *Service) Vote(ctx context.Context, actor ledger.Actor, id, item string, way ballot.Way, hands Hands) (vote string, err error) {
	defer fault.Wrap(&err, "life: vote")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return "", err
	}
	n, numbers, err := s.voting(ctx, actor, m, item, way, hands)
	if err != nil {
		return "", err
	}
	err = s.do(ctx, actor, DoRecord, "表决", m, func(tx *store.Tx) error {
		if err := s.stillOpen(ctx, tx, m); err != nil {
			return err
		}
		before, err := ballot.Of(ctx, tx, BallotSubject, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(b ballot.Ballot) bool { return b.State != ballot.Void && b.Items[0].ID == item }) {
			return fault.New(fault.Conflict, "这一项已经表决过；有疑问的，先作废那次计票。").By(ballot.RuleTwice)
		}
		vote, err = s.Ballots.Open(ctx, tx, actor, n)
		return err
	})
	if err != nil || way == ballot.Paper {
		return vote, err
	}
	_, err = s.Ballots.Enter(ctx, actor, vote, numbers)
	return vote, err
}

// voting makes the ballot, and the numbers of a show of hands, which it checks before anything is written.
func (s *Service) voting(ctx context.Context, actor ledger.Actor, m Meeting, item string, way ballot.Way, hands Hands) (n ballot.New, numbers ballot.Numbers, err error) {
	r := s.DB.As(actor.Scope)
	if err := s.recordable(m); err != nil {
		return n, numbers, err
	}
	if m.State != Held {
		return n, numbers, fault.New(fault.Conflict, "先登记到会情况，再表决：有表决权的应到、实到从那里来。").By("B-12")
	}
	items, err := s.Agenda(ctx, r, m)
	if err != nil {
		return n, numbers, err
	}
	i := slices.IndexFunc(items, func(x Item) bool { return x.ID == item })
	if i < 0 {
		return n, numbers, fault.New(fault.Invalid, "请选择对哪一项议程表决。").At("item").By("B-12")
	}
	if way != ballot.Paper && way != ballot.Hands {
		return n, numbers, fault.New(fault.Invalid, "请选择举手还是无记名投票。").At("way").By("B-12")
	}
	roll, err := s.Roll(ctx, r, m)
	if err != nil {
		return n, numbers, err
	}
	t, kind := Count(roll), vote.Resolution
	if m.Kind == Committee {
		kind = vote.Committee
	}
	o := orgOf(m)
	n = ballot.New{Org: o, Subject: BallotSubject, SubjectID: m.ID, Kind: kind, Way: way, On: m.On, Title: "会议表决", Entitled: t.Voters, Items: []ballot.Item{{ID: item, Name: fmt.Sprintf("第 %d 项议程", items[i].Place)}}}
	if way == ballot.Hands {
		numbers = ballot.Numbers{Should: t.Voters, Present: t.VotersPresent, Counts: []ballot.Count{{ID: item, Yes: hands.Yes, No: hands.No, Abstain: hands.Abstain}}}
		if sum := hands.Yes + hands.No + hands.Abstain; hands.Yes < 0 || hands.No < 0 || hands.Abstain < 0 || sum != t.VotersPresent {
			return n, numbers, fault.New(fault.Invalid, "赞成、反对、弃权一共 %d，实到会有表决权的是 %d 人，两个数要相等，请核对。", sum, t.VotersPresent).At("yes").By("B-12")
		}
	}
	return n, numbers, nil
}
