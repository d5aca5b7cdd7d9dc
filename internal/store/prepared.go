package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// kept are the statements of SQLite's one write connection, from one transaction to the next: to compile a write with
// its triggers costs more than to run it. PostgreSQL's driver keeps its own.
type kept struct {
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// Long statements, those of many rows, are worth their memory only while the transaction lasts that repeats them.
const (
	longestKept = 4 << 10
	mostKept    = 500
)

func (k *kept) get(text string) *sql.Stmt {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.stmts[text]
}

// put keeps a statement; false when it is there already or there are too many.
func (k *kept) put(text string, st *sql.Stmt) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stmts[text] != nil || len(k.stmts) >= mostKept {
		return false
	}
	if k.stmts == nil {
		k.stmts = map[string]*sql.Stmt{}
	}
	k.stmts[text] = st
	return true
}

func (k *kept) close() error {
	var errs []error
	for _, st := range k.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(errs...)
}

// prepared are the statements of one write transaction.
type prepared struct {
	db     *DB
	tx     *sql.Tx
	stmts  map[string]*sql.Stmt
	fresh  []string // those that are not kept yet
	failed error    // of the first statement that failed on SQLite
}

func (p *prepared) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if p.db.dialect == postgres {
		return p.tx.ExecContext(ctx, text, args...)
	}
	st, err := p.get(ctx, text)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	res, err := st.ExecContext(context.WithoutCancel(ctx), args...) // a write is short: nothing watches over each of them
	if err != nil && p.failed == nil {
		p.failed = err
	}
	return res, err
}

func (p *prepared) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if p.db.dialect == postgres {
		return p.tx.QueryContext(ctx, text, args...)
	}
	st, err := p.get(ctx, text)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return st.QueryContext(context.WithoutCancel(ctx), args...)
}

func (p *prepared) get(ctx context.Context, text string) (st *sql.Stmt, err error) {
	if st := p.stmts[text]; st != nil {
		return st, nil
	}
	if old := p.db.writing.get(text); old != nil {
		st = p.tx.StmtContext(ctx, old)
	} else if st, err = p.tx.PrepareContext(ctx, text); err != nil {
		return nil, err
	} else if len(text) <= longestKept {
		p.fresh = append(p.fresh, text)
	}
	if p.stmts == nil {
		p.stmts = map[string]*sql.Stmt{}
	}
	p.stmts[text] = st
	return st, nil
}

// keep prepares the transaction's new statements for the next one, when its connection is free again. What cannot be
// kept is prepared anew the next time.
func (p *prepared) keep(ctx context.Context) {
	for _, text := range p.fresh {
		st, err := p.db.write.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		if !p.db.writing.put(text, st) {
			st.Close()
		}
	}
}
