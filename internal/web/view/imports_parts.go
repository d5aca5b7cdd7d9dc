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
