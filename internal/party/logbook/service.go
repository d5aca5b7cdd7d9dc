package logbook

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The acts of this room, as the rights table and the ledger name them.
const (
	DoAdd      = "entry.add"
	DoMend     = "entry.mend"
	DoWithdraw = "entry.withdraw"
	DoName     = "entry.applicant"
)

// Rights decides whether an actor may do something at an organisation. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
}

// Service is what may be done with the book.
type Service struct {
	DB        *store.DB
	Ledger    *ledger.Ledger
	Clock     civil.Clock
	Rights    Rights
	LateAfter int // days after which an entry is late and says why; 0 is member.LateDays
}

func (s *Service) lateAfter() int {
	if s.LateAfter <= 0 {
		return member.LateDays
	}
	return s.LateAfter
}

// Applicant is somebody on the way into the Party whom no register has yet.
type Applicant struct {
	ID, OrgID, OrgPath, Name string
	Member                   string // id of the record since there is one
	Version                  int64
}

// place reads a branch that facts are entered for.
func (s *Service) place(ctx context.Context, actor ledger.Actor, action, id string) (org.Organisation, error) {
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		if f := fault.As(err); f != nil && fault.Of(err) == fault.NotFound {
			return o, fault.Missing().At("organisation")
		}
		return o, err
	}
	if err := s.Rights.May(ctx, actor, action, o.Path); err != nil {
		return o, err
	}
	if !o.Kind.IsBranch() {
		return o, fault.New(fault.Invalid, "台账按党支部登记。%s不是党支部，请选它下面的支部。", o.ShortName).At("organisation")
	}
	return o, nil
}

// Name enters the name of somebody who is on no register yet, to whom entries can then be made.
func (s *Service) Name(ctx context.Context, actor ledger.Actor, orgID, name string) (id string, err error) {
	defer fault.Wrap(&err, "logbook: name")
	name = strings.TrimSpace(name)
	if n := len([]rune(name)); n == 0 || n > 50 {
		return "", fault.New(fault.Invalid, "请填写姓名，最多 50 个字。").At("name")
	}
	o, err := s.place(ctx, actor, DoName, orgID)
	if err != nil {
		return "", err
	}
	if !o.Living() {
		return "", fault.New(fault.Invalid, "这个党组织已经撤销。").At("organisation")
	}
	id = s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoName, Subject: "applicant", SubjectID: id, OrgPath: o.Path, Reason: "登记申请人"}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		return tx.Insert(ctx, "applicant", store.Set("id", id), store.Set("org_id", o.ID), store.Set("org_path", o.Path), store.Set("name", name), store.Set("member_id", ""), store.Set("version", 1))
	})
	return id, err
}

// Applicants lists those of a branch who are on no register yet.
func Applicants(ctx context.Context, r store.Reader, path string) (out []Applicant, err error) {
	err = r.Each(ctx, "SELECT id, org_id, org_path, name, member_id, version FROM {applicant} WHERE org_path = ? AND member_id = '' ORDER BY id", []any{path}, func(row store.Row) error {
		var a Applicant
		err := row.Scan(&a.ID, &a.OrgID, &a.OrgPath, &a.Name, &a.Member, &a.Version)
		out = append(out, a)
		return err
	})
	return out, err
}

// Add enters a fact, for several people one entry each, in one act. It gives the ids.
func (s *Service) Add(ctx context.Context, actor ledger.Actor, n New) (ids []string, err error) {
	defer fault.Wrap(&err, "logbook: add")
	o, err := s.place(ctx, actor, DoAdd, n.Org)
	if err != nil {
		return nil, err
	}
	today := civil.Today(s.Clock)
	if err := n.check(today, s.lateAfter()); err != nil {
		return nil, err
	}
	act := ledger.Act{Kind: DoAdd, Subject: "entry", OrgPath: o.Path, Reason: reasonOr(n.Reason, "登记台账"), Source: n.Document, Detail: map[string]any{"kind": string(n.Kind), "people": len(n.People)}}
	_, err = s.Ledger.DoAct(ctx, actor, &act, func(tx *store.Tx) error {
		ids = nil
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		e := Entry{OrgID: o.ID, OrgPath: o.Path, Kind: n.Kind, On: n.On, Fields: n.Fields, Document: strings.TrimSpace(n.Document), Reason: strings.TrimSpace(n.Reason),
			Late: n.late(today, s.lateAfter()), Account: actor.Account, Actor: actor.Name, Version: 1}
		if OfBranch(n.Kind) {
			if err := once(ctx, tx, o.Path, n); err != nil {
				return err
			}
			e.ID = s.Ledger.IDs.New()
			ids = []string{e.ID}
			act.SubjectID = e.ID
			return tx.InsertMany(ctx, "entry", columnNames, [][]any{e.values()})
		}
		rows, err := s.perPerson(ctx, tx, e, n.People)
		if err != nil {
			return err
		}
		for _, r := range rows {
			ids = append(ids, r[0].(string))
		}
		if len(n.People) == 1 {
			act.SubjectID = ids[0]
		}
		return tx.InsertMany(ctx, "entry", columnNames, rows)
	})
	return ids, err
}

// once refuses a meeting that its minutes have entered already.
func once(ctx context.Context, r store.Reader, path string, n New) error {
	if n.Kind != timeline.MeetingHeld {
		return nil
	}
	held, err := HeldOn(ctx, r, path, n.On, n.Fields.Type)
	if err == nil && slices.ContainsFunc(held, func(e Entry) bool { return e.Fields.Held != "" }) {
		err = fault.New(fault.Conflict, "这一天的会议记录确认以后已经记下，不用再登记。").At("on").By("K-33")
	}
	return err
}

// Enter adds the fact of one person or of the branch inside the transaction of a room that has checked it and will take it back by itself.
func (s *Service) Enter(ctx context.Context, tx *store.Tx, actor ledger.Actor, o org.Organisation, n New) (string, error) {
	today := civil.Today(s.Clock)
	if err := n.check(today, s.lateAfter()); err != nil {
		return "", err
	}
	e := Entry{OrgID: o.ID, OrgPath: o.Path, Kind: n.Kind, On: n.On, Fields: n.Fields, Document: n.Document, Reason: n.Reason, Late: n.late(today, s.lateAfter()), Account: actor.Account, Actor: actor.Name, Version: 1}
	if OfBranch(n.Kind) {
		e.ID = s.Ledger.IDs.New()
		return e.ID, tx.InsertMany(ctx, "entry", columnNames, [][]any{e.values()})
	}
	rows, err := s.perPerson(ctx, tx, e, n.People)
	if err != nil {
		return "", err
	}
	return rows[0][0].(string), tx.InsertMany(ctx, "entry", columnNames, rows)
}

// perPerson makes an entry for each of the people, who are of the branch.
func (s *Service) perPerson(ctx context.Context, tx *store.Tx, e Entry, people []string) (rows [][]any, err error) {
	seen := map[string]bool{}
	for _, id := range people {
		if seen[id] {
			continue
		}
		seen[id] = true
		e.Member, e.Applicant = "", ""
		if e.Member, e.Applicant, err = whose(ctx, tx, e.OrgPath, id); err != nil {
			return nil, err
		}
		e.ID = s.Ledger.IDs.New()
		rows = append(rows, e.values())
	}
	return rows, nil
}

// whose tells whether an id is that of a member or of an applicant of the branch.
func whose(ctx context.Context, r store.Reader, path, id string) (memberID, applicant string, err error) {
	var one string
	found, err := r.One(ctx, "SELECT id FROM {member} WHERE id = ? AND org_path = ? AND state <> 'destroyed'", []any{id, path}, &one)
	if found || err != nil {
		return id, "", err
	}
	found, err = r.One(ctx, "SELECT id FROM {applicant} WHERE id = ? AND org_path = ?", []any{id, path}, &one)
	if err == nil && !found {
		err = fault.New(fault.Invalid, "选的人不在这个支部，请重新选择。").At("people")
	}
	return "", id, err
}

func reasonOr(reason, otherwise string) string {
	if r := strings.TrimSpace(reason); r != "" {
		return r
	}
	return otherwise
}
