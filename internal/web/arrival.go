package web

import (
	"context"
	"errors"
	"net/url"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// uploadPatience is for how long the browser is kept waiting for a document: a page or two of a PDF are there by then.
const uploadPatience = 2 * time.Second

// receive takes files in and leads to the documents when they are there soon, else to how far they are.
func (v *visit) receive(d dossier, n document.New) error {
	id, err := v.in.Documents.Receive(v.ctx(), v.actor(), d.m.ID, n)
	if err != nil {
		return err
	}
	a, err := v.in.Documents.Await(v.ctx(), v.actor(), id, uploadPatience)
	switch {
	case err != nil:
		return err
	case a == nil:
		v.done("材料已加密保存。")
		return v.to(view.PathMemberAct(d.m.ID, "documents"))
	case a.State == document.Failed && !a.Again: // told in the form, where everything that was typed is
		return errors.Join(a.Why, v.in.Documents.Cancel(v.ctx(), v.actor(), id))
	}
	return v.to(view.PathArrival(id))
}

// showArrival tells how far an upload is, to whoever made it.
func (s *Server) showArrival(v *visit) error { return v.arrival(nil) }

func (v *visit) arrival(cause error) error {
	id := v.r.PathValue("id")
	a, err := v.in.Documents.Arrival(v.ctx(), v.actor(), id)
	shown := v.arrivalOf(a)
	if fault.Of(err) == fault.NotFound { // done, or thrown away
		var doc document.Document
		r, rerr := v.readerFor(access.See, access.Document)
		if rerr == nil {
			doc, rerr = v.in.Documents.ByID(v.ctx(), r, id)
		}
		if rerr != nil || doc.Account != v.person.Account {
			return err
		}
		a.Member = doc.Member
		shown = view.Arrival{ID: id, Kind: view.Say(doc.Kind.Name()), Pages: doc.Pages, Of: doc.Pages, Done: true, Files: view.PathMemberAct(doc.Member, "documents")}
		err = nil
	}
	if err != nil {
		return err
	}
	d, err := v.dossier(a.Member)
	if err != nil {
		return err
	}
	out := view.ArrivalShown{Form: v.form(url.Values{}), Arrival: shown}
	if out.Member, err = v.ref(d); err != nil {
		return err
	}
	crumbs := append(d.crumbs(), view.Link{Text: view.Say("档案材料"), URL: shown.Files})
	page := v.page(view.Say("上传材料"), d.here(), crumbs...)
	if !shown.Done && shown.Failed.IsZero() {
		page.Refresh = refreshEvery
	}
	if cause != nil {
		out.Form.Problems = []view.Problem{v.problem(cause, nil)}
		return v.again(cause, view.ArrivalPage(page, out))
	}
	return v.show(view.ArrivalPage(page, out))
}

func (v *visit) arrivalOf(a document.Arrival) view.Arrival {
	out := view.Arrival{ID: a.ID, Kind: view.Say(a.Kind.Name()), Pages: a.Pages, Of: a.Of, Again: a.Again, Since: words.Moment(a.At),
		Files: view.PathMemberAct(a.Member, "documents")}
	if a.State == document.Failed {
		out.Failed = view.Say("处理到一半出错了。请再试一次；仍不行，请联系系统管理员。")
		if a.Why != nil {
			out.Failed = view.Say(a.Why.Text, a.Why.Args...)
		}
	}
	return out
}

// arriving are the visitor's uploads to a member's file that are no documents yet.
func (v *visit) arriving(member string) ([]view.Arrival, error) {
	list, err := v.in.Documents.Arrivals(v.ctx(), v.actor())
	var out []view.Arrival
	for _, a := range list {
		if a.Member == member {
			out = append(out, v.arrivalOf(a))
		}
	}
	return out, err
}

// cancelArrival throws an upload away.
func (s *Server) cancelArrival(v *visit) error {
	return v.decideArrival(v.in.Documents.Cancel, words.Mark("上传已取消，什么也没有留下。"))
}

// retryArrival lets a failed upload try once more.
func (s *Server) retryArrival(v *visit) error { return v.decideArrival(v.in.Documents.Retry, "") }

func (v *visit) decideArrival(do func(context.Context, ledger.Actor, string) error, done string) error {
	if _, err := v.posted(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	a, err := v.in.Documents.Arrival(v.ctx(), v.actor(), id)
	if err != nil {
		return v.arrival(nil) // done meanwhile, or not the visitor's
	}
	if err := do(v.ctx(), v.actor(), id); err != nil {
		if !wrong(err) {
			return err
		}
		return v.arrival(err)
	}
	if done == "" {
		return v.to(view.PathArrival(id))
	}
	v.done(done)
	return v.to(view.PathMemberAct(a.Member, "documents"))
}

// waitingArrivals are the visitor's uploads that failed, or are on their way, with the sentence that says what to do.
func (v *visit) waitingArrivals() (failed, under []view.Todo, err error) {
	list, err := v.in.Documents.Arrivals(v.ctx(), v.actor())
	for _, a := range list {
		shown := v.arrivalOf(a)
		t := view.Todo{URL: view.PathArrival(a.ID), Action: view.Say("去看")}
		if shown.Failed.IsZero() {
			t.Title = view.Say("上传的材料正在处理：%s", shown.Kind)
			if a.Of > 0 {
				t.Detail = view.Say("%d 页，共 %d 页。", a.Pages, a.Of)
			}
			under = append(under, t)
			continue
		}
		t.Title, t.Detail, t.Late = view.Say("上传的材料没有收下：%s", shown.Kind), shown.Failed, true
		failed = append(failed, t)
	}
	return failed, under, err
}
