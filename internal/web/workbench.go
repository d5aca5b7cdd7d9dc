package web

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/party/duty"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// findings are what the records of a part of the tree say today.
type findings struct {
	full, probationary                   int64
	pending, incomplete, lost, floating  duty.Count
	overdue, ending, away                []duty.Somebody
	overdueCount, endingCount, awayCount duty.Count
	branches                             []org.Organisation // all of them where they are few, else those with findings
	heads                                map[string]duty.Head
	structure
}

// structure is what the tree itself says. It changes seldom, and is costly to ask of a city.
type structure struct {
	kinds       map[org.Kind]int
	branchCount int
	vacant      []org.Step
	vacantCount duty.Count
	vacantRule  string
}

// branchesShown bounds the table of branches.
const branchesShown = 40

// showWorkbench is the first page of everybody with a post; a member without one is shown the own record.
func (s *Server) showWorkbench(v *visit) error {
	if !v.hasPost() {
		if v.person.Member != "" {
			return v.to(view.PathMe)
		}
		if v.person.Applicant != "" {
			return v.to(view.PathOwnAdmission)
		}
		return v.show(view.WorkbenchPage(v.page(view.Say("工作台"), view.PathWorkbench), view.Workbench{Today: v.today()}))
	}
	d := view.Workbench{Today: v.today()}
	if v.works(access.List, access.Member) {
		if err := v.memberBench(&d); err != nil {
			return err
		}
	}
	if err := v.adminBench(&d); err != nil {
		return err
	}
	return v.show(view.WorkbenchPage(v.page(view.Say("工作台"), view.PathWorkbench), d))
}

// memberBench fills the workbench of whoever works with members.
func (v *visit) memberBench(d *view.Workbench) error {
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	top := v.bench()
	f, err := v.s.findings.get(v.ctx(), top+" "+v.today().String(), func(ctx context.Context) (findings, error) { return v.find(ctx, r, top) })
	if err != nil {
		return err
	}
	d.Stats = v.benchStats(f)
	late, waiting := v.benchPeople(f), []view.Todo{}
	waiting = append(waiting, v.vacancies(f)...)
	imports, err := v.waitingImports()
	if err != nil {
		return err
	}
	if d.Reviews, d.More, err = v.quickReviews(r); err != nil {
		return err
	}
	local, err := v.quickLocal()
	if err != nil {
		return err
	}
	d.Reviews = append(d.Reviews, local...)
	reviews, err := v.waitingReviews(r, top)
	if err != nil {
		return err
	}
	acts, err := v.waitingOrgs()
	if err != nil {
		return err
	}
	reviews = append(acts, reviews...)
	asks, err := v.waitingAsks(r, top, f)
	if err != nil {
		return err
	}
	overdue, asked, err := v.waitingRights()
	if err != nil {
		return err
	}
	disputes, doubted, err := v.waitingDisputes()
	if err != nil {
		return err
	}
	failed, arriving, err := v.waitingArrivals()
	if err != nil {
		return err
	}
	due, week, care, err := v.benchDuties(top)
	if err != nil {
		return err
	}
	unkept, minutes, err := v.waitingMeetings()
	if err != nil {
		return err
	}
	late = slices.Concat(failed, overdue, unkept, due, late)
	late = append(doubted, late...)
	waiting = slices.Concat(minutes, reviews, asked, disputes, imports, arriving, waiting, asks, care, v.benchLists(f))
	for _, g := range []view.TodoGroup{{Title: view.Say("已逾期"), Items: late}, {Title: view.Say("七天内到期"), Items: week}, {Title: view.Say("等您办"), Items: waiting}} {
		if len(g.Items) > 0 {
			d.Groups = append(d.Groups, g)
		}
	}
	d.Branches, d.BranchAll, d.AllURL = v.branchRows(f), f.branchCount, view.PathOrganisations
	for _, s := range f.ending[:min(len(f.ending), 6)] {
		d.Soon = append(d.Soon, view.Soon{Day: s.Day, Title: view.Say("%s预备期满", view.Plain(s.Name)), Detail: view.Say("预备期 %s起，至 %s止。", s.Day.AddYears(-1), s.Day), URL: view.PathMember(s.ID)})
	}
	d.Computed = view.Say("由名册自动算出，支部不需要填报。")
	return nil
}

// bench is where the visitor works with members: the first of the grants that lets list them.
func (v *visit) bench() string {
	for _, g := range v.person.Grants {
		if _, err := v.person.Allow(access.List, access.Member, g.Path, ""); err == nil && g.Role != access.PlainMember {
			return g.Path
		}
	}
	return ""
}

// find asks the records.
func (v *visit) find(ctx context.Context, r store.Reader, top string) (f findings, err error) {
	desk, err := duty.At(r, top, v.in.Rules, v.today())
	if err != nil {
		return f, err
	}
	below, err := r.Within(top)
	if err != nil {
		return f, err
	}
	f.structure, err = v.s.structures.get(ctx, top, func(ctx context.Context) (structure, error) { return survey(ctx, below, desk) })
	if err != nil {
		return f, err
	}
	heads, err := headcount.At(ctx, below, top, v.today())
	if err != nil {
		return f, err
	}
	f.full, f.probationary = heads.Category[string(identity.Full)], heads.Category[string(identity.Probationary)]
	for _, q := range []struct {
		into *duty.Count
		flag string
	}{{&f.pending, duty.Pending}, {&f.incomplete, duty.Incomplete}, {&f.lost, duty.Lost}, {&f.floating, duty.Floating}} {
		if *q.into, err = desk.Flagged(ctx, q.flag); err != nil {
			return f, err
		}
	}
	if f.overdue, f.overdueCount, err = desk.Overdue(ctx); err != nil {
		return f, err
	}
	if f.ending, f.endingCount, err = desk.Ending(ctx, 31); err != nil {
		return f, err
	}
	if f.away, f.awayCount, err = desk.OutOfContact(ctx); err != nil {
		return f, err
	}
	return f, findBranches(ctx, below, &f)
}

// ruleVacant is 支部工作条例 on posts that are not held.
const ruleVacant = "B-25"

// survey asks the tree.
func survey(ctx context.Context, r store.Reader, desk duty.Desk) (s structure, err error) {
	if s.kinds, err = org.CountByKind(ctx, r); err != nil {
		return s, err
	}
	for k, n := range s.kinds {
		if k.IsBranch() {
			s.branchCount += n
		}
	}
	vacant, n, rule, err := desk.Vacant(ctx)
	s.vacant, s.vacantCount, s.vacantRule = vacant, n, rule.Cite()
	return s, err
}

// findBranches takes all branches where they are few, else those about which something was found.
func findBranches(ctx context.Context, r store.Reader, f *findings) error {
	if f.branchCount <= branchesShown {
		list, _, err := org.List(ctx, r, "", org.MaxLimit)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.Kind.IsBranch() && o.Living() {
				f.branches = append(f.branches, o)
			}
		}
	}
	if len(f.branches) == 0 {
		var ids []string
		for _, s := range slices.Concat(f.overdue, f.away) {
			ids = append(ids, s.OrgID)
		}
		for _, s := range f.vacant {
			ids = append(ids, s.ID)
		}
		list, err := org.ByIDs(ctx, r, distinct(ids, branchesShown/2))
		if err != nil {
			return err
		}
		f.branches = list
	}
	paths := make([]string, len(f.branches))
	for i, o := range f.branches {
		paths[i] = o.Path
	}
	heads, err := duty.Heads(ctx, r, paths)
	f.heads = heads
	return err
}

func distinct(ids []string, most int) []string {
	seen, out := map[string]bool{}, []string{}
	for _, id := range ids {
		if !seen[id] && len(out) < most {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func (v *visit) benchStats(f findings) []view.Stat {
	total, organisations := int(f.full+f.probationary), 0
	for _, n := range f.kinds {
		organisations += n
	}
	return []view.Stat{
		{Label: view.Say("党员"), N: total, Unit: view.Say("名"), Note: view.Say("预备党员 %d 名", f.probationary), URL: view.PathMembers},
		{Label: view.Say("党组织"), N: organisations, Unit: view.Say("个"), URL: view.PathOrganisations},
		{Label: view.Say("待审核"), N: f.pending.N, Unit: unit(f.pending, view.Say("条"), view.Say("条以上")), Note: view.Say("登记或导入后还没有人核对"), URL: view.PathReviews + "?what=records"},
		{Label: view.Say("档案不完整"), N: f.incomplete.N, Unit: unit(f.incomplete, view.Say("份"), view.Say("份以上")), Hot: f.incomplete.N > 0, URL: v.seek("", org.Organisation{}, "", string(member.Incomplete))},
	}
}

func unit(c duty.Count, exact, more view.Text) view.Text {
	if c.More {
		return more
	}
	return exact
}

// peopleListed is how many people of one sort the workbench names; the list has them all.
const peopleListed = 5

// benchPeople are those for whom a time limit is over.
func (v *visit) benchPeople(f findings) []view.Todo {
	var out []view.Todo
	today := v.today()
	for _, s := range f.overdue[:min(len(f.overdue), peopleListed)] {
		out = append(out, view.Todo{Title: view.Say("%s：预备期已满，还没有转正", view.Plain(s.Name)), URL: view.PathMember(s.ID), Late: true,
			Tag:    view.Tag{Text: view.Say("逾期 %d 天", s.Day.DaysUntil(today)), Kind: view.TagLate},
			Detail: view.Say("预备期 %s起，至 %s止。", s.Day.AddYears(-1), s.Day), Basis: view.Plain(s.Rule.Cite()), Rule: s.Rule.ID, Action: view.Say("看档案")})
	}
	if rest := f.overdueCount.N - peopleListed; rest > 0 {
		out = append(out, view.Todo{Title: view.Say("还有 %d 名预备党员预备期已满", rest), URL: v.seek("", org.Organisation{}, "", string(member.ProbationEnd)), Late: true, Action: view.Say("看名单")})
	}
	for _, s := range f.away[:min(len(f.away), peopleListed)] {
		months := 0
		for !s.Day.AddMonths(months + 1).After(today) {
			months++
		}
		out = append(out, view.Todo{Title: view.Say("%s：失去联系已满 %d 个月", view.Plain(s.Name), months), URL: view.PathMember(s.ID), Late: true,
			Tag: view.Tag{Text: view.Say("失联"), Kind: view.TagLate}, Detail: view.Say("%s起没有取得联系。", s.Day), Basis: view.Plain(s.Rule.Cite()), Rule: s.Rule.ID, Action: view.Say("看档案")})
	}
	if rest := f.awayCount.N - peopleListed; rest > 0 {
		out = append(out, view.Todo{Title: view.Say("还有 %d 名党员长期失联", rest), URL: v.seek("", org.Organisation{}, "", string(member.IsLost)), Late: true, Action: view.Say("看名单")})
	}
	return out
}

// vacancies are branches without a secretary.
func (v *visit) vacancies(f findings) []view.Todo {
	var out []view.Todo
	for _, s := range f.vacant[:min(len(f.vacant), peopleListed)] {
		t := view.Todo{Title: view.Say("%s没有书记", view.Plain(s.Name)), URL: view.PathOrg(s.ID), Basis: view.Plain(f.vacantRule), Rule: ruleVacant, Action: view.Say("看党组织")}
		if v.may(access.Post, access.Org, s.Path, "") {
			t.URL, t.Action = view.PathOrgAct(s.ID, "post"), view.Say("登记任职")
		}
		out = append(out, t)
	}
	if rest := f.vacantCount.N - peopleListed; rest > 0 {
		out = append(out, view.Todo{Title: view.Say("还有 %d 个支部没有书记", rest), URL: view.PathOrganisations, Basis: view.Plain(f.vacantRule), Rule: ruleVacant, Action: view.Say("看党组织")})
	}
	return out
}

// benchLists are lists that wait for somebody to go through them.
func (v *visit) benchLists(f findings) []view.Todo {
	var out []view.Todo
	list := func(c duty.Count, title view.Text, s member.Situation, detail view.Text) {
		if c.N > 0 {
			out = append(out, view.Todo{Title: title, URL: v.seek("", org.Organisation{}, "", string(s)), Detail: detail, Action: view.Say("看名单")})
		}
	}
	list(f.incomplete, unit(f.incomplete, view.Say("%d 份档案有缺项", f.incomplete.N), view.Say("%d 份以上档案有缺项", f.incomplete.N)), member.Incomplete, view.Say("缺什么、找什么材料补，档案页上写着。"))
	list(f.lost, unit(f.lost, view.Say("%d 名党员失联", f.lost.N), view.Say("%d 名以上党员失联", f.lost.N)), member.IsLost, view.Text{})
	list(f.floating, unit(f.floating, view.Say("%d 名流动党员，保持联系", f.floating.N), view.Say("%d 名以上流动党员，保持联系", f.floating.N)), member.IsFloating, view.Text{})
	return out
}

// waitingReviews is what waits for the visitor as reviewer, and what reviewers have given back to her.
func (v *visit) waitingReviews(r store.Reader, top string) ([]view.Todo, error) {
	var out []view.Todo
	add := func(n int, title view.Text, query string) {
		if n > 0 {
			out = append(out, view.Todo{Title: title, URL: view.PathReviews + query, Action: view.Say("去办")})
		}
	}
	back, err := v.in.Reviews.ReturnedTo(v.ctx(), r, v.person.Account)
	if err != nil {
		return nil, err
	}
	add(back, view.Say("%d 条更改被退回，等您改", back), "?state=returned&what=changes")
	if v.works(access.Add, access.Member) {
		n, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{Under: top, What: review.Records, State: review.Returned})
		if err != nil {
			return nil, err
		}
		add(n.Records, view.Say("%d 份新登记的档案被退回，等改", n.Records), "?state=returned&what=records")
	}
	if v.works(access.Review, access.Member) {
		n, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{Under: top})
		if err != nil {
			return nil, err
		}
		add(n.Changes, view.Say("%d 条更改等审核", n.Changes), "?what=changes")
		add(n.Records, view.Say("%d 份新登记的档案等审核", n.Records), "?what=records")
	} else if v.works(access.Confirm, access.Member) {
		var mine []string
		for _, g := range v.person.Grants {
			mine = append(mine, g.Org)
		}
		n, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{What: review.Changes, Owner: mine})
		if err != nil {
			return nil, err
		}
		add(n.Changes, view.Say("%d 条更改等审核", n.Changes), "?what=changes")
	}
	return out, nil
}

// waitingImports are batches that wait for a person.
func (v *visit) waitingImports() ([]view.Todo, error) {
	if !v.works(access.Run, access.Import) {
		return nil, nil
	}
	r, err := v.readerFor(access.Run, access.Import)
	if err != nil {
		return nil, err
	}
	batches, err := v.in.Intake.Batches(v.ctx(), r, "", 20)
	if err != nil {
		return nil, err
	}
	var out []view.Todo
	for _, b := range batches {
		t := view.Todo{URL: view.PathImport(b.ID), Action: view.Say("接着办")}
		switch b.State {
		case intake.Uploaded:
			t.Title = view.Say("导入“%s”：等您对列名", view.Plain(b.FileName))
		case intake.Checked:
			t.Title = view.Say("导入“%s”：检查完了，等您看问题", view.Plain(b.FileName))
			t.Detail = view.Say("%d 行，退回 %d 行。", b.Result.Rows, b.Result.Rejected)
		default:
			continue
		}
		out = append(out, t)
	}
	return out, nil
}

// branchRows are the branches, those that need attention first.
func (v *visit) branchRows(f findings) []view.BranchRow {
	over, away, vacant := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, s := range f.overdue {
		over[s.OrgID]++
	}
	for _, s := range f.away {
		away[s.OrgID]++
	}
	for _, s := range f.vacant {
		vacant[s.ID] = true
	}
	var needy, calm []view.BranchRow
	for _, o := range f.branches {
		h := f.heads[o.Path]
		row := view.BranchRow{Org: v.orgRef(o), Members: int(h.Full + h.Probationary), Complete: h.Complete(), Pending: int(h.Pending)}
		var basis []string
		note := func(yes bool, text view.Text, cite string) {
			if yes {
				row.Attention = append(row.Attention, text)
				if cite != "" {
					basis = append(basis, cite)
				}
			}
		}
		note(over[o.ID] > 0, view.Say("%d 名预备党员预备期已满", over[o.ID]), citeOf(f.overdue))
		note(h.Lost > 0, view.Say("%d 名党员失联", h.Lost), "")
		note(vacant[o.ID], view.Say("没有书记"), f.vacantRule)
		note(h.Incomplete > 0, view.Say("%d 份档案有缺项", h.Incomplete), "")
		row.Basis = view.Plain(strings.Join(basis, v.t("；")))
		if len(row.Attention) > 0 {
			needy = append(needy, row)
		} else {
			calm = append(calm, row)
		}
	}
	return append(needy, calm...)
}

func citeOf(list []duty.Somebody) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Rule.Cite()
}
