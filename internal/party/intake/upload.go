package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Upload keeps an uploaded sheet, sealed, and opens it far enough to say that it can be read and what its columns
// are. The batch then waits for the person to look at the columns.
func (s *Service) Upload(ctx context.Context, actor ledger.Actor, org, fileName string, content io.Reader) (b Batch, book *roster.Book, err error) {
	defer fault.Wrap(&err, "intake: upload")
	r, err := s.prepare(ctx, actor, org)
	if err != nil {
		return b, nil, err
	}
	b = Batch{ID: s.ledger().IDs.New(), OrgID: r.target.id, OrgPath: r.target.path, Account: actor.Account, Actor: actor.Name,
		FileName: filepath.Base(fileName), State: Uploaded, At: s.clock().Now(), Version: 1}
	b.Sealed = b.ID + ".age"
	if b.FileHash, err = s.seal(b, content); err != nil {
		return b, nil, errors.Join(err, s.forget(b))
	}
	if b.Mapping, err = s.remembered(ctx, r.target.id); err != nil {
		return b, nil, errors.Join(err, s.forget(b))
	}
	if book, err = s.Book(b); err != nil {
		return b, nil, errors.Join(err, s.forget(b))
	}
	act := ledger.Act{Kind: "import.upload", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "上传花名册", Source: b.FileName}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error { return insertBatch(ctx, tx, b) })
	if err != nil {
		return b, nil, errors.Join(err, book.Close(), s.forget(b))
	}
	return b, book, nil
}

// seal writes the upload encrypted; a file over the limit is refused while it comes in.
func (s *Service) seal(b Batch, content io.Reader) (hash string, err error) {
	f, err := os.OpenFile(s.sealedPath(b), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := s.Members.Vault.SealStream(f, b.ID)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	n, err := io.Copy(w, io.TeeReader(io.LimitReader(content, s.MaxBytes+1), sum))
	if err != nil {
		return "", err
	}
	if n > s.MaxBytes {
		return "", fault.New(fault.Invalid, "文件超过了 %d MB 的上限。请分成几个文件导入，或者请系统管理员调整上限。", s.MaxBytes>>20).At("file")
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), f.Sync()
}

func (s *Service) sealedPath(b Batch) string { return filepath.Join(s.Spool, filepath.Base(b.Sealed)) }

func (s *Service) forget(b Batch) error {
	if b.Sealed == "" {
		return nil
	}
	err := os.Remove(s.sealedPath(b))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Book opens a batch's sealed upload with its chosen sheet and columns.
func (s *Service) Book(b Batch) (*roster.Book, error) {
	if b.Sealed == "" {
		return nil, fault.New(fault.NotFound, "上传的文件已经到期销毁，请重新上传。")
	}
	f, err := os.Open(s.sealedPath(b))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "上传的文件已经到期销毁，请重新上传。").Because(err)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	plain, err := s.Members.Vault.OpenStreamAt(f, info.Size(), b.ID)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	book, err := roster.Open(plain, plain.Size(), b.FileName, roster.Options{Sheet: b.Sheet, MaxBytes: s.MaxBytes, TempDir: s.Temp, Mapping: b.Mapping})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	book.Owns(f)
	return book, nil
}

// remembered is the column mapping last used for an organisation.
func (s *Service) remembered(ctx context.Context, org string) (map[string]roster.Column, error) {
	var text string
	found, err := s.everything().One(ctx, "SELECT columns FROM {mapping} WHERE org_id = ?", []any{org}, &text)
	if err != nil || !found {
		return nil, err
	}
	m := map[string]roster.Column{}
	return m, decode(text, &m)
}

// Choose sets the sheet and the meaning of columns, remembers them for the organisation, and sends the batch to be
// checked.
func (s *Service) Choose(ctx context.Context, actor ledger.Actor, id, sheet string, mapping map[string]roster.Column) (err error) {
	defer fault.Wrap(&err, "intake: choose columns")
	b, err := s.own(ctx, actor, id, Uploaded, Checked, Failed)
	if err != nil {
		return err
	}
	b.Sheet, b.Mapping, b.State, b.Result = sheet, mapping, Checking, Result{}
	book, err := s.Book(b)
	if err != nil {
		return err
	}
	if err := errors.Join(book.Ready(), book.Close()); err != nil {
		return firstFault(err)
	}
	defer s.bell.Ring()
	act := ledger.Act{Kind: "import.check", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "检查花名册", Source: b.FileName}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.putBatch(ctx, tx, b); err != nil {
			return err
		}
		return s.rememberColumns(ctx, tx, b)
	})
}

func (s *Service) rememberColumns(ctx context.Context, tx *store.Tx, b Batch) error {
	if len(b.Mapping) == 0 {
		return nil
	}
	n, err := tx.Update(ctx, "mapping", store.Key{store.Set("org_id", b.OrgID)}, store.Set("columns", encoded(b.Mapping)))
	if err != nil || n > 0 {
		return err
	}
	return tx.Insert(ctx, "mapping", store.Set("id", s.ledger().IDs.New()), store.Set("org_id", b.OrgID), store.Set("org_path", b.OrgPath), store.Set("columns", encoded(b.Mapping)))
}

// Confirm sends a checked batch in.
func (s *Service) Confirm(ctx context.Context, actor ledger.Actor, id string) (err error) {
	defer fault.Wrap(&err, "intake: confirm")
	b, err := s.own(ctx, actor, id, Checked)
	if err != nil {
		return err
	}
	if b.Result.New+b.Result.Changed == 0 {
		return fault.New(fault.Invalid, "没有可以导入的行。请改正问题后重新上传。")
	}
	b.State = Queued
	defer s.bell.Ring()
	act := ledger.Act{Kind: "import.confirm", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "确认导入花名册", Source: b.FileName}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error { return s.putBatch(ctx, tx, b) })
}

// own reads a batch that is in one of the given states and may be imported by the actor.
func (s *Service) own(ctx context.Context, actor ledger.Actor, id string, states ...State) (Batch, error) {
	b, err := s.Batch(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return b, err
	}
	if err := s.Members.Rights.May(ctx, actor, DoImport, b.OrgPath); err != nil {
		return b, err
	}
	for _, st := range states {
		if b.State == st {
			return b, nil
		}
	}
	return b, fault.New(fault.Conflict, "这次导入的状态刚刚变了，请刷新页面。")
}

func firstFault(err error) error {
	if f := fault.As(err); f != nil {
		return f
	}
	return err
}

// Mend writes a workbook of the rejected rows with the reasons, to be corrected and uploaded again.
func (s *Service) Mend(ctx context.Context, actor ledger.Actor, id string, w io.Writer) (err error) {
	defer fault.Wrap(&err, "intake: rejected rows")
	b, err := s.Batch(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	book, err := s.Book(b)
	if err != nil {
		return err
	}
	defer book.Close()
	return s.Rejected(ctx, actor, b.OrgID, book, w)
}
