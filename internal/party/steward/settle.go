package steward

import (
	"context"
	"encoding/json"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Settlement is the answer to a dispute. The faults name outcome, cause and answer.
type Settlement struct {
	Outcome Outcome
	Cause   Cause
	Text    string
}

func (a Settlement) check() error {
	switch {
	case a.Outcome.Name() == "":
		return fault.New(fault.Invalid, "请选择改还是不改。").At("outcome")
	case a.Cause.Name() == "":
		return fault.New(fault.Invalid, "请选择查明的原因。").At("cause")
	case a.Outcome == Changed && a.Cause == NoFault:
		return fault.New(fault.Invalid, "改了的，请选择错在哪个环节。").At("cause")
	case strings.TrimSpace(a.Text) == "":
		return fault.New(fault.Invalid, "请写明怎样核对的，结果是什么；本人看得到。").At("answer").By("P-09")
	case len([]rune(a.Text)) > longest:
		return fault.New(fault.Invalid, "最多 %d 个字。", longest).At("answer")
	}
	return nil
}

func gone() *fault.Error {
	return fault.New(fault.Conflict, "这条异议刚刚有人办过，请看现在的情况。")
}

// Settle answers a dispute. What is to change is proposed for review first, as every change is.
func (s *Service) Settle(ctx context.Context, actor ledger.Actor, id string, version int64, a Settlement) (err error) {
	defer fault.Wrap(&err, "steward: settle")
	d, err := s.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if err := s.Rights.Covers(ctx, actor, DoSettle, d.OrgPath, d.Field); err != nil {
		return err
	}
	if d.State != Open || d.Version != version {
		return gone()
	}
	if err := a.check(); err != nil {
		return err
	}
	if a.Outcome == Changed {
		if d.Proposal, err = s.changed(ctx, d); err != nil {
			return err
		}
	}
	key, err := s.Members.Vault.Person(ctx, d.Member)
	if err != nil {
		return err
	}
	text, err := json.Marshal(replied{strings.TrimSpace(a.Text), a.Cause})
	if err != nil {
		return err
	}
	sealed := key.Seal(answerSeal, d.ID, text)
	act := d.act(DoSettle, "答复异议", map[string]any{"field": d.Field, "outcome": a.Outcome})
	cause := s.ledger().IDs.New()
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		d := d
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		if err := s.answering(ctx, tx, actor, d); err != nil {
			return err
		}
		if a.Outcome == Kept && d.Origin == ByImport { // one question, one answer: the sheet's change does not go on without her
			if err := s.Reviews.Refuse(ctx, tx, actor, d.Proposal, "这一项的责任人核对后答复：原来的记录无误，不改。"); err != nil {
				return err
			}
		}
		now := s.Members.Clock.Now()
		month := s.today().MonthOf()
		var change headcount.Change
		change.Tally(d.OrgPath, headcount.Causes+string(a.Cause), month, 1)
		all := tx.System("dispute")
		if err := all.Insert(ctx, "cause", store.Set("id", cause), store.Set("org_path", d.OrgPath), store.Set("kind", string(d.Kind)), store.Set("cause", string(a.Cause)), store.Set("month", month)); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, d, a.Outcome); err != nil {
			return err
		}
		return s.close(ctx, all, d, &change, store.Set("state", string(Settled)), store.Set("outcome", string(a.Outcome)), store.Set("proposal_id", d.Proposal), store.Set("answer", sealed),
			store.Set("settled_at", now.UnixMicro()), store.Set("decider_id", actor.Account), store.Set("decider", actor.Name))
	})
}

// tell lets the member and whoever raised a dispute hear that it was answered, but not whoever answered it.
func (s *Service) tell(ctx context.Context, tx *store.Tx, actor ledger.Actor, d Dispute, o Outcome) error {
	to := []string{}
	if d.OfRecord() {
		to = append(to, d.Member)
	}
	raiser, err := notice.PersonOf(ctx, tx.System("notice"), d.Account)
	if err != nil {
		return err
	}
	if to = append(to, raiser); len(to) == 2 && to[0] == to[1] {
		to = to[:1]
	}
	for _, person := range to {
		if person == actor.Member || person == actor.Account {
			continue
		}
		if err := notice.Give(ctx, tx, s.ledger(), notice.Notice{To: person, Kind: notice.Settled, Subject: d.ID, About: string(d.Field), Detail: string(o), Push: true}.By(actor)); err != nil {
			return err
		}
	}
	return nil
}

// changed is the change that was proposed about the fact since it was doubted, or the one that an import proposed. A record
// that nobody has reviewed yet is changed at once and needs none; so do organisations and documents.
func (s *Service) changed(ctx context.Context, d Dispute) (string, error) {
	if !d.OfRecord() || d.Field == OfDocument {
		return "", nil
	}
	all := s.db().As(store.System("dispute"))
	m, err := s.Members.ByID(ctx, all, d.Member)
	if err != nil || m.Review != member.Reviewed {
		return "", err
	}
	field := d.Field
	if field == roster.Sex || field == roster.Born { // they follow from the number
		field = roster.IDNumber
	}
	after := d.ID
	if d.Proposal != "" { // from that one on
		after = d.Proposal[:len(d.Proposal)-1]
	}
	id, err := s.Reviews.Since(ctx, all, d.Member, field, after)
	if err == nil && id == "" {
		err = fault.New(fault.Invalid, "还没有人提出更正。请先在档案里更正这一项，再来答复。").At("outcome")
	}
	return id, err
}

// answering decides in the transaction whether the actor may answer: the steward of the organisation that is asked, or
// somebody with the right at one above it; never whoever raised it, nor the member.
func (s *Service) answering(ctx context.Context, tx *store.Tx, actor ledger.Actor, d Dispute) error {
	if err := s.Rights.Inside(ctx, tx, actor, DoSettle, d.OrgPath, d.record(), d.Field); err != nil {
		return err
	}
	return s.duty(ctx, tx.System("dispute"), actor, d)
}

func (s *Service) duty(ctx context.Context, all store.Reader, actor ledger.Actor, d Dispute) error {
	if actor.Scope.IsSystem() {
		return nil
	}
	not, err := s.apart(ctx, all, actor.Account, d)
	if err != nil {
		return err
	}
	if not != nil {
		return not
	}
	house, err := s.house(ctx, all, d.OrgPath, s.today())
	if err != nil {
		return err
	}
	var asked Place
	var above []string
	for _, at := range house.Up {
		if asked.ID != "" {
			above = append(above, at.Path)
		}
		if at.ID == d.Owner {
			asked = at
		}
	}
	if asked.ID == "" { // the record has moved away from under it
		asked, above = house.Up[0], nil
		for _, at := range house.Up[1:] {
			above = append(above, at.Path)
		}
	}
	able, err := s.able(ctx, all, house, asked, d)
	if err != nil {
		return err
	}
	for _, account := range able {
		if account == actor.Account {
			return nil
		}
	}
	higher, err := s.Rights.Holders(ctx, all, DoSettle, above, d.Field)
	for _, h := range higher {
		if h.Account == actor.Account {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "这条异议由%s的责任人或者它的上级答复。", asked.Name).By("K-21")
}

// Can tells whether the actor may answer now, for buttons and for what waits.
func (s *Service) Can(ctx context.Context, actor ledger.Actor, d Dispute) (bool, error) {
	if d.State != Open {
		return false, nil
	}
	err := s.Rights.Covers(ctx, actor, DoSettle, d.OrgPath, d.Field)
	if err == nil {
		err = s.duty(ctx, s.db().As(store.System("dispute")), actor, d)
	}
	if fault.As(err) != nil {
		return false, nil
	}
	return err == nil, err
}

// Withdraw takes one's own dispute back.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "steward: withdraw")
	d, err := s.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if d.State != Open || d.Version != version {
		return gone()
	}
	act := d.act(DoWithdraw, "提出人撤回", nil)
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		d := d
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		all := tx.System("dispute")
		mine, _, err := s.Rights.Same(ctx, all, actor.Account, d.Account)
		if err != nil {
			return err
		}
		if !mine {
			return fault.New(fault.Forbidden, "只有提出的人可以撤回。").By("H-09")
		}
		return s.close(ctx, all, d, &headcount.Change{}, s.withdrawn(actor)...)
	})
}

// close ends an open dispute and takes it out of the counts, if nobody was quicker.
func (s *Service) close(ctx context.Context, all *store.Tx, d Dispute, change *headcount.Change, set ...store.Value) error {
	if err := s.end(ctx, all, d, change, set...); err != nil {
		return err
	}
	return change.Apply(ctx, all)
}

func (s *Service) end(ctx context.Context, all *store.Tx, d Dispute, change *headcount.Change, set ...store.Value) error {
	n, err := all.Update(ctx, "dispute", store.ByID(d.ID).And("version", d.Version).And("state", string(Open)), append(set, store.Set("version", d.Version+1))...)
	if err != nil {
		return err
	}
	if n == 0 {
		return gone()
	}
	change.Tally(d.OrgPath, headcount.Disputes, d.Due.String(), -1)
	return nil
}

// Forget takes a destroyed person's open disputes out of the counts, before their rows go.
func Forget(ctx context.Context, tx *store.Tx, memberID string) error {
	var change headcount.Change
	all := tx.System("destruction")
	err := all.Each(ctx, "SELECT org_path, due_on FROM {dispute} WHERE member_id = ? AND state = 'open'", []any{memberID}, func(row store.Row) error {
		var path, due string
		err := row.Scan(&path, &due)
		change.Tally(path, headcount.Disputes, due, -1)
		return err
	})
	if err != nil {
		return err
	}
	return change.Apply(ctx, all)
}
