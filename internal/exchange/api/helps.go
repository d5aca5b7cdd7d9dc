package api

import (
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/timeline"
	"zhibu/internal/trust/access"
)

// Help is what an organisation above has offered to a branch with something that is due there.
type Help struct {
	ID           string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string     `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	From         string     `json:"from" doc:"Identifier of the organisation that offers." example:"01KAS0000000000000000000EF"`
	Duty         string     `json:"duty" doc:"Name of the duty." example:"life.assembly"`
	Offer        string     `json:"offer" enum:"visit,schedule,materials,other" doc:"派人到会指导, 共同商定时间, 提供学习材料, 其他." example:"visit"`
	Words        string     `json:"words,omitempty" doc:"More to say." example:"可以带学习材料来"`
	On           string     `json:"on" format:"date" doc:"On which day." example:"2026-11-30"`
	State        string     `json:"state" enum:"open,done,ended" doc:"正在协助, 办好了, 已结束." example:"open"`
	By           string     `json:"by" doc:"Name of who offered it." example:"石小满"`
	At           time.Time  `json:"at" doc:"When it was offered."`
	Closed       *time.Time `json:"closed,omitempty" doc:"When it was closed; absent while it is open."`
	Closer       string     `json:"closer,omitempty" doc:"Name of who closed it." example:"石小满"`
	Answer       string     `json:"answer,omitempty" doc:"What was said then." example:"大会已经开过"`
	Version      int64      `json:"version" doc:"Grows with every change; an act names the version it saw. Also the ETag." example:"1"`
}

func encodeHelp(h duty.Help) Help {
	out := Help{ID: h.ID, Organisation: h.Org, From: h.From, Duty: string(h.Duty), Offer: string(h.Offer), Words: h.Words, On: h.On.String(), State: string(h.State), By: h.Actor, At: h.At(),
		Closer: h.Closer, Answer: h.Answer, Version: h.Version}
	if !h.ClosedAt.IsZero() {
		out.Closed = &h.ClosedAt
	}
	return out
}

type helpsAsked struct {
	ID
	Page
}

// helpsAtMost bounds a list of help.
const helpsAtMost = 500

func listHelps(c *call, in *helpsAsked) (*listed[Help], error) {
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
	list, err := c.in.Duties.Helps(c, r, o.Path, helpsAtMost)
	if err != nil {
		return nil, err
	}
	items := make([]Help, len(list))
	for i, h := range list {
		items[i] = encodeHelp(h)
	}
	return part(c, items, in.Page)
}

type helpGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Help
}

// help reads one that the caller may see.
func (c *call) help(id string) (*helpGiven, error) {
	r, err := c.reader(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	h, err := c.in.Duties.HelpByID(c, r, id)
	if err != nil {
		return nil, err
	}
	return &helpGiven{etag(h.Version), encodeHelp(h)}, nil
}

func getHelp(c *call, in *ID) (*helpGiven, error) { return c.help(in.ID) }

type helpOffered struct {
	ID
	Body struct {
		Duty  string `json:"duty" maxLength:"200" doc:"Name of the duty." example:"life.assembly"`
		Offer string `json:"offer" enum:"visit,schedule,materials,other" doc:"What can be done." example:"visit"`
		Words string `json:"words,omitempty" maxLength:"200" doc:"More to say; needed with other. No criticism, nothing about a person." example:"可以带学习材料来"`
		On    string `json:"on" format:"date" doc:"On which day: today or within a year." example:"2026-11-30"`
	}
}

func offerHelp(c *call, in *helpOffered) (*helpGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.Help, access.Duty, o.Path, ""); err != nil {
		return nil, err
	}
	on, err := day(in.Body.On)
	if err != nil || on.IsZero() {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	id, err := c.in.Duties.OfferHelp(c, c.actor(), duty.Helping{Org: o.ID, Duty: timeline.Name(in.Body.Duty), Offer: duty.Offer(in.Body.Offer), Words: in.Body.Words, On: on})
	if err != nil {
		return nil, err
	}
	return c.help(id)
}

type helpClosed struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		State   string `json:"state" enum:"done,ended" doc:"What was due has been done; or help is not needed any more." example:"done"`
		Answer  string `json:"answer,omitempty" maxLength:"200" doc:"What there is to say." example:"大会已经开过"`
	}
}

func closeHelp(c *call, in *helpClosed) (*helpGiven, error) {
	if _, err := c.help(in.ID.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := c.in.Duties.CloseHelp(c, c.actor(), in.ID.ID, version, duty.HelpState(in.Body.State), in.Body.Answer); err != nil {
		return nil, err
	}
	return c.help(in.ID.ID)
}
