package view

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// Names of the hidden fields every form carries.
const (
	FieldToken   = "form-token"   // the session's form token; also makes a repeated press one act
	FieldMended  = "form-mended"  // the returned act on an organisation that this one, mended, stands for
	FieldVersion = "form-version" // version of the thing as it was shown; a newer one answers 409
)

// Form is the state of a form: what was typed, and what was wrong with it.
type Form struct {
	Token    string
	Version  string     // "" when nothing is being changed that another could change too
	Values   url.Values // what was typed or what stands; by field name
	Problems []Problem
	Changed  Text // after a conflict: who changed it meanwhile, and what stands now
}

// Problem is one thing wrong with what was typed. Field "" concerns the form as a whole.
type Problem struct {
	Field string
	Text  string // in the language of the page
	Rule  string // rule id, or ""
}

// ProblemOf words an error for a form.
func ProblemOf(ctx context.Context, err error) Problem {
	p := Problem{Text: words.Error(ctx, err)}
	if e := fault.As(err); e != nil {
		p.Field, p.Rule = e.Field, e.Rule
	}
	return p
}

// Value is what stands in a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Has tells whether a box with this value is ticked.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// problem is the first one of a field.
func (f Form) problem(name string) *Problem {
	for i := range f.Problems {
		if f.Problems[i].Field == name {
			return &f.Problems[i]
		}
	}
	return nil
}

// atFields counts the problems that stand at a field.
func (f Form) atFields() int {
	n := 0
	for _, p := range f.Problems {
		if p.Field != "" {
			n++
		}
	}
	return n
}

// Option is a choice. Value "" is the empty choice.
type Option struct {
	Value string
	Label Text
	Hint  Text
}

// Field describes an input.
type Field struct {
	Name     string
	Label    Text
	Hint     Text
	Type     string     // text (default), password, search, tel, date, email, number
	Mode     string     // inputmode: numeric
	Auto     string     // autocomplete
	filter   bool       // stands in a filter, where nothing is required
	Optional bool       // not required; the label says so
	Max      int        // longest allowed, 0 no limit
	Short    bool       // a narrow input
	Today    civil.Date // for a date: the latest day offered, if set
}

// Picker is the search-first choice of an organisation. The typed text (a name, a code, or both as offered) goes by
// the field's name; the server resolves it. When it was not unique, Choices hold what it may mean and the chosen id
// goes by NAME-id.
type Picker struct {
	Field
	Choices []OrgRef
}

// DayYear, DayMonth and DayDay are the names of the three inputs of a historical date.
func DayYear(name string) string { return name + "-y" }

// DayMonth is the month's input.
func DayMonth(name string) string { return name + "-m" }

// DayDay is the day's input.
func DayDay(name string) string { return name + "-d" }

// ReadDay reads a date field of either form, three inputs or a native one. An empty field is the zero date; a partly
// filled one or a day that does not exist is Invalid at the field.
func ReadDay(v url.Values, name string) (civil.Date, error) {
	if s := strings.TrimSpace(v.Get(name)); s != "" {
		d, err := civil.Parse(s)
		if err != nil {
			return civil.Date{}, fault.New(fault.Invalid, "这一天不存在，请写成 2026-11-23 这样。").At(name)
		}
		return d, nil
	}
	var n [3]int
	empty := 0
	for i, part := range []string{DayYear(name), DayMonth(name), DayDay(name)} {
		s := narrow(v.Get(part))
		if s == "" {
			empty++
			continue
		}
		k, err := strconv.Atoi(s)
		if err != nil {
			return civil.Date{}, fault.New(fault.Invalid, "年、月、日请只写数字。").At(name)
		}
		n[i] = k
	}
	if empty == 3 {
		return civil.Date{}, nil
	}
	if empty > 0 {
		return civil.Date{}, fault.New(fault.Invalid, "年、月、日要写全；不知道哪一天，请先留空，查到再补。").At(name)
	}
	d := civil.Of(n[0], time.Month(n[1]), n[2])
	if n[0] < 1000 || !d.Valid() {
		return civil.Date{}, fault.New(fault.Invalid, "这一天不存在，请核对年、月、日。").At(name)
	}
	return d, nil
}

// SetDay puts a date into the values of a form, for both kinds of field.
func SetDay(v url.Values, name string, d civil.Date) {
	if d.IsZero() {
		return
	}
	v.Set(name, d.String())
	v.Set(DayYear(name), strconv.Itoa(d.Year))
	v.Set(DayMonth(name), strconv.Itoa(int(d.Month)))
	v.Set(DayDay(name), strconv.Itoa(d.Day))
}

// narrow trims and turns full-width digits, which Chinese input methods produce, into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(s))
}
