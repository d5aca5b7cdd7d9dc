package web

import (
	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// batchesAbove bounds the imports that stand above the queue.
const batchesAbove = 20

// reviewBatches are the imports whose clean rows can be approved together.
func (v *visit) reviewBatches(r store.Reader) ([]view.ReviewBatch, error) {
	list, clean, err := v.in.Intake.Unreviewed(v.ctx(), r, batchesAbove)
	if err != nil {
		return nil, err
	}
	out := make([]view.ReviewBatch, len(list))
	for i, b := range list {
		out[i] = view.ReviewBatch{ID: b.ID, File: b.FileName, By: b.Actor, When: words.Moment(b.At)[:10], Clean: clean[i], URL: view.PathReviews + "?batch=" + b.ID}
		if out[i].Does, err = v.batchState(b); err != nil {
			return nil, err
		}
		out[i].May = clean[i] > 0 && out[i].Does.IsZero() && b.Account != v.person.Account && v.may(access.Review, access.Member, b.OrgPath, "")
	}
	return out, nil
}

// batchState tells of an approval under way, or why the last one stopped.
func (v *visit) batchState(b intake.Batch) (view.Text, error) {
	a, found, err := v.in.Intake.Approval(v.ctx(), b.ID)
	if err != nil || !found || !a.Running {
		return view.Text{}, err
	}
	return view.Say("正在通过，已通过 %d / %d。", a.Done, a.Total), nil
}

// approveBatch approves the clean rows of an import together; it goes on by itself, also after a restart.
func (s *Server) approveBatch(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.in.Intake.ApproveClean(v.ctx(), v.actor(), values.Get("batch")); err != nil {
		return err
	}
	v.done(words.Mark("正在通过没有提醒的各行；有提醒的留着，请逐条看。"))
	return v.to(view.PathReviews)
}

// batchLink leads back to the import that the queue is confined to.
func (v *visit) batchLink(id string) (view.Link, error) {
	if id == "" {
		return view.Link{}, nil
	}
	b, err := v.in.Intake.Batch(v.ctx(), v.reader(), id)
	if fault.Of(err) == fault.NotFound {
		return view.Link{}, nil
	}
	link := view.Link{Text: view.Plain(b.FileName)}
	if err == nil && v.works(access.List, access.Import) && v.may(access.List, access.Import, b.OrgPath, "") {
		link.URL = view.PathImport(b.ID)
	}
	return link, err
}
