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
	"zhibu/internal/trust/vault"
)

// Limit is the rule on how long an answer may take.
func (s *Service) Limit() rulebook.Rule {
	rule, ok := s.Members.Rules.On("K-22", s.today())
	if !ok {
		rule, _ = s.Members.Rules.First("K-22")
	}
	return rule
}

// Raise doubts a column of a record: the member of her own, the branch and those above of records they see. It goes to
// the steward of that kind of field. The faults name field and content.
func (s *Service) Raise(ctx context.Context, actor ledger.Actor, memberID string, field roster.Column, text string) (id string, err error) {
	return s.RaiseAbout(ctx, actor, memberID, Subject{Field: field}, text)
}

// RaiseAbout is Raise for whatever of a record can be doubted, one of its dated facts or documents too.
func (s *Service) RaiseAbout(ctx context.Context, actor ledger.Actor, memberID string, about Subject, text string) (id string, err error) {
	defer fault.Wrap(&err, "steward: raise")
	r := s.db().As(actor.Scope)
	m, err := s.Members.ByID(ctx, r, memberID)
	if err != nil {
		return "", err
	}
	kind, ok := about.Kind()
	if ok = ok && about.Field != OfOrganisation && (m.State == member.Active || m.State == member.Ended); ok {
		ok, err = s.stands(ctx, r, m.ID, about)
	}
	if err != nil {
		return "", err
	}
	return s.raise(ctx, actor, ok, Dispute{Member: m.ID, OrgPath: m.OrgPath, Subject: about, Kind: kind}, text)
}

// stands tells whether the dated fact or the document that is doubted is one of the record's.
func (s *Service) stands(ctx context.Context, r store.Reader, memberID string, about Subject) (found bool, err error) {
	var one int
	switch {
	case about.About == "":
		return true, nil
	case about.Field == OfDocument:
		return r.One(ctx, "SELECT 1 FROM {document} WHERE id = ? AND member_id = ? AND state = 'kept'", []any{about.About, memberID}, &one)
	}
	return r.One(ctx, "SELECT 1 FROM {fact} WHERE id = ? AND member_id = ? AND kind = ? AND retired = 0", []any{about.About, memberID, string(about.Field)}, &one)
}

// RaiseOrganisation doubts an organisation's own data: its name, superior, unit, contact or posts.
func (s *Service) RaiseOrganisation(ctx context.Context, actor ledger.Actor, orgID, text string) (id string, err error) {
	defer fault.Wrap(&err, "steward: raise")
	o, err := org.ByID(ctx, s.db().As(actor.Scope), orgID)
	if err != nil {
		return "", err
	}
	return s.raise(ctx, actor, o.Abolished.IsZero(), Dispute{OrgPath: o.Path, Subject: Subject{OfOrganisation, o.ID}, Kind: Organisation}, text)
}

func (s *Service) raise(ctx context.Context, actor ledger.Actor, possible bool, d Dispute, text string) (string, error) {
	own := d.OfRecord() && actor.Member == d.Member
	text = strings.TrimSpace(text)
	if !own {
		err := s.Rights.May(ctx, actor, DoRaise, d.OrgPath)
		if err == nil && possible {
			err = s.Rights.Covers(ctx, actor, DoRaise, d.OrgPath, d.Field)
		}
		if err != nil {
			return "", err
		}
	}
	switch {
	case !possible:
		return "", fault.New(fault.Invalid, "这一项不能提出异议。").At("field")
	case text == "":
		return "", fault.New(fault.Invalid, "请写明哪里不对，应该是什么，凭什么。").At("content")
	case len([]rune(text)) > longest:
		return "", fault.New(fault.Invalid, "最多 %d 个字。", longest).At("content")
	}
	d.ID, d.State, d.Account, d.Actor, d.Person, d.Version = s.ledger().IDs.New(), Open, actor.Account, actor.Name, actor.Member, 1
	key, err := s.keyFor(ctx, &d)
	if err != nil {
		return "", err
	}
	d.content = key.Seal(contentSeal, d.ID, []byte(text))
	err = s.ledger().Do(ctx, actor, d.act(DoRaise, "提出异议", map[string]any{"field": d.Field}), func(tx *store.Tx) error {
		d := d // the function may run again
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		if !own {
			if err := s.Rights.Inside(ctx, tx, actor, DoRaise, d.OrgPath, d.record(), d.Field); err != nil {
				return err
			}
		}
		all := tx.System("dispute")
		if d.Origin, err = s.origin(ctx, all, own, d); err != nil {
			return err
		}
		return s.file(ctx, all, d)
	})
	if err != nil {
		return "", err
	}
	return d.ID, nil
}

// keyFor is the key under which a new dispute's texts lie: the member's, or a fresh one for an organisation's.
func (s *Service) keyFor(ctx context.Context, d *Dispute) (*vault.Person, error) {
	if d.OfRecord() {
		return s.Members.Vault.Person(ctx, d.Member)
	}
	d.Member = d.ID
	made, err := s.Members.Vault.Create(ctx, []string{d.ID})
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// settledPlace reads where the member or organisation stands; until the transaction ends the tree does not move.
func (s *Service) settledPlace(ctx context.Context, tx *store.Tx, d *Dispute) error {
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	query, id := "SELECT org_path FROM {member} WHERE id = ?", d.Member
	if !d.OfRecord() {
		query, id = "SELECT path FROM {org} WHERE id = ?", d.About
	}
	found, err := tx.System("dispute").One(ctx, query, []any{id}, &d.OrgPath)
	if err == nil && !found {
		err = fault.Missing()
	}
	return err
}

// file writes a dispute that is the only one about its fact.
func (s *Service) file(ctx context.Context, all *store.Tx, d Dispute) error {
	if err := all.Lock(ctx, "dispute "+d.OrgPath); err != nil {
		return err
	}
	found, err := s.doubted(ctx, all, d)
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.Conflict, "这一项已经有人提出异议，正在等答复。").At("field")
	}
	if d.Owner, err = s.owner(ctx, all, d, ""); err != nil {
		return err
	}
	var change headcount.Change
	if err := s.insert(ctx, all, d, &change); err != nil {
		return err
	}
	return change.Apply(ctx, all)
}

// doubted tells whether somebody doubts the same already.
func (s *Service) doubted(ctx context.Context, all store.Reader, d Dispute) (bool, error) {
	var one int
	if !d.OfRecord() { // its subject names the organisation
		return all.One(ctx, "SELECT 1 FROM {dispute} WHERE org_path = ? AND field = ? AND state = 'open'", []any{d.OrgPath, d.Subject.String()}, &one)
	}
	return all.One(ctx, "SELECT 1 FROM {dispute} WHERE member_id = ? AND field = ? AND state = 'open'", []any{d.Member, d.Subject.String()}, &one)
}

func (s *Service) insert(ctx context.Context, all *store.Tx, d Dispute, change *headcount.Change) error {
	d.Due = s.today().AddDays(s.Limit().Int("days"))
	change.Tally(d.OrgPath, headcount.Disputes, d.Due.String(), 1)
	set := store.Set
	return all.Insert(ctx, "dispute", set("id", d.ID), set("member_id", d.Member), set("org_path", d.OrgPath), set("field", d.Subject.String()), set("kind", string(d.Kind)), set("origin", string(d.Origin)),
		set("owner_id", d.Owner), set("state", string(Open)), set("outcome", ""), set("proposal_id", d.Proposal), set("content", d.content), set("answer", nil), set("account_id", d.Account), set("actor", d.Actor),
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
