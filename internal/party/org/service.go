package org

import (
	"context"
	"errors"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// What an actor does to organisations, as Rights and the ledger name it.
const (
	ActEstablish = "org.establish"
	ActRename    = "org.rename"
	ActChange    = "org.change"
	ActMove      = "org.move" // asked for the organisation and for its new superior
	ActAbolish   = "org.abolish"
	ActReopen    = "org.reopen"
	ActAddPost   = "org.post.add"
	ActEndPost   = "org.post.end"
	ActName      = "org.name" // enters late what it was called before
	ActLoad      = "org.load"
	ActExport    = "org.export"
)

// Rights decides whether an actor's role allows an act at an organisation. A refusal is fault.Forbidden. It is asked
// once the organisation is known to lie in the actor's scope.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action string, orgPath string) error
}

// Service does the acts. Every field but Members is needed.
type Service struct {
	DB      *store.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	Clock   civil.Clock
	Rights  Rights
	Members Members // moves memberships with their organisations; without it nothing that has members is merged or split
}

// Basis is what every act needs: from when it holds, why, and by which document. The faults name the fields day,
// reason and document.
type Basis struct {
	On       civil.Date
	Reason   string
	Document string // number or title of the decision, "" if there is none
}

var errNoRights = errors.New("org: a service without rights refuses everything")

func (s *Service) may(ctx context.Context, actor ledger.Actor, action, path string) error {
	if s.Rights == nil {
		return errNoRights
	}
	return s.Rights.May(ctx, actor, action, path)
}

func (s *Service) check(b *Basis) (err error) {
	if err = day(b.On, civil.Today(s.Clock)); err != nil {
		return err
	}
	if b.Reason, err = required(b.Reason, "reason", words.Mark("原因"), longestReason); err != nil {
		return err
	}
	b.Document, err = line(b.Document, "document", words.Mark("依据文件"), longestReason)
	return err
}

// target says which organisation an act is about and which state of it the actor saw.
type target struct {
	id      string
	version int64
}

// change runs an act on one organisation: in scope, allowed, unchanged since the actor saw it. fn changes rows and o.
func (s *Service) change(ctx context.Context, actor ledger.Actor, action string, t target, b Basis, fn func(tx *store.Tx, o *Organisation) error) (Organisation, error) {
	var after Organisation
	if err := s.check(&b); err != nil {
		return after, err
	}
	act := &ledger.Act{Kind: action, Subject: "org", SubjectID: t.id, Reason: b.Reason, Source: b.Document}
	_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, treeLock); err != nil {
			return err
		}
		o, err := s.writable(ctx, tx, actor, action, t.id, "")
		if err != nil {
			return err
		}
		act.OrgPath = o.Path
		if o.Version != t.version {
			return stale(ctx, tx, t.id)
		}
		err = fn(tx, &o)
		after = o
		return err
	})
	if err != nil {
		return Organisation{}, err
	}
	return after, nil
}

// writable reads an organisation that the actor is about to change. A reader of a single organisation's page may see
// it, but writes need it in the scope's subtrees. field names the input it came from, "" for the act's own subject.
func (s *Service) writable(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, id, field string) (Organisation, error) {
	o, err := ByID(ctx, tx, id)
	if err == nil && !tx.Scope().Holds(o.Path) {
		err = fault.Missing()
	}
	if e := fault.As(err); e != nil && field != "" {
		return o, e.At(field)
	}
	if err != nil {
		return o, err
	}
	return o, s.may(ctx, actor, action, o.Path)
}

// set writes columns of an organisation and counts its version up.
func set(ctx context.Context, tx *store.Tx, o *Organisation, values ...store.Value) error {
	key := store.ByID(o.ID).And("version", o.Version)
	n, err := tx.Update(ctx, "org", key, append(values, store.Set("version", o.Version+1))...)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale(ctx, tx, o.ID)
	}
	o.Version++
	return nil
}

// Stale is the answer to somebody who saw an older state of an organisation.
func Stale(ctx context.Context, all store.Reader, id string) error { return stale(ctx, all, id) }

// stale is the answer to an act on a state that is no longer: who changed it, as far as the actor may know.
func stale(ctx context.Context, r store.Reader, id string) error {
	var act, who string
	_, err := r.One(ctx, "SELECT id, actor FROM {act} WHERE subject_id = ? ORDER BY id DESC LIMIT 1", []any{id}, &act, &who)
	if err != nil {
		return err
	}
	if who == "" {
		return fault.New(fault.Conflict, "别人刚刚改过这个党组织，请看过新的内容再改。").At("version")
	}
	return fault.New(fault.Conflict, "%s刚刚改过这个党组织，请看过新的内容再改。", who).At("version")
}

// record adds an event to the history.
func (s *Service) record(ctx context.Context, tx *store.Tx, o Organisation, kind string, b Basis, was, became string) error {
	return tx.InsertMany(ctx, "org_event", eventColumns, [][]any{s.eventRow(o, kind, b, was, became)})
}

var eventColumns = strings.Fields("id org_id org_path kind on_date reason document was became")

func (s *Service) eventRow(o Organisation, kind string, b Basis, was, became string) []any {
	return []any{s.Ledger.IDs.New(), o.ID, o.Path, kind, b.On, b.Reason, b.Document, was, became}
}

// notBefore refuses a day before the organisation was set up, or before the last act of the same kinds: a history is
// written forwards.
func notBefore(ctx context.Context, r store.Reader, o Organisation, on civil.Date, kinds ...string) error {
	if on.Before(o.Established) {
		return fault.New(fault.Invalid, "日期不能早于成立日期 %s。", o.Established).At("day")
	}
	args := []any{o.ID}
	for _, k := range kinds {
		args = append(args, k)
	}
	var last civil.Date
	_, err := r.One(ctx, "SELECT coalesce(max(on_date), '') FROM {org_event} WHERE org_id = ? AND kind IN (?"+strings.Repeat(", ?", len(kinds)-1)+")", args, &last)
	if err == nil && on.Before(last) {
		err = fault.New(fault.Invalid, "上一次这样的变动在 %s，日期不能比它早。", last).At("day")
	}
	return err
}

func living(o Organisation, field string) error {
	if o.Living() {
		return nil
	}
	return fault.New(fault.Invalid, "“%s”已经撤销。", o.ShortName).At(field)
}

// Phone opens the contact's phone number, "" if there is none. Whether the actor may see it, and that it was shown,
// is the caller's matter.
func (s *Service) Phone(ctx context.Context, o Organisation) (string, error) {
	if !o.HasPhone() {
		return "", nil
	}
	holder, err := s.Vault.Person(ctx, o.ID)
	if err != nil {
		return "", err
	}
	plain, err := holder.Open(phoneColumn, o.ID, o.phone)
	return string(plain), err
}
