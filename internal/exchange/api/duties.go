package api

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Duty is something due: of whom, by when, under which rule, and why.
type Duty struct {
	Duty         string              `json:"duty" doc:"Name of the duty, as in the casebook." example:"life.assembly"`
	Title        string              `json:"title,omitempty" doc:"What a duty of an organisation's own is called; absent for those of the regulations." example:"季度党课"`
	Rule         string              `json:"rule" doc:"The rule that it follows from first; see rules." example:"B-08"`
	Rules        []rulebook.Citation `json:"rules" doc:"All rules with version, regulation, article and certainty." nullable:"false"`
	Due          *string             `json:"due" doc:"By when; null without a day." example:"2026-12-31"`
	Earliest     *string             `json:"earliest" doc:"From when it may be done; null from now on." example:"2026-12-31"`
	State        string              `json:"state" enum:"upcoming,overdue,done,blocked,waived" doc:"How it stands on the day asked about." example:"upcoming"`
	Provisional  bool                `json:"provisional" doc:"The working days of a year are not published yet." example:"false"`
	Person       *string             `json:"person" doc:"Identifier of whose it is; null of the branch's." example:"01KAS0000000000000000000AB"`
	Name         string              `json:"name,omitempty" doc:"Name of the person." example:"石小满"`
	Organisation string              `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Why          string              `json:"why" doc:"The arithmetic." example:"2026-10-01 至 2026-12-31 至少 1 次，已记录 0 次"`
	Waiver       string              `json:"waiver,omitempty" doc:"Identifier of the decision that waives or postpones it." example:"01KAS0000000000000000000AB"`
}

func (c *call) encodeDuty(it duty.Item) Duty {
	out := Duty{Duty: string(it.Duty.Name), Title: it.Title, Rules: it.Rules, State: string(it.State), Provisional: it.Provisional, Name: it.Name, Organisation: it.At.ID, Why: c.because(it.Why),
		Due: dayOrNull(it.Due), Earliest: dayOrNull(it.Earliest)}
	if len(it.Rules) > 0 {
		out.Rule = it.Rules[0].Rule
	}
	if it.Person != "" {
		out.Person = &it.Person
	}
	if it.Waiver != nil {
		out.Waiver = it.Waiver.ID
	}
	return out
}

func dayOrNull(d civil.Date) *string {
	if d.IsZero() {
		return nil
	}
	s := d.String()
	return &s
}

func (c *call) because(list []rulebook.Reason) string {
	var all []string
	for _, r := range list {
		all = append(all, words.T(c, r.Text, r.Args...))
	}
	return strings.Join(all, words.T(c, "；"))
}

type dutiesAsked struct {
	AsOf         string `query:"as_of" format:"date" doc:"The day asked about, also one to come; absent: today." example:"2026-11-23"`
	Duty         string `query:"duty" maxLength:"40" doc:"Only this duty." example:"life.assembly"`
	State        string `query:"state" enum:"upcoming,overdue,done,blocked,waived" doc:"Only those that stand so." example:"overdue"`
	Person       string `query:"person" maxLength:"64" doc:"Identifier of a member or applicant." example:"01KAS0000000000000000000AB"`
	Organisation string `query:"organisation" maxLength:"64" doc:"Identifier: at or below it." example:"01KAS0000000000000000000CD"`
	Page
}

// dutyDay reads the day asked about.
func (c *call) dutyDay(text string) (civil.Date, error) {
	on, err := day(text)
	if err != nil {
		return on, fault.New(fault.Invalid, "没有这一天，请核对日期。").At("as_of")
	}
	if on.IsZero() {
		on = civil.Today(c.in.Clock)
	}
	return on, nil
}

func listDuties(c *call, in *dutiesAsked) (*listed[Duty], error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	on, err := c.dutyDay(in.AsOf)
	if err != nil {
		return nil, err
	}
	if in.Duty != "" && !duty.ByName(in.Duty) {
		return nil, fault.New(fault.Invalid, "没有这种待办。").At("duty")
	}
	f := duty.Filter{Duty: timeline.Name(in.Duty), State: timeline.State(in.State), Person: in.Person, After: in.After, Limit: in.Limit}
	if in.Organisation != "" {
		o, _, err := c.organisation(in.Organisation)
		if err != nil {
			return nil, err
		}
		f.Under = o.Path
	}
	list, next, err := c.in.Duties.List(c, r, on, f)
	if err != nil {
		return nil, err
	}
	items := make([]Duty, len(list))
	for i, it := range list {
		items[i] = c.encodeDuty(it)
	}
	return page(c, items, next), nil
}

// Broken is a rule that a recorded fact breaks.
type Broken struct {
	Rule    string            `json:"rule" doc:"The rule." example:"D-36"`
	Cited   rulebook.Citation `json:"cited" doc:"Its version, regulation, article and certainty."`
	Person  *string           `json:"person" doc:"Identifier of whom the fact is about; null of the branch." example:"01KAS0000000000000000000AB"`
	Name    string            `json:"name,omitempty" doc:"Name of the person." example:"石小满"`
	On      string            `json:"on" format:"date" doc:"Day of the fact." example:"2026-11-20"`
	Kind    string            `json:"kind" doc:"Kind of the fact." example:"assembly_confirmed"`
	Because string            `json:"why" doc:"The arithmetic." example:"最早 2027-03-15，实际 2026-12-01"`
}

// Stand is what somebody is on a day.
type Stand struct {
	Person        string `json:"person" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Name          string `json:"name" doc:"Name." example:"石小满"`
	Status        string `json:"status" enum:"applicant,activist,candidate,probationary,full,stopped,left" doc:"What she is." example:"full"`
	StandingYears int    `json:"standing_years" doc:"Whole years of Party standing." example:"12"`
}

// Judged is what the facts of a branch come to besides duties.
type Judged struct {
	AsOf       string   `json:"as_of" format:"date" doc:"The day asked about." example:"2026-11-23"`
	Violations []Broken `json:"violations" doc:"Rules that recorded facts break; what is merely overdue is none." nullable:"false"`
	People     []Stand  `json:"people" doc:"Members and those on the way." nullable:"false"`
}

type judgedAsked struct {
	ID
	AsOf string `query:"as_of" format:"date" doc:"The day asked about, also one to come; absent: today." example:"2026-11-23"`
}

type judgedGiven struct{ Body Judged }

func getJudged(c *call, in *judgedAsked) (*judgedGiven, error) {
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
	on, err := c.dutyDay(in.AsOf)
	if err != nil {
		return nil, err
	}
	a, err := c.in.Duties.Of(c, r, o, on, false)
	if err != nil {
		return nil, err
	}
	out := &judgedGiven{Judged{AsOf: on.String(), Violations: []Broken{}, People: []Stand{}}}
	for _, v := range a.Violations {
		b := Broken{Rule: v.Rule.Rule, Cited: v.Rule, Name: v.Name, On: v.On.String(), Kind: string(v.Event), Because: c.because([]rulebook.Reason{v.Why})}
		if v.Person != "" {
			b.Person = &v.Person
		}
		out.Body.Violations = append(out.Body.Violations, b)
	}
	for _, p := range a.People {
		out.Body.People = append(out.Body.People, Stand{p.Person, p.Name, string(p.Status), p.Years})
	}
	return out, nil
}

type waiverNew struct {
	Body struct {
		Organisation string `json:"organisation" maxLength:"64" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
		Duty         string `json:"duty" maxLength:"40" doc:"Name of the duty." example:"life.assembly"`
		Person       string `json:"person,omitempty" maxLength:"64" doc:"Whose; absent of the branch's." example:"01KAS0000000000000000000AB"`
		Due          string `json:"due,omitempty" format:"date" doc:"As the duty says it." example:"2026-09-30"`
		To           string `json:"to,omitempty" format:"date" doc:"Postponed until; absent: it need not be done." example:"2026-12-15"`
		Why
	}
}

type waiverGiven struct {
	Body struct {
		ID string `json:"id" doc:"Identifier of the decision." example:"01KAS0000000000000000000AB"`
	}
}

func waiveDuty(c *call, in *waiverNew) (*waiverGiven, error) {
	if err := c.person.Need(access.Waive, access.Duty); err != nil {
		return nil, err
	}
	b := in.Body
	w := duty.Waiving{Org: b.Organisation, Person: b.Person, Duty: timeline.Name(b.Duty), Reason: b.Reason, Document: b.Document}
	var err error
	if w.Due, err = day(b.Due); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("due").By("format")
	}
	if w.To, err = day(b.To); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to").By("format")
	}
	out := &waiverGiven{}
	out.Body.ID, err = c.in.Duties.Waive(c, c.actor(), w)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func unwaiveDuty(c *call, in *withdrawn) (*struct{}, error) {
	if err := c.person.Need(access.Waive, access.Duty); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	return nil, c.in.Duties.Unwaive(c, c.actor(), in.ID.ID, version, in.Body.Reason)
}
