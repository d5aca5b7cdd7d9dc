package review

import (
	"context"
	"slices"
	"time"

	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// own gives a proposal its owner: the branch, where it is the branch's own to confirm and has a second person for it;
// else the nearest organisation above that has one.
func (s *Service) own(ctx context.Context, tx *store.Tx, p *Proposal, c *member.Change) error {
	all := tx.System("owner")
	if _, err := all.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{p.Member}, &p.OrgPath); err != nil {
		return err
	}
	here := []string{p.OrgPath}
	confirmers, err := s.Rights.Holders(ctx, all, DoConfirm, here, shown(p.Fields)...)
	if err != nil {
		return err
	}
	entered := p.Own() || facts[p.Kind] && slices.ContainsFunc(p.Fields, lives)
	for _, h := range confirmers {
		entered = entered || h.Account == p.Account && !c.Key() && ordinary(p.Kind)
	}
	p.Level = Superior
	if entered {
		p.Level = Branch
		rest, err := s.others(ctx, all, confirmers, p)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return s.give(ctx, all, p, rest[0].Org)
		}
	}
	top := p.OrgPath
	if c.ToPath != "" {
		top = org.Common(p.OrgPath, c.ToPath)
	}
	above, err := s.above(ctx, all, p, top, "")
	if err != nil {
		return err
	}
	return s.give(ctx, all, p, above)
}

// lives tells whether a fact is care given or hardship: the branch confirms it whoever enters it, since it knows, and the
// fewest have to.
func lives(c roster.Column) bool {
	return member.FactKind(c) == member.CareGiven || member.FactKind(c) == member.Hardship
}

// ordinary are the kinds of changes that a branch confirms by itself where no key fact is among them: what one corrects or
// adds in a living record. Ending, moving, uniting is for those above.
func ordinary(kind string) bool {
	return kind == member.DoMend || kind == member.DoFact || kind == member.DoFactMend || kind == member.DoFactRetire
}

// above is the nearest organisation at or above a path whose reviewers may decide, strictly above another when one is
// given; "" when there is none.
func (s *Service) above(ctx context.Context, r store.Reader, p *Proposal, from, strictly string) (string, error) {
	var paths []string
	for _, a := range upwards(from) {
		if strictly == "" || len(a) < len(strictly) {
			paths = append(paths, a)
		}
	}
	holders, err := s.Rights.Holders(ctx, r, DoReview, paths, shown(p.Fields)...)
	if err != nil {
		return "", err
	}
	rest, err := s.others(ctx, r, holders, p)
	if err != nil || len(rest) == 0 {
		return "", err
	}
	return rest[0].Org, nil
}

// others leaves out the proposer, by whatever account, and the member herself.
func (s *Service) others(ctx context.Context, r store.Reader, holders []Holder, p *Proposal) ([]Holder, error) {
	var out []Holder
	for _, h := range holders {
		same, perhaps, err := s.Rights.Same(ctx, r, h.Account, p.Account)
		if err == nil && !same && !perhaps {
			same, perhaps, err = s.Rights.IsMember(ctx, r, h.Account, p.Member)
		}
		if err != nil {
			return nil, err
		}
		if !same && !perhaps {
			out = append(out, h)
		}
	}
	return out, nil
}

// give names the owner and when the next one is asked. Without anybody it stays with the branch, which sees that it
// waits and that somebody has to be appointed.
func (s *Service) give(ctx context.Context, r store.Reader, p *Proposal, org string) error {
	p.Escalates = time.Time{}
	if org == "" {
		_, err := r.One(ctx, "SELECT org_id FROM {member} WHERE id = ?", []any{p.Member}, &p.Owner)
		return err
	}
	p.Owner = org
	if s.Escalate > 0 {
		p.Escalates = s.Members.Clock.Now().Add(s.Escalate)
	}
	return nil
}

// upwards are a path and those of the organisations above it.
func upwards(path string) []string {
	var out []string
	for i := range len(path) {
		if path[i] == '.' {
			out = append(out, path[:i+1])
		}
	}
	return out
}
