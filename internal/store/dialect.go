package store

import (
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"

	"zhibu/internal/fault"
)

type dialect int

const (
	sqlite dialect = iota
	postgres
)

// SQLite's result codes that somebody decides on.
const (
	sqliteBusy       = 5
	sqliteFull       = 13
	sqliteIOError    = 10
	sqliteUnique     = 2067
	sqlitePrimaryKey = 1555
	sqliteNotNull    = 1299
	sqliteTrigger    = 1811
)

// ErrNoContext is a write outside of the ledger, refused by a trigger.
var ErrNoContext = errors.New("store: write without an audit context")

// place is the n-th placeholder, from 1.
func (d dialect) place(n int) string {
	if d == postgres {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}

// ddl fills the few words in which the engines' table definitions differ.
func (d dialect) ddl(text string) string {
	r := strings.NewReplacer("{text}", "TEXT", "{blob}", "BLOB", "{serial}", "INTEGER PRIMARY KEY", "{clustered}", "WITHOUT ROWID")
	if d == postgres {
		// Paths, identifiers and pinyin are compared byte by byte on both engines.
		r = strings.NewReplacer("{text}", `TEXT COLLATE "C"`, "{blob}", "BYTEA", "{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "{clustered}", "")
	}
	return r.Replace(text)
}

// explain turns the engine's errors into the kinds that callers decide on.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var s *sqlitedriver.Error
	if errors.As(err, &s) {
		switch code := s.Code(); {
		case code == sqliteUnique || code == sqlitePrimaryKey:
			return fault.New(fault.Conflict, "同样的记录已经存在。").Because(err)
		case strings.Contains(s.Error(), "audit context") || code == sqliteNotNull && strings.Contains(s.Error(), "t_event.act_id"):
			return errors.Join(ErrNoContext, err)
		case code&0xff == sqliteFull:
			return fault.New(fault.Unavailable, "磁盘已满，没有写入任何内容。请清理磁盘后重试。").Because(err)
		case code&0xff == sqliteBusy:
			return fault.New(fault.Unavailable, "数据库正忙，没有写入任何内容。请稍后重试。").Because(err)
		case code&0xff == sqliteIOError:
			return fault.New(fault.Unavailable, "磁盘读写出错，没有写入任何内容。请检查磁盘。").Because(err)
		}
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		switch {
		case p.Code == "23505":
			return fault.New(fault.Conflict, "同样的记录已经存在。").Because(err)
		case strings.Contains(p.Message, "audit context"):
			return errors.Join(ErrNoContext, err)
		case p.Code == "53100":
			return fault.New(fault.Unavailable, "磁盘已满，没有写入任何内容。请清理磁盘后重试。").Because(err)
		}
	}
	return err
}

// Retryable tells whether the engine asks to run the whole transaction again.
func Retryable(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}
