package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Arrival is what has come in and is not a document yet: its files lie sealed in the spool and are taken apart behind
// the request that brought them, page by page. It belongs to the account that brought it and ends when the document of
// the same id is there.
type Arrival struct {
	ID      string
	Member  string
	Account string
	Kind    Kind
	Files   int
	State   Progress
	Again   bool         // it may be tried once more: the files are still there
	Why     *fault.Error // of one that failed
	Pages   int          // done
	Of      int          // pages known of, 0 before the first file was opened
	At      time.Time
	tries   int
}

// Progress says how far an arrival is.
type Progress string

// The states of an arrival; what is done is a document.
const (
	Waits  Progress = "waiting" // for its turn, or is being worked on
	Failed Progress = "failed"
)

// Limits of what waits.
const (
	maxWaiting = 20 // of one account
	maxTries   = 3  // of a file over which the program dies
	atOnce     = 3  // photographs that are taken in while the browser waits
)

// note is what stands beside the files, sealed as they are.
type note struct {
	Kind  Kind     `json:"kind"`
	Title string   `json:"title"`
	Facts []string `json:"facts"`
}

const spoolColumn = "document.arrival"

func (s *Service) spooled(id string, n int) string {
	return filepath.Join(s.Spool, filepath.Base(id), fmt.Sprintf("%04d", n))
}

func (s *Service) drop(id string) error {
	return os.RemoveAll(filepath.Join(s.Spool, filepath.Base(id)))
}

// Receive takes files in for a member's file. A few photographs are a document when it answers; of a PDF, or of many
// files, it keeps the sealed originals and Work makes the document. The id is the document's either way, and Await says
// which it is. The errors are those of Upload.
func (s *Service) Receive(ctx context.Context, actor ledger.Actor, memberID string, n New) (id string, err error) {
	defer fault.Wrap(&err, "document: receive")
	m, person, err := s.willTake(ctx, actor, memberID, &n)
	if err != nil {
		return "", err
	}
	id = s.Members.Ledger.IDs.New()
	files, long, err := s.keep(ctx, person, id, n)
	if err == nil {
		err = s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
			return tx.Insert(ctx, "arrival", store.Set("id", id), store.Set("member_id", m.ID), store.Set("account_id", actor.Account), store.Set("kind", string(n.Kind)),
				store.Set("files", files), store.Set("state", string(Waits)), store.Set("again", 0), store.Set("tries", 0), store.Set("message", ""),
				store.Set("at", s.Members.Clock.Now().UnixMicro()))
		})
	}
	if err != nil {
		return "", errors.Join(err, s.drop(id))
	}
	if long || files > atOnce {
		s.bell.Ring()
		return id, nil
	}
	if err = s.takeApart(ctx, id, actor); err != nil && ctx.Err() == nil { // who waits for it is told at once
		err = errors.Join(err, s.forgetArrivals(ctx, id))
	}
	return id, err
}

// willTake checks what can be said before the first file: the record, the right, the fields, and how much waits already.
func (s *Service) willTake(ctx context.Context, actor ledger.Actor, memberID string, n *New) (m member.Member, p *vault.Person, err error) {
	if m, err = s.Members.ByID(ctx, s.Members.DB.As(actor.Scope), memberID); err != nil {
		return m, nil, err
	}
	if err = s.may(ctx, actor, DoAdd, m); err != nil {
		return m, nil, err
	}
	if err = n.check(); err != nil {
		return m, nil, err
	}
	if _, err = s.Storage(ctx); err != nil {
		return m, nil, err
	}
	list, err := s.Arrivals(ctx, actor)
	if err != nil {
		return m, nil, err
	}
	if len(list) >= maxWaiting {
		return m, nil, fault.New(fault.Conflict, "您已经有 %d 份材料在处理或等您看结果，请先处理完再传。", len(list)).At("file")
	}
	p, err = s.Members.Vault.Person(ctx, m.ID)
	return m, p, err
}

// keep seals the files into the spool as they come in, and tells whether they take long.
func (s *Service) keep(ctx context.Context, person *vault.Person, id string, n New) (files int, long bool, err error) {
	if err := os.MkdirAll(filepath.Dir(s.spooled(id, 0)), 0o700); err != nil {
		return 0, false, err
	}
	beside, err := json.Marshal(note{n.Kind, n.Title, n.Facts})
	if err != nil {
		return 0, false, err
	}
	if err := s.write(person, id, 0, beside); err != nil {
		return 0, false, err
	}
	for {
		f, err := n.Next()
		switch {
		case errors.Is(err, io.EOF) && files == 0:
			return 0, false, fault.New(fault.Invalid, "请拍照或者选择文件。").At("file")
		case errors.Is(err, io.EOF):
			return files, long, nil
		case err == nil && files == maxFiles:
			err = fault.New(fault.Invalid, "一次最多 %d 个文件，其余的请另传。", maxFiles).At("file")
		}
		if err != nil {
			return 0, false, err
		}
		b, kind, err := s.receive(ctx, f)
		if err != nil {
			return 0, false, err
		}
		files++
		long = long || kind == pdfFormat
		if err := s.write(person, id, files, b); err != nil {
			return 0, false, err
		}
	}
}

// write seals one file into the spool and waits until the disk has it.
func (s *Service) write(person *vault.Person, id string, n int, plain []byte) (err error) {
	path := s.spooled(id, n)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(person.Seal(spoolColumn, fmt.Sprintf("%s/%d", id, n), plain)); err != nil {
		return err
	}
	return f.Sync()
}

func (s *Service) readBack(person *vault.Person, id string, n int) ([]byte, error) {
	sealed, err := os.ReadFile(s.spooled(id, n))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "上传的原件已经不在服务器上了，请重新上传。").At("file").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return person.Open(spoolColumn, fmt.Sprintf("%s/%d", id, n), sealed)
}

const arrivalColumns = "a.id, a.member_id, a.account_id, a.kind, a.files, a.state, a.again, a.tries, a.message, a.at, coalesce(j.progress, 0), coalesce(j.due, 0)"

func (s *Service) arrivals(ctx context.Context, where string, args ...any) (list []Arrival, err error) {
	query := "SELECT " + arrivalColumns + " FROM {arrival} a LEFT JOIN {job} j ON j.id = a.id WHERE " + where + " ORDER BY a.id"
	err = s.Members.DB.As(store.System("one's own uploads")).Each(ctx, query, args, func(row store.Row) error {
		var a Arrival
		var again, at int64
		var message string
		if err := row.Scan(&a.ID, &a.Member, &a.Account, &a.Kind, &a.Files, &a.State, &again, &a.tries, &message, &at, &a.Pages, &a.Of); err != nil {
			return err
		}
		a.Again, a.At = again != 0, time.UnixMicro(at)
		if message != "" {
			a.Why = &fault.Error{}
			if err := json.Unmarshal([]byte(message), a.Why); err != nil {
				return err
			}
			for i, v := range a.Why.Args { // numbers as they were given
				if f, ok := v.(float64); ok {
					a.Why.Args[i] = int(f)
				}
			}
		}
		list = append(list, a)
		return nil
	})
	return list, err
}

// Arrivals lists what the actor's account has brought and what is no document yet, the oldest first.
func (s *Service) Arrivals(ctx context.Context, actor ledger.Actor) ([]Arrival, error) {
	return s.arrivals(ctx, "a.account_id = ?", actor.Account)
}

// Arrival reads one of the actor's; somebody else's is missing.
func (s *Service) Arrival(ctx context.Context, actor ledger.Actor, id string) (Arrival, error) {
	list, err := s.arrivals(ctx, "a.id = ? AND a.account_id = ?", id, actor.Account)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Arrival{}, err
	}
	return list[0], nil
}

// Await waits for a while until an arrival is a document, and gives it while it is none: with its error when it has
// failed by then. nil says that the document is there.
func (s *Service) Await(ctx context.Context, actor ledger.Actor, id string, patience time.Duration) (*Arrival, error) {
	end := time.After(patience)
	for {
		moved, _ := s.News()
		a, err := s.Arrival(ctx, actor, id)
		if fault.Of(err) == fault.NotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if a.State == Failed {
			return &a, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end:
			return &a, nil
		case <-moved:
		case <-time.After(time.Second): // another process may be at it
		}
	}
}

// Cancel throws an arrival away: what waits, what is being worked on, or what failed. Nothing of it remains.
func (s *Service) Cancel(ctx context.Context, actor ledger.Actor, id string) (err error) {
	defer fault.Wrap(&err, "document: cancel")
	if _, err := s.Arrival(ctx, actor, id); err != nil {
		return err
	}
	if err := s.forgetArrivals(ctx, id); err != nil {
		return err
	}
	if there, err := s.entered(ctx, id); err != nil || there {
		return errors.Join(err, fault.New(fault.Conflict, "刚刚处理完，材料已经在档案里；传错了的，请在材料那里移除。"))
	}
	return nil
}

// entered tells whether the document of an arrival is there.
func (s *Service) entered(ctx context.Context, id string) (bool, error) {
	var one int
	return s.Members.DB.As(store.System("uploads")).One(ctx, "SELECT 1 FROM {document} WHERE id = ?", []any{id}, &one)
}

// Retry puts a failed arrival into the queue again, where its files are still there.
func (s *Service) Retry(ctx context.Context, actor ledger.Actor, id string) (err error) {
	defer fault.Wrap(&err, "document: retry")
	a, err := s.Arrival(ctx, actor, id)
	if err != nil {
		return err
	}
	if a.State != Failed || !a.Again {
		return fault.New(fault.Conflict, "这份材料的状态刚刚变了，请刷新页面。")
	}
	defer s.bell.Ring()
	return s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "arrival", store.ByID(id).And("state", string(Failed)), store.Set("state", string(Waits)), store.Set("again", 0),
			store.Set("tries", 0), store.Set("message", ""))
		return err
	})
}

// forgetArrivals removes arrivals with what lies beside them. Rows first: whoever works at one finds it gone.
func (s *Service) forgetArrivals(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		err := s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
			if err := s.work().Alone(ctx, tx, id); err != nil {
				return err
			}
			return DropArrival(ctx, tx, id)
		})
		if err != nil {
			return err
		}
		s.stop(id)
		there, err := s.entered(ctx, id) // meanwhile
		if err == nil && !there {
			err = s.Discard(ctx, []string{id})
		}
		if err := errors.Join(err, s.drop(id)); err != nil {
			return err
		}
	}
	s.news.tell("")
	return nil
}

// DropArrival removes the rows of an arrival in a transaction.
func DropArrival(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Delete(ctx, "arrival", store.ByID(id)); err != nil {
		return err
	}
	_, err := tx.Delete(ctx, "job", store.ByID(id))
	return err
}

// tidy removes what nobody comes back for: failures that are old, and files without a row.
func (s *Service) tidy(ctx context.Context) error {
	list, err := s.arrivals(ctx, "a.state = ? AND a.at < ?", string(Failed), s.Members.Clock.Now().Add(-s.KeepFailed).UnixMicro())
	if err != nil {
		return err
	}
	for _, a := range list {
		if err := s.forgetArrivals(ctx, a.ID); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(s.Spool)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := s.arrivals(ctx, "1 = 1")
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || slices.ContainsFunc(all, func(a Arrival) bool { return a.ID == e.Name() }) {
			continue
		}
		done, err := s.entered(ctx, e.Name())
		if err != nil {
			return err
		}
		if !done && time.Since(info.ModTime()) < time.Hour { // it may be coming in
			continue
		}
		if err := s.drop(e.Name()); err != nil {
			return err
		}
	}
	return nil
}
