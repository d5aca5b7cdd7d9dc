package api

import (
	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/org"
	"zhibu/internal/trust/access"
)

// Post is a post and who holds it.
type Post struct {
	ID           string `json:"id" doc:"Identifier."`
	Organisation string `json:"organisation" doc:"Identifier of the organisation." example:"01KAS0000000000000000000CD"`
	Title        string `json:"title" doc:"secretary, deputy-secretary, organisation-member, publicity-member, discipline-member, youth-member, united-front-member, confidentiality-member, committee-member, organiser, party-worker or group-leader." example:"secretary"`
	Holder       string `json:"holder" doc:"Name of the holder." example:"石小满"`
	Member       string `json:"member,omitempty" doc:"Identifier of the holder's record, where the caller may see it."`
	From         string `json:"from" format:"date" doc:"First day in the post." example:"2024-01-01"`
	To           string `json:"to,omitempty" format:"date" doc:"First day no longer in the post; absent while it lasts." example:"2026-01-15"`
	Version      int64  `json:"version" doc:"Grows with every change." example:"1"`
}

func (c *call) encodePost(p org.Post) (Post, error) {
	out := Post{p.ID, p.Organisation, p.Title, p.Holder, "", p.From.String(), p.To.String(), p.Version}
	if p.Member == "" || !c.person.May(access.List, access.Member) {
		return out, nil
	}
	r, err := c.reader(access.List, access.Member)
	if err != nil {
		return out, err
	}
	_, err = r.One(c, "SELECT id FROM {member} WHERE id = ?", []any{p.Member}, &out.Member)
	return out, err
}

type postsAsked struct {
	Parts
	AsOf
	All bool `query:"all" doc:"Past ones too." example:"false"`
}

func listPosts(c *call, in *postsAsked) (*listed[Post], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	day, err := in.AsOf.day(c)
	if err != nil {
		return nil, err
	}
	switch {
	case in.All && !day.IsZero():
		return nil, fault.New(fault.Invalid, "as_of 不能和 all 一起用。").At("as_of").By("choice")
	case in.All:
	case day.IsZero():
		day = civil.Today(c.in.Clock)
	}
	posts, err := org.Posts(c, r, o.ID, day)
	if err != nil {
		return nil, err
	}
	items := make([]Post, len(posts))
	for i, p := range posts {
		if items[i], err = c.encodePost(p); err != nil {
			return nil, err
		}
	}
	return part(c, items, in.Page)
}

type postNew struct {
	ID
	Body struct {
		Title  string `json:"title" maxLength:"40" doc:"The post." example:"secretary"`
		Member string `json:"member,omitempty" maxLength:"64" doc:"Identifier of the holder's record." example:"01KAS0000000000000000000AB"`
		Holder string `json:"holder,omitempty" maxLength:"50" doc:"Name of a holder who has no record here." example:"石小满"`
		On     string `json:"on,omitempty" format:"date" doc:"First day in the post; absent: today." example:"2026-01-15"`
		Why
	}
}

func addPost(c *call, in *postNew) (*organisationGiven, error) {
	basis, err := c.orgBasis(in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	if _, err := c.mayOrg(access.Post, in.ID.ID); err != nil {
		return nil, err
	}
	return c.planned(0, org.Plan{Kind: org.ActAddPost, ID: in.ID.ID, Title: in.Body.Title, Member: in.Body.Member, Holder: in.Body.Holder, Basis: basis})
}

type postEnded struct {
	ID
	Body struct {
		Version int64  `json:"version" minimum:"1" doc:"The version that the caller saw." example:"1"`
		On      string `json:"on,omitempty" format:"date" doc:"First day no longer in the post; absent: today." example:"2026-01-15"`
		Why
	}
}

func endPost(c *call, in *postEnded) (*organisationGiven, error) {
	basis, err := c.orgBasis(in.Body.Why, in.Body.On)
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Org)
	if err != nil {
		return nil, err
	}
	p, err := org.PostByID(c, r, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.mayOrg(access.Post, p.Organisation); err != nil {
		return nil, err
	}
	return c.planned(in.Body.Version, org.Plan{Kind: org.ActEndPost, ID: p.Organisation, Post: p.ID, Basis: basis})
}

// Headcount counts the members on the register at and below an organisation.
type Headcount struct {
	Organisation string `json:"organisation" doc:"Identifier." example:"01KAS0000000000000000000CD"`
	On           string `json:"on" format:"date" doc:"The day for which ages are counted; they turn with the month of birth." example:"2026-01-15"`
	Total        int64  `json:"total" doc:"Everybody." example:"412"`
	Category     struct {
		Full         int64 `json:"full" doc:"正式党员." example:"400"`
		Probationary int64 `json:"probationary" doc:"预备党员." example:"12"`
		Pending      int64 `json:"pending" doc:"待审核: entered, not reviewed by a second person; in neither of the two." example:"3"`
	} `json:"category" doc:"By category."`
	Sex struct {
		Male   int64 `json:"male" doc:"男." example:"280"`
		Female int64 `json:"female" doc:"女." example:"132"`
	} `json:"sex" doc:"By sex."`
	Ages []Band `json:"ages" nullable:"false" doc:"By the age bands of the yearly statistics."`
}

// Band is an age band.
type Band struct {
	From    int   `json:"from,omitempty" doc:"Youngest age of the band; absent in the first." example:"31"`
	To      int   `json:"to,omitempty" doc:"Oldest age of the band; absent in the last." example:"35"`
	Members int64 `json:"members" doc:"How many." example:"58"`
}

// bandEnds are the oldest ages of headcount.Bands but the last.
var bandEnds = []int{30, 35, 40, 45, 50, 55, 60}

type headcountAsked struct {
	ID
	On string `query:"on" format:"date" doc:"The day for which ages are counted; absent: today." example:"2026-01-15"`
}

type headcountGiven struct{ Body Headcount }

func getHeadcount(c *call, in *headcountAsked) (*headcountGiven, error) {
	on, err := c.on(in.On)
	if err != nil {
		return nil, err
	}
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.List, access.Member, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Member)
	if err != nil {
		return nil, err
	}
	if r, err = r.Within(o.Path); err != nil {
		return nil, fault.Missing()
	}
	n, err := headcount.At(c, r, o.Path, on)
	if err != nil {
		return nil, err
	}
	out := &headcountGiven{Headcount{Organisation: o.ID, On: on.String(), Total: n.Total}}
	out.Body.Category.Full, out.Body.Category.Probationary, out.Body.Category.Pending = n.Category["full"], n.Category["probationary"], n.Category[headcount.Pending]
	out.Body.Sex.Male, out.Body.Sex.Female = n.Sex["1"], n.Sex["2"]
	for i, members := range n.Band {
		b := Band{Members: members}
		if i > 0 {
			b.From = bandEnds[i-1] + 1
		}
		if i < len(bandEnds) {
			b.To = bandEnds[i]
		}
		out.Body.Ages = append(out.Body.Ages, b)
	}
	return out, nil
}
