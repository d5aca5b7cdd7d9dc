package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
)

// Then is what a record as of a day tells beside its fields.
type Then struct {
	AsOf     string            `json:"asOf,omitempty" format:"date" doc:"The day as of which the record is told." example:"2025-07-01"`
	Standing string            `json:"standing,omitempty" enum:"not_yet,probationary,full,gone" doc:"Only with as_of or known_at: what the member was on that day." example:"full"`
	Since    map[string]string `json:"since,omitempty" doc:"Only with as_of or known_at: since when fields had their value, where that is known."`
}

// memberThen answers with a record as it was. The mask is the caller's of today.
func (c *call) memberThen(in *memberAsked, m member.Member, mask access.Mask) (*memberGiven, error) {
	on, err := in.AsOf.day(c)
	if err != nil {
		return nil, err
	}
	if on.IsZero() {
		on = civil.Today(c.in.Clock)
	}
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return nil, err
	}
	past, err := c.in.Members.AsOf(c, r, m, on, in.KnownAt)
	if err != nil {
		return nil, err
	}
	body := encodeMember(past.Member, past.Tails, mask)
	body.Then.AsOf, body.Version = on.String(), m.Version
	if mask.Has(access.PartyClass) {
		body.Standing = string(past.Status.Standing)
	}
	for col, o := range past.From {
		if !o.Since.IsZero() && mask.Has(installation.ClassOf(col)) {
			if body.Since == nil {
				body.Since = map[string]string{}
			}
			body.Since[string(col)] = o.Since.String()
		}
	}
	return &memberGiven{Status: 200, ETag: etag(m.Version), Body: body}, nil
}

// Fact is a dated fact of a member.
type Fact struct {
	ID        string     `json:"id" doc:"Identifier."`
	Kind      string     `json:"kind" doc:"honour 表彰, job 任职和工作变动, training 培训, care_given 关怀慰问, hardship 困难情况, or was. and a field: an earlier value of it." example:"honour"`
	From      string     `json:"from,omitempty" format:"date" doc:"The day it happened or began; absent of an earlier value whose beginning is not known." example:"2021-07-01"`
	To        string     `json:"to,omitempty" format:"date" doc:"The first day it was so no longer." example:"2025-09-01"`
	Text      string     `json:"text" doc:"What; of an earlier value the value as the record has it, of a number its tail, of an address nothing." example:"优秀共产党员"`
	By        string     `json:"by,omitempty" doc:"Who gave it, or where it was." example:"石桥镇党委"`
	Detail    string     `json:"detail,omitempty" doc:"More about it."`
	Document  string     `json:"document,omitempty" doc:"What proves it." example:"石桥镇党委〔2021〕12 号"`
	Proofs    []string   `json:"proofs,omitempty" doc:"Identifiers of documents of the file that prove it; only in a list, and in what was sent."`
	Reason    string     `json:"reason,omitempty" doc:"Why it was entered, or why late." example:"整理旧档案"`
	Late      bool       `json:"late" doc:"Entered long after." example:"false"`
	Corrects  string     `json:"corrects,omitempty" doc:"Identifier of the fact that this one stands in place of."`
	EnteredBy string     `json:"enteredBy" doc:"Who entered it." example:"石小满"`
	Entered   time.Time  `json:"entered" doc:"When."`
	Retired   *time.Time `json:"retired,omitempty" doc:"When it was taken back; absent while it stands."`
	Version   int64      `json:"version" doc:"Grows with every change." example:"1"`
	Waits     string     `json:"waits,omitempty" doc:"Identifier of the review that this waits for; until then it is no fact, or still one." example:"01KAS0000000000000000000AB"`
}

func encodeFact(f member.Fact) Fact {
	out := Fact{ID: f.ID, Kind: string(f.Kind), From: f.From.String(), To: f.To.String(), Text: f.Text, By: f.By, Detail: f.Detail, Document: f.Document,
		Reason: f.Reason, Late: f.Late, Corrects: f.Follows, EnteredBy: f.Actor, Entered: f.Recorded, Version: f.Version}
	if c := f.Kind.Column(); c.Sensitive() {
		out.Text = stars(f.Tail())
	}
	if !f.Retired.IsZero() {
		out.Retired = &f.Retired
	}
	return out
}

func listFacts(c *call, in *Parts) (*listed[Fact], error) {
	m, mask, err := c.open(in.ID.ID)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return nil, err
	}
	facts, err := c.in.Members.Facts(c, r, m.ID)
	if err != nil {
		return nil, err
	}
	proofs, err := c.in.Members.ProofsOf(c, r, m.ID)
	if err != nil {
		return nil, err
	}
	var items []Fact
	for _, f := range facts {
		if mask.Has(installation.ClassOfFact(f.Kind)) {
			one := encodeFact(f)
			one.Proofs = proofs[f.ID]
			items = append(items, one)
		}
	}
	return part(c, items, in.Page)
}

type factNew struct {
	ID
	Body struct {
		Kind     string   `json:"kind" maxLength:"40" doc:"honour, job, training, care_given, hardship, or was. and a field." example:"honour"`
		From     string   `json:"from,omitempty" format:"date" doc:"The day it happened or began; not before birth." example:"2021-07-01"`
		To       string   `json:"to,omitempty" format:"date" doc:"The first day it was so no longer; needed of an earlier value." example:"2025-09-01"`
		Text     string   `json:"text" maxLength:"100" doc:"What; of an earlier value as one types it: 大专." example:"优秀共产党员"`
		By       string   `json:"by,omitempty" maxLength:"100" doc:"Who gave it, or where it was." example:"石桥镇党委"`
		Detail   string   `json:"detail,omitempty" maxLength:"500" doc:"More about it."`
		Document string   `json:"document,omitempty" maxLength:"200" doc:"What proves it." example:"石桥镇党委〔2021〕12 号"`
		Proofs   []string `json:"proofs,omitempty" nullable:"false" maxItems:"20" doc:"Identifiers of documents of the member's file that prove it."`
		Reason   string   `json:"reason,omitempty" maxLength:"500" doc:"Why; needed when it is entered long after, and of a correction." example:"整理旧档案"`
		Corrects string   `json:"corrects,omitempty" maxLength:"64" doc:"Identifier of a fact that was wrong; it is retired."`
		Version  int64    `json:"version,omitempty" doc:"Of a correction: the version that the caller saw." example:"1"`
	}
}

type factGiven struct {
	Status   int
	Location string `header:"Location" doc:"Address of the review, where it waits for one."`
	Body     Fact
}

func addFact(c *call, in *factNew) (*factGiven, error) {
	m, mask, err := c.mayFact(in.ID.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	f := member.NewFact{Kind: member.FactKind(b.Kind), Text: b.Text, By: b.By, Detail: b.Detail, Document: b.Document, Proofs: b.Proofs, Reason: b.Reason}
	if f.From, err = day(b.From); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("from").By("format")
	}
	if f.To, err = day(b.To); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to").By("format")
	}
	if f.Kind.Valid() && !mask.Has(installation.ClassOfFact(f.Kind)) {
		return nil, fault.New(fault.Invalid, "请从列表中选择类别。").At("kind")
	}
	var out review.Outcome
	if b.Corrects != "" {
		out, err = c.in.Reviews.CorrectFact(c, c.actor(), m.ID, b.Corrects, b.Version, f)
	} else {
		out, err = c.in.Reviews.AddFact(c, c.actor(), m.ID, f)
	}
	if err != nil {
		return nil, err
	}
	if out.ID == "" {
		return c.factAnswer(201, m.ID, out.Fact)
	}
	return waits(out, Fact{Kind: b.Kind, From: b.From, To: b.To, Text: b.Text, By: b.By, Detail: b.Detail, Document: b.Document, Proofs: b.Proofs, Reason: b.Reason, Corrects: b.Corrects,
		EnteredBy: c.person.Name, Entered: c.in.Clock.Now()}), nil
}

// waits answers that a dated fact waits for a second person.
func waits(out review.Outcome, f Fact) *factGiven {
	f.Waits = out.ID
	return &factGiven{202, Prefix + "/reviews/" + out.ID, f}
}

// mayFact reads a record about which the caller may enter facts.
func (c *call) mayFact(id string) (member.Member, access.Mask, error) {
	m, mask, err := c.one(id)
	if err != nil {
		return m, mask, err
	}
	_, err = c.person.Allow(access.Mend, access.Member, m.OrgPath, m.ID)
	return m, mask, err
}

func (c *call) factAnswer(status int, memberID, id string) (*factGiven, error) {
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return nil, err
	}
	facts, err := c.in.Members.Facts(c, r, memberID)
	for _, f := range facts {
		if f.ID == id {
			return &factGiven{Status: status, Body: encodeFact(f)}, err
		}
	}
	if err == nil {
		err = fault.Missing()
	}
	return nil, err
}

type factRetired struct {
	ID
	Body struct {
		Fact    string `json:"fact" maxLength:"64" doc:"Identifier of the fact."`
		Version int64  `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		Reason  string `json:"reason" maxLength:"500" doc:"Why it should not have been entered." example:"不是本人"`
	}
}

func retireFact(c *call, in *factRetired) (*factGiven, error) {
	m, _, err := c.mayFact(in.ID.ID)
	if err != nil {
		return nil, err
	}
	out, err := c.in.Reviews.RetireFact(c, c.actor(), m.ID, in.Body.Fact, in.Body.Version, in.Body.Reason)
	if e := fault.As(err); e != nil && e.Kind == fault.NotFound {
		return nil, fault.New(fault.Invalid, "没有这一条，请重新查看后再选。").At("fact")
	}
	if err != nil {
		return nil, err
	}
	given, err := c.factAnswer(200, m.ID, in.Body.Fact)
	if err != nil || out.ID == "" {
		return given, err
	}
	return waits(out, given.Body), nil
}
