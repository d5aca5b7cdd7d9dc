package life_test

import (
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/life"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestMeetingsThatCannotBe: two chairs, overlapping meetings, one across midnight, papers before the day.
func TestMeetingsThatCannotBe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := open(t, cfg)
		s, secretary, today := h.Life, h.by(h.secretary), civil.Today(h.Clock)
		try := func(what, rule string, change func(n *life.New)) {
			t.Helper()
			n := life.New{Org: h.o.ID, Kind: life.ThemeDay, On: today, Starts: "09:00", Place: "村部", Topic: "学习"}
			change(&n)
			_, err := s.Plan(ctx, secretary, n)
			h.refused(what, rule, err)
		}
		try("one person in the chair and at the record", life.RuleOne, func(n *life.New) { n.Chair, n.Recorder = h.secretary.Member, h.secretary.Member })
		try("a chair from elsewhere", life.RuleOne, func(n *life.New) { n.Chair = "nobody" })
		try("no time", life.RuleOne, func(n *life.New) { n.Starts = "晚上" })
		try("no day", life.RuleRoll, func(n *life.New) { n.On = civil.Date{} })
		try("no place", life.RuleLeave, func(n *life.New) { n.Place = " " })
		try("a committee together with a theme day", "B-19", func(n *life.New) { n.Also = []life.Kind{life.Committee} })
		try("hours of an assembly", "M-04", func(n *life.New) { n.Kind, n.Hours = life.Assembly, "2" })
		try("a group of one", "B-22", func(n *life.New) { n.Kind, n.People = life.Group, []string{h.secretary.Member} })

		late := h.plan(life.New{Kind: life.Assembly, Starts: "22：30", Ends: "00:40"})
		if m := h.meeting(late); m.On != today || m.EndsOn != today.AddDays(1) || m.Starts != "22:30" {
			t.Errorf("%+v", m)
		}
		try("people who are still there past midnight", life.RuleOne, func(n *life.New) { n.On, n.Starts = today.AddDays(1), "00:30" })
		try("at the same time", life.RuleOne, func(n *life.New) { n.Starts = "23:00" })
		after, err := s.Plan(ctx, secretary, life.New{Org: h.o.ID, Kind: life.ThemeDay, On: today.AddDays(1), Starts: "00:40", Place: "村部", Topic: "学习"})
		h.must(err)
		if err := s.Attend(ctx, secretary, after, 1, h.marks(after, nil)); fault.Of(err) != fault.Conflict {
			t.Errorf("attendance of tomorrow: %v", err)
		}
		h.must(s.Cancel(ctx, secretary, after, 1, "停电"))
		h.attend(late, nil)
		h.close(late)
		held, err := logbook.HeldOn(ctx, h.Everything(), h.o.Path, today, timeline.Assembly)
		if err != nil || len(held) != 1 {
			t.Errorf("a meeting across midnight is not of the day it began: %+v %v", held, err)
		}
		if err := s.Confirm(ctx, secretary, late, h.meeting(late).Version, false); fault.Of(err) != fault.Conflict {
			t.Errorf("confirmed twice: %v", err)
		}
		if err := h.Logbook.Withdraw(ctx, secretary, held[0].ID, 1, "误记"); fault.Of(err) != fault.Conflict {
			t.Errorf("the fact is taken out from under the minutes: %v", err)
		}
		_, err = h.Logbook.Add(ctx, secretary, logbook.New{Org: h.o.ID, Kind: timeline.MeetingHeld, On: today, Fields: logbook.Fields{Type: timeline.Assembly}})
		h.refused("the same meeting by hand", life.RuleMinutes, err)
		h.must(s.Annul(ctx, secretary, late, h.meeting(late).Version, "没有开成"))
		if held, err = logbook.HeldOn(ctx, h.Everything(), h.o.Path, today, timeline.Assembly); err != nil || len(held) != 0 {
			t.Errorf("annulled, and the fact stays: %+v %v", held, err)
		}
		h.Sound()
	})
}

// TestTheRollIsOfTheDay: whoever leaves between the invitation and the meeting is off the roll, and reads nothing of it; who becomes a
// full member has a vote, and the exempt are never absent.
func TestTheRollIsOfTheDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := open(t, cfg)
		s, secretary := h.Life, h.by(h.secretary)
		id := h.plan(life.New{Kind: life.Assembly, Agenda: []life.Item{{Title: "通报党费"}}})
		before := h.roll(id)
		var care, gone, stays string
		for _, a := range before {
			switch {
			case a.Member == h.secretary.Member || a.Member == h.officer.Member || a.Member == h.member.Member:
			case a.Standing == life.Care && care == "":
				care = a.Member
			case a.Vote && a.Standing == life.Asked && gone == "":
				gone = a.Member
			case a.Vote && a.Standing == life.Asked && stays == "":
				stays = a.Member
			}
		}
		if care == "" || gone == "" || stays == "" {
			t.Fatalf("the branch is too small: %+v", before)
		}
		if _, err := s.Own(ctx, h.Everything(), gone, h.o.Path, id); err != nil {
			t.Fatal(err)
		}
		h.expel(gone)
		after := h.roll(id)
		if len(after) != len(before)-1 || slices.ContainsFunc(after, func(a life.Attendee) bool { return a.Member == gone }) {
			t.Errorf("who was expelled is on the roll")
		}
		marks := h.marks(id, map[string]life.Mark{stays: {State: life.Exempt}, care: {State: life.Exempt}})
		h.refused("exempt without a ground", "M-08", s.Attend(ctx, secretary, id, 1, marks))
		h.attend(id, map[string]life.Mark{care: {State: life.Exempt}, stays: {State: life.Absent, Why: "没有说明"}})
		count := life.Count(h.roll(id))
		if count.Exempt != 1 || count.Absent != 1 || count.Should != count.Present+1 {
			t.Errorf("%+v", count)
		}
		if _, err := s.Own(ctx, h.Everything(), gone, h.o.Path, id); fault.Of(err) != fault.NotFound {
			t.Errorf("who was expelled reads it: %v", err)
		}
		items, err := s.Agenda(ctx, h.Everything(), h.meeting(id))
		h.must(err)
		paper, err := s.Vote(ctx, secretary, id, items[0].ID, ballot.Paper, life.Hands{})
		h.must(err)
		h.refused("checked with an open count", ballot.RuleTwice, s.Check(ctx, h.by(h.officer), id, h.meeting(id).Version))
		n := count.VotersPresent
		numbers := ballot.Numbers{Should: count.Voters, Present: n, Issued: n, Collected: n, Counts: []ballot.Count{{ID: items[0].ID, Yes: n}}}
		over := numbers
		over.Should++
		_, err = h.Ballots.Enter(ctx, secretary, paper, over)
		h.refused("who was expelled votes", "B-12", err)
		for _, who := range []string{"branch-secretary", "branch-committee"} {
			_, err := h.Ballots.Enter(ctx, h.Actor(who), paper, numbers)
			h.must(err)
		}
		h.close(id)
		sheets, err := s.Papers(ctx, h.Everything(), h.meeting(id), h.o)
		h.must(err)
		if text := strings.Join(sheets[0].Body, "\n"); !strings.Contains(text, "通过") || !strings.Contains(text, "通报党费") {
			t.Errorf("%s", text)
		}
		h.Sound()
	})
}

// expel takes somebody off the register today.
func (h hall) expel(id string) {
	h.t.Helper()
	m, err := h.Members.ByID(ctx, h.Everything(), id)
	h.must(err)
	p, err := h.Reviews.End(ctx, h.Actor("party-worker"), id, m.Version, member.Expelled, member.Basis{On: civil.Today(h.Clock), Reason: "受到开除党籍处分", Document: "处分决定"})
	h.must(err)
	it, err := h.Reviews.Item(ctx, h.Everything(), h.Actor("reviewer"), p.ID)
	h.must(err)
	h.must(h.Reviews.Approve(ctx, h.Actor("reviewer"), p.ID, it.Version))
}

// TestHandEnteredIsTakenOver: a meeting somebody has entered by hand is one fact with its minutes, and hours of study go to those who came.
func TestHandEnteredIsTakenOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := open(t, cfg)
		today := civil.Today(h.Clock)
		_, err := h.Logbook.Add(ctx, h.by(h.secretary), logbook.New{Org: h.o.ID, Kind: timeline.MeetingHeld, On: today, Fields: logbook.Fields{Type: timeline.Lecture}})
		h.must(err)
		id := h.plan(life.New{Kind: life.Lecture, Hours: "1.5", Also: []life.Kind{life.ThemeDay}})
		h.attend(id, map[string]life.Mark{h.member.Member: {State: life.Absent, Why: "外出打工"}})
		h.close(id)
		for _, k := range []timeline.Meeting{timeline.Lecture, timeline.ThemeDay} {
			if held, err := logbook.HeldOn(ctx, h.Everything(), h.o.Path, today, k); err != nil || len(held) != 1 || held[0].Fields.Held != id {
				t.Errorf("%s: %+v %v", k, held, err)
			}
		}
		all, err := logbook.HeldOn(ctx, h.Everything(), h.o.Path, today, "")
		h.must(err)
		studied := 0
		for _, e := range all {
			if e.Kind == timeline.Studied {
				studied++
				if e.Member == h.member.Member || e.Fields.Hours != "1.5" {
					t.Errorf("%+v", e)
				}
			}
		}
		if studied != life.Count(h.roll(id)).Present {
			t.Errorf("%d of %d have hours", studied, life.Count(h.roll(id)).Present)
		}
		h.Sound()
	})
}
