package document

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// The actions of this room, as the rights table names them.
const (
	DoSee    = "document.see"
	DoAdd    = "document.add"
	DoRemove = "document.remove"
)

// Service is what may be done with documents.
type Service struct {
	Members  *member.Service
	Where    string        // address of the blob storage
	Font     string        // TrueType file for papers; "" for the one that is shipped
	Scanner  Scanner       // of viruses; "" for none
	Temp     string        // private directory for what takes PDFs apart
	MaxBytes int64         // of one file
	Keep     time.Duration // for how long what was removed can be taken back

	mu    sync.Mutex
	place *archive.Place
	turn  sync.Mutex // one picture is worked on at a time: an opened one takes hundreds of megabytes
}

// Storage opens the blob storage at its first use; a storage that was away is tried again.
func (s *Service) Storage(ctx context.Context) (*archive.Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.place == nil {
		p, err := archive.OpenPlace(context.WithoutCancel(ctx), s.Where)
		if err != nil {
			return nil, unreachable(err)
		}
		s.place = p
	}
	return s.place, nil
}

func unreachable(err error) error {
	return fault.New(fault.Unavailable, "存放档案材料的位置读写不了，请联系系统管理员检查磁盘和 documents 设置，稍后再试。").Because(err)
}

// may answers whether the actor's role allows an act on a member's documents. One's own may be seen and added to.
func (s *Service) may(ctx context.Context, actor ledger.Actor, action string, m member.Member) error {
	if actor.Member == m.ID && action != DoRemove {
		return nil
	}
	return s.Members.Rights.May(ctx, actor, action, m.OrgPath)
}

const titleColumn = "document.title"

func (s *Service) openTitle(ctx context.Context, d *Document) error {
	p, err := s.Members.Vault.Person(ctx, d.Member)
	if errors.Is(err, vault.ErrShredded) {
		return nil
	}
	if err != nil {
		return err
	}
	plain, err := p.Open(titleColumn, d.ID, d.title)
	d.Title = string(plain)
	return err
}

// reach reads a document and its member in the actor's scope and asks the right.
func (s *Service) reach(ctx context.Context, actor ledger.Actor, action, id string) (Document, member.Member, error) {
	r := s.Members.DB.As(actor.Scope)
	d, err := s.ByID(ctx, r, id)
	if err != nil {
		return d, member.Member{}, err
	}
	m, err := s.Members.ByID(ctx, r, d.Member)
	if err == nil {
		err = s.may(ctx, actor, action, m)
	}
	return d, m, err
}

// Remove takes a document out of the file. Its pages stay for a while (Keep), so that it can be taken back.
func (s *Service) Remove(ctx context.Context, actor ledger.Actor, id, reason string) (err error) {
	defer fault.Wrap(&err, "document: remove")
	d, m, err := s.reach(ctx, actor, DoRemove, id)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	act := ledger.Act{Kind: DoRemove, Subject: "document", SubjectID: id, OrgPath: m.OrgPath, Reason: reason}
	return s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "document", store.ByID(id).And("version", d.Version), store.Set("state", string(Removed)),
			store.Set("removed_at", s.Members.Clock.Now().UnixMicro()), store.Set("version", d.Version+1))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "别人刚刚改过这份材料，请刷新后再看。")
		}
		return err
	})
}
