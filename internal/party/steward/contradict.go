package steward

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Lasting are the facts that stay as they are in a life: where a sheet says otherwise than what a second person has
// reviewed, one of the two is wrong, and the steward finds out which. Telephone, work or education change, and a sheet
// that says otherwise brings the news: the change that waits for review is all it takes.
var Lasting = []roster.Column{roster.Name, roster.Sex, roster.Born, roster.Ethnicity, roster.Joined, roster.Confirmed}

// Contradiction is that a sheet says otherwise than a reviewed record of a fact that stays as it is.
type Contradiction struct {
	Member   member.Member
	Field    roster.Column
	Was, Now string // reviewed, and in the sheet
	Proposal string // id of the change that the import proposes
	Sheet    string
	Row      int
}

// Contradictions are those of the changes that an import proposes.
func Contradictions(list []review.Entry, sheet string) (out []Contradiction) {
	for _, e := range list {
		c := e.Change
		if c.Member.Review != member.Reviewed {
			continue
		}
		for _, f := range c.Fields {
			if slices.Contains(Lasting, f) && c.Old[f] != "" && c.New[f] != "" {
				out = append(out, Contradiction{c.Member, f, c.Old[f], c.New[f], "", sheet, e.Row})
			}
		}
	}
	return out
}

// Contradicting seals what is said of contradictions, each of which becomes a dispute that its fact's steward answers with
// both values before her. File writes them.
func (s *Service) Contradicting(ctx context.Context, actor ledger.Actor, list []Contradiction) (out []Dispute, err error) {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Member.ID
	}
	keys, err := s.Members.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		subject := Subject{Field: c.Field}
		kind, ok := subject.Kind()
		key := keys[c.Member.ID]
		if !ok || key == nil {
			continue
		}
		d := Dispute{ID: s.ledger().IDs.New(), Member: c.Member.ID, OrgPath: c.Member.OrgPath, Subject: subject, Kind: kind, Origin: ByImport, State: Open, Proposal: c.Proposal,
			Account: actor.Account, Actor: actor.Name, Person: actor.Member, Version: 1}
		text := []rune(fmt.Sprintf("花名册“%s”第 %d 行写的是“%s”，与审核过的“%s”不一致。请对照原始材料核对。", c.Sheet, c.Row, c.Now, c.Was))
		d.content = key.Seal(contentSeal, d.ID, []byte(string(text[:min(len(text), longest)])))
		out = append(out, d)
	}
	return out, nil
}

// File writes what Contradicting gave, inside an act of the import. A fact that somebody doubts already has its dispute.
func (s *Service) File(ctx context.Context, tx *store.Tx, list []Dispute) error {
	all := tx.System("dispute")
	type seat struct {
		path string
		kind Kind
	}
	owners := map[seat]string{}
	var change headcount.Change
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Dispute) int { return strings.Compare(a.OrgPath, b.OrgPath) })
	locked := ""
	for _, d := range list {
		if err := s.settledPlace(ctx, tx, &d); fault.Of(err) == fault.NotFound {
			continue
		} else if err != nil {
			return err
		}
		if d.OrgPath != locked {
			if err := all.Lock(ctx, "dispute "+d.OrgPath); err != nil {
				return err
			}
			locked = d.OrgPath
		}
		found, err := s.doubted(ctx, all, d)
		if err != nil {
			return err
		}
		if found {
			continue
		}
		at := seat{d.OrgPath, d.Kind}
		owner, known := owners[at]
		if !known {
			if owner, err = s.owner(ctx, all, d, ""); err != nil {
				return err
			}
			owners[at] = owner
		}
		d.Owner = owner
		if err := s.insert(ctx, all, d, &change); err != nil {
			return err
		}
	}
	return change.Apply(ctx, all)
}

// TakeBack ends the open disputes that an import has raised, since the import is taken back.
func (s *Service) TakeBack(ctx context.Context, tx *store.Tx, actor ledger.Actor, batch string) error {
	all := tx.System("dispute")
	var list []Dispute
	err := all.Each(ctx, "SELECT "+columns+" FROM {dispute} WHERE state = 'open' AND origin = 'import' AND proposal_id IN (SELECT id FROM {proposal} WHERE batch = ?) ORDER BY id", []any{batch}, func(row store.Row) error {
		d, err := scan(row)
		list = append(list, d)
		return err
	})
	if err != nil {
		return err
	}
	var change headcount.Change
	for _, d := range list {
		if err := s.settledPlace(ctx, tx, &d); err != nil {
			return err
		}
		if err := s.end(ctx, all, d, &change, s.withdrawn(actor)...); err != nil {
			return err
		}
	}
	return change.Apply(ctx, all)
}

// withdrawn is how a dispute ends that nobody maintains any more.
func (s *Service) withdrawn(actor ledger.Actor) []store.Value {
	return []store.Value{store.Set("state", string(Withdrawn)), store.Set("settled_at", s.Members.Clock.Now().UnixMicro()), store.Set("decider_id", actor.Account), store.Set("decider", actor.Name)}
}
