package member

import (
	"context"
	"encoding/json"
	"fmt"

	"zhibu/internal/party/identity"
	"zhibu/internal/party/reading"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/vault"
)

// Names of the blind indexes; each has its own derivation of the index key.
const (
	indexID         = "member.id_number"
	indexIDTail     = "member.id_tail"
	indexMobileTail = "member.mobile_tail"
	tailBytes       = 8
)

// Index is the blind index of an ID number, by which a person is found across the installation.
func Index(v *vault.Vault, n identity.IDNumber) []byte { return v.Index(indexID, string(n)) }

func tail(v *vault.Vault, index, last4 string) []byte { return v.Index(index, last4)[:tailBytes] }

func last4(number string) string {
	if len(number) < 4 {
		return ""
	}
	return number[len(number)-4:]
}

// stored are the columns of the table in the order of row.
var stored = []string{"id", "org_id", "org_path", "name", "pinyin", "initials", "id_number", "id_index", "id_tail", "sex", "born",
	"ethnicity", "education", "category", "joined_on", "confirmed_on", "occupation", "mobile", "mobile_tail", "phone", "address",
	"registry", "lost", "lost_on", "floating", "floating_to", "care", "notes", "review", "state", "ended_on", "missing", "batch",
	"source_row", "version"}

// row makes the stored row of a record.
func (s *Service) row(id, orgID, orgPath string, r roster.Record, p *vault.Person, review Review, batch string, sourceRow int) []any {
	seal := func(column, plain string) []byte {
		if plain == "" {
			return nil
		}
		return p.Seal("member."+column, id, []byte(plain))
	}
	read := reading.Of(r.Name)
	var mobileTail []byte
	if t := last4(r.Mobile); t != "" {
		mobileTail = tail(s.Vault, indexMobileTail, t)
	}
	return []any{id, orgID, orgPath, r.Name, read.Full, read.Initials, seal("id_number", string(r.IDNumber)), Index(s.Vault, r.IDNumber),
		tail(s.Vault, indexIDTail, last4(string(r.IDNumber))), string(r.Sex), r.Born.MonthOf(), r.Ethnicity, r.Education,
		string(r.Category), r.Joined.String(), r.Confirmed.String(), r.Occupation, seal("mobile", r.Mobile), mobileTail, seal("phone", r.Phone),
		seal("address", r.Address), string(registryOf(r)), flag(r.Lost), r.LostOn.String(), flag(r.Floating), r.FloatingTo,
		flag(r.Care), seal("notes", notesText(r.Notes)), string(review), string(Active), "", int64(missingOf(r)), batch, sourceRow, 1}
}

func registryOf(r roster.Record) identity.Registry {
	if r.Registry == "" {
		return identity.Normal
	}
	return r.Registry
}

func flag(a identity.Answer) int64 {
	if a == identity.Yes {
		return 1
	}
	return 0
}

func answer(b bool) identity.Answer {
	if b {
		return identity.Yes
	}
	return identity.No
}

func notesText(notes []roster.NoteText) string {
	if len(notes) == 0 {
		return ""
	}
	b, err := json.Marshal(notes)
	if err != nil {
		panic(err) // two strings always encode
	}
	return string(b)
}

// open gives the record in plain, as the roster has it. Only within a use case that records why.
func (s *Service) open(p *vault.Person, m Member) (r roster.Record, err error) {
	r = roster.Record{Name: m.Name, Sex: m.Sex, Ethnicity: m.Ethnicity, Education: m.Education, Category: m.Category,
		OrganisationID: m.OrgID, Joined: m.Joined, Confirmed: m.Confirmed, Occupation: m.Occupation, Registry: m.Registry,
		Lost: answer(m.Lost), LostOn: m.LostOn, Floating: answer(m.Floating), FloatingTo: m.FloatingTo, Care: answer(m.Care)}
	field := func(column string, sealed []byte) string {
		if err != nil || len(sealed) == 0 {
			return ""
		}
		var plain []byte
		plain, err = p.Open("member."+column, m.ID, sealed)
		return string(plain)
	}
	r.IDNumber = identity.IDNumber(field("id_number", m.idNumber))
	r.Mobile, r.Phone, r.Address = field("mobile", m.mobile), field("phone", m.phone), field("address", m.address)
	if notes := field("notes", m.notes); notes != "" && err == nil {
		err = json.Unmarshal([]byte(notes), &r.Notes)
	}
	if err != nil {
		return roster.Record{}, fmt.Errorf("member: open a record: %w", err)
	}
	r.Born = r.IDNumber.Born()
	return r, nil
}

// opened reads a member's record in plain.
func (s *Service) opened(ctx context.Context, m Member) (roster.Record, error) {
	p, err := s.Vault.Person(ctx, m.ID)
	if err != nil {
		return roster.Record{}, err
	}
	return s.open(p, m)
}

func columnValues(cols []string, row []any) []store.Value {
	out := make([]store.Value, len(cols))
	for i, c := range cols {
		out[i] = store.Set(c, row[i])
	}
	return out
}
