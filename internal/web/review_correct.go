package web

import (
	"net/http"
	"net/url"
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// correctable adds to the rows of an item the forms that correct them.
func correctable(it *review.Item, rows []view.ReviewRow) {
	for i, r := range rows {
		for _, col := range it.Reads() {
			if f, ok := keyOf(col); ok && f.kind != "" && f.label.Key() == r.Label.Key() {
				rows[i].Correct = view.PathReviewAct(it.ID, "correct/"+f.key)
			}
		}
	}
}

// reviewing is the item and the fact of the address, for whoever may correct it.
func (v *visit) reviewing() (it *review.Item, d dossier, f fact, err error) {
	if it, d, err = v.waiting(); err != nil {
		return it, d, f, err
	}
	f, ok := factOf(v.r.PathValue("fact"))
	if !ok || f.kind == "" || !d.mask.Has(f.class) || !slices.Contains(it.Reads(), f.column) {
		return it, d, f, fault.Missing()
	}
	return it, d, f, nil
}

// askReviewCorrection shows the form with what is proposed.
func (s *Server) askReviewCorrection(v *visit) error {
	it, d, f, err := v.reviewing()
	if err != nil {
		return err
	}
	can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it)
	if !can.Correct {
		if why == nil {
			why = fault.New(fault.Conflict, "这一条已经有人办过了，请刷新页面。")
		}
		return why
	}
	values := url.Values{}
	if it.Proposal == nil {
		values = standing(d.m, f)
	} else if c := it.Change; c != nil && !f.secret {
		values = typedForm(f, c.New)
		values.Set("source", it.Proposal.Basis.Document)
		if can.Withdraw { // her own, returned: nothing is typed twice
			values.Set("reason", it.Proposal.Basis.Reason)
			values.Set("since", it.Proposal.Basis.On.String())
		}
	}
	return v.showReviewCorrection(http.StatusOK, it, d, f, v.versioned(values, it.Version))
}

// typedForm puts a proposed value back into the form that it was typed into.
func typedForm(f fact, typed map[roster.Column]string) url.Values {
	values := url.Values{}
	text := typed[f.column]
	if list, ok := codeLists[f.column]; ok && list.Name(text) != "" {
		text = list.Name(text)
	}
	switch f.kind {
	case view.MendDay:
		if day, err := view.ReadDay(url.Values{"value": {text}}, "value"); err == nil {
			view.SetDay(values, "value", day)
		}
	case view.MendYesNo:
		values.Set("value", yesNo(text == "是"))
	default:
		values.Set("value", text)
	}
	return values
}

func (v *visit) showReviewCorrection(status int, it *review.Item, d dossier, f fact, form view.Form) error {
	mend, err := v.mendForm(d, f, form)
	if err != nil {
		return err
	}
	can, _ := v.in.Reviews.Can(v.ctx(), v.actor(), it)
	out := view.ReviewCorrect{ID: it.ID, Mine: can.Withdraw, Mend: mend}
	crumbs := []view.Link{{Text: view.Say("审核\x04目录"), URL: view.PathReviews}, {Text: view.Say("这一条"), URL: view.PathReview(it.ID)}}
	return v.answer(status, view.ReviewCorrectPage(v.page(view.Say("改这一项：%s", f.label), view.PathReviews, crumbs...), out))
}

// correctReview puts a corrected value in place of the one that waits.
func (s *Server) correctReview(v *visit) error {
	it, d, f, err := v.reviewing()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	changes, basis, err := mended(f, values)
	var found []roster.Problem
	var out review.Outcome
	if err == nil {
		out, found, err = v.in.Reviews.Correct(v.ctx(), v.actor(), it.ID, versionOf(values), changes, basis)
	}
	if err == nil && !roster.Rejected(found) {
		v.done(words.Mark("已经改好，等另一个人确认。"))
		if out.ID == "" {
			return v.to(view.PathMember(d.m.ID))
		}
		return v.to(view.PathReview(out.ID))
	}
	if err != nil && !wrong(err) {
		return err
	}
	if it, d, f, rerr := v.reviewing(); rerr == nil {
		form := v.versioned(values, it.Version)
		status := http.StatusUnprocessableEntity
		if err != nil {
			form.Problems, status = []view.Problem{v.problem(err, mendFields(f))}, statusOf(err)
		} else {
			form.Problems = v.problems(onlyErrors(found), mendFields(f))
		}
		return v.showReviewCorrection(status, it, d, f, form)
	}
	return err
}
