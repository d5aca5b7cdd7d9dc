package web

import (
	"encoding/json"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// Acts on organisations wait for a second person like changes to records: listed with them, shown old and new side by
// side, approved, returned, mended where they were typed.

var orgActNames = map[string]view.Text{
	org.ActEstablish: view.Say("设立党组织"), org.ActRename: view.Say("更名"), org.ActName: view.Say("补记以前的名称"), org.ActMove: view.Say("调整隶属"),
	org.ActMerge: view.Say("并入其他党组织"), org.ActSplit: view.Say("分设党组织"), org.ActAbolish: view.Say("撤销"), org.ActReopen: view.Say("恢复"),
}

// orgActForms are the forms by which they are proposed.
var orgActForms = map[string]string{org.ActEstablish: "establish", org.ActRename: "rename", org.ActName: "name", org.ActMove: "move", org.ActMerge: "merge",
	org.ActSplit: "split", org.ActAbolish: "abolish", org.ActReopen: "reopen"}

func (s *Server) showOrgReview(v *visit) error {
	it, err := v.in.Reviews.OrgItem(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	page, err := v.orgReviewPage(it, v.versioned(url.Values{}, it.Version))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) orgReviewPage(it *review.OrgItem, form view.Form) (templ.Component, error) {
	p := it.Proposal
	can, why := v.in.Reviews.CanOrg(v.ctx(), v.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	name := it.Now.Of.ShortName
	out := view.Sheet{Heading: orgActNames[p.Kind], Lead: view.Plain(name), Tags: []view.Tag{proposalState[p.State]}, Print: true, Form: form}
	rows, err := v.orgActRows(it)
	if err != nil {
		return nil, err
	}
	what := view.SheetPart{ID: "what", Title: view.Say("改什么"), Head: []view.Text{view.Say("内容"), view.Say("现在"), view.Say("通过以后")}, Rows: rows}
	if !p.Open() {
		what.Head[1] = view.Say("原来")
	}
	why1, err := v.orgActBasis(it)
	if err != nil {
		return nil, err
	}
	out.Parts = []view.SheetPart{what, {ID: "basis", Title: view.Say("凭什么"), Facts: why1}}
	v.orgReviewNotices(it, can, why, &out)
	if part := v.orgReviewForms(it, can); len(part.Forms) > 0 {
		out.Parts = append(out.Parts, part)
	}
	crumbs := []view.Link{{Text: view.Say("审核\x04目录"), URL: view.PathReviews}, {Text: view.Plain(name), URL: view.PathOrg(it.Now.Of.ID)}}
	return view.SheetPage(v.page(orgActNames[p.Kind], view.PathReviews, crumbs...), out), nil
}

// orgReviewNotices say what has to be known before deciding: why it was returned, what has changed, why it cannot be done.
func (v *visit) orgReviewNotices(it *review.OrgItem, can review.Can, why error, out *view.Sheet) {
	p := it.Proposal
	add := func(kind string, text view.Text, link view.Link) {
		out.Notices = append(out.Notices, view.Notice{Kind: kind, Text: text, Link: link})
	}
	if p.Answer != "" {
		answer := view.Say("%s退回：%s", view.Plain(p.Decider), view.Plain(p.Answer))
		switch {
		case can.Correct:
			again := view.PathOrgAct(p.Org, orgActForms[p.Kind]) + "?" + url.Values{fieldAgain: {p.ID}}.Encode()
			add(view.NoticeWarn, answer, view.Link{Text: view.Say("改好再交"), URL: again})
		case p.State == review.Returned:
			add(view.NoticeWarn, answer, view.Link{})
		default:
			add(view.NoticeInfo, view.Say("上次%s。已经改过再交。", answer), view.Link{})
		}
	}
	if it.Problem != nil {
		add(view.NoticeLate, view.Say("按党组织现在的情况，这一条不能通过：%s", view.Plain(words.Error(v.ctx(), it.Problem))), view.Link{})
	}
	if it.Overtaken() {
		add(view.NoticeWarn, view.Say("提出以后，有关的党组织又有变动。下面“现在”一栏是现在的情况，括号里是提出时的。"), view.Link{})
	}
	if why != nil && p.State == review.Waiting && !can.Withdraw {
		add(view.NoticeInfo, view.Plain(words.Error(v.ctx(), why)), view.Link{})
	}
}

func (v *visit) orgReviewForms(it *review.OrgItem, can review.Can) view.SheetPart {
	part := view.SheetPart{ID: "decide", Title: view.Say("审核")}
	if can.Decide {
		if it.Problem == nil {
			part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "approve"), Submit: view.Say("通过"), Main: true})
		}
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "return"), Submit: view.Say("退回"),
			Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("退回的理由"), Hint: view.Say("提出的人会看到。"), Max: 500}}}})
	}
	if can.Withdraw {
		part.Title = view.Say("您提出的")
		part.Forms = append(part.Forms, view.SheetForm{Action: view.PathOrgReviewAct(it.ID, "withdraw"), Submit: view.Say("撤回")})
	}
	return part
}

// orgActBasis says who proposed it when, why and by which document, and who answers.
func (v *visit) orgActBasis(it *review.OrgItem) ([]view.Fact, error) {
	p := it.Proposal
	owners, err := v.ownerNames([]string{p.Owner})
	if err != nil {
		return nil, err
	}
	out := []view.Fact{{Label: view.Say("提出"), Value: view.Say("%s，%s", view.Plain(p.Actor), words.Moment(store.Made(p.ID)))},
		{Label: view.Say("从哪一天起"), Value: dayText(p.Basis.On)}, {Label: view.Say("依据的决定"), Value: view.Plain(p.Basis.Document)}, {Label: view.Say("事由"), Value: view.Plain(p.Basis.Reason)}}
	switch p.State {
	case review.Waiting:
		out = append(out, view.Fact{Label: view.Say("由谁审核"), Value: answering(review.Superior, owners[p.Owner])})
	case review.Approved:
		out = append(out, view.Fact{Label: view.Say("审核\x04目录"), Value: view.Say("%s在 %s 通过", view.Plain(p.Decider), words.Moment(p.Decided))})
	}
	return out, nil
}

// orgActRows are what an act changes, old and new. Where something has changed since it was proposed, what stood then is
// told in brackets.
func (v *visit) orgActRows(it *review.OrgItem) ([]view.SheetRow, error) {
	var rows []view.SheetRow
	add := func(label, old, now view.Text) {
		if now.IsZero() {
			now = view.Say("没有")
		}
		if old.IsZero() {
			old = view.Say("没有")
		}
		rows = append(rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(label), view.Cell(old), view.Cell(now)}})
	}
	p, n, was := it.Plan, it.Now, it.Was
	open := it.Proposal.Open()
	text := func(now, then string) view.Text {
		switch {
		case !open:
			return view.Plain(then)
		case now != then:
			return view.Say("%s（提出时：%s）", view.Plain(now), view.Plain(then))
		}
		return view.Plain(now)
	}
	count := func(now, then int, say func(n int) view.Text) view.Text {
		switch {
		case !open:
			return say(then)
		case now != then:
			return view.Say("%s（提出时：%s）", say(now), say(then))
		}
		return say(now)
	}
	members := count(n.Members, was.Members, func(n int) view.Text { return view.Say("%d 名", n) })
	below := count(n.Below, was.Below, func(n int) view.Text { return view.Say("%d 个", n) })
	posts := count(n.Posts, was.Posts, func(n int) view.Text { return view.Say("%d 个在任", n) })
	self, target := text(n.Of.ShortName, was.ShortName), text(n.Target.ShortName, was.Target)
	switch it.Proposal.Kind {
	case org.ActEstablish:
		add(view.Say("上级"), view.Text{}, self)
		v.orgMade(it, view.Say(p.Sort.Name()), add)
	case org.ActRename:
		add(view.Say("名称"), text(n.Of.Name, was.Name), view.Plain(p.Name))
		add(view.Say("简称"), self, view.Plain(shortOf(p)))
	case org.ActName:
		add(view.Say("%s 到 %s 的名称", p.On, p.Until), view.Say("没有登记"), view.Plain(p.Name))
		add(view.Say("%s 到 %s 的简称", p.On, p.Until), view.Say("没有登记"), view.Plain(shortOf(p)))
	case org.ActMove:
		add(view.Say("上级"), text(n.Parent.ShortName, was.Parent), target)
		add(view.Say("党员"), members, view.Say("一起过去"))
		add(view.Say("下级党组织"), below, view.Say("一起过去"))
	case org.ActMerge:
		add(view.Say("这个党组织"), self, view.Say("撤销，并入%s", target))
		add(view.Say("党员"), members, view.Say("编入%s", target))
		add(view.Say("下级党组织"), below, view.Say("隶属%s", target))
		add(view.Say("任职"), posts, view.Say("终止"))
	case org.ActAbolish:
		add(view.Say("这个党组织"), self, view.Say("撤销，名称和沿革仍能查到"))
		add(view.Say("任职"), posts, view.Say("终止"))
	case org.ActReopen:
		add(view.Say("这个党组织"), view.Say("%s 撤销", n.Of.Abolished), view.Say("恢复，原来的任职不恢复"))
	case org.ActSplit:
		add(view.Say("从哪里分出"), self, view.Say("其余的党员和下级留下"))
		add(view.Say("上级"), view.Text{}, text(n.Parent.ShortName, was.Parent))
		v.orgMade(it, view.Say(n.Of.Kind.Name()), add)
		return rows, v.orgParts(it, members, below, add)
	}
	return rows, nil
}

func shortOf(p org.Plan) string {
	if p.ShortName == "" {
		return p.Name
	}
	return p.ShortName
}

// orgMade are the facts of an organisation that is to be set up.
func (v *visit) orgMade(it *review.OrgItem, kind view.Text, add func(label, old, now view.Text)) {
	p := it.Plan
	add(view.Say("名称"), view.Text{}, view.Plain(p.Name))
	add(view.Say("简称"), view.Text{}, view.Plain(shortOf(p)))
	add(view.Say("类别"), view.Text{}, kind)
	add(view.Say("编号"), view.Text{}, view.Plain(p.Code))
	if p.Facts.CreditCode != "" {
		add(view.Say("统一社会信用代码"), view.Text{}, view.Plain(p.Facts.CreditCode))
	}
	if p.Facts.Phone != "" {
		add(view.Say("办公电话"), view.Text{}, view.Plain(p.Facts.Phone))
	}
}

// namedOnPage bounds how many of those who go along are named.
const namedOnPage = 30

// orgParts names who and what goes with a part, as far as the visitor sees them.
func (v *visit) orgParts(it *review.OrgItem, members, below view.Text, add func(label, old, now view.Text)) error {
	p := it.Plan
	if len(p.Members) > 0 {
		var names []string
		if v.may(access.List, access.Member, it.Now.Of.Path, "") {
			for _, id := range p.Members[:min(len(p.Members), namedOnPage)] {
				m, err := v.in.Members.ByID(v.ctx(), v.reader(), id)
				if err != nil && fault.Of(err) != fault.NotFound {
					return err
				}
				names = append(names, m.Name)
			}
		}
		add(view.Say("党员"), members, someOf(view.Say("%d 名过去", len(p.Members)), names))
	}
	if len(p.Children) > 0 {
		list, err := org.ByIDs(v.ctx(), v.reader(), p.Children[:min(len(p.Children), namedOnPage)])
		if err != nil {
			return err
		}
		var names []string
		for _, o := range list {
			names = append(names, o.ShortName)
		}
		add(view.Say("下级党组织"), below, someOf(view.Say("%d 个过去", len(p.Children)), names))
	}
	return nil
}

func someOf(count view.Text, names []string) view.Text {
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	if len(names) == 0 {
		return count
	}
	all := view.Plain(names[0])
	for _, n := range names[1:] {
		all = view.Say("%s、%s", all, view.Plain(n))
	}
	return view.Say("%s：%s", count, all)
}

// decideOrg does one thing with an act that waits. What was wrong is shown on its page, as it stands now.
func (v *visit) decideOrg(done string, act func(id string, version int64, values url.Values) error) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	err = act(id, versionOf(values), values)
	if err == nil {
		v.s.reshaped()
		v.done(done)
		return v.to(view.PathReviews)
	}
	if !wrong(err) && fault.Of(err) != fault.Forbidden {
		return err
	}
	it, rerr := v.in.Reviews.OrgItem(v.ctx(), v.actor(), id)
	if rerr != nil {
		return err
	}
	form := v.versioned(values, it.Version)
	form.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
	page, rerr := v.orgReviewPage(it, form)
	if rerr != nil {
		return rerr
	}
	return v.answer(statusOf(err), page)
}

func (s *Server) approveOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经通过，党组织按新的内容更新。"), func(id string, version int64, _ url.Values) error {
		_, err := v.in.Reviews.ApproveOrg(v.ctx(), v.actor(), id, version)
		return err
	})
}

func (s *Server) returnOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经退回，提出的人会看到理由。"), func(id string, version int64, values url.Values) error {
		return v.in.Reviews.ReturnOrg(v.ctx(), v.actor(), id, version, said(values, "reason"))
	})
}

func (s *Server) withdrawOrgReview(v *visit) error {
	return v.decideOrg(words.Mark("已经撤回，党组织没有变。"), func(id string, version int64, _ url.Values) error {
		return v.in.Reviews.WithdrawOrg(v.ctx(), v.actor(), id, version)
	})
}

// typedPlan is what was typed of a returned act that the address names, to be mended; empty when it names none.
func (v *visit) typedPlan(kind string, o org.Organisation) (url.Values, error) {
	values := url.Values{}
	id := v.r.URL.Query().Get(fieldAgain)
	if id == "" || kind == "" {
		return values, nil
	}
	it, err := v.in.Reviews.OrgItem(v.ctx(), v.actor(), id)
	if err != nil {
		return nil, err
	}
	can, why := v.in.Reviews.CanOrg(v.ctx(), v.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	if !can.Correct || it.Proposal.Kind != kind || it.Proposal.Org != o.ID {
		return nil, fault.Missing()
	}
	p := it.Plan
	for name, text := range map[string]string{view.FieldMended: id, "name": p.Name, "short": p.ShortName, "code": p.Code, "kind": string(p.Sort), "credit": p.Facts.CreditCode,
		"phone": p.Facts.Phone, "target": p.Target, "decision": p.Document, "reason": p.Reason} {
		if text != "" {
			values.Set(name, text)
		}
	}
	values["members"], values["children"] = p.Members, p.Children
	setDay(values, "day", p.On)
	setDay(values, "until", p.Until)
	return values, v.shownAsPicked(nil, values, "target")
}

// orgReviewLines are the acts on organisations of the queue, worded like the other lines.
func (v *visit) orgReviewLines(list []review.OrgProposal) ([]view.ReviewLine, error) {
	items, err := v.in.Reviews.OrgItems(v.ctx(), list)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.Owner
	}
	owners, err := v.ownerNames(ids)
	if err != nil {
		return nil, err
	}
	own, now := v.orgReviewsFor(), v.in.Clock.Now()
	out := make([]view.ReviewLine, len(list))
	for i, it := range items {
		p := it.Proposal
		since := store.Made(p.ID)
		out[i] = view.ReviewLine{ID: p.ID, URL: view.PathOrgReview(p.ID), Title: orgActNames[p.Kind], Name: it.Now.Of.ShortName, Org: v.orgRef(it.Now.Of), By: p.Actor,
			Since: words.Moment(since)[:10], Age: ageTag(now.Sub(since), v.in.Reviews.Escalate), Owner: owners[p.Owner], Brief: orgBrief(it),
			Mine: p.State == review.Waiting && slices.Contains(own, p.Owner)}
		if p.State == review.Returned {
			out[i].Brief = append(out[i].Brief, view.Say("%s退回：%s", view.Plain(p.Decider), view.Plain(p.Answer)))
		}
	}
	return out, nil
}

// orgBrief says in a line what an act comes to.
func orgBrief(it *review.OrgItem) []view.Text {
	p := it.Plan
	switch it.Proposal.Kind {
	case org.ActEstablish, org.ActSplit:
		return []view.Text{view.Say("设立“%s”", view.Plain(shortOf(p)))}
	case org.ActRename:
		return []view.Text{view.Say("%s由“%s”改为“%s”", view.Say("名称"), view.Plain(it.Was.Name), view.Plain(p.Name))}
	case org.ActName:
		return []view.Text{view.Say("%s 到 %s 叫“%s”", p.On, p.Until, view.Plain(p.Name))}
	case org.ActMove:
		return []view.Text{view.Say("%s由“%s”改为“%s”", view.Say("上级"), view.Plain(it.Was.Parent), view.Plain(it.Was.Target)), view.Say("党员 %d 名、下级 %d 个一起过去", it.Now.Members, it.Now.Below)}
	case org.ActMerge:
		return []view.Text{view.Say("并入“%s”", view.Plain(it.Was.Target)), view.Say("党员 %d 名、下级 %d 个一起过去", it.Now.Members, it.Now.Below)}
	}
	return nil
}

// orgReviewsFor are the organisations for which the visitor decides acts on organisations.
func (v *visit) orgReviewsFor() []string {
	var out []string
	for _, g := range v.person.Grants {
		if v.may(access.Review, access.OrgChange, g.Path, "") && len(out) < 16 {
			out = append(out, g.Org)
		}
	}
	return out
}

// orgWaits says on the page of an organisation which acts wait about it.
func (v *visit) orgWaits(_ store.Reader, o org.Organisation, d *view.OrgPage) error {
	if !v.works(access.List, access.OrgChange) {
		return nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return err
	}
	list, err := v.in.Reviews.OrgsAbout(v.ctx(), r, o.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	lines, err := v.orgReviewLines(list)
	if err != nil {
		return err
	}
	for i, l := range lines {
		text := view.Say("%s %s提出：%s", view.Plain(l.By), l.Since, l.Title)
		if len(l.Brief) > 0 {
			text = view.Say("%s，%s", text, l.Brief[0])
		}
		if list[i].State == review.Returned {
			text = view.Say("%s。%s退回：%s", text, view.Plain(list[i].Decider), view.Plain(list[i].Answer))
		} else {
			text = view.Say("%s，%s。", text, answering(review.Superior, l.Owner))
		}
		d.Kin = append(d.Kin, view.Link{Text: text, URL: l.URL})
	}
	return nil
}

// enteredBy names who entered what an act did, and who approved it where it had waited.
func enteredBy(r ledger.Record) string {
	var detail struct {
		Entered string `json:"entered"`
	}
	if json.Unmarshal(r.Detail, &detail) != nil || detail.Entered == "" {
		return r.Actor
	}
	return detail.Entered + "、" + r.Actor
}

// orgActs is the sort of acts on organisations in the queue.
const orgActs review.What = "orgs"

// foremost bounds how many acts on organisations stand before the other lines; all of them have their own list.
const foremost = 10

// foremostOrgs are the acts on organisations that stand before the other lines of a page: of one that begins the queue.
func (v *visit) foremostOrgs(f review.Filter) ([]view.ReviewLine, error) {
	q := v.r.URL.Query()
	if f.After != "" || f.Batch != "" || f.Kind != "" || q.Get("org") != "" || q.Get("before") != "" || f.What != review.Everything && f.What != mine {
		return nil, nil
	}
	of := review.OrgFilter{State: f.State, Limit: foremost, First: v.orgReviewsFor()}
	if f.What == mine {
		if of.Owner = of.First; len(of.Owner) == 0 {
			return nil, nil
		}
	}
	list, _, err := v.orgsWaiting(of)
	if err != nil {
		return nil, err
	}
	return v.orgReviewLines(list)
}

// orgsWaiting reads acts on organisations as far as the visitor sees what waits; none where she does not.
func (v *visit) orgsWaiting(f review.OrgFilter) ([]review.OrgProposal, string, error) {
	if !v.works(access.List, access.OrgChange) {
		return nil, "", nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return nil, "", err
	}
	return v.in.Reviews.OrgQueue(v.ctx(), r, f)
}

func (v *visit) countOrgs(f review.OrgFilter) (int, error) {
	if !v.works(access.List, access.OrgChange) {
		return 0, nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return 0, err
	}
	return v.in.Reviews.CountOrgs(v.ctx(), r, f)
}

// listOrgReviews is the queue of acts on organisations alone.
func (v *visit) listOrgReviews(f review.Filter) error {
	list, next, err := v.orgsWaiting(review.OrgFilter{State: f.State, First: v.orgReviewsFor(), After: f.After, Limit: f.Limit})
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	d := view.Reviews{Form: v.form(nil), Pager: view.Pager{Shown: len(list)}}
	if d.Items, err = v.orgReviewLines(list); err != nil {
		return err
	}
	if d.Tabs, err = v.reviewTabs(r, f); err != nil {
		return err
	}
	if next != "" {
		q := v.r.URL.Query()
		q.Set("after", next)
		d.Pager.Next = view.PathReviews + "?" + q.Encode()
	}
	return v.show(view.ReviewsPage(v.page(view.Say("审核\x04目录"), view.PathReviews), d))
}

// waitingOrgs is what waits about organisations: for the visitor to decide, and what was given back to her.
func (v *visit) waitingOrgs() (out []view.Todo, err error) {
	add := func(n int, title view.Text, query string) {
		if n > 0 {
			out = append(out, view.Todo{Title: title, URL: view.PathReviews + query, Action: view.Say("去办")})
		}
	}
	back, err := v.countOrgs(review.OrgFilter{State: review.Returned, Account: v.person.Account})
	if err != nil {
		return nil, err
	}
	add(back, view.Say("%d 条党组织变动被退回，等您改", back), "?what=orgs&state=returned")
	if own := v.orgReviewsFor(); len(own) > 0 {
		n, err := v.countOrgs(review.OrgFilter{Owner: own})
		if err != nil {
			return nil, err
		}
		add(n, view.Say("%d 条党组织变动等您审核", n), "?what=orgs")
	}
	return out, nil
}
