package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// refreshEvery is after how many seconds a page of work under way is loaded again where there are no scripts.
const refreshEvery = 3

// showImport shows an import at the step it stands at. The state lies in the database, so that a restart loses nothing.
func (s *Server) showImport(v *visit) error {
	b, err := v.batch()
	if err != nil {
		return err
	}
	switch b.State {
	case intake.Checking, intake.Queued, intake.Running, intake.Undoing:
		return v.showProgress(b)
	}
	if v.scripted() { // the part that was polled is done: the page goes on
		v.w.Header().Set("HX-Redirect", view.PathImport(b.ID))
		return v.send(200, nil)
	}
	switch b.State {
	case intake.Uploaded:
		return v.to(view.PathImportAct(b.ID, "columns"))
	case intake.Checked:
		return v.showPreview(b)
	}
	return v.showResult(b, v.form(url.Values{}), nil)
}

var batchSteps = map[intake.State]view.Text{
	intake.Checking: view.Say("正在逐行检查"), intake.Queued: view.Say("排队等着写入"), intake.Running: view.Say("正在写入名册"),
	intake.Undoing: view.Say("正在整批撤回"),
}

func (v *visit) showProgress(b intake.Batch) error {
	done, total, err := v.in.Intake.Progress(v.ctx(), b.ID)
	if err != nil {
		return err
	}
	p := v.page(batchStates[b.State].Text, view.PathImports, importsCrumb)
	p.Refresh = refreshEvery
	return v.show(view.ImportProgressPage(p, view.ImportProgress{ID: b.ID, File: b.FileName, Step: batchSteps[b.State], Done: done, Total: total,
		Since: words.Moment(b.At), Checking: b.State == intake.Checking}))
}

// showResult is the last step; cause is why an undoing was refused.
func (v *visit) showResult(b intake.Batch, f view.Form, cause error) error {
	d := view.ImportResult{Form: f, ID: b.ID, File: b.FileName, By: b.Actor, When: words.Moment(b.At), Counts: importCounts(b.Result)}
	var err error
	if d.Org, err = v.orgOfBatch(b); err != nil {
		return err
	}
	title := view.Say("写入完成")
	switch b.State {
	case intake.Failed:
		title, d.Failed = view.Say("没有写入"), view.Say(b.Result.Message)
		if d.Failed.IsZero() {
			d.Failed = view.Say("导入没有完成，没有写入任何内容。请重试；仍不行，请联系系统管理员。")
		}
	case intake.Undone:
		title = view.Say("已经撤回")
		if d.Undone, err = v.momentOf(b.ID, "import.undo"); err != nil {
			return err
		}
	default:
		if err := v.written(b, &d); err != nil {
			return err
		}
	}
	page := view.ImportResultPage(v.page(title, view.PathImports, importsCrumb), d)
	if cause != nil {
		return v.again(cause, page)
	}
	return v.show(page)
}

// written is what a finished import offers: its members, the rejected rows, taking it back.
func (v *visit) written(b intake.Batch, d *view.ImportResult) (err error) {
	if at, err := v.momentOf(b.ID, "import.done"); err != nil {
		return err
	} else if at != "" {
		d.When = at
	}
	if d.Codes, err = v.problemCounts(b, intake.Found{}, ""); err != nil {
		return err
	}
	if d.Review, err = v.reviewed(b); err != nil {
		return err
	}
	if d.Counts.Rejected > 0 && b.Sealed != "" && v.may(access.Run, access.Import, b.OrgPath, "") {
		d.Errors = view.PathImportAct(b.ID, "errors.xlsx")
	}
	if b.Result.New > 0 {
		d.Members = view.PathMembers + "?" + url.Values{"org": {b.OrgID}, "state": {"pending"}}.Encode()
	}
	if d.MayUndo = v.may(access.Undo, access.Import, b.OrgPath, ""); !d.MayUndo {
		d.WhyNot = view.Say("您的角色不能撤回导入。")
	} else if d.Review.Approved > 0 {
		d.MayUndo, d.WhyNot = false, view.Say("有的已经审核通过，请逐条更正。")
	}
	return nil
}

// momentOf is when the newest act of a kind was done to a thing.
func (v *visit) momentOf(subject, kind string) (string, error) {
	acts, err := v.in.Ledger.Acts(v.ctx(), v.reader(), ledger.Query{Subject: subject, Kind: kind, Limit: 1})
	if err != nil || len(acts) == 0 {
		return "", err
	}
	return words.Moment(acts[0].Time()), nil
}

// returnedShown bounds the returned rows on the page of an import.
const returnedShown = 20

// reviewed is how what the import brought stands with its reviewers.
func (v *visit) reviewed(b intake.Batch) (out view.ImportReview, err error) {
	r, err := v.readerFor(access.List, access.Member)
	if fault.Of(err) == fault.Forbidden {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	n, err := v.in.Reviews.Standing(v.ctx(), r, b.ID)
	if err != nil || !n.Any() {
		return out, err
	}
	queue := func(more url.Values) string {
		more.Set("batch", b.ID)
		return view.PathReviews + "?" + more.Encode()
	}
	out = view.ImportReview{Any: true, Waiting: n.Waiting, Returned: n.Returned, Approved: n.Approved, WaitingURL: queue(url.Values{}),
		ReturnedURL: queue(url.Values{"state": {string(review.Returned)}})}
	if n.Returned == 0 {
		return out, nil
	}
	page, err := v.in.Reviews.Queue(v.ctx(), r, review.Filter{Batch: b.ID, State: review.Returned, Limit: returnedShown})
	for _, l := range page.Lines {
		row := view.ReturnedRow{Name: l.Name, Title: v.reviewTitle(l, 0), URL: view.PathReview(l.ID), Do: view.Say("去改"),
			Answer: view.Say("第 %d 行，%s退回：%s", l.Row, view.Plain(l.Judge), view.Plain(l.Answer))}
		if l.Kind == member.DoAdd {
			row.URL = view.PathMember(l.Member)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, err
}
