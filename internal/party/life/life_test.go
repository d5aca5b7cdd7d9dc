package life_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/life"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

// hall is a branch whose secretary, committee member and a plain member are known.
type hall struct {
	*demotest.City
	t                          *testing.T
	o                          org.Organisation
	secretary, officer, member *access.Person
}

func open(t *testing.T, cfg store.Config) hall {
	c := demotest.Found(t, cfg, 300)
	h := hall{c, t, org.Organisation{}, c.Person("branch-secretary", 1), c.Person("branch-committee", 1), c.Person("member", 1)}
	var err error
	if h.o, err = org.ByPath(ctx, c.Everything(), h.secretary.Grants[0].Path); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h hall) by(p *access.Person) ledger.Actor { return p.Actor("test") }

func (h hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused expects a refusal by a rule.
func (h hall) refused(what, rule string, err error) {
	h.t.Helper()
	if f := fault.As(err); f == nil || f.Rule != rule {
		h.t.Errorf("%s: %v, not by %s", what, err, rule)
	}
}

func (h hall) meeting(id string) life.Meeting {
	h.t.Helper()
	m, err := life.ByID(ctx, h.Everything(), id)
	h.must(err)
	return m
}

func (h hall) roll(id string) []life.Attendee {
	h.t.Helper()
	roll, err := h.Life.Roll(ctx, h.Everything(), h.meeting(id))
	h.must(err)
	return roll
}

// plan plans a meeting of today with the secretary in the chair and the committee member recording.
func (h hall) plan(n life.New) string {
	h.t.Helper()
	if n.On.IsZero() {
		n.On = civil.Today(h.Clock)
	}
	n.Org, n.Chair, n.Recorder, n.Place = h.o.ID, h.secretary.Member, h.officer.Member, "村部二楼"
	if n.Topic == "" {
		n.Topic = "学习传达，研究晒场照明"
	}
	if n.Starts == "" {
		n.Starts = "09:00"
	}
	id, err := h.Life.Plan(ctx, h.by(h.secretary), n)
	h.must(err)
	return id
}

// marks has everybody present but those named.
func (h hall) marks(id string, but map[string]life.Mark) (out []life.Mark) {
	for _, a := range h.roll(id) {
		m, ok := but[a.Member]
		if !ok {
			m = life.Mark{State: life.Present}
		}
		m.Member = a.Member
		out = append(out, m)
	}
	return out
}

func (h hall) attend(id string, but map[string]life.Mark) {
	h.t.Helper()
	h.must(h.Life.Attend(ctx, h.by(h.secretary), id, h.meeting(id).Version, h.marks(id, but)))
}

// close has the recorder check and the chair confirm.
func (h hall) close(id string) {
	h.t.Helper()
	h.must(h.Life.Check(ctx, h.by(h.officer), id, h.meeting(id).Version))
	h.must(h.Life.Confirm(ctx, h.by(h.secretary), id, h.meeting(id).Version, false))
}

// TestAMeetingIsItsRecord: from the invitation to confirmed minutes, which fulfil the duty, tell who was not there and give the
// owner of a resolution what to do. Nobody else reads any of it.
func TestAMeetingIsItsRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := open(t, cfg)
		s, r, today := h.Life, h.Everything(), civil.Today(h.Clock)
		secretary, officer, plain := h.by(h.secretary), h.by(h.officer), h.by(h.member)
		before, err := s.Proposals(ctx, r, h.o)
		h.must(err)
		at := slices.IndexFunc(before, func(p life.Proposal) bool { return p.Kind.Together() })
		if at < 0 {
			t.Fatalf("nothing is due: %+v", before)
		}
		due := before[at]
		id := h.plan(life.New{Kind: due.Kind, Agenda: life.ItemsTyped("学习传达｜王德明\n研究晒场照明")})
		if after, err := s.Proposals(ctx, r, h.o); err != nil || len(after) != len(before)-1 {
			t.Errorf("what is planned is still proposed: %d of %d, %v", len(after), len(before), err)
		}
		own, err := s.OwnList(ctx, h.DB.As(plain.Scope), h.member.Member, h.member.MemberPath)
		if err != nil || len(own) != 1 || own[0].ID != id || !own[0].Answerable() {
			t.Fatalf("%+v %v", own, err)
		}
		h.refused("leave without a reason", life.RuleLeave, s.Reply(ctx, plain, h.member.Member, id, life.Leave, " "))
		if err := s.Reply(ctx, secretary, h.member.Member, id, life.Comes, ""); fault.Of(err) != fault.NotFound {
			t.Errorf("the secretary answers for a member: %v", err)
		}
		h.must(s.Reply(ctx, plain, h.member.Member, id, life.Leave, "住院"))
		h.refused("checked before anybody came", life.RuleMinutes, s.Check(ctx, officer, id, 1))
		h.refused("nobody marked", life.RuleRoll, s.Attend(ctx, secretary, id, 1, nil))
		marks := h.marks(id, nil)
		marks[slices.IndexFunc(marks, func(m life.Mark) bool { return m.Member == h.member.Member })].State = life.Excused
		h.refused("excused without a reason", life.RuleLeave, s.Attend(ctx, secretary, id, 1, marks))
		h.attend(id, map[string]life.Mark{h.member.Member: {State: life.Excused, Why: "住院"}})
		roll := h.roll(id)
		count := life.Count(roll)
		if count.Excused != 1 || count.Present != len(roll)-1 || count.Voters >= len(roll) && slices.ContainsFunc(roll, func(a life.Attendee) bool { return !a.Vote }) {
			t.Errorf("%+v", count)
		}
		items, err := s.Agenda(ctx, r, h.meeting(id))
		h.must(err)
		if len(items) != 2 || items[0].Reporter != "王德明" {
			t.Fatalf("%+v", items)
		}
		h.must(s.Note(ctx, officer, id, items[1].ID, 1, life.Said{Speakers: "高建国、许春生", Notes: "原有线路老化。"}))
		if err := s.Note(ctx, secretary, id, items[1].ID, 1, life.Said{Notes: "别人写的"}); fault.Of(err) != fault.Conflict {
			t.Errorf("one writes over another: %v", err)
		}
		_, err = s.Vote(ctx, secretary, id, items[1].ID, ballot.Hands, life.Hands{Yes: 1})
		h.refused("hands that do not add up", "B-12", err)
		vote, err := s.Vote(ctx, secretary, id, items[1].ID, ballot.Hands, life.Hands{Yes: count.VotersPresent - 1, Abstain: 1})
		h.must(err)
		b, err := ballot.ByID(ctx, r, vote)
		if err != nil || b.State != ballot.Final || strings.Contains(b.Items[0].Name, "晒场") {
			t.Errorf("%+v %v", b, err)
		}
		h.refused("no day", life.RuleResolve, s.Resolve(ctx, secretary, id, life.NewResolution{Text: "晒场照明由支部牵头解决", Owner: h.officer.Member, KnownBy: "4 盏灯亮起"}))
		h.must(s.Resolve(ctx, secretary, id, life.NewResolution{Text: "晒场照明由支部牵头解决", Owner: h.officer.Member, Due: today.AddDays(17), KnownBy: "4 盏灯亮起"}))
		h.refused("the chair checks", life.RuleMinutes, s.Check(ctx, secretary, id, h.meeting(id).Version))
		h.must(s.Check(ctx, officer, id, h.meeting(id).Version))
		h.refused("whoever checked confirms", life.RuleMinutes, s.Confirm(ctx, officer, id, h.meeting(id).Version, true))
		if err := s.Note(ctx, officer, id, items[0].ID, 1, life.Said{Notes: "晚了"}); fault.Of(err) != fault.Conflict {
			t.Errorf("checked minutes are written on: %v", err)
		}
		h.must(s.Confirm(ctx, secretary, id, h.meeting(id).Version, false))
		after, err := h.Duties.Of(ctx, r, h.o, today, false)
		h.must(err)
		for _, it := range after.Items {
			if it.Duty.Name == due.Duty.Name && it.First == due.First && it.State != timeline.Done {
				t.Errorf("the duty is not done: %+v", it)
			}
		}
		seen, err := s.Own(ctx, h.DB.As(plain.Scope), h.member.Member, h.member.MemberPath, id)
		h.must(err)
		if len(seen.Decided) != 1 || len(seen.Votes) != 1 || seen.Votes[0].Verdict == nil || seen.Items[1].Said.Notes != "" || seen.Mine.Why != "住院" {
			t.Errorf("%+v", seen)
		}
		if mine, err := life.Owned(ctx, h.DB.As(officer.Scope), h.officer.Member); err != nil || len(mine) != 1 {
			t.Errorf("%v %v", mine, err)
		} else {
			h.refused("closed by nothing", life.RuleResolve, s.Close(ctx, officer, mine[0].ID, mine[0].Version, ""))
			if err := s.Close(ctx, plain, mine[0].ID, mine[0].Version, "亮了"); fault.Of(err) != fault.NotFound {
				t.Errorf("anybody closes: %v", err)
			}
			h.must(s.Close(ctx, officer, mine[0].ID, mine[0].Version, "4 盏灯已亮，反映人确认"))
		}
		h.must(s.Amend(ctx, officer, id, "高建国应为高建华。"))
		if list, err := s.Amendments(ctx, r, h.meeting(id)); err != nil || len(list) != 1 || list[0].Said != "高建国应为高建华。" {
			t.Errorf("%+v %v", list, err)
		}
		h.Sound()
	})
}
