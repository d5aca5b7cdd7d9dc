package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"zhibu/internal/fault"
	"zhibu/internal/parcel"
	documents "zhibu/internal/party/document"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Document is a document of a member's file.
type Document struct {
	ID     string    `json:"id" doc:"Identifier." example:"01KAS0000000000000000000GH"`
	Member string    `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Kind   string    `json:"kind" enum:"application,training,political-review,admission-book,confirmation-application,id-card,certificate,transfer-letter,decision,other" doc:"What it is." example:"certificate"`
	Title  string    `json:"title,omitempty" doc:"What its uploader called it." example:"毕业证书"`
	Pages  int       `json:"pages" doc:"How many pages." example:"2"`
	Facts  []string  `json:"facts" nullable:"false" doc:"Facts of the record that it proves." example:"[\"education\"]"`
	Dated  []string  `json:"datedFacts,omitempty" doc:"Identifiers of dated facts that it proves."`
	By     string    `json:"by" doc:"Who added it." example:"石小满"`
	At     time.Time `json:"at" doc:"When."`
	Upload string    `json:"upload,omitempty" enum:"waiting,failed" doc:"Only in a 202: how far the upload is. Ask GET /uploads/{id}." example:"waiting"`
}

func encodeDocument(d documents.Document) Document {
	facts := d.Facts
	if facts == nil {
		facts = []string{}
	}
	return Document{d.ID, d.Member, string(d.Kind), d.Title, d.Pages, facts, d.Dated, d.By, d.At, ""}
}

func encodeDocuments(list []documents.Document) []Document {
	items := make([]Document, len(list))
	for i, d := range list {
		items[i] = encodeDocument(d)
	}
	return items
}

// folder is one for somebody who may do something with its documents.
func (c *call) folder(id string, action access.Action) error {
	m, _, err := c.one(id)
	if err == nil {
		_, err = c.person.Allow(action, access.Document, m.OrgPath, m.ID)
	}
	return err
}

func listDocuments(c *call, in *Parts) (*listed[Document], error) {
	if err := c.folder(in.ID.ID, access.See); err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Document)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Documents.Of(c, r, in.ID.ID)
	if err != nil {
		return nil, err
	}
	return part(c, encodeDocuments(list), in.Page)
}

// documentAsked says what is added; with a form these may also be fields of it, before the files.
type documentAsked struct {
	ID
	Kind  string   `query:"kind" maxLength:"40" doc:"What it is, see Document." example:"certificate"`
	Title string   `query:"title" maxLength:"100" doc:"What it is called." example:"毕业证书"`
	Facts []string `query:"fact,explode" maxItems:"20" doc:"Facts of the record that it proves." example:"education"`
	Wait  int      `query:"wait" minimum:"0" maximum:"60" default:"20" doc:"How many seconds to wait for the document before answering 202." example:"20"`
}

type documentGiven struct {
	Status   int
	Location string `header:"Location" doc:"Address of the document."`
	Body     Document
}

// pictureTypes are what a body may be that is the file itself.
var pictureTypes = []string{"image/jpeg", "image/png", "application/pdf", "application/octet-stream"}

func addDocument(c *call, in *documentAsked) (*documentGiven, error) {
	if err := c.folder(in.ID.ID, access.Add); err != nil {
		return nil, err
	}
	next, err := in.files(c.r)
	if err != nil {
		return nil, err
	}
	id, err := c.in.Documents.Receive(c, c.actor(), in.ID.ID, documents.New{Kind: documents.Kind(in.Kind), Title: in.Title, Facts: in.Facts, Next: next})
	if err != nil {
		return nil, err
	}
	a, err := c.in.Documents.Await(c, c.actor(), id, time.Duration(in.Wait)*time.Second)
	switch {
	case err != nil:
		return nil, err
	case a == nil:
		out, err := c.documentAnswer(id)
		if err == nil {
			out.Status = http.StatusCreated
		}
		return out, err
	case a.State == documents.Failed && !a.Again: // nothing of it is there, so there is no place to ask
		return nil, errors.Join(a.Why, c.in.Documents.Cancel(c, c.actor(), id))
	}
	return &documentGiven{http.StatusAccepted, Prefix + "/uploads/" + id, Document{ID: id, Member: a.Member, Kind: string(a.Kind), Title: in.Title, Pages: a.Pages,
		Facts: []string{}, By: c.actor().Name, At: a.At, Upload: string(a.State)}}, nil
}

func (c *call) documentAnswer(id string) (*documentGiven, error) {
	r, err := c.reader(access.See, access.Document)
	if err != nil {
		return nil, err
	}
	d, err := c.in.Documents.ByID(c, r, id)
	return &documentGiven{http.StatusOK, Prefix + "/documents/" + id, encodeDocument(d)}, err
}

// files finds the files of the body: the body itself, or the parts named file of a form, each a page or more.
func (in *documentAsked) files(r *http.Request) (func() (documents.File, error), error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" && !slices.Contains(pictureTypes, kind) {
		return nil, newProblem(r.Context(), http.StatusUnsupportedMediaType,
			words.T(r.Context(), "请上传 JPEG、PNG 或 PDF：正文就是文件，或者用 multipart/form-data 的 file。"))
	}
	if kind != "multipart/form-data" {
		return documents.FilesOf(documents.File{Body: cutShort{r, r.Body}}), nil
	}
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, badForm(r, err)
	}
	form := &parcel.Form{Reader: reader, Name: "file", Limit: fieldsLimit, Broken: func(err error) error { return badForm(r, err) }, Field: in.field}
	next, err := form.Files()
	return func() (documents.File, error) {
		part, err := next()
		if err != nil {
			return documents.File{}, err
		}
		return documents.File{Name: part.FileName(), Body: cutShort{r, part}}, nil
	}, err
}

// fieldsLimit bounds what stands beside the file in a form.
const fieldsLimit = 64 << 10

// field takes a form field.
func (in *documentAsked) field(name, text string) error {
	switch name {
	case "kind":
		in.Kind = text
	case "title":
		in.Title = text
	case "fact":
		in.Facts = append(in.Facts, text)
	}
	return nil
}

func getDocument(c *call, in *ID) (*documentGiven, error) { return c.documentAnswer(in.ID) }

type openAsked struct {
	ID
	Body struct {
		Stated
	}
}

// openDocument records the look; the pages can then be read for a while.
func openDocument(c *call, in *openAsked) (*documentGiven, error) {
	out, err := c.documentAnswer(in.ID.ID)
	if err != nil {
		return nil, err
	}
	purpose := ""
	if out.Body.Member != c.person.Member {
		if purpose, err = in.Body.text(access.RevealPurposes()); err != nil {
			return nil, err
		}
	}
	_, err = c.in.Documents.Open(c, c.actor(), in.ID.ID, purpose)
	return out, err
}

type pageAsked struct {
	ID
	Page int `path:"page" minimum:"1" maximum:"1000" doc:"Which page, from 1." example:"1"`
}

func getPage(c *call, in *pageAsked) (*fileGiven, error) {
	code := ""
	if o, err := org.ByPath(c, c.in.DB.As(c.actor().Scope), c.person.Place()); err == nil {
		code = o.Code
	}
	b, err := c.in.Documents.Page(c, c.actor(), in.ID.ID, in.Page, c.person.Login, code)
	if err != nil {
		return nil, err
	}
	return c.blob("image/jpeg", "", b), nil
}

// blob answers with bytes that nobody is to keep; name is that of a file to be saved, "" for none.
func (c *call) blob(kind, name string, b []byte) *fileGiven {
	return &fileGiven{func(hc huma.Context) {
		hc.SetHeader("Content-Type", kind)
		hc.SetHeader("Cache-Control", "no-store")
		if name != "" {
			hc.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		}
		_, _ = hc.BodyWriter().Write(b) // whoever asked has gone
	}}
}

type removeAsked struct {
	ID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why." example:"传到了别人名下"`
	}
}

func removeDocument(c *call, in *removeAsked) (*nothing, error) {
	return &nothing{}, c.in.Documents.Remove(c, c.actor(), in.ID.ID, in.Body.Reason)
}

type takeBackAsked struct {
	ID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why." example:"没有传错"`
	}
}

// takeDocumentBack puts a removed document back into the file.
func takeDocumentBack(c *call, in *takeBackAsked) (*documentGiven, error) {
	if _, err := c.in.Documents.TakeBack(c, c.actor(), in.ID.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	return c.documentAnswer(in.ID.ID)
}

func listRemoved(c *call, in *Parts) (*listed[Document], error) {
	if err := c.folder(in.ID.ID, access.Remove); err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Document)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Documents.TakenAway(c, r, in.ID.ID)
	if err != nil {
		return nil, err
	}
	return part(c, encodeDocuments(list), in.Page)
}

type handoverAsked struct {
	ID
	Body struct {
		Stated
		Recipient string `json:"recipient" minLength:"1" maxLength:"100" doc:"Who gets it." example:"大河县教育局党委"`
		Images    bool   `json:"images,omitempty" doc:"Whether the pages of the documents go along." example:"true"`
	}
}

// handOver takes a copy of the whole record out.
func handOver(c *call, in *handoverAsked) (*fileGiven, error) {
	m, _, err := c.one(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.Run, access.Document, m.OrgPath, m.ID); err != nil {
		return nil, err
	}
	purpose := documents.OwnCopy
	if m.ID != c.person.Member {
		if purpose, err = in.Body.text(access.RevealPurposes()); err != nil {
			return nil, err
		}
	}
	if in.Body.Recipient == "" {
		return nil, fault.New(fault.Invalid, "请写明交给谁：单位名称，或者本人。").At("recipient").By("P-05")
	}
	return c.document(func(w io.Writer) error {
		return c.in.Documents.HandOver(c, c.actor(), m.ID, documents.Handover{Purpose: purpose, Recipient: in.Body.Recipient, Images: in.Body.Images}, w)
	})
}

// document makes a PDF whole before anything of it is answered.
func (c *call) document(write func(io.Writer) error) (*fileGiven, error) {
	var out writtenBytes
	if err := write(&out); err != nil {
		return nil, err
	}
	return c.blob("application/pdf", "record.pdf", out), nil
}

type writtenBytes []byte

func (b *writtenBytes) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
