package api

import (
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/life"
	"zhibu/internal/trust/access"
)

func cancelMeeting(c *call, in *withdrawn) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Life.Cancel(c, c.actor(), in.ID.ID, version, in.Body.Reason)
	}
	if err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

// Presence is whether somebody on the roll came.
type Presence struct {
	Member string `json:"member" maxLength:"64" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	State  string `json:"state" enum:"present,excused,exempt,absent" doc:"Whether she came." example:"present"`
	Why    string `json:"why,omitempty" maxLength:"200" doc:"Needed of leave and absence." example:"外出打工"`
}

type attendanceTaken struct {
	ID
	Seen
	Body struct {
		Version int64      `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Marks   []Presence `json:"marks" maxItems:"500" nullable:"false" doc:"One for everybody on the roll."`
	}
}

func takeAttendance(c *call, in *attendanceTaken) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	var marks []life.Mark
	for _, m := range in.Body.Marks {
		marks = append(marks, life.Mark{Member: m.Member, State: life.Presence(m.State), Why: m.Why})
	}
	if err := c.in.Life.Attend(c, c.actor(), in.ID.ID, version, marks); err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

type noteTaken struct {
	ID
	Body struct {
		Item     string `json:"item" maxLength:"64" doc:"Identifier of the item." example:"01KAS0000000000000000000AB"`
		Version  int64  `json:"version" minimum:"1" doc:"Of the item as the caller saw it." example:"1"`
		Speakers string `json:"speakers,omitempty" maxLength:"300" doc:"Who spoke." example:"高建国"`
		Notes    string `json:"notes,omitempty" maxLength:"20000" doc:"What was said." example:"原有线路老化。"`
	}
}

func takeNote(c *call, in *noteTaken) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	if err := c.in.Life.Note(c, c.actor(), in.ID.ID, in.Body.Item, in.Body.Version, life.Said{Speakers: in.Body.Speakers, Notes: in.Body.Notes}); err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

type meetingVote struct {
	ID
	Body struct {
		Item    string `json:"item" maxLength:"64" doc:"Identifier of the item." example:"01KAS0000000000000000000AB"`
		Way     string `json:"way" enum:"paper,hands" doc:"On paper two persons then count at /votes/{id}; a show of hands brings its numbers." example:"hands"`
		Yes     int    `json:"yes,omitempty" minimum:"0" doc:"赞成." example:"20"`
		No      int    `json:"no,omitempty" minimum:"0" doc:"反对." example:"1"`
		Abstain int    `json:"abstain,omitempty" minimum:"0" doc:"弃权." example:"0"`
	}
}

func holdMeetingVote(c *call, in *meetingVote) (*voteOpened, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	out := &voteOpened{}
	var err error
	out.Body.Ballot, err = c.in.Life.Vote(c, c.actor(), in.ID.ID, in.Body.Item, ballot.Way(in.Body.Way), life.Hands{Yes: in.Body.Yes, No: in.Body.No, Abstain: in.Body.Abstain})
	return out, err
}

type resolvedGiven struct {
	ID
	Body struct {
		Text  string `json:"text" maxLength:"300" doc:"What was decided." example:"晒场照明由支部牵头解决"`
		Owner string `json:"owner" maxLength:"64" doc:"Identifier of the member who carries it out." example:"01KAS0000000000000000000AB"`
		Due   string `json:"due" format:"date" doc:"By when." example:"2026-12-10"`
		Known string `json:"known" maxLength:"300" doc:"How one knows that it is done." example:"4 盏灯亮起"`
	}
}

func addResolution(c *call, in *resolvedGiven) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	due, err := day(in.Body.Due)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("due").By("format")
	}
	if err := c.in.Life.Resolve(c, c.actor(), in.ID.ID, life.NewResolution{Text: in.Body.Text, Owner: in.Body.Owner, Due: due, KnownBy: in.Body.Known}); err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

type minutesMoved struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Signed  bool  `json:"signed,omitempty" doc:"Of a confirmation: the chair has no account and has signed the printed minutes." example:"false"`
	}
}

func checkMinutes(c *call, in *minutesMoved) (*meetingGiven, error) {
	if err := c.person.Need(access.Add, access.Life); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Life.Check(c, c.actor(), in.ID.ID, version)
	}
	if err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

func confirmMinutes(c *call, in *minutesMoved) (*meetingGiven, error) {
	if err := c.person.Need(access.Confirm, access.Life); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Life.Confirm(c, c.actor(), in.ID.ID, version, in.Body.Signed)
	}
	if err != nil {
		return nil, err
	}
	return getMeeting(c, &in.ID)
}

func listOwnMeetings(c *call, _ *struct{}) (*listed[Meeting], error) {
	if c.person.Member == "" {
		return page(c, []Meeting{}, ""), nil
	}
	list, err := c.in.Life.OwnList(c, c.in.DB.As(c.actor().Scope), c.person.Member, c.person.MemberPath)
	items := make([]Meeting, len(list))
	for i, m := range list {
		items[i] = encodeMeeting(m.Meeting)
		mine := encodeAttendee(m.Mine)
		items[i].Mine = &mine
	}
	return page(c, items, ""), err
}

func getOwnMeeting(c *call, in *ID) (*meetingGiven, error) {
	if c.person.Member == "" {
		return nil, fault.Missing()
	}
	m, err := c.in.Life.Own(c, c.in.DB.As(c.actor().Scope), c.person.Member, c.person.MemberPath, in.ID)
	if err != nil {
		return nil, err
	}
	out, mine := encodeMeeting(m.Meeting), encodeAttendee(m.Mine)
	out.Mine = &mine
	out.put(m.Items, m.Votes, m.Decided)
	return &meetingGiven{etag(m.Version), out}, nil
}

type invitationAnswered struct {
	ID
	Body struct {
		Answer string `json:"answer" enum:"comes,leave" doc:"Whether one comes." example:"comes"`
		Why    string `json:"why,omitempty" maxLength:"200" doc:"Needed of leave; only oneself and the branch see it." example:"照看老人"`
	}
}

func answerInvitation(c *call, in *invitationAnswered) (*meetingGiven, error) {
	if c.person.Member == "" {
		return nil, fault.Missing()
	}
	if err := c.in.Life.Reply(c, c.actor(), c.person.Member, in.ID.ID, life.Answer(in.Body.Answer), in.Body.Why); err != nil {
		return nil, err
	}
	return getOwnMeeting(c, &in.ID)
}
