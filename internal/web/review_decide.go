package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// decide does one thing with what waits. What was wrong is shown on its page, with what was typed and as it stands now.
func (v *visit) decide(done string, act func(it string, version int64, values url.Values) error) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	err = act(id, versionOf(values), values)
	if err == nil {
		v.done(done)
		if values.Get("back") == "workbench" {
			return v.to(view.PathWorkbench)
		}
		return v.to(view.PathReviews)
	}
	if !wrong(err) && fault.Of(err) != fault.Forbidden {
		return err
	}
	it, d, rerr := v.waiting()
	if rerr != nil {
		return err
	}
	form := v.versioned(values, it.Version)
	form.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
	page, rerr := v.reviewPage(it, d, form, false)
	if rerr != nil {
		return rerr
	}
	return v.answer(statusOf(err), page)
}

func (s *Server) approveReview(v *visit) error {
	return v.decide(words.Mark("已经通过，档案按新的内容更新。"), func(id string, version int64, _ url.Values) error {
		return v.in.Reviews.Approve(v.ctx(), v.actor(), id, version)
	})
}

func (s *Server) returnReview(v *visit) error {
	return v.decide(words.Mark("已经退回，录入的人会看到理由。"), func(id string, version int64, values url.Values) error {
		return v.in.Reviews.Return(v.ctx(), v.actor(), id, version, said(values, "reason"))
	})
}

func (s *Server) withdrawReview(v *visit) error {
	return v.decide(words.Mark("已经撤回，档案没有变。"), func(id string, version int64, _ url.Values) error {
		return v.in.Reviews.Withdraw(v.ctx(), v.actor(), id, version)
	})
}
