package election

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// Case is one of the six in which a member may be left out of those who should attend (E-07).
type Case string

// The cases.
const (
	Ill       Case = "ill"
	Abroad    Case = "abroad"
	Punished  Case = "punished"
	Bedridden Case = "bedridden"
	Away      Case = "away"
	Settled   Case = "settled"
)

// Cases are all of them, in the order of the explanation.
var Cases = []Case{Ill, Abroad, Punished, Bedridden, Away, Settled}

// Name is the Chinese term.
func (c Case) Name() string { return caseNames[c] }

var caseNames = map[Case]string{
	Ill: words.Mark("患有精神病或者其他疾病，不能表达本人意志"), Abroad: words.Mark("自费出国半年以上"), Punished: words.Mark("受留党察看处分，或者正在服刑"),
	Bedridden: words.Mark("年老体弱卧床不起，或者长期生病生活不能自理"), Away: words.Mark("工作调动、借调、外出学习等半年以上，组织关系应转未转"), Settled: words.Mark("离退休，在外地定居"),
}

// long tells of a case that counts from a number of months on.
func (c Case) long() bool { return c == Abroad || c == Away }

// OutState is how far leaving somebody out is.
type OutState string

// The states. Only who was passed is not counted.
const (
	OutAsked     OutState = "asked"      // waits for the committee above
	OutRefused   OutState = "refused"    // by the committee above
	OutApproved  OutState = "approved"   // by the committee above; the assembly is to pass it
	OutPassed    OutState = "passed"     // by the assembly too: not counted
	OutNotPassed OutState = "not-passed" // by the assembly: counted
)

// LeftOut is a member who is not to be counted among those who should attend. The reason is opened by Reasons only.
type LeftOut struct {
	ID, Election string
	Person       Person
	State        OutState
	Reason       Reason
	Version      int64

	sealed []byte
}

// Reason is which case it is, what proves it, and since when, where months count.
type Reason struct {
	Case  Case       `json:"case"`
	Basis string     `json:"basis"`
	Since civil.Date `json:"since"`
}

const reasonColumn = "left_out.content"

// Sealed says what of leaving somebody out is sealed under whose key.
var Sealed = rotation.Sealed{Table: "left_out", Holder: "member_id", Columns: []string{"content"}}

// LeftOuts are the members of an election who are to be left out, without the reasons.
func LeftOuts(ctx context.Context, r store.Reader, election string) ([]LeftOut, error) {
	return leftOuts(ctx, r, "election_id = ?", election)
}

func leftOuts(ctx context.Context, r store.Reader, where string, args ...any) (out []LeftOut, err error) {
	err = r.Each(ctx, "SELECT id, election_id, member_id, name, content, state, version FROM {left_out} WHERE "+where+" ORDER BY id", args, func(row store.Row) error {
		var l LeftOut
		err := row.Scan(&l.ID, &l.Election, &l.Person.ID, &l.Person.Name, &l.sealed, &l.State, &l.Version)
		out = append(out, l)
		return err
	})
	return out, err
}

// Reasons opens the cases for whoever may read them; to anybody else they stay closed.
func (s *Service) Reasons(ctx context.Context, actor ledger.Actor, e Election, list []LeftOut) (err error) {
	defer fault.Wrap(&err, "election: reasons")
	if err := s.Rights.May(ctx, actor, DoSee, e.OrgPath); err != nil {
		return err
	}
	var holders []string
	for _, l := range list {
		holders = append(holders, l.Person.ID)
	}
	keys, err := s.Vault.Persons(ctx, holders)
	if err != nil {
		return err
	}
	for i := range list {
		if key := keys[list[i].Person.ID]; key != nil {
			if err := list[i].open(key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *LeftOut) open(key *vault.Person) error {
	plain, err := key.Open(reasonColumn, l.ID, l.sealed)
	if err == nil {
		err = json.Unmarshal(plain, &l.Reason)
	}
	return err
}

// check is E-07: one of the six cases, proven, and long enough by the day of the assembly where months count.
func (s *Service) check(e Election, r Reason) error {
	rule := s.Rules.At("E-07", e.On)
	bad := func(field, text string, args ...any) error {
		return fault.New(fault.Invalid, text, args...).At(field).By("E-07")
	}
	switch months := rule.Int("away_months"); {
	case !slices.Contains(Cases, r.Case):
		return bad("case", "请选择属于哪一种可以不计入的情形。")
	case r.Basis == "" || len([]rune(r.Basis)) > 200:
		return bad("basis", "请写明凭什么证明，最多 200 个字。")
	case r.Case.long() && r.Since.IsZero():
		return bad("since", "这种情形要满 %d 个月，请填写从哪天起。", months)
	case r.Case.long() && r.Since.AddMonths(months).After(e.On):
		return bad("since", "到大会那天（%s）还不满 %d 个月，应当计入应到会。", e.On, months)
	}
	return nil
}

// LeaveOut asks for a member to be left out of those who should attend. The faults name member, case, basis and since.
func (s *Service) LeaveOut(ctx context.Context, actor ledger.Actor, id string, version int64, member string, why Reason) (err error) {
	defer fault.Wrap(&err, "election: leave out")
	e, o, err := s.mine(ctx, actor, id)
	if err != nil {
		return err
	}
	why.Basis = strings.TrimSpace(why.Basis)
	if !slices.Contains([]State{Requested, Approved, Named}, e.State) {
		return fault.New(fault.Conflict, "已经开始计票，不能再改应到会的人。").By("E-07")
	}
	voters, err := Voters(ctx, s.DB.As(actor.Scope), o, e.On)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(voters, func(p Person) bool { return p.ID == member })
	if i < 0 {
		return fault.New(fault.Invalid, "请选择一名有选举权的正式党员；没有选举权的本来就不计入。").At("member").By("E-03")
	}
	who := voters[i]
	if slices.Contains(e.People.Candidates, who) || slices.Contains(e.People.Scrutineers, who) {
		return fault.New(fault.Invalid, "%s是候选人或者监票人，要到会，不能不计入。", who.Name).At("member").By("E-07")
	}
	if err := s.check(e, why); err != nil {
		return err
	}
	keys, err := s.Vault.Persons(ctx, []string{member})
	if err != nil {
		return err
	}
	if keys[member] == nil {
		return fault.Missing().At("member")
	}
	row := s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoRequest, Subject: "election", SubjectID: id, OrgPath: e.OrgPath, Reason: "请示不计入应到会"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := change(ctx, tx, e, version, e.State, e.State); err != nil {
			return err
		}
		set := store.Set
		there, err := leftOuts(ctx, tx, "election_id = ? AND member_id = ?", id, member)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			return tx.Insert(ctx, "left_out", set("id", row), set("org_id", e.Org), set("org_path", e.OrgPath), set("election_id", id), set("member_id", member), set("name", who.Name),
				set("content", keys[member].Seal(reasonColumn, row, []byte(text(why)))), set("state", string(OutAsked)), set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
		}
		if there[0].State != OutRefused {
			return fault.New(fault.Conflict, "%s已经在名单里。", who.Name).At("member").By("E-07")
		}
		_, err = tx.Update(ctx, "left_out", store.ByID(there[0].ID), set("content", keys[member].Seal(reasonColumn, there[0].ID, []byte(text(why)))), set("state", string(OutAsked)), set("account_id", actor.Account),
			set("actor", actor.Name), set("version", there[0].Version+1))
		return err
	})
}

// DecideLeftOut approves or refuses those asked for after the request itself was approved, all together.
func (s *Service) DecideLeftOut(ctx context.Context, actor ledger.Actor, id string, version int64, yes bool, answer string) (err error) {
	defer fault.Wrap(&err, "election: decide left out")
	e, answer, err := s.deciding(ctx, actor, id, yes, answer)
	if err != nil {
		return err
	}
	if e.State != Approved && e.State != Named {
		return fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
	}
	to := OutApproved
	if !yes {
		to = OutRefused
	}
	act := ledger.Act{Kind: DoDecide, Subject: "election", SubjectID: id, OrgPath: e.OrgPath, Reason: "审批不计入应到会"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := change(ctx, tx, e, version, e.State, e.State, store.Set("answer", answer)); err != nil {
			return err
		}
		return turn(ctx, tx, id, OutAsked, to)
	})
}

// turn takes all who are in one state to another.
func turn(ctx context.Context, tx *store.Tx, election string, from, to OutState) error {
	list, err := leftOuts(ctx, tx, "election_id = ? AND state = ?", election, string(from))
	for _, l := range list {
		if _, err := tx.Update(ctx, "left_out", store.ByID(l.ID), store.Set("state", string(to)), store.Set("version", l.Version+1)); err != nil {
			return err
		}
	}
	return err
}

// Attendance is who is counted: the full members with a vote on the day, those left out of them, who should come and how many
// have to (E-03, E-06, E-07).
type Attendance struct {
	Voters                  []Person // who should attend, by strokes
	Full, Out, Should, Need int
	Asked                   []Person // who waits for the committee above
}

// Attendance counts from the register on the day of the assembly. Until the assembly has voted, those approved from above are
// left out already, since it is asked to pass them.
func (s *Service) Attendance(ctx context.Context, r store.Reader, e Election, o org.Organisation) (a Attendance, err error) {
	all, err := Voters(ctx, r, o, e.On)
	if err != nil {
		return a, err
	}
	list, err := LeftOuts(ctx, r, e.ID)
	if err != nil {
		return a, err
	}
	for _, p := range all {
		i := slices.IndexFunc(list, func(l LeftOut) bool { return l.Person.ID == p.ID })
		switch {
		case i >= 0 && (list[i].State == OutPassed || list[i].State == OutApproved):
			a.Out++
		default:
			a.Voters = append(a.Voters, p)
		}
		if i >= 0 && list[i].State == OutAsked {
			a.Asked = append(a.Asked, p)
		}
	}
	a.Full, a.Should = len(all), len(a.Voters)
	a.Need = s.Rules.At("E-06", e.On).Share("present_share").Least(a.Should)
	return a, nil
}

// pass notes whether the assembly passed those approved from above (E-07), before it votes.
func (s *Service) pass(a Attendance, approved int, passed string) (to OutState, err error) {
	switch {
	case len(a.Asked) > 0:
		return "", fault.New(fault.Conflict, "还有 %d 名不计入应到会的等上级党委答复，答复以后再投票。", len(a.Asked)).By("E-07")
	case approved == 0:
		return "", nil
	case passed == "yes":
		return OutPassed, nil
	case passed == "no":
		return OutNotPassed, nil
	}
	return "", fault.New(fault.Invalid, "请选择大会是否通过了不计入应到会的名单。").At("passed").By("E-07")
}
