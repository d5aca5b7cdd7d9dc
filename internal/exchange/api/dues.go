package api

import (
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
)

// DuesMonth is a month of a member.
type DuesMonth struct {
	Month string              `json:"month" doc:"The month." example:"2026-11"`
	State string              `json:"state" enum:"paid,exempt,due,overdue" doc:"How it stands." example:"paid"`
	Owed  *string             `json:"owed" doc:"Yuan that it costs; null where no base was fixed." example:"120.00"`
	Flags []string            `json:"flags" nullable:"false" doc:"over_cap: above the usual limit of F-10." example:"[]"`
	Rules []rulebook.Citation `json:"rules" nullable:"false" doc:"By which rules it is worked out." example:"[]"`
	Why   string              `json:"why" doc:"The arithmetic." example:"基数 8000.00 元 × 1.5% ＝ 120.00 元"`
}

// DuesWarning is F-13: months unpaid in a row.
type DuesWarning struct {
	Months  int               `json:"months" doc:"How many in a row, up to last month." example:"6"`
	First   string            `json:"first" doc:"The first of them." example:"2026-05"`
	Last    string            `json:"last" doc:"The last of them." example:"2026-10"`
	Reached bool              `json:"reached" doc:"As many as the rule names: the branch finds out and decides." example:"true"`
	Rule    rulebook.Citation `json:"rule" doc:"The rule."`
	Why     string            `json:"why" doc:"The arithmetic." example:"从 2026-05 到 2026-10 连续 6 个月没有交，规定是 6 个月"`
}

// MemberDues is a member's year.
type MemberDues struct {
	Member  string       `json:"member" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Name    string       `json:"name" doc:"Name." example:"石小满"`
	Left    bool         `json:"left" doc:"Paid here and is of another branch now, or of none." example:"false"`
	Months  []DuesMonth  `json:"months" nullable:"false" doc:"The months of the year for which something is owed." example:"[]"`
	Owed    string       `json:"owed" doc:"Yuan for the months of the year, as far as bases are fixed." example:"1440.00"`
	Paid    string       `json:"paid" doc:"Yuan received on days of the year." example:"1320.00"`
	Arrears string       `json:"arrears" doc:"Yuan for months that are over and unpaid." example:"0.00"`
	Unfixed int          `json:"unfixed" doc:"Months owed for which no base was fixed." example:"0"`
	Warning *DuesWarning `json:"warning,omitempty" doc:"Months unpaid in a row; absent without any."`
}

// DuesBook is a branch's year.
type DuesBook struct {
	Organisation string       `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Year         int          `json:"year" doc:"The year." example:"2026"`
	Owed         string       `json:"owed" doc:"Yuan owed in the year." example:"14400.00"`
	Paid         string       `json:"paid" doc:"Yuan received." example:"13200.00"`
	Arrears      string       `json:"arrears" doc:"Yuan overdue." example:"0.00"`
	Members      []MemberDues `json:"members" nullable:"false" doc:"In the order of the list." example:"[]"`
}

func (c *call) encodeDues(l duesbook.Line) MemberDues {
	out := MemberDues{Member: l.Member, Name: l.Name, Left: l.Left, Months: []DuesMonth{}, Owed: l.Owed.String(), Paid: l.Paid.String(), Arrears: l.Arrears.String(), Unfixed: l.Unfixed}
	for _, x := range l.Cells {
		if x.State == duesbook.None {
			continue
		}
		m := DuesMonth{Month: x.Month.MonthOf(), State: string(x.State), Flags: append([]string{}, x.Due.Flags...), Rules: append([]rulebook.Citation{}, x.Due.Rules...), Why: c.because(x.Due.Why)}
		if x.Known {
			owed := x.Due.Min.String()
			m.Owed = &owed
		}
		out.Months = append(out.Months, m)
	}
	if w := l.Warning; w != nil {
		out.Warning = &DuesWarning{w.Months, w.First.MonthOf(), w.Last.MonthOf(), w.Reached, w.Rule, c.because([]rulebook.Reason{w.Why})}
	}
	return out
}

type duesAsked struct {
	ID
	Year int `query:"year" minimum:"2008" maximum:"2200" doc:"The year; absent: this one." example:"2026"`
}

func (c *call) duesYear(year int) int {
	if year == 0 {
		return civil.Today(c.in.Clock).Year
	}
	return year
}

type duesGiven struct{ Body DuesBook }

func getDues(c *call, in *duesAsked) (*duesGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.List, access.Dues, o.Path, ""); err != nil {
		return nil, err
	}
	if !o.Kind.IsBranch() {
		return nil, fault.New(fault.Invalid, "党费交到党支部。%s不是党支部，请选它下面的支部。", o.ShortName).At("organisation").By("F-08")
	}
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	b, err := c.in.Dues.Year(c, r, o, c.duesYear(in.Year))
	if err != nil {
		return nil, err
	}
	out := &duesGiven{DuesBook{Organisation: o.ID, Year: b.Year, Owed: b.Owed.String(), Paid: b.Paid.String(), Arrears: b.Arrears.String(), Members: []MemberDues{}}}
	for _, l := range b.Lines {
		out.Body.Members = append(out.Body.Members, c.encodeDues(l))
	}
	return out, nil
}

type memberDuesGiven struct {
	Body struct {
		MemberDues
		Receipts []Receipt `json:"receipts" nullable:"false" doc:"Payments that stand, the newest first."`
	}
}

func getMemberDues(c *call, in *duesAsked) (*memberDuesGiven, error) {
	m, _, err := c.one(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.List, access.Dues, m.OrgPath, m.ID)
	}
	if err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	l, _, err := c.in.Dues.Own(c, r, in.ID.ID, c.duesYear(in.Year))
	if err != nil {
		return nil, err
	}
	out := &memberDuesGiven{}
	out.Body.MemberDues, out.Body.Receipts = c.encodeDues(l), []Receipt{}
	for _, p := range l.Payments {
		out.Body.Receipts = append(out.Body.Receipts, encodeReceipt(p))
	}
	return out, nil
}

// Receipt is a payment of dues that was recorded.
type Receipt struct {
	ID           string     `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string     `json:"organisation" doc:"Identifier of the branch that received it." example:"01KAS0000000000000000000CD"`
	Member       string     `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Name         string     `json:"name" doc:"Name on the receipt." example:"石小满"`
	From         string     `json:"from,omitempty" doc:"First month; absent of what was given freely." example:"2026-10"`
	Through      string     `json:"through,omitempty" doc:"Last month." example:"2026-11"`
	On           string     `json:"on" format:"date" doc:"Day of receipt." example:"2026-11-20"`
	Sum          string     `json:"sum" doc:"Yuan." example:"240.00"`
	Owed         *string    `json:"owed" doc:"What these months cost by what was fixed then; null where nothing was." example:"240.00"`
	Number       string     `json:"number" doc:"Number of the receipt." example:"2026-0001"`
	Way          string     `json:"way" enum:"cash,transfer,online" doc:"How it was paid." example:"cash"`
	Proxy        string     `json:"proxy,omitempty" doc:"Who brought it."`
	Reference    string     `json:"reference,omitempty" doc:"On the statement of the bank or payment service."`
	Document     string     `json:"document,omitempty" doc:"What proves it."`
	Reason       string     `json:"reason,omitempty" doc:"Why late."`
	By           string     `json:"by" doc:"Who recorded it." example:"石小满"`
	Entry        string     `json:"entry,omitempty" doc:"Identifier of the dated fact that it made."`
	Withdrawn    *time.Time `json:"withdrawn,omitempty" doc:"When it was taken back."`
	WithdrawnWhy string     `json:"withdrawnWhy,omitempty" doc:"Why."`
	Version      int64      `json:"version" doc:"Grows with every change." example:"1"`
}

func encodeReceipt(p duesbook.Payment) Receipt {
	out := Receipt{ID: p.ID, Organisation: p.Org, Member: p.Member, Name: p.Name, From: p.From.MonthOf(), Through: p.Through.MonthOf(), On: p.On.String(), Sum: p.Sum.String(), Number: p.Receipt,
		Way: string(p.Way), Proxy: p.Proxy, Reference: p.Reference, Document: p.Document, Reason: p.Reason, By: p.Actor, Entry: p.Entry, WithdrawnWhy: p.RetiredWhy, Version: p.Version}
	if p.Owed >= 0 {
		owed := p.Owed.String()
		out.Owed = &owed
	}
	if !p.Retired.IsZero() {
		out.Withdrawn = &p.Retired
	}
	return out
}

// PaymentNew is a payment as it is entered.
type PaymentNew struct {
	Member    string `json:"member" maxLength:"64" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Through   string `json:"through,omitempty" maxLength:"7" doc:"Last month paid; absent: given freely." example:"2026-11"`
	On        string `json:"on" format:"date" doc:"Day of receipt, not after today." example:"2026-11-20"`
	Sum       string `json:"sum" maxLength:"20" doc:"Yuan, at most two decimals." example:"240.00"`
	Number    string `json:"number,omitempty" maxLength:"40" doc:"Number of the receipt; absent: the next." example:"2026-0001"`
	Way       string `json:"way,omitempty" enum:"cash,transfer,online" doc:"How it was paid; absent: cash." example:"cash"`
	Proxy     string `json:"proxy,omitempty" maxLength:"50" doc:"Who brought it, if not the member."`
	Agreed    bool   `json:"agreed,omitempty" doc:"The branch agrees to the proxy, or to months ahead." example:"false"`
	Reference string `json:"reference,omitempty" maxLength:"80" doc:"On the statement of the bank or payment service."`
	Document  string `json:"document,omitempty" maxLength:"200" doc:"What proves it."`
	Reason    string `json:"reason,omitempty" maxLength:"200" doc:"Why late."`
}

func (n PaymentNew) typed() (p duesbook.Paying, err error) {
	p = duesbook.Paying{Member: n.Member, Receipt: n.Number, Way: duesbook.Way(n.Way), Proxy: n.Proxy, Agreed: n.Agreed, Reference: n.Reference, Document: n.Document, Reason: n.Reason}
	if p.On, err = day(n.On); err != nil {
		return p, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	if n.Through != "" {
		m, ok := duesbook.Month(n.Through)
		if !ok {
			return p, fault.New(fault.Invalid, "请填写交到哪个月，写成 2026-03。").At("through").By("F-12")
		}
		p.Through = m
	}
	sum, ok := dues.ParseFen(n.Sum)
	if !ok {
		return p, fault.New(fault.Invalid, "请填写金额，写成 15.00，最多两位小数。").At("sum").By("F-12")
	}
	p.Sum = sum
	return p, nil
}

type paymentsNew struct {
	ID
	Body struct {
		Payments []PaymentNew `json:"payments" maxItems:"500" nullable:"false" doc:"All of them are recorded, or none."`
	}
}

type paymentsGiven struct {
	Body struct {
		Items []Receipt `json:"items" nullable:"false" doc:"One receipt a payment, in the order given."`
	}
}

func recordPayments(c *call, in *paymentsNew) (*paymentsGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.Add, access.Dues, o.Path, "")
	}
	if err != nil {
		return nil, err
	}
	list := make([]duesbook.Paying, len(in.Body.Payments))
	for i, n := range in.Body.Payments {
		if list[i], err = n.typed(); err != nil {
			return nil, err
		}
	}
	done, err := c.in.Dues.Pay(c, c.actor(), o.ID, list)
	if err != nil {
		return nil, err
	}
	out := &paymentsGiven{}
	out.Body.Items = []Receipt{}
	for _, p := range done {
		out.Body.Items = append(out.Body.Items, encodeReceipt(p))
	}
	return out, nil
}

type receiptGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Receipt
}

func getReceipt(c *call, in *ID) (*receiptGiven, error) {
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	p, err := duesbook.PaymentByID(c, r, in.ID)
	if err != nil {
		return nil, err
	}
	return &receiptGiven{etag(p.Version), encodeReceipt(p)}, nil
}

func withdrawReceipt(c *call, in *withdrawn) (*receiptGiven, error) {
	if _, err := getReceipt(c, &in.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err != nil {
		return nil, err
	}
	if err := c.in.Dues.Withdraw(c, c.actor(), in.ID.ID, version, in.Body.Reason); err != nil {
		return nil, err
	}
	return getReceipt(c, &in.ID)
}

// Assessment is what decides how much a member pays: the base of a year, or a reduction.
type Assessment struct {
	ID           string `json:"id" doc:"Identifier." example:"01KAS0000000000000000000AB"`
	Organisation string `json:"organisation" doc:"Identifier of the branch." example:"01KAS0000000000000000000CD"`
	Member       string `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	Kind         string `json:"kind" enum:"base,relief" doc:"base: the base of a year. relief: a reduction or exemption." example:"base"`
	From         string `json:"from" doc:"First month." example:"2026-01"`
	To           string `json:"to" doc:"Last month." example:"2026-12"`
	State        string `json:"state" enum:"proposed,approved,refused,withdrawn,ended" doc:"It holds while approved." example:"proposed"`
	Source       string `json:"source,omitempty" doc:"What the member lives on; for whoever may fix it, and the member." example:"wage"`
	Income       string `json:"income,omitempty" doc:"Monthly base in yuan; the same." example:"8000.00"`
	Chosen       string `json:"chosen,omitempty" doc:"What a farmer pays a month; the same."`
	Monthly      string `json:"monthly,omitempty" doc:"What is paid a month under a reduction; the same."`
	Evidence     string `json:"evidence,omitempty" doc:"On what evidence; the same."`
	Reason       string `json:"reason,omitempty" doc:"Why; the same."`
	By           string `json:"by" doc:"Who proposed it." example:"石小满"`
	Decider      string `json:"decider,omitempty" doc:"Who decided." example:"石小满"`
	Answer       string `json:"answer,omitempty" doc:"The reason of a refusal or an end."`
	Version      int64  `json:"version" doc:"Grows with every change." example:"1"`
}

func (c *call) encodeAssessment(a duesbook.Assessment) Assessment {
	out := Assessment{ID: a.ID, Organisation: a.Org, Member: a.Member, Kind: string(a.Kind), From: a.From.MonthOf(), To: a.To.MonthOf(), State: string(a.State), By: a.Actor, Decider: a.Decider, Answer: a.Answer, Version: a.Version}
	_, fixes := c.person.Allow(access.Add, access.Dues, a.OrgPath, "")
	_, approves := c.person.Allow(access.Decide, access.Dues, a.OrgPath, "")
	if fixes != nil && approves != nil && a.Member != c.person.Member {
		return out
	}
	yuan := func(f dues.Fen, shown bool) string {
		if !shown {
			return ""
		}
		return f.String()
	}
	out.Source, out.Evidence, out.Reason = string(a.Source), a.Evidence, a.Reason
	out.Income, out.Chosen, out.Monthly = yuan(a.Income, a.Income > 0), yuan(a.Chosen, a.Chosen > 0), yuan(a.Monthly, a.Kind == duesbook.Relief)
	return out
}

type assessmentNew struct {
	ID
	Body struct {
		Items []struct {
			Member   string `json:"member" maxLength:"64" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
			Kind     string `json:"kind" enum:"base,relief" doc:"A base or a reduction." example:"base"`
			Year     int    `json:"year,omitempty" doc:"base: the year." example:"2026"`
			From     string `json:"from,omitempty" maxLength:"7" doc:"First month; of a base absent for January." example:"2026-01"`
			To       string `json:"to,omitempty" maxLength:"7" doc:"relief: last month." example:"2026-06"`
			Source   string `json:"source,omitempty" enum:"wage,pension,farmer,student,unemployed,relief" doc:"base: what the member lives on." example:"wage"`
			Income   string `json:"income,omitempty" maxLength:"20" doc:"base: monthly yuan, of wage and pension." example:"8000.00"`
			Chosen   string `json:"chosen,omitempty" maxLength:"20" doc:"base: what a farmer pays a month."`
			Monthly  string `json:"monthly,omitempty" maxLength:"20" doc:"relief: what is paid a month; 0.00 exempts." example:"0.00"`
			Applied  string `json:"applied,omitempty" format:"date" doc:"relief: day of the member's application." example:"2026-11-02"`
			Studied  string `json:"studied,omitempty" format:"date" doc:"relief: day of the branch's study." example:"2026-11-10"`
			Evidence string `json:"evidence" maxLength:"200" doc:"On what evidence." example:"1 月工资条"`
			Reason   string `json:"reason,omitempty" maxLength:"200" doc:"Why; of a reduction and of a base that is corrected within its year."`
		} `json:"items" maxItems:"500" nullable:"false" doc:"All of them are proposed, or none."`
	}
}

type assessmentsGiven struct {
	Body struct {
		Items []Assessment `json:"items" nullable:"false" doc:"In the order given."`
	}
}

func (in *assessmentNew) typed() (list []duesbook.New, err error) {
	for _, b := range in.Body.Items {
		n := duesbook.New{Member: b.Member, Kind: duesbook.Kind(b.Kind), Year: b.Year, Content: duesbook.Content{Source: dues.Source(b.Source), Evidence: b.Evidence, Reason: b.Reason}}
		for _, f := range []struct {
			name, text string
			into       *civil.Date
		}{{"from", b.From, &n.From}, {"to", b.To, &n.To}} {
			if f.text == "" {
				continue
			}
			m, ok := duesbook.Month(f.text)
			if !ok {
				return nil, fault.New(fault.Invalid, "月份要写成 2026-03。").At(f.name).By("format")
			}
			*f.into = m
		}
		for _, f := range []struct {
			name, text string
			into       *dues.Fen
		}{{"income", b.Income, &n.Income}, {"chosen", b.Chosen, &n.Chosen}, {"monthly", b.Monthly, &n.Monthly}} {
			if f.text == "" {
				continue
			}
			sum, ok := dues.ParseFen(f.text)
			if !ok {
				return nil, fault.New(fault.Invalid, "请填写金额，写成 5200.00，最多两位小数。").At(f.name).By("format")
			}
			*f.into = sum
		}
		for _, f := range []struct {
			name, text string
			into       *civil.Date
		}{{"applied", b.Applied, &n.Applied}, {"studied", b.Studied, &n.Studied}} {
			if *f.into, err = day(f.text); err != nil {
				return nil, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At(f.name).By("format")
			}
		}
		list = append(list, n)
	}
	return list, nil
}

func proposeAssessments(c *call, in *assessmentNew) (*assessmentsGiven, error) {
	o, _, err := c.organisation(in.ID.ID)
	if err == nil {
		_, err = c.person.Allow(access.Add, access.Dues, o.Path, "")
	}
	if err != nil {
		return nil, err
	}
	list, err := in.typed()
	if err != nil {
		return nil, err
	}
	ids, err := c.in.Dues.Propose(c, c.actor(), o.ID, list)
	if err != nil {
		return nil, err
	}
	out := &assessmentsGiven{}
	out.Body.Items = []Assessment{}
	for _, id := range ids {
		a, err := getAssessment(c, &ID{id})
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, a.Body)
	}
	return out, nil
}

type assessmentGiven struct {
	ETag string `header:"ETag" doc:"Version, for If-Match."`
	Body Assessment
}

func getAssessment(c *call, in *ID) (*assessmentGiven, error) {
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	a, err := c.in.Dues.ByID(c, r, in.ID)
	if err != nil {
		return nil, err
	}
	return &assessmentGiven{etag(a.Version), c.encodeAssessment(a)}, nil
}

func listAssessments(c *call, in *Parts) (*listed[Assessment], error) {
	o, _, err := c.organisation(in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.List, access.Dues, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := c.reader(access.List, access.Dues)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Dues.Proposals(c, r, o.Path)
	if err != nil {
		return nil, err
	}
	var items []Assessment
	for _, a := range list {
		items = append(items, c.encodeAssessment(a))
	}
	return part(c, items, in.Page)
}

type assessmentDecided struct {
	ID
	Seen
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"1" doc:"The version that the caller saw, unless If-Match says it." example:"1"`
		Reason  string `json:"reason,omitempty" maxLength:"200" doc:"Why; needed to refuse and to end what holds." example:"核定有误"`
	}
}

func (c *call) decideAssessment(in *assessmentDecided, how func(version int64) error) (*assessmentGiven, error) {
	if _, err := getAssessment(c, &in.ID); err != nil {
		return nil, err
	}
	version, err := in.version(in.Body.Version)
	if err == nil {
		err = how(version)
	}
	if err != nil {
		return nil, err
	}
	return getAssessment(c, &in.ID)
}

func approveAssessment(c *call, in *assessmentDecided) (*assessmentGiven, error) {
	return c.decideAssessment(in, func(v int64) error { return c.in.Dues.Approve(c, c.actor(), in.ID.ID, v) })
}

func refuseAssessment(c *call, in *assessmentDecided) (*assessmentGiven, error) {
	return c.decideAssessment(in, func(v int64) error { return c.in.Dues.Refuse(c, c.actor(), in.ID.ID, v, in.Body.Reason) })
}

func revokeAssessment(c *call, in *assessmentDecided) (*assessmentGiven, error) {
	return c.decideAssessment(in, func(v int64) error { return c.in.Dues.Revoke(c, c.actor(), in.ID.ID, v, in.Body.Reason) })
}
