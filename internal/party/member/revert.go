package member

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"

	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// bytesColumns are stored as bytes, numbers as numbers; images hold both as text.
var (
	bytesColumns  = map[string]bool{"id_number": true, "id_index": true, "id_tail": true, "mobile": true, "mobile_tail": true, "phone": true, "address": true, "notes": true}
	numberColumns = map[string]bool{"lost": true, "floating": true, "care": true, "missing": true, "source_row": true}
)

// Revert puts a member's row back to what it was before a change, if nobody has changed it since.
func (s *Service) Revert(ctx context.Context, tx *store.Tx, c ledger.Change) error {
	return keepAging(ctx, tx, func() error { return s.revert(ctx, tx, c) }, c.RowID)
}

func (s *Service) revert(ctx context.Context, tx *store.Tx, c ledger.Change) error {
	now, err := strconv.ParseInt(c.Became("version"), 10, 64)
	if err != nil {
		return fmt.Errorf("member: revert: %w", err)
	}
	var set []store.Value
	for _, col := range c.Columns() {
		if col == "version" {
			continue
		}
		v, err := fromImage(col, c.Was(col))
		if err != nil {
			return err
		}
		set = append(set, store.Set(col, v))
	}
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	m, err := s.ByID(ctx, tx, c.RowID)
	if err != nil {
		return err
	}
	if m.Version != now {
		return fault.New(fault.Conflict, "这次导入的内容里有人后来改过，不能整批撤销。请逐个办理。")
	}
	if _, err := tx.Update(ctx, "member", store.ByID(c.RowID).And("version", now), append(set, store.Set("version", now+1))...); err != nil {
		return err
	}
	missing, err := strconv.ParseInt(c.Was("missing"), 10, 64)
	if err != nil {
		return fmt.Errorf("member: revert: %w", err)
	}
	was := m
	was.Category, was.Review, was.Sex, was.Born, was.Missing = identity.Category(c.Was("category")), Review(c.Was("review")), identity.Sex(c.Was("sex")), c.Was("born"), Missing(missing)
	var change headcount.Change
	if m.State == Active {
		m.count(&change, m.OrgPath, -1)
		was.count(&change, m.OrgPath, 1)
	}
	if err := s.refresh(ctx, tx, m.ID); err != nil {
		return err
	}
	return change.Apply(ctx, tx)
}

// fromImage reads a column's value out of an image.
func fromImage(column, text string) (any, error) {
	switch {
	case bytesColumns[column] && (text == "" || text == "null"):
		return nil, nil
	case bytesColumns[column]:
		return hex.DecodeString(text)
	case numberColumns[column]:
		return strconv.ParseInt(text, 10, 64)
	}
	return text, nil
}
