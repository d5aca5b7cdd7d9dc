package api

import (
	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
)

// Admission is somebody's way into the Party.
type Admission struct {
	Person       string          `json:"person" doc:"Identifier of the member or applicant." example:"01KAS0000000000000000000AB"`
	Name         string          `json:"name" doc:"Name." example:"石小满"`
	Organisation string          `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Status       string          `json:"status,omitempty" enum:"applicant,activist,candidate,probationary,full,stopped,left" doc:"What she is; absent while nothing is entered." example:"activist"`
	Stage        string          `json:"stage" enum:"application,activist,candidate,acceptance,probation" doc:"The stage that the case is in." example:"candidate"`
	Ended        string          `json:"ended,omitempty" enum:"confirmed,cancelled" doc:"How it ended; absent while it is open." example:"confirmed"`
	Next         string          `json:"next,omitempty" doc:"Number of the step that comes next." example:"7"`
	Registered   bool            `json:"registered" doc:"The day of the assembly is that of the register; nobody has entered the step." example:"false"`
	Steps        []AdmissionStep `json:"steps" doc:"All steps in their order." nullable:"false"`
}

// AdmissionStep is a step of a way into the Party.
type AdmissionStep struct {
	Number string              `json:"number" doc:"As the flow chart counts." example:"8a"`
	Title  string              `json:"title" doc:"What it is." example:"公示"`
	Who    string              `json:"who" enum:"applicant,branch,committee,assembly,superior,department" doc:"Who acts." example:"branch"`
	State  string              `json:"state" enum:"done,next,running,missing,ahead" doc:"How it stands; missing: a later step is entered, this one is not." example:"done"`
	On     []string            `json:"on" doc:"Days on which it was taken." nullable:"false"`
	With   string              `json:"with,omitempty" doc:"Number of the step with which it goes, where it has no entry of its own." example:"3"`
	Due    *string             `json:"due" doc:"By when; null without a day." example:"2026-12-31"`
	From   *string             `json:"earliest" doc:"From when it may be taken; null from now on." example:"2026-12-31"`
	Rules  []rulebook.Citation `json:"rules" doc:"Its rules in the version of its day." nullable:"false"`
	Why    string              `json:"why,omitempty" doc:"The arithmetic of what is due." example:"2026-10-01 申请，1 个月内谈话"`
	Broken []string            `json:"broken" doc:"What is entered against a rule, with the arithmetic." nullable:"false"`
}

type admissionGiven struct {
	Body Admission
}

func getAdmission(c *call, in *ID) (*admissionGiven, error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	f, err := c.in.Admission.Find(c, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := Admission{Person: f.Person.ID, Name: f.Person.Name, Organisation: f.At.ID, Status: string(f.Status), Stage: string(f.Stage()), Ended: string(f.Ended), Registered: f.Registered}
	if next, ok := f.Next(); ok {
		out.Next = next.Number
	}
	for _, p := range f.Steps {
		s := AdmissionStep{Number: p.Number, Title: p.Title, Who: string(p.Who), State: string(p.State), With: p.PartOf, On: []string{}, Rules: append([]rulebook.Citation{}, p.Rules...), Broken: []string{}}
		for _, e := range p.Events {
			s.On = append(s.On, e.On.String())
		}
		if len(p.Duties) > 0 {
			d := p.Duties[0]
			s.Due, s.From, s.Why = dayOrNull(d.Due), dayOrNull(d.Earliest), c.because(d.Why)
		}
		for _, b := range p.Breaches {
			s.Broken = append(s.Broken, b.Rule.Rule+"："+c.because([]rulebook.Reason{b.Why}))
		}
		out.Steps = append(out.Steps, s)
	}
	return &admissionGiven{out}, nil
}

type admissionStep struct {
	ID
	Body struct {
		Step     string              `json:"step" maxLength:"3" doc:"Number of the step." example:"2"`
		Closing  bool                `json:"closing,omitempty" doc:"Of step 8a: the notice has hung long enough." example:"false"`
		On       string              `json:"on" format:"date" doc:"The day on which it was taken." example:"2026-11-24"`
		Values   map[string]string   `json:"values,omitempty" doc:"What is written down with it, by the names of the fields of the step." nullable:"false"`
		People   map[string][]string `json:"people,omitempty" doc:"Members whom it names, trainers or introducers." nullable:"false"`
		Document string              `json:"document,omitempty" maxLength:"200" doc:"By which paper." example:"谈话记录"`
		Reason   string              `json:"reason,omitempty" maxLength:"500" doc:"Why it is entered late." example:"补登记"`
	}
}

type stepTaken struct {
	Body struct {
		Waiting bool `json:"waiting" doc:"It is late and waits for a second person." example:"false"`
	}
}

func takeAdmissionStep(c *call, in *admissionStep) (*stepTaken, error) {
	if err := c.person.Need(access.List, access.Logbook); err != nil {
		return nil, err
	}
	n := admission.New{Person: in.ID.ID, Step: in.Body.Step, Close: in.Body.Closing, Values: in.Body.Values, People: in.Body.People, Document: in.Body.Document, Reason: in.Body.Reason}
	var err error
	if n.On, err = day(in.Body.On); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	out := &stepTaken{}
	out.Body.Waiting, err = c.in.Admission.Take(c, c.actor(), n)
	return out, err
}

type admissionVote struct {
	ID
	Body struct {
		Question string `json:"question" enum:"admit,confirm,extend,cancel" doc:"What the assembly voted on." example:"admit"`
		On       string `json:"on" format:"date" doc:"The day of the assembly." example:"2026-11-24"`
		Months   int    `json:"months,omitempty" minimum:"0" maximum:"24" doc:"Of an extension." example:"6"`
	}
}

type voteOpened struct {
	Body struct {
		Ballot string `json:"ballot" doc:"Identifier of the count." example:"01KAS0000000000000000000AB"`
	}
}

func openAdmissionVote(c *call, in *admissionVote) (*voteOpened, error) {
	if err := c.person.Need(access.Add, access.Vote); err != nil {
		return nil, err
	}
	n := admission.NewVote{Person: in.ID.ID, Question: admission.Question(in.Body.Question), Months: in.Body.Months}
	var err error
	if n.On, err = day(in.Body.On); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	out := &voteOpened{}
	out.Body.Ballot, err = c.in.Admission.Vote(c, c.actor(), n)
	return out, err
}
