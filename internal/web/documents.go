package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// file reads the record of the address for a page about its documents, which its member sees as an opening.
func (v *visit) file(action access.Action) (dossier, error) {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return d, err
	}
	_, err = v.person.Allow(action, access.Document, d.m.OrgPath, d.m.ID)
	return d, err
}

func (s *Server) showDocuments(v *visit) error {
	d, err := v.file(access.See)
	if err != nil {
		return err
	}
	return v.documentsPage(d, v.form(url.Values{}), nil)
}

// takeDocumentBack puts a removed document back into the file.
func (s *Server) takeDocumentBack(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	member, err := v.in.Documents.TakeBack(v.ctx(), v.actor(), id, said(values, view.ReasonFor(id)))
	if err != nil && wrong(err) {
		return v.takeBackAgain(id, values, err)
	}
	if err != nil {
		return err
	}
	v.done("材料已取回。")
	return v.to(view.PathMemberAct(member, "documents"))
}

// takeBackAgain shows the list once more, with what was typed about the document that was not taken back.
func (v *visit) takeBackAgain(id string, values url.Values, cause error) error {
	r, err := v.readerFor(access.See, access.Document)
	if err != nil {
		return err
	}
	gone, err := v.in.Documents.Gone(v.ctx(), r, id)
	if err != nil {
		return err
	}
	d, err := v.dossier(gone.Member)
	if err != nil {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(cause, at{"reason": view.ReasonFor(id), "file": ""})}
	return v.documentsPage(d, f, cause)
}

// documentsPage shows a member's file; cause is why a document was not taken back.
func (v *visit) documentsPage(d dossier, f view.Form, cause error) error {
	if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
		return err
	}
	list, err := v.in.Documents.Of(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return err
	}
	file := v.in.Documents.FolderOf(d.m, list)
	out := view.Documents{Form: f, Own: d.own, Missing: file.Missing(), Rule: file.Rule.Cite(), RuleID: file.Rule.ID, Loose: !file.Binding,
		MayAdd: v.may(access.Add, access.Document, d.m.OrgPath, d.m.ID)}
	if out.Items, err = v.datedRefs(d, list); err != nil {
		return err
	}
	if out.Member, err = v.ref(d); err != nil {
		return err
	}
	if v.may(access.Remove, access.Document, d.m.OrgPath, d.m.ID) {
		removed, err := v.in.Documents.TakenAway(v.ctx(), v.reader(), d.m.ID)
		if err != nil {
			return err
		}
		out.Removed = documentRefs(removed)
	}
	if out.Arriving, err = v.arriving(d.m.ID); err != nil {
		return err
	}
	for _, m := range file.Materials {
		shown := view.Material{Kind: view.Say(m.Kind.Name()), Have: len(m.Have), From: suppliers[m.From]}
		if out.MayAdd {
			shown.Add = view.PathMemberAct(d.m.ID, "documents/new") + "?kind=" + string(m.Kind)
		}
		out.Materials = append(out.Materials, shown)
	}
	page := view.DocumentsPage(v.page(view.Say("档案材料"), d.here(), d.crumbs()...), out)
	if cause != nil {
		return v.again(cause, page)
	}
	return v.show(page)
}

var suppliers = map[document.Supplier]view.Text{
	document.FromMember: view.Say("本人"), document.FromBranch: view.Say("所在党支部"), document.FromCommittee: view.Say("上级党委"),
}

// here and crumbs are the place of pages below a record: one's own record is a page of its own.
func (d dossier) here() string {
	if d.own {
		return view.PathMe
	}
	return view.PathMembers
}

func (d dossier) crumbs() []view.Link {
	if d.own {
		return []view.Link{{Text: view.Say("我的档案"), URL: view.PathMe}}
	}
	return memberCrumbs(d.m)
}

// documentRefs shows documents in a list.
func documentRefs(list []document.Document) []view.DocumentRef {
	var out []view.DocumentRef
	for _, d := range list {
		out = append(out, documentRef(d))
	}
	return out
}

// documentText names a document in a list of choices.
func documentText(d document.Document) view.Text {
	if d.Title == "" {
		return view.Say(d.Kind.Name())
	}
	return view.Say("%s：%s", view.Say(d.Kind.Name()), view.Plain(d.Title))
}

// provenFacts are links to the documents that prove dated facts, by the fact, where the visitor may see documents.
func (v *visit) provenFacts(d dossier) (map[string][]view.Link, error) {
	if !v.may(access.See, access.Document, d.m.OrgPath, d.m.ID) {
		return nil, nil
	}
	list, err := v.in.Documents.Of(v.ctx(), v.reader(), d.m.ID)
	out := map[string][]view.Link{}
	for _, one := range list {
		for _, id := range one.Dated {
			out[id] = append(out[id], view.Link{Text: documentText(one), URL: view.PathDocument(one.ID)})
		}
	}
	return out, err
}

// datedRefs adds to documents in a list what dated facts they prove, as far as the visitor sees those.
func (v *visit) datedRefs(d dossier, list []document.Document) ([]view.DocumentRef, error) {
	out := documentRefs(list)
	facts, err := v.in.Members.Facts(v.ctx(), v.reader(), d.m.ID)
	for i, one := range list {
		for _, f := range facts {
			if slices.Contains(one.Dated, f.ID) && f.Retired.IsZero() && d.mask.Has(factClass(f.Kind)) {
				out[i].Facts = append(out[i].Facts, view.Say("%s：%s", view.Say(f.Kind.Name()), view.Plain(f.Told())))
			}
		}
	}
	return out, err
}

func documentRef(d document.Document) view.DocumentRef {
	ref := view.DocumentRef{ID: d.ID, Kind: view.Say(d.Kind.Name()), Title: d.Title, Pages: d.Pages, By: d.By, On: words.Moment(d.At)[:10]}
	for _, f := range d.Facts {
		if fact, ok := keyOf(roster.Column(f)); ok {
			ref.Facts = append(ref.Facts, fact.label)
		}
	}
	return ref
}

// proofs are the newest documents for each fact, where the visitor may see documents.
func (v *visit) proofs(d dossier) (map[string][]document.Document, *view.DocumentsCard, error) {
	if !v.may(access.See, access.Document, d.m.OrgPath, d.m.ID) {
		return nil, nil, nil
	}
	list, err := v.in.Documents.Of(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return nil, nil, err
	}
	proofs := map[string][]document.Document{}
	for _, one := range list {
		for _, f := range one.Facts {
			proofs[f] = append(proofs[f], one)
		}
	}
	card := &view.DocumentsCard{URL: view.PathMemberAct(d.m.ID, "documents"), Have: len(list), Missing: v.in.Documents.FolderOf(d.m, list).Missing()}
	if card.Arriving, err = v.arriving(d.m.ID); err != nil {
		return nil, nil, err
	}
	if v.may(access.Run, access.Document, d.m.OrgPath, d.m.ID) {
		card.Copy = view.PathMemberAct(d.m.ID, "handover")
	}
	return proofs, card, nil
}

// paper is a document with the record it belongs to.
type paper struct {
	dossier
	document document.Document
	ref      view.MemberRef
}

// paper reads the document of the address. One out of scope is missing.
func (v *visit) paper(action access.Action) (p paper, err error) {
	r, err := v.readerFor(access.See, access.Document)
	if err != nil {
		return p, err
	}
	if p.document, err = v.in.Documents.ByID(v.ctx(), r, v.r.PathValue("id")); err != nil {
		return p, err
	}
	if p.dossier, err = v.dossier(p.document.Member); err != nil {
		return p, err
	}
	if _, err = v.person.Allow(action, access.Document, p.m.OrgPath, p.m.ID); err != nil {
		return p, err
	}
	p.ref, err = v.ref(p.dossier)
	return p, err
}

// crumbs lead back to the member's documents.
func (p paper) crumbs() []view.Link {
	return append(p.dossier.crumbs(), view.Link{Text: view.Say("档案材料"), URL: view.PathMemberAct(p.m.ID, "documents")})
}

// image answers with a picture that nobody keeps.
func (v *visit) image(b []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(b) // whoever asked has gone
	return nil
}

func (v *visit) pageNumber(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fault.Missing()
	}
	return n, nil
}
