package view

import (
	"context"
	"strconv"

	"zhibu/internal/civil"
	"zhibu/internal/words"
)

// lead is the sentence under the title: the day, and how much waits.
func (v Workbench) lead(ctx context.Context) Text {
	late, all := 0, 0
	for _, g := range v.Groups {
		for _, t := range g.Items {
			all++
			if t.Late {
				late++
			}
		}
	}
	today, weekday := words.Date(ctx, v.Today), words.Weekday(ctx, v.Today)
	switch {
	case all == 0:
		return Say("%s，%s。没有等您办的事。", today, weekday)
	case late > 0:
		return Say("%s，%s。有 %d 件等您办，其中 %d 件已经逾期。", today, weekday, all, late)
	}
	return Say("%s，%s。有 %d 件等您办。", today, weekday, all)
}

// monthShort is the month under the number of a day.
func monthShort(ctx context.Context, d civil.Date) string {
	if words.Lang(ctx) == words.English {
		return d.Month.String()[:3]
	}
	return strconv.Itoa(int(d.Month)) + " 月"
}

// leads is where the button of a thing that waits leads.
func (t Todo) leads() string {
	if t.Do != "" {
		return t.Do
	}
	return t.URL
}
