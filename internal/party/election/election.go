package election

import (
	"context"
	"encoding/json"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
)

// BallotSubject is the subject of elections in the room of ballots.
const BallotSubject = "election"

// State is how far an election is.
type State string

// The states.
const (
	Requested State = "requested" // waits for the committee above
	Refused   State = "refused"
	Approved  State = "approved" // candidates and scrutineers are to be named
	Named     State = "named"    // ballots can be printed, the vote can be held
	Voting    State = "voting"   // two persons count
	Counted   State = "counted"  // somebody is elected; posts are to be shared out, or a further round held
	Reported  State = "reported" // the result waits for the committee above
	Done      State = "done"     // approved: the posts are theirs
)

// Person is a member by identifier and name.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// People are who stands, who watches, and who takes which post.
type People struct {
	Candidates  []Person `json:"candidates,omitempty"`
	Scrutineers []Person `json:"scrutineers,omitempty"`
	Struck      []Struck `json:"struck,omitempty"` // who was taken off after being named
	Fewer       *Fewer   `json:"fewer,omitempty"`  // fewer seats by consent of the assembly
	Duties      []Duty   `json:"duties,omitempty"` // who takes which post, as reported
}

// Election is one election of a branch.
type Election struct {
	ID, Org, OrgPath string
	State            State
	On               civil.Date // day of the assembly
	Seats, Standing  int        // seats, and how many candidates were approved
	People           People
	Answer           string // why it was refused
	Account, Actor   string // who asked
	Decider          string
	Version          int64
}

// open tells whether it still goes on.
func (e Election) open() bool { return e.State != Refused && e.State != Done }

// checkNumbers is E-08: more candidates than seats, by the share of the rule.
func checkNumbers(book *rulebook.Book, on civil.Date, seats, standing int) error {
	if seats < 1 || seats > 30 {
		return fault.New(fault.Invalid, "请填写应选几名委员，1 到 30。").At("seats").By("E-08")
	}
	if need := seats + book.At("E-08", on).Share("extra_share").Least(seats); standing < need || standing > 100 {
		return fault.New(fault.Invalid, "应选 %d 名，候选人不少于 %d 名才符合差额，现在是 %d 名。", seats, need, standing).At("standing").By("E-08")
	}
	return nil
}

// checkPeople refuses doubles, a number that was not approved, and a candidate who watches the count.
func checkPeople(e Election, p People) error {
	seen := map[string]bool{}
	for _, c := range p.Candidates {
		if seen[c.ID] {
			return fault.New(fault.Invalid, "候选人里“%s”出现了两次，请去掉一个。", c.Name).At("candidates").By("E-08")
		}
		seen[c.ID] = true
	}
	for i, c := range p.Candidates {
		if slices.ContainsFunc(p.Candidates[:i], func(o Person) bool { return o.Name == c.Name }) {
			return fault.New(fault.Invalid, "两名候选人都叫“%s”，选票上分不清，请先在名册里区分。", c.Name).At("candidates").By("E-08")
		}
	}
	if len(p.Candidates) != e.Standing {
		return fault.New(fault.Invalid, "上级同意的候选人是 %d 名，现在选了 %d 名。", e.Standing, len(p.Candidates)).At("candidates").By("E-14")
	}
	if len(p.Scrutineers) == 0 {
		return fault.New(fault.Invalid, "请选择监票人。").At("scrutineers").By("E-13")
	}
	for _, w := range p.Scrutineers {
		if seen[w.ID] {
			return fault.New(fault.Invalid, "%s是候选人，不能当监票人，请换一个人。", w.Name).At("scrutineers").By("E-13")
		}
	}
	return nil
}

// byStrokes puts names in the order of the strokes of the surname (E-12).
func byStrokes(list []Person) {
	c := collate.New(language.MustParse("zh-u-co-stroke"))
	slices.SortStableFunc(list, func(a, b Person) int { return c.CompareString(a.Name, b.Name) })
}

const columns = "id, org_id, org_path, state, on_date, seats, standing, people, answer, account_id, actor, decider, version"

// ByID reads an election; out of scope it is missing.
func ByID(ctx context.Context, r store.Reader, id string) (Election, error) {
	list, err := elections(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Election{}, err
	}
	return list[0], nil
}

// Under lists the elections at and below an organisation, the newest first.
func Under(ctx context.Context, r store.Reader, path string, limit int) ([]Election, error) {
	return elections(ctx, r, "org_path >= ? AND org_path < ? ORDER BY id DESC LIMIT ?", path, path[:len(path)-1]+"/", limit)
}

func elections(ctx context.Context, r store.Reader, where string, args ...any) (out []Election, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {election} WHERE "+where, args, func(row store.Row) error {
		var e Election
		var people string
		err := row.Scan(&e.ID, &e.Org, &e.OrgPath, &e.State, &e.On, &e.Seats, &e.Standing, &people, &e.Answer, &e.Account, &e.Actor, &e.Decider, &e.Version)
		if err == nil {
			err = json.Unmarshal([]byte(people), &e.People)
		}
		out = append(out, e)
		return err
	})
	return out, err
}

// Voters are the members of a branch who have a vote on a day (E-03): full members by then, reviewed, not suspended, by strokes.
// Probation within the Party and detention are not on the register; who is under them is left out by E-07.
func Voters(ctx context.Context, r store.Reader, o org.Organisation, on civil.Date) (out []Person, err error) {
	const asked = "SELECT id, name FROM {member} m WHERE org_path = ? AND state = 'active' AND category = 'full' AND review = 'reviewed' AND confirmed_on <= ? " +
		"AND NOT EXISTS (SELECT 1 FROM {member_event} e WHERE e.member_id = m.id AND e.kind = 'suspended' AND e.on_date <= ? " +
		"AND NOT EXISTS (SELECT 1 FROM {member_event} b WHERE b.member_id = m.id AND b.kind = 'resumed' AND b.on_date <= ? AND b.on_date >= e.on_date)) ORDER BY id"
	day := on.String()
	err = r.Each(ctx, asked, []any{o.Path, day, day, day}, func(row store.Row) error {
		var p Person
		err := row.Scan(&p.ID, &p.Name)
		out = append(out, p)
		return err
	})
	byStrokes(out)
	return out, err
}
