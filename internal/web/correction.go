package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// A member puts one fact of the own record right from the phone: the new value and a photo of what proves it, sent in
// one form. The branch confirms what was typed, nobody types it again.

// correcting is the own record and the fact of the address.
func (v *visit) correcting() (dossier, fact, error) {
	if v.person.Member == "" {
		return dossier{}, fact{}, fault.Missing()
	}
	d, err := v.dossier(v.person.Member)
	if err != nil {
		return d, fact{}, err
	}
	f, ok := factOf(v.r.PathValue("fact"))
	if !ok || f.kind == "" || d.m.State != member.Active {
		return d, f, fault.Missing()
	}
	return d, f, nil
}

func (s *Server) askCorrection(v *visit) error {
	d, f, err := v.correcting()
	if err != nil {
		return err
	}
	page, err := v.correctionPage(d, f, v.versioned(standing(d.m, f), d.m.Version), nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

// proofs says what proves a fact: the kind of document, and the sentence that asks for its photo.
var proofs = map[roster.Column]struct {
	kind document.Kind
	ask  view.Text
}{
	roster.Education: {document.Certificate, view.Say("学历、学位证书的照片")}, roster.Name: {document.IDCard, view.Say("身份证或户口簿的照片")},
	roster.IDNumber: {document.IDCard, view.Say("身份证的照片")}, roster.Ethnicity: {document.IDCard, view.Say("身份证或户口簿的照片")},
	roster.Joined: {document.AdmissionBook, view.Say("《入党志愿书》的照片")}, roster.Confirmed: {document.AdmissionBook, view.Say("《入党志愿书》的照片")},
}

func proofOf(c roster.Column) (document.Kind, view.Text) {
	if p, ok := proofs[c]; ok {
		return p.kind, p.ask
	}
	return document.Other, view.Say("证明材料的照片")
}

func (v *visit) correctionPage(d dossier, f fact, form view.Form, kept []document.Document) (templ.Component, error) {
	mend, err := v.mendForm(d, f, form)
	if err != nil {
		return nil, err
	}
	out := view.Correction{Form: form, Mend: mend, Kept: documentRefs(kept), LimitMB: int(v.in.Documents.MaxBytes >> 20), Must: member.KeyFact(f.column),
		Answers: view.Say("由所在支部或上级审核。通过以前，档案里还是原来的内容。")}
	_, out.Proof = proofOf(f.column)
	before, err := v.ownOpen(d, f)
	if err != nil {
		return nil, err
	}
	if before != nil {
		out.Before = view.Say("您已经申请改为“%s”。再交一次，就以这一次的为准。", v.typedText(f.column, before.Change.New[f.column], false))
	}
	return view.CorrectionPage(v.page(view.Say("更正：%s", f.label), view.PathMe, view.Link{Text: view.Say("我的档案"), URL: view.PathMe}), out), nil
}

// ownOpen is what the visitor has asked for about a fact and nobody has decided; nil for nothing.
func (v *visit) ownOpen(d dossier, f fact) (*review.Item, error) {
	list, err := v.in.Reviews.Proposed(v.ctx(), v.reader(), d.m)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(it *review.Item) bool {
		return it.Proposal.Account == v.person.Account && it.Proposal.Kind == member.DoMend && slices.Contains(it.Proposal.Fields, f.column)
	})
	if i < 0 {
		return nil, nil
	}
	return list[i], nil
}

// sendCorrection checks what was typed before the photo is taken in, keeps the photo, and files the request with it.
func (s *Server) sendCorrection(v *visit) error {
	d, f, err := v.correcting()
	if err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 4*v.in.Documents.MaxBytes+formLimit)
	values, next, err := v.multipartFiles("file")
	var kept []document.Document
	var found []roster.Problem
	if err == nil {
		kept, err = v.keptProofs(values["documents"])
	}
	if err == nil {
		kept, found, err = v.requestCorrection(d, f, values, kept, next)
	}
	v.drain()
	if err == nil && !roster.Rejected(found) {
		v.done(words.Mark("已经提交，等审核。通过以前，档案里还是原来的内容。"))
		return v.to(view.PathMe)
	}
	if err != nil && !wrong(err) {
		return err
	}
	return v.correctAgain(f, values, kept, found, err)
}

// keptProofs are documents that had come in before the form was shown once more: the visitor's own uploads only.
func (v *visit) keptProofs(ids []string) ([]document.Document, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := v.in.Documents.ByIDs(v.ctx(), v.reader(), ids[:min(len(ids), 20)])
	var out []document.Document
	for _, id := range ids {
		if d, ok := found[id]; ok && d.Member == v.person.Member && d.Account == v.person.Account {
			out = append(out, d)
		}
	}
	return out, err
}

// requestCorrection gives back the documents that have come in, so that a form shown once more does not ask for them
// again.
func (v *visit) requestCorrection(d dossier, f fact, values url.Values, kept []document.Document, next func() (document.File, error)) ([]document.Document, []roster.Problem, error) {
	changes, basis, err := requested(f, values)
	if err != nil {
		return kept, nil, err
	}
	first, err := next()
	photo := err == nil
	if err != nil && !errors.Is(err, io.EOF) {
		return kept, nil, err
	}
	if photo || len(kept) > 0 {
		kind, _ := proofOf(f.column)
		basis.Document = kind.Name()
	}
	none, found, err := v.in.Reviews.Checked(v.ctx(), v.actor(), versionOf(values), changes, basis, photo || len(kept) > 0)
	if err == nil && none {
		err = fault.New(fault.Invalid, "和现在的内容一样，没有要改的。").At("value")
	}
	if err != nil || roster.Rejected(found) {
		return kept, found, err
	}
	before, err := v.ownOpen(d, f)
	if err != nil {
		return kept, nil, err
	}
	if photo {
		if kept, err = v.keepPhoto(f, kept, first, next); err != nil {
			return kept, nil, err
		}
	}
	ids := make([]string, 0, len(kept))
	for _, one := range kept {
		ids = append(ids, one.ID)
	}
	if before != nil {
		ids = append(ids, before.Proposal.Documents...)
	}
	if before != nil && before.Proposal.State == review.Waiting { // the new one stands for it
		if err := v.in.Reviews.Withdraw(v.ctx(), v.actor(), before.ID, before.Version); err != nil {
			return kept, nil, err
		}
	}
	_, found, err = v.in.Reviews.Request(v.ctx(), v.actor(), versionOf(values), changes, basis, ids)
	return kept, found, err
}

// keepPhoto takes the pictures in as one document about the fact.
func (v *visit) keepPhoto(f fact, kept []document.Document, first document.File, next func() (document.File, error)) ([]document.Document, error) {
	kind, _ := proofOf(f.column)
	begun := false
	id, err := v.in.Documents.Upload(v.ctx(), v.actor(), v.person.Member, document.New{Kind: kind, Facts: []string{string(f.column)}, Next: func() (document.File, error) {
		if !begun {
			begun = true
			return first, nil
		}
		return next()
	}})
	if err != nil {
		return kept, err
	}
	one, err := v.in.Documents.ByID(v.ctx(), v.reader(), id)
	return append(kept, one), err
}

// requested reads the form: like a mending, but the proof is the photo and the reason need not be put in words.
func requested(f fact, values url.Values) (map[roster.Column]string, member.Basis, error) {
	typed := url.Values{}
	for k, list := range values {
		typed[k] = list
	}
	typed.Set("source", "photo") // replaced by the kind of the document, if one comes
	changes, basis, err := mended(f, typed)
	if basis.Document = ""; basis.Reason == "" {
		basis.Reason = words.Mark("本人申请更正")
	}
	return changes, basis, err
}

// correctAgain shows the form once more with what was typed and the photos that have come in.
func (v *visit) correctAgain(f fact, values url.Values, kept []document.Document, found []roster.Problem, err error) error {
	fresh, rerr := v.dossier(v.person.Member)
	if rerr != nil {
		return rerr
	}
	form := v.versioned(values, fresh.m.Version)
	fields := mendFields(f)
	fields["document"], fields["file"] = "file", "file"
	status := http.StatusUnprocessableEntity
	switch {
	case err != nil && fault.Of(err) == fault.Conflict && fault.As(err).Field == "":
		status = http.StatusConflict
		if form.Changed, rerr = v.changedBy(fresh.m); rerr != nil {
			return rerr
		}
	case err != nil:
		status = statusOf(err)
		form.Problems = []view.Problem{v.problem(err, fields)}
	default:
		form.Problems = v.problems(onlyErrors(found), fields)
	}
	page, rerr := v.correctionPage(fresh, f, form, kept)
	if rerr != nil {
		return rerr
	}
	return v.answer(status, page)
}
