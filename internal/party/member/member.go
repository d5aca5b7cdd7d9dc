package member

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/store"
)

// Member is a record as it stands. The sealed fields are opened by Service.Reveal only.
type Member struct {
	ID         string
	OrgID      string
	OrgPath    string
	Name       string
	Sex        identity.Sex
	Born       string // month of birth, 2006-01: the day stands in the ID number
	Ethnicity  string // GB/T 3304
	Education  string // GB/T 4658
	Category   identity.Category
	Joined     civil.Date // the day the branch assembly admitted (2026 rules art. 31: probation runs from it)
	Confirmed  civil.Date
	Occupation string
	Registry   identity.Registry
	Lost       bool
	LostOn     civil.Date
	Floating   bool
	FloatingTo string
	Care       bool // 年老体弱等: exempt from hard requirements (M-08)
	Review     Review
	State      State
	EndedOn    civil.Date
	Missing    Missing
	Batch      string
	SourceRow  int
	Version    int64

	idNumber, mobile, phone, address, notes []byte
}

// Review says whether a second person has looked at the record.
type Review string

// The states of review.
const (
	Pending  Review = "pending"  // entered, nobody else has looked: on the list, but no fact
	Returned Review = "returned" // looked at and given back to whoever entered it, with the reason
	Reviewed Review = "reviewed" // a second person has approved it
)

// State says whether the member is on the register.
type State string

// The states.
const (
	Active State = "active"
	Ended  State = "ended"

	// Destroyed is what is left of a record that was destroyed by procedure: a row that others refer to, and no fact.
	Destroyed State = "destroyed"
)

// Age is the member's age on a day; it turns with the month of birth.
func (m Member) Age(on civil.Date) int {
	born, err := civil.Parse(m.Born + "-01")
	if err != nil {
		return 0
	}
	return born.YearsUntil(on)
}

// StandingYears is the Party standing (党龄) in whole years: from the day of confirmation (D-41), 0 before it.
func (m Member) StandingYears(on civil.Date) int {
	if m.Confirmed.IsZero() || m.Confirmed.After(on) {
		return 0
	}
	return m.Confirmed.YearsUntil(on)
}

// HasMobile, HasPhone and HasAddress tell whether the sealed field holds something.
func (m Member) HasMobile() bool { return len(m.mobile) > 0 }

// HasPhone tells whether a landline is known.
func (m Member) HasPhone() bool { return len(m.phone) > 0 }

// HasAddress tells whether an address is known.
func (m Member) HasAddress() bool { return len(m.address) > 0 }

// HasNotes tells whether cells without a field were kept.
func (m Member) HasNotes() bool { return len(m.notes) > 0 }

// columns in the order of scan.
const columns = "id, org_id, org_path, name, sex, born, ethnicity, education, category, joined_on, confirmed_on, occupation, registry, " +
	"lost, lost_on, floating, floating_to, care, review, state, ended_on, missing, batch, source_row, version, id_number, mobile, phone, address, notes"

func scan(row store.Row) (Member, error) {
	var m Member
	var lost, floating, care int64
	err := row.Scan(&m.ID, &m.OrgID, &m.OrgPath, &m.Name, &m.Sex, &m.Born, &m.Ethnicity, &m.Education, &m.Category, &m.Joined,
		&m.Confirmed, &m.Occupation, &m.Registry, &lost, &m.LostOn, &floating, &m.FloatingTo, &care, &m.Review, &m.State,
		&m.EndedOn, &m.Missing, &m.Batch, &m.SourceRow, &m.Version, &m.idNumber, &m.mobile, &m.phone, &m.address, &m.notes)
	m.Lost, m.Floating, m.Care = lost != 0, floating != 0, care != 0
	return m, err
}
