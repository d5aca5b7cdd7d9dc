package api

import (
	"strconv"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
)

// DuesAccount is where an organisation stands with a year of dues.
type DuesAccount struct {
	Organisation string       `json:"organisation" doc:"Identifier." example:"01KAS0000000000000000000CD"`
	Year         int          `json:"year" doc:"The year." example:"2026"`
	Closed       bool         `json:"closed" doc:"Whether it was closed." example:"false"`
	ClosedAt     *time.Time   `json:"closedAt,omitempty" doc:"When."`
	ClosedBy     string       `json:"closedBy,omitempty" doc:"By whom." example:"石小满"`
	Reason       string       `json:"reason,omitempty" doc:"What was said of those who are behind."`
	Paid         string       `json:"paid" doc:"Yuan received from members." example:"13200.00"`
	Below        string       `json:"below" doc:"Yuan passed on by those directly below that have closed." example:"0.00"`
	Share        string       `json:"share,omitempty" doc:"Percent that is kept; absent while nobody has set it." example:"20%"`
	Kept         string       `json:"kept" doc:"Yuan kept." example:"2640.00"`
	Passed       string       `json:"passed" doc:"Yuan to be passed on; with what is kept all that came in." example:"10560.00"`
	Remitted     string       `json:"remitted" doc:"Yuan recorded as passed on." example:"0.00"`
	Used         string       `json:"used" doc:"Yuan recorded as used." example:"0.00"`
	Members      int          `json:"members" doc:"Of a branch: who owed anything." example:"24"`
	Behind       int          `json:"behind" doc:"Of a branch: who still does for months that are over." example:"0"`
	Children     []DuesBelow  `json:"children" nullable:"false" doc:"Those directly below, in the order of the tree." example:"[]"`
	Outlays      []DuesOutlay `json:"outlays" nullable:"false" doc:"What was passed on and used." example:"[]"`
	Version      int64        `json:"version,omitempty" doc:"Of the closing; reopening names it." example:"1"`
}

// DuesBelow is an organisation directly below.
type DuesBelow struct {
	Organisation string `json:"organisation" doc:"Identifier." example:"01KAS0000000000000000000CD"`
	Name         string `json:"name" doc:"Short name." example:"石桥村党支部"`
	Closed       bool   `json:"closed" doc:"Whether it has closed the year." example:"true"`
	Passed       string `json:"passed,omitempty" doc:"Yuan that it passes on." example:"10560.00"`
}

// DuesOutlay is a sum that left an organisation.
type DuesOutlay struct {
	ID       string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Kind     string `json:"kind" enum:"remit,use" doc:"Passed on or used." example:"remit"`
	On       string `json:"on" format:"date" doc:"The day." example:"2027-01-20"`
	Sum      string `json:"sum" doc:"Yuan." example:"10560.00"`
	Purpose  string `json:"purpose,omitempty" doc:"use: for what." example:"培训党员"`
	Document string `json:"document" doc:"Evidence." example:"上缴回执"`
	By       string `json:"by" doc:"Who recorded it." example:"石小满"`
	Version  int64  `json:"version" doc:"Its version." example:"1"`
}

type duesAccountGiven struct{ Body DuesAccount }

func encodeAccount(a duesbook.Account) DuesAccount {
	c := a.Closing
	out := DuesAccount{Organisation: a.At.ID, Year: a.Year, Closed: a.Closed, ClosedBy: c.Actor, Reason: c.Reason, Paid: c.Paid.String(), Below: c.Below.String(), Kept: c.Kept.String(), Passed: c.Passed.String(),
		Remitted: a.Remitted.String(), Used: a.Used.String(), Members: c.Members, Behind: c.Behind, Children: []DuesBelow{}, Outlays: []DuesOutlay{}, Version: c.Version}
	if a.Closed {
		at := c.At()
		out.ClosedAt = &at
	}
	if a.Closed || a.Shared {
		out.Share = c.Share.String()
	}
	for _, x := range a.Children {
		b := DuesBelow{Organisation: x.ID, Name: x.ShortName, Closed: x.Closing != nil}
		if x.Closing != nil {
			b.Passed = x.Closing.Passed.String()
		}
		out.Children = append(out.Children, b)
	}
	for _, x := range a.Outlays {
		out.Outlays = append(out.Outlays, DuesOutlay{x.ID, string(x.Kind), x.On.String(), x.Sum.String(), x.Purpose, x.Document, x.Actor, x.Version})
	}
	return out
}

func (c *call) duesAt(id string, action access.Action) (org.Organisation, error) {
	o, _, err := c.organisation(id)
	if err == nil {
		_, err = c.person.Allow(action, access.Dues, o.Path, "")
	}
	return o, err
}

func getDuesYear(c *call, in *duesAsked) (*duesAccountGiven, error) {
	o, err := c.duesAt(in.ID.ID, access.List)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	a, err := c.in.Dues.Account(c, r, o, c.duesYear(in.Year))
	if err != nil {
		return nil, err
	}
	return &duesAccountGiven{encodeAccount(a)}, nil
}

type yearClosed struct {
	ID
	Body struct {
		Year   int    `json:"year" minimum:"2008" maximum:"2200" doc:"The year." example:"2026"`
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"How it stands with those who are behind, if anybody is."`
	}
}

func closeDues(c *call, in *yearClosed) (*duesAccountGiven, error) {
	o, err := c.duesAt(in.ID.ID, access.Add)
	if err == nil {
		_, err = c.in.Dues.Close(c, c.actor(), o.ID, in.Body.Year, in.Body.Reason)
	}
	if err != nil {
		return nil, err
	}
	return getDuesYear(c, &duesAsked{ID: in.ID, Year: in.Body.Year})
}

type yearReopened struct {
	ID
	Body struct {
		Year    int    `json:"year" minimum:"2008" maximum:"2200" doc:"The year." example:"2026"`
		Version int64  `json:"version" minimum:"1" doc:"Of the closing, as it was seen." example:"1"`
		Reason  string `json:"reason" maxLength:"200" doc:"Why." example:"更正一张收据"`
	}
}

func reopenDues(c *call, in *yearReopened) (*duesAccountGiven, error) {
	o, err := c.duesAt(in.ID.ID, access.Add)
	if err == nil {
		err = c.in.Dues.Reopen(c, c.actor(), o.ID, in.Body.Year, in.Body.Version, in.Body.Reason)
	}
	if err != nil {
		return nil, err
	}
	return getDuesYear(c, &duesAsked{ID: in.ID, Year: in.Body.Year})
}

type outlayNew struct {
	ID
	Body struct {
		Kind     string `json:"kind" enum:"remit,use" doc:"Passed on, of a closed year, or used." example:"remit"`
		Year     int    `json:"year" minimum:"2008" maximum:"2200" doc:"Of whose dues it is." example:"2026"`
		On       string `json:"on" format:"date" doc:"The day, not after today." example:"2027-01-20"`
		Sum      string `json:"sum" maxLength:"20" doc:"Yuan." example:"10560.00"`
		Purpose  string `json:"purpose,omitempty" maxLength:"60" doc:"use: one of the purposes of F-17." example:"培训党员"`
		Document string `json:"document" maxLength:"200" doc:"Evidence." example:"上缴回执"`
	}
}

func recordOutlay(c *call, in *outlayNew) (*duesAccountGiven, error) {
	o, err := c.duesAt(in.ID.ID, access.Add)
	if err != nil {
		return nil, err
	}
	b := in.Body
	x := duesbook.Outlay{Org: o.ID, Kind: duesbook.OutlayKind(b.Kind), Year: b.Year, Purpose: b.Purpose, Document: b.Document}
	if x.On, err = day(b.On); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	sum, ok := dues.ParseFen(b.Sum)
	if !ok {
		return nil, fault.New(fault.Invalid, "请填写金额，写成 15.00，最多两位小数。").At("sum").By("F-15")
	}
	x.Sum = sum
	if _, err := c.in.Dues.Spend(c, c.actor(), x); err != nil {
		return nil, err
	}
	return getDuesYear(c, &duesAsked{ID: in.ID, Year: b.Year})
}

// DuesShare is how much of what reaches organisations of a kind stays there.
type DuesShare struct {
	ID    string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	SetBy string `json:"setBy" doc:"Identifier of the organisation that has set it." example:"01KAS0000000000000000000CD"`
	Kind  string `json:"kind" enum:"branch,general-branch,committee" doc:"Whose." example:"branch"`
	From  int    `json:"from" doc:"From which year." example:"2026"`
	Kept  string `json:"kept" doc:"Percent kept." example:"20%"`
	Basis string `json:"basis" doc:"By which decision." example:"市委组织部文件"`
	By    string `json:"by" doc:"Who entered it." example:"石小满"`
}

func listDuesShares(c *call, in *Parts) (*listed[DuesShare], error) {
	o, err := c.duesAt(in.ID.ID, access.List)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Dues.Shares(c, o.Path)
	if err != nil {
		return nil, err
	}
	var items []DuesShare
	for _, x := range list {
		items = append(items, DuesShare{x.ID, x.Org, string(x.Kind), x.From, x.Kept.String(), x.Basis, x.Actor})
	}
	return part(c, items, in.Page)
}

type shareNew struct {
	ID
	Body struct {
		Kind  string  `json:"kind" enum:"branch,general-branch,committee" doc:"Whose share." example:"branch"`
		From  int     `json:"from" doc:"From which year." example:"2026"`
		Kept  float64 `json:"kept" minimum:"0" maximum:"100" doc:"Percent kept, at most two decimals." example:"20"`
		Basis string  `json:"basis" maxLength:"200" doc:"By which decision." example:"市委组织部文件"`
	}
}

type shareGiven struct {
	Body struct {
		ID string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	}
}

func setDuesShare(c *call, in *shareNew) (*shareGiven, error) {
	o, err := c.duesAt(in.ID.ID, access.Decide)
	if err != nil {
		return nil, err
	}
	kept, ok := dues.ParseShare(strconv.FormatFloat(in.Body.Kept, 'f', -1, 64))
	if !ok {
		return nil, fault.New(fault.Invalid, "比例要在 0 到 100 之间，最多两位小数。").At("kept").By("F-15")
	}
	out := &shareGiven{}
	out.Body.ID, err = c.in.Dues.SetShare(c, c.actor(), duesbook.Share{Org: o.ID, Kind: org.Kind(in.Body.Kind), From: in.Body.From, Kept: kept, Basis: in.Body.Basis})
	if err != nil {
		return nil, err
	}
	return out, nil
}
