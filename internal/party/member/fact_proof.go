package member

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// A document proves a dated fact as it proves a column of the record: by a row of its own, which names the fact.
const provesFact = "fact."

// maxProofs bounds the documents of one fact.
const maxProofs = 20

// ProvenFact is the dated fact that a row of a document names; false where it names a column.
func ProvenFact(named string) (id string, ok bool) { return strings.CutPrefix(named, provesFact) }

// ProvesFact is how a row of a document names a dated fact.
func ProvesFact(id string) string { return provesFact + id }

// proofs checks that documents belong to the member's file.
func (s *Service) proofs(ctx context.Context, member string, ids []string) ([]string, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxProofs {
		return nil, fault.New(fault.Invalid, "证明一件事的材料最多 %d 份。", maxProofs).At("proofs")
	}
	for _, id := range ids {
		var one int
		found, err := s.DB.As(store.System("fact")).One(ctx, "SELECT 1 FROM {document} WHERE id = ? AND member_id = ? AND state = 'kept'", []any{id, member}, &one)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.New(fault.Invalid, "选的材料不在这名党员的档案里，请重新选。").At("proofs")
		}
	}
	return ids, nil
}

// linkProofs writes which documents prove a fact, in the transaction that writes the fact.
func (s *Service) linkProofs(ctx context.Context, tx *store.Tx, m *Member, f Fact) error {
	for _, id := range f.Proofs {
		err := tx.Insert(ctx, "document_fact", store.Set("id", s.Ledger.IDs.New()), store.Set("document_id", id), store.Set("member_id", m.ID),
			store.Set("org_path", m.OrgPath), store.Set("fact", provesFact+f.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// ProofsOf gives the documents that prove a member's dated facts, by the fact; those that were removed prove nothing.
func (s *Service) ProofsOf(ctx context.Context, r store.Reader, member string) (map[string][]string, error) {
	out := map[string][]string{}
	query := "SELECT f.fact, f.document_id FROM {document_fact} f JOIN {document} d ON d.id = f.document_id WHERE f.member_id = ? AND f.fact LIKE '" + provesFact + "%' AND d.state = 'kept' ORDER BY f.id"
	err := r.Each(ctx, query, []any{member}, func(row store.Row) error {
		var fact, id string
		if err := row.Scan(&fact, &id); err != nil {
			return err
		}
		fact = strings.TrimPrefix(fact, provesFact)
		out[fact] = append(out[fact], id)
		return nil
	})
	return out, err
}
