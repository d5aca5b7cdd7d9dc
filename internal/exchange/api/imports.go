package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/parcel"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Import is a roster taken in, or being so.
type Import struct {
	ID           string          `json:"id" doc:"Identifier." example:"01KAS0000000000000000000EF"`
	Organisation string          `json:"organisation" doc:"Identifier of the organisation whose roster it is." example:"01KAS0000000000000000000CD"`
	By           string          `json:"by" doc:"Who imported it." example:"石小满"`
	File         string          `json:"file" doc:"Name of the file." example:"花名册.xlsx"`
	Sheet        string          `json:"sheet,omitempty" doc:"The only sheet that was read; absent: all of them." example:"石桥村党支部"`
	State        string          `json:"state" enum:"uploaded,checking,checked,queued,running,done,failed,undoing,undone" doc:"How far it is. checked: a dry run is done and waits for confirm." example:"done"`
	At           time.Time       `json:"at" doc:"When it was given."`
	Rows         int             `json:"rows" doc:"Rows read." example:"412"`
	New          int             `json:"new" doc:"Members that the sheet adds." example:"3"`
	Changed      int             `json:"changed" doc:"Members whose record the sheet changes." example:"2"`
	Unchanged    int             `json:"unchanged" doc:"Rows that change nothing." example:"405"`
	Rejected     int             `json:"rejected" doc:"Rows that are not taken in." example:"2"`
	Warnings     int             `json:"warnings" doc:"Warnings in rows that are taken in." example:"1"`
	Disputed     int             `json:"disputed" doc:"Facts that stay as they are in a life (name, ethnicity, days of joining and confirmation) and that were reviewed otherwise: the change waits, and the fact's steward is asked." example:"0"`
	Batch        string          `json:"batch" doc:"The same as id, as the command has it." example:"01KAS0000000000000000000EF"`
	Unknown      []string        `json:"unknownColumns,omitempty" doc:"Headers that are no fields; their cells are kept as notes." example:"[\"特长\"]"`
	Message      string          `json:"message,omitempty" doc:"Why it failed."`
	Progress     *ImportProgress `json:"progress,omitempty" doc:"While it runs."`
	Problems     []ImportProblem `json:"problems,omitempty" doc:"The first 200 problems, with a single import; all of them by GET /imports/{id}/problems."`
}

// ImportProgress is how far an import is.
type ImportProgress struct {
	Done  int `json:"done" doc:"Rows done." example:"1000"`
	Total int `json:"total" doc:"Rows in all." example:"4000"`
}

// ImportProblem is one thing wrong with one cell.
type ImportProblem struct {
	Sheet   string `json:"sheet,omitempty" doc:"The sheet, where the whole workbook is read." example:"石桥村党支部"`
	Row     int    `json:"row" doc:"The row as Excel shows it." example:"7"`
	Column  string `json:"column" doc:"Title of the column." example:"公民身份号码"`
	Level   string `json:"level" enum:"error,warning" doc:"An error rejects the row." example:"error"`
	Code    string `json:"code" doc:"What is wrong, for programs." example:"checksum"`
	Rule    string `json:"rule,omitempty" doc:"The rule that decided." example:"D-01"`
	Message string `json:"message" doc:"What is wrong and what to do; never a whole number." example:"校验位不对，请核对每一位。"`
}

func (c *call) encodeImport(b intake.Batch) (Import, error) {
	r := b.Result
	out := Import{ID: b.ID, Organisation: b.OrgID, By: b.Actor, File: b.FileName, Sheet: b.Sheet, State: string(b.State), At: b.At, Rows: r.Rows, New: r.New,
		Changed: r.Changed, Unchanged: r.Unchanged, Rejected: r.Rejected, Warnings: r.Warnings, Batch: b.ID, Unknown: r.Unknown}
	if r.Message != "" {
		out.Message = words.T(c, r.Message)
	}
	if !under[b.State] {
		return out, nil
	}
	done, total, err := c.in.Intake.Progress(c, b.ID)
	out.Progress = &ImportProgress{done, total}
	return out, err
}

// under are the states in which an import is under way.
var under = map[intake.State]bool{intake.Checking: true, intake.Queued: true, intake.Running: true, intake.Undoing: true}

func (c *call) problems(batch string, from, limit int) ([]ImportProblem, error) {
	found, err := c.in.Intake.Problems(c, batch, "", "", from, limit)
	out := make([]ImportProblem, len(found))
	for i, p := range found {
		out[i] = ImportProblem{p.Sheet, p.Row, p.Column, string(p.Level), string(p.Code), p.Rule, sentence(c, p)}
	}
	return out, err
}

type importGiven struct {
	Status   int
	Location string `header:"Location" doc:"Address of the import."`
	Body     Import
}

func (c *call) importAnswer(status int, b intake.Batch) (*importGiven, error) {
	body, err := c.encodeImport(b)
	if err == nil {
		body.Problems, err = c.problems(b.ID, 0, 200)
	}
	return &importGiven{Status: status, Location: Prefix + "/imports/" + b.ID, Body: body}, err
}

func listImports(c *call, in *Page) (*listed[Import], error) {
	r, err := c.reader(access.List, access.Import)
	if err != nil {
		return nil, err
	}
	batches, err := c.in.Intake.Batches(c, r, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	batches, more := cut(batches, in.Limit)
	items := make([]Import, len(batches))
	for i, b := range batches {
		if items[i], err = c.encodeImport(b); err != nil {
			return nil, err
		}
	}
	next := ""
	if more {
		next = batches[len(batches)-1].ID
	}
	return page(c, items, next), nil
}

// batch reads an import that the caller may see.
func (c *call) batch(id string) (intake.Batch, error) {
	r, err := c.reader(access.List, access.Import)
	if err != nil {
		return intake.Batch{}, err
	}
	return c.in.Intake.Batch(c, r, id)
}

func getImport(c *call, in *ID) (*importGiven, error) {
	b, err := c.batch(in.ID)
	if err != nil {
		return nil, err
	}
	return c.importAnswer(http.StatusOK, b)
}

func listProblems(c *call, in *Parts) (*listed[ImportProblem], error) {
	b, err := c.batch(in.ID.ID)
	if err != nil {
		return nil, err
	}
	from, ok := offset(in.After)
	if !ok {
		return nil, badCursor()
	}
	items, err := c.problems(b.ID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	items, more := cut(items, in.Limit)
	next := ""
	if more {
		next = strconv.Itoa(from + len(items))
	}
	return page(c, items, next), nil
}

// sheetAsked says how a sheet is to be taken in; with a form these may also be fields of it.
type sheetAsked struct {
	Organisation string `query:"org" maxLength:"64" doc:"Identifier or code of the organisation whose roster it is: rows belong to it or to what is below it." example:"066010010000"`
	DryRun       bool   `query:"dry_run" doc:"Check only. The import then waits for POST /imports/{id}/confirm." example:"true"`
	Sheet        string `query:"sheet" maxLength:"100" doc:"Read this sheet only." example:"石桥村党支部"`
	File         string `query:"file_name" maxLength:"200" doc:"Name of the file, where the body is the file itself." example:"花名册.xlsx"`
	Wait         int    `query:"wait" minimum:"0" maximum:"60" default:"20" doc:"How many seconds to wait for the outcome before answering 202." example:"20"`
}

func startImport(c *call, in *sheetAsked) (*importGiven, error) {
	if err := c.person.Need(access.Run, access.Import); err != nil {
		return nil, err
	}
	content, rest, err := in.content(c.r)
	if err != nil {
		return nil, err
	}
	target, err := c.importTarget(in.Organisation)
	if err != nil {
		return nil, err
	}
	b, book, err := c.in.Intake.Upload(c, c.actor(), target.ID, in.fileName(c.r), content)
	if err != nil {
		return nil, atOrg(err)
	}
	err = errors.Join(book.Close(), rest())
	switch {
	case err != nil:
	case in.DryRun:
		err = c.in.Intake.Choose(c, c.actor(), b.ID, in.Sheet, b.Mapping)
	default:
		err = c.in.Intake.Send(c, c.actor(), b.ID, in.Sheet)
	}
	if err != nil { // refused: the upload is not kept
		return nil, errors.Join(err, c.in.Intake.Discard(context.WithoutCancel(c), c.actor(), b.ID))
	}
	return c.await(b.ID, in.Wait, http.StatusCreated)
}

// importTarget finds the organisation by identifier or by code.
func (c *call) importTarget(text string) (org.Organisation, error) {
	if text == "" {
		return org.Organisation{}, fault.New(fault.Invalid, "请说明导入到哪个党组织：org 写它的 id 或者编码，在文件之前。").At("org").By("required")
	}
	r, err := c.reader(access.Run, access.Import)
	if err != nil {
		return org.Organisation{}, err
	}
	o, err := org.ByID(c, r, text)
	if fault.Of(err) == fault.NotFound {
		o, err = org.ByCode(c, r, text)
	}
	if err == nil && !r.Scope().Holds(o.Path) {
		err = fault.Missing()
	}
	return o, atOrg(err)
}

func atOrg(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return fault.Missing().At("org")
	}
	return err
}

// content finds the file in the body: the body itself, or the part named file of a form. It is read as it comes in and
// never lies on disk in plain, so the organisation must be known before it. rest reads what stands behind it.
func (in *sheetAsked) content(r *http.Request) (file io.Reader, rest func() error, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, wrongMedia(r)
	}
	if kind != "multipart/form-data" {
		if !slices.Contains(sheetTypes, kind) {
			return nil, nil, wrongMedia(r)
		}
		return cutShort{r, r.Body}, func() error { return nil }, nil
	}
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, nil, wrongMedia(r)
	}
	form := &parcel.Form{Reader: reader, Name: "file", Limit: fieldsLimit, Broken: func(err error) error { return badForm(r, err) }, Field: in.field}
	part, err := form.Next()
	if err == nil && part == nil {
		err = fault.New(fault.Invalid, "表单里没有文件，请把花名册放在 file 里。").At("file").By("required")
	}
	if err != nil {
		return nil, nil, err
	}
	if in.File == "" {
		in.File = part.FileName()
	}
	return cutShort{r, part}, func() error { return in.behind(form) }, nil
}

// cutShort reads a file of a request and says of one that ends too soon that the request is at fault.
type cutShort struct {
	r    *http.Request
	file io.Reader
}

func (c cutShort) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = badForm(c.r, err)
	}
	return n, err
}

// behind reads the fields behind the file. What belongs before it would come too late.
func (in *sheetAsked) behind(form *parcel.Form) error {
	org := in.Organisation
	second, err := form.Next()
	switch {
	case err != nil:
		return err
	case second != nil:
		return fault.New(fault.Invalid, "一次只能导入一个文件。").At("file").By("choice")
	case in.Organisation != org:
		return fault.New(fault.Invalid, "请说明导入到哪个党组织：org 写它的 id 或者编码，在文件之前。").At("org").By("required")
	}
	return nil
}

// sheetTypes are what a body may be that is the file itself.
var sheetTypes = []string{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv", "application/octet-stream"}

func wrongMedia(r *http.Request) error {
	return newProblem(r.Context(), http.StatusUnsupportedMediaType,
		words.T(r.Context(), "请上传 .xlsx 或 .csv：正文就是文件，或者用 multipart/form-data 的 file。"))
}

func badForm(r *http.Request, err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return newProblem(r.Context(), http.StatusBadRequest, words.T(r.Context(), "上传的表单不完整。"))
}

// field takes a form field.
func (in *sheetAsked) field(name, text string) (err error) {
	switch name {
	case "org":
		in.Organisation = text
	case "sheet":
		in.Sheet = text
	case "file_name":
		in.File = text
	case "dry_run":
		in.DryRun, err = strconv.ParseBool(text)
		if err != nil {
			return fault.New(fault.Invalid, "应是 true 或 false。").At("dry_run").By("type")
		}
	case "wait":
		in.Wait, err = strconv.Atoi(text)
		if err != nil || in.Wait < 0 || in.Wait > 60 {
			return fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", 0, 60).At("wait").By("range")
		}
	default:
		return fault.New(fault.Invalid, "没有这个字段。").At(name).By("unknown")
	}
	return nil
}

func (in *sheetAsked) fileName(r *http.Request) string {
	if in.File != "" {
		return path.Base(in.File)
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "text/csv" {
		return "roster.csv"
	}
	return "roster.xlsx"
}

// await answers with the outcome of an import, or after a while with how far it is.
func (c *call) await(id string, seconds, status int) (*importGiven, error) {
	end := time.After(time.Duration(seconds) * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		b, err := c.batch(id)
		if err != nil {
			return nil, err
		}
		if !under[b.State] {
			return c.importAnswer(status, b)
		}
		select {
		case <-c.Done():
			return nil, c.Err()
		case <-end:
			return c.importAnswer(http.StatusAccepted, b)
		case <-tick.C:
		}
	}
}

type importConfirmed struct {
	ID
	Wait int `query:"wait" minimum:"0" maximum:"60" default:"20" doc:"How many seconds to wait for the outcome before answering 202." example:"20"`
}

func confirmImport(c *call, in *importConfirmed) (*importGiven, error) {
	if _, err := c.mayImport(access.Run, in.ID.ID); err != nil {
		return nil, err
	}
	if err := c.in.Intake.Confirm(c, c.actor(), in.ID.ID); err != nil {
		return nil, err
	}
	return c.await(in.ID.ID, in.Wait, http.StatusOK)
}

// mayImport reads an import and decides whether the caller may do the action to it.
func (c *call) mayImport(action access.Action, id string) (intake.Batch, error) {
	b, err := c.batch(id)
	if err != nil {
		return b, err
	}
	_, err = c.person.Allow(action, access.Import, b.OrgPath, "")
	return b, err
}

func discardImport(c *call, in *ID) (*importGiven, error) {
	if _, err := c.mayImport(access.Run, in.ID); err != nil {
		return nil, err
	}
	if err := c.in.Intake.Discard(c, c.actor(), in.ID); err != nil {
		return nil, err
	}
	b, err := c.batch(in.ID)
	if err != nil {
		return nil, err
	}
	return c.importAnswer(http.StatusOK, b)
}

type importUndone struct {
	ID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why, for the record." example:"导错了文件"`
	}
}

func undoImport(c *call, in *importUndone) (*importGiven, error) {
	if _, err := c.mayImport(access.Undo, in.ID.ID); err != nil {
		return nil, err
	}
	if err := c.in.Intake.Undo(c, c.actor(), in.ID.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	b, err := c.batch(in.ID.ID)
	if err != nil {
		return nil, err
	}
	return c.importAnswer(http.StatusOK, b)
}

// rejectedRows gives the workbook of the rejected rows. It holds what had been uploaded, in full, so that it is
// recorded before it is given, like anything else that is taken out.
func rejectedRows(c *call, in *ID) (*fileGiven, error) {
	b, err := c.mayImport(access.Run, in.ID)
	if err != nil {
		return nil, err
	}
	book, err := c.in.Intake.Book(b)
	if err != nil {
		return nil, err
	}
	if err := book.Close(); err != nil {
		return nil, err
	}
	act := ledger.Act{Kind: "import.rejected_rows", Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "下载被拒绝的行", Source: b.FileName}
	if err := c.in.Ledger.Note(c, c.actor(), act); err != nil {
		return nil, err
	}
	return c.file("rejected-rows.xlsx", roster.FormatXLSX, func(w io.Writer) error {
		return c.in.Intake.Mend(c, c.actor(), b.ID, w)
	}), nil
}
