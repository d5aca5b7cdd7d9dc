package life

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/words"
)

// Amendment is what was put right of confirmed minutes.
type Amendment struct {
	ID, Said, Actor string

	sealed []byte
}

const amendColumn = "amendment.said"

// SealedAmendments is where corrections lie under the branches' keys.
var SealedAmendments = rotation.Sealed{Table: "amendment", Holder: "org_id", Columns: []string{"said"}}

// Amend adds a correction below confirmed minutes, whose text stays. The fault names said.
func (s *Service) Amend(ctx context.Context, actor ledger.Actor, id, said string) (err error) {
	defer fault.Wrap(&err, "life: amend")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if f := tidy(&said, true, longNotes, "said", RuleMinutes, words.Mark("请写明更正什么、为什么。")); f != nil {
		return f
	}
	if m.State != Confirmed {
		return fault.New(fault.Conflict, "记录确认以后才在后面补充更正；没有确认的直接改。").By(RuleMinutes)
	}
	key, err := s.key(ctx, m.Org)
	if err != nil {
		return err
	}
	return s.do(ctx, actor, DoRecord, "补充更正会议记录", m, func(tx *store.Tx) error {
		one, set := s.Ledger.IDs.New(), store.Set
		return tx.Insert(ctx, "amendment", set("id", one), set("org_id", m.Org), set("org_path", m.OrgPath), set("meeting_id", id), set("said", key.Seal(amendColumn, one, []byte(said))), set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
	})
}

// Amendments are the corrections of confirmed minutes in their order.
func (s *Service) Amendments(ctx context.Context, r store.Reader, m Meeting) (out []Amendment, err error) {
	err = r.Each(ctx, "SELECT id, said, actor FROM {amendment} WHERE meeting_id = ? ORDER BY id", []any{m.ID}, func(row store.Row) error {
		var a Amendment
		err := row.Scan(&a.ID, &a.sealed, &a.Actor)
		out = append(out, a)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	key, err := s.Vault.Person(ctx, m.Org)
	if err != nil {
		return nil, err
	}
	for i := range out {
		plain, err := key.Open(amendColumn, out[i].ID, out[i].sealed)
		if err != nil {
			return nil, err
		}
		out[i].Said = string(plain)
	}
	return out, nil
}
