package words

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

func TestChineseNeedsNoCatalogue(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ got, want string }{
		{T(ctx, "共 %d 名党员", 412), "共 412 名党员"},
		{T(ctx, "完成 100%"), "完成 100%"},
		{T(ctx, "账号\x04目录"), "账号"},
		{Date(ctx, civil.Of(2026, 11, 3)), "2026 年 11 月 3 日"},
		{Month(ctx, civil.Of(1979, 8, 1)), "1979 年 8 月"},
		{Weekday(ctx, civil.Of(2026, 11, 23)), "星期一"},
		{Date(ctx, civil.Date{}), ""},
		{Moment(time.Date(2026, 11, 23, 6, 5, 0, 0, time.UTC)), "2026-11-23 14:05"},
		{Number(ctx, 128406), "128,406"}, {Number(ctx, 1000000), "1,000,000"}, {Number(ctx, -1234), "-1,234"}, {Number(ctx, 12), "12"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestEnglishPicksThePlural(t *testing.T) {
	catalogue["试 %d 个"] = form{one: "%d trial", other: "%d trials"}
	catalogue["%s 试 %d 个"] = form{one: "%[2]d trial by %[1]s", other: "%[2]d trials by %[1]s"}
	defer delete(catalogue, "试 %d 个")
	defer delete(catalogue, "%s 试 %d 个")
	ctx := With(context.Background(), English)
	for _, c := range []struct{ got, want string }{
		{T(ctx, "试 %d 个", 1), "1 trial"},
		{T(ctx, "试 %d 个", 2), "2 trials"},
		{T(ctx, "试 %d 个", 0), "0 trials"},
		{T(ctx, "%s 试 %d 个", "Li", 1), "1 trial by Li"},
		{T(ctx, "没有英文的句子"), "没有英文的句子"},
		{Date(ctx, civil.Of(2026, 11, 3)), "3 Nov 2026"},
		{Weekday(ctx, civil.Of(2026, 11, 23)), "Monday"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestErrorTellsFaultsAndHidesTheRest(t *testing.T) {
	zh, en := context.Background(), With(context.Background(), English)
	if got := Error(zh, fault.Missing()); got != fault.Missing().Text {
		t.Errorf("got %q", got)
	}
	if got := Error(en, fault.Missing()); got == fault.Missing().Text {
		t.Errorf("stayed Chinese: %q", got)
	}
	if a, b := Error(zh, errors.New("sql: secret of 陈某")), Error(zh, errors.New("other")); a != b {
		t.Errorf("an ordinary error leaks: %q", a)
	}
	if Error(zh, nil) != "" {
		t.Error("no error, no sentence")
	}
}

func TestUnknownLanguageIsChinese(t *testing.T) {
	if got := Lang(With(context.Background(), "fr")); got != Chinese {
		t.Errorf("got %q", got)
	}
}
