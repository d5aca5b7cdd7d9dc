package member

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// FactKind is what a dated fact tells.
type FactKind string

// The kinds of a life's facts. Beside them there is one for every column whose value changes in a life: what it was
// before (Earlier).
const (
	Honour    FactKind = "honour"     // 表彰
	Job       FactKind = "job"        // 任职、工作变动
	Training  FactKind = "training"   // 培训
	CareGiven FactKind = "care_given" // 关怀慰问
	Hardship  FactKind = "hardship"   // 困难情况
)

// FactKinds are the kinds of a life's facts, in the order they are offered.
var FactKinds = []FactKind{Honour, Job, Training, CareGiven, Hardship}

var factNames = map[FactKind]string{Honour: words.Mark("表彰"), Job: words.Mark("任职和工作变动"), Training: words.Mark("培训"),
	CareGiven: words.Mark("关怀慰问"), Hardship: words.Mark("困难情况")}

// Changing are the columns whose value changes in a life, so that an earlier value is a fact of its own. The others are
// right or wrong: what was wrong is found by what was known at a time.
var Changing = []roster.Column{roster.Name, roster.Ethnicity, roster.Education, roster.Occupation, roster.Mobile, roster.Phone, roster.Address,
	roster.Registry, roster.Floating, roster.FloatingTo, roster.Care}

const (
	earlier = "was."
	aside   = "aside."
)

// Aside is the kind of a value that another record of the same person had, or this one before they were united.
func Aside(c roster.Column) FactKind { return FactKind(aside + string(c)) }

// Earlier is the kind of an earlier value of a column.
func Earlier(c roster.Column) FactKind { return FactKind(earlier + string(c)) }

// Column is the column of an earlier value, or of one kept aside; "" for a fact of a life.
func (k FactKind) Column() roster.Column {
	for _, prefix := range []string{earlier, aside} {
		if c, ok := strings.CutPrefix(string(k), prefix); ok {
			return roster.Column(c)
		}
	}
	return ""
}

// Name is the kind in Chinese, a key of the catalogue.
func (k FactKind) Name() string {
	if c := k.Column(); c != "" {
		return c.Title()
	}
	return factNames[k]
}

// Valid tells whether it is one of the kinds.
func (k FactKind) Valid() bool {
	if factNames[k] != "" {
		return true
	}
	for _, c := range Changing {
		if k == Earlier(c) {
			return true
		}
	}
	return false
}

// Fact is a dated fact of a member. Of an earlier value Text is the value as the record stores it.
type Fact struct {
	ID            string
	Member        string
	Kind          FactKind
	From, To      civil.Date // To is the first day it is true no longer; zero: it lasts, or it was on one day
	Text          string     // what: 优秀共产党员, 村委会主任
	By            string     // who gave it, where it was
	Detail        string
	Document      string   // what proves it
	Proofs        []string // ids of documents that prove it; of one that was read see ProofsOf
	Reason        string   // why it was entered, or why late
	Late          bool     // entered long after
	Follows       string   // id of the fact that this one corrects
	Recorded      time.Time
	Account       string
	Actor         string
	Retired       time.Time // zero: it stands
	RetiredBy     string
	RetiredReason string
	Version       int64

	path   string
	sealed []byte
}

// Tail is the end of an earlier number: what a page shows of it. An address has none.
func (f Fact) Tail() string {
	if f.Kind == Earlier(roster.Address) {
		return ""
	}
	return last4(f.Text)
}

// Told is what a page may say of the fact, as one types it: the text, of a number its end, of an earlier address nothing.
func (f Fact) Told() string {
	if c := f.Kind.Column(); c.Sensitive() {
		if t := f.Tail(); t != "" {
			return "****" + t
		}
		return "****"
	}
	switch f.Kind.Column() {
	case roster.Ethnicity:
		return identity.Ethnicities.Name(f.Text)
	case roster.Education:
		return identity.Educations.Name(f.Text)
	case roster.Registry:
		return identity.Registry(f.Text).Name()
	case roster.Floating, roster.Care:
		return identity.Answer(f.Text).Name()
	}
	return f.Text
}

// Stands tells whether the fact was recorded by a time and not taken back by then.
func (f Fact) Stands(at time.Time) bool {
	return !f.Recorded.After(at) && (f.Retired.IsZero() || f.Retired.After(at))
}

// True tells whether the fact, an earlier value, was true on a day.
func (f Fact) True(on civil.Date) bool {
	return !f.From.After(on) && (f.To.IsZero() || f.To.After(on))
}

// content is what is sealed of a fact.
type content struct {
	Text   string `json:"text"`
	By     string `json:"by,omitempty"`
	Detail string `json:"detail,omitempty"`
}

const factSeal = "fact.value"

func sealFact(p *vault.Person, f Fact) []byte {
	b, err := json.Marshal(content{f.Text, f.By, f.Detail})
	if err != nil {
		panic(err) // texts always encode
	}
	return p.Seal(factSeal, f.ID, b)
}

func (f *Fact) open(p *vault.Person) error {
	b, err := p.Open(factSeal, f.ID, f.sealed)
	if err != nil {
		return fmt.Errorf("member: open a fact: %w", err)
	}
	var c content
	if err := json.Unmarshal(b, &c); err != nil {
		return fmt.Errorf("member: open a fact: %w", err)
	}
	f.Text, f.By, f.Detail = c.Text, c.By, c.Detail
	return nil
}

const factColumns = "id, member_id, org_path, kind, from_on, to_on, value, document, reason, late, follows, recorded, account_id, actor, retired, retired_by, retired_reason, version"

func scanFact(row store.Row) (f Fact, err error) {
	var late, recorded, retired int64
	err = row.Scan(&f.ID, &f.Member, &f.path, &f.Kind, &f.From, &f.To, &f.sealed, &f.Document, &f.Reason, &late, &f.Follows, &recorded,
		&f.Account, &f.Actor, &retired, &f.RetiredBy, &f.RetiredReason, &f.Version)
	f.Late, f.Recorded = late != 0, time.UnixMicro(recorded)
	if retired != 0 {
		f.Retired = time.UnixMicro(retired)
	}
	return f, err
}

// Facts are a member's dated facts with what they say, retired ones too, by kind and day. A record whose key has been
// destroyed has none that can be read.
func (s *Service) Facts(ctx context.Context, r store.Reader, member string) ([]Fact, error) {
	return s.factsWhere(ctx, r, member, "member_id = ?", member)
}

func (s *Service) factsWhere(ctx context.Context, r store.Reader, member, where string, args ...any) ([]Fact, error) {
	var out []Fact
	err := r.Each(ctx, "SELECT "+factColumns+" FROM {fact} WHERE "+where+" ORDER BY kind, from_on, id", args, func(row store.Row) error {
		f, err := scanFact(row)
		out = append(out, f)
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	p, err := s.Vault.Person(ctx, member)
	if errors.Is(err, vault.ErrShredded) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := out[i].open(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
