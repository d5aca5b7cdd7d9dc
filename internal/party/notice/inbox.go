package notice

import (
	"context"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Service is what may be done with notices. A person's notices are read through the scope of what is hers alone
// (access.Person.Mine); nobody has a right to another's.
type Service struct {
	DB       *store.DB
	Ledger   *ledger.Ledger
	Vault    *vault.Vault
	Clock    civil.Clock
	Channels []Channel // none: the inbox alone
	// Known is the address for a channel that a person's record has anyway, "" none.
	Known func(ctx context.Context, to string, c Channel) (string, error)
	// Words says what a message says, in the language of whoever is told.
	Words func(ctx context.Context, to string, c Content) (title, text string, err error)
}

// mostUnread bounds the number beside the bell.
const mostUnread = 99

// Unread counts what has not been read, at most 99.
func (s *Service) Unread(ctx context.Context, mine store.Scope) (n int, err error) {
	_, err = s.DB.As(mine).One(ctx, "SELECT count(*) FROM (SELECT 1 FROM {notice} WHERE read_at = 0 LIMIT ?) c", []any{mostUnread}, &n)
	return n, err
}

// List gives notices, the newest first, and the cursor to go on after; "" begins and ends.
func (s *Service) List(ctx context.Context, mine store.Scope, unread bool, after string, limit int) (out []Notice, next string, err error) {
	defer fault.Wrap(&err, "notice: list")
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	where, args := "", []any{}
	if unread {
		where = " AND read_at = 0"
	}
	if after != "" {
		at, id, ok := strings.Cut(after, "~")
		micros, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			return nil, "", fault.New(fault.Invalid, "翻页的位置看不懂，请从第一页开始。").At("after").By("format")
		}
		where += " AND (at < ? OR at = ? AND id < ?)"
		args = append(args, micros, micros, id)
	}
	err = s.DB.As(mine).Each(ctx, "SELECT "+columns+" FROM {notice} WHERE 1 = 1"+where+" ORDER BY at DESC, id DESC LIMIT ?", append(args, limit+1), func(row store.Row) error {
		n, err := scan(row)
		out = append(out, n)
		return err
	})
	if err == nil && len(out) > limit {
		out = out[:limit]
		last := out[limit-1]
		next = strconv.FormatInt(last.At.UnixMicro(), 10) + "~" + last.ID
	}
	return out, next, err
}

// ByID reads one of one's own.
func (s *Service) ByID(ctx context.Context, mine store.Scope, id string) (n Notice, err error) {
	found := false
	err = s.DB.As(mine).Each(ctx, "SELECT "+columns+" FROM {notice} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		n, err = scan(row)
		found = true
		return err
	})
	if err == nil && !found {
		err = fault.Missing()
	}
	return n, err
}

// Read marks one as read and gives it. Reading twice is no error.
func (s *Service) Read(ctx context.Context, mine store.Scope, id string) (n Notice, err error) {
	defer fault.Wrap(&err, "notice: read")
	if n, err = s.ByID(ctx, mine, id); err != nil || !n.Unread() {
		return n, err
	}
	n.ReadAt = s.Clock.Now()
	return n, s.mark(ctx, mine, store.ByID(id), n)
}

// ReadAll marks everything as read that had come by then: up to and with the notice that the reader saw on top.
func (s *Service) ReadAll(ctx context.Context, mine store.Scope, top string) (err error) {
	defer fault.Wrap(&err, "notice: read all")
	n, err := s.ByID(ctx, mine, top)
	if err != nil {
		return err
	}
	var ids []string
	err = s.DB.As(mine).Each(ctx, "SELECT id FROM {notice} WHERE read_at = 0 AND at <= ?", []any{n.At.UnixMicro()}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	now := s.Clock.Now().UnixMicro()
	return s.DB.Operate(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if _, err := tx.With(mine).Update(ctx, "notice", store.ByID(id), store.Set("read_at", now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// mark writes that a notice was read.
func (s *Service) mark(ctx context.Context, mine store.Scope, key store.Key, n Notice) error {
	return s.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.With(mine).Update(ctx, "notice", key, store.Set("read_at", n.ReadAt.UnixMicro()))
		return err
	})
}

// How long notices are kept: read ones a year, unread ones two.
const (
	keepRead    = 366 * 24 * time.Hour
	keepUnread  = 2 * keepRead
	sweptAtOnce = 1000
)

// Sweep removes what has been kept long enough, and what is known of messages that went out.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "notice: sweep")
	now := s.Clock.Now()
	before := func(d time.Duration) int64 { return now.Add(-d).UnixMicro() }
	if err := s.sweep(ctx, "notice", "at < ? AND (read_at <> 0 OR at < ?)", before(keepRead), before(keepUnread)); err != nil {
		return err
	}
	return s.sweep(ctx, "outgoing", "at < ?", before(keepSent))
}

func (s *Service) sweep(ctx context.Context, table, where string, args ...any) error {
	for {
		var ids []string
		err := s.DB.As(store.System("kept long enough")).Each(ctx, "SELECT id FROM {"+table+"} WHERE "+where+" LIMIT ?", append(args, sweptAtOnce), func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.DB.Operate(ctx, func(tx *store.Tx) error {
			for _, id := range ids {
				if _, err := tx.Delete(ctx, table, store.ByID(id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
