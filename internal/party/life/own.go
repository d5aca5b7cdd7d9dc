package life

import (
	"context"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Own is a meeting as one member of its roll sees it.
type Own struct {
	Meeting
	Mine    Attendee
	Decided []Resolution
	Items   []Item // with what was said where she may read it
	Votes   []Outcome
}

// Answerable tells whether she may still answer the invitation.
func (o Own) Answerable() bool { return o.State == Planned }

// ownLimit bounds the list of one's own meetings.
const ownLimit = 60

// OwnList are the meetings on whose roll a member stands, the latest first; r is of whoever asks, place the path of the branch
// that she is in today. To what has not been held in a branch that she has left she is invited no more.
func (s *Service) OwnList(ctx context.Context, r store.Reader, memberID, place string) (out []Own, err error) {
	rows, err := s.ownRows(ctx, r, memberID, "")
	if err != nil {
		return nil, err
	}
	all := s.DB.As(store.System("the meetings of a member"))
	for i := len(rows) - 1; i >= 0 && len(out) < ownLimit; i-- {
		m, err := ByID(ctx, all, rows[i].meeting)
		if err != nil {
			return nil, err
		}
		if m.seen(rows[i].Attendee, place) {
			out = append(out, Own{Meeting: m, Mine: rows[i].Attendee})
		}
	}
	return out, nil
}

// seen tells whether a member on the stored roll is shown a meeting.
func (m Meeting) seen(a Attendee, place string) bool {
	return a.State != Unsaid || m.OrgPath == place
}

// Own is one meeting as a member of its roll sees it: place and time before it, what was decided after it. What was said is shown
// to those who were there.
func (s *Service) Own(ctx context.Context, r store.Reader, memberID, place, id string) (out Own, err error) {
	rows, err := s.ownRows(ctx, r, memberID, id)
	if err == nil && len(rows) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return out, err
	}
	all := s.DB.As(store.System("the meetings of a member"))
	if out.Meeting, err = ByID(ctx, all, id); err != nil {
		return out, err
	}
	if out.Mine = rows[0].Attendee; !out.seen(out.Mine, place) {
		return out, fault.Missing()
	}
	if out.Items, err = s.Agenda(ctx, all, out.Meeting); err != nil {
		return out, err
	}
	if out.State != Confirmed || out.Mine.State != Present {
		for i := range out.Items {
			out.Items[i].Said = Said{}
		}
	}
	if out.State != Confirmed {
		return out, nil
	}
	if out.Decided, err = Resolutions(ctx, all, id); err != nil {
		return out, err
	}
	out.Votes, err = s.Votes(ctx, all, out.Meeting, out.Items)
	return out, err
}

type ownRow struct {
	Attendee
	meeting string
}

func (s *Service) ownRows(ctx context.Context, r store.Reader, memberID, id string) (out []ownRow, err error) {
	where, args := "member_id = ?", []any{memberID}
	if id != "" {
		where, args = where+" AND meeting_id = ?", append(args, id)
	}
	list, err := s.stored(ctx, r, where, args...)
	if err != nil {
		return nil, err
	}
	meeting := map[string]string{}
	err = r.Each(ctx, "SELECT id, meeting_id FROM {attendance} WHERE "+where, args, func(row store.Row) error {
		var a, m string
		err := row.Scan(&a, &m)
		meeting[a] = m
		return err
	})
	for _, a := range list {
		out = append(out, ownRow{a, meeting[a.ID]})
	}
	return out, err
}

// Reply is a member's own answer to an invitation: she comes, or asks for leave with a reason that only she and her branch see.
// The faults name answer and why.
func (s *Service) Reply(ctx context.Context, actor ledger.Actor, memberID, id string, answer Answer, why string) (err error) {
	defer fault.Wrap(&err, "life: answer")
	rows, err := s.ownRows(ctx, s.DB.As(actor.Scope), memberID, id)
	if err == nil && len(rows) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	all := s.DB.As(store.System("an answer to an invitation"))
	if same, _, err := s.Rights.IsMember(ctx, all, actor.Account, memberID); err != nil || !same {
		if err == nil {
			err = fault.Missing()
		}
		return err
	}
	m, err := ByID(ctx, all, id)
	if err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	switch {
	case m.State != Planned:
		return fault.New(fault.Conflict, "会议已经开过或者取消，不用再回复。").By(RuleLeave)
	case answer != Comes && answer != Leave:
		return fault.New(fault.Invalid, "请选择参加还是请假。").At("answer").By(RuleLeave)
	case answer == Leave && why == "":
		return fault.New(fault.Invalid, "请写明为什么不能参加，只有您和本支部看得到。").At("why").By(RuleLeave)
	case len([]rune(why)) > longWhy:
		return fault.New(fault.Invalid, "原因最多 %d 个字。", longWhy).At("why").By(RuleLeave)
	}
	a := rows[0].Attendee
	a.Answer, a.Why = answer, why
	if answer == Comes {
		a.Why = ""
	}
	keys, err := s.Vault.Persons(ctx, []string{memberID})
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoAnswer, Subject: "meeting", SubjectID: id, OrgPath: m.OrgPath, Reason: "回复会议通知"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "meetings "+m.Org); err != nil {
			return err
		}
		now, err := ByID(ctx, tx.System("an answer to an invitation"), id)
		if err == nil && now.State != Planned {
			err = settled()
		}
		if err != nil {
			return err
		}
		_, err = tx.Update(ctx, "attendance", store.ByID(a.ID), store.Set("answer", string(a.Answer)), store.Set("why", a.by(keys)), store.Set("version", a.Version+1))
		return err
	})
}
