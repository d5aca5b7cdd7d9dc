package web

import (
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// localReviewLines are the local decisions that wait for a second person, worded like the other lines of the queue; none
// for whoever does not see them.
func (v *visit) localReviewLines() ([]view.ReviewLine, error) {
	if !v.works(access.List, access.LocalRule) {
		return nil, nil
	}
	r, err := v.readerFor(access.List, access.LocalRule)
	if err != nil {
		return nil, err
	}
	list, err := v.in.Local.Proposed(v.ctx(), r, foremost)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	paths := make([]string, len(list))
	for i, d := range list {
		paths[i] = d.OrgPath
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return nil, err
	}
	now := v.in.Clock.Now()
	out := make([]view.ReviewLine, len(list))
	for i, d := range list {
		out[i] = view.ReviewLine{ID: d.ID, URL: view.PathLocalRule(d.ID), Title: view.Say("本地规定"), Name: d.OrgName, Org: stepRef(steps[d.OrgPath]), By: d.Proposer,
			Since: words.Moment(d.Proposed)[:10], Age: ageTag(now.Sub(d.Proposed), v.in.Reviews.Escalate), Owner: d.OrgName, Brief: []view.Text{localText(d)},
			Mine: d.ProposerAccount != v.person.Account && v.may(access.Decide, access.LocalRule, d.OrgPath, "")}
	}
	return out, nil
}

// foremostLocal are the local decisions that stand before the other lines where the queue begins.
func (v *visit) foremostLocal(f review.Filter) ([]view.ReviewLine, error) {
	q := v.r.URL.Query()
	if f.State != review.Waiting || f.After != "" || f.Batch != "" || f.Kind != "" || q.Get("org") != "" || q.Get("before") != "" || f.What != review.Everything && f.What != mine {
		return nil, nil
	}
	lines, err := v.localReviewLines()
	if f.What == review.Everything {
		return lines, err
	}
	return ofMine(lines), err
}

func ofMine(lines []view.ReviewLine) (out []view.ReviewLine) {
	for _, l := range lines {
		if l.Mine {
			out = append(out, l)
		}
	}
	return out
}

// quickLocal are the local decisions that wait for the visitor, for the workbench.
func (v *visit) quickLocal() (out []view.QuickReview, err error) {
	lines, err := v.localReviewLines()
	for _, l := range ofMine(lines) {
		out = append(out, view.QuickReview{ReviewLine: l})
	}
	return out[:min(quickShown, len(out))], err
}
