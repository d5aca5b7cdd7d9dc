package review

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Proposed gives what somebody still has to decide or mend about a record, the oldest first, with old and new as they
// were proposed: for the record itself, which shows beside each fact what waits. Who shows them masks what the reader's
// role does not see.
func (s *Service) Proposed(ctx context.Context, r store.Reader, m member.Member) ([]*Item, error) {
	list, err := s.About(ctx, r, m.ID)
	if err != nil {
		return nil, err
	}
	var out []*Item
	for i := range list {
		p := &list[i]
		it := &Item{ID: p.ID, Proposal: p, Member: m, Version: p.Version + m.Version, Answer: p.Answer, By: p.Decider, enteredBy: []string{p.Account}, reads: shown(p.Fields)}
		c, err := s.open(ctx, *p)
		if err != nil {
			return nil, err
		}
		it.asProposed(c)
		out = append(out, it)
	}
	return out, nil
}

// Contents gives the proposals of a page of the queue by their ids, with old and new as they were proposed.
func (s *Service) Contents(ctx context.Context, r store.Reader, lines []Line) (map[string]*Item, error) {
	var ids []any
	for _, l := range lines {
		if l.Kind != member.DoAdd {
			ids = append(ids, l.ID)
		}
	}
	out := map[string]*Item{}
	if len(ids) == 0 {
		return out, nil
	}
	query := "SELECT " + columns + " FROM {proposal} WHERE id IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
	err := r.Each(ctx, query, ids, func(row store.Row) error {
		p, err := scan(row)
		out[p.ID] = &Item{ID: p.ID, Proposal: &p, Member: member.Member{ID: p.Member}, enteredBy: []string{p.Account}, reads: shown(p.Fields)}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, it := range out {
		c, err := s.open(ctx, *it.Proposal)
		if err != nil {
			return nil, err
		}
		it.asProposed(c)
	}
	return out, nil
}

// asProposed shows a change as it was proposed, without asking whether it is still possible.
func (it *Item) asProposed(c content) {
	p := it.Proposal
	it.Was = c.Was
	it.Change = &member.Change{Kind: p.Kind, Member: it.Member, Basis: p.Basis, Fields: p.Fields, Old: c.Was, New: c.Values, Ending: c.Ending, To: c.To, Entry: c.Fact, FromOther: c.From}
	if p.Kind != member.DoMend {
		it.Change.New = c.New
	}
}

// Checked tells what is wrong with a member's own request before anything of it is kept, since the photo that is to
// prove it takes a while to come in. proof says that there is one. none: nothing would change.
func (s *Service) Checked(ctx context.Context, actor ledger.Actor, version int64, values map[roster.Column]string, b member.Basis, proof bool) (none bool, problems []roster.Problem, err error) {
	c, problems, err := s.requested(ctx, actor, version, values, b)
	if err == nil && c != nil && !proof {
		err = proven(c.Key(), c.Basis)
	}
	return c == nil && !roster.Rejected(problems), problems, err
}

// requested is the change that a member asks for on her own record; nil when nothing would change, or with problems.
func (s *Service) requested(ctx context.Context, actor ledger.Actor, version int64, values map[roster.Column]string, b member.Basis) (*member.Change, []roster.Problem, error) {
	if actor.Member == "" {
		return nil, nil, fault.Missing()
	}
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), actor.Member)
	if err != nil {
		return nil, nil, err
	}
	if m.Version != version {
		return nil, nil, stale()
	}
	if m.State != member.Active {
		return nil, nil, fault.New(fault.Invalid, "档案已经终结，不能再申请更正。请联系所在党组织。")
	}
	return s.Members.Mending(ctx, actor, m, values, nil, b)
}

// Reads are the facts that the item is about: whoever decides it has to see them.
func (it *Item) Reads() []roster.Column { return it.reads }

// Since finds the newest change to a field of a record that was proposed after an id was given and waits or was
// approved; "" for none.
func (s *Service) Since(ctx context.Context, r store.Reader, memberID string, field roster.Column, after string) (id string, err error) {
	query := "SELECT " + columns + " FROM {proposal} WHERE member_id = ? AND id > ? AND state IN ('pending', 'approved') ORDER BY id"
	err = r.Each(ctx, query, []any{memberID, after}, func(row store.Row) error {
		p, err := scan(row)
		if slices.Contains(p.Fields, field) {
			id = p.ID
		}
		return err
	})
	return id, err
}
