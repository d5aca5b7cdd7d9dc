package member

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// DoAffirm is saying of facts that they are still right.
const DoAffirm = "member.affirm"

// Saying is what is said of one record: these facts are still right.
type Saying struct {
	Member string
	Fields []roster.Column
}

// mostAffirmed bounds how many records one act speaks of.
const mostAffirmed = 200

// Affirm writes down that facts are still right: by the member of the own record, by the branch of its members. Each
// record gets who said it of which facts when, and is asked again after the months of K-11. Saying it twice is the same as
// once; of a fact that has changed or gone meanwhile nothing is written. The faults name the field facts.
func (s *Service) Affirm(ctx context.Context, actor ledger.Actor, sayings ...Saying) (err error) {
	defer fault.Wrap(&err, "member: affirm")
	if len(sayings) == 0 || len(sayings) > mostAffirmed {
		return fault.New(fault.Invalid, "请选择核实过的内容，一次最多 %d 人。", mostAffirmed).At("facts")
	}
	list := make([]Member, len(sayings))
	for i, say := range sayings {
		if list[i], err = s.mayAffirm(ctx, actor, say); err != nil {
			return err
		}
	}
	act := ledger.Act{Kind: DoAffirm, Subject: "member", SubjectID: list[0].ID, OrgPath: list[0].OrgPath, Reason: "核实过，仍然正确", Detail: map[string]any{"members": len(list)}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		wrote := false
		for i, say := range sayings {
			m := list[i]
			if err := s.stay(ctx, tx, &m); err != nil {
				return err
			}
			yes, err := s.affirm(ctx, tx, actor, m, say.Fields)
			if wrote = wrote || yes; err != nil {
				return err
			}
		}
		if !wrote {
			return ledger.ErrUnchanged
		}
		return nil
	})
}

// mayAffirm reads the record and asks whether the actor may speak for it.
func (s *Service) mayAffirm(ctx context.Context, actor ledger.Actor, say Saying) (Member, error) {
	m, err := s.ByID(ctx, s.DB.As(actor.Scope), say.Member)
	if err != nil {
		return m, err
	}
	a, ok := s.agingOn(today(s))
	if !ok || len(say.Fields) == 0 {
		return m, fault.New(fault.Invalid, "请选择核实过的内容，一次最多 %d 人。", mostAffirmed).At("facts")
	}
	for _, c := range say.Fields {
		if a.months[c] == 0 {
			return m, fault.New(fault.Invalid, "“%s”不需要定期核实。", c.Title()).At("facts").By(a.rule.ID)
		}
	}
	switch {
	case m.State != Active:
		return m, fault.New(fault.Invalid, "这名党员已经不在册。").At("facts")
	case actor.Member == m.ID && slices.ContainsFunc(say.Fields, func(c roster.Column) bool { return slices.Contains(a.branch, c) }):
		return m, fault.New(fault.Forbidden, "这一项由支部其他同志核实。").At("facts").By("H-02")
	case actor.Member == m.ID:
		return m, nil
	}
	return m, s.Rights.Covers(ctx, actor, DoAffirm, m.OrgPath, say.Fields...)
}

// affirm writes it for one record: of the facts that are there and were not said to be right today already.
func (s *Service) affirm(ctx context.Context, tx *store.Tx, actor ledger.Actor, m Member, columns []roster.Column) (bool, error) {
	now, err := s.ByID(ctx, tx, m.ID)
	if err != nil {
		return false, err
	}
	k, found, err := knownOf(ctx, tx, m.ID)
	if err != nil {
		return false, err
	}
	if !found {
		k = known{"": entered(m.ID)}
	}
	var fields []roster.Column
	for _, c := range roster.Columns {
		if slices.Contains(columns, c) && ages(now, c) && k.of(c).Before(today(s)) {
			fields = append(fields, c)
		}
	}
	if len(fields) == 0 {
		return false, nil
	}
	own := bit(actor.Member == m.ID)
	err = tx.System("still right").Insert(ctx, "affirmed", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", m.ID), store.Set("org_path", m.OrgPath),
		store.Set("fields", joinColumns(fields)), store.Set("own", own), store.Set("account_id", actor.Account), store.Set("actor", actor.Name),
		store.Set("at", s.Clock.Now().UnixMicro()))
	if err != nil {
		return false, err
	}
	return true, keepAging(ctx, tx, func() error { return s.refresh(ctx, tx, m.ID, fields...) }, m.ID)
}

func joinColumns(list []roster.Column) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = string(c)
	}
	return strings.Join(out, " ")
}

// Affirmed is that somebody said of facts of a record that they are still right.
type Affirmed struct {
	Fields []roster.Column
	Actor  string
	Own    bool // the member herself
	At     time.Time
}

// Affirmations are those of a record, the newest first.
func (s *Service) Affirmations(ctx context.Context, r store.Reader, member string, limit int) (out []Affirmed, err error) {
	err = r.Each(ctx, "SELECT fields, actor, own, at FROM {affirmed} WHERE member_id = ? ORDER BY id DESC LIMIT ?", []any{member, limit}, func(row store.Row) error {
		var a Affirmed
		var fields string
		var own, at int64
		err := row.Scan(&fields, &a.Actor, &own, &at)
		for _, f := range strings.Fields(fields) {
			a.Fields = append(a.Fields, roster.Column(f))
		}
		a.Own, a.At = own != 0, time.UnixMicro(at)
		out = append(out, a)
		return err
	})
	return out, err
}

// Ask is a record with the facts that are to be asked again.
type Ask struct {
	Member Member
	Facts  []Aged
}

// AskMember gives the facts that a member is to be asked about now, at most a handful, those that have waited longest
// first. Nobody is asked whom the branch cares for, and nobody whose record waits for review.
func (s *Service) AskMember(ctx context.Context, r store.Reader, m Member) ([]Aged, error) {
	a, ok := s.agingOn(today(s))
	if !ok || m.State != Active || m.Review != Reviewed || m.Care {
		return nil, nil
	}
	k, found, err := knownOf(ctx, r, m.ID)
	if err != nil || !found {
		return nil, err
	}
	facts := slices.DeleteFunc(a.agedBy(m, k, today(s)), func(f Aged) bool { return f.Branch })
	return facts[:min(len(facts), a.most)], nil
}

// AskAbout gives the facts of one record that the actor is to be asked about now: of the own record as AskMember does, of
// another one what the branch is asked, as AskBranch does.
func (s *Service) AskAbout(ctx context.Context, actor ledger.Actor, m Member) ([]Aged, error) {
	r := s.DB.As(store.System("who can be asked"))
	if actor.Member == m.ID {
		return s.AskMember(ctx, r, m)
	}
	a, ok := s.agingOn(today(s))
	if !ok || m.State != Active || m.Review != Reviewed {
		return nil, nil
	}
	k, found, err := knownOf(ctx, r, m.ID)
	if err != nil || !found {
		return nil, err
	}
	var alone int
	if _, err := r.One(ctx, "SELECT CASE WHEN "+unasked+" THEN 1 ELSE 0 END FROM {member} m WHERE m.id = ?", []any{m.ID}, &alone); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(a.agedBy(m, k, today(s)), func(f Aged) bool { return alone == 0 && !f.Branch }), nil
}

// unasked is the condition on m that nobody can ask the member on a page of the own.
const unasked = "NOT EXISTS (SELECT 1 FROM {account} a WHERE a.member_id = m.id AND a.state = 'active')"

// toAsk is the condition on {due} d and {member} m that the branch is asked about a record.
const toAsk = "d.org_path >= ? AND d.org_path < ? AND d.due_on <= ? AND (d.branch_on <= ? OR " + unasked + ") AND m.state = 'active' AND m.review = 'reviewed' AND m.id <> ?"

// CountAsk counts the records of AskBranch, up to a bound; it is for a branch, a city is not asked.
func (s *Service) CountAsk(ctx context.Context, r store.Reader, path, except string, most int) (n int, err error) {
	if r, err = s.allBelow(r, path); err != nil {
		return 0, err
	}
	on := today(s).String()
	_, err = r.One(ctx, "SELECT count(*) FROM (SELECT 1 FROM {due} d JOIN {member} m ON m.id = d.id WHERE "+toAsk+" LIMIT ?) c", []any{path, path + "~", on, on, except, most}, &n)
	return n, err
}

// allBelow reads everything for somebody in whose scope a path lies with all that is below: whether a member has an account
// does not depend on where the account stands.
func (s *Service) allBelow(r store.Reader, path string) (store.Reader, error) {
	if !r.Scope().IsSystem() && !r.Scope().Holds(path) {
		return nil, fault.Missing()
	}
	return s.DB.As(store.System("who can be asked")), nil
}

// AskBranch gives the records below a path about whose facts the branch is to be asked now: those it answers for, and
// everything of members it cares for and of members without an account. except is a record that is left out: the own.
func (s *Service) AskBranch(ctx context.Context, r store.Reader, path, except, after string, limit int) (list []Ask, next string, err error) {
	a, ok := s.agingOn(today(s))
	if !ok {
		return nil, "", nil
	}
	if r, err = s.allBelow(r, path); err != nil {
		return nil, "", err
	}
	from := path
	if after != "" {
		found, err := r.One(ctx, "SELECT org_path FROM {due} WHERE id = ?", []any{after}, &from)
		if err == nil && !found {
			err = fault.Missing()
		}
		if err != nil {
			return nil, "", err
		}
	}
	on := today(s).String()
	query := "SELECT d.known, CASE WHEN " + unasked + " THEN 1 ELSE 0 END, " + prefixed("m.") + " FROM {due} d JOIN {member} m ON m.id = d.id WHERE " + toAsk +
		" AND d.org_path >= ? AND (d.org_path, d.id) > (?, ?) ORDER BY d.org_path, d.id LIMIT ?"
	err = r.Each(ctx, query, []any{path, path + "~", on, on, except, from, from, after, limit + 1}, func(row store.Row) error {
		var text string
		var alone int64
		m, err := scan(leading{row, []any{&text, &alone}})
		if err != nil {
			return err
		}
		k, err := readKnown(text)
		facts := a.agedBy(m, k, today(s))
		if alone == 0 {
			facts = slices.DeleteFunc(facts, func(f Aged) bool { return !f.Branch })
		}
		list = append(list, Ask{m, facts})
		return err
	})
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Member.ID
	}
	return list, next, err
}

// Overdue counts what is to be asked again in an organisation.
type Overdue struct {
	Records, Facts int64
}

// StaleBelow counts by organisation, below a path, the records with facts that are due on a day, and the facts. It reads
// the rows that are due and no others; of a city it is for a count that is kept, not for a page.
func (s *Service) StaleBelow(ctx context.Context, r store.Reader, path string, on civil.Date) (map[string]Overdue, error) {
	out := map[string]Overdue{}
	a, ok := s.agingOn(on)
	if !ok {
		return out, nil
	}
	r, err := r.Within(path)
	if err != nil {
		return nil, err
	}
	query := "SELECT d.known, " + prefixed("m.") + " FROM {due} d JOIN {member} m ON m.id = d.id WHERE d.due_on <= ? AND m.state = 'active' AND m.review = 'reviewed'"
	err = r.Each(ctx, query, []any{on.String()}, func(row store.Row) error {
		var text string
		m, err := scan(leading{row, []any{&text}})
		if err != nil {
			return err
		}
		k, err := readKnown(text)
		n := out[m.OrgPath]
		n.Records, n.Facts = n.Records+1, n.Facts+int64(len(a.agedBy(m, k, on)))
		out[m.OrgPath] = n
		return err
	})
	return out, err
}

// prefixed are the columns of scan, of the table of a name.
func prefixed(table string) string { return table + strings.ReplaceAll(columns, ", ", ", "+table) }

// leading are columns that stand before those of scan.
type leading struct {
	row  store.Row
	into []any
}

func (l leading) Scan(dest ...any) error { return l.row.Scan(append(slices.Clone(l.into), dest...)...) }
