package document

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"image"
	"io"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Limits of one document.
const (
	maxFiles = 60
	maxPages = 200
	maxTitle = 100
)

// File is one file as it comes in.
type File struct {
	Name string // for sentences about it
	Body io.Reader
}

// New says what is added: the files are the pages of one document, in their order.
type New struct {
	Kind  Kind
	Title string   // what it is called, "" for the kind's name alone
	Facts []string // the facts that it proves, by roster.Column
	// Next gives the files one after the other, io.EOF after the last.
	Next func() (File, error)
}

// FilesOf gives files that are at hand, for New.Next.
func FilesOf(files ...File) func() (File, error) {
	return func() (File, error) {
		if len(files) == 0 {
			return File{}, io.EOF
		}
		f := files[0]
		files = files[1:]
		return f, nil
	}
}

func (n *New) check() error {
	n.Title = strings.TrimSpace(n.Title)
	switch {
	case !n.Kind.Known():
		return fault.New(fault.Invalid, "请选择是什么材料。").At("kind")
	case len([]rune(n.Title)) > maxTitle:
		return fault.New(fault.Invalid, "名称最多 %d 个字。", maxTitle).At("title")
	}
	for _, f := range n.Facts {
		if !slices.Contains(roster.Columns, roster.Column(f)) {
			return fault.New(fault.Invalid, "没有“%s”这一项。", f).At("facts")
		}
	}
	slices.Sort(n.Facts)
	n.Facts = slices.Compact(n.Facts)
	return nil
}

// Upload adds a document to a member's file and gives its id. Errors for people: Invalid with the field file for what
// is no picture or PDF, is damaged or too large; Conflict for the same files once more; Unavailable where the storage
// or the virus scanner cannot be reached. What was written before an error is removed again.
func (s *Service) Upload(ctx context.Context, actor ledger.Actor, memberID string, n New) (id string, err error) {
	defer fault.Wrap(&err, "document: upload")
	m, err := s.Members.ByID(ctx, s.Members.DB.As(actor.Scope), memberID)
	if err != nil {
		return "", err
	}
	if err := s.may(ctx, actor, DoAdd, m); err != nil {
		return "", err
	}
	if err := n.check(); err != nil {
		return "", err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return "", err
	}
	person, err := s.Members.Vault.Person(ctx, m.ID)
	if err != nil {
		return "", err
	}
	w := &writing{Service: s, place: place, person: person, id: s.Members.Ledger.IDs.New(), digest: sha256.New()}
	if err = w.all(ctx, n.Next); err == nil {
		err = s.enter(ctx, actor, m, n, w)
	}
	if err != nil {
		w.undo(context.WithoutCancel(ctx))
		return "", err
	}
	return w.id, nil
}

// writing is an upload on its way: pages go to the storage as they are made.
type writing struct {
	*Service
	place  *archive.Place
	person *vault.Person
	id     string
	pages  int
	bytes  int64
	digest hash.Hash // of the files as they came

	// of files that are taken apart behind the request that brought them
	held  *lease.Lease
	there map[string]int64       // what an interrupted try has written, with its bytes
	tell  func(count, pages int) // told how many pages a file has, and how many are done; nil for nobody
}

func (w *writing) all(ctx context.Context, next func() (File, error)) error {
	for n := 0; ; n++ {
		f, err := next()
		if errors.Is(err, io.EOF) && n == 0 {
			return fault.New(fault.Invalid, "请拍照或者选择文件。").At("file")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && n == maxFiles {
			err = fault.New(fault.Invalid, "一次最多 %d 个文件，其余的请另传。", maxFiles).At("file")
		}
		if err == nil {
			err = w.file(ctx, f)
		}
		if err != nil {
			return err
		}
	}
}

// receive reads a file and says whether it may come in at all.
func (s *Service) receive(ctx context.Context, f File) (b []byte, kind format, err error) {
	if b, err = io.ReadAll(io.LimitReader(f.Body, s.MaxBytes+1)); err != nil {
		return nil, kind, err
	}
	if int64(len(b)) > s.MaxBytes {
		return nil, kind, fault.New(fault.Invalid, "文件超过 %d MB，太大了。请把扫描分辨率调到 300，或者分几次传。", s.MaxBytes>>20).At("file")
	}
	if kind, err = formatOf(b); err != nil {
		return nil, kind, err
	}
	return b, kind, s.Scanner.check(ctx, b)
}

// file takes in one file.
func (w *writing) file(ctx context.Context, f File) error {
	b, kind, err := w.receive(ctx, f)
	if err != nil {
		return err
	}
	return w.pictures(ctx, b, kind)
}

// pictures makes the pages of one file.
func (w *writing) pictures(ctx context.Context, b []byte, kind format) error {
	sum := sha256.Sum256(b)
	w.digest.Write(sum[:])
	w.turn.Lock()
	defer w.turn.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if kind == pdfFormat {
		return w.eachPDFPage(ctx, b, drawing{
			count: w.counted,
			have:  w.have,
			draw: func(img *image.RGBA) error {
				p, err := makePage(img)
				if err != nil {
					return err
				}
				return w.put(ctx, p)
			}})
	}
	w.counted(1)
	if w.have() {
		return nil
	}
	p, err := picture(b, kind)
	if err != nil {
		return err
	}
	return w.put(ctx, p)
}

// have tells whether an interrupted try has written the next page, and counts it then.
func (w *writing) have() bool {
	full, small := w.there[pageKey(w.id, w.pages+1)], w.there[thumbKey(w.id, w.pages+1)]
	if full == 0 || small == 0 {
		return false
	}
	w.pages++
	w.bytes += full + small
	return true
}

func (w *writing) counted(pages int) {
	if w.tell != nil {
		w.tell(pages, w.pages)
	}
}

// put seals a page and writes it.
func (w *writing) put(ctx context.Context, p page) error {
	if w.held != nil {
		if err := w.held.Alive(); err != nil {
			return err
		}
	}
	if w.pages == maxPages {
		return fault.New(fault.Invalid, "一份材料最多 %d 页，其余的请另传。", maxPages).At("file")
	}
	w.pages++
	for key, content := range map[string][]byte{pageKey(w.id, w.pages): p.full, thumbKey(w.id, w.pages): p.thumb} {
		sealed := w.person.Seal(pageColumn, key, content)
		if err := w.place.Put(ctx, key, sealed); err != nil {
			return unreachable(err)
		}
		w.bytes += int64(len(sealed))
	}
	w.counted(0)
	return nil
}

// undo removes what has been written of a document that was not entered. What it does not reach, Sweep does.
func (w *writing) undo(ctx context.Context) {
	for n := 1; n <= w.pages; n++ {
		_ = w.place.Remove(ctx, pageKey(w.id, n)) // swept later
		_ = w.place.Remove(ctx, thumbKey(w.id, n))
	}
}

const pageColumn = "document.page"

func pageKey(id string, n int) string  { return fmt.Sprintf("%s/%04d", id, n) }
func thumbKey(id string, n int) string { return pageKey(id, n) + "-small" }

// enter writes the rows: from then on the document is there.
func (s *Service) enter(ctx context.Context, actor ledger.Actor, m member.Member, n New, w *writing) error {
	act := ledger.Act{Kind: DoAdd, Subject: "document", SubjectID: w.id, OrgPath: m.OrgPath, Reason: n.Kind.Name(),
		Detail: map[string]any{"member": m.ID, "kind": n.Kind, "pages": w.pages, "facts": n.Facts}}
	digest := s.Members.Vault.MAC([]byte("document"), []byte(m.ID), w.digest.Sum(nil)) // by a key that is not turned over: the files are not kept to make it anew
	err := s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		if err := arrived(ctx, tx, w.held); err != nil {
			return err
		}
		if actor.Member == m.ID {
			tx = tx.System("a member's own document")
		}
		var path string
		found, err := tx.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{m.ID}, &path)
		if err == nil && !found {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		set := store.Set
		err = tx.Insert(ctx, "document", set("id", w.id), set("member_id", m.ID), set("org_path", path), set("kind", string(n.Kind)),
			set("title", w.person.Seal(titleColumn, w.id, []byte(n.Title))), set("pages", w.pages), set("bytes", w.bytes), set("digest", digest),
			set("state", string(Kept)), set("account_id", actor.Account), set("actor", actor.Name), set("at", s.Members.Clock.Now().UnixMicro()),
			set("removed_at", 0), set("version", 1))
		if err != nil {
			return err
		}
		return s.prove(ctx, tx, w.id, m.ID, path, n.Facts)
	})
	if fault.Of(err) == fault.Conflict {
		return fault.New(fault.Conflict, "这份材料已经在档案里，不用再传。").At("file").Because(err)
	}
	return err
}

// prove links a document to the facts that it proves.
func (s *Service) prove(ctx context.Context, tx *store.Tx, id, memberID, path string, facts []string) error {
	for _, f := range facts {
		err := tx.Insert(ctx, "document_fact", store.Set("id", s.Members.Ledger.IDs.New()), store.Set("document_id", id),
			store.Set("member_id", memberID), store.Set("org_path", path), store.Set("fact", f))
		if err != nil {
			return err
		}
	}
	return nil
}
