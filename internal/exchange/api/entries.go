package api

import (
	"strconv"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
)

// EntryFields are what an entry says besides what happened, to whom and when; each kind has its own.
type EntryFields struct {
	Type      string  `json:"type,omitempty" enum:"assembly,committee,group,theme_day,lecture,org_life,appraisal" doc:"meeting_held: which meeting." example:"assembly"`
	Days      float64 `json:"days,omitempty" minimum:"0" maximum:"500" doc:"training_completed: days, at most two decimals." example:"3"`
	Hours     float64 `json:"hours,omitempty" minimum:"0" maximum:"500" doc:"study, taught_at_home, training_completed: hours, at most two decimals." example:"4"`
	Months    int     `json:"months,omitempty" doc:"assembly_extended: by how many months." example:"6"`
	TermYears int     `json:"term_years,omitempty" doc:"committee_elected: years of the term; absent: what the rules say." example:"3"`
	Through   string  `json:"through,omitempty" maxLength:"7" doc:"dues_paid: the last month paid." example:"2026-11"`
	ValidDays *int    `json:"valid_days,omitempty" doc:"transfer_sent: how long the letter is valid; absent: the usual." example:"90"`
	Reason    string  `json:"reason,omitempty" maxLength:"500" doc:"transfer_rejected: the reason given."`
	Admitted  string  `json:"admitted,omitempty" format:"date" doc:"member: day of admission; absent: what the register says." example:"2010-07-01"`
	Confirmed string  `json:"confirmed,omitempty" format:"date" doc:"member: day of confirmation; absent: what the register says." example:"2011-07-01"`
	Abroad    string  `json:"abroad,omitempty" format:"date" doc:"member: abroad since." example:"2026-01-01"`
	Care      *bool   `json:"care,omitempty" doc:"member: old, ill or disabled; absent: what the register says." example:"true"`
}

func (f EntryFields) typed() (out logbook.Fields, err error) {
	out = logbook.Fields{Type: timeline.Meeting(f.Type), Days: decimal(f.Days), Hours: decimal(f.Hours), Months: f.Months, TermYears: f.TermYears, Through: f.Through, ValidDays: f.ValidDays, Reason: f.Reason, Care: f.Care}
	for name, d := range map[string]struct {
		text string
		into *civil.Date
	}{"admitted": {f.Admitted, &out.Admitted}, "confirmed": {f.Confirmed, &out.Confirmed}, "abroad": {f.Abroad, &out.Abroad}} {
		if *d.into, err = day(d.text); err != nil {
			return out, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At(name).By("format")
		}
	}
	return out, nil
}

func decimal(x float64) string {
	if x == 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func encodeFields(f logbook.Fields) EntryFields {
	number := func(text string) float64 { x, _ := strconv.ParseFloat(text, 64); return x }
	return EntryFields{Type: string(f.Type), Days: number(f.Days), Hours: number(f.Hours), Months: f.Months, TermYears: f.TermYears, Through: f.Through, ValidDays: f.ValidDays, Reason: f.Reason,
		Admitted: f.Admitted.String(), Confirmed: f.Confirmed.String(), Abroad: f.Abroad.String(), Care: f.Care}
}

// Entry is a dated fact of a branch or of somebody in it.
type Entry struct {
	ID           string      `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string      `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Person       *string     `json:"person" doc:"Identifier of the member or applicant; null of what concerns the branch." example:"01KAS0000000000000000000AB"`
	Kind         string      `json:"kind" doc:"What happened; see the casebook's events." example:"study"`
	On           string      `json:"on" format:"date" doc:"The day it happened." example:"2026-11-20"`
	Fields       EntryFields `json:"fields" doc:"What belongs to the kind."`
	Document     string      `json:"document,omitempty" doc:"What proves it." example:"11 月学习签到表"`
	Reason       string      `json:"reason,omitempty" doc:"Why it was entered late or corrected."`
	Late         bool        `json:"late" doc:"Entered long after." example:"false"`
	By           string      `json:"by" doc:"Who entered it." example:"石小满"`
	Entered      time.Time   `json:"entered" doc:"When."`
	Follows      string      `json:"follows,omitempty" doc:"Identifier of the entry that this one stands in place of."`
	Retired      *time.Time  `json:"retired,omitempty" doc:"When it was corrected or withdrawn; absent while it stands."`
	RetiredBy    string      `json:"retiredBy,omitempty" doc:"By whom."`
	RetiredWhy   string      `json:"retiredWhy,omitempty" doc:"Why."`
	Version      int64       `json:"version" doc:"Grows with every change; an act names the version it saw." example:"1"`
}

func encodeEntry(e logbook.Entry) Entry {
	out := Entry{ID: e.ID, Organisation: e.OrgID, Kind: string(e.Kind), On: e.On.String(), Fields: encodeFields(e.Fields), Document: e.Document, Reason: e.Reason, Late: e.Late, By: e.Actor,
		Entered: e.At(), Follows: e.Follows, RetiredBy: e.RetiredBy, RetiredWhy: e.RetiredWhy, Version: e.Version}
	if p := e.Person(); p != "" {
		out.Person = &p
	}
	if !e.Retired.IsZero() {
		out.Retired = &e.Retired
	}
	return out
}

// EntryFacts are what one types of an entry.
type EntryFacts struct {
	On       string      `json:"on" format:"date" doc:"The day it happened, not after today." example:"2026-11-20"`
	Fields   EntryFields `json:"fields,omitempty" doc:"What belongs to the kind."`
	Document string      `json:"document,omitempty" maxLength:"200" doc:"What proves it." example:"11 月学习签到表"`
	Reason   string      `json:"reason,omitempty" maxLength:"500" doc:"Why; needed when it is entered long after, and of a correction."`
}

func (f EntryFacts) typed() (n logbook.New, err error) {
	n = logbook.New{Document: f.Document, Reason: f.Reason}
	if n.On, err = day(f.On); err != nil {
		return n, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	n.Fields, err = f.Fields.typed()
	return n, err
}

type entryNew struct {
	Body struct {
		Organisation string   `json:"organisation" maxLength:"64" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
		Kind         string   `json:"kind" maxLength:"40" doc:"What happened: an event of the casebook, or returned (back from elsewhere), visited and taught_at_home (of members in care)." example:"study"`
		People       []string `json:"people,omitempty" maxItems:"500" doc:"Identifiers of the members or applicants; absent of meeting_held and committee_elected." nullable:"false"`
		EntryFacts
	}
}

type entriesGiven struct {
	Body struct {
		Items []Entry `json:"items" doc:"One entry a person, in the order given." nullable:"false"`
	}
}

func addEntries(c *call, in *entryNew) (*entriesGiven, error) {
	n, err := in.Body.typed()
	if err != nil {
		return nil, err
	}
	if err := c.person.Need(access.Add, access.Logbook); err != nil {
		return nil, err
	}
	n.Org, n.Kind, n.People = in.Body.Organisation, timeline.Kind(in.Body.Kind), in.Body.People
	ids, err := c.in.Logbook.Add(c, c.actor(), n)
	if err != nil {
		return nil, err
	}
	out := &entriesGiven{}
	out.Body.Items = []Entry{}
	for _, id := range ids {
		e, err := c.entry(id)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, encodeEntry(e))
	}
	return out, nil
}

func (c *call) entry(id string) (logbook.Entry, error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return logbook.Entry{}, err
	}
	return logbook.ByID(c, r, id)
}

type entryGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Entry
}

func getEntry(c *call, in *ID) (*entryGiven, error) {
	e, err := c.entry(in.ID)
	if err != nil {
		return nil, err
	}
	return &entryGiven{etag(e.Version), encodeEntry(e)}, nil
}

type entriesAsked struct {
	Organisation string `query:"organisation" maxLength:"64" doc:"Identifier: at or below it." example:"01KAS0000000000000000000CD"`
	Person       string `query:"person" maxLength:"64" doc:"Identifier of a member or applicant." example:"01KAS0000000000000000000AB"`
	Kind         string `query:"kind" maxLength:"40" doc:"Only of this kind." example:"study"`
	Retired      bool   `query:"retired" doc:"Those corrected or withdrawn too." example:"false"`
	Page
}

func listEntries(c *call, in *entriesAsked) (*listed[Entry], error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	f := logbook.Filter{Person: in.Person, Kind: timeline.Kind(in.Kind), Retired: in.Retired, After: in.After, Limit: in.Limit}
	if in.Organisation != "" {
		o, _, err := c.organisation(in.Organisation)
		if err != nil {
			return nil, err
		}
		f.Under = o.Path
	}
	list, next, err := logbook.List(c, r, f)
	if err != nil {
		return nil, err
	}
	items := make([]Entry, len(list))
	for i, e := range list {
		items[i] = encodeEntry(e)
	}
	return page(c, items, next), nil
}

type entryCorrected struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		EntryFacts
	}
}

func correctEntry(c *call, in *entryCorrected) (*entryGiven, error) {
	if _, err := c.entry(in.ID.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	n, err := in.Body.typed()
	if err != nil {
		return nil, err
	}
	id, err := c.in.Logbook.Correct(c, c.actor(), in.ID.ID, version, n)
	if err != nil {
		return nil, err
	}
	return getEntry(c, &ID{id})
}

type withdrawn struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Reason  string `json:"reason" maxLength:"500" doc:"Why it should not have been made." example:"记错了人"`
	}
}

func withdrawEntry(c *call, in *withdrawn) (*entryGiven, error) {
	if _, err := c.entry(in.ID.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := c.in.Logbook.Withdraw(c, c.actor(), in.ID.ID, version, in.Body.Reason); err != nil {
		return nil, err
	}
	return getEntry(c, &in.ID)
}

// Applicant is somebody on the way into the Party who is on no register yet.
type Applicant struct {
	ID           string `json:"id" doc:"Identifier, a person of entries and duties." example:"01KAS0000000000000000000AB"`
	Organisation string `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Name         string `json:"name" doc:"Name." example:"石小满"`
}

type applicantNew struct {
	ID
	Body struct {
		Name string `json:"name" maxLength:"50" doc:"Name." example:"石小满"`
	}
}

type applicantGiven struct{ Body Applicant }

func nameApplicant(c *call, in *applicantNew) (*applicantGiven, error) {
	if err := c.person.Need(access.Add, access.Logbook); err != nil {
		return nil, err
	}
	id, err := c.in.Logbook.Name(c, c.actor(), in.ID.ID, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &applicantGiven{Applicant{id, in.ID.ID, in.Body.Name}}, nil
}

func listApplicants(c *call, in *Parts) (*listed[Applicant], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.List, access.Logbook, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	list, err := logbook.Applicants(c, r, o.Path)
	if err != nil {
		return nil, err
	}
	var items []Applicant
	for _, a := range list {
		items = append(items, Applicant{a.ID, a.OrgID, a.Name})
	}
	return part(c, items, in.Page)
}
