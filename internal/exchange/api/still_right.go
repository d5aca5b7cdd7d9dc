package api

import (
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// Question asks of one record which facts are still right.
type Question struct {
	Member Member      `json:"member" doc:"The record, as the caller may see it."`
	Facts  []AskedFact `json:"facts" nullable:"false" doc:"What is asked, that which has waited longest first."`
}

// AskedFact is a fact that is to be asked again.
type AskedFact struct {
	Field  string `json:"field" doc:"Field of the record." example:"mobile"`
	Since  string `json:"since" format:"date" doc:"Since when it is known: entered, changed or confirmed." example:"2024-03-02"`
	Due    string `json:"due" format:"date" doc:"Since when it is to be asked again (K-11)." example:"2025-03-02"`
	Branch bool   `json:"branch" doc:"Whether the branch answers for it; else the member is asked first." example:"false"`
}

// question leaves out what the caller's role does not see, and what a change has been asked for: that is not asked again.
func (c *call) question(m member.Member, tails member.Tails, facts []member.Aged, mask access.Mask) (Question, error) {
	q := Question{Member: encodeMember(m, tails, mask), Facts: []AskedFact{}}
	if len(facts) == 0 {
		return q, nil
	}
	waiting, err := c.in.Reviews.About(c, c.in.DB.As(store.System("still right")), m.ID)
	if err != nil {
		return q, err
	}
	for _, f := range facts {
		waits := slices.ContainsFunc(waiting, func(p review.Proposal) bool { return slices.Contains(p.Fields, f.Column) })
		if !waits && mask.Has(installation.ClassOf(f.Column)) {
			q.Facts = append(q.Facts, AskedFact{string(f.Column), f.Since.String(), f.Due.String(), f.Branch})
		}
	}
	return q, nil
}

// listQuestions is what a branch, or everybody below an organisation, is asked about its members.
func listQuestions(c *call, in *Parts) (*listed[Question], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.Affirm, access.Member, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := c.reader(access.Affirm, access.Member)
	if err != nil {
		return nil, err
	}
	list, next, err := c.in.Members.AskBranch(c, r, o.Path, c.person.Member, in.After, in.Limit)
	if fault.Of(err) == fault.NotFound && in.After != "" {
		return nil, badCursor()
	}
	if err != nil {
		return nil, err
	}
	records := make([]member.Member, len(list))
	for i, a := range list {
		records[i] = a.Member
	}
	tails, err := c.in.Members.TailsOf(c, records)
	if err != nil {
		return nil, err
	}
	var items []Question
	for i, a := range list {
		may, err := c.person.Allow(access.Affirm, access.Member, a.Member.OrgPath, a.Member.ID)
		if err != nil {
			return nil, err
		}
		q, err := c.question(a.Member, tails[i], a.Facts, may.Mask)
		if err != nil {
			return nil, err
		}
		if len(q.Facts) > 0 {
			items = append(items, q)
		}
	}
	return page(c, items, next), nil
}

// asksOf reads a record about which the caller can be asked: the own one, or one that she may confirm.
func (c *call) asksOf(id string) (member.Member, access.Mask, error) {
	m, mask, err := c.one(id)
	if err != nil || m.ID == c.person.Member {
		return m, mask, err
	}
	may, err := c.person.Allow(access.Affirm, access.Member, m.OrgPath, m.ID)
	return m, may.Mask, err
}

type questionGiven struct {
	ETag string `header:"ETag" doc:"Version of the record, for If-Match."`
	Body Question
}

func (c *call) questionAnswer(m member.Member, mask access.Mask) (*questionGiven, error) {
	facts, err := c.in.Members.AskAbout(c, c.actor(), m)
	if err != nil {
		return nil, err
	}
	tails, err := c.in.Members.TailsOf(c, []member.Member{m})
	if err != nil {
		return nil, err
	}
	q, err := c.question(m, tails[0], facts, mask)
	return &questionGiven{etag(m.Version), q}, err
}

func getQuestions(c *call, in *ID) (*questionGiven, error) {
	m, mask, err := c.asksOf(in.ID)
	if err == nil {
		err = c.in.Members.Opened(c.actor(), m)
	}
	if err != nil {
		return nil, err
	}
	return c.questionAnswer(m, mask)
}

type factsAffirmed struct {
	ID
	Body struct {
		Facts []string `json:"facts" minItems:"1" maxItems:"20" nullable:"false" doc:"Fields of the record that are still right." example:"[\"mobile\"]"`
	}
}

// affirmFacts says of facts that they are still right, and answers with what is still asked.
func affirmFacts(c *call, in *factsAffirmed) (*questionGiven, error) {
	m, mask, err := c.asksOf(in.ID.ID)
	if err != nil {
		return nil, err
	}
	say := member.Saying{Member: m.ID}
	for _, f := range in.Body.Facts {
		say.Fields = append(say.Fields, roster.Column(f))
	}
	if err := c.in.Members.Affirm(c, c.actor(), say); err != nil {
		return nil, err
	}
	return c.questionAnswer(m, mask)
}

type factsChanged struct {
	ID
	Seen
	Body struct {
		Version   int64    `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"3"`
		Documents []string `json:"documents,omitempty" maxItems:"10" nullable:"false" doc:"Of the own record: identifiers of documents that prove it." example:"[\"01KAS0000000000000000000GH\"]"`
		MemberFacts
		Why
	}
}

// changeFacts says of facts what they are now: of the own record a request that the branch confirms, of another one a
// correction.
func changeFacts(c *call, in *factsChanged) (*memberGiven, error) {
	if in.ID.ID == c.person.Member && c.person.Member != "" {
		version, err := in.version(in.Body.Version)
		if err != nil {
			return nil, err
		}
		basis, err := memberBasis(in.Body.Why, "")
		if err != nil {
			return nil, err
		}
		out, problems, err := c.in.Reviews.Request(c, c.actor(), version, in.Body.typed(), basis, in.Body.Documents)
		if err != nil {
			return nil, err
		}
		if roster.Rejected(problems) {
			return nil, refused(c, problems)
		}
		return c.changed(in.ID.ID, out, wrongs(c, problems))
	}
	return c.memberAct(access.Mend, in.ID.ID, in.Seen, in.Body.Version, in.Body.Why, "", func(version int64, b member.Basis) (review.Outcome, []roster.Problem, error) {
		return c.in.Reviews.Mend(c, c.actor(), in.ID.ID, version, in.Body.typed(), b)
	})
}
