package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/population"
	"zhibu/internal/words"
)

// yearUpTo is the largest city whose branches get a year in the log book: at a million members it would be millions of rows
// that nobody looks at.
const yearUpTo = 100_000

// invented is the reason of every entry of the year, since all are entered on one day.
const invented = "虚构的演示数据，集中补登"

// someone is what the year needs of a member.
type someone struct {
	id     string
	joined civil.Date
	away   bool
	care   bool
	apart  bool // lost, or membership stopped: nothing is invented
}

func somebody(id string, m population.Member) someone {
	return someone{id: id, joined: m.Joined, away: m.Floating, care: m.Care, apart: m.Lost || m.Suspended}
}

// year enters what the branches did in the last year: most are up to date, one in twelve has a gap or two, and so have the
// branches of the branch secretaries, who are to find something on their workbench.
func (f *founder) year(ctx context.Context) error {
	shown, groups := map[int]bool{}, map[int]bool{}
	for _, o := range f.city.Cast() {
		shown[o.Organisation] = true
	}
	for _, o := range f.city.Organisations {
		if org.Kind(o.Kind) == org.PartyGroup {
			groups[o.Parent] = true
		}
	}
	var list []logbook.New
	for i, o := range f.orgs {
		if !o.Kind.IsBranch() {
			continue
		}
		b := branchYear{at: o.ID, founded: f.city.Organisations[i].Established, today: f.plan.On, draw: rand.New(rand.NewPCG(f.plan.Seed, uint64(i)))}
		b.behind = shown[i] || b.draw.IntN(12) == 0
		b.meetings(f.committee(i), groups[i])
		b.members(f.people[i])
		list = append(list, b.list...)
	}
	return f.in.Logbook.Load(ctx, f.actor, list, "建立演示城市", func(done int) { f.progress(words.Mark("台账"), done, len(list)) })
}

// committee tells whether a branch has a committee.
func (f *founder) committee(i int) bool {
	for _, p := range f.city.PostsOf(i) {
		switch p.Role {
		case population.OrganisationMember, population.PublicityMember, population.DisciplineMember:
			return true
		}
	}
	return false
}

// branchYear is the year of one branch.
type branchYear struct {
	at             string
	founded, today civil.Date
	behind         bool
	draw           *rand.Rand
	list           []logbook.New
}

// add enters a fact that has happened by today.
func (b *branchYear) add(n logbook.New) {
	if n.On.After(b.today) || n.On.Before(b.founded) {
		return
	}
	n.Org = b.at
	if n.On.AddDays(member.LateDays).Before(b.today) {
		n.Reason = invented
	}
	b.list = append(b.list, n)
}

func (b *branchYear) meeting(kind timeline.Meeting, on civil.Date) {
	b.add(logbook.New{Kind: timeline.MeetingHeld, On: on, Fields: logbook.Fields{Type: kind}})
}

// meetings are those that the rules ask for, each month, quarter and year.
func (b *branchYear) meetings(committee, groups bool) {
	if committee {
		b.add(logbook.New{Kind: timeline.CommitteeElected, On: b.today.AddYears(-2).AddDays(-b.draw.IntN(150))})
	}
	skipped := 0
	if b.behind {
		skipped = 1 + b.draw.IntN(2) // months ago
	}
	for ago := 13; ago >= 0; ago-- {
		first := civil.Of(b.today.Year, b.today.Month, 1).AddMonths(-ago)
		day := first.AddDays(2 + b.draw.IntN(18))
		if ago == 0 && day.After(b.today) {
			day = first.AddDays(b.draw.IntN(b.today.Day))
		}
		if skipped == 0 || ago != skipped {
			b.meeting(timeline.ThemeDay, day)
		}
		if committee {
			b.meeting(timeline.CommitteeMeet, day)
		}
		if groups {
			b.meeting(timeline.Group, day)
		}
		if first.Month%3 == 1 {
			b.meeting(timeline.Assembly, day)
			b.meeting(timeline.Lecture, day)
		}
		if first.Month == time.December || ago == 0 && b.today.Month >= time.October {
			b.meeting(timeline.OrgLife, day)
			b.meeting(timeline.Appraisal, day)
		}
	}
}

// members are on the list since a year and a month ago or since they joined; they pay, learn, and are heard of when away.
func (b *branchYear) members(people []someone) {
	var paid, learnt [3][]string // by months behind; by how much was learnt
	since := b.today.AddMonths(-13)
	since = civil.Of(since.Year, since.Month, 1)
	listed := map[civil.Date][]string{}
	var days []civil.Date
	for _, p := range people {
		if p.apart {
			continue
		}
		from := since
		for _, d := range []civil.Date{p.joined, b.founded} {
			if d.After(from) {
				from = d
			}
		}
		if listed[from] == nil {
			days = append(days, from)
		}
		listed[from] = append(listed[from], p.id)
		behind := 0
		if b.behind && b.draw.IntN(9) == 0 {
			behind = 2
		}
		if from == since || from == b.founded {
			paid[behind] = append(paid[behind], p.id)
		} else {
			b.dues(from, 0, p.id)
		}
		if i := b.draw.IntN(2); !p.care && from.Year < b.today.Year {
			learnt[i] = append(learnt[i], p.id)
		}
		if p.away {
			b.floating(p.id, from)
		}
	}
	for _, d := range days {
		b.add(logbook.New{Kind: timeline.Member, On: d, People: listed[d]})
	}
	for behind, ids := range paid {
		if len(ids) > 0 {
			b.dues(latest(b.today.AddMonths(-9), b.founded), behind, ids...)
		}
	}
	for i, ids := range learnt {
		if len(ids) > 0 {
			b.add(logbook.New{Kind: timeline.Studied, On: b.today.AddDays(-20 - 30*i), People: ids, Fields: logbook.Fields{Hours: []string{"32", "36"}[i]}})
		}
	}
}

// dues are paid until so many months ago, in one row for each person.
func (b *branchYear) dues(on civil.Date, behind int, people ...string) {
	through := civil.Of(b.today.Year, b.today.Month, 1).AddMonths(-behind).String()[:7]
	b.add(logbook.New{Kind: timeline.DuesPaid, On: on, People: people, Fields: logbook.Fields{Through: through}})
}

// floating is since when somebody is away, and the last time the branch heard of her, unless it is behind.
func (b *branchYear) floating(id string, from civil.Date) {
	b.add(logbook.New{Kind: timeline.FloatedOut, On: from, People: []string{id}})
	if !b.behind || b.draw.IntN(2) == 0 {
		b.add(logbook.New{Kind: timeline.Contacted, On: latest(b.today.AddDays(-20-b.draw.IntN(100)), from), People: []string{id}})
	}
}

func latest(a, b civil.Date) civil.Date {
	if b.After(a) {
		return b
	}
	return a
}
