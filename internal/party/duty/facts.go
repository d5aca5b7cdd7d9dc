package duty

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// somebody is whom duties are asked of: a member on the register, or an applicant.
type somebody struct {
	id, name  string
	applicant bool
	events    []timeline.Event
}

// branchFacts is all that the rules read of one branch.
type branchFacts struct {
	at     org.Step
	book   *rulebook.Book // as it holds there
	branch *timeline.Branch
	own    []timeline.Event
	people []somebody
	grants []Waiver
}

// row is what the register says of somebody, as far as the rules read it.
type row struct {
	id, name          string
	joined, confirmed civil.Date
	care, lost, away  bool
	lostOn            civil.Date
	registry          identity.Registry
}

const rowColumns = "id, name, joined_on, confirmed_on, care, lost, lost_on, floating, registry"

func scanRow(r store.Row, before ...any) (m row, err error) {
	var care, lost, floating int64
	err = r.Scan(append(before, &m.id, &m.name, &m.joined, &m.confirmed, &care, &lost, &m.lostOn, &floating, &m.registry)...)
	m.care, m.lost, m.away = care != 0, lost != 0, floating != 0
	return m, err
}

// events turns the register and the book into what the rules read. The register's own facts are entered nowhere else: who
// is on it since when, days of joining and confirmation, care, lost since, floating, membership stopped.
func (s *Service) events(m row, entries []logbook.Entry) []timeline.Event {
	var out []timeline.Event
	has := map[timeline.Kind]bool{}
	for _, e := range entries {
		has[e.Kind] = true
		ev := e.Event(m.id)
		if e.Kind == timeline.Member {
			ev = m.listed(e, ev)
		}
		out = append(out, ev)
	}
	since := later(civil.Today(civil.Fixed(store.Made(m.id))), s.Since)
	if !has[timeline.Member] {
		out = append(out, timeline.Event{On: since, Kind: timeline.Member, Person: m.id, Admitted: m.joined, Confirmed: m.confirmed, Care: m.care})
	}
	if m.lost && !m.lostOn.IsZero() && !has[timeline.LostSince] {
		out = append(out, timeline.Event{On: m.lostOn, Kind: timeline.LostSince, Person: m.id})
	}
	if m.away && !has[timeline.FloatedOut] {
		out = append(out, timeline.Event{On: since, Kind: timeline.FloatedOut, Person: m.id})
	}
	if m.registry == identity.Stopped && !has[timeline.MembershipStopped] {
		out = append(out, timeline.Event{On: since, Kind: timeline.MembershipStopped, Person: m.id})
	}
	return out
}

// listed fills what an entry «on the list since» leaves out with what the register says.
func (m row) listed(e logbook.Entry, ev timeline.Event) timeline.Event {
	if f := e.Fields; f.Admitted.IsZero() && f.Confirmed.IsZero() {
		ev.Admitted, ev.Confirmed = m.joined, m.confirmed
	}
	if e.Fields.Care == nil {
		ev.Care = m.care
	}
	return ev
}

func later(a, b civil.Date) civil.Date {
	if b.After(a) {
		return b
	}
	return a
}

// units maps the sorts of units to what the rules tell apart.
var units = map[org.UnitKind]timeline.Unit{
	"organ": timeline.Government, "village": timeline.Village, "community": timeline.Community, "school": timeline.School, "college": timeline.School,
	"state-enterprise": timeline.Enterprise, "private-enterprise": timeline.Enterprise,
}

// onCommittee are the posts of a branch committee besides those that a branch without one has too.
var onCommittee = []string{"organisation-member", "publicity-member", "discipline-member", "youth-member", "united-front-member", "confidentiality-member", "committee-member"}

// branchOf is what the rules read of a branch's organisation.
func (s *Service) branchOf(o org.Organisation, posts []org.Post, groups, full, probationary int, day civil.Date) *timeline.Branch {
	b := &timeline.Branch{Kind: string(o.Kind), Unit: timeline.OtherUnit, Founded: later(o.Established, s.Since), Groups: groups, FullMembers: full, Probationary: probationary}
	if u, ok := units[o.UnitKind]; ok {
		b.Unit = u
	}
	for _, p := range posts {
		if p.Held(day) && slices.Contains(onCommittee, p.Title) {
			b.HasCommittee = true
		}
	}
	return b
}

// gather reads one branch: r decides whose facts are seen, the branch's own are no secret of whoever sees the branch and are
// read by all. Without it they are left out.
func (s *Service) gather(ctx context.Context, r, all store.Reader, o org.Organisation, book *rulebook.Book, day civil.Date) (f branchFacts, err error) {
	f.book, f.at = book, org.Step{ID: o.ID, Path: o.Path, Name: o.ShortName, Kind: o.Kind, Open: true}
	entries, err := logbook.Facts(ctx, r, o.Path)
	if err != nil {
		return f, err
	}
	of := map[string][]logbook.Entry{}
	for _, e := range entries {
		if logbook.OfBranch(e.Kind) {
			f.own = append(f.own, e.Event(""))
			continue
		}
		of[e.Person()] = append(of[e.Person()], e)
	}
	full, probationary := 0, 0
	err = r.Each(ctx, "SELECT category, "+rowColumns+" FROM {member} WHERE state = 'active' AND org_path = ? ORDER BY pinyin, id", []any{o.Path}, func(x store.Row) error {
		var category identity.Category
		m, err := scanRow(x, &category)
		if category == identity.Probationary {
			probationary++
		} else {
			full++
		}
		f.people = append(f.people, somebody{id: m.id, name: m.name, events: s.events(m, of[m.id])})
		return err
	})
	if err != nil {
		return f, err
	}
	applicants, err := logbook.Applicants(ctx, r, o.Path)
	if err != nil {
		return f, err
	}
	for _, a := range applicants {
		p := somebody{id: a.ID, name: a.Name, applicant: true}
		for _, e := range of[a.ID] {
			p.events = append(p.events, e.Event(a.ID))
		}
		f.people = append(f.people, p)
	}
	if f.grants, err = waiversOf(ctx, r, o.Path); err != nil || all == nil {
		return f, err
	}
	posts, groups, err := structure(ctx, all, o)
	f.branch = s.branchOf(o, posts, groups, full, probationary, day)
	return f, err
}

// Course is what the rules read of one person of a branch: a member on the register, or an applicant.
type Course struct {
	ID, Name  string
	Applicant bool
	Events    []timeline.Event
}

// Courses gives what the rules read of everybody of a branch whom the reader sees, and the rules as they hold there.
func (s *Service) Courses(ctx context.Context, r store.Reader, o org.Organisation) ([]Course, *rulebook.Book, error) {
	rules, err := s.Local.All(ctx)
	if err != nil {
		return nil, nil, err
	}
	book := rules.Book(o.Path)
	f, err := s.gather(ctx, r, nil, o, book, s.today())
	if err != nil {
		return nil, nil, err
	}
	out := make([]Course, len(f.people))
	for i, p := range f.people {
		out[i] = Course{p.id, p.name, p.applicant, p.events}
	}
	return out, book, nil
}

// Left is what the rules read of somebody whom the register of a branch knows no longer: what was entered while it did.
func (s *Service) Left(ctx context.Context, r store.Reader, o org.Organisation, id, name string) (Course, error) {
	entries, err := logbook.Facts(ctx, r, o.Path)
	if err != nil {
		return Course{}, err
	}
	c := Course{ID: id, Name: name}
	for _, e := range entries {
		if e.Person() == id {
			c.Events = append(c.Events, e.Event(id))
		}
	}
	return c, nil
}

// structure reads the posts of a branch and how many Party groups it has.
func structure(ctx context.Context, all store.Reader, o org.Organisation) (posts []org.Post, groups int, err error) {
	if posts, err = org.Posts(ctx, all, o.ID, civil.Date{}); err != nil {
		return nil, 0, err
	}
	_, err = all.One(ctx, "SELECT count(*) FROM {org} WHERE parent_id = ? AND kind = 'party-group' AND abolished_on = ''", []any{o.ID}, &groups)
	return posts, groups, err
}
