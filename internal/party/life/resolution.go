package life

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// ResolutionState is how far a resolution is.
type ResolutionState string

// The states. Until the minutes are confirmed nothing is to be done yet.
const (
	Drafted ResolutionState = "drafted"
	ToDo    ResolutionState = "todo"
	Closed  ResolutionState = "closed"
)

// Resolution is what a meeting decided: who does it, by when, and how one knows that it is done.
type Resolution struct {
	ID, Org, OrgPath, Meeting string
	Text                      string
	OwnerID, Owner            string
	Due                       civil.Date
	KnownBy                   string
	State                     ResolutionState
	Evidence                  string
	ClosedOn                  civil.Date
	ClosedBy                  string
	Version                   int64
}

// Late tells whether the day is over and it is not done.
func (x Resolution) Late(today civil.Date) bool { return x.State == ToDo && x.Due.Before(today) }

const (
	longResolution   = 300
	mostResolutions  = 30
	resolutionColumn = "id, org_id, org_path, meeting_id, text, owner_id, owner, due_on, known_by, state, evidence, closed_on, closed_by, version"
)

func resolutions(ctx context.Context, r store.Reader, where string, args ...any) (out []Resolution, err error) {
	err = r.Each(ctx, "SELECT "+resolutionColumn+" FROM {resolution} WHERE "+where, args, func(row store.Row) error {
		var x Resolution
		err := row.Scan(&x.ID, &x.Org, &x.OrgPath, &x.Meeting, &x.Text, &x.OwnerID, &x.Owner, &x.Due, &x.KnownBy, &x.State, &x.Evidence, &x.ClosedOn, &x.ClosedBy, &x.Version)
		out = append(out, x)
		return err
	})
	return out, err
}

// Resolutions are those of a meeting.
func Resolutions(ctx context.Context, r store.Reader, meeting string) ([]Resolution, error) {
	return resolutions(ctx, r, "meeting_id = ? ORDER BY id", meeting)
}

// Owned are the resolutions that wait for a member, the nearest day first.
func Owned(ctx context.Context, r store.Reader, memberID string) ([]Resolution, error) {
	return resolutions(ctx, r, "owner_id = ? AND state = 'todo' ORDER BY due_on, id", memberID)
}

// Open are the resolutions of a branch that are not done, the nearest day first.
func Open(ctx context.Context, r store.Reader, path string) ([]Resolution, error) {
	return resolutions(ctx, r, "org_path = ? AND state = 'todo' ORDER BY due_on, id", path)
}

// NewResolution is what a meeting decided. The faults name text, owner, due and known.
type NewResolution struct {
	Text, Owner string
	Due         civil.Date
	KnownBy     string
}

// Resolve writes down a resolution. It is to be done once the minutes are confirmed.
func (s *Service) Resolve(ctx context.Context, actor ledger.Actor, id string, n NewResolution) (err error) {
	defer fault.Wrap(&err, "life: resolve")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if err := s.recordable(m); err != nil {
		return err
	}
	if f := tidy(&n.Text, true, longResolution, "text", RuleResolve, words.Mark("请写明决定了什么。")); f != nil {
		return f
	}
	if f := tidy(&n.KnownBy, true, longResolution, "known", RuleResolve, words.Mark("请写明怎样算办好，日后凭它结案。")); f != nil {
		return f
	}
	if n.Due.IsZero() || n.Due.Before(m.On) || n.Due.After(m.On.AddYears(3)) {
		return fault.New(fault.Invalid, "请填写什么时候办好，从开会那天起三年以内。").At("due").By(RuleResolve)
	}
	people, err := s.people(ctx, s.DB.As(store.System("who carries a resolution out")), placeOf(m), Assembly, m.On)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(a Attendee) bool { return a.Member == n.Owner })
	if i < 0 {
		return fault.New(fault.Invalid, "请选择谁负责，从本支部的党员里选。").At("owner").By(RuleResolve)
	}
	return s.do(ctx, actor, DoRecord, "记下决议", m, func(tx *store.Tx) error {
		if err := s.stillOpen(ctx, tx, m); err != nil {
			return err
		}
		had, err := Resolutions(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(had) >= mostResolutions {
			return fault.New(fault.Invalid, "一次会议最多 %d 项决议。", mostResolutions).At("text").By(RuleResolve)
		}
		set := store.Set
		return tx.Insert(ctx, "resolution", set("id", s.Ledger.IDs.New()), set("org_id", m.Org), set("org_path", m.OrgPath), set("meeting_id", id), set("text", n.Text), set("owner_id", n.Owner), set("owner", people[i].Name),
			set("due_on", n.Due.String()), set("known_by", n.KnownBy), set("state", string(Drafted)), set("evidence", ""), set("closed_on", ""), set("closed_by_id", ""), set("closed_by", ""), set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
	})
}

// Drop takes a resolution out of minutes that nobody has checked yet.
func (s *Service) Drop(ctx context.Context, actor ledger.Actor, id, resolution string) (err error) {
	defer fault.Wrap(&err, "life: resolve")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	return s.do(ctx, actor, DoRecord, "去掉一项决议", m, func(tx *store.Tx) error {
		if err := s.stillOpen(ctx, tx, m); err != nil {
			return err
		}
		n, err := tx.Delete(ctx, "resolution", store.ByID(resolution).And("meeting_id", id).And("state", string(Drafted)))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
}

// Close says by what evidence a resolution is done: its owner does, or whoever keeps the meetings of the branch. The fault names evidence.
func (s *Service) Close(ctx context.Context, actor ledger.Actor, id string, version int64, evidence string) (err error) {
	defer fault.Wrap(&err, "life: close")
	list, err := resolutions(ctx, s.DB.As(actor.Scope), "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	x := list[0]
	if same, _, err := s.Rights.IsMember(ctx, s.DB.As(store.System("the owner of a resolution")), actor.Account, x.OwnerID); err != nil {
		return err
	} else if !same {
		if err := s.Rights.May(ctx, actor, DoRecord, x.OrgPath); err != nil {
			return err
		}
	}
	if f := tidy(&evidence, true, longResolution, "evidence", RuleResolve, words.Mark("请写明凭什么算办好：看到了什么、谁验收的、有什么材料。")); f != nil {
		return f
	}
	act := ledger.Act{Kind: DoClose, Subject: "resolution", SubjectID: id, OrgPath: x.OrgPath, Reason: "决议办好"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "resolution", store.ByID(id).And("version", version).And("state", string(ToDo)), store.Set("state", string(Closed)), store.Set("evidence", evidence),
			store.Set("closed_on", s.today().String()), store.Set("closed_by_id", actor.Account), store.Set("closed_by", actor.Name), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
}
