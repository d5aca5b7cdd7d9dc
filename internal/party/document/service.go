package document

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// The actions of this room, as the rights table names them.
const (
	DoSee    = "document.see"
	DoAdd    = "document.add"
	DoRemove = "document.remove"
	// DoConfirm is to look at what came with a change that the actor may confirm, and at nothing else.
	DoConfirm = "document.confirm"
)

// Service is what may be done with documents.
type Service struct {
	Members    *member.Service
	Where      string        // address of the blob storage
	Font       string        // TrueType file for papers; "" for the one that is shipped
	Scanner    Scanner       // of viruses; "" for none
	Temp       string        // private directory for what takes PDFs apart
	MaxBytes   int64         // of one file
	Keep       time.Duration // for how long what was removed can be taken back
	KeepFailed time.Duration // for how long an upload that could not be taken in waits for somebody
	Spool      string        // directory of originals that wait for being taken apart
	// Actor gives the actor of an account again when files are taken apart behind the request that brought them.
	Actor func(ctx context.Context, account string) (ledger.Actor, error)

	mu    sync.Mutex
	place *archive.Place
	turn  sync.Mutex // one picture is worked on at a time: an opened one takes hundreds of megabytes
	bell  lease.Bell
	news  news
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
	if action == DoSee && fault.Of(err) == fault.Forbidden {
		came, cerr := s.CameWith(ctx, actor, d)
		if came || cerr != nil {
			err = cerr
		}
	}
	return d, m, err
}

// CameWith tells whether a document came with a change that waits and that the actor may confirm: whoever is to say that
// a certificate proves it has to see the certificate, and no other.
func (s *Service) CameWith(ctx context.Context, actor ledger.Actor, d Document) (bool, error) {
	if s.Members.Rights.May(ctx, actor, DoConfirm, d.OrgPath) != nil {
		return false, nil
	}
	var fields string
	found, err := s.Members.DB.As(actor.Scope).One(ctx, "SELECT fields FROM {proposal} WHERE member_id = ? AND state = 'pending' AND account_id <> ? AND documents LIKE ? LIMIT 1",
		[]any{d.Member, actor.Account, "%\"" + d.ID + "\"%"}, &fields)
	if err != nil || !found {
		return false, err
	}
	var columns []roster.Column
	for _, f := range strings.Split(fields, ",") {
		columns = append(columns, roster.Column(f))
	}
	return s.Members.Rights.Covers(ctx, actor, review.DoConfirm, d.OrgPath, columns...) == nil, nil
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

// TakenAway lists what was removed of a member's file and can still be taken back, the newest first.
func (s *Service) TakenAway(ctx context.Context, r store.Reader, member string) ([]Document, error) {
	return s.read(ctx, r, "d.member_id = ? AND d.state = 'removed'", member)
}

// DoTakeBack is the act by which a removed document belongs to the file again.
const DoTakeBack = "document.take_back"

// Gone reads a removed document that can still be taken back.
func (s *Service) Gone(ctx context.Context, r store.Reader, id string) (Document, error) {
	list, err := s.read(ctx, r, "d.id = ? AND d.state = 'removed'", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Document{}, err
	}
	return list[0], nil
}

// TakeBack puts a removed document back into the file, as long as its pages are there; whoever may remove may.
func (s *Service) TakeBack(ctx context.Context, actor ledger.Actor, id, reason string) (memberID string, err error) {
	defer fault.Wrap(&err, "document: take back")
	r := s.Members.DB.As(actor.Scope)
	d, err := s.Gone(ctx, r, id)
	if err != nil {
		return "", err
	}
	m, err := s.Members.ByID(ctx, r, d.Member)
	if err == nil {
		err = s.may(ctx, actor, DoRemove, m)
	}
	if err == nil && strings.TrimSpace(reason) == "" {
		err = fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	if err != nil {
		return "", err
	}
	act := ledger.Act{Kind: DoTakeBack, Subject: "document", SubjectID: id, OrgPath: m.OrgPath, Reason: reason}
	err = s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "document", store.ByID(id).And("version", d.Version), store.Set("state", string(Kept)), store.Set("removed_at", 0),
			store.Set("version", d.Version+1))
		if fault.Of(err) == fault.Conflict {
			return fault.New(fault.Conflict, "同样的文件后来又上传过，档案里已经有了。").Because(err)
		}
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "别人刚刚改过这份材料，请刷新后再看。")
		}
		return err
	})
	return m.ID, err
}
