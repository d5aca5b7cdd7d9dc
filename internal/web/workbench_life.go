package web

import (
	"zhibu/internal/party/life"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// waitingMeetings are resolutions that are the visitor's to carry out, and minutes that wait to be checked or confirmed.
func (v *visit) waitingMeetings() (late, waiting []view.Todo, err error) {
	if v.person.Member != "" {
		owed, err := life.Owned(v.ctx(), v.reader(), v.person.Member)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range owed {
			t := view.Todo{Title: view.Plain(x.Text), Detail: view.Say("%s 以前办好：%s", view.Plain(x.Due.String()), view.Plain(x.KnownBy)), URL: view.PathOwnMeeting(x.Meeting), Basis: v.cite(life.RuleResolve), Rule: life.RuleResolve, Action: view.Say("去结案")}
			if x.Late(v.today()) {
				t.Late, t.Tag = true, view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}
				late = append(late, t)
				continue
			}
			waiting = append(waiting, t)
		}
	}
	if !v.works(access.Confirm, access.Life) {
		return late, waiting, nil
	}
	r, err := v.readerFor(access.Confirm, access.Life)
	if err != nil {
		return nil, nil, err
	}
	open, err := life.Unfinished(v.ctx(), r)
	for _, m := range open {
		action := view.Say("去核对")
		if m.State == life.Checked {
			action = view.Say("去确认")
		}
		waiting = append(waiting, view.Todo{Title: view.Plain(m.Title), Tag: meetingTags[m.State], URL: view.PathMeeting(m.ID), Basis: v.cite(life.RuleMinutes), Rule: life.RuleMinutes, Action: action})
	}
	return late, waiting, err
}
