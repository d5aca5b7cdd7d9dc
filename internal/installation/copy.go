package installation

import (
	"context"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/request"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// PersonalCopy is everything kept about one person, for herself (P-09).
type PersonalCopy struct {
	Made      time.Time            `json:"made"`
	ID        string               `json:"id"`
	Fields    []CopiedField        `json:"fields"`
	Events    []CopiedEvent        `json:"events"`
	Facts     []CopiedFact         `json:"facts"`
	Documents []CopiedDocument     `json:"documents"`
	Looks     []CopiedLook         `json:"looks"`
	Requests  []CopiedRequest      `json:"requests"`
	Disputes  []CopiedDispute      `json:"disputes"`
	Notices   []CopiedNotice       `json:"notices"`
	Channels  []CopiedChannel      `json:"channels"`
	Restrict  *request.Restriction `json:"restriction,omitempty"`
}

// CopiedField is a field of the record with its source.
type CopiedField struct {
	Column roster.Column `json:"column"`
	Title  string        `json:"title"`
	Value  string        `json:"value"`
	By     string        `json:"entered_by,omitempty"`
	At     time.Time     `json:"entered_at,omitzero"`
	Source string        `json:"source,omitempty"`
}

// CopiedEvent is a dated event of the record.
type CopiedEvent struct {
	Kind     string     `json:"kind"`
	On       civil.Date `json:"on"`
	Reason   string     `json:"reason,omitempty"`
	Document string     `json:"document,omitempty"`
}

// CopiedFact is a dated fact, standing or retired.
type CopiedFact struct {
	Kind    string     `json:"kind"`
	From    civil.Date `json:"from,omitzero"`
	To      civil.Date `json:"to,omitzero"`
	Text    string     `json:"text"`
	By      string     `json:"by,omitempty"`
	Detail  string     `json:"detail,omitempty"`
	Entered string     `json:"entered_by"`
	Retired bool       `json:"retired"`
}

// CopiedDocument is a document of the file, without its pages, which are shown and printed page by page.
type CopiedDocument struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Title string    `json:"title"`
	Pages int       `json:"pages"`
	By    string    `json:"added_by"`
	At    time.Time `json:"added_at"`
}

// CopiedLook is a look at the record.
type CopiedLook struct {
	ID      string    `json:"-"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Kind    string    `json:"kind"`
	Purpose string    `json:"purpose,omitempty"`
}

// CopiedRequest is what was asked and answered.
type CopiedRequest struct {
	At      time.Time  `json:"at"`
	Kind    string     `json:"kind"`
	State   string     `json:"state"`
	Content string     `json:"content,omitempty"`
	Answer  string     `json:"answer,omitempty"`
	Due     civil.Date `json:"due"`
}

// CopiedDispute is what was doubted, and the answer.
type CopiedDispute struct {
	At      time.Time     `json:"at"`
	Field   roster.Column `json:"field"`
	By      string        `json:"by"`
	State   string        `json:"state"`
	Content string        `json:"content,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
	Cause   string        `json:"cause,omitempty"`
	Answer  string        `json:"answer,omitempty"`
}

// CopiedNotice is what the member was told.
type CopiedNotice struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	By   string    `json:"by,omitempty"`
	Read bool      `json:"read"`
}

// CopiedChannel is where the member wants to be told outside.
type CopiedChannel struct {
	Channel string `json:"channel"`
	Off     bool   `json:"off"`
	Address string `json:"address,omitempty"`
}

// mostLooks bounds the looks of a copy.
const mostLooks = 20000

// CopyOf gathers everything kept about the actor's own person. That it was taken is an act.
func (in *Installation) CopyOf(ctx context.Context, actor ledger.Actor) (c PersonalCopy, err error) {
	defer fault.Wrap(&err, "installation: copy")
	if actor.Member == "" {
		return c, fault.Missing()
	}
	r := in.DB.As(actor.Scope)
	m, err := in.Members.ByID(ctx, r, actor.Member)
	if err != nil {
		return c, err
	}
	rec, err := in.Members.Reveal(ctx, actor, m.ID, "", roster.IDNumber, roster.Mobile, roster.Phone, roster.Address, roster.Note)
	if err != nil {
		return c, err
	}
	c.Made, c.ID = in.Clock.Now(), m.ID
	if err := in.copyFields(ctx, r, m, rec, &c); err != nil {
		return c, err
	}
	if err := in.copyTold(ctx, actor, &c); err != nil {
		return c, err
	}
	return c, in.copyRest(ctx, r, m, &c)
}

// mostTold bounds the notices of a copy.
const mostTold = 5000

// copyTold copies what the member was told, and where she wants to be told.
func (in *Installation) copyTold(ctx context.Context, actor ledger.Actor, c *PersonalCopy) error {
	mine := store.Mine(actor.Member, actor.Account)
	for after := ""; len(c.Notices) < mostTold; {
		list, next, err := in.Notices.List(ctx, mine, false, after, 200)
		if err != nil {
			return err
		}
		for _, n := range list {
			c.Notices = append(c.Notices, CopiedNotice{n.At, string(n.Kind), n.Actor, !n.Unread()})
		}
		if after = next; next == "" {
			break
		}
	}
	kept, err := in.Notices.Addresses(ctx, actor)
	for _, a := range kept {
		c.Channels = append(c.Channels, CopiedChannel(a))
	}
	return err
}

func (in *Installation) copyFields(ctx context.Context, r store.Reader, m member.Member, rec roster.Record, c *PersonalCopy) error {
	sources, err := in.Members.Sources(ctx, m)
	if err != nil {
		return err
	}
	var org string
	if _, err := r.One(ctx, "SELECT name FROM {org} WHERE id = ?", []any{m.OrgID}, &org); err != nil {
		return err
	}
	yes := map[bool]string{true: "是", false: "否"} // as a sheet has it
	values := map[roster.Column]string{roster.Name: m.Name, roster.IDNumber: string(rec.IDNumber), roster.Sex: m.Sex.Name(), roster.Born: rec.Born.String(),
		roster.Ethnicity: m.Ethnicity, roster.Education: m.Education, roster.Category: m.Category.Name(), roster.Organisation: org,
		roster.Joined: m.Joined.String(), roster.Confirmed: m.Confirmed.String(), roster.Occupation: m.Occupation, roster.Mobile: rec.Mobile,
		roster.Phone: rec.Phone, roster.Address: rec.Address, roster.Registry: m.Registry.Name(), roster.Lost: yes[m.Lost], roster.LostOn: m.LostOn.String(),
		roster.Floating: yes[m.Floating], roster.FloatingTo: m.FloatingTo, roster.Care: yes[m.Care]}
	for _, col := range roster.Columns {
		f := CopiedField{Column: col, Title: col.Title(), Value: values[col]}
		if s, ok := sources[col]; ok {
			f.By, f.At, f.Source = s.Actor, s.At, s.Document
		}
		c.Fields = append(c.Fields, f)
	}
	for _, n := range rec.Notes {
		c.Fields = append(c.Fields, CopiedField{Column: roster.Note, Title: n.Header, Value: n.Text})
	}
	return nil
}

func (in *Installation) copyRest(ctx context.Context, r store.Reader, m member.Member, c *PersonalCopy) error {
	events, err := in.Members.Events(ctx, r, m)
	if err != nil {
		return err
	}
	for _, e := range events {
		c.Events = append(c.Events, CopiedEvent{e.Kind.Name(), e.On, e.Reason, e.Document})
	}
	dated, err := in.Members.Facts(ctx, r, m.ID)
	if err != nil {
		return err
	}
	for _, f := range dated {
		c.Facts = append(c.Facts, CopiedFact{string(f.Kind), f.From, f.To, f.Text, f.By, f.Detail, f.Actor, !f.Retired.IsZero()})
	}
	documents, err := in.Documents.Of(ctx, r, m.ID)
	if err != nil {
		return err
	}
	for _, d := range documents {
		if d.State == document.Kept {
			c.Documents = append(c.Documents, CopiedDocument{d.ID, string(d.Kind), d.Title, d.Pages, d.By, d.At})
		}
	}
	looks, err := in.Members.Looks(ctx, r, m.ID, mostLooks)
	if err != nil {
		return err
	}
	for _, l := range looks {
		c.Looks = append(c.Looks, CopiedLook{l.ID, l.At, l.Actor, string(l.Kind), l.Purpose})
	}
	asked, err := in.Requests.Of(ctx, r, m.ID)
	if err != nil {
		return err
	}
	for _, q := range asked {
		c.Requests = append(c.Requests, CopiedRequest{q.At, string(q.Kind), string(q.State), q.Content, q.Answer, q.Due})
	}
	doubted, err := in.Stewards.Of(ctx, r, m.ID)
	if err != nil {
		return err
	}
	for _, d := range doubted {
		c.Disputes = append(c.Disputes, CopiedDispute{d.At(), d.Field, d.Actor, string(d.State), d.Text, string(d.Outcome), string(d.Cause), d.Answer})
	}
	c.Restrict, err = in.Requests.RestrictionOf(ctx, r, m.ID, civil.Today(in.Clock))
	return err
}
