package store

import (
	"database/sql/driver"
	"errors"
	"net"
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
	sqliteReadOnly   = 8
	sqliteIOError    = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteNotADB     = 26
	sqliteUnique     = 2067
	sqlitePrimaryKey = 1555
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
	if err == nil || fault.As(err) != nil {
		return err
	}
	var s *sqlitedriver.Error
	if errors.As(err, &s) {
		return explainSQLite(err, s.Code(), s.Error())
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return explainPostgres(err, p)
	}
	var lost *pgconn.ConnectError
	var network *net.OpError
	if errors.As(err, &lost) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) {
		return unreachable(err)
	}
	return err
}

// unreachable keeps the driver's text out of what is shown: it names the host and the user.
func unreachable(err error) error {
	return fault.New(fault.Unavailable, "与数据库的连接断了，请稍后重试；仍不行，请检查数据库是否在运行。").Because(err)
}

func full(err error) error {
	return fault.New(fault.Unavailable, "磁盘已满，没有写入任何内容。请清理磁盘后重试。").Because(err)
}

// locked tells that another process holds SQLite's lock for writing.
func locked(err error) bool {
	var e *sqlitedriver.Error
	return errors.As(err, &e) && e.Code()&0xff == sqliteBusy
}

func busy(err error) error {
	return fault.New(fault.Unavailable, "数据库正忙，没有写入任何内容。请稍后重试。").Because(err)
}

func exists(err error) error {
	return fault.New(fault.Conflict, "同样的记录已经存在。").Because(err)
}

func explainSQLite(err error, code int, message string) error {
	switch {
	case code == sqliteUnique || code == sqlitePrimaryKey:
		return exists(err)
	case strings.Contains(message, "audit context"):
		return errors.Join(ErrNoContext, err)
	}
	switch code & 0xff {
	case sqliteFull:
		return full(err)
	case sqliteBusy:
		return busy(err)
	case sqliteIOError:
		return fault.New(fault.Unavailable, "磁盘读写出错，没有写入任何内容。请检查磁盘。").Because(err)
	case sqliteCorrupt, sqliteNotADB:
		return fault.New(fault.Unavailable, "数据库文件已经损坏，请不要继续使用，用最近的备份恢复（zhibu restore）。").Because(err)
	case sqliteReadOnly, sqliteCantOpen:
		return fault.New(fault.Unavailable, "数据库文件打不开或不能写。请检查目录的权限和磁盘。").Because(err)
	}
	return err
}

func explainPostgres(err error, p *pgconn.PgError) error {
	switch {
	case p.Code == "23505":
		return exists(err)
	case strings.Contains(p.Message, "audit context"):
		return errors.Join(ErrNoContext, err)
	case p.Code == "53100":
		return full(err)
	case p.Code == "55P03":
		return busy(err)
	case p.Code == "53300":
		return fault.New(fault.Unavailable, "数据库的连接数用完了，请稍后重试；仍不行，请调大数据库的 max_connections。").Because(err)
	case strings.HasPrefix(p.Code, "08") || strings.HasPrefix(p.Code, "57P"):
		return unreachable(err)
	}
	return err
}

// Retryable tells whether the engine asks to run the whole transaction again: a deadlock, a conflict of snapshots, or
// two that wrote the first row of the same derived count at once.
func Retryable(err error) bool {
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		return false
	}
	return p.Code == "40001" || p.Code == "40P01" || p.Code == "23505" && tables[strings.TrimPrefix(p.TableName, "t_")].class == derived
}
