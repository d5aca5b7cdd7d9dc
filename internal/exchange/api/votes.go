package api

import (
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
)

// Vote is a vote that is counted on paper by two persons, or by a show of hands.
type Vote struct {
	ID           string        `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string        `json:"organisation" doc:"Identifier of the organisation." example:"01KAS0000000000000000000CD"`
	Subject      string        `json:"subject" doc:"What it belongs to: election, admission." example:"election"`
	SubjectID    string        `json:"subjectId" doc:"Identifier of that." example:"01KAS0000000000000000000EF"`
	Kind         string        `json:"kind" enum:"admission,confirmation,resolution,committee,election" doc:"Which majority it needs." example:"election"`
	Way          string        `json:"way" enum:"paper,hands" doc:"无记名投票, 举手表决." example:"paper"`
	On           string        `json:"on" format:"date" doc:"Day of the vote." example:"2026-11-20"`
	Title        string        `json:"title" doc:"What it is about." example:"支部委员会委员"`
	Seats        int           `json:"seats,omitempty" doc:"Seats of an election." example:"5"`
	Entitled     int           `json:"entitled,omitempty" doc:"How many are on the roll; absent where nobody made one." example:"40"`
	Items        []VoteItem    `json:"items" nullable:"false" doc:"Candidates or questions."`
	State        string        `json:"state" enum:"open,final,void" doc:"Counts are entered, it stands, it was given up." example:"open"`
	Entered      int           `json:"entered" doc:"How many have entered a count, of two." example:"1"`
	Mine         *VoteCount    `json:"mine,omitempty" doc:"What the caller entered. What somebody else entered is shown to nobody."`
	Differ       []string      `json:"differ" nullable:"false" doc:"Fields in which the two counts differ." example:"[\"yes.01KAS0000000000000000000AB\"]"`
	Counted      *VoteCount    `json:"counted,omitempty" doc:"What was counted, once two agree."`
	Verdicts     []VoteVerdict `json:"verdicts" nullable:"false" doc:"One of an election, else one for each item; empty until it is final."`
	Reason       string        `json:"reason,omitempty" doc:"Why it was given up."`
	Version      int64         `json:"version" doc:"Grows with every change; also the ETag." example:"1"`
}

// VoteItem is a candidate or a question.
type VoteItem struct {
	ID     string `json:"id" doc:"Identifier, by which votes are counted." example:"01KAS0000000000000000000AB"`
	Name   string `json:"name" doc:"A person's name, or what is asked." example:"石小满"`
	Member string `json:"member,omitempty" doc:"Identifier of the member, where there is one." example:"01KAS0000000000000000000AB"`
}

// VoteCount is a whole count.
type VoteCount struct {
	Should    int         `json:"should" minimum:"0" doc:"应到会." example:"40"`
	Present   int         `json:"present" minimum:"0" doc:"实到会." example:"36"`
	Issued    int         `json:"issued,omitempty" minimum:"0" doc:"发出选票." example:"36"`
	Collected int         `json:"collected,omitempty" minimum:"0" doc:"收回选票." example:"36"`
	Invalid   int         `json:"invalid,omitempty" minimum:"0" doc:"无效票." example:"1"`
	Counts    []ItemCount `json:"counts" maxItems:"100" nullable:"false" doc:"One for each item."`
	Others    []OtherName `json:"others,omitempty" maxItems:"50" doc:"另选他人, of an election."`
}

// ItemCount is what was counted for one item.
type ItemCount struct {
	ID      string `json:"id" maxLength:"64" doc:"Identifier of the item." example:"01KAS0000000000000000000AB"`
	Yes     int    `json:"yes" minimum:"0" doc:"赞成." example:"30"`
	No      int    `json:"no,omitempty" minimum:"0" doc:"反对." example:"4"`
	Abstain int    `json:"abstain,omitempty" minimum:"0" doc:"弃权." example:"1"`
	Written int    `json:"written,omitempty" minimum:"0" doc:"Agreement of absent voters in writing, of admissions." example:"0"`
}

// OtherName is somebody whom voters wrote in.
type OtherName struct {
	Name string `json:"name" maxLength:"100" doc:"Name." example:"石小满"`
	Yes  int    `json:"yes" minimum:"1" doc:"Votes." example:"2"`
}

// VoteVerdict is the judgement with everything it rests on.
type VoteVerdict struct {
	Item    string              `json:"item,omitempty" doc:"Identifier of the item; absent of an election." example:"01KAS0000000000000000000AB"`
	Valid   bool                `json:"valid" doc:"Enough were there, and the ballots add up." example:"true"`
	Passed  bool                `json:"passed" doc:"Enough said yes; never of an election." example:"false"`
	Elected []string            `json:"elected" nullable:"false" doc:"Names, most votes first." example:"[]"`
	Runoff  []string            `json:"runoff" nullable:"false" doc:"Tied for the seats that are left." example:"[]"`
	Rules   []rulebook.Citation `json:"rules" nullable:"false" doc:"The rules in the version of the day."`
	Why     string              `json:"why" doc:"The arithmetic." example:"应到 40，实到 36，需 32，符合到会人数"`
}

func encodeCount(n ballot.Numbers) *VoteCount {
	out := &VoteCount{Should: n.Should, Present: n.Present, Issued: n.Issued, Collected: n.Collected, Invalid: n.Invalid, Counts: []ItemCount{}}
	for _, c := range n.Counts {
		out.Counts = append(out.Counts, ItemCount(c))
	}
	for _, o := range n.Others {
		out.Others = append(out.Others, OtherName(o))
	}
	return out
}

func (c *call) encodeVote(b ballot.View) Vote {
	out := Vote{ID: b.ID, Organisation: b.Org, Subject: b.Subject, SubjectID: b.SubjectID, Kind: string(b.Kind), Way: string(b.Way), On: b.On.String(), Title: b.Title, Seats: b.Seats, Entitled: b.Entitled,
		Items: []VoteItem{}, State: string(b.State), Entered: b.Entered, Differ: append([]string{}, b.Differ...), Verdicts: []VoteVerdict{}, Reason: b.Reason, Version: b.Version}
	for _, i := range b.Items {
		out.Items = append(out.Items, VoteItem(i))
	}
	if b.Mine != nil {
		out.Mine = encodeCount(*b.Mine)
	}
	if b.State == ballot.Final {
		out.Counted = encodeCount(b.Numbers)
	}
	for i, one := range b.Judge(c.in.Rules) {
		x := VoteVerdict{Valid: one.Valid, Passed: one.Passed, Elected: append([]string{}, one.Elected...), Runoff: append([]string{}, one.Runoff...), Rules: append([]rulebook.Citation{}, one.Rules...), Why: c.because(one.Why)}
		if b.Seats == 0 {
			x.Item = b.Items[i].ID
		}
		out.Verdicts = append(out.Verdicts, x)
	}
	return out
}

type voteGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Vote
}

func getVote(c *call, in *ID) (*voteGiven, error) {
	r, err := c.reader(access.List, access.Vote)
	if err != nil {
		return nil, err
	}
	b, err := c.in.Ballots.Look(c, r, c.person.Account, in.ID)
	if err != nil {
		return nil, err
	}
	return &voteGiven{etag(b.Version), c.encodeVote(b)}, nil
}

type voteCounted struct {
	ID
	Body VoteCount
}

func countVote(c *call, in *voteCounted) (*voteGiven, error) {
	if _, err := getVote(c, &in.ID); err != nil {
		return nil, err
	}
	n := ballot.Numbers{Should: in.Body.Should, Present: in.Body.Present, Issued: in.Body.Issued, Collected: in.Body.Collected, Invalid: in.Body.Invalid}
	for _, x := range in.Body.Counts {
		n.Counts = append(n.Counts, ballot.Count(x))
	}
	for _, x := range in.Body.Others {
		n.Others = append(n.Others, ballot.Other(x))
	}
	if _, err := c.in.Ballots.Enter(c, c.actor(), in.ID.ID, n); err != nil {
		return nil, err
	}
	return getVote(c, &in.ID)
}

func voidVote(c *call, in *withdrawn) (*voteGiven, error) {
	if _, err := getVote(c, &in.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := c.in.Ballots.GiveUp(c, c.actor(), in.ID.ID, version, in.Body.Reason); err != nil {
		return nil, err
	}
	return getVote(c, &in.ID)
}
