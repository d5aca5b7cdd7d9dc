package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/parcel"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// importKinds are the kinds of organisations whose roster may be handed in.
var importKinds = []org.Kind{org.Committee, org.GeneralBranch, org.Branch, org.JointBranch}

func (s *Server) askImport(v *visit) error {
	r, err := v.readerFor(access.Run, access.Import)
	if err != nil {
		return err
	}
	o, err := org.ByPath(v.ctx(), r, v.person.Place())
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	values := url.Values{}
	if contains(importKinds, o.Kind) {
		values.Set("org", asPicked(o))
	}
	page, err := v.uploadPage(r, v.form(values), o.ID, nil)
	if err != nil {
		return err
	}
	return v.show(page)
}

// uploadPage lets choose among few organisations, else search; own is isChosen beforehand.
func (v *visit) uploadPage(r store.Reader, f view.Form, own string, choices []view.OrgRef) (templ.Component, error) {
	d := view.ImportUpload{Form: f, OrgChoices: choices, LimitMB: int(v.in.MaxUpload() >> 20)}
	var err error
	if len(choices) == 0 {
		if d.Orgs, err = v.fewOrgs(r, view.Text{}, importKinds...); err != nil {
			return nil, err
		}
	}
	if len(d.Orgs) > 0 && own != "" {
		d.Form.Values.Set("org", own)
	}
	return view.ImportUploadPage(v.page(view.Say("导入花名册"), view.PathImports, importsCrumb), d), nil
}

var importsCrumb = view.Link{Text: view.Say("导入花名册"), URL: view.PathImports}

// uploadRoster takes the file in as it comes, sealed at once: the fields stand before it in the form.
func (s *Server) uploadRoster(v *visit) error {
	r, err := v.readerFor(access.Run, access.Import)
	if err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 2*v.in.MaxUpload()+formLimit)
	values, file, err := v.multipart("file")
	var target org.Organisation
	var choices []view.OrgRef
	if err == nil {
		target, choices, err = v.mustPick(r, values, "org", importKinds...)
	}
	if err == nil && file == nil {
		err = fault.New(fault.Invalid, "请选择花名册文件。").At("file")
	}
	var id string
	if err == nil {
		id, err = v.takeRoster(target, file)
	}
	if err == nil {
		return v.to(view.PathImportAct(id, "columns"))
	}
	v.drain()
	if !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"org": "org", "file": "file"})}
	page, perr := v.uploadPage(r, f, target.ID, choices)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

func (v *visit) takeRoster(target org.Organisation, file *multipart.Part) (string, error) {
	b, book, err := v.in.Intake.Upload(v.ctx(), v.actor(), target.ID, clipped(file.FileName(), 200), file)
	if err != nil {
		return "", err
	}
	return b.ID, book.Close()
}

func clipped(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[len(r)-most:]) // the end has the kind of file
	}
	return text
}

// multipart reads the fields of a form up to its file, which is left to be read; nil where none was isChosen.
func (v *visit) multipart(name string) (url.Values, *multipart.Part, error) {
	values := url.Values{}
	reader, err := v.r.MultipartReader()
	if err != nil {
		return values, nil, brokenForm(err)
	}
	form := &parcel.Form{Reader: reader, Name: name, Limit: formLimit, Broken: brokenForm, Chosen: isChosen,
		Field: func(name, text string) error { values.Add(name, text); return nil }}
	part, err := form.Next()
	return values, part, err
}

func brokenForm(err error) error {
	if err != nil && statusOf(err) == http.StatusRequestEntityTooLarge {
		return err
	}
	return fault.New(fault.Invalid, "表单看不懂，请返回后刷新页面，再填一次。").Because(err)
}

// drain reads what is left of a refused upload: a browser that is still sending would not see the answer.
func (v *visit) drain() { _, _ = io.Copy(io.Discard, v.r.Body) }
