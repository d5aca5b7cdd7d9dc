package ledger

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// Keys are the secrets the ledger needs; the vault has them, the database does not.
type Keys interface {
	MAC(data ...[]byte) []byte
	Signer() note.Signer
	Verifier() note.Verifier
}

// Ledger records acts in one database.
type Ledger struct {
	DB      *store.DB
	IDs     *store.IDs
	Clock   civil.Clock
	keys    Keys
	witness string       // path of the witness file
	seen    atomic.Int64 // size of the checkpoint that the witness file is known to have
	// Touched is told inside the transaction which rows an act has changed, for what is kept beside the facts.
	Touched func(ctx context.Context, tx *store.Tx, rows *Rows) error
	written signal // an act was recorded by this process
	grown   signal // the chain was continued by this process
}

// New makes the ledger of a database. witness is the path of the file that keeps the newest checkpoint outside.
func New(db *store.DB, ids *store.IDs, clock civil.Clock, keys Keys, witness string) *Ledger {
	return &Ledger{DB: db, IDs: ids, Clock: clock, keys: keys, witness: witness}
}

// ErrUnchanged is returned by a use case that found nothing to do: the transaction is given up without a trace and
// Do answers nil.
var ErrUnchanged = errors.New("ledger: nothing to change")

// Do runs fn in one transaction and records it as an act of the actor. If fn fails nothing remains. On PostgreSQL fn
// may run again after a collision, so it must not keep results of an earlier run.
func (l *Ledger) Do(ctx context.Context, actor Actor, act Act, fn func(tx *store.Tx) error) error {
	_, err := l.DoAct(ctx, actor, &act, fn)
	return err
}

// DoAct is Do for a use case that learns the act's subject while it runs: fn may still change act. It gives the
// act's id.
func (l *Ledger) DoAct(ctx context.Context, actor Actor, act *Act, fn func(tx *store.Tx) error) (string, error) {
	if actor.Account == "" {
		return "", errors.New("ledger: an act needs an actor")
	}
	id := l.IDs.New()
	err := l.DB.Write(ctx, actor.Scope, func(tx *store.Tx) error { return l.record(ctx, tx, id, actor, act, fn) })
	if errors.Is(err, ErrUnchanged) {
		return "", nil
	}
	if err == nil {
		l.written.give()
	}
	return id, err
}

func (l *Ledger) record(ctx context.Context, tx *store.Tx, id string, actor Actor, act *Act, fn func(tx *store.Tx) error) error {
	d := newDigester()
	seen, rows := d.add, &Rows{}
	if l.Touched != nil {
		seen = func(i store.Image) { d.add(i); rows.note(i) }
	}
	if err := tx.Record(ctx, id, seen, fn); err != nil {
		return err
	}
	if l.Touched != nil && !rows.empty() {
		if err := l.Touched(ctx, tx.System("kept beside the facts"), rows); err != nil {
			return err
		}
	}
	r := Record{Version: 1, ID: id, At: l.Clock.Now().UnixMicro(), Kind: act.Kind, Account: actor.Account, Actor: actor.named(act),
		Role: actor.Role, OrgPath: act.OrgPath, Subject: act.Subject, SubjectID: act.SubjectID, Reason: act.Reason,
		Source: act.Source, Request: actor.Request, Detail: json.RawMessage("{}")}
	if len(act.Detail) > 0 {
		b, err := json.Marshal(act.Detail)
		if err != nil {
			return fmt.Errorf("ledger: detail of %s: %w", act.Kind, err)
		}
		r.Detail = b
	}
	r.FirstSeq, r.LastSeq, r.Events, r.Digest = d.first, d.last, d.n, d.sum()
	return l.append(ctx, tx.System("ledger"), r)
}

func (l *Ledger) append(ctx context.Context, tx *store.Tx, r Record) error {
	r.MAC = hex.EncodeToString(l.keys.MAC([]byte("act"), r.canonical()))
	return tx.InsertMany(ctx, "waiting", recordNames, [][]any{r.values()})
}

// Note records an act that changes no row: a reveal, an export, a refused sign-in. It is committed when it returns,
// so call it before showing what it is about.
func (l *Ledger) Note(ctx context.Context, actor Actor, act Act) error {
	return l.Do(ctx, actor, act, func(*store.Tx) error { return nil })
}

// recordColumns are the columns of an act in the order scanRecord reads them.
const recordColumns = "id, at, kind, account_id, actor, role, org_path, subject, subject_id, reason, source, request, detail, first_seq, last_seq, events, digest, mac"

var recordNames = strings.Split(recordColumns, ", ")

// values are the record's columns in that order.
func (r Record) values() []any {
	return []any{r.ID, r.At, r.Kind, r.Account, r.Actor, r.Role, r.OrgPath, r.Subject, r.SubjectID, r.Reason,
		r.Source, r.Request, string(r.Detail), r.FirstSeq, r.LastSeq, r.Events, r.Digest, r.MAC}
}

func scanRecord(row store.Row) (Record, error) {
	r := Record{Version: 1}
	var detail string
	err := row.Scan(&r.ID, &r.At, &r.Kind, &r.Account, &r.Actor, &r.Role, &r.OrgPath, &r.Subject, &r.SubjectID, &r.Reason,
		&r.Source, &r.Request, &detail, &r.FirstSeq, &r.LastSeq, &r.Events, &r.Digest, &r.MAC)
	r.Detail = json.RawMessage(detail)
	return r, err
}

func eachEvent(ctx context.Context, r store.Reader, where string, args []any, fn func(store.Image)) error {
	return r.Each(ctx, "SELECT seq, tbl, row_id, op, coalesce(before, ''), coalesce(after, '') FROM {event} WHERE "+where+" ORDER BY seq", args, func(row store.Row) error {
		var i store.Image
		err := row.Scan(&i.Seq, &i.Table, &i.RowID, &i.Op, &i.Before, &i.After)
		if err == nil {
			fn(i)
		}
		return err
	})
}
