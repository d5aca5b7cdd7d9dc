package life

import (
	"context"
	"fmt"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// Proposal is a meeting that the rules ask of a branch and nobody has planned yet.
type Proposal struct {
	duty.Item
	Kind Kind
}

// Proposals are the meetings that this period still asks for, neither held nor planned, the nearest day first. What was missed in a
// period that is over cannot be made up; what was held in it can still be entered.
func (s *Service) Proposals(ctx context.Context, r store.Reader, o org.Organisation) (out []Proposal, err error) {
	a, err := s.Duties.Of(ctx, r, o, s.today(), false)
	if err != nil {
		return nil, err
	}
	planned, err := meetings(ctx, r, "org_path = ? AND state IN ('planned', 'held', 'checked')", o.Path)
	if err != nil {
		return nil, err
	}
	duty.Sort(a.Items)
	for _, it := range a.Items {
		k, ok := duties[it.Duty.Name]
		if !ok || !it.Open() || it.Last.Before(s.today()) || slices.ContainsFunc(planned, func(m Meeting) bool {
			return slices.Contains(m.Facts(), timeline.Meeting(k)) && !m.On.Before(it.First) && !m.On.After(it.Last)
		}) {
			continue
		}
		out = append(out, Proposal{it, k})
	}
	return out, nil
}

// Draft is what a plan begins with: the day, time and place as the branch is used to, and a topic to go on from.
type Draft struct {
	On                    civil.Date
	Starts, Place, Topic  string
	Chair, Recorder       string // members
	Voters, All, Officers []Attendee
}

// Draft proposes a meeting of a kind.
func (s *Service) Draft(ctx context.Context, r store.Reader, o org.Organisation, k Kind) (d Draft, err error) {
	last, err := meetings(ctx, r, "org_path = ? AND state <> 'cancelled' ORDER BY on_date DESC, id DESC LIMIT 20", o.Path)
	if err != nil {
		return d, err
	}
	d.Starts, d.On = "15:00", s.today()
	if d.On, err = s.usual(ctx, r, o.Path, k); err != nil {
		return d, err
	}
	for _, m := range last {
		if d.Place == "" || m.Kind == k {
			d.Place, d.Starts = m.Place, m.Starts
		}
		if m.Kind == k {
			break
		}
	}
	switch k {
	case ThemeDay:
		d.Topic = fmt.Sprintf("%d 月主题党日：", d.On.Month)
	case Lecture, Training, Joint, Talk:
	default:
		d.Topic = k.title(d.On)
	}
	all := s.DB.As(store.System("the roll of a meeting"))
	if d.All, err = s.people(ctx, all, org.Place{ID: o.ID, Path: o.Path}, k, d.On); err != nil {
		return d, err
	}
	d.Chair, d.Recorder, err = s.officers(ctx, all, o, d.On, d.All)
	return d, err
}

// usual is the day on which the branch holds a kind: of a theme day the same day of the month as the last time (B-16 asks for a fixed
// day), if that is still to come this month; else today.
func (s *Service) usual(ctx context.Context, r store.Reader, path string, k Kind) (civil.Date, error) {
	today := s.today()
	if k != ThemeDay {
		return today, nil
	}
	facts, err := logbook.Facts(ctx, r, path)
	if err != nil {
		return today, err
	}
	day := today
	for _, e := range facts {
		if e.Fields.Type == timeline.ThemeDay {
			day = civil.Of(today.Year, today.Month, e.On.Day)
		}
	}
	if !day.Valid() || day.Before(today) {
		return today, nil
	}
	return day, nil
}
