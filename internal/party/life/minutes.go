package life

import (
	"context"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

func placeOf(m Meeting) org.Place { return org.Place{ID: m.Org, Path: m.OrgPath} }

func orgOf(m Meeting) org.Organisation { return org.Organisation{ID: m.Org, Path: m.OrgPath} }

// Check is the recorder's word that the minutes say what was. Whoever chaired does not check; every vote has its count.
func (s *Service) Check(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "life: check")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	switch {
	case m.State != Held:
		return fault.New(fault.Conflict, "先登记到会情况，再核对记录；已经核对的不用再核对。").By(RuleMinutes)
	case m.ChairID == "" || m.RecorderID == "":
		return fault.New(fault.Conflict, "还没有写明谁主持、谁记录，请先补上。").By(RuleOne)
	}
	if same, perhaps, err := s.Rights.IsMember(ctx, s.DB.As(store.System("who checks minutes")), actor.Account, m.ChairID); err != nil {
		return err
	} else if same || perhaps {
		return fault.New(fault.Forbidden, "主持人不能核对记录，请由记录人核对，再由您确认。").By(RuleMinutes)
	}
	return s.do(ctx, actor, DoRecord, "核对会议记录", m, func(tx *store.Tx) error {
		votes, err := ballot.Of(ctx, tx, BallotSubject, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(votes, func(b ballot.Ballot) bool { return b.State == ballot.Open }) {
			return fault.New(fault.Conflict, "还有表决没有计完票，请两个人录完，或者作废，再核对。").By(ballot.RuleTwice)
		}
		roll, err := s.stored(ctx, tx, "meeting_id = ?", id)
		if err != nil {
			return err
		}
		for _, who := range []string{m.ChairID, m.RecorderID} {
			if i := slices.IndexFunc(roll, func(a Attendee) bool { return a.Member == who }); i < 0 || roll[i].State != Present {
				return fault.New(fault.Conflict, "主持人和记录人都要到会；换了人的，请先改过来。").By(RuleOne)
			}
		}
		return change(ctx, tx, m, version, store.Set("state", string(Checked)), store.Set("checked_by_id", actor.Account), store.Set("checked_by", actor.Name))
	})
}

// Seats says who in fact chaired and recorded, while the minutes are not checked. The faults name chair and recorder.
func (s *Service) Seats(ctx context.Context, actor ledger.Actor, id string, version int64, chair, recorder string) (err error) {
	defer fault.Wrap(&err, "life: seats")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if err := s.recordable(m); err != nil {
		return err
	}
	roll, err := s.Roll(ctx, s.DB.As(store.System("who chairs")), m)
	if err != nil {
		return err
	}
	chairID, chairName, err := seat(roll, chair, "chair")
	if err != nil {
		return err
	}
	recorderID, recorderName, err := seat(roll, recorder, "recorder")
	if err != nil {
		return err
	}
	if chairID == "" || recorderID == "" || chairID == recorderID {
		return fault.New(fault.Invalid, "主持人和记录人要是两个人，请换一个。").At("recorder").By(RuleOne)
	}
	return s.do(ctx, actor, DoRecord, "写明主持人和记录人", m, func(tx *store.Tx) error {
		return change(ctx, tx, m, version, store.Set("chair_id", chairID), store.Set("chair", chairName), store.Set("recorder_id", recorderID), store.Set("recorder", recorderName))
	})
}

// SendBack gives checked minutes back to be mended.
func (s *Service) SendBack(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "life: send back")
	m, err := s.mine(ctx, actor, DoConfirm, id)
	if err != nil {
		return err
	}
	if f := tidy(&reason, true, longTopic, "reason", RuleMinutes, words.Mark("请写明哪里要改。")); f != nil {
		return f
	}
	if m.State != Checked {
		return settled()
	}
	return s.do(ctx, actor, DoConfirm, "退回会议记录", m, func(tx *store.Tx) error {
		return change(ctx, tx, m, version, store.Set("state", string(Held)), store.Set("reason", reason), store.Set("checked_by_id", ""), store.Set("checked_by", ""))
	})
}

// Confirm is the chair's word: from now on the minutes are only read. The meeting is the dated fact of the log book that the rules
// ask for, in the place of one that somebody has entered by hand; hours of study go to those who were there; resolutions are to be
// done; whoever was not there is told. A chair without an account signs on paper, and somebody else who did not check says so.
func (s *Service) Confirm(ctx context.Context, actor ledger.Actor, id string, version int64, signed bool) (err error) {
	defer fault.Wrap(&err, "life: confirm")
	m, err := s.mine(ctx, actor, DoConfirm, id)
	if err != nil {
		return err
	}
	if m.State != Checked {
		return fault.New(fault.Conflict, "记录人核对以后，主持人才能确认。").By(RuleMinutes)
	}
	if signed, err = s.mayConfirm(ctx, actor, m, signed); err != nil {
		return err
	}
	o, err := org.ByID(ctx, s.DB.As(store.System("where minutes are confirmed")), m.Org)
	if err != nil {
		return err
	}
	paper := 0
	if signed {
		paper = 1
	}
	return s.do(ctx, actor, DoConfirm, "确认会议记录", m, func(tx *store.Tx) error {
		if err := change(ctx, tx, m, version, store.Set("state", string(Confirmed)), store.Set("reason", ""), store.Set("confirmed_by_id", actor.Account), store.Set("confirmed_by", actor.Name), store.Set("confirmed_at", s.Clock.Now().UnixMicro()),
			store.Set("signed", paper)); err != nil {
			return err
		}
		roll, err := s.stored(ctx, tx, "meeting_id = ?", id)
		if err != nil {
			return err
		}
		if err := s.enter(ctx, tx, actor, o, m, roll); err != nil {
			return err
		}
		return s.announce(ctx, tx, actor, m, roll)
	})
}

// mayConfirm tells whether the chair confirms herself or has signed on paper. Whoever checked confirms nothing.
func (s *Service) mayConfirm(ctx context.Context, actor ledger.Actor, m Meeting, signed bool) (onPaper bool, err error) {
	all := s.DB.As(store.System("who confirms minutes"))
	same, perhaps, err := s.Rights.Same(ctx, all, actor.Account, m.checkedID)
	if err != nil {
		return false, err
	}
	if same || perhaps {
		return false, fault.New(fault.Forbidden, "核对和确认不能是同一个人；请主持人确认。").By(RuleMinutes)
	}
	chaired, _, err := s.Rights.IsMember(ctx, all, actor.Account, m.ChairID)
	if err == nil && !chaired && !signed {
		err = fault.New(fault.Invalid, "会议由%s主持，请本人确认；本人没有账号、已经在打印的记录上签字的，勾选后由您代为登记。", m.Chair).At("signed").By(RuleMinutes)
	}
	return !chaired, err
}

// enter writes the dated facts that the meeting is.
func (s *Service) enter(ctx context.Context, tx *store.Tx, actor ledger.Actor, o org.Organisation, m Meeting, roll []Attendee) error {
	const why = "会议记录确认以后记下"
	for _, k := range m.Facts() {
		byHand, err := logbook.HeldOn(ctx, tx, m.OrgPath, m.On, k)
		if err != nil {
			return err
		}
		for _, e := range byHand {
			if e.Fields.Held == "" {
				if err := s.Log.TakeBack(ctx, tx, actor, e.ID, "由会议记录接替"); err != nil {
					return err
				}
			}
		}
		if _, err := s.Log.Enter(ctx, tx, actor, o, logbook.New{Org: o.ID, Kind: timeline.MeetingHeld, On: m.On, Fields: logbook.Fields{Type: k, Held: m.ID}, Document: "会议记录", Reason: why}); err != nil {
			return err
		}
	}
	present, err := s.studied(ctx, tx, m, roll)
	if err != nil || len(present) == 0 {
		return err
	}
	_, err = s.Log.Enter(ctx, tx, actor, o, logbook.New{Org: o.ID, Kind: timeline.Studied, On: m.On, People: present, Fields: logbook.Fields{Hours: m.Hours, Held: m.ID}, Document: "会议记录", Reason: why})
	return err
}

// studied are those who came where hours are counted, and who are still of the branch: the book of a branch is about its own.
func (s *Service) studied(ctx context.Context, r store.Reader, m Meeting, roll []Attendee) (ids []string, err error) {
	for _, a := range roll {
		if m.Hours == "" || a.State != Present {
			continue
		}
		var one string
		here, err := r.One(ctx, "SELECT id FROM {member} WHERE id = ? AND org_path = ? AND state <> 'destroyed'", []any{a.Member, m.OrgPath}, &one)
		if err != nil {
			return nil, err
		}
		if here {
			ids = append(ids, a.Member)
		}
	}
	return ids, nil
}

// announce sets resolutions to be done, tells their owners, and tells those who were not there what was decided.
func (s *Service) announce(ctx context.Context, tx *store.Tx, actor ledger.Actor, m Meeting, roll []Attendee) error {
	decided, err := Resolutions(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	var owners, away []string
	for _, x := range decided {
		if _, err := tx.Update(ctx, "resolution", store.ByID(x.ID), store.Set("state", string(ToDo)), store.Set("version", x.Version+1)); err != nil {
			return err
		}
		if !slices.Contains(owners, x.OwnerID) {
			owners = append(owners, x.OwnerID)
		}
	}
	for _, a := range roll {
		if a.State != Present && !slices.Contains(owners, a.Member) {
			away = append(away, a.Member)
		}
	}
	if err := s.told(ctx, tx, actor, notice.ResolutionOwned, m, owners...); err != nil {
		return err
	}
	return s.told(ctx, tx, actor, notice.MeetingDecided, m, away...)
}

// Annul takes confirmed minutes back that should not have been: they stay to be read, crossed out, and the dated facts go.
func (s *Service) Annul(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "life: annul")
	m, err := s.mine(ctx, actor, DoConfirm, id)
	if err != nil {
		return err
	}
	if f := tidy(&reason, true, longTopic, "reason", RuleMinutes, words.Mark("请写明为什么作废。")); f != nil {
		return f
	}
	if m.State != Confirmed {
		return settled()
	}
	return s.do(ctx, actor, DoConfirm, "作废会议记录", m, func(tx *store.Tx) error {
		if err := change(ctx, tx, m, version, store.Set("state", string(Annulled)), store.Set("reason", reason)); err != nil {
			return err
		}
		facts, err := logbook.HeldOn(ctx, tx, m.OrgPath, m.On, "")
		if err != nil {
			return err
		}
		for _, e := range facts {
			if e.Fields.Held == id {
				if err := s.Log.TakeBack(ctx, tx, actor, e.ID, "会议记录作废："+reason); err != nil {
					return err
				}
			}
		}
		decided, err := Resolutions(ctx, tx, id)
		for _, x := range decided {
			if err == nil && x.State == ToDo {
				_, err = tx.Update(ctx, "resolution", store.ByID(x.ID), store.Set("state", string(Drafted)), store.Set("version", x.Version+1))
			}
		}
		return err
	})
}
