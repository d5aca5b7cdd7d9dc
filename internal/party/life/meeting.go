package life

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// The program's own rules about meetings.
const (
	RuleRoll    = "K-31" // the register of the day
	RuleOne     = "K-32" // one chair, nobody at two meetings
	RuleMinutes = "K-33" // recorder checks, chair confirms
	RuleResolve = "K-34" // owner, day, how one knows
	RuleLeave   = "K-35" // leave with a reason
)

// State is how far a meeting is.
type State string

// The states.
const (
	Planned   State = "planned"
	Held      State = "held"      // attendance is there; notes, votes and resolutions are entered
	Checked   State = "checked"   // the recorder has checked the minutes
	Confirmed State = "confirmed" // by the chair: only read from now on
	Cancelled State = "cancelled" // did not take place
	Annulled  State = "annulled"  // confirmed, and should not have been
)

// Meeting is one meeting of a branch.
type Meeting struct {
	ID, Org, OrgPath string
	Kind             Kind
	Also             []Kind // held in one sitting with it
	Title            string
	On               civil.Date
	Starts           string // 19:00, Beijing
	EndsOn           civil.Date
	Ends             string
	Place, Topic     string
	Partners         string // of a joint one
	Hours            string // of study, with at most two decimals
	ChairID, Chair   string
	RecorderID       string
	Recorder         string
	State            State
	Reason           string // why it did not take place
	checkedID        string // account
	Checked          string
	confirmedID      string
	Confirmed        string
	ConfirmedAt      time.Time
	Signed           bool // the chair signed on paper, somebody else confirmed
	Account, Actor   string
	Version          int64
}

// Facts are the meetings of the rules that it is.
func (m Meeting) Facts() (out []timeline.Meeting) {
	for _, k := range append([]Kind{m.Kind}, m.Also...) {
		if k.fact() {
			out = append(out, timeline.Meeting(k))
		}
	}
	return out
}

// Closed tells whether what was said is only for those who were there.
func (m Meeting) Closed() bool {
	return m.Kind.Closed() || slices.ContainsFunc(m.Also, Kind.Closed)
}

// open tells whether attendance, notes, votes and resolutions may still be entered.
func (m Meeting) open() bool { return m.State == Planned || m.State == Held }

// stands tells whether it takes or took place.
func (m Meeting) stands() bool { return m.State != Cancelled && m.State != Annulled }

// span is when it is, as texts that compare.
func (m Meeting) span() (from, to string) {
	from, to = m.On.String()+" "+m.Starts, m.EndsOn.String()+" "+m.Ends
	if m.Ends == "" {
		to = m.On.String() + " 23:59" // nobody said when it ends
		if at, err := time.Parse("15:04", m.Starts); err == nil && at.Hour() < 22 {
			to = m.On.String() + " " + at.Add(2*time.Hour).Format("15:04")
		}
	}
	return from, to
}

// When is the time in one line.
func (m Meeting) When() string { return m.when(func(day string) string { return day }) }

// when writes the days in the way of a paper.
func (m Meeting) when(write func(day string) string) string {
	out := write(m.On.String()) + " " + m.Starts
	switch {
	case m.Ends == "":
	case m.EndsOn != m.On:
		out += "–" + write(m.EndsOn.String()) + " " + m.Ends
	default:
		out += "–" + m.Ends
	}
	return out
}

// clock reads a time of day; "" stays.
func clock(text string) (string, bool) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "：", ":")
	if text == "" {
		return "", true
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return "", false
	}
	return at.Format("15:04"), true
}

const columns = "id, org_id, org_path, kind, also, title, on_date, starts, ends_on, ends, place, topic, partners, hours, chair_id, chair, recorder_id, recorder, state, reason, checked_by_id, checked_by," +
	" confirmed_by_id, confirmed_by, confirmed_at, signed, account_id, actor, version"

var columnNames = strings.Split(columns, ", ")

func (m Meeting) values() []any {
	var also []string
	for _, k := range m.Also {
		also = append(also, string(k))
	}
	return []any{m.ID, m.Org, m.OrgPath, string(m.Kind), strings.Join(also, " "), m.Title, m.On.String(), m.Starts, m.EndsOn.String(), m.Ends, m.Place, m.Topic, m.Partners, m.Hours, m.ChairID, m.Chair,
		m.RecorderID, m.Recorder, string(m.State), m.Reason, "", "", "", "", 0, 0, m.Account, m.Actor, m.Version}
}

func scan(row store.Row) (m Meeting, err error) {
	var also string
	var at, signed int64
	err = row.Scan(&m.ID, &m.Org, &m.OrgPath, &m.Kind, &also, &m.Title, &m.On, &m.Starts, &m.EndsOn, &m.Ends, &m.Place, &m.Topic, &m.Partners, &m.Hours, &m.ChairID, &m.Chair, &m.RecorderID, &m.Recorder,
		&m.State, &m.Reason, &m.checkedID, &m.Checked, &m.confirmedID, &m.Confirmed, &at, &signed, &m.Account, &m.Actor, &m.Version)
	for _, k := range strings.Fields(also) {
		m.Also = append(m.Also, Kind(k))
	}
	if at != 0 {
		m.ConfirmedAt = time.UnixMicro(at)
	}
	m.Signed = signed != 0
	return m, err
}

// ByID reads a meeting; out of scope it is missing.
func ByID(ctx context.Context, r store.Reader, id string) (Meeting, error) {
	list, err := meetings(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Meeting{}, err
	}
	return list[0], nil
}

// Of lists the meetings of a branch, the latest first.
func Of(ctx context.Context, r store.Reader, path string, limit int) ([]Meeting, error) {
	return meetings(ctx, r, "org_path = ? ORDER BY on_date DESC, starts DESC, id DESC LIMIT ?", path, limit)
}

// unfinishedShown bounds the minutes on a workbench.
const unfinishedShown = 10

// Unfinished are the meetings in scope that were held and whose minutes are not confirmed, the oldest first.
func Unfinished(ctx context.Context, r store.Reader) ([]Meeting, error) {
	return meetings(ctx, r, "state IN ('held', 'checked') ORDER BY on_date, id LIMIT ?", unfinishedShown)
}

func meetings(ctx context.Context, r store.Reader, where string, args ...any) (out []Meeting, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {meeting} WHERE "+where, args, func(row store.Row) error {
		m, err := scan(row)
		out = append(out, m)
		return err
	})
	return out, err
}
