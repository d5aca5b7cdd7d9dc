package intake

import (
	"context"
	"errors"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Send gives an uploaded batch to the importer without a preview, as a command does: its good rows go in, the others
// are reported. The columns are those remembered for the organisation.
func (s *Service) Send(ctx context.Context, actor ledger.Actor, id, sheet string) (err error) {
	defer fault.Wrap(&err, "intake: send")
	b, err := s.own(ctx, actor, id, Uploaded)
	if err != nil {
		return err
	}
	b.Sheet, b.State = sheet, Queued
	book, err := s.Book(b)
	if err != nil {
		return err
	}
	if err := errors.Join(book.Ready(), book.Close()); err != nil {
		return firstFault(err)
	}
	defer s.bell.Ring()
	act := ledger.Act{Kind: "import.confirm", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "确认导入花名册", Source: b.FileName}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error { return s.putBatch(ctx, tx, b) })
}
