package request

import (
	"context"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// The actions of this room.
const (
	DoAsk    = "request.ask"
	DoAnswer = "request.answer"
	DoLift   = "request.lift" // of a restriction
)

// Kind is what is asked for.
type Kind string

// The kinds.
const (
	Copy     Kind = "copy"
	Explain  Kind = "explain"
	Restrict Kind = "restrict"
)

// Kinds are all, in the order of the page.
var Kinds = []Kind{Copy, Explain, Restrict}

var kindNames = map[Kind]string{Copy: words.Mark("要一份副本"), Explain: words.Mark("要求说明"), Restrict: words.Mark("要求限制使用")}

// Name is the kind in Chinese, a key of the catalogue.
func (k Kind) Name() string { return kindNames[k] }

// State says how a request stands.
type State string

// The states.
const (
	Open      State = "open"
	Answered  State = "answered"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// Request is one request.
type Request struct {
	ID, Member, OrgPath string
	Kind                Kind
	State               State
	Content, Answer     string
	At, AnsweredAt      time.Time
	Due, Until          civil.Date
	Actor               string // who answered
	Version             int64

	content, answer []byte
}

// Overdue tells whether it should have been answered.
func (r Request) Overdue(on civil.Date) bool { return r.State == Open && on.After(r.Due) }

// Service is what may be done about requests.
type Service struct{ Members *member.Service }

const (
	contentSeal = "request.content"
	answerSeal  = "request.answer"
	longest     = 500
)

func (s *Service) db() *store.DB { return s.Members.DB }

// Ask enters a request of the member about herself.
func (s *Service) Ask(ctx context.Context, actor ledger.Actor, kind Kind, content string) (id string, err error) {
	defer fault.Wrap(&err, "request: ask")
	if actor.Member == "" {
		return "", fault.Missing()
	}
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), actor.Member)
	if err != nil {
		return "", err
	}
	today := civil.Today(s.Members.Clock)
	rule, ok := s.Members.Rules.On("K-09", today)
	switch {
	case kind.Name() == "" || !ok:
		return "", fault.New(fault.Invalid, "请选择要什么。").At("kind")
	case len([]rune(content)) > longest:
		return "", fault.New(fault.Invalid, "最多 %d 个字。", longest).At("content")
	case kind != Copy && strings.TrimSpace(content) == "":
		return "", fault.New(fault.Invalid, "请写明要说明什么，或者为什么要限制使用。").At("content")
	}
	p, err := s.Members.Vault.Person(ctx, m.ID)
	if err != nil {
		return "", err
	}
	id = s.Members.Ledger.IDs.New()
	act := ledger.Act{Kind: DoAsk, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: kind.Name(), Detail: map[string]any{"request": id, "kind": kind}}
	err = s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		var one int
		open, err := tx.System("request").One(ctx, "SELECT 1 FROM {request} WHERE member_id = ? AND kind = ? AND state = 'open'", []any{m.ID, string(kind)}, &one)
		if err != nil {
			return err
		}
		if open {
			return fault.New(fault.Conflict, "同样的请求已经提出，正在等答复。")
		}
		return tx.System("request").Insert(ctx, "request", store.Set("id", id), store.Set("member_id", m.ID), store.Set("org_path", m.OrgPath), store.Set("kind", string(kind)),
			store.Set("state", string(Open)), store.Set("content", seal(p, contentSeal, id, content)), store.Set("answer", nil),
			store.Set("at", s.Members.Clock.Now().UnixMicro()), store.Set("due_on", today.AddDays(rule.Int(string(kind)+"_days")).String()), store.Set("answered_at", 0),
			store.Set("account_id", ""), store.Set("actor", ""), store.Set("until_on", ""), store.Set("version", 1))
	})
	return id, err
}

func seal(p *vault.Person, column, id, text string) []byte {
	if text == "" {
		return nil
	}
	return p.Seal(column, id, []byte(text))
}

// Withdraw takes the own request back.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "request: withdraw")
	q, err := s.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if actor.Member == "" || q.Member != actor.Member {
		return fault.Missing()
	}
	return s.settle(ctx, actor, q, version, Withdrawn, nil, store.Set("state", string(Withdrawn)))
}

// Reply is an answer: granted or refused, with what is said; of a restriction also until when.
type Reply struct {
	Grant bool
	Text  string
	Until civil.Date
}

// Reply answers a request.
func (s *Service) Reply(ctx context.Context, actor ledger.Actor, id string, version int64, a Reply) (err error) {
	defer fault.Wrap(&err, "request: answer")
	q, err := s.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if err := s.Members.Rights.May(ctx, actor, DoAnswer, q.OrgPath); err != nil {
		return err
	}
	today := civil.Today(s.Members.Clock)
	switch {
	case actor.Member == q.Member:
		return fault.New(fault.Forbidden, "不能答复自己的请求，请由别人办理。").By("H-02")
	case strings.TrimSpace(a.Text) == "" && (!a.Grant || q.Kind == Explain):
		return fault.New(fault.Invalid, "请写明答复；不同意的，写明理由。").At("answer").By("P-09")
	case len([]rune(a.Text)) > longest:
		return fault.New(fault.Invalid, "最多 %d 个字。", longest).At("answer")
	case q.Kind == Restrict && a.Grant && !a.Until.After(today):
		return fault.New(fault.Invalid, "请写明限制到哪一天，要晚于今天。").At("until")
	}
	p, err := s.Members.Vault.Person(ctx, q.Member)
	if err != nil {
		return err
	}
	state := Refused
	if a.Grant {
		state = Answered
	}
	set := []store.Value{store.Set("state", string(state)), store.Set("answer", seal(p, answerSeal, q.ID, a.Text)), store.Set("answered_at", s.Members.Clock.Now().UnixMicro()),
		store.Set("account_id", actor.Account), store.Set("actor", actor.Name)}
	var then func(*store.Tx) error
	if q.Kind == Restrict && a.Grant {
		set = append(set, store.Set("until_on", a.Until.String()))
		then = func(tx *store.Tx) error {
			if _, err := tx.Delete(ctx, "restriction", store.ByID(q.Member)); err != nil {
				return err
			}
			x := Restriction{Request: q.ID, Actor: actor.Name, From: today, Until: a.Until}
			return x.insert(ctx, tx, q.Member, q.OrgPath)
		}
	}
	return s.settle(ctx, actor, q, version, state, then, set...)
}

// told are the answers that the member hears of.
var told = map[State]notice.Kind{Answered: notice.Answered, Refused: notice.Refused}

func (s *Service) settle(ctx context.Context, actor ledger.Actor, q Request, version int64, to State, then func(*store.Tx) error, set ...store.Value) error {
	gone := fault.New(fault.Conflict, "这个请求刚刚有人办过，请看现在的情况。")
	if q.State != Open || q.Version != version {
		return gone
	}
	act := ledger.Act{Kind: DoAnswer, Subject: "member", SubjectID: q.Member, OrgPath: q.OrgPath, Reason: q.Kind.Name(), Detail: map[string]any{"request": q.ID, "to": to}}
	return s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "request", store.ByID(q.ID).And("version", version), append(set, store.Set("version", version+1))...)
		if err == nil && n == 0 {
			err = gone
		}
		if err == nil && then != nil {
			err = then(tx)
		}
		if kind := told[to]; err == nil && kind != "" {
			err = notice.Give(ctx, tx, s.Members.Ledger, notice.Notice{To: q.Member, Kind: kind, Subject: q.ID, About: string(q.Kind), Push: true}.By(actor))
		}
		return err
	})
}

const columns = "id, member_id, org_path, kind, state, content, answer, at, answered_at, due_on, until_on, actor, version"

func scan(row store.Row) (q Request, err error) {
	var at, answered int64
	err = row.Scan(&q.ID, &q.Member, &q.OrgPath, &q.Kind, &q.State, &q.content, &q.answer, &at, &answered, &q.Due, &q.Until, &q.Actor, &q.Version)
	q.At, q.AnsweredAt = time.UnixMicro(at), time.UnixMicro(answered)
	return q, err
}

// ByID reads one; out of scope it is missing.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (q Request, err error) {
	list, err := s.list(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return q, fault.Missing()
	}
	if err != nil {
		return q, err
	}
	return list[0], nil
}

// Of lists a member's requests, the newest first.
func (s *Service) Of(ctx context.Context, r store.Reader, memberID string) ([]Request, error) {
	return s.list(ctx, r, "member_id = ? ORDER BY id DESC LIMIT 50", memberID)
}

// Waiting lists the open requests, those due first.
func (s *Service) Waiting(ctx context.Context, r store.Reader, limit int) ([]Request, error) {
	return s.list(ctx, r, "state = 'open' ORDER BY due_on, id LIMIT ?", limit)
}

// Settled lists those that were answered, refused or withdrawn, the newest first.
func (s *Service) Settled(ctx context.Context, r store.Reader, limit int) ([]Request, error) {
	return s.list(ctx, r, "state <> 'open' ORDER BY id DESC LIMIT ?", limit)
}

func (s *Service) list(ctx context.Context, r store.Reader, where string, args ...any) (out []Request, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {request} WHERE "+where, args, func(row store.Row) error {
		q, err := scan(row)
		out = append(out, q)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	ids := make([]string, len(out))
	for i, q := range out {
		ids[i] = q.Member
	}
	persons, err := s.Members.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		q, p := &out[i], persons[out[i].Member]
		if p == nil {
			continue
		}
		for _, f := range []struct {
			column string
			sealed []byte
			into   *string
		}{{contentSeal, q.content, &q.Content}, {answerSeal, q.answer, &q.Answer}} {
			if len(f.sealed) == 0 {
				continue
			}
			plain, err := p.Open(f.column, q.ID, f.sealed)
			if err != nil {
				return nil, err
			}
			*f.into = string(plain)
		}
	}
	return out, nil
}
