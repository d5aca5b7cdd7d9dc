package api

import (
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// ReviewLine is one line of the queue.
type ReviewLine struct {
	ID           string    `json:"id" doc:"Identifier of what waits: a proposed change, or the record itself where nobody has reviewed it." example:"01KAS0000000000000000000AB"`
	Kind         string    `json:"kind" enum:"member.add,member.mend,member.move,member.end,member.restore,member.fact,member.fact.mend,member.fact.retire,member.unite,member.separate" doc:"What waits; member.add is a record that nobody has reviewed; member.fact is a dated fact that is entered." example:"member.mend"`
	Member       string    `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Name         string    `json:"name" doc:"姓名." example:"石小满"`
	Organisation string    `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Fields       []string  `json:"fields" nullable:"false" doc:"Fields that would change; of dated facts their kind." example:"[\"education\"]"`
	Since        time.Time `json:"since" doc:"When it was entered."`
	By           string    `json:"by,omitempty" doc:"Who proposed it." example:"李文静"`
	State        string    `json:"state" enum:"pending,returned,approved,withdrawn" doc:"待审核, 退回, 已通过, 已撤回." example:"pending"`
	Owner        string    `json:"owner,omitempty" doc:"Identifier of the organisation whose reviewers are asked." example:"01KAS0000000000000000000CD"`
	Batch        string    `json:"batch,omitempty" doc:"Identifier of the import it came with." example:"01KAS0000000000000000000EF"`
	Row          int       `json:"row,omitempty" doc:"Row of the imported sheet." example:"7"`
}

type reviewsAsked struct {
	Under  string `query:"under" maxLength:"64" doc:"Identifier of an organisation: only what waits at or below it." example:"01KAS0000000000000000000CD"`
	What   string `query:"what" enum:"changes,records" doc:"Proposed changes only, or records only that nobody has reviewed." example:"changes"`
	State  string `query:"state" enum:"pending,returned,approved,withdrawn" doc:"Absent: what waits." example:"returned"`
	Kind   string `query:"kind" enum:"member.mend,member.move,member.end,member.restore,member.fact,member.fact.mend,member.fact.retire,member.unite,member.separate" doc:"Only changes of this kind." example:"member.mend"`
	Owner  string `query:"owner" maxLength:"64" doc:"Only changes for which this organisation is asked." example:"01KAS0000000000000000000CD"`
	Mine   bool   `query:"mine" doc:"Only changes that the caller has proposed." example:"false"`
	Member string `query:"member" maxLength:"64" doc:"Only changes to this member's record." example:"01KAS0000000000000000000AB"`
	Batch  string `query:"batch" maxLength:"64" doc:"Only what came with this import." example:"01KAS0000000000000000000EF"`
	Page
}

func listReviews(c *call, in *reviewsAsked) (*listed[ReviewLine], error) {
	r, err := c.reader(access.List, access.Member)
	if err != nil {
		return nil, err
	}
	f := review.Filter{What: review.What(in.What), State: review.State(in.State), Kind: in.Kind, Member: in.Member, Batch: in.Batch, After: in.After, Limit: in.Limit}
	if in.Owner != "" {
		f.Owner = []string{in.Owner}
	}
	if in.Mine {
		f.Account = c.person.Account
	}
	if in.Under != "" {
		o, _, err := c.organisation(in.Under)
		if err != nil {
			return nil, err
		}
		f.Under = o.Path
	}
	q, err := c.in.Reviews.Queue(c, r, f)
	if fault.Of(err) == fault.NotFound && in.After != "" {
		return nil, badCursor()
	}
	if err != nil {
		return nil, err
	}
	items := make([]ReviewLine, len(q.Lines))
	for i, l := range q.Lines {
		items[i] = ReviewLine{l.ID, l.Kind, l.Member, l.Name, l.Org, namesOf(l.Fields), l.Since, l.By, string(l.State), l.Owner, l.Batch, l.Row}
	}
	return page(c, items, q.Next), nil
}

// Review is one thing that waits, old and new.
type Review struct {
	ReviewLine
	Changes  []ReviewChange `json:"changes" nullable:"false" doc:"What would change, field by field; of numbers and addresses only tails. Empty for a record that nobody has reviewed: read it."`
	Ending   string         `json:"ending,omitempty" doc:"How the membership ends, for member.end." example:"died"`
	On       string         `json:"on,omitempty" format:"date" doc:"The day it took effect." example:"2026-01-15"`
	Reason   string         `json:"reason,omitempty" doc:"Why." example:"核对学历证书原件"`
	Document string         `json:"document,omitempty" doc:"What proves it." example:"毕业证书"`
	Answer   string         `json:"answer,omitempty" doc:"Why it was returned." example:"请附证书"`
	Decider  string         `json:"decider,omitempty" doc:"Who decided or returned it." example:"周审核"`
	Beside   []string       `json:"beside,omitempty" doc:"Identifiers of other changes to the same facts that wait: one of them is approved, and that returns the others."`
	Warnings []Wrong        `json:"warnings,omitempty" doc:"What has to be looked at; with an error it cannot be approved."`
	May      []string       `json:"may" nullable:"false" doc:"What the caller may do with it: decide, correct, withdraw." example:"[\"decide\"]"`
	Version  int64          `json:"version" doc:"Grows when the review or the record changes; a decision names the version it saw. Also the ETag." example:"4"`
}

// ReviewChange is one field of a change.
type ReviewChange struct {
	Field    string `json:"field" doc:"Field of the record." example:"education"`
	Old      string `json:"old" doc:"What the record says." example:"大专"`
	New      string `json:"new" doc:"What it is to say." example:"大学本科"`
	Key      bool   `json:"key,omitempty" doc:"A key fact, which needs the document that proves it." example:"false"`
	Overtook bool   `json:"overtook,omitempty" doc:"The record has changed here since it was proposed." example:"false"`
}

type reviewGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Review
}

// reviewOf reads what waits and what the caller may see of its record.
func (c *call) reviewOf(id string) (*review.Item, access.Mask, error) {
	it, err := c.in.Reviews.Item(c, c.in.DB.As(c.actor().Scope), c.actor(), id)
	if err != nil {
		return nil, 0, err
	}
	_, mask, err := c.one(it.Member.ID)
	return it, mask, err
}

func (c *call) reviewAnswer(id string) (*reviewGiven, error) {
	it, mask, err := c.reviewOf(id)
	if err != nil {
		return nil, err
	}
	m := it.Member
	out := Review{ReviewLine: ReviewLine{ID: id, Kind: member.DoAdd, Member: m.ID, Name: m.Name, Organisation: m.OrgID, Fields: []string{}, Since: store.Made(id),
		State: string(m.Review), Batch: m.Batch, Row: m.SourceRow}, Answer: it.Answer, Decider: it.By, Version: it.Version, Changes: []ReviewChange{}, May: []string{}}
	problems := it.Problems
	if p := it.Proposal; p != nil {
		out.Kind, out.Fields, out.By, out.State, out.Owner, out.Batch, out.Row = p.Kind, namesOf(p.Fields), p.Actor, string(p.State), p.Owner, p.Batch, p.Row
		out.On, out.Reason, out.Document = p.Basis.On.String(), p.Basis.Reason, p.Basis.Document
	} else {
		more, err := c.in.Intake.RowProblems(c, m.Batch, m.SourceRow)
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	if ch := it.Change; ch != nil {
		out.Ending = string(ch.Ending)
		for _, f := range ch.Fields {
			if mask.Has(installation.ClassOf(f)) {
				out.Changes = append(out.Changes, ReviewChange{string(f), masked(f, ch.Old[f]), masked(f, ch.New[f]), member.KeyFact(f),
					it.Proposal != nil && it.Proposal.Open() && it.Was[f] != ch.Old[f]})
			}
		}
	}
	for _, o := range it.Beside {
		out.Beside = append(out.Beside, o.ID)
	}
	out.Warnings = wrongs(c, problems)
	can, why := c.in.Reviews.Can(c, c.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	for name, yes := range map[string]bool{"decide": can.Decide, "correct": can.Correct, "withdraw": can.Withdraw} {
		if yes {
			out.May = append(out.May, name)
		}
	}
	return &reviewGiven{etag(it.Version), out}, nil
}

// masked keeps the end of a value that is shown in full by a reveal only.
func masked(c roster.Column, text string) string {
	if text == "" || !c.Sensitive() {
		return text
	}
	r := []rune(text)
	return stars(string(r[max(0, len(r)-4):]))
}

func getReview(c *call, in *ID) (*reviewGiven, error) {
	it, _, err := c.reviewOf(in.ID)
	if err != nil {
		return nil, err
	}
	if err := c.in.Members.Opened(c.actor(), it.Member); err != nil {
		return nil, err
	}
	return c.reviewAnswer(in.ID)
}

type reviewDecided struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"4"`
		Reason  string `json:"reason,omitempty" maxLength:"500" doc:"Why it is returned." example:"请附毕业证书"`
	}
}

type decision func(c *call, id string, version int64, reason string) error

// decided does one thing with what waits and answers with how it stands.
func decided(do decision) func(*call, *reviewDecided) (*reviewGiven, error) {
	return func(c *call, in *reviewDecided) (*reviewGiven, error) {
		version, err := in.version(in.Body.Version)
		if err != nil {
			return nil, err
		}
		if err := do(c, in.ID.ID, version, in.Body.Reason); err != nil {
			return nil, err
		}
		return c.afterwards(in.ID.ID)
	}
}

// afterwards is how a review stands after it was decided; an approved record is no review any more.
func (c *call) afterwards(id string) (*reviewGiven, error) {
	out, err := c.reviewAnswer(id)
	if fault.Of(err) != fault.NotFound {
		return out, err
	}
	m, _, err := c.one(id)
	if err != nil {
		return nil, err
	}
	return &reviewGiven{etag(m.Version), Review{ReviewLine: ReviewLine{ID: id, Kind: member.DoAdd, Member: id, Name: m.Name, Organisation: m.OrgID, Fields: []string{},
		Since: store.Made(id), State: string(review.Approved)}, Changes: []ReviewChange{}, May: []string{}, Version: m.Version}}, nil
}

func approveReview(c *call, id string, version int64, _ string) error {
	return c.in.Reviews.Approve(c, c.actor(), id, version)
}

func returnReview(c *call, id string, version int64, reason string) error {
	return c.in.Reviews.Return(c, c.actor(), id, version, reason)
}

func withdrawReview(c *call, id string, version int64, _ string) error {
	return c.in.Reviews.Withdraw(c, c.actor(), id, version)
}

type reviewCorrected struct {
	ID
	Seen
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"4"`
		MemberFacts
		Why
	}
}

func correctReview(c *call, in *reviewCorrected) (*reviewGiven, error) {
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	basis, err := memberBasis(in.Body.Why, "")
	if err != nil {
		return nil, err
	}
	out, problems, err := c.in.Reviews.Correct(c, c.actor(), in.ID.ID, version, in.Body.typed(), basis)
	if err != nil {
		return nil, err
	}
	if roster.Rejected(problems) {
		return nil, refused(c, problems)
	}
	if out.ID == "" {
		out.ID = in.ID.ID
	}
	return c.reviewAnswer(out.ID)
}

type correctionAsked struct {
	ID
	Seen
	Body struct {
		Version   int64    `json:"version,omitempty" minimum:"1" doc:"The version of the record that the caller saw, unless If-Match says it." example:"3"`
		Documents []string `json:"documents,omitempty" maxItems:"10" nullable:"false" doc:"Identifiers of documents that prove it." example:"[\"01KAS0000000000000000000GH\"]"`
		MemberFacts
		Why
	}
}

type reviewMade struct {
	Location string `header:"Location" doc:"Address of the review."`
	ETag     string `header:"ETag" doc:"Version, for If-Match."`
	Body     Review
}

// askCorrection is a member's own request for a correction of her record.
func askCorrection(c *call, in *correctionAsked) (*reviewMade, error) {
	if in.ID.ID != c.person.Member || c.person.Member == "" {
		if _, _, err := c.one(in.ID.ID); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Forbidden, "只能申请更正自己的信息。").By(access.RuleOwn)
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	basis, err := memberBasis(in.Body.Why, "")
	if err != nil {
		return nil, err
	}
	out, problems, err := c.in.Reviews.Request(c, c.actor(), version, in.Body.typed(), basis, in.Body.Documents)
	switch {
	case err != nil:
		return nil, err
	case roster.Rejected(problems):
		return nil, refused(c, problems)
	case out.ID == "":
		return nil, fault.New(fault.Invalid, words.Mark("档案现在的内容已经是这样，没有要更正的。"))
	}
	made, err := c.reviewAnswer(out.ID)
	if err != nil {
		return nil, err
	}
	return &reviewMade{Prefix + "/reviews/" + out.ID, made.ETag, made.Body}, nil
}

type cleanGiven struct{ Body CleanApproval }

// CleanApproval is how far the approval of an import's clean rows is.
type CleanApproval struct {
	Running bool   `json:"running" doc:"Whether it goes on." example:"true"`
	Done    int    `json:"done" doc:"Rows approved." example:"500"`
	Total   int    `json:"total" doc:"Clean rows when it began." example:"100000"`
	Message string `json:"message,omitempty" doc:"Why it ended early." example:""`
}

func approveClean(c *call, in *ID) (*cleanGiven, error) {
	if err := c.in.Intake.ApproveClean(c, c.actor(), in.ID); err != nil {
		return nil, err
	}
	return cleanApproval(c, in)
}

func cleanApproval(c *call, in *ID) (*cleanGiven, error) {
	r, err := c.reader(access.List, access.Member)
	if err != nil {
		return nil, err
	}
	if _, err := c.in.Intake.Batch(c, r, in.ID); err != nil {
		return nil, err
	}
	a, found, err := c.in.Intake.Approval(c, in.ID)
	if err != nil || !found {
		return nil, firstOr(err, fault.Missing())
	}
	return &cleanGiven{CleanApproval{a.Running, a.Done, a.Total, a.Message}}, nil
}

func firstOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
