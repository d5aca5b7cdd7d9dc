package web

import (
	"io"

	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// giveRejected gives the workbook of the rejected rows. It holds what had been uploaded, in full, so that it is
// recorded before it is given, like anything else that is taken out.
func (s *Server) giveRejected(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	book, err := v.in.Intake.Book(b)
	if err != nil {
		return err
	}
	if err := book.Close(); err != nil {
		return err
	}
	act := ledger.Act{Kind: "import.rejected_rows", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "下载退回的行", Source: b.FileName}
	if err := v.in.Ledger.Note(v.ctx(), v.actor(), act); err != nil {
		return err
	}
	return v.download("退回的行", roster.FormatXLSX, func(w io.Writer) error { return v.in.Intake.Mend(v.ctx(), v.actor(), b.ID, w) })
}
