package api

import (
	"time"

	"zhibu/internal/party/notice"
)

// Notice is one thing that the caller is told.
type Notice struct {
	ID      string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Kind    string     `json:"kind" doc:"What it is: look.revealed, look.exported, look.document, look.handover, dispute.settled, request.answered, request.refused, review.approved, review.returned, duty.digest, duty.help, duty.help_closed; later versions may add kinds." example:"duty.digest"`
	Subject string     `json:"subject,omitempty" doc:"Identifier of what it leads to: of the dispute, request, review or help." example:"01KAS0000000000000000000AB"`
	About   string     `json:"about,omitempty" doc:"Of a look its purpose, of a dispute the field, of a request its kind, of help the duty." example:"life.assembly"`
	Detail  string     `json:"detail,omitempty" doc:"Of a dispute its outcome, of help what is offered or how it ended." example:"visit"`
	Duties  []Reminded `json:"duties,omitempty" doc:"Of a digest: what is due."`
	By      string     `json:"by,omitempty" doc:"Name of who did it; absent where the program tells." example:"石小满"`
	At      time.Time  `json:"at" doc:"When."`
	Read    *time.Time `json:"read,omitempty" doc:"When it was marked as read; absent while it is unread."`
}

// Reminded is how many duties of a kind are open.
type Reminded struct {
	Organisation string `json:"organisation" doc:"Identifier of the branch, or of the organisation above." example:"01KAS0000000000000000000CD"`
	Duty         string `json:"duty" doc:"Name of the duty." example:"life.assembly"`
	Overdue      bool   `json:"overdue" doc:"Its day is over; otherwise it is due soon." example:"true"`
	Own          bool   `json:"own" doc:"The caller's own; otherwise of the branch and its people." example:"false"`
	Below        bool   `json:"below" doc:"It counts the branches below the organisation in which this is overdue." example:"false"`
	Count        int64  `json:"count" doc:"How many." example:"2"`
}

func encodeNotice(n notice.Notice) Notice {
	out := Notice{ID: n.ID, Kind: string(n.Kind), Subject: n.Subject, About: n.About, Detail: n.Detail, By: n.Actor, At: n.At}
	if n.Kind == notice.DutyDigest {
		out.Detail = ""
		for _, l := range n.Digest() {
			out.Duties = append(out.Duties, Reminded{Organisation: l.Org, Duty: l.Duty, Overdue: l.Late, Own: l.Own, Below: l.Below, Count: l.N})
		}
	}
	if !n.Unread() {
		out.Read = &n.ReadAt
	}
	return out
}

type inboxAsked struct {
	Unread bool `query:"unread" doc:"Only what has not been read." example:"true"`
	Page
}

func listInbox(c *call, in *inboxAsked) (*listed[Notice], error) {
	list, next, err := c.in.Notices.List(c, c.person.Mine(), in.Unread, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]Notice, len(list))
	for i, n := range list {
		items[i] = encodeNotice(n)
	}
	return page(c, items, next), nil
}

type noticeGiven struct{ Body Notice }

func readNotice(c *call, in *ID) (*noticeGiven, error) {
	n, err := c.in.Notices.Read(c, c.person.Mine(), in.ID)
	if err != nil {
		return nil, err
	}
	return &noticeGiven{encodeNotice(n)}, nil
}

type inboxRead struct {
	Body struct {
		Through string `json:"through" maxLength:"120" doc:"Identifier of the newest notice that was seen: it and everything before is marked." example:"01KAS0000000000000000000AB"`
	}
}

func readInbox(c *call, in *inboxRead) (*struct{}, error) {
	return nil, c.in.Notices.ReadAll(c, c.person.Mine(), in.Body.Through)
}

// Way is how the caller is told by one channel outside.
type Way struct {
	Channel string `json:"channel" doc:"Name of the channel." example:"sms"`
	Kind    string `json:"kind" enum:"sms,email,wecom,dingtalk" doc:"What it is." example:"sms"`
	Title   string `json:"title" doc:"What it is called here." example:"短信"`
	Used    bool   `json:"used" doc:"Whether the caller wants it." example:"true"`
	Address string `json:"address,omitempty" doc:"The address that the caller has entered." example:"15400000001"`
	Known   bool   `json:"known" doc:"Without one: the record has an address for the channel." example:"true"`
	Version int64  `json:"version" doc:"Grows with every change; 0 while nothing was chosen." example:"0"`
}

func encodeWay(r notice.Reach) Way {
	return Way{Channel: r.Channel.ID(), Kind: r.Channel.Kind(), Title: r.Channel.Title(), Used: !r.Off, Address: r.Address, Known: r.Known, Version: r.Version}
}

func listWays(c *call, in *Page) (*listed[Way], error) {
	list, err := c.in.Notices.Reaches(c, c.actor(), c.person.Mine())
	if err != nil {
		return nil, err
	}
	items := make([]Way, len(list))
	for i, r := range list {
		items[i] = encodeWay(r)
	}
	return part(c, items, *in)
}

type wayChosen struct {
	ID   string `path:"id" maxLength:"64" doc:"Name of the channel." example:"sms"`
	Body struct {
		Version int64  `json:"version" minimum:"0" doc:"The version that the caller saw; 0 while nothing was chosen." example:"0"`
		Used    bool   `json:"used" doc:"Whether the caller wants it." example:"true"`
		Address string `json:"address,omitempty" maxLength:"120" doc:"Where; absent: none, or what the record has. Sealed with the caller's key." example:"15400000001"`
	}
}

type wayGiven struct{ Body Way }

func chooseWay(c *call, in *wayChosen) (*wayGiven, error) {
	b := in.Body
	if err := c.in.Notices.SetReach(c, c.actor(), in.ID, b.Version, !b.Used, b.Address); err != nil {
		return nil, err
	}
	list, err := c.in.Notices.Reaches(c, c.actor(), c.person.Mine())
	for _, r := range list {
		if r.Channel.ID() == in.ID {
			return &wayGiven{encodeWay(r)}, err
		}
	}
	return nil, err
}
