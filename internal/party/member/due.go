package member

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
)

// Facts age. Each kind that changes in a life is asked again after the months of the rulebook (K-11): of the member, or
// of the branch where the branch answers for it or the member cannot be asked. The table {due} keeps for each record since
// when its facts are known and the first day on which one is to be asked:
//
//	id         the member
//	org_path   where the record stands
//	due_on     the first day on which any fact is to be asked again; "9999-12-31" for never
//	branch_on  the same, of the facts for which the branch is asked whatever the member does
//	known      JSON: column → day since when it is known; "" → since when all the others are
//
// It follows from what was entered and confirmed; nothing rests on it but who is asked. Stale counts from it.

// never is a due day that does not come.
var never = civil.Of(9999, 12, 31)

// aging are the rules on the day: which columns age, after how many months, and which the branch answers for.
type aging struct {
	months map[roster.Column]int
	branch []roster.Column
	most   int
	rule   rulebook.Rule
}

func (s *Service) agingOn(on civil.Date) (a aging, ok bool) {
	if a.rule, ok = s.Rules.On("K-11", on); !ok {
		return a, false
	}
	a.months, a.most = map[roster.Column]int{}, a.rule.Int("asked_at_once")
	for _, who := range []string{"member", "branch"} {
		for _, name := range a.rule.Words(who) {
			c := roster.Column(name)
			a.months[c] = a.rule.Int(name + "_months")
			if n := s.AskAfter[name]; n != 0 {
				a.months[c] = n
			}
			if who == "branch" {
				a.branch = append(a.branch, c)
			}
		}
	}
	return a, true
}

// MonthsUntilAsked tells after how many months a kind of fact is asked again, by the setting of the installation or else
// by the rule; standard is what the rule says. 0 for one that does not age.
func (s *Service) MonthsUntilAsked(c roster.Column) (months, standard int) {
	a, ok := s.agingOn(today(s))
	if !ok || a.months[c] == 0 {
		return 0, 0
	}
	return a.months[c], a.rule.Int(string(c) + "_months")
}

// CheckAskAfter refuses a setting of these months that names something that does not age, or asks never or too late. The
// fault names the field still_right_months.
func CheckAskAfter(rules *rulebook.Book, months map[string]int, on civil.Date) error {
	rule, ok := rules.On("K-11", on)
	if !ok || len(months) == 0 {
		return nil
	}
	kinds := slices.Concat(rule.Words("member"), rule.Words("branch"))
	for _, name := range slices.Sorted(maps.Keys(months)) {
		if !slices.Contains(kinds, name) {
			return fault.New(fault.Invalid, "没有“%s”这一项，或者它不用定期核实。可以写的是：%s。", name, strings.Join(kinds, "、")).At("still_right_months").By(rule.ID)
		}
		if n, most := months[name], rule.Int(name+"_months")*rule.Int("lengthened_at_most"); n < 1 || n > most {
			return fault.New(fault.Invalid, "“%s”几个月核实一次，要在 1 和 %d 之间。", name, most).At("still_right_months").By(rule.ID)
		}
	}
	return nil
}

// AskedAtOnce is how many facts a member is asked about at most at a time.
func (s *Service) AskedAtOnce() int {
	a, _ := s.agingOn(today(s))
	return a.most
}

// known says since when a record's facts are known: the day of entry under "", and by column what was entered or
// confirmed since.
type known map[roster.Column]civil.Date

func (k known) of(c roster.Column) civil.Date {
	if d, ok := k[c]; ok {
		return d
	}
	return k[""]
}

func (k known) String() string {
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // names and days always encode
	}
	return string(b)
}

// ages tells whether a record says something in a column that ages. That somebody does not work elsewhere and needs no
// care is not asked every year.
func ages(m Member, c roster.Column) bool {
	switch c {
	case roster.Mobile:
		return m.HasMobile()
	case roster.Phone:
		return m.HasPhone()
	case roster.Address:
		return m.HasAddress()
	case roster.Occupation:
		return m.Occupation != ""
	case roster.Education:
		return m.Education != ""
	case roster.Floating:
		return m.Floating
	case roster.Care:
		return m.Care
	}
	return false
}

// Aged is a fact that is to be asked again.
type Aged struct {
	Column roster.Column
	Since  civil.Date // since when it is known: entered, changed or confirmed
	Due    civil.Date
	Branch bool // the branch answers for it
}

// agedBy lists the facts of a record that are due by a day, those that have waited longest first.
func (a aging) agedBy(m Member, k known, on civil.Date) (out []Aged) {
	for _, c := range roster.Columns {
		months := a.months[c]
		if months == 0 || !ages(m, c) {
			continue
		}
		since := k.of(c)
		if due := since.AddMonths(months); !due.After(on) {
			out = append(out, Aged{c, since, due, m.Care || slices.Contains(a.branch, c)})
		}
	}
	slices.SortStableFunc(out, func(x, y Aged) int {
		switch {
		case x.Due.Before(y.Due):
			return -1
		case y.Due.Before(x.Due):
			return 1
		}
		return 0
	})
	return out
}

// firstDue gives the days that {due} keeps.
func (a aging) firstDue(m Member, k known) (dueOn, branchOn civil.Date) {
	dueOn, branchOn = never, never
	for _, d := range a.agedBy(m, k, never) {
		if d.Due.Before(dueOn) {
			dueOn = d.Due
		}
		if d.Branch && d.Due.Before(branchOn) {
			branchOn = d.Due
		}
	}
	return dueOn, branchOn
}

var dueColumns = []string{"id", "org_path", "due_on", "branch_on", "known"}

func (a aging) dueRow(m Member, k known) []any {
	dueOn, branchOn := a.firstDue(m, k)
	return []any{m.ID, m.OrgPath, dueOn.String(), branchOn.String(), k.String()}
}

// begun is the row of a record that is entered on a day.
func (a aging) begun(id, path string, r roster.Record, on civil.Date) []any {
	m := Member{ID: id, OrgPath: path, Occupation: r.Occupation, Education: r.Education, Floating: flag(r.Floating) == 1, Care: flag(r.Care) == 1}
	for into, text := range map[*[]byte]string{&m.mobile: r.Mobile, &m.phone: r.Phone, &m.address: r.Address} {
		if text != "" {
			*into = []byte{1} // only that there is one counts
		}
	}
	return a.dueRow(m, known{"": on})
}

// refresh notes inside an act that columns of a record are known anew since today, and works out when it is to be asked
// again. The record is read as the act has made it.
func (s *Service) refresh(ctx context.Context, tx *store.Tx, id string, columns ...roster.Column) error {
	tx = tx.System("since when facts are known")
	m, err := s.ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	a, _ := s.agingOn(today(s))
	k, found, err := knownOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if !found {
		k = known{"": entered(id)}
	}
	for _, c := range columns {
		if c == roster.FloatingTo {
			c = roster.Floating
		}
		if a.months[c] != 0 {
			k[c] = today(s)
		}
	}
	row := a.dueRow(m, k)
	if !found {
		return tx.Insert(ctx, "due", columnValues(dueColumns, row)...)
	}
	_, err = tx.Update(ctx, "due", store.ByID(id), columnValues(dueColumns[1:], row[1:])...)
	return err
}

// entered is the day on which a record was.
func entered(id string) civil.Date { return civil.Today(civil.Fixed(store.Made(id))) }

func knownOf(ctx context.Context, r store.Reader, id string) (k known, found bool, err error) {
	var text string
	if found, err = r.One(ctx, "SELECT known FROM {due} WHERE id = ?", []any{id}, &text); err != nil || !found {
		return nil, false, err
	}
	k, err = readKnown(text)
	return k, true, err
}

func readKnown(text string) (k known, err error) {
	if err = json.Unmarshal([]byte(text), &k); err != nil {
		err = fmt.Errorf("member: since when facts are known: %w", err)
	}
	return k, err
}

// filledAtOnce bounds one piece of Fill.
const filledAtOnce = 500

// Fill makes the rows of {due} for records that were entered before there were any, the newest first: they are known since
// the day of their entry. Where the months have become others since the rows were made, their days are worked out again.
// It is run beside the service, may be killed anywhere and run again, and reads two rows where nothing is left to do.
func (s *Service) Fill(ctx context.Context) (n int, err error) {
	a, ok := s.agingOn(today(s))
	for ok && err == nil && ctx.Err() == nil {
		done := 0
		err = s.DB.Write(ctx, store.System("since when facts are known"), func(tx *store.Tx) (err error) {
			done, err = s.fill(ctx, tx, a)
			return err
		})
		if n += done; done < filledAtOnce {
			break
		}
	}
	if ok && err == nil && ctx.Err() == nil {
		err = s.followMonths(ctx, a)
	}
	return n, errors.Join(err, ctx.Err())
}

func (s *Service) fill(ctx context.Context, tx *store.Tx, a aging) (int, error) {
	before := "Z" // behind every identifier
	var first *string
	if _, err := tx.One(ctx, "SELECT min(id) FROM {due}", nil, &first); err != nil {
		return 0, err
	}
	if first != nil {
		before = *first
	}
	var rows [][]any
	err := tx.Each(ctx, "SELECT "+columns+" FROM {all_member} WHERE id < ? ORDER BY id DESC LIMIT ?", []any{before, filledAtOnce}, func(row store.Row) error {
		m, err := scan(row)
		rows = append(rows, a.dueRow(m, known{"": entered(m.ID)}))
		return err
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row[0].(string)
	}
	return len(rows), keepAging(ctx, tx, func() error { return tx.InsertMany(ctx, "due", dueColumns, rows) }, ids...)
}
