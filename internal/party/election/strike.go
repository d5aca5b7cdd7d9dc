package election

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Struck is a candidate, a scrutineer or somebody elected who was taken off after being named, with what is said of it.
type Struck struct {
	Person
	Why string `json:"why"`
}

// String says who should come and how many have to.
func (a Attendance) String() string {
	return fmt.Sprintf("正式党员 %d，经批准不计入 %d，应到 %d，到会至少 %d", a.Full, a.Out, a.Should, a.Need)
}

// still refuses to go on with somebody named who has no vote here any more: who died, left, moved or lost the right (E-03).
func (s *Service) still(ctx context.Context, r store.Reader, e Election, o org.Organisation) error {
	voters, err := Voters(ctx, r, o, e.On)
	if err != nil {
		return err
	}
	for _, p := range slices.Concat(e.People.Candidates, e.People.Scrutineers) {
		if !slices.ContainsFunc(voters, func(v Person) bool { return v.ID == p.ID }) {
			return fault.New(fault.Conflict, "%s已经不是本支部有选举权的正式党员。请先把%s从名单里撤下；正在计票的，先把这次计票作废。", p.Name, p.Name).By("E-03")
		}
	}
	return nil
}

// Strike takes a candidate, a scrutineer or somebody elected off, with a sentence, and judges the difference again: before the
// vote with too few candidates or without a scrutineer the election goes back to naming. The faults name struck and why.
func (s *Service) Strike(ctx context.Context, actor ledger.Actor, id string, version int64, who, why string) (err error) {
	defer fault.Wrap(&err, "election: strike")
	e, _, err := s.mine(ctx, actor, id)
	if err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	if why == "" || len([]rune(why)) > 100 {
		return fault.New(fault.Invalid, "请写明为什么撤下，最多 100 个字；不要写病情等私事。").At("why").By("E-03")
	}
	p := e.People
	named := slices.Concat(p.Candidates, p.Scrutineers)
	i := slices.IndexFunc(named, func(n Person) bool { return n.ID == who })
	if i < 0 {
		return fault.New(fault.Invalid, "请选择名单里的一个人。").At("struck").By("E-03")
	}
	is := func(n Person) bool { return n.ID == who }
	p.Struck = append(slices.Clone(p.Struck), Struck{named[i], why})
	p.Candidates, p.Scrutineers = slices.DeleteFunc(slices.Clone(p.Candidates), is), slices.DeleteFunc(slices.Clone(p.Scrutineers), is)
	act := ledger.Act{Kind: DoRequest, Subject: "election", SubjectID: id, OrgPath: e.OrgPath, Reason: "撤下" + named[i].Name}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		rounds, err := ballot.Of(ctx, tx, BallotSubject, id)
		if err != nil {
			return err
		}
		from, to := e.State, e.State
		switch {
		case len(rounds) > 0 && rounds[len(rounds)-1].State == ballot.Open:
			return fault.New(fault.Conflict, "正在计票，请先把这次计票作废，再撤下。").By("E-03")
		case e.State == Named || e.State == Voting:
			if to = Named; len(p.Scrutineers) == 0 || checkNumbers(s.Rules, e.On, e.Seats, len(p.Candidates)) != nil {
				to = Approved
			}
		case e.State != Counted:
			return fault.New(fault.Conflict, "这时不能撤下：结果已经报告的，请上级退回以后再办。").By("E-14")
		}
		sets := []store.Value{store.Set("people", text(p))}
		if to == Named {
			sets = append(sets, store.Set("standing", len(p.Candidates)))
		}
		return change(ctx, tx, e, version, from, to, sets...)
	})
}
