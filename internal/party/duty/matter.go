package duty

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
)

// Count is a count that stops at a bound.
type Count struct {
	N    int
	More bool // there are more than N
}

// Somebody is a member with the day that matters.
type Somebody struct {
	ID, Name, OrgID, OrgPath string
	Day                      civil.Date // when the probation ends, or since when there is no contact
	Rule                     rulebook.Rule
}

// Bounds: lists are for looking at, counts for knowing whether there are many.
const (
	mostListed  = 50
	mostCounted = 200
)

// Desk asks the questions of one part of the tree on one day.
type Desk struct {
	r     store.Reader
	rules *rulebook.Book
	on    civil.Date
}

// At gives the desk of a reader narrowed to the subtree of a path.
func At(r store.Reader, path string, rules *rulebook.Book, on civil.Date) (Desk, error) {
	r, err := r.Within(path)
	return Desk{r, rules, on}, err
}

// Overdue are probationary members whose probation ended before the day and who have not been confirmed (D-36), the
// longest first.
func (d Desk) Overdue(ctx context.Context) ([]Somebody, Count, error) {
	return d.probation(ctx, civil.Date{}, d.on.AddDays(-1))
}

// Ending are those whose probation ends on the day or within so many days after it.
func (d Desk) Ending(ctx context.Context, days int) ([]Somebody, Count, error) {
	return d.probation(ctx, d.on.AddDays(-1), d.on.AddDays(days))
}

// probation lists probations that end after a day and up to another. How long one lasts is the rule in force on the
// day of admission; none is shorter than the shortest of its versions.
func (d Desk) probation(ctx context.Context, after, until civil.Date) ([]Somebody, Count, error) {
	years := 0
	for _, v := range d.rules.Versions("D-36") {
		if n := v.Int("probation_years"); years == 0 || n < years {
			years = n
		}
	}
	from := ""
	if !after.IsZero() {
		from = after.AddYears(-years).AddDays(-1).String() // a day more: 29 February
	}
	var all []Somebody
	query := "SELECT id, name, org_id, org_path, joined_on FROM {member} WHERE state = 'active' AND category = '" + string(identity.Probationary) +
		"' AND joined_on > ? AND joined_on <= ? ORDER BY joined_on, org_path LIMIT ?"
	err := d.r.Each(ctx, query, []any{from, until.AddYears(-years).AddDays(1).String(), mostCounted + 1}, func(row store.Row) error {
		var s Somebody
		var joined civil.Date
		if err := row.Scan(&s.ID, &s.Name, &s.OrgID, &s.OrgPath, &joined); err != nil {
			return err
		}
		s.Rule, _ = d.rules.ProbationRequired(joined)
		s.Day = joined.AddYears(s.Rule.Int("probation_years"))
		if s.Day.After(until) || !after.IsZero() && !s.Day.After(after) {
			return nil
		}
		all = append(all, s)
		return nil
	})
	n := counted(len(all))
	return all[:min(len(all), mostListed)], n, err
}

func counted(n int) Count {
	if n > mostCounted {
		return Count{mostCounted, true}
	}
	return Count{n, false}
}

// OutOfContact are members who have been out of contact for so long that the rule asks for a decision (M-11) and whose
// membership has not been stopped, the longest first. Whose day is not known is not among them.
func (d Desk) OutOfContact(ctx context.Context) ([]Somebody, Count, error) {
	rule, ok := d.rules.On("M-11", d.on)
	if !ok {
		return nil, Count{}, nil
	}
	var all []Somebody
	query := "SELECT id, name, org_id, org_path, lost_on FROM {member} WHERE state = 'active' AND lost = 1 AND registry = ? AND lost_on <> '' AND lost_on <= ? ORDER BY lost_on, id LIMIT ?"
	before := d.on.AddMonths(-rule.Int("lost_months"))
	err := d.r.Each(ctx, query, []any{string(identity.Normal), before.String(), mostCounted + 1}, func(row store.Row) error {
		s := Somebody{Rule: rule}
		err := row.Scan(&s.ID, &s.Name, &s.OrgID, &s.OrgPath, &s.Day)
		all = append(all, s)
		return err
	})
	return all[:min(len(all), mostListed)], counted(len(all)), err
}

// Flags counted by Flagged.
const (
	Pending    = "review = 'pending'" // nobody has reviewed the record
	Incomplete = "missing <> 0"
	Lost       = "lost = 1"
	Floating   = "floating = 1"
)

// Flagged counts the members with one of the flags.
func (d Desk) Flagged(ctx context.Context, flag string) (Count, error) {
	var n int
	_, err := d.r.One(ctx, "SELECT count(*) FROM (SELECT 1 FROM {member} WHERE state = 'active' AND "+flag+" LIMIT ?) c", []any{mostCounted + 1}, &n)
	return counted(n), err
}

// Vacant are living branches without a secretary (B-25), in the order of the tree.
func (d Desk) Vacant(ctx context.Context) (list []org.Step, n Count, rule rulebook.Rule, err error) {
	rule, ok := d.rules.On("B-25", d.on)
	if !ok {
		return nil, Count{}, rule, nil
	}
	query := "SELECT o.id, o.path, o.short_name, o.kind FROM {org} o WHERE o.abolished_on = '' AND o.kind IN ('branch', 'joint-branch', 'temporary-branch')" +
		" AND NOT EXISTS (SELECT 1 FROM {post} p WHERE p.org_id = o.id AND p.title = 'secretary' AND p.to_on = '') ORDER BY o.path LIMIT ?"
	err = d.r.Each(ctx, query, []any{mostCounted + 1}, func(row store.Row) error {
		s := org.Step{Open: true}
		err := row.Scan(&s.ID, &s.Path, &s.Name, &s.Kind)
		list = append(list, s)
		return err
	})
	n = counted(len(list))
	return list[:min(len(list), mostListed)], n, rule, err
}
