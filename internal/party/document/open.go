package document

import (
	"context"
	"errors"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// DoOpen is the act of an opening: who, which document, for what. It stands for the pages that are looked at within
// the time given.
const (
	DoOpen   = "document.open"
	OpenTime = 30 * time.Minute
)

// Open writes down that somebody opens a document and for what; with it the pages can be read for OpenTime. The
// member sees the look. One's own documents need no purpose.
func (s *Service) Open(ctx context.Context, actor ledger.Actor, id, purpose string) (d Document, err error) {
	defer fault.Wrap(&err, "document: open")
	d, m, err := s.reach(ctx, actor, DoSee, id)
	if err != nil {
		return d, err
	}
	if strings.TrimSpace(purpose) == "" && actor.Member != m.ID {
		return d, fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
	}
	act := ledger.Act{Kind: DoOpen, Subject: "document", SubjectID: id, OrgPath: m.OrgPath, Reason: purpose, Detail: map[string]any{"member": m.ID, "kind": d.Kind}}
	return d, s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		return s.Members.WriteLook(ctx, tx, actor, m, member.Read, purpose)
	})
}

// Opened tells whether the actor has opened a document and may still read it without saying again for what.
func (s *Service) Opened(ctx context.Context, actor ledger.Actor, id string) (bool, error) {
	var one int
	since := s.Members.Clock.Now().Add(-OpenTime).UnixMicro()
	return s.Members.DB.As(store.System("one's own openings")).One(ctx,
		"SELECT 1 FROM {act} WHERE subject_id = ? AND kind = ? AND account_id = ? AND at > ?", []any{id, DoOpen, actor.Account, since}, &one)
}

// Page gives a page of a document that was opened, as JPEG with the mark drawn into it. login and code name the
// viewer's account and its organisation.
func (s *Service) Page(ctx context.Context, actor ledger.Actor, id string, n int, login, code string) (b []byte, err error) {
	defer fault.Wrap(&err, "document: page")
	d, _, err := s.reach(ctx, actor, DoSee, id)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > d.Pages {
		return nil, fault.Missing()
	}
	opened, err := s.Opened(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if !opened {
		return nil, fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
	}
	if b, err = s.content(ctx, d, pageKey(id, n)); err != nil {
		return nil, err
	}
	return watermark(b, markText(actor.Name, login, code, s.Members.Clock.Now()))
}

// Thumb gives the small picture of a page. Nothing can be read on it, so it is no look.
func (s *Service) Thumb(ctx context.Context, actor ledger.Actor, id string, n int) (b []byte, err error) {
	defer fault.Wrap(&err, "document: thumbnail")
	d, _, err := s.reach(ctx, actor, DoSee, id)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > d.Pages {
		return nil, fault.Missing()
	}
	return s.content(ctx, d, thumbKey(id, n))
}

// content reads and opens what is kept under a key.
func (s *Service) content(ctx context.Context, d Document, key string) ([]byte, error) {
	person, err := s.Members.Vault.Person(ctx, d.Member)
	if errors.Is(err, vault.ErrShredded) {
		return nil, fault.New(fault.Unavailable, "这个人的密钥已经按程序销毁，材料不能再打开。").Because(err)
	}
	if err != nil {
		return nil, err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return nil, err
	}
	sealed, err := place.Get(ctx, key)
	if err != nil {
		return nil, unreachable(err)
	}
	return person.Open(pageColumn, key, sealed)
}
