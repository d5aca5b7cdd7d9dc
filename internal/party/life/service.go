package life

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoPlan    = "meeting.plan"
	DoRecord  = "meeting.record"
	DoConfirm = "meeting.confirm"
	DoAnswer  = "meeting.answer"  // a member's own answer to an invitation
	DoClose   = "meeting.close"   // evidence of a resolution, by its owner or the branch
)

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
}

// Service is what may be asked and done here.
type Service struct {
	DB      *store.DB
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	Clock   civil.Clock
	Rules   *rulebook.Book
	Rights  Rights
	Members *member.Service
	Ballots *ballot.Service
	Log     *logbook.Service
	Duties  *duty.Service
}

func (s *Service) today() civil.Date { return civil.Today(s.Clock) }

// branch reads a branch that the actor may work on.
func (s *Service) branch(ctx context.Context, actor ledger.Actor, action, id string) (org.Organisation, error) {
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), id)
	if f := fault.As(err); f != nil && fault.Of(err) == fault.NotFound {
		return o, fault.Missing().At("organisation")
	}
	if err == nil {
		err = s.Rights.May(ctx, actor, action, o.Path)
	}
	if err == nil && (!o.Kind.IsBranch() || !o.Living()) {
		err = fault.New(fault.Invalid, "%s不是在办的党支部，请选一个党支部。", o.ShortName).At("organisation").By(RuleRoll)
	}
	return o, err
}

// mine reads a meeting that the actor may work on.
func (s *Service) mine(ctx context.Context, actor ledger.Actor, action, id string) (Meeting, error) {
	m, err := ByID(ctx, s.DB.As(actor.Scope), id)
	if err == nil {
		err = s.Rights.May(ctx, actor, action, m.OrgPath)
	}
	return m, err
}

// do runs one act on a meeting. Whoever saw another version of it is told so; the transaction holds the meeting alone.
func (s *Service) do(ctx context.Context, actor ledger.Actor, action, reason string, m Meeting, fn func(tx *store.Tx) error) error {
	act := ledger.Act{Kind: action, Subject: "meeting", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: reason}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: m.Org, Path: m.OrgPath}); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "meetings "+m.Org); err != nil {
			return err
		}
		return fn(tx)
	})
}

// change sets columns of a meeting in the version that was seen.
func change(ctx context.Context, tx *store.Tx, m Meeting, version int64, sets ...store.Value) error {
	n, err := tx.Update(ctx, "meeting", store.ByID(m.ID).And("version", version).And("state", string(m.State)), append(sets, store.Set("version", version+1))...)
	if err == nil && n == 0 {
		err = settled()
	}
	return err
}

func settled() error {
	return fault.New(fault.Conflict, "别人刚刚改过这次会议，请看现在的内容再办；您写的还留在这里。")
}

// tidy trims what was typed and refuses what is missing or too long.
func tidy(text *string, needed bool, most int, field, rule, missing string) *fault.Error {
	*text = strings.TrimSpace(*text)
	switch n := len([]rune(*text)); {
	case needed && n == 0:
		return fault.New(fault.Invalid, missing).At(field).By(rule)
	case n > most:
		return fault.New(fault.Invalid, "最多 %d 个字，现在是 %d 个。", most, n).At(field).By(rule)
	}
	return nil
}

// names are the columns of a row by its list.
func names(columns string) []string { return strings.Split(columns, ", ") }

// told gives a notice of a meeting to people.
func (s *Service) told(ctx context.Context, tx *store.Tx, actor ledger.Actor, kind notice.Kind, m Meeting, members ...string) error {
	var list []notice.Notice
	for _, id := range members {
		if id != actor.Member {
			list = append(list, notice.Notice{To: id, Kind: kind, Subject: m.ID, About: string(m.Kind), Push: true}.By(actor))
		}
	}
	return notice.Give(ctx, tx, s.Ledger, list...)
}
