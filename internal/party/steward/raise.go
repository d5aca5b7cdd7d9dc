package steward

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Limit is the rule on how long an answer may take.
func (s *Service) Limit() rulebook.Rule {
	rule, ok := s.Members.Rules.On("K-22", s.today())
	if !ok {
		rule, _ = s.Members.Rules.First("K-22")
	}
	return rule
}

// Raise doubts a fact of a record: the member of her own, the branch and those above of records they see. It goes to
// the steward of that kind of field. The faults name field and content.
func (s *Service) Raise(ctx context.Context, actor ledger.Actor, memberID string, field roster.Column, text string) (id string, err error) {
	defer fault.Wrap(&err, "steward: raise")
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), memberID)
	if err != nil {
		return "", err
	}
	own := actor.Member == m.ID
	kind, ok := KindOf(field)
	text = strings.TrimSpace(text)
	if !own {
		err := s.Rights.May(ctx, actor, DoRaise, m.OrgPath)
		if err == nil && ok {
			err = s.Rights.Covers(ctx, actor, DoRaise, m.OrgPath, field)
		}
		if err != nil {
			return "", err
		}
	}
	switch {
	case !ok || field == roster.Note || m.State != member.Active && m.State != member.Ended:
		return "", fault.New(fault.Invalid, "这一项不能提出异议。").At("field")
	case text == "":
		return "", fault.New(fault.Invalid, "请写明哪里不对，应该是什么，凭什么。").At("content")
	case len([]rune(text)) > longest:
		return "", fault.New(fault.Invalid, "最多 %d 个字。", longest).At("content")
	}
	key, err := s.Members.Vault.Person(ctx, m.ID)
	if err != nil {
		return "", err
	}
	d := Dispute{ID: s.ledger().IDs.New(), Member: m.ID, OrgPath: m.OrgPath, Field: field, Kind: kind, State: Open, Account: actor.Account, Actor: actor.Name, Person: actor.Member, Version: 1}
	d.content = key.Seal(contentSeal, d.ID, []byte(text))
	act := ledger.Act{Kind: DoRaise, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: "提出异议", Detail: map[string]any{"dispute": d.ID, "field": field}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		d := d // the function may run again
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		if !own {
			if err := s.Rights.Inside(ctx, tx, actor, DoRaise, d.OrgPath, d.Member, field); err != nil {
				return err
			}
		}
		return s.file(ctx, tx.System("dispute"), own, d)
	})
	if err != nil {
		return "", err
	}
	return d.ID, nil
}

// settledPlace reads where the member stands; until the transaction ends the tree does not move.
func (s *Service) settledPlace(ctx context.Context, tx *store.Tx, d *Dispute) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	found, err := tx.System("dispute").One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{d.Member}, &d.OrgPath)
	if err == nil && !found {
		err = fault.Missing()
	}
	return err
}

// file writes a dispute that is the only one about its fact.
func (s *Service) file(ctx context.Context, all *store.Tx, own bool, d Dispute) error {
	if err := all.Lock(ctx, "dispute "+d.Member); err != nil {
		return err
	}
	var one int
	found, err := all.One(ctx, "SELECT 1 FROM {dispute} WHERE member_id = ? AND field = ? AND state = 'open'", []any{d.Member, string(d.Field)}, &one)
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.Conflict, "这一项已经有人提出异议，正在等答复。").At("field")
	}
	if d.Origin, err = s.origin(ctx, all, own, d); err != nil {
		return err
	}
	if d.Owner, err = s.owner(ctx, all, d, ""); err != nil {
		return err
	}
	d.Due = s.today().AddDays(s.Limit().Int("days"))
	var change headcount.Change
	change.Tally(d.OrgPath, headcount.Disputes, d.Due.String(), 1)
	if err := change.Apply(ctx, all); err != nil {
		return err
	}
	set := store.Set
	return all.Insert(ctx, "dispute", set("id", d.ID), set("member_id", d.Member), set("org_path", d.OrgPath), set("field", string(d.Field)), set("kind", string(d.Kind)), set("origin", string(d.Origin)),
		set("owner_id", d.Owner), set("state", string(Open)), set("outcome", ""), set("proposal_id", ""), set("content", d.content), set("answer", nil), set("account_id", d.Account), set("actor", d.Actor),
		set("person", d.Person), set("due_on", d.Due.String()), set("escalated", 0), set("settled_at", 0), set("decider_id", ""), set("decider", ""), set("version", 1))
}

// origin tells whether the branch itself doubts or one above.
func (s *Service) origin(ctx context.Context, r store.Reader, own bool, d Dispute) (Origin, error) {
	if own {
		return ByMember, nil
	}
	here, err := s.Rights.Holders(ctx, r, DoRaise, []string{d.OrgPath}, d.Field)
	for _, h := range here {
		if h.Account == d.Account {
			return ByBranch, err
		}
	}
	return BySuperior, err
}

// owner is the nearest organisation from the branch upwards, strictly above another when one is given, whose steward
// can answer: somebody with an account and a role for it, neither the one who raised it nor the member. "" of a strict
// search: there is none above. Else it stays with the branch, which sees that it waits and that somebody is missing.
func (s *Service) owner(ctx context.Context, r store.Reader, d Dispute, strictly string) (string, error) {
	house, err := s.house(ctx, r, d.OrgPath, s.today())
	if err != nil {
		return "", err
	}
	for _, at := range house.Up {
		if strictly != "" && len(at.Path) >= len(strictly) {
			continue
		}
		able, err := s.able(ctx, r, house, at, d)
		if err != nil {
			return "", err
		}
		if len(able) > 0 {
			return at.ID, nil
		}
	}
	if strictly != "" {
		return "", nil
	}
	return house.Up[0].ID, nil
}

// able are the accounts that may answer a dispute as stewards of one organisation.
func (s *Service) able(ctx context.Context, r store.Reader, house House, at Place, d Dispute) (out []string, err error) {
	house.Up = []Place{at}
	seat := house.Answer(d.Kind, s.today()).Steward
	if len(seat.Holders) == 0 {
		return nil, nil
	}
	var paths []string
	for end := range d.OrgPath {
		if d.OrgPath[end] == '.' {
			paths = append(paths, d.OrgPath[:end+1])
		}
	}
	may, err := s.Rights.Holders(ctx, r, DoSettle, paths, d.Field)
	if err != nil {
		return nil, err
	}
	for _, h := range seat.Holders {
		if h.Account == "" || !slices.ContainsFunc(may, func(x review.Holder) bool { return x.Account == h.Account }) {
			continue
		}
		apart, err := s.apart(ctx, r, h.Account, d)
		if err != nil {
			return nil, err
		}
		if apart == nil {
			out = append(out, h.Account)
		}
	}
	return out, nil
}

// apart says why an account may not answer: it is that of whoever raised the dispute, or of the member.
func (s *Service) apart(ctx context.Context, r store.Reader, account string, d Dispute) (*fault.Error, error) {
	for _, ask := range []func() (bool, bool, error){
		func() (bool, bool, error) { return s.Rights.Same(ctx, r, account, d.Account) },
		func() (bool, bool, error) { return s.Rights.IsMember(ctx, r, account, d.Member) },
	} {
		same, perhaps, err := ask()
		if err != nil {
			return nil, err
		}
		if same || perhaps {
			return fault.New(fault.Forbidden, "提出异议的人和本人不能答复，换一个账号也不行。请由责任人或者上级答复。").By("H-09"), nil
		}
	}
	return nil, nil
}
