package api

import (
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
