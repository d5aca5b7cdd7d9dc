package web

import (
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/parcel"
	"zhibu/internal/party/document"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// proven are the facts that documents prove, in the order of the page.
var proven = []roster.Column{roster.Name, roster.IDNumber, roster.Ethnicity, roster.Education, roster.Occupation, roster.Category, roster.Joined,
	roster.Confirmed, roster.Registry, roster.Organisation}

func (s *Server) askUpload(v *visit) error {
	d, err := v.file(access.Add)
	if err != nil {
		return err
	}
	values := url.Values{}
	if k := document.Kind(v.r.URL.Query().Get("kind")); k.Known() {
		values.Set("kind", string(k))
	}
	page, err := v.uploadDocumentPage(d, v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) uploadDocumentPage(d dossier, f view.Form) (templ.Component, error) {
	out := view.DocumentNew{Form: f, Own: d.own, LimitMB: int(v.in.Documents.MaxBytes >> 20), Kinds: []view.Option{{Label: view.Say("请选择")}}}
	for _, k := range document.Kinds() {
		out.Kinds = append(out.Kinds, view.Option{Value: string(k), Label: view.Say(k.Name())})
	}
	for _, c := range proven {
		label := view.Say(c.Title())
		if f, ok := keyOf(c); ok {
			label = f.label
		}
		out.Facts = append(out.Facts, view.Option{Value: string(c), Label: label})
	}
	var err error
	if out.Member, err = v.ref(d); err != nil {
		return nil, err
	}
	crumbs := append(d.crumbs(), view.Link{Text: view.Say("档案材料"), URL: view.PathMemberAct(d.m.ID, "documents")})
	return view.DocumentNewPage(v.page(view.Say("上传材料"), d.here(), crumbs...), out), nil
}

// uploadDocument takes files in one after the other, as they come: the fields stand before them in the form.
func (s *Server) uploadDocument(v *visit) error {
	d, err := v.file(access.Add)
	if err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 4*v.in.Documents.MaxBytes+formLimit)
	values, next, err := v.multipartFiles("file")
	if err == nil {
		err = v.receive(d, document.New{Kind: document.Kind(values.Get("kind")), Title: said(values, "title"), Facts: values["facts"], Next: next})
	}
	if err == nil {
		return nil
	}
	v.drain()
	if !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"kind": "kind", "title": "title", "facts": "facts", "file": "file"})}
	page, perr := v.uploadDocumentPage(d, f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// multipartFiles reads the fields of a form up to its first file, and gives the files one after the other.
func (v *visit) multipartFiles(name string) (url.Values, func() (document.File, error), error) {
	values := url.Values{}
	reader, err := v.r.MultipartReader()
	if err != nil {
		return values, nil, brokenForm(err)
	}
	first := true
	form := &parcel.Form{Reader: reader, Name: name, Limit: formLimit, Broken: brokenForm, Chosen: isChosen, Field: func(name, text string) error {
		if first { // what stands behind a file comes too late
			values.Add(name, text)
		}
		return nil
	}}
	next, err := form.Files()
	first = false
	return values, func() (document.File, error) {
		part, err := next()
		if err != nil {
			return document.File{}, err
		}
		return document.File{Name: part.FileName(), Body: part}, nil
	}, err
}

// isChosen tells an input with a file from one in which none was chosen.
func isChosen(part *multipart.Part) bool { return part.FileName() != "" }
