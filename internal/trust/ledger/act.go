package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strconv"
	"time"

	"zhibu/internal/store"
)

// Actor is who does something: an account in a role, with the scope and the request it came in.
type Actor struct {
	Account string // account id; "system" for the program itself
	Name    string // the person's name, as shown in the record
	Role    string
	Member  string // the person's own member record, "" if none
	Request string
	Scope   store.Scope
	// For tells for whom an act of a kind at a place is done, when that is somebody else's duty; nil for nobody.
	For func(kind, orgPath string) string
}

// named is the actor as the record shows her: 李四（代张三）.
func (a Actor) named(act *Act) string {
	if a.For != nil {
		if lender := a.For(act.Kind, act.OrgPath); lender != "" {
			return a.Name + "（代" + lender + "）"
		}
	}
	return a.Name
}

// System is the program acting by itself; why is shown in the record.
func System(why string) Actor {
	return Actor{Account: "system", Name: "系统", Role: "system", Scope: store.System(why)}
}

// Act says what is done.
type Act struct {
	Kind      string         // what, as room.verb: member.mend
	Subject   string         // logical table of the thing it is about
	SubjectID string         // its id
	OrgPath   string         // where it belongs, for who may read the act
	Reason    string         // why, in the actor's words or the program's
	Source    string         // the evidence: a document, a file and row, a person's statement
	Detail    map[string]any // further facts of the act; never personal data in plain
}

// Record is an act as it stands in the ledger.
type Record struct {
	Version   int             `json:"v"`
	ID        string          `json:"id"`
	At        int64           `json:"at"` // microseconds since 1970, UTC
	Kind      string          `json:"kind"`
	Account   string          `json:"account"`
	Actor     string          `json:"actor"`
	Role      string          `json:"role"`
	OrgPath   string          `json:"org_path"`
	Subject   string          `json:"subject"`
	SubjectID string          `json:"subject_id"`
	Reason    string          `json:"reason"`
	Source    string          `json:"source"`
	Request   string          `json:"request"`
	Detail    json.RawMessage `json:"detail"`
	FirstSeq  int64           `json:"first_seq"`
	LastSeq   int64           `json:"last_seq"`
	Events    int64           `json:"events"`
	Digest    string          `json:"digest"` // SHA-256 over the act's events in order
	MAC       string          `json:"-"`
	Gone      bool            `json:"-"` // it was about somebody who has been destroyed since: what was said of her is left out
}

// Time is when the act was done.
func (r Record) Time() time.Time { return time.UnixMicro(r.At) }

// canonical is the bytes that are sealed and chained.
func (r Record) canonical() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic("ledger: " + err.Error()) // only a broken Detail could do this, and it was checked when recorded
	}
	return b
}

// Event is one row's change within an act. Before and After are JSON objects of its columns; sealed fields and bytes
// are hexadecimal text. After is whole; Before, of an update, has the columns alone that it replaced.
type Event struct {
	store.Image
	Act string
}

// digester hashes events so that no field can run into the next.
type digester struct {
	h           hash.Hash
	n           int64
	first, last int64
	buf         []byte
}

func newDigester() *digester { return &digester{h: sha256.New()} }

func (d *digester) add(e store.Image) {
	d.buf = strconv.AppendInt(d.buf[:0], e.Seq, 10)
	for _, s := range [...]string{e.Table, e.RowID, e.Op, e.Before, e.After} {
		d.buf = append(d.buf, '\n')
		d.buf = strconv.AppendInt(d.buf, int64(len(s)), 10)
		d.buf = append(d.buf, ':')
		d.buf = append(d.buf, s...)
	}
	d.h.Write(d.buf)
	if d.n == 0 {
		d.first = e.Seq
	}
	d.last = e.Seq
	d.n++
}

func (d *digester) sum() string { return hex.EncodeToString(d.h.Sum(nil)) }
