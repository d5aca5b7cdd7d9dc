package web

import (
	"zhibu/internal/party/retention"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// waitingRights is what members have asked about their own data and who answers for it, and destructions that wait for
// a second person. Requests whose day is over come apart: the law counts them.
func (v *visit) waitingRights() (late, waiting []view.Todo, err error) {
	if v.works(access.Answer, access.Request) {
		r, err := v.readerFor(access.Answer, access.Request)
		if err != nil {
			return nil, nil, err
		}
		t, err := v.in.Requests.Tally(v.ctx(), r, v.today())
		if err != nil {
			return nil, nil, err
		}
		if t.Overdue > 0 {
			late = append(late, view.Todo{Title: view.Say("%d 个对自己信息的请求过了答复的期限", t.Overdue), URL: view.PathRequests, Late: true,
				Tag: view.Tag{Text: view.Say("逾期"), Kind: view.TagLate}, Basis: v.cite("K-09"), Rule: "K-09", Action: view.Say("去答复")})
		}
		if n := t.Open - t.Overdue; n > 0 {
			waiting = append(waiting, view.Todo{Title: view.Say("%d 个对自己信息的请求等答复", n), URL: view.PathRequests, Basis: v.cite("K-09"), Rule: "K-09", Action: view.Say("去答复")})
		}
	}
	if v.works(access.Decide, access.Destruction) {
		r, err := v.readerFor(access.Decide, access.Destruction)
		if err != nil {
			return nil, nil, err
		}
		n, err := v.in.Shredding.Count(v.ctx(), r, retention.Proposed, v.person.Account)
		if err != nil {
			return nil, nil, err
		}
		if n > 0 {
			waiting = append(waiting, view.Todo{Title: view.Say("%d 份销毁提议等您批准", n), URL: view.PathRetention, Action: view.Say("去办")})
		}
	}
	return late, waiting, nil
}

// cite is where a rule of today stands.
func (v *visit) cite(id string) view.Text {
	rule, ok := v.in.Rules.On(id, v.today())
	if !ok {
		return view.Text{}
	}
	return view.Plain(rule.Cite())
}
