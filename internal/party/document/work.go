package document

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

// errTaken is an arrival that another process has meanwhile taken over, or that was cancelled.
var errTaken = fault.New(fault.Unavailable, "这份材料已经取消，或者由另一个进程接着处理。")

func (s *Service) work() lease.Room {
	return lease.Room{DB: s.Members.DB, Kind: "arrival", NewID: s.Members.Ledger.IDs.New, Taken: errTaken}
}

// Rests of Work.
const (
	lookEvery = 2 * time.Second
	tidyEvery = 10 * time.Minute
)

// Work takes apart what has arrived, one after the other, until the context ends; what a restart or a killed process
// has interrupted goes on at the page where it stood. One process of an installation does this.
func (s *Service) Work(ctx context.Context, report func(error)) {
	var tidied time.Time
	for {
		if time.Since(tidied).Abs() > tidyEvery {
			if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
				report(err)
			}
			tidied = time.Now()
		}
		worked, err := s.next(ctx)
		if err != nil && ctx.Err() == nil {
			report(err)
		}
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.bell.Rung():
		case <-time.After(lookEvery):
		}
	}
}

// next works at the oldest arrival that nobody holds; false when there is none.
func (s *Service) next(ctx context.Context) (bool, error) {
	var id, account string
	query := "SELECT a.id, a.account_id FROM {arrival} a LEFT JOIN {job} j ON j.id = a.id WHERE a.state = 'waiting' AND (j.id IS NULL OR " + lease.Lapsed + ") ORDER BY a.id LIMIT 1"
	found, err := s.Members.DB.As(store.System("uploads")).One(ctx, query, lease.LapsedArgs(), &id, &account)
	if err != nil || !found {
		return false, err
	}
	actor, err := s.Actor(ctx, account)
	if err == nil {
		err = s.takeApart(ctx, id, actor)
	} else if ctx.Err() == nil {
		err = errors.Join(err, s.fail(ctx, Arrival{ID: id, Account: account}, err))
	}
	if f := fault.As(err); f != nil { // its person reads it
		err = nil
	}
	return true, err
}

// takeApart makes the document of an arrival. What fails ends with a sentence for its person, who decides what then;
// an end of the process leaves it where it is.
func (s *Service) takeApart(ctx context.Context, id string, actor ledger.Actor) error {
	list, err := s.arrivals(ctx, "a.id = ?", id)
	if err != nil || len(list) == 0 {
		return err
	}
	a := list[0]
	held, err := s.hold(ctx, a)
	if errors.Is(err, errTaken) {
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Stop()
	if a.tries >= maxTries {
		return s.fail(ctx, a, fault.New(fault.Unavailable, "这份材料处理了 %d 次都中断了。请把文件分成几份再传，或者请系统管理员看看服务器的内存。", maxTries))
	}
	on, end := context.WithCancel(ctx)
	defer end()
	s.news.started(id, end)
	defer s.news.started(id, nil)
	err = s.make(on, a, held, actor)
	switch {
	case err == nil:
		s.news.tell(a.Account)
		return s.drop(a.ID)
	case ctx.Err() != nil: // goes on at the next start
		return errors.Join(ctx.Err(), s.release(context.WithoutCancel(ctx), a, held))
	case on.Err() != nil, errors.Is(err, errTaken): // cancelled, or another process is at it
		return s.clear(ctx, a.ID)
	}
	return errors.Join(err, s.fail(ctx, a, err))
}

// release lets another process, or the next start of this one, go on at once; a stop is no failed try.
func (s *Service) release(ctx context.Context, a Arrival, held *lease.Lease) error {
	return s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "arrival", store.ByID(a.ID), store.Set("tries", a.tries))
		if err == nil {
			_, err = tx.Update(ctx, "job", store.ByID(a.ID).And("detail", held.Owner), store.Set("lease", 0))
		}
		return err
	})
}

// clear removes the pages of what is neither an arrival nor a document any more.
func (s *Service) clear(ctx context.Context, id string) error {
	there, err := s.entered(ctx, id)
	if err != nil || there {
		return err
	}
	if list, err := s.arrivals(ctx, "a.id = ?", id); err != nil || len(list) > 0 {
		return err
	}
	return s.Discard(ctx, []string{id})
}

// hold takes the lease of an arrival and counts the try.
func (s *Service) hold(ctx context.Context, a Arrival) (*lease.Lease, error) {
	var owner string
	found, err := s.Members.DB.As(store.System("uploads")).One(ctx, "SELECT detail FROM {job} WHERE id = ?", []any{a.ID}, &owner)
	if err != nil {
		return nil, err
	}
	var held *lease.Lease
	if found {
		if held, err = s.work().TakeOver(ctx, a.ID, owner); err != nil {
			return nil, err
		}
	}
	first := s.Members.Ledger.IDs.New()
	err = s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "arrival", store.ByID(a.ID).And("tries", a.tries).And("state", string(Waits)), store.Set("tries", a.tries+1))
		if err == nil && n == 0 {
			err = errTaken
		}
		if err != nil || found {
			return err
		}
		return s.work().Begin(ctx, tx, a.ID, first)
	})
	switch {
	case err != nil:
		held.Stop()
		return nil, err
	case held == nil:
		held = s.work().KeepUp(a.ID, first)
	}
	return held, nil
}

// make draws the pages and enters the document, with the rights that its person has now.
func (s *Service) make(ctx context.Context, a Arrival, held *lease.Lease, actor ledger.Actor) error {
	m, err := s.Members.ByID(ctx, s.Members.DB.As(actor.Scope), a.Member)
	if err == nil {
		err = s.may(ctx, actor, DoAdd, m)
	}
	if k := fault.Of(err); k == fault.NotFound || k == fault.Forbidden {
		return fault.New(k, "这名党员的档案现在不由您负责，材料没有收下。请由现在负责的党组织上传。").Because(err)
	}
	if err != nil {
		return err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return err
	}
	person, err := s.Members.Vault.Person(ctx, m.ID)
	if err != nil {
		return err
	}
	var about note
	beside, err := s.readBack(person, a.ID, 0)
	if err == nil {
		err = json.Unmarshal(beside, &about)
	}
	if err != nil {
		return err
	}
	w := &writing{Service: s, place: place, person: person, id: a.ID, digest: sha256.New(), held: held, tell: s.tells(a)}
	if w.there, err = s.written(ctx, a.ID); err != nil {
		return err
	}
	for n := 1; n <= a.Files; n++ {
		b, err := s.readBack(person, a.ID, n)
		if err != nil {
			return err
		}
		kind, err := formatOf(b)
		if err == nil {
			err = w.pictures(ctx, b, kind)
		}
		if err != nil {
			return err
		}
	}
	return s.enter(ctx, actor, m, New{Kind: about.Kind, Title: about.Title, Facts: about.Facts}, w)
}

// written is what an interrupted try has put into the storage.
func (s *Service) written(ctx context.Context, id string) (map[string]int64, error) {
	place, err := s.Storage(ctx)
	if err != nil {
		return nil, err
	}
	objects, err := place.List(ctx, id+"/")
	if err != nil {
		return nil, unreachable(err)
	}
	out := map[string]int64{}
	for key, size := range objects {
		if !strings.HasPrefix(key, id+"/") {
			key = id + "/" + key
		}
		out[key] = size
	}
	return out, nil
}

// tells writes how many pages are done, of how many that are known of: files that were not opened count as one each.
func (s *Service) tells(a Arrival) func(count, pages int) {
	of, opened := 0, 0
	return func(count, pages int) {
		if count > 0 {
			of += count
			opened++
		}
		// Progress is only shown; a failure to write it does not matter.
		ctx := context.Background()
		_ = s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
			_, err := tx.Update(ctx, "job", store.ByID(a.ID), store.Set("progress", pages), store.Set("due", of+a.Files-opened))
			return err
		})
		s.news.tell(a.Account)
	}
}

// fail ends an arrival with what its person is told. The files go with what is wrong with them; they stay where trying
// once more can help.
func (s *Service) fail(ctx context.Context, a Arrival, because error) error {
	f := fault.As(because)
	if f == nil {
		f = fault.New(fault.Unavailable, "处理到一半出错了。请再试一次；仍不行，请联系系统管理员。")
	}
	again := f.Kind == fault.Unavailable
	message, err := json.Marshal(fault.Error{Kind: f.Kind, Field: f.Field, Rule: f.Rule, Text: f.Text, Args: f.Args})
	if err != nil {
		return err
	}
	keep := 0
	if again {
		keep = 1
	}
	err = s.Members.DB.Operate(ctx, func(tx *store.Tx) error {
		if _, err := tx.Delete(ctx, "job", store.ByID(a.ID)); err != nil {
			return err
		}
		_, err := tx.Update(ctx, "arrival", store.ByID(a.ID), store.Set("state", string(Failed)), store.Set("again", keep), store.Set("message", string(message)))
		return err
	})
	if err == nil && !again {
		err = errors.Join(s.drop(a.ID), s.Discard(ctx, []string{a.ID}))
	}
	s.news.tell(a.Account)
	return err
}

// arrived ends an arrival in the transaction in which its document begins; nothing for what did not wait.
func arrived(ctx context.Context, tx *store.Tx, held *lease.Lease) error {
	if held == nil {
		return nil
	}
	if err := held.Holds(ctx, tx); err != nil {
		return err
	}
	return DropArrival(ctx, tx, held.Job)
}

// news wakes who waits for arrivals, and stops who works at one.
type news struct {
	mu    sync.Mutex
	c     chan struct{}
	of    map[string]int64 // how often something moved, by account
	works map[string]context.CancelFunc
}

func (n *news) tell(account string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[string]int64{}
	}
	n.of[account]++
	if n.c != nil {
		close(n.c)
		n.c = nil
	}
}

func (n *news) started(id string, stop context.CancelFunc) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.works == nil {
		n.works = map[string]context.CancelFunc{}
	}
	if n.works[id] = stop; stop == nil {
		delete(n.works, id)
	}
}

func (s *Service) stop(id string) {
	s.news.mu.Lock()
	defer s.news.mu.Unlock()
	if stop := s.news.works[id]; stop != nil {
		stop()
	}
}

// News ends its channel when an arrival moves on in this process; moves tells how often one of an account has.
func (s *Service) News() (next <-chan struct{}, moves func(account string) int64) {
	s.news.mu.Lock()
	defer s.news.mu.Unlock()
	if s.news.c == nil {
		s.news.c = make(chan struct{})
	}
	return s.news.c, func(account string) int64 {
		s.news.mu.Lock()
		defer s.news.mu.Unlock()
		return s.news.of[account]
	}
}
