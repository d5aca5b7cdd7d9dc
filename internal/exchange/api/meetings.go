package api

import (
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/life"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// Meeting is one meeting of a branch.
type Meeting struct {
	ID           string       `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string       `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Kind         string       `json:"kind" enum:"assembly,committee,group,theme_day,lecture,org_life,appraisal,talk,training,joint" doc:"What sort of meeting." example:"theme_day"`
	Also         []string     `json:"also" nullable:"false" doc:"Held in one sitting with it." example:"[]"`
	Title        string       `json:"title" doc:"As people name it." example:"2026 年 11 月主题党日"`
	On           string       `json:"on" format:"date" doc:"The day it begins, on which it counts." example:"2026-11-24"`
	Starts       string       `json:"starts" doc:"Beijing time." example:"15:00"`
	Ends         string       `json:"ends,omitempty" doc:"On the next day where it is earlier than starts." example:"17:00"`
	Place        string       `json:"place" doc:"Where." example:"村部二楼会议室"`
	Topic        string       `json:"topic" doc:"About what." example:"冬季防火"`
	Chair        string       `json:"chair,omitempty" doc:"Name of who chairs." example:"王德明"`
	Recorder     string       `json:"recorder,omitempty" doc:"Name of who records." example:"张晓蕾"`
	State        string       `json:"state" enum:"planned,held,checked,confirmed,cancelled,annulled" doc:"How far it is." example:"planned"`
	Reason       string       `json:"reason,omitempty" doc:"Why it does not take place, was sent back or annulled."`
	Version      int64        `json:"version" doc:"Grows with every change; also the ETag." example:"1"`
	Mine         *Attendance  `json:"mine,omitempty" doc:"Of one's own meetings: oneself."`
	Roll         []Attendance `json:"roll,omitempty" doc:"Who takes part, by the register of the day until attendance is entered."`
	Agenda       []AgendaItem `json:"agenda,omitempty" doc:"Items with what was said, where the caller may read it."`
	Resolutions  []Resolved   `json:"resolutions,omitempty" doc:"What was decided."`
}

// Attendance is somebody on the roll.
type Attendance struct {
	Member   string `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Name     string `json:"name" doc:"Name." example:"石小满"`
	Vote     bool   `json:"vote" doc:"A full member on the day." example:"true"`
	Standing string `json:"standing" enum:"asked,care,away" doc:"Should attend; need not (M-08); floating." example:"asked"`
	Answer   string `json:"answer" enum:",comes,leave" doc:"What was answered to the invitation." example:"comes"`
	State    string `json:"state" enum:",present,excused,exempt,absent" doc:"Whether somebody came." example:"present"`
	Why      string `json:"why,omitempty" doc:"Why not." example:"外出打工"`
}

// AgendaItem is an item of the agenda.
type AgendaItem struct {
	ID       string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Title    string `json:"title" doc:"What it is about." example:"研究晒场照明"`
	Reporter string `json:"reporter,omitempty" doc:"Who reports." example:"高建国"`
	Speakers string `json:"speakers,omitempty" doc:"Who spoke."`
	Notes    string `json:"notes,omitempty" doc:"What was said."`
	Vote     string `json:"vote,omitempty" doc:"Identifier of the vote on it." example:"01KAS0000000000000000000EF"`
	Version  int64  `json:"version" doc:"Of the item; its notes are written in the version that was seen." example:"1"`
}

// Resolved is a resolution.
type Resolved struct {
	ID       string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Text     string `json:"text" doc:"What was decided." example:"晒场照明由支部牵头解决"`
	Owner    string `json:"owner" doc:"Name of who carries it out." example:"许春生"`
	Due      string `json:"due" format:"date" doc:"By when." example:"2026-12-10"`
	Known    string `json:"known" doc:"How one knows that it is done." example:"4 盏灯亮起"`
	State    string `json:"state" enum:"drafted,todo,closed" doc:"Nothing is to be done before the minutes are confirmed." example:"todo"`
	Evidence string `json:"evidence,omitempty" doc:"By what it is done."`
	Version  int64  `json:"version" doc:"Grows with every change." example:"1"`
}

func encodeMeeting(m life.Meeting) Meeting {
	out := Meeting{ID: m.ID, Organisation: m.Org, Kind: string(m.Kind), Also: []string{}, Title: m.Title, On: m.On.String(), Starts: m.Starts, Ends: m.Ends, Place: m.Place, Topic: m.Topic, Chair: m.Chair, Recorder: m.Recorder,
		State: string(m.State), Reason: m.Reason, Version: m.Version}
	for _, k := range m.Also {
		out.Also = append(out.Also, string(k))
	}
	return out
}

func encodeAttendee(a life.Attendee) Attendance {
	return Attendance{a.Member, a.Name, a.Vote, string(a.Standing), string(a.Answer), string(a.State), a.Why}
}

func (m *Meeting) put(items []life.Item, votes []life.Outcome, decided []life.Resolution) {
	for _, x := range items {
		one := AgendaItem{ID: x.ID, Title: x.Title, Reporter: x.Reporter, Speakers: x.Said.Speakers, Notes: x.Said.Notes, Version: x.Version}
		if i := slices.IndexFunc(votes, func(o life.Outcome) bool { return o.Item.ID == x.ID }); i >= 0 {
			one.Vote = votes[i].Ballot.ID
		}
		m.Agenda = append(m.Agenda, one)
	}
	for _, x := range decided {
		m.Resolutions = append(m.Resolutions, Resolved{x.ID, x.Text, x.Owner, x.Due.String(), x.KnownBy, string(x.State), x.Evidence, x.Version})
	}
}

type meetingsAsked struct {
	Organisation string `query:"organisation" required:"true" maxLength:"64" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
}

const meetingsListed = 200

func listMeetings(c *call, in *meetingsAsked) (*listed[Meeting], error) {
	r, err := c.reader(access.List, access.Life)
	if err != nil {
		return nil, err
	}
	o, _, err := c.organisation(in.Organisation)
	if err == nil {
		_, err = c.person.Allow(access.List, access.Life, o.Path, "")
	}
	if err != nil {
		return nil, err
	}
	list, err := life.Of(c, r, o.Path, meetingsListed)
	items := make([]Meeting, len(list))
	for i, m := range list {
		items[i] = encodeMeeting(m)
	}
	return page(c, items, ""), err
}

type meetingGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Meeting
}

func getMeeting(c *call, in *ID) (*meetingGiven, error) {
	r, err := c.reader(access.List, access.Life)
	if err != nil {
		return nil, err
	}
	m, err := life.ByID(c, r, in.ID)
	if err != nil {
		return nil, err
	}
	out := encodeMeeting(m)
	roll, err := c.in.Life.Roll(c, c.in.DB.As(store.System("the roll of a meeting")), m)
	if err != nil {
		return nil, err
	}
	for _, a := range roll {
		out.Roll = append(out.Roll, encodeAttendee(a))
	}
	items, err := c.in.Life.Agenda(c, r, m)
	if err != nil {
		return nil, err
	}
	votes, err := c.in.Life.Votes(c, r, m, items)
	if err != nil {
		return nil, err
	}
	decided, err := life.Resolutions(c, r, m.ID)
	out.put(items, votes, decided)
	return &meetingGiven{etag(m.Version), out}, err
}

type meetingPlanned struct {
	Body struct {
		Organisation string   `json:"organisation" maxLength:"64" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
		Kind         string   `json:"kind" enum:"assembly,committee,group,theme_day,lecture,org_life,appraisal,talk,training,joint" doc:"What sort of meeting." example:"theme_day"`
		Also         []string `json:"also,omitempty" maxItems:"5" nullable:"false" doc:"Held in one sitting with it." example:"[\"lecture\"]"`
		On           string   `json:"on" format:"date" doc:"Which day." example:"2026-11-24"`
		Starts       string   `json:"starts" maxLength:"5" doc:"Beijing time." example:"15:00"`
		Ends         string   `json:"ends,omitempty" maxLength:"5" doc:"May be past midnight." example:"17:00"`
		Place        string   `json:"place" maxLength:"60" doc:"Where." example:"村部二楼会议室"`
		Topic        string   `json:"topic" maxLength:"120" doc:"About what." example:"冬季防火"`
		Partners     string   `json:"partners,omitempty" maxLength:"120" doc:"Of a joint one." example:"镇卫生院党支部"`
		Hours        string   `json:"hours,omitempty" maxLength:"6" doc:"Of study, for everybody who comes." example:"1.5"`
		Chair        string   `json:"chair,omitempty" maxLength:"64" doc:"Identifier; absent: the posts propose." example:"01KAS0000000000000000000AB"`
		Recorder     string   `json:"recorder,omitempty" maxLength:"64" doc:"Identifier; absent: the posts propose." example:"01KAS0000000000000000000EF"`
		People       []string `json:"people,omitempty" maxItems:"200" nullable:"false" doc:"Who takes part in a group meeting or a talk." example:"[]"`
		Agenda       []string `json:"agenda,omitempty" maxItems:"30" nullable:"false" doc:"An item each; who reports stands after a vertical line." example:"[\"学习传达|王德明\"]"`
	}
}

func planMeeting(c *call, in *meetingPlanned) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	b := in.Body
	n := life.New{Org: b.Organisation, Kind: life.Kind(b.Kind), Starts: b.Starts, Ends: b.Ends, Place: b.Place, Topic: b.Topic, Partners: b.Partners, Hours: b.Hours, Chair: b.Chair, Recorder: b.Recorder, People: b.People}
	for _, k := range b.Also {
		n.Also = append(n.Also, life.Kind(k))
	}
	for _, line := range b.Agenda {
		n.Agenda = append(n.Agenda, life.ItemsTyped(line)...)
	}
	var err error
	if n.On, err = day(b.On); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	id, err := c.in.Life.Plan(c, c.actor(), n)
	if err != nil {
		return nil, err
	}
	return getMeeting(c, &ID{id})
}
