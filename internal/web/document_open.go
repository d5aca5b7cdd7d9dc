package web

import (
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/party/org"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showDocument asks what for, and then, for as long as the opening holds, shows the pages. One's own needs no purpose.
func (s *Server) showDocument(v *visit) error {
	p, err := v.paper(access.See)
	if err != nil {
		return err
	}
	opened, err := v.in.Documents.Opened(v.ctx(), v.actor(), p.document.ID)
	if err == nil && !opened && p.own {
		_, err = v.in.Documents.Open(v.ctx(), v.actor(), p.document.ID, ownPurpose)
		opened = err == nil
	}
	if err != nil {
		return err
	}
	if !opened {
		return v.show(v.askDocument(p, v.form(url.Values{})))
	}
	n := 1
	if text := v.r.URL.Query().Get("page"); text != "" {
		if n, err = v.pageNumber(text); err != nil {
			return err
		}
	}
	n = min(max(n, 1), p.document.Pages)
	out := view.DocumentShown{Member: p.ref, Document: documentRef(p.document), Page: n, Own: p.own,
		Mark: view.Say("%s（%s）查看，%s", view.Plain(v.person.Name), view.Plain(v.person.Login), view.Plain(words.Moment(v.in.Clock.Now())))}
	if v.may(access.Remove, access.Document, p.m.OrgPath, p.m.ID) {
		out.Remove = view.PathDocument(p.document.ID) + "/remove"
	}
	if v.may(access.Add, access.Dispute, p.m.OrgPath, p.m.ID) {
		out.Dispute = view.PathDisputeAbout(p.m.ID, string(steward.OfDocument), p.document.ID)
	}
	return v.show(view.DocumentPage(v.page(out.Document.Kind, p.here(), p.crumbs()...), out))
}

func (v *visit) askDocument(p paper, f view.Form) templ.Component {
	d := view.DocumentAsk{Form: f, Member: p.ref, Document: documentRef(p.document)}
	d.Purposes = append([]view.Option{{Label: view.Say("请选择")}}, purposeOptions(access.RevealPurposes())...)
	return view.DocumentAskPage(v.page(view.Say("查看材料"), p.here(), p.crumbs()...), d)
}

// openDocument writes the look down before anything is shown.
func (s *Server) openDocument(v *visit) error {
	p, err := v.paper(access.See)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	purpose := ownPurpose
	if !p.own {
		purpose, err = purposeOf(values, access.RevealPurposes())
	}
	if err == nil {
		_, err = v.in.Documents.Open(v.ctx(), v.actor(), p.document.ID, purpose)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"purpose": "purpose", "purpose-text": "purpose-text"})}
		return v.again(err, v.askDocument(p, f))
	}
	if err != nil {
		return err
	}
	return v.to(view.PathDocument(p.document.ID))
}

// givePage gives the picture of a page of an opened document, marked with who looks.
func (s *Server) givePage(v *visit) error {
	n, err := v.pageNumber(v.r.PathValue("page"))
	if err != nil {
		return err
	}
	code := ""
	if o, err := org.ByPath(v.ctx(), v.reader(), v.person.Place()); err == nil {
		code = o.Code
	}
	b, err := v.in.Documents.Page(v.ctx(), v.actor(), v.r.PathValue("id"), n, v.person.Login, code)
	if err != nil {
		return err
	}
	return v.image(b)
}

func (s *Server) giveThumb(v *visit) error {
	n, err := v.pageNumber(v.r.PathValue("page"))
	if err != nil {
		return err
	}
	b, err := v.in.Documents.Thumb(v.ctx(), v.actor(), v.r.PathValue("id"), n)
	if err != nil {
		return err
	}
	return v.image(b)
}

func (s *Server) askRemoveDocument(v *visit) error {
	p, err := v.paper(access.Remove)
	if err != nil {
		return err
	}
	return v.show(v.removePage(p, v.form(url.Values{})))
}

func (v *visit) removePage(p paper, f view.Form) templ.Component {
	d := view.DocumentRemove{Form: f, Member: p.ref, Document: documentRef(p.document), Days: int(v.in.Documents.Keep.Hours() / 24)}
	return view.DocumentRemovePage(v.page(view.Say("移除材料"), p.here(), p.crumbs()...), d)
}

func (s *Server) removeDocument(v *visit) error {
	p, err := v.paper(access.Remove)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.in.Documents.Remove(v.ctx(), v.actor(), p.document.ID, said(values, "reason")); err != nil {
		if !wrong(err) {
			return err
		}
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
		return v.again(err, v.removePage(p, f))
	}
	v.done("材料已移除。")
	return v.to(view.PathMemberAct(p.m.ID, "documents"))
}
