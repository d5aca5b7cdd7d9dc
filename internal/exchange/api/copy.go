package api

import "time"

// Copy is everything kept about the caller's own person.
type Copy struct {
	ID          string           `json:"id" doc:"Identifier of the record." example:"01KAS0000000000000000000AB"`
	Made        time.Time        `json:"made" doc:"When this copy was made."`
	Fields      []CopiedField    `json:"fields" nullable:"false" doc:"Every field of the record, in full, with its source."`
	Events      []CopiedEvent    `json:"events" nullable:"false" doc:"Dated events: admission, confirmation, moves."`
	Facts       []CopiedFact     `json:"facts" nullable:"false" doc:"Dated facts, those too that were taken back."`
	Documents   []CopiedDocument `json:"documents" nullable:"false" doc:"Documents of the file; their pages by GET /documents/{id}/pages/{page}."`
	Looks       []Look           `json:"looks" nullable:"false" doc:"Who looked, the newest first."`
	Requests    []CopiedRequest  `json:"requests" nullable:"false" doc:"What was asked about one's own data, and the answers."`
	Disputes    []CopiedDispute  `json:"disputes" nullable:"false" doc:"What was doubted, and the answers."`
	Notices     []CopiedNotice   `json:"notices" nullable:"false" doc:"What one was told."`
	Channels    []CopiedChannel  `json:"channels" nullable:"false" doc:"Where one wants to be told outside."`
	LimitedTill string           `json:"limitedUntil,omitempty" format:"date" doc:"The last day on which the record is kept and not used; absent: it is used." example:"2027-03-01"`
}

// CopiedField is a field with its source.
type CopiedField struct {
	Field  string     `json:"field" doc:"The field." example:"education"`
	Title  string     `json:"title" doc:"What it is called; of a cell of a sheet its header." example:"学历"`
	Value  string     `json:"value,omitempty" doc:"In full; absent: nothing is kept." example:"大专"`
	By     string     `json:"by,omitempty" doc:"Who entered it." example:"石小满"`
	At     *time.Time `json:"at,omitempty" doc:"When it was entered."`
	Source string     `json:"source,omitempty" doc:"From what." example:"毕业证书"`
}

// CopiedEvent is a dated event.
type CopiedEvent struct {
	Kind     string `json:"kind" doc:"What happened." example:"入党"`
	On       string `json:"on" format:"date" doc:"When." example:"2003-06-28"`
	Reason   string `json:"reason,omitempty" doc:"Why."`
	Document string `json:"document,omitempty" doc:"The decision it rests on."`
}

// CopiedFact is a dated fact.
type CopiedFact struct {
	Kind    string `json:"kind" doc:"As in Fact." example:"honour"`
	From    string `json:"from,omitempty" format:"date" doc:"The day it happened or began." example:"2021-07-01"`
	To      string `json:"to,omitempty" format:"date" doc:"The first day it was so no longer." example:"2025-09-01"`
	Text    string `json:"text" doc:"What, in full." example:"优秀共产党员"`
	By      string `json:"by,omitempty" doc:"Who gave it, or where it was." example:"石桥镇党委"`
	Detail  string `json:"detail,omitempty" doc:"More about it."`
	Entered string `json:"enteredBy" doc:"Who entered it." example:"石小满"`
	Retired bool   `json:"retired" doc:"It was taken back." example:"false"`
}

// CopiedDocument is a document of the file.
type CopiedDocument struct {
	ID    string    `json:"id" doc:"Identifier." example:"01KAS0000000000000000000GH"`
	Kind  string    `json:"kind" doc:"As in Document." example:"certificate"`
	Title string    `json:"title,omitempty" doc:"What its uploader called it." example:"毕业证书"`
	Pages int       `json:"pages" doc:"How many pages." example:"2"`
	By    string    `json:"by" doc:"Who added it." example:"石小满"`
	At    time.Time `json:"at" doc:"When."`
}

// CopiedRequest is what was asked and answered.
type CopiedRequest struct {
	Kind    string    `json:"kind" doc:"As in Asked." example:"explain"`
	State   string    `json:"state" doc:"As in Asked." example:"answered"`
	At      time.Time `json:"at" doc:"When it was asked."`
	Due     string    `json:"due" format:"date" doc:"The last day for an answer." example:"2026-12-23"`
	Content string    `json:"content,omitempty" doc:"What she wrote."`
	Answer  string    `json:"answer,omitempty" doc:"What was answered."`
}

// CopiedDispute is what was doubted, and the answer.
type CopiedDispute struct {
	Field   string    `json:"field" doc:"The field." example:"education"`
	State   string    `json:"state" doc:"As in Dispute." example:"settled"`
	At      time.Time `json:"at" doc:"When it was doubted."`
	By      string    `json:"by" doc:"Who doubted it." example:"石小满"`
	Content string    `json:"content,omitempty" doc:"What is doubted."`
	Outcome string    `json:"outcome,omitempty" doc:"What came of it."`
	Cause   string    `json:"cause,omitempty" doc:"At which step the mistake was made."`
	Answer  string    `json:"answer,omitempty" doc:"What was answered."`
}

// CopiedNotice is what one was told.
type CopiedNotice struct {
	At   time.Time `json:"at" doc:"When."`
	Kind string    `json:"kind" doc:"As in Notice." example:"look.revealed"`
	By   string    `json:"by,omitempty" doc:"Who did it." example:"石小满"`
	Read bool      `json:"read" doc:"It was marked as read." example:"true"`
}

// CopiedChannel is where one wants to be told outside.
type CopiedChannel struct {
	Channel string `json:"channel" doc:"Name of the channel." example:"sms"`
	Off     bool   `json:"off" doc:"It is switched off." example:"false"`
	Address string `json:"address,omitempty" doc:"The address that was entered." example:"15400000001"`
}

type copyGiven struct{ Body Copy }

// getOwnCopy is the page of the member's copy, for programs.
func getOwnCopy(c *call, _ *struct{}) (*copyGiven, error) {
	if _, err := c.own(); err != nil {
		return nil, err
	}
	p, err := c.in.CopyOf(c, c.actor())
	if err != nil {
		return nil, err
	}
	out := Copy{ID: p.ID, Made: p.Made, Fields: []CopiedField{}, Events: []CopiedEvent{}, Facts: []CopiedFact{}, Documents: []CopiedDocument{}, Looks: []Look{},
		Requests: []CopiedRequest{}, Disputes: []CopiedDispute{}, Notices: []CopiedNotice{}, Channels: []CopiedChannel{}}
	for _, f := range p.Fields {
		one := CopiedField{Field: string(f.Column), Title: f.Title, Value: f.Value, By: f.By, Source: f.Source}
		if !f.At.IsZero() {
			one.At = &f.At
		}
		out.Fields = append(out.Fields, one)
	}
	for _, e := range p.Events {
		out.Events = append(out.Events, CopiedEvent{e.Kind, e.On.String(), e.Reason, e.Document})
	}
	for _, f := range p.Facts {
		out.Facts = append(out.Facts, CopiedFact{f.Kind, f.From.String(), f.To.String(), f.Text, f.By, f.Detail, f.Entered, f.Retired})
	}
	for _, d := range p.Documents {
		out.Documents = append(out.Documents, CopiedDocument{d.ID, d.Kind, d.Title, d.Pages, d.By, d.At})
	}
	for _, l := range p.Looks {
		out.Looks = append(out.Looks, Look{ID: l.ID, By: l.Actor, Kind: l.Kind, Purpose: l.Purpose, At: l.At})
	}
	for _, q := range p.Requests {
		out.Requests = append(out.Requests, CopiedRequest{q.Kind, q.State, q.At, q.Due.String(), q.Content, q.Answer})
	}
	for _, d := range p.Disputes {
		out.Disputes = append(out.Disputes, CopiedDispute{string(d.Field), d.State, d.At, d.By, d.Content, d.Outcome, d.Cause, d.Answer})
	}
	for _, n := range p.Notices {
		out.Notices = append(out.Notices, CopiedNotice(n))
	}
	for _, w := range p.Channels {
		out.Channels = append(out.Channels, CopiedChannel(w))
	}
	if p.Restrict != nil {
		out.LimitedTill = p.Restrict.Until.String()
	}
	return &copyGiven{out}, nil
}
