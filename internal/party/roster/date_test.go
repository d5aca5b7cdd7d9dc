package roster

import (
	"fmt"
	"testing"

	"zhibu/internal/civil"
)

func TestDateSpellings(t *testing.T) {
	for _, c := range []struct{ in, want string }{ // whole day, or ~ and what is known, or yy, or ! for no date
		{"2019-07-01", "2019-07-01"}, {"2019-7-1", "2019-07-01"}, {"2019/7/1", "2019-07-01"}, {"2019.7.1", "2019-07-01"},
		{"2019.7.1.", "2019-07-01"}, {"2019年7月1日", "2019-07-01"}, {"2019年07月01号", "2019-07-01"}, {"20190701", "2019-07-01"},
		{"２０１９年７月１日", "2019-07-01"}, {"２０１９／７／１", "2019-07-01"}, {"2019。7。1", "!"}, {"2019、7、1", "2019-07-01"},
		{" 2019 - 07 - 01 ", "2019-07-01"}, {"'2019-07-01", "2019-07-01"}, {"2019-07-01T08:00:00", "2019-07-01"},
		{"2019/7/1 0:00", "2019-07-01"}, {"2019/7/1 上午 12:00:00", "2019-07-01"}, {"43647", "2019-07-01"}, {"43647.0", "!"},
		{"2019.7", "~2019-07"}, {"2019年7月", "~2019-07"}, {"2019年7月份", "~2019-07"}, {"2019-7", "~2019-07"}, {"201907", "~2019-07"},
		{"2019", "~2019-00"}, {"2019年", "~2019-00"}, {"2019-07-00", "~2019-07"}, {"20190700", "~2019-07"}, {"2019-00-00", "~2019-00"},
		{"19.7.1", "yy"}, {"19-7-1", "yy"}, {"99年7月1日", "yy"}, {"19.7", "yy"}, {"990701", "yy"}, {"190701", "yy"},
		{"7/1/2019", "!"}, {"2019-02-29", "!"}, {"2020-02-29", "2020-02-29"}, {"2019-13-01", "!"}, {"2019-04-31", "!"}, {"20191301", "!"},
		{"二〇一九年七月一日", "!"}, {"2019-7-1-1", "!"}, {"abc", "!"}, {"2019年7月1日入党", "!"}, {"12:30", "!"}, {"2019071", "!"},
		{"", ""}, {"  ", ""}, {"无", ""}, {"-", ""}, {"/", ""},
	} {
		if got := spelled(readTextDate(c.in)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct {
		in   Cell
		want string
	}{
		{Cell{"43647", NumberCell}, "2019-07-01"}, {Cell{"20190701", NumberCell}, "2019-07-01"}, {Cell{"2.0190701E7", NumberCell}, "2019-07-01"},
		{Cell{"201907", NumberCell}, "~2019-07"}, {Cell{"2019", NumberCell}, "~2019-00"}, {Cell{"2019.7", NumberCell}, "~2019-07"},
		{Cell{"2019.1", NumberCell}, "~2019-00"}, {Cell{"2019.12", NumberCell}, "~2019-12"}, {Cell{"43647.5", NumberCell}, "2019-07-01"},
		{Cell{"19.7", NumberCell}, "yy"}, {Cell{"60", NumberCell}, "!"}, {Cell{"-1", NumberCell}, "!"}, {Cell{"1e300", NumberCell}, "!"},
		{Cell{"2019.7", DateCell}, "~2019-07"}, {Cell{"2019", DateCell}, "~2019-00"}, {Cell{"60", DateCell}, "!"}, {Cell{"NaN", DateCell}, "!"},
		{Cell{"43647", MonthCell}, "~2019-07"}, {Cell{"43648", MonthCell}, "2019-07-02"},
	} {
		if got := spelled(readDate(c.in, false)); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.in, got, c.want)
		}
	}
}

func spelled(d civil.Date, r reading) string {
	switch r {
	case noDate:
		return ""
	case wholeDate:
		return d.String()
	case partOfDate:
		return fmt.Sprintf("~%04d-%02d", d.Year, d.Month)
	case shortYear:
		return "yy"
	}
	return "!"
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2019-07-01", "2019.7", "43647", "2019年7月1日", "1e300", "60"} {
		f.Add(s, uint8(TextCell), false)
		f.Add(s, uint8(NumberCell), true)
	}
	f.Fuzz(func(t *testing.T, s string, kind uint8, date1904 bool) {
		d, r := readDate(Cell{s, Kind(kind % uint8(UnknownCell))}, date1904)
		switch {
		case r == wholeDate && (!d.Valid() || d.Year < 1850 || d.Year > 9999):
			t.Fatalf("%q is %v", s, d)
		case r == partOfDate && (d.Day != 0 && d.Month == 0 || d.Year == 0 || d.Month > 12):
			t.Fatalf("%q is a part: %v", s, d)
		case r == wholeDate:
			if again, r := readTextDate(d.String()); r != wholeDate || again != d {
				t.Fatalf("%q is %v, which reads as %v", s, d, again)
			}
		}
	})
}
