package admission

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// RecordState is how far what somebody entered on a case is.
type RecordState string

// The states of records. What waits and what was returned is no fact.
const (
	Standing  RecordState = "standing"
	Waiting   RecordState = "waiting"     // for a second person
	Returned  RecordState = "returned"    // the second person did not agree
	Retired   RecordState = "retired"     // another stands in its place, or it was taken back
	NotPassed RecordState = "no-majority" // the assembly voted, and not for it
)

// What a record does to the case.
const (
	taken     = "take"
	corrected = "correct"
	takenBack = "withdraw"
)

// Named is a person with the name of the day.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Content is what was written down with a step. It is sealed.
type Content struct {
	Values   map[string]string  `json:"values,omitempty"`
	People   map[string][]Named `json:"people,omitempty"`
	Document string             `json:"document,omitempty"`
	Reason   string             `json:"reason,omitempty"`  // why late, corrected or taken back
	Answer   string             `json:"answer,omitempty"`  // of a second person who did not agree
	Verdict  []string           `json:"verdict,omitempty"` // of the assembly, in Chinese: it stands in the resolution
}

// Record is a step as it was taken on the case.
type Record struct {
	ID, OrgID, OrgPath, Person, Member string
	Number                             string
	Kind                               timeline.Kind
	On                                 civil.Date
	Entry, Ballot                      string
	State                              RecordState
	Change, Follows                    string
	Content                            Content
	Account, Actor, Decider            string
	Decided                            time.Time
	Version                            int64

	sealed []byte
}

// At is when it was entered.
func (r Record) At() time.Time { return store.Made(r.ID) }

// Waits tells whether a second person is to look at it.
func (r Record) Waits() bool { return r.State == Waiting }

// Corrects tells whether a record that waits would stand in the place of another.
func (r Record) Corrects() bool { return r.Change == corrected }

// TakesBack tells whether a record that waits would take another back.
func (r Record) TakesBack() bool { return r.Change == takenBack }

const contentColumn = "step.content"

// Sealed says what of a record is sealed under the key of whom it is about.
var Sealed = rotation.Sealed{Table: "step", Holder: "person_id", Columns: []string{"content"}}

const recordColumns = "id, org_id, org_path, person_id, member_id, number, kind, on_date, entry_id, ballot_id, state, change, follows, content, account_id, actor, decider, decided_at, version"

func scanRecord(row store.Row) (r Record, err error) {
	var decided int64
	err = row.Scan(&r.ID, &r.OrgID, &r.OrgPath, &r.Person, &r.Member, &r.Number, &r.Kind, &r.On, &r.Entry, &r.Ballot, &r.State, &r.Change, &r.Follows, &r.sealed, &r.Account, &r.Actor,
		&r.Decider, &decided, &r.Version)
	if decided != 0 {
		r.Decided = time.UnixMicro(decided)
	}
	return r, err
}

// values are those of a new row; its content is sealed under the key.
func (r Record) values(key *vault.Person) ([]store.Value, error) {
	sealed, err := r.sealedBy(key)
	set := store.Set
	return []store.Value{set("id", r.ID), set("org_id", r.OrgID), set("org_path", r.OrgPath), set("person_id", r.Person), set("member_id", r.Member), set("number", r.Number), set("kind", string(r.Kind)),
		set("on_date", r.On.String()), set("entry_id", r.Entry), set("ballot_id", r.Ballot), set("state", string(r.State)), set("change", r.Change), set("follows", r.Follows), set("content", sealed),
		set("account_id", r.Account), set("actor", r.Actor), set("decider_id", ""), set("decider", ""), set("decided_at", 0), set("version", 1)}, err
}

func (r Record) sealedBy(key *vault.Person) ([]byte, error) {
	plain, err := json.Marshal(r.Content)
	if err != nil {
		return nil, err
	}
	return key.Seal(contentColumn, r.ID, plain), nil
}

func (r *Record) open(key *vault.Person) error {
	plain, err := key.Open(contentColumn, r.ID, r.sealed)
	if err == nil {
		err = json.Unmarshal(plain, &r.Content)
	}
	return err
}

func (s *Service) records(ctx context.Context, r store.Reader, where string, args ...any) (out []Record, err error) {
	err = r.Each(ctx, "SELECT "+recordColumns+" FROM {step} WHERE "+where+" ORDER BY id", args, func(row store.Row) error {
		rec, err := scanRecord(row)
		out = append(out, rec)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	var holders []string
	for _, rec := range out {
		holders = append(holders, rec.Person)
	}
	keys, err := s.Vault.Persons(ctx, holders)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if key := keys[out[i].Person]; key != nil {
			if err := out[i].open(key); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Records are all that was entered on the case of one person, in the order of entry.
func (s *Service) Records(ctx context.Context, r store.Reader, person string) ([]Record, error) {
	return s.records(ctx, r, "person_id = ?", person)
}

// WaitingUnder are records that wait for a second person at or below an organisation, the oldest first.
func (s *Service) WaitingUnder(ctx context.Context, r store.Reader, path string) ([]Record, error) {
	within, err := r.Within(path)
	if err != nil {
		return nil, err
	}
	return s.records(ctx, within, "state = 'waiting'")
}

// key is the key of whom a case is about; an applicant has none before the first step that says something.
func (s *Service) key(ctx context.Context, person string) (*vault.Person, error) {
	found, err := s.Vault.Persons(ctx, []string{person})
	if err != nil {
		return nil, err
	}
	if key := found[person]; key != nil {
		return key, nil
	}
	made, err := s.Vault.Create(ctx, []string{person})
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// value is what was written down under a field, people by their names.
func (c Content) value(field string) string {
	if people := c.People[field]; len(people) > 0 {
		var names []string
		for _, p := range people {
			names = append(names, p.Name)
		}
		return strings.Join(names, "、")
	}
	return c.Values[field]
}
