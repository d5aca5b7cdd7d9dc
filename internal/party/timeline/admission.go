package timeline

import (
	"strconv"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
)

// admission judges one way through the admission (发展党员) and asks for what comes next. Only the last way, and only one
// that was not cancelled, is asked anything; a step that nobody recorded is taken as done properly, so what precedes
// the last recorded step is not asked for.
func (p *person) admission(r *round, last bool) {
	asking := last && !r.has(AssemblyCancelled) && p.stopped.IsZero()
	ask := func(d Duty, open bool) {
		if d.State == Done || open && asking {
			p.owe(d)
		}
	}
	p.order(r)
	p.talk(r, ask)
	p.reviews(r, ask)
	p.candidate(r, ask)
	p.notice(r, ask)
	p.training(r, ask)
	p.assembly(r, ask)
	p.approval(r, ask)
	p.oath(r, ask)
	p.probation(r, ask)
	p.confirmationApproval(r, ask)
}

type asker func(d Duty, open bool)

// talk is D-03: a talk within a month of the application.
func (p *person) talk(r *round, ask asker) {
	applied, talked := r.first(Applied), r.first(Talked)
	d := Duty{Name: Talk, State: doneIf(r.has(Talked)), Rules: cite(p.book, applied.On, "D-03")}
	if rule, ok := p.book.On("D-03", applied.On); ok {
		months := rule.Int("talk_months")
		d.Due = applied.On.AddMonths(months)
		d.Why = append(d.Why, rulebook.Because("%s 申请，%d 个月内谈话", applied.On.String(), months))
		p.late(rule, talked, d.Due)
	}
	ask(d, r.has(Applied) && !r.reached(Talked))
}

// reviews is D-07: a review each half year until somebody is put forward as a candidate. The first counts from the day of
// becoming an activist, each other from the one before.
func (p *person) reviews(r *round, ask asker) {
	from := r.first(ActivistConfirmed).On
	limit := func() (d Duty, rule rulebook.Rule) {
		d = Duty{Name: ActivistReview, Rules: cite(p.book, from, "D-07")}
		rule, ok := p.book.On("D-07", from)
		if ok {
			months := rule.Int("review_months")
			d.Due = from.AddMonths(months)
			d.Why = append(d.Why, rulebook.Because("%s 起，每 %d 个月考察一次", from.String(), months))
		}
		return d, rule
	}
	for _, e := range only(r.events, ActivistReviewed) {
		if e.On.Before(from) {
			continue // said by the order of steps
		}
		d, rule := limit()
		d.State = Done
		p.late(rule, e, d.Due)
		ask(d, false)
		from = e.On
	}
	d, _ := limit()
	ask(d, !from.IsZero() && !r.reached(CandidateDiscussed))
}

// candidate is D-09: a year of training before somebody is put forward.
func (p *person) candidate(r *round, ask asker) {
	activist := r.first(ActivistConfirmed)
	d := Duty{Name: Candidate, State: doneIf(r.has(CandidateDiscussed) || r.has(CandidateAgreed)), Rules: cite(p.book, p.since(activist), "D-09", "D-10")}
	if rule, ok := p.book.On("D-09", activist.On); ok {
		years := rule.Int("training_years")
		d.Earliest = activist.On.AddYears(years)
		d.Why = append(d.Why, rulebook.Because("%s 确定为入党积极分子，培养教育满 %d 年", activist.On.String(), years))
		for _, k := range []Kind{CandidateDiscussed, CandidateAgreed, NoticePosted, NoticeClosed} {
			if r.has(k) {
				p.early(rule, r.first(k), d.Earliest)
				break
			}
		}
	}
	ask(d, r.reached(ActivistConfirmed) && !r.reached(CandidateDiscussed))
}

// since is the day of an event, or the day asked about when there is none.
func (p *person) since(e Event) civil.Date {
	if e.On.IsZero() {
		return p.day
	}
	return e.On
}

// listedWithoutNotice tells whether the agreement itself made somebody a candidate, as before the notice was required.
func (p *person) listedWithoutNotice(r *round) bool {
	agreed := r.first(CandidateAgreed)
	_, needed := p.book.On("D-11", agreed.On)
	return r.has(CandidateAgreed) && !needed
}

// notice is D-11: so many working days on the board before the listing takes effect, for whoever was agreed to since.
func (p *person) notice(r *round, ask asker) {
	posted, closed := r.first(NoticePosted), r.first(NoticeClosed)
	from := posted
	if !r.has(NoticePosted) {
		from = closed
		if !r.has(NoticeClosed) {
			from = r.first(CandidateAgreed)
		}
	}
	rule, ok := p.book.On("D-11", from.On)
	if !ok {
		return
	}
	d := Duty{Name: Notice, State: doneIf(r.has(NoticeClosed)), Rules: []rulebook.Citation{rule.Citation()}}
	if r.has(NoticePosted) {
		n := rule.Int("notice_days")
		d.Earliest, d.Provisional = civil.Working().AddWorkingDays(posted.On, n)
		d.Why = append(d.Why, rulebook.Because("%s 公示，满 %d 个工作日为 %s", posted.On.String(), n, d.Earliest.String()))
		if r.has(NoticeClosed) {
			p.early(rule, closed, d.Earliest)
		}
	}
	ask(d, r.reached(CandidateAgreed) && !r.reached(NoticeClosed) && (r.has(NoticePosted) || !p.listedWithoutNotice(r)))
}

// training is D-15: three days or twenty-four hours, in one course or several.
func (p *person) training(r *round, ask asker) {
	var days, hours Hundredths
	var last Event
	for _, e := range only(r.events, TrainingCompleted) {
		days, hours, last = days+e.Days, hours+e.Hours, e
	}
	d := Duty{Name: Training, Rules: cite(p.book, p.since(last), "D-15")}
	open := !r.reached(TrainingCompleted) && (r.reached(NoticeClosed) || p.listedWithoutNotice(r))
	if r.has(TrainingCompleted) {
		d.State = Done
		rule, ok := p.book.On("D-15", last.On)
		if ok {
			needDays, needHours := rule.Int("training_days"), rule.Int("training_hours")
			why := rulebook.Because("培训 %s 天、%s 学时，需 %d 天或者 %d 学时", days.String(), hours.String(), needDays, needHours)
			d.Why = append(d.Why, why)
			if !days.atLeast(needDays) && !hours.atLeast(needHours) {
				p.violate(rule, last, why)
				d.State, open = "", r.last == rank[TrainingCompleted]
			}
		}
	}
	ask(d, open)
}

// assembly is D-19: the assembly within a month of the pre-review, since 2026.
func (p *person) assembly(r *round, ask asker) {
	prereview, admitted := r.first(PrereviewPassed), r.first(AssemblyAdmitted)
	d := Duty{Name: AdmissionAssembly, State: doneIf(r.has(AssemblyAdmitted)), Rules: cite(p.book, p.since(prereview), "D-26", "D-27", "D-29")}
	if rule, ok := p.book.On("D-19", prereview.On); ok {
		months := rule.Int("assembly_months")
		d.Due = prereview.On.AddMonths(months)
		d.Rules = append([]rulebook.Citation{rule.Citation()}, d.Rules...)
		d.Why = append(d.Why, rulebook.Because("%s 预审合格，%d 个月内召开支部大会", prereview.On.String(), months))
		p.late(rule, admitted, d.Due)
	}
	ask(d, r.last == rank[PrereviewPassed])
}

// approval is D-31: the committee decides within three months.
func (p *person) approval(r *round, ask asker) {
	admitted, approved := r.first(AssemblyAdmitted), r.first(CommitteeApproved)
	d := Duty{Name: Approval, State: doneIf(r.has(CommitteeApproved)), Rules: cite(p.book, p.since(admitted), "D-31")}
	if rule, ok := p.book.On("D-31", admitted.On); ok {
		months := rule.Int("approval_months")
		d.Due = admitted.On.AddMonths(months)
		d.Why = append(d.Why, rulebook.Because("%s 支部大会通过，%d 个月内审批", admitted.On.String(), months))
		p.late(rule, approved, d.Due)
	}
	ask(d, r.reached(AssemblyAdmitted) && !r.reached(CommitteeApproved))
}

// oath is D-35: within a month of the approval, since 2026; before, without a number.
func (p *person) oath(r *round, ask asker) {
	approved, oath := r.first(CommitteeApproved), r.first(Oath)
	d := Duty{Name: OathDuty, State: doneIf(r.has(Oath)), Rules: cite(p.book, p.since(approved), "D-35")}
	if rule, ok := p.book.On("D-35", approved.On); ok && rule.Has("oath_months") {
		months := rule.Int("oath_months")
		d.Due = approved.On.AddMonths(months)
		d.Why = append(d.Why, rulebook.Because("%s 批准，一般 %d 个月内宣誓", approved.On.String(), months))
		p.late(rule, oath, d.Due)
	}
	ask(d, r.reached(CommitteeApproved) && !r.reached(Oath))
}

// ParseHundredths reads a number that is not negative and has at most two decimals; nothing is zero.
func ParseHundredths(text string) (Hundredths, bool) {
	if text == "" {
		return 0, true
	}
	whole, part, _ := strings.Cut(text, ".")
	if len(whole) > 4 || len(part) > 2 || whole == "" || strings.HasSuffix(text, ".") {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 32)
	return Hundredths(n), err == nil
}

// String writes the number without needless zeros.
func (h Hundredths) String() string {
	switch {
	case h%100 == 0:
		return strconv.Itoa(int(h / 100))
	case h%10 == 0:
		return strconv.Itoa(int(h/100)) + "." + strconv.Itoa(int(h%100/10))
	}
	return strconv.Itoa(int(h/100)) + "." + strconv.Itoa(int(h%100/10)) + strconv.Itoa(int(h%10))
}

func (h Hundredths) atLeast(n int) bool { return int(h) >= n*100 }
