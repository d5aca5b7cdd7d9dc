package review

import (
	"context"
	"encoding/json"
	"strconv"

	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// What waits about a record goes over when the record is united with another of the same person: a correction or a dated
// fact waits on about the one that is kept, sealed with that person's key, for the reviewers of its branch. What can only be
// about the record that ends, or about what somebody's proposal at the kept one waits for already, is given back with the
// reason. When the two are made two again, all of it is as it was.

var leftBehind = words.Mark("这份档案已经并入同一个人的另一份档案，这一条没有跟过去。请看合并后的档案，还需要的再提一次。")

// Over takes what waits about the record that ends to the one that is kept.
func (s *Service) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	open, err := s.About(ctx, tx, u.Other.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	standing, err := s.About(ctx, tx, u.Kept.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		c, err := s.open(ctx, p)
		if err != nil {
			return err
		}
		goes, err := s.mayFollow(ctx, tx, p, &c, u, standing)
		switch {
		case err != nil:
			return err
		case goes:
			err = s.follow(ctx, tx, p, c, u.Other.ID, u.Kept, u.Copies)
		case p.State == Waiting:
			err = s.close(ctx, tx, ledger.System("records united"), p, Returned, leftBehind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mayFollow tells whether a proposal can be about the kept record as well, and lets it name that one's copy of a dated fact.
func (s *Service) mayFollow(ctx context.Context, tx *store.Tx, p Proposal, c *content, u member.Union, standing []Proposal) (bool, error) {
	if p.Kind != member.DoMend && !facts[p.Kind] {
		return false, nil
	}
	if c.About != "" {
		found, err := tx.One(ctx, "SELECT id, version FROM {fact} WHERE member_id = ? AND follows = ? AND retired = 0", []any{u.Kept.ID, c.About}, &c.About, &c.AtWas)
		if err != nil || !found {
			return false, err
		}
	}
	about := map[string]string{p.ID: c.About}
	for _, o := range standing {
		if facts[o.Kind] {
			other, err := s.open(ctx, o)
			if err != nil {
				return false, err
			}
			about[o.ID] = other.About
		}
		if (o.Kind == p.Kind || facts[o.Kind] && facts[p.Kind]) && together(o, p, about) {
			return false, nil
		}
	}
	return true, nil
}

// follow writes a proposal as one about another record of the same person, sealed with its key, for the reviewers of its
// branch. A reviewer's correction that waits for whoever entered it waits for the same one.
func (s *Service) follow(ctx context.Context, tx *store.Tx, p Proposal, c content, from string, to member.Member, documents map[string]string) error {
	key, err := s.Members.Vault.Person(ctx, to.ID)
	if err != nil {
		return err
	}
	if p.Person == from {
		p.Person = to.ID
	}
	for i, id := range p.Documents {
		if other := documents[id]; other != "" {
			p.Documents[i] = other
		}
	}
	p.Member, p.OrgPath = to.ID, to.OrgPath
	p.content = key.Seal(contentColumn, p.ID, c.encoded())
	it := &Item{Proposal: &p, Member: to}
	it.asProposed(c)
	if p.Confirmer == "" {
		if err := s.own(ctx, tx, &p, it.Change); err != nil {
			return err
		}
	}
	version := p.Version
	p.Version++
	var set []store.Value
	for i, v := range p.row() {
		if stored[i] != "id" {
			set = append(set, store.Set(stored[i], v))
		}
	}
	n, err := tx.Update(ctx, "proposal", store.ByID(p.ID).And("version", version), set...)
	if err == nil && n == 0 {
		err = stale()
	}
	return err
}

// Back gives what went over back to the record that it was about, as it stands now, and lets wait again what had been given
// back because of the union.
func (s *Service) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	for id, change := range u.Moved("proposal") {
		p, found, err := s.proposal(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found || p.Member != u.Kept.ID {
			continue
		}
		c, err := s.open(ctx, p)
		if err == nil && c.About != "" {
			_, err = tx.One(ctx, "SELECT f.id, f.version FROM {fact} n JOIN {fact} f ON f.id = n.follows WHERE n.id = ?", []any{c.About}, &c.About, &c.AtWas)
		}
		if err == nil {
			err = s.follow(ctx, tx, p, c, u.Kept.ID, u.Other, originals(change))
		}
		if err != nil {
			return err
		}
	}
	for _, change := range u.Changes {
		if change.Table != "proposal" || change.Op != "U" || change.Was("state") != string(Waiting) || change.Became("state") != string(Returned) {
			continue
		}
		p, found, err := s.proposal(ctx, tx, change.RowID)
		if err != nil {
			return err
		}
		if !found || p.State != Returned || strconv.FormatInt(p.Version, 10) != change.Became("version") {
			continue // whoever proposed it has seen to it
		}
		_, err = tx.Update(ctx, "proposal", store.ByID(p.ID).And("version", p.Version), store.Set("state", string(Waiting)), store.Set("answer", ""),
			store.Set("decider_id", ""), store.Set("decider", ""), store.Set("decided", 0), store.Set("version", p.Version+1))
		if err != nil {
			return err
		}
	}
	return nil
}

// originals are the documents of which a proposal named copies since it went over.
func originals(change ledger.Change) map[string]string {
	var was, became []string
	_ = json.Unmarshal([]byte(change.Was("documents")), &was) // empty text: none
	_ = json.Unmarshal([]byte(change.Became("documents")), &became)
	out := map[string]string{}
	for i := range min(len(was), len(became)) {
		out[became[i]] = was[i]
	}
	return out
}
