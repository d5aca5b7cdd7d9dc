package words

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"zhibu/internal/civil"
)

// Date writes a day: 2026 年 11 月 23 日, or 23 Nov 2026; "" for an unknown one.
func Date(ctx context.Context, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	if Lang(ctx) == English {
		return fmt.Sprintf("%d %s %d", d.Day, d.Month.String()[:3], d.Year)
	}
	return fmt.Sprintf("%d 年 %d 月 %d 日", d.Year, int(d.Month), d.Day)
}

// Month writes the month of a day: 2026 年 11 月, or Nov 2026.
func Month(ctx context.Context, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	if Lang(ctx) == English {
		return fmt.Sprintf("%s %d", d.Month.String()[:3], d.Year)
	}
	return fmt.Sprintf("%d 年 %d 月", d.Year, int(d.Month))
}

// Weekday writes the day of the week: 星期一, or Monday.
func Weekday(ctx context.Context, d civil.Date) string {
	w := d.In(time.UTC).Weekday()
	if Lang(ctx) == English {
		return w.String()
	}
	return "星期" + string([]rune("日一二三四五六")[w])
}

// Moment writes a moment to the minute in Beijing time, 2026-11-23 14:05; "" for the zero time. Both languages write
// it alike, since it stands in tables.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(civil.Beijing).Format("2006-01-02 15:04")
}

// Number writes a count with its digits grouped in English and in Chinese alike: 128,406. Not for years.
func Number(_ context.Context, n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
