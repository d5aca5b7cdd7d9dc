package intake

import (
	"context"
	"errors"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Discarded is the message of a batch that its person threw away.
var Discarded = words.Mark("已经丢弃，没有写入任何内容。")

// Discard throws an upload away before anything of it is written: the file is destroyed, the batch closed.
func (s *Service) Discard(ctx context.Context, actor ledger.Actor, id string) (err error) {
	defer fault.Wrap(&err, "intake: discard")
	b, err := s.own(ctx, actor, id, Uploaded, Checked, Failed)
	if err != nil {
		return err
	}
	if err := s.forget(b); err != nil {
		return err
	}
	b.State, b.Sealed, b.Result.Message = Failed, "", Discarded
	act := ledger.Act{Kind: "import.discard", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "丢弃上传的花名册", Source: b.FileName}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		return errors.Join(s.putBatch(ctx, tx, b), forgetCells(ctx, tx, id))
	})
}
