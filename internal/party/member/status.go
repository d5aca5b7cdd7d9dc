package member

import (
	"cmp"
	"slices"

	"zhibu/internal/civil"
)

// EventKind is what happened to a membership on a day.
type EventKind string

// The kinds of dated events. Admission and confirmation stand in the record itself; the others are rows of their own.
const (
	Admitted     EventKind = "admitted"      // 接收为预备党员
	Confirm      EventKind = "confirmed"     // 转为正式党员
	MovedBranch  EventKind = "moved"         // 调整到另一支部
	Died         EventKind = "died"          // 去世
	MovedAway    EventKind = "transferred"   // 组织关系转出
	Left         EventKind = "left"          // 退党
	Persuaded    EventKind = "persuaded"     // 劝退
	Removed      EventKind = "removed"       // 除名
	Expelled     EventKind = "expelled"      // 开除党籍
	Cancelled    EventKind = "cancelled"     // 取消预备党员资格
	EnteredWrong EventKind = "entered_wrong" // 误录: the record should never have been
	United       EventKind = "united"        // 并入同一个人的另一份档案
	Restored     EventKind = "restored"      // 恢复
	Suspended    EventKind = "suspended"     // 停止党籍
	Resumed      EventKind = "resumed"       // 恢复党籍
)

// Ends are the kinds by which somebody leaves the register, in the order they are offered.
var Ends = []EventKind{Died, MovedAway, Left, Persuaded, Removed, Expelled, Cancelled, EnteredWrong}

// Name is the Chinese term.
func (k EventKind) Name() string { return eventNames[k] }

var eventNames = map[EventKind]string{
	Admitted: "接收为预备党员", Confirm: "转为正式党员", MovedBranch: "调整支部", Died: "去世", MovedAway: "组织关系转出", Left: "退党",
	Persuaded: "劝退", Removed: "除名", Expelled: "开除党籍", Cancelled: "取消预备党员资格", EnteredWrong: "误录", United: "并入另一份档案", Restored: "恢复",
	Suspended: "停止党籍", Resumed: "恢复党籍",
}

// Event is one dated event.
type Event struct {
	ID       string
	Kind     EventKind
	On       civil.Date
	Reason   string
	Document string
	Was      string // organisation before, for a move
	Became   string // organisation after
}

// Standing is what somebody is on a day.
type Standing string

// The standings.
const (
	NotYet       Standing = "not_yet"
	Probationary Standing = "probationary"
	FullMember   Standing = "full"
	Gone         Standing = "gone"
)

// Status is the answer for one day.
type Status struct {
	Standing  Standing
	Suspended bool
	OrgID     string // "" when the events do not tell
	EndedBy   EventKind
}

// rank orders events of one day as they must have happened, so that the order of recording never matters.
var rank = map[EventKind]int{Admitted: 0, Restored: 1, Confirm: 2, Resumed: 3, MovedBranch: 4, Suspended: 5}

// StatusOn tells what somebody was on a day. It depends on the events alone, not on their order.
func StatusOn(events []Event, on civil.Date) Status {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.On.String(), b.On.String()), cmp.Compare(rankOf(a.Kind), rankOf(b.Kind)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Became, b.Became))
	})
	s := Status{Standing: NotYet}
	before := NotYet
	for _, e := range sorted {
		if e.On.After(on) {
			break
		}
		switch e.Kind {
		case Admitted:
			s.Standing = Probationary
		case Confirm:
			s.Standing = FullMember
		case MovedBranch:
			s.OrgID = e.Became
		case Suspended:
			s.Suspended = true
		case Resumed:
			s.Suspended = false
		case Restored:
			if s.Standing == Gone {
				s.Standing, s.EndedBy = before, ""
			}
		default:
			if s.Standing != Gone {
				before = s.Standing
			}
			s.Standing, s.EndedBy = Gone, e.Kind
		}
	}
	return s
}

func rankOf(k EventKind) int {
	if r, ok := rank[k]; ok {
		return r
	}
	return 9 // an end comes last on its day
}

// events joins what the record says with the rows of events.
func (m Member) events(rows []Event) []Event {
	out := slices.Clone(rows)
	if !m.Joined.IsZero() {
		out = append(out, Event{Kind: Admitted, On: m.Joined})
	}
	if !m.Confirmed.IsZero() {
		out = append(out, Event{Kind: Confirm, On: m.Confirmed})
	}
	return out
}
