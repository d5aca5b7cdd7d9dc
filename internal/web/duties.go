package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// dutyTitle is what a duty is called: a local one has a title in the words of whoever added it.
func dutyTitle(name timeline.Name, local string) view.Text {
	if local != "" {
		return view.Plain(local)
	}
	return view.Say(duty.Title(name))
}

// dutyCalled is what a duty of that name is called, missing if there is none.
func (v *visit) dutyCalled(name string) (view.Text, error) {
	title, local, err := v.in.Duties.Called(v.ctx(), timeline.Name(name))
	switch {
	case err != nil:
		return view.Text{}, err
	case title == "":
		return view.Text{}, fault.Missing()
	case local:
		return view.Plain(title), nil
	}
	return view.Say(title), nil
}

// dutyNamed is dutyCalled for what somebody was told: what is called nothing any more has its bare name.
func (v *visit) dutyNamed(name timeline.Name) view.Text {
	if title, err := v.dutyCalled(string(name)); err == nil {
		return title
	}
	return view.Plain(string(name))
}

func pathWaive(it duty.Item) string {
	u := url.Values{"org": {it.At.ID}, "duty": {string(it.Duty.Name)}}
	if it.Person != "" {
		u.Set("person", it.Person)
	}
	if !it.Due.IsZero() {
		u.Set("due", it.Due.String())
	}
	return withQuery(view.PathWaive, u.Encode())
}

func dutyDay(it duty.Item) view.Text {
	switch {
	case !it.Due.IsZero():
		return view.Plain(it.Due.String())
	case !it.Earliest.IsZero():
		return view.Say("%s 起可以办", it.Earliest.String())
	}
	return view.Say("没有期限")
}

func (v *visit) dutyTag(it duty.Item) view.Tag {
	switch it.State {
	case timeline.Overdue:
		return view.Tag{Text: view.Say("逾期 %d 天", it.Due.DaysUntil(v.today())), Kind: view.TagLate}
	case timeline.Blocked:
		return view.Tag{Text: view.Say("还不到时候")}
	case timeline.Waived:
		return view.Tag{Text: view.Say("不作要求")}
	case timeline.Done:
		return view.Tag{Text: view.Say("已办"), Kind: view.TagInfo}
	}
	return view.Tag{}
}

// reasons are the sentences of arithmetic.
func (v *visit) reasons(list []rulebook.Reason) view.Text {
	var all []string
	for _, r := range list {
		all = append(all, v.t(r.Text, r.Args...))
	}
	return view.Plain(strings.Join(all, v.t("；")))
}

func citesOf(list []rulebook.Citation) view.Text {
	var all []string
	for _, c := range list {
		all = append(all, c.String())
	}
	return view.Plain(strings.Join(all, "、"))
}

// fulfils is the fact that does a duty.
var fulfils = map[timeline.Name]timeline.Kind{
	timeline.Talk: timeline.Talked, timeline.ActivistReview: timeline.ActivistReviewed, timeline.Candidate: timeline.CandidateDiscussed, timeline.Notice: timeline.NoticeClosed,
	timeline.Training: timeline.TrainingCompleted, timeline.AdmissionAssembly: timeline.AssemblyAdmitted, timeline.Approval: timeline.CommitteeApproved, timeline.OathDuty: timeline.Oath,
	timeline.Confirmation: timeline.AssemblyConfirmed, timeline.ConfirmationApproval: timeline.ConfirmationApproved, timeline.Reelect: timeline.CommitteeElected, timeline.PayDues: timeline.DuesPaid,
	timeline.StudyHours: timeline.Studied, timeline.Receive: timeline.TransferReceived, timeline.Contact: timeline.Contacted, timeline.Stop: timeline.MembershipStopped,
	timeline.LifeAssembly: timeline.MeetingHeld, timeline.LifeCommittee: timeline.MeetingHeld, timeline.LifeGroup: timeline.MeetingHeld, timeline.LifeThemeDay: timeline.MeetingHeld,
	timeline.LifeOrgLife: timeline.MeetingHeld, timeline.LifeAppraisal: timeline.MeetingHeld,
}

var meetingOf = map[timeline.Name]timeline.Meeting{
	timeline.LifeAssembly: timeline.Assembly, timeline.LifeCommittee: timeline.CommitteeMeet, timeline.LifeGroup: timeline.Group, timeline.LifeThemeDay: timeline.ThemeDay,
	timeline.LifeOrgLife: timeline.OrgLife, timeline.LifeAppraisal: timeline.Appraisal,
}

// dutyAct is the one act by which a duty is done: the form with everything known filled in, where the visitor may enter it.
func (v *visit) dutyAct(items ...duty.Item) (view.Text, string) {
	it := items[0]
	kind, ok := fulfils[it.Duty.Name]
	if !ok || !it.Open() || it.State == timeline.Blocked || !v.may(access.Add, access.Logbook, it.At.Path, "") {
		return view.Text{}, ""
	}
	if it.Duty.Name == timeline.PayDues && v.may(access.Add, access.Dues, it.At.Path, "") {
		u := url.Values{"org": {it.At.ID}}
		for _, one := range items {
			u.Add("people", one.Person)
		}
		return view.Say("登记交纳"), withQuery(view.PathDuesCollect, u.Encode())
	}
	if it.Duty.Name == timeline.Reelect && v.may(access.Add, access.Vote, it.At.Path, "") {
		return view.Say("去办换届选举"), withQuery(view.PathElections, url.Values{"org": {it.At.ID}}.Encode())
	}
	u := url.Values{"org": {it.At.ID}, "kind": {string(kind)}}
	if m := meetingOf[it.Duty.Name]; m != "" {
		u.Set("type", string(m))
	}
	for _, one := range items {
		if one.Person != "" && !slices.Contains(u["people"], one.Person) {
			u.Add("people", one.Person)
		}
	}
	return view.Say("办好了，去登记"), withQuery(view.PathLogNew, u.Encode())
}

// askWaive is the form by which a duty is waived or postponed.
func (s *Server) askWaive(v *visit) error {
	page, err := v.waivePage(v.form(nil), v.r.URL.Query())
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) waivePage(f view.Form, q url.Values) (templ.Component, error) {
	o, err := v.placeAsked(q.Get("org"))
	if err != nil {
		return nil, err
	}
	if _, err := v.person.Allow(access.Waive, access.Duty, o.Path, ""); err != nil {
		return nil, err
	}
	title, err := v.dutyCalled(q.Get("duty"))
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("免除或者推迟"), Lead: view.Say("%s：%s", view.Plain(o.ShortName), title), Form: f}
	sheet.Parts = []view.SheetPart{{ID: "waive", Title: view.Say("怎么办"), Note: view.Say("决定和理由一直显示在这件待办上，日志里也查得到。"),
		Forms: []view.SheetForm{{Action: view.PathWaive, Submit: view.Say("决定"), Main: true,
			Hidden: []view.Pair{{Name: "org", Value: o.ID}, {Name: "duty", Value: q.Get("duty")}, {Name: "person", Value: q.Get("person")}, {Name: "due", Value: q.Get("due")}},
			Fields: []view.SheetField{{Field: view.Field{Name: "to", Label: view.Say("推迟到哪一天"), Hint: view.Say("不填：免除，不再要求。"), Type: "date", Optional: true}},
				{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("理由"), Max: 500}}, {Field: view.Field{Name: "document", Label: view.Say("凭什么材料"), Optional: true, Max: 200}}}}}}}
	return view.SheetPage(v.page(sheet.Heading, view.PathDuties, v.orgCrumbs(o)...), sheet), nil
}

func (s *Server) waiveDuty(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Waive, access.Duty); err != nil {
		return err
	}
	w := duty.Waiving{Org: values.Get("org"), Person: values.Get("person"), Duty: timeline.Name(values.Get("duty")), Reason: said(values, "reason"), Document: said(values, "document")}
	if w.To, err = dayTyped(values, "to"); err == nil {
		w.Due, err = dayTyped(values, "due")
	}
	if err == nil {
		_, err = v.in.Duties.Waive(v.ctx(), v.actor(), w)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"to": "to", "reason": "reason", "document": "document"})}
		page, perr := v.waivePage(f, values)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done("已经记下。")
	return v.to(view.PathDutiesOf(values.Get("org")))
}

// weekAhead is how many days the workbench looks ahead.
const weekAhead = 7

// branchDuties is what the workbench of a branch says is overdue and due this week; many people's same duty is one line.
func (v *visit) branchDuties(o org.Organisation) (late, week []view.Todo, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, nil, err
	}
	a, err := v.in.Duties.Of(v.ctx(), r, o, v.today(), false)
	if err != nil {
		return nil, nil, err
	}
	items := a.Items
	duty.Sort(items)
	type group struct{ items []duty.Item }
	var order []timeline.Name
	overdue, soon := map[timeline.Name]*group{}, map[timeline.Name]*group{}
	for _, it := range items {
		into := soon
		switch {
		case it.State == timeline.Overdue:
			into = overdue
		case it.State != timeline.Upcoming || it.Due.After(v.today().AddDays(weekAhead)) || it.Due.IsZero() && it.Earliest.IsZero():
			continue
		}
		if into[it.Duty.Name] == nil {
			into[it.Duty.Name] = &group{}
			order = append(order, it.Duty.Name)
		}
		into[it.Duty.Name].items = append(into[it.Duty.Name].items, it)
	}
	done := map[timeline.Name]bool{}
	for _, name := range order {
		if done[name] {
			continue
		}
		done[name] = true
		if g := overdue[name]; g != nil {
			late = append(late, v.dutyTodo(g.items, true))
		}
		if g := soon[name]; g != nil && overdue[name] == nil {
			week = append(week, v.dutyTodo(g.items, false))
		}
	}
	return late, week, nil
}

// dutyTodo is one line for duties of one name, the first due first.
func (v *visit) dutyTodo(items []duty.Item, late bool) view.Todo {
	it := items[0]
	title := dutyTitle(it.Duty.Name, it.Title)
	people := peopleOf(items)
	switch {
	case it.Person != "" && people == 1:
		title = view.Say("%s：%s", view.Plain(it.Name), title)
	case it.Person != "":
		title = view.Say("%s：%d 人", title, people)
	case len(items) > 1:
		title = view.Say("%s：%d 次", title, len(items))
	}
	u := url.Values{"org": {it.At.ID}, "duty": {string(it.Duty.Name)}}
	t := view.Todo{Title: title, URL: withQuery(view.PathDuties, u.Encode()), Late: late, Detail: view.Say("%s。", v.reasons(it.Why)), Basis: citesOf(it.Rules), Rule: it.Rules[0].Rule}
	if !it.Due.IsZero() {
		t.Tag = view.Tag{Text: view.Say("%s 前", it.Due.String()), Kind: view.TagSoon}
		if late {
			t.Tag = v.dutyTag(it)
		}
	}
	if do, to := v.dutyAct(items...); to != "" {
		t.Action, t.Do = do, to
	} else {
		t.Action = view.Say("看是什么事")
	}
	return t
}

// ownDuties is what a member has to do, on the own record: what is open, many months of one duty in a line.
func (v *visit) ownDuties() (out []view.Todo, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	list, _, err := v.in.Duties.List(v.ctx(), r, v.today(), duty.Filter{Person: v.person.Member})
	if err != nil {
		return nil, err
	}
	duty.Sort(list)
	of, order := map[timeline.Name][]duty.Item{}, []timeline.Name{}
	for _, it := range list {
		if !it.Open() || it.State == timeline.Blocked {
			continue
		}
		if of[it.Duty.Name] == nil {
			order = append(order, it.Duty.Name)
		}
		of[it.Duty.Name] = append(of[it.Duty.Name], it)
	}
	for _, name := range order {
		it := of[name][0]
		t := view.Todo{Title: dutyTitle(name, it.Title), URL: view.PathDuties, Late: it.State == timeline.Overdue, Detail: view.Say("%s。", v.reasons(it.Why)), Basis: citesOf(it.Rules)}
		if n := len(of[name]); n > 1 {
			t.Title = view.Say("%s：%d 次", t.Title, n)
		}
		if !it.Due.IsZero() {
			t.Tag = view.Tag{Text: view.Say("%s 前", it.Due.String()), Kind: view.TagSoon}
		}
		if t.Late {
			t.Tag = v.dutyTag(it)
		}
		out = append(out, t)
	}
	return out, nil
}

// benchDuties is what is overdue and due this week on a workbench, and whom of those in care a branch has not been to.
func (v *visit) benchDuties(top string) (late, week, care []view.Todo, err error) {
	if !v.works(access.List, access.Logbook) {
		return nil, nil, nil, nil
	}
	o, err := org.ByPath(v.ctx(), v.reader(), top)
	if err != nil {
		return nil, nil, nil, err
	}
	if !o.Kind.IsBranch() {
		late, err = v.lateBelow(o)
		return late, nil, nil, err
	}
	if late, week, err = v.branchDuties(o); err == nil {
		care, err = v.careTodo(o)
	}
	return late, week, care, err
}

// careTodo is whom of those in care the branch has not been to this year. Nothing is asked of them and nothing is late.
func (v *visit) careTodo(o org.Organisation) ([]view.Todo, error) {
	if !v.may(access.Add, access.Logbook, o.Path, "") {
		return nil, nil
	}
	r, err := v.readerFor(access.List, access.Logbook)
	if err != nil {
		return nil, err
	}
	list, rule, err := v.in.Duties.Unvisited(v.ctx(), r, o.Path, v.today())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	u := url.Values{"org": {o.ID}, "kind": {string(timeline.Visited)}}
	return []view.Todo{{Title: view.Say("%d 名需要关怀的党员今年还没有走访、送学的记录", len(list)), Detail: view.Say("对他们不作硬性要求；去过了记一笔，没有期限。"), Basis: view.Plain(rule.Cite()), Rule: rule.ID,
		URL: withQuery(view.PathLogNew, u.Encode()), Action: view.Say("登记走访")}}, nil
}

// lateBelow is what is overdue below an organisation, a line a duty, the oldest first.
func (v *visit) lateBelow(o org.Organisation) (out []view.Todo, err error) {
	r, err := v.readerFor(access.List, access.Logbook)
	if err == nil {
		r, err = r.Within(o.Path)
	}
	if err != nil {
		return nil, err
	}
	list, _, err := v.in.Duties.Overdue(v.ctx(), r)
	for _, b := range list {
		u := url.Values{"org": {o.ID}, "late": {b.Duty}}
		t := view.Todo{Title: view.Say("%s：%d 个支部逾期", dutyTitle(timeline.Name(b.Duty), b.Title), b.Branches), URL: withQuery(view.PathDuties, u.Encode()), Late: true,
			Detail: view.Say("最早的应在 %s 前办。", b.Oldest), Action: view.Say("看是哪些支部")}
		if rule, ok := v.in.Rules.On(duty.RuleOf(timeline.Name(b.Duty)), v.today()); ok {
			t.Basis, t.Rule = view.Plain(rule.Cite()), rule.ID
		}
		if b.Branches == 1 {
			if err := v.helpOne(r, b, &t); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	return out, err
}

// helpOne lets the line of a duty that is overdue in one branch name it and lead to help at once.
func (v *visit) helpOne(r store.Reader, b duty.Below, t *view.Todo) error {
	late, err := v.in.Duties.LateBranches(v.ctx(), r, b.Duty, 0, 1)
	if err != nil || len(late) == 0 {
		return err
	}
	steps, err := org.Steps(v.ctx(), r, []string{late[0].Path})
	if err != nil {
		return err
	}
	open, err := v.in.Duties.OpenHelps(v.ctx(), r, timeline.Name(b.Duty))
	if err != nil {
		return err
	}
	t.Title = view.Say("%s：%s", view.Plain(steps[late[0].Path].Name), dutyTitle(timeline.Name(b.Duty), b.Title))
	if due, err := civil.Parse(late[0].Due); err == nil {
		t.Tag = view.Tag{Text: view.Say("逾期 %d 天", due.DaysUntil(v.today())), Kind: view.TagLate}
	}
	if help := v.helpCell(late[0], b.Duty, open); help.URL != "" {
		t.Action, t.Do = help.Text, help.URL
	}
	return nil
}

// latePart lists the branches below an organisation in which a duty is overdue, the oldest first: whom to help.
func (v *visit) latePart(o org.Organisation, name string, from int) (view.SheetPart, error) {
	called, err := v.dutyCalled(name)
	if err != nil {
		return view.SheetPart{}, err
	}
	part := view.SheetPart{ID: "late", Title: view.Say("%s，逾期的支部", called), Note: view.Say("最早逾期的在前，便于协助，不排名次。"), Empty: view.Say("没有逾期的支部。"),
		Head: []view.Text{view.Say("支部"), view.Say("最早的期限"), view.Say("办理"), view.Say("协助")}}
	r, err := v.readerFor(access.List, access.Logbook)
	if err == nil {
		r, err = r.Within(o.Path)
	}
	if err != nil {
		return part, err
	}
	list, err := v.in.Duties.LateBranches(v.ctx(), r, name, from, dutiesListed)
	if err != nil {
		return part, err
	}
	paths := make([]string, len(list))
	for i, l := range list {
		paths[i] = l.Path
	}
	steps, err := org.Steps(v.ctx(), r, paths)
	if err != nil {
		return part, err
	}
	open, err := v.in.Duties.OpenHelps(v.ctx(), r, timeline.Name(name))
	for _, l := range list {
		u := url.Values{"org": {l.OrgID}, "duty": {name}}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(steps[l.Path].Name), URL: view.PathOrg(l.OrgID)}, view.Cell(view.Plain(l.Due)),
			{Text: view.Say("看这个支部的待办"), URL: withQuery(view.PathDuties, u.Encode())}, v.helpCell(l, name, open)}})
	}
	if len(list) == dutiesListed {
		u := url.Values{"org": {o.ID}, "late": {name}, "from": {strconv.Itoa(from + dutiesListed)}}
		part.Rows = append(part.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Say("往下看"), URL: withQuery(view.PathDuties, u.Encode())}, {}, {}, {}}})
	}
	return part, err
}
