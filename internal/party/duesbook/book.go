package duesbook

import (
	"cmp"
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// MonthState says how a month of a member stands.
type MonthState string

// The states. None is a month for which nothing is owed.
const (
	None   MonthState = ""
	Paid   MonthState = "paid"
	Exempt MonthState = "exempt"
	Due    MonthState = "due"     // this month or one to come
	Late   MonthState = "overdue" // it is over and was not paid
)

// Cell is a month of a member.
type Cell struct {
	Month civil.Date
	State MonthState
	Due   dues.Due // what it costs
	Known bool     // a base was fixed for it
}

// Warning is F-13: months without a payment, one after the other.
type Warning struct {
	Months      int
	First, Last civil.Date
	Reached     bool // so many that the rule asks for a decision
	Rule        rulebook.Citation
	Why         rulebook.Reason
}

// Line is a member's year.
type Line struct {
	Member, Name string
	Left         bool // paid here and belongs to another branch now, or to none
	Cells        [12]Cell
	Owed         dues.Fen // for the months of the year as far as bases are fixed
	Paid         dues.Fen // received here on days of the year
	Arrears      dues.Fen // for months that are over
	LateMonths   int
	Unfixed      int // months owed for which no base was fixed
	Warning      *Warning
	Payments     []Payment
	Assessed     []Assessment
}

// Book is a branch's year.
type Book struct {
	At                  org.Organisation
	Year                int
	Lines               []Line
	Owed, Paid, Arrears dues.Fen
	Waiting             int // assessments that wait for a second person
}

// months that are owed, as duty has them.
type owing struct {
	names    map[string]string
	order    []string
	items    map[string]map[civil.Date]duty.Item
	assessed map[string][]Assessment
	open     map[string][]civil.Date // oldest first
}

// owingOn asks duty which months are owed as of some days. With everybody's names in the order of the list.
func (s *Service) owingOn(ctx context.Context, r store.Reader, o org.Organisation, days ...civil.Date) (out owing, err error) {
	out = owing{names: map[string]string{}, items: map[string]map[civil.Date]duty.Item{}, assessed: map[string][]Assessment{}, open: map[string][]civil.Date{}}
	err = r.Each(ctx, "SELECT id, name FROM {member} WHERE state = 'active' AND org_path = ? ORDER BY pinyin, id", []any{o.Path}, func(row store.Row) error {
		var id, name string
		err := row.Scan(&id, &name)
		out.names[id], out.order = name, append(out.order, id)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, d := range days {
		a, err := s.Duties.Of(ctx, r, o, d, true)
		if err != nil {
			return out, err
		}
		for _, it := range a.Items {
			if it.Duty.Name != timeline.PayDues || it.Applicant {
				continue
			}
			of := out.items[it.Person]
			if of == nil {
				of = map[civil.Date]duty.Item{}
				out.items[it.Person] = of
			}
			m := it.Due
			if it.Waiver != nil {
				m = it.Waiver.Due
			}
			if _, known := of[monthOf(m)]; !known {
				of[monthOf(m)] = it
			}
		}
	}
	list, err := s.assessments(ctx, r, "org_path = ? AND state = 'approved'", o.Path)
	for _, a := range list {
		out.assessed[a.Member] = append(out.assessed[a.Member], a)
	}
	return out, err
}

// openMonths are the months that may be paid now: arrears, and a year ahead.
func (s *Service) openMonths(ctx context.Context, r store.Reader, o org.Organisation) (owing, error) {
	out, err := s.owingOn(ctx, r, o, s.today(), s.today().AddMonths(11))
	for who, of := range out.items {
		for m, it := range of {
			if it.Open() {
				out.open[who] = append(out.open[who], m)
			}
		}
		slices.SortFunc(out.open[who], civilOrder)
	}
	return out, err
}

func civilOrder(a, b civil.Date) int { return cmp.Compare(a.String(), b.String()) }

// Year is a branch's book of a year. Today decides which months are over.
func (s *Service) Year(ctx context.Context, r store.Reader, o org.Organisation, year int) (b Book, err error) {
	defer fault.Wrap(&err, "dues: book of a year")
	today := s.today()
	b = Book{At: o, Year: year}
	ask := []civil.Date{today, civil.Of(year, 12, 31)}
	if year > today.Year {
		ask = ask[1:]
	}
	of, err := s.owingOn(ctx, r, o, ask...)
	if err != nil {
		return b, err
	}
	paid, err := Payments(ctx, r, o.Path, year, false)
	if err != nil {
		return b, err
	}
	lines := map[string]*Line{}
	for _, id := range of.order {
		l := s.line(id, of, year, today)
		b.Lines = append(b.Lines, l)
	}
	for i := range b.Lines {
		lines[b.Lines[i].Member] = &b.Lines[i]
	}
	var left []Line
	for _, p := range paid {
		l := lines[p.Member]
		if l == nil {
			i := slices.IndexFunc(left, func(x Line) bool { return x.Member == p.Member })
			if i < 0 {
				left = append(left, Line{Member: p.Member, Name: p.Name, Left: true})
				i = len(left) - 1
			}
			l = &left[i]
		}
		l.Paid += p.Sum
		l.Payments = append(l.Payments, p)
	}
	b.Lines = append(b.Lines, left...)
	for _, l := range b.Lines {
		b.Owed, b.Paid, b.Arrears = b.Owed+l.Owed, b.Paid+l.Paid, b.Arrears+l.Arrears
	}
	_, err = r.One(ctx, "SELECT count(*) FROM {assessment} WHERE org_path = ? AND state = 'proposed'", []any{o.Path}, &b.Waiting)
	return b, err
}

// line is a member's year from what is owed.
func (s *Service) line(id string, of owing, year int, today civil.Date) Line {
	l := Line{Member: id, Name: of.names[id], Assessed: of.assessed[id]}
	for i := range l.Cells {
		m := civil.Of(year, 1, 1).AddMonths(i)
		c := Cell{Month: m}
		c.Due, c.Known = owed(s.Rules, l.Assessed, m)
		it, asked := of.items[id][m]
		switch {
		case !asked:
		case it.State == timeline.Done:
			c.State = Paid
		case !it.Open():
			c.State = Exempt
		case lastDay(m).Before(today):
			c.State = Late
		default:
			c.State = Due
		}
		if c.State == Exempt || c.State == None {
			c.Due.Min, c.Due.Max = 0, 0
		}
		l.Cells[i] = c
		switch {
		case c.State == None || c.State == Exempt:
		case !c.Known:
			l.Unfixed++
		default:
			l.Owed += c.Due.Min
		}
		if c.State == Late {
			l.LateMonths++
			l.Arrears += c.Due.Min
		}
	}
	l.Warning = s.warning(of.items[id], today)
	return l
}

// warning counts months that are over and unpaid, one after the other up to now (F-13). The program counts; whether
// there is a good reason, and what follows, people decide.
func (s *Service) warning(items map[civil.Date]duty.Item, today civil.Date) *Warning {
	rule, ok := s.Rules.On("F-13", today)
	if !ok {
		return nil
	}
	w := Warning{Rule: rule.Citation()}
	for m := monthOf(today).AddMonths(-1); ; m = m.AddMonths(-1) {
		it, asked := items[m]
		if !asked || !it.Open() {
			break
		}
		if w.Last.IsZero() {
			w.Last = m
		}
		w.First = m
		w.Months++
	}
	if w.Months == 0 {
		return nil
	}
	limit := rule.Int("unpaid_months")
	w.Reached = w.Months >= limit
	w.Why = rulebook.Because("从 %s 到 %s 连续 %d 个月没有交，规定是 %d 个月", w.First.MonthOf(), w.Last.MonthOf(), w.Months, limit)
	return &w
}

// Own is a member's own year, with what she paid anywhere.
func (s *Service) Own(ctx context.Context, r store.Reader, memberID string, year int) (l Line, o org.Organisation, err error) {
	defer fault.Wrap(&err, "dues: own year")
	var path string
	found, err := r.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{memberID}, &path)
	if err == nil && !found {
		err = fault.Missing()
	}
	if err != nil {
		return l, o, err
	}
	if o, err = org.ByPath(ctx, r, path); err != nil {
		return l, o, err
	}
	of, err := s.owingOn(ctx, r, o, s.today(), civil.Of(year, 12, 31))
	if err != nil {
		return l, o, err
	}
	l = s.line(memberID, of, year, s.today())
	if l.Assessed, err = s.Of(ctx, r, memberID); err != nil {
		return l, o, err
	}
	l.Payments, err = PaidBy(ctx, r, memberID)
	for _, p := range l.Payments {
		if p.On.Year == year {
			l.Paid += p.Sum
		}
	}
	return l, o, err
}
