package api

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/expression"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
)

// RuleShort is a rule as it holds where the caller is.
type RuleShort struct {
	ID         string `json:"id" doc:"Id of the rule, as refusals and duties name it." example:"D-11"`
	Title      string `json:"title" doc:"Short name." example:"列为发展对象前公示"`
	Regulation string `json:"regulation" doc:"Regulation." example:"中国共产党发展党员工作细则"`
	Article    string `json:"article" doc:"Article." example:"第十三条"`
	Version    string `json:"version" doc:"Version that holds on the day asked about, else the latest." example:"2026"`
	From       string `json:"from" format:"date" doc:"First day in force." example:"2026-05-18"`
	To         string `json:"to,omitempty" format:"date" doc:"Last day in force; absent while it holds." example:"2029-12-31"`
	Certainty  string `json:"certainty" enum:"V,P,M" doc:"How it came to be known: V wording seen, P only a paraphrase seen, M from memory." example:"V"`
	Wording    string `json:"wording" doc:"What it says, in the program's own words." example:"公示不少于五个工作日。"`
	TitleEn    string `json:"titleEn" doc:"The short name in English." example:"Public notice before the listing"`
	WordingEn  string `json:"wordingEn" doc:"What it says, in English." example:"The notice runs for at least five working days."`
	Local      string `json:"local,omitempty" doc:"Documents by which organisations above have set something stricter." example:"石桥镇党委〔2026〕12 号"`
}

// RuleVersion is one version with its parameters.
type RuleVersion struct {
	RuleShort
	Parameters map[string]string `json:"parameters" nullable:"false" doc:"Numbers and words of the rule; the unit is the end of the key." example:"{\"notice_days\":\"5\"}"`
	Source     string            `json:"source" doc:"Where the wording was seen." example:"2026 年修订《细则》条文摘抄，公开材料"`
	Link       string            `json:"link,omitempty" doc:"Where people can read it." example:"https://www.12371.cn/"`
}

// Rule is a rule with all versions.
type Rule struct {
	RuleShort
	Affects    string            `json:"affects" doc:"Whom it concerns: applicants, probationary, members, floating, branches, committees, organisations." example:"applicants"`
	Parameters map[string]string `json:"parameters" nullable:"false" doc:"As they hold where the caller is, local ones applied." example:"{\"notice_days\":\"7\"}"`
	Changeable map[string]string `json:"changeable" nullable:"false" doc:"Parameters that may be set stricter locally, with the stricter direction: lower, higher, on, off." example:"{\"notice_days\":\"higher\"}"`
	Versions   []RuleVersion     `json:"versions" nullable:"false" doc:"All versions, the oldest first, without local ones." example:"[]"`
	Decisions  []LocalRule       `json:"decisions" nullable:"false" doc:"What organisations above the caller have decided about it." example:"[]"`
}

// LocalRule is what an organisation has decided beyond the regulations.
type LocalRule struct {
	ID           string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000EF"`
	Organisation string `json:"organisation" doc:"Identifier of the organisation; it holds there and below." example:"01KAS0000000000000000000CD"`
	Name         string `json:"name" doc:"Its short name." example:"石桥镇党委"`
	Kind         string `json:"kind" enum:"parameter,duty,end" doc:"A stricter parameter, a duty of its own, or that one of these ends." example:"parameter"`
	About        string `json:"about,omitempty" doc:"Of an ending: what ends." example:"01KAS0000000000000000000EE"`
	Rule         string `json:"rule,omitempty" doc:"Rule." example:"D-11"`
	Parameter    string `json:"parameter,omitempty" doc:"Parameter." example:"notice_days"`
	Value        string `json:"value,omitempty" doc:"Its stricter value." example:"7"`
	Title        string `json:"title,omitempty" doc:"Name of the duty." example:"季度党课"`
	Wording      string `json:"wording,omitempty" doc:"What is to be done." example:"每季度上一次党课。"`
	Of           string `json:"of,omitempty" doc:"Who owes it: branch or member." example:"branch"`
	Months       int    `json:"months,omitempty" doc:"Length of the calendar period in months: 1, 3, 6, 12." example:"3"`
	Within       int    `json:"within,omitempty" doc:"Due so many days after the period begins; absent: on its last day." example:"20"`
	Applies      string `json:"applies,omitempty" doc:"Condition for whom it holds, in CEL over the facts of the handbook." example:"branch.members >= 7"`
	Done         string `json:"done,omitempty" doc:"Condition under which it is done." example:"meetings.lecture >= 1"`
	From         string `json:"from" format:"date" doc:"First day." example:"2026-12-01"`
	To           string `json:"to,omitempty" format:"date" doc:"Last day." example:"2027-12-31"`
	Basis        string `json:"basis" doc:"Document that decided it." example:"石桥镇党委〔2026〕12 号"`
	State        string `json:"state" enum:"proposed,approved,refused,withdrawn" doc:"It holds only when a second person has confirmed it." example:"proposed"`
	Proposer     string `json:"proposer" doc:"Who proposed it." example:"李文静"`
	Decider      string `json:"decider,omitempty" doc:"Who confirmed or refused it." example:"赵鹏"`
	Answer       string `json:"answer,omitempty" doc:"Why it was refused." example:"文号不对"`
	Version      int64  `json:"version" doc:"Version, for acts on it." example:"1"`
}

func shortRule(r rulebook.Rule) RuleShort {
	return RuleShort{ID: r.ID, Title: r.Title, Regulation: r.Regulation, Article: r.Article, Version: r.Version, From: r.From.String(), To: r.To.String(), Certainty: string(r.Certainty), Wording: r.Wording, TitleEn: r.TitleEn, WordingEn: r.WordingEn, Local: r.LocalBasis()}
}

func encodeLocal(d localrule.Decision) LocalRule {
	return LocalRule{ID: d.ID, Organisation: d.Org, Name: d.OrgName, Kind: string(d.Kind), About: d.About, Rule: d.Rule, Parameter: d.Parameter, Value: d.Value, Title: d.Title, Wording: d.Wording, Of: string(d.Of),
		Months: d.Months, Within: d.Within, Applies: d.Applies, Done: d.Done, From: d.From.String(), To: d.To.String(), Basis: d.Basis, State: string(d.State), Proposer: d.Proposer, Decider: d.Decider, Answer: d.Answer, Version: d.Version}
}

type rulesAsked struct {
	Page
	Q  string `query:"q" maxLength:"60" doc:"Text in id, title, regulation, article or wording." example:"公示"`
	On string `query:"on" format:"date" doc:"The day whose versions are asked for; absent: today." example:"2026-07-01"`
}

// ruled gives the book where the caller is, and the day asked about.
func (c *call) ruled(on string) (*rulebook.Book, civil.Date, error) {
	day, err := c.on(on)
	if err != nil {
		return nil, day, err
	}
	book, err := c.in.Local.Book(c, c.person.Place())
	return book, day, err
}

func ruleOn(b *rulebook.Book, id string, day civil.Date) rulebook.Rule {
	if r, ok := b.On(id, day); ok {
		return r
	}
	v := b.Versions(id)
	return v[len(v)-1]
}

func listRules(c *call, in *rulesAsked) (*listed[RuleShort], error) {
	book, day, err := c.ruled(in.On)
	if err != nil {
		return nil, err
	}
	var items []RuleShort
	for _, id := range book.IDs() {
		r := shortRule(ruleOn(book, id, day))
		if in.Q == "" || strings.Contains(strings.ToLower(strings.Join([]string{r.ID, r.Title, r.Regulation, r.Article, r.Wording, r.TitleEn, r.WordingEn}, "\x00")), strings.ToLower(in.Q)) {
			items = append(items, r)
		}
	}
	return part(c, items, in.Page)
}

type ruleAsked struct {
	Rule string `path:"id" maxLength:"20" doc:"Id of the rule." example:"D-11"`
	On   string `query:"on" format:"date" doc:"The day asked about; absent: today." example:"2026-07-01"`
}

type ruleGiven struct{ Body Rule }

func getRule(c *call, in *ruleAsked) (*ruleGiven, error) {
	book, day, err := c.ruled(in.On)
	if err != nil {
		return nil, err
	}
	versions := book.Versions(in.Rule)
	if len(versions) == 0 {
		return nil, fault.Missing()
	}
	now := ruleOn(book, in.Rule, day)
	out := Rule{RuleShort: shortRule(now), Affects: now.Affects, Parameters: now.Parameters(), Changeable: map[string]string{}, Versions: []RuleVersion{}, Decisions: []LocalRule{}}
	for _, k := range now.Changeable() {
		d, _ := now.Direction(k)
		out.Changeable[k] = string(d)
	}
	for _, v := range versions {
		out.Versions = append(out.Versions, RuleVersion{shortRule(v), v.Parameters(), v.Source, v.Link})
	}
	decisions, err := c.in.Local.Here(c, c.person.Place())
	for _, d := range decisions {
		if d.Rule == in.Rule && d.State == localrule.Approved {
			out.Decisions = append(out.Decisions, encodeLocal(d))
		}
	}
	return &ruleGiven{out}, err
}

func listLocalRules(c *call, in *struct {
	ID
	Page
}) (*listed[LocalRule], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Local.Here(c, o.Path)
	if err != nil {
		return nil, err
	}
	var items []LocalRule
	waiting := c.person.May(access.List, access.LocalRule)
	for _, d := range list {
		if d.State == localrule.Approved || waiting {
			items = append(items, encodeLocal(d))
		}
	}
	return part(c, items, in.Page)
}

type localProposed struct {
	ID
	Body struct {
		Kind      string `json:"kind" enum:"parameter,duty" doc:"A stricter parameter, or a duty of its own." example:"parameter"`
		Rule      string `json:"rule,omitempty" maxLength:"20" doc:"Of a parameter: the rule." example:"D-11"`
		Parameter string `json:"parameter,omitempty" maxLength:"60" doc:"Of a parameter: its key." example:"notice_days"`
		Value     string `json:"value,omitempty" maxLength:"40" doc:"Of a parameter: the stricter value as the rule files write it." example:"7"`
		Title     string `json:"title,omitempty" maxLength:"40" doc:"Of a duty: its name." example:"季度党课"`
		Wording   string `json:"wording,omitempty" maxLength:"300" doc:"Of a duty: what is to be done." example:"每季度上一次党课。"`
		Of        string `json:"of,omitempty" enum:"branch,member" doc:"Of a duty: who owes it." example:"branch"`
		Months    int    `json:"months,omitempty" enum:"1,3,6,12" doc:"Of a duty: length of the calendar period." example:"3"`
		Within    int    `json:"within,omitempty" minimum:"1" maximum:"372" doc:"Of a duty: due so many days after the period begins." example:"20"`
		Applies   string `json:"applies,omitempty" maxLength:"300" doc:"Of a duty: for whom, in CEL." example:"branch.members >= 7"`
		Done      string `json:"done,omitempty" maxLength:"300" doc:"Of a duty: when it is done, in CEL." example:"meetings.lecture >= 1"`
		From      string `json:"from" format:"date" doc:"First day; not before today." example:"2026-12-01"`
		To        string `json:"to,omitempty" format:"date" doc:"Last day." example:"2027-12-31"`
		Basis     string `json:"basis" maxLength:"200" doc:"The document that decided it." example:"石桥镇党委〔2026〕12 号"`
	}
}

type localGiven struct{ Body LocalRule }

func proposeLocalRule(c *call, in *localProposed) (*localGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := localrule.Decision{Org: o.ID, Kind: localrule.Kind(b.Kind), Rule: b.Rule, Parameter: b.Parameter, Value: b.Value, Title: b.Title, Wording: b.Wording, Of: expression.Subject(b.Of),
		Months: b.Months, Within: b.Within, Applies: b.Applies, Done: b.Done, Basis: b.Basis}
	if d.From, err = day(b.From); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("from").By("format")
	}
	if d.To, err = day(b.To); err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to").By("format")
	}
	id, err := c.in.Local.Propose(c, c.actor(), d)
	if err != nil {
		return nil, err
	}
	return c.localAnswer(id)
}

func (c *call) localAnswer(id string) (*localGiven, error) {
	r, err := c.reader(access.List, access.LocalRule)
	if err != nil {
		return nil, err
	}
	d, err := c.in.Local.ByID(c, r, c.person.Place(), id)
	return &localGiven{encodeLocal(d)}, err
}

type localDecided struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Answer  string `json:"answer,omitempty" maxLength:"300" doc:"Of a refusal: why." example:"文号不对"`
	}
}

func approveLocalRule(c *call, in *localDecided) (*localGiven, error) {
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Local.Approve(c, c.actor(), in.ID.ID, version)
	}
	if err != nil {
		return nil, err
	}
	return c.localAnswer(in.ID.ID)
}

func refuseLocalRule(c *call, in *localDecided) (*localGiven, error) {
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Local.Refuse(c, c.actor(), in.ID.ID, version, in.Body.Answer)
	}
	if err != nil {
		return nil, err
	}
	return c.localAnswer(in.ID.ID)
}

func withdrawLocalRule(c *call, in *localDecided) (*localGiven, error) {
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = c.in.Local.Withdraw(c, c.actor(), in.ID.ID, version)
	}
	if err != nil {
		return nil, err
	}
	return c.localAnswer(in.ID.ID)
}

type localEnded struct {
	ID
	Body struct {
		Last  string `json:"last" format:"date" doc:"The last day it is to hold." example:"2026-12-31"`
		Basis string `json:"basis" maxLength:"200" doc:"The document that ends it." example:"石桥镇党委〔2026〕20 号"`
	}
}

func endLocalRule(c *call, in *localEnded) (*localGiven, error) {
	last, err := day(in.Body.Last)
	if err != nil {
		return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("to").By("format")
	}
	id, err := c.in.Local.ProposeEnd(c, c.actor(), in.ID.ID, last, in.Body.Basis)
	if err != nil {
		return nil, err
	}
	return c.localAnswer(id)
}
