package member

import (
	"context"
	"errors"
	"slices"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/vault"
)

// Trace is one trace of a column's history: what the record said after it, or an earlier value, and where that comes from.
type Trace struct {
	Member Member // the record with the column's value; for the others look elsewhere
	Tails  Tails
	Source Source
	Act    string // id of the act that left the value in the record; "" of an earlier value
	Fact   *Fact  // of an earlier value; nil of a change of the record itself
}

// Chronicle is the history of one column: what was true when, the latest first, and what was entered when, the latest
// first. The caller has read m under the actor's scope and asked for the column's class.
func (s *Service) Chronicle(ctx context.Context, r store.Reader, m Member, c roster.Column) (spells, entries []Trace, err error) {
	changes, err := s.Ledger.Changes(ctx, "member", m.ID)
	if err != nil {
		return nil, nil, err
	}
	stored := columnsOf[c]
	for _, change := range changes {
		if change.Op != "I" && !change.Changed(stored) {
			continue
		}
		by := change.Record
		e := Trace{Act: by.ID, Source: Source{Actor: by.Actor, At: by.Time(), Kind: by.Kind, Reason: by.Reason, Document: by.Source}}
		if change.Op == "I" {
			e.Source.Row = m.SourceRow
		}
		if e.Member, err = imaged(m, change.Became); err != nil {
			return nil, nil, err
		}
		if e.Tails, err = s.Tails(ctx, e.Member); err != nil && !errors.Is(err, vault.ErrShredded) {
			return nil, nil, err
		}
		entries = append(entries, e)
	}
	slices.Reverse(entries)
	facts, err := s.factsWhere(ctx, r, m.ID, "member_id = ? AND kind IN (?, ?)", m.ID, string(Earlier(c)), string(Aside(c)))
	for i := range facts {
		f := &facts[i]
		p := Past{Member: m}
		p.put(c, f.Text)
		spells = append(spells, Trace{Member: p.Member, Tails: p.Tails, Fact: f,
			Source: Source{Actor: f.Actor, At: f.Recorded, Kind: DoFact, Reason: f.Reason, Document: f.Document}})
	}
	slices.Reverse(spells)
	return spells, entries, err
}
