package intake

import (
	"context"
	"errors"
	"io"

	"zhibu/internal/party/roster"
	"zhibu/internal/trust/ledger"
)

// Rejected checks a book again and writes a workbook of the rows that are rejected, as they were given, with the
// reasons. Mended there it can be imported again.
func (s *Service) Rejected(ctx context.Context, actor ledger.Actor, orgID string, book *roster.Book, w io.Writer) error {
	r, err := s.prepare(ctx, actor, orgID)
	if err != nil {
		return err
	}
	survey, err := book.Survey(ctx, &r.context)
	if err != nil {
		return err
	}
	out, err := roster.NewRejects(w, roster.ExportOptions{TempDir: s.Temp}, nil)
	if err != nil {
		return err
	}
	r.reject = out.Add
	for row, err := range book.Rows(ctx) {
		if err == nil {
			err = r.take(ctx, row, survey)
		}
		if err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return errors.Join(r.flush(ctx), out.Close())
}
