package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
)

// AdmissionCase is a line of the list of those on the way into the Party.
type AdmissionCase struct {
	Person string  `json:"person" doc:"Identifier of the member or applicant." example:"01KAS0000000000000000000AB"`
	Name   string  `json:"name" doc:"Name." example:"石小满"`
	Status string  `json:"status,omitempty" enum:"applicant,activist,candidate,probationary,full,stopped,left" doc:"What she is; absent while nothing is entered." example:"activist"`
	Stage  string  `json:"stage" enum:"application,activist,candidate,acceptance,probation" doc:"The stage that the case is in." example:"candidate"`
	Next   string  `json:"next" doc:"Number of the step that comes next." example:"7"`
	Who    string  `json:"who" enum:"applicant,branch,committee,assembly,superior,department" doc:"Who acts." example:"branch"`
	Due    *string `json:"due" doc:"By when; null without a day." example:"2026-12-31"`
}

func listAdmissions(c *call, in *Parts) (*listed[AdmissionCase], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.List, access.Logbook, o.Path, "")
	}
	if err == nil && !o.Kind.IsBranch() {
		err = fault.New(fault.Invalid, "请选一个党支部。").At("id")
	}
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	people, book, err := c.in.Duties.Courses(c, r, o)
	if err != nil {
		return nil, err
	}
	items := []AdmissionCase{}
	for _, p := range people {
		way := admission.Of(book, p.Events, civil.Today(c.in.Clock))
		next, ok := way.Next()
		if !ok || !way.Begun() && !p.Applicant || way.Ended != admission.Open {
			continue
		}
		item := AdmissionCase{Person: p.ID, Name: p.Name, Status: string(way.Status), Stage: string(way.Stage()), Next: next.Number, Who: string(next.Who)}
		if len(next.Duties) > 0 {
			item.Due = dayOrNull(next.Duties[0].Due)
		}
		items = append(items, item)
	}
	return part(c, items, in.Page)
}

// AdmissionRecord is what was written down with a step.
type AdmissionRecord struct {
	ID       string              `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Step     string              `json:"step" doc:"Number of the step." example:"2"`
	On       string              `json:"on" format:"date" doc:"The day on which it was taken." example:"2026-11-24"`
	State    string              `json:"state" enum:"standing,waiting,returned,retired,no-majority" doc:"What waits for a second person, or was returned, is no fact." example:"standing"`
	Change   string              `json:"change" enum:"take,correct,withdraw" doc:"What it does to the case." example:"take"`
	Follows  string              `json:"follows,omitempty" doc:"Identifier of the record in whose place it stands or would stand."`
	Values   map[string]string   `json:"values" doc:"By the names of the fields of the step." nullable:"false"`
	People   map[string][]string `json:"people" doc:"Identifiers of the members whom it names." nullable:"false"`
	Document string              `json:"document,omitempty" doc:"By which paper." example:"谈话记录"`
	Reason   string              `json:"reason,omitempty" doc:"Why it is late, corrected or taken back." example:"补登记"`
	Answer   string              `json:"answer,omitempty" doc:"Of a second person who did not agree." example:"日期和谈话记录不一致"`
	Verdict  []string            `json:"verdict" doc:"Of the assembly, with its arithmetic." nullable:"false"`
	Actor    string              `json:"actor" doc:"Who entered it." example:"石小满"`
	Decider  string              `json:"decider,omitempty" doc:"The second person." example:"李文静"`
	Entered  time.Time           `json:"entered" doc:"When."`
	Version  int64               `json:"version" doc:"Grows with every change." example:"1"`
}

func listAdmissionRecords(c *call, in *Parts) (*listed[AdmissionRecord], error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	f, err := c.in.Admission.Find(c, r, in.ID.ID)
	if err != nil {
		return nil, err
	}
	items := []AdmissionRecord{}
	for _, rec := range f.Records {
		item := AdmissionRecord{ID: rec.ID, Step: rec.Number, On: rec.On.String(), State: string(rec.State), Change: rec.Change, Follows: rec.Follows, Values: map[string]string{}, People: map[string][]string{},
			Document: rec.Content.Document, Reason: rec.Content.Reason, Answer: rec.Content.Answer, Verdict: append([]string{}, rec.Content.Verdict...), Actor: rec.Actor, Decider: rec.Decider, Entered: rec.At(), Version: rec.Version}
		for k, v := range rec.Content.Values {
			item.Values[k] = v
		}
		for k, list := range rec.Content.People {
			for _, n := range list {
				item.People[k] = append(item.People[k], n.ID)
			}
		}
		items = append(items, item)
	}
	return part(c, items, in.Page)
}

type recordDecided struct {
	ID
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		Agree   bool   `json:"agree" doc:"It stands; else it is returned." example:"true"`
		Answer  string `json:"answer,omitempty" maxLength:"500" doc:"Needed when it is returned." example:"日期和谈话记录不一致"`
	}
}

func decideAdmissionRecord(c *call, in *recordDecided) (*struct{}, error) {
	if err := c.person.Need(access.List, access.Logbook); err != nil {
		return nil, err
	}
	return nil, c.in.Admission.Decide(c, c.actor(), in.ID.ID, in.Body.Version, in.Body.Agree, in.Body.Answer)
}

type recordCorrected struct {
	ID
	Body struct {
		Version  int64               `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		On       string              `json:"on" format:"date" doc:"The day on which it was taken." example:"2026-11-24"`
		Values   map[string]string   `json:"values,omitempty" doc:"By the names of the fields of the step." nullable:"false"`
		People   map[string][]string `json:"people,omitempty" doc:"Members whom it names." nullable:"false"`
		Document string              `json:"document,omitempty" maxLength:"200" doc:"By which paper." example:"谈话记录"`
		Reason   string              `json:"reason" maxLength:"500" doc:"What was wrong." example:"日期抄错"`
	}
}

func correctAdmissionRecord(c *call, in *recordCorrected) (*struct{}, error) {
	if err := c.person.Need(access.List, access.Logbook); err != nil {
		return nil, err
	}
	n := admission.New{Values: in.Body.Values, People: in.Body.People, Document: in.Body.Document, Reason: in.Body.Reason}
	var err error
	if n.On, err = day(in.Body.On); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	return nil, c.in.Admission.Correct(c, c.actor(), in.ID.ID, in.Body.Version, n)
}

type recordTakenBack struct {
	ID
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		Reason  string `json:"reason" maxLength:"500" doc:"Why." example:"登记到别人的案卷上了"`
	}
}

func withdrawAdmissionRecord(c *call, in *recordTakenBack) (*struct{}, error) {
	if err := c.person.Need(access.List, access.Logbook); err != nil {
		return nil, err
	}
	return nil, c.in.Admission.TakeBack(c, c.actor(), in.ID.ID, in.Body.Version, in.Body.Reason)
}

// Objection is what somebody said against a public notice.
type Objection struct {
	ID      string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	On      string `json:"on" format:"date" doc:"The day." example:"2026-11-24"`
	Text    string `json:"text" doc:"What was said." example:"反映的情况"`
	Who     string `json:"who,omitempty" doc:"Who says it, where she wanted to say so." example:"石小满"`
	Contact string `json:"contact,omitempty" doc:"How she can be reached." example:"村委会转"`
	Open    bool   `json:"open" doc:"Nobody has answered it." example:"true"`
	Answer  string `json:"answer,omitempty" doc:"What was found." example:"经核实不属实"`
	Actor   string `json:"actor,omitempty" doc:"Who answered." example:"李文静"`
	Version int64  `json:"version" doc:"Grows with every change." example:"1"`
}

func listObjections(c *call, in *Parts) (*listed[Objection], error) {
	if err := c.person.Need(access.Decide, access.Admission); err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	f, err := c.in.Admission.Find(c, r, in.ID.ID)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Admission.Objections(c, c.actor(), f)
	if err != nil {
		return nil, err
	}
	items := []Objection{}
	for _, o := range list {
		items = append(items, Objection{ID: o.ID, On: o.On.String(), Text: o.Said.Text, Who: o.Said.Who, Contact: o.Said.Contact, Open: o.Open, Answer: o.Answer, Actor: o.Actor, Version: o.Version})
	}
	return part(c, items, in.Page)
}

type objectionAnswered struct {
	ID
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		Answer  string `json:"answer" maxLength:"2000" doc:"How it was looked into, and what was found." example:"经核实不属实"`
	}
}

func answerObjection(c *call, in *objectionAnswered) (*struct{}, error) {
	if err := c.person.Need(access.Decide, access.Admission); err != nil {
		return nil, err
	}
	_, err := c.in.Admission.Answer(c, c.actor(), in.ID.ID, in.Body.Version, in.Body.Answer)
	return nil, err
}

// AdmissionPlan is how many people a committee may admit in a year, beside what has come of it.
type AdmissionPlan struct {
	Year       int    `json:"year" doc:"Year." example:"2026"`
	Planned    *int   `json:"planned" doc:"How many; null where nobody set a figure." example:"12"`
	Document   string `json:"document,omitempty" doc:"By which paper." example:"组通字〔2026〕3 号"`
	Admitted   int    `json:"admitted" doc:"Whom assemblies admitted in the year." example:"5"`
	Candidates int    `json:"candidates" doc:"Who became a candidate in the year." example:"7"`
	Version    int64  `json:"version" doc:"Grows with every change; 0 where nobody set a figure." example:"1"`
}

type planGiven struct{ Body AdmissionPlan }

type planAsked struct {
	ID
	Year int `query:"year" minimum:"0" maximum:"9999" doc:"The year; this one where it is left out." example:"2026"`
}

func getAdmissionPlan(c *call, in *planAsked) (*planGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.List, access.Logbook, o.Path, "")
	}
	if err != nil {
		return nil, err
	}
	return c.plan(o, in.Year)
}

func (c *call) plan(o org.Organisation, year int) (*planGiven, error) {
	if year == 0 {
		year = civil.Today(c.in.Clock).Year
	}
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	f, err := c.in.Admission.Plan(c, r, o, year)
	out := &planGiven{AdmissionPlan{Year: f.Year, Document: f.Document, Admitted: f.Admitted, Candidates: f.Candidates, Version: f.Version}}
	if f.Planned >= 0 {
		out.Body.Planned = &f.Planned
	}
	return out, err
}

type planSet struct {
	ID
	Body struct {
		Year     int    `json:"year" minimum:"1" maximum:"9999" doc:"Year." example:"2026"`
		People   int    `json:"people" minimum:"0" maximum:"999999" doc:"How many." example:"12"`
		Document string `json:"document" maxLength:"200" doc:"By which paper." example:"组通字〔2026〕3 号"`
		Version  int64  `json:"version,omitempty" minimum:"0" doc:"The version that the caller saw; 0 for the first figure." example:"0"`
	}
}

func setAdmissionPlan(c *call, in *planSet) (*planGiven, error) {
	if err := c.person.Need(access.Mend, access.Admission); err != nil {
		return nil, err
	}
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if err := c.in.Admission.SetPlan(c, c.actor(), o.ID, in.Body.Year, in.Body.People, in.Body.Document, in.Body.Version); err != nil {
		return nil, err
	}
	return c.plan(o, in.Body.Year)
}

type caseMoved struct {
	ID
	Body struct {
		To       string `json:"to" maxLength:"64" doc:"Identifier of the branch that goes on with it." example:"01KAS0000000000000000000CD"`
		Document string `json:"document" maxLength:"200" doc:"What was handed over." example:"入党申请书、培养教育考察材料"`
	}
}

func moveAdmission(c *call, in *caseMoved) (*admissionGiven, error) {
	if err := c.person.Need(access.Mend, access.Admission); err != nil {
		return nil, err
	}
	if err := c.in.Admission.Move(c, c.actor(), in.ID.ID, in.Body.To, in.Body.Document); err != nil {
		return nil, err
	}
	return getAdmission(c, &in.ID)
}

type caseJoined struct {
	ID
	Body struct {
		Member string `json:"member" maxLength:"64" doc:"Identifier of the record: probationary, of the same branch and name, admitted on the day of the assembly." example:"01KAS0000000000000000000AB"`
	}
}

func joinAdmission(c *call, in *caseJoined) (*admissionGiven, error) {
	if err := c.person.Need(access.Add, access.Logbook); err != nil {
		return nil, err
	}
	if err := c.in.Admission.Join(c, c.actor(), in.ID.ID, in.Body.Member); err != nil {
		return nil, err
	}
	return getAdmission(c, &ID{in.Body.Member})
}
