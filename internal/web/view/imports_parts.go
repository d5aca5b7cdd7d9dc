package view

import (
	"fmt"

	"github.com/a-h/templ"
)

// stepHere marks the step of the wizard one stands at.
func stepHere(here bool) templ.Attributes {
	if here {
		return templ.Attributes{"aria-current": "step"}
	}
	return nil
}

// mapName names the field that maps a column of a sheet.
func mapName(s ImportSheet, c ImportColumn) string { return fmt.Sprintf("map-%d-%d", s.Index, c.Index) }

// importReviewed are the three counts of an import's review, each leading to its lines in the queue.
func importReviewed(v ImportReview) []Stat {
	stat := func(label Text, n int, url string) Stat {
		s := Stat{Label: label, N: n, Unit: Say("条")}
		if n > 0 {
			s.URL = url
		}
		return s
	}
	back := stat(Say("已退回"), v.Returned, v.ReturnedURL)
	back.Hot = v.Returned > 0
	return []Stat{stat(Say("待审核"), v.Waiting, v.WaitingURL), back, stat(Say("已通过"), v.Approved, "")}
}
