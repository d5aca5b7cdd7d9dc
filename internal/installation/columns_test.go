package installation_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/installation/register"
	"zhibu/internal/store"
)

// aboutNobody are the tables without personal data.
var aboutNobody = map[string]bool{"org_word": true, "org_event": true, "org_past": true, "org_successor": true, "setting": true, "mapping": true,
	"hidden": true, "warned": true, "challenge": true, "job": true, "steward": true, "cause": true, "tally": true}

// TestEveryStoredColumnHasAnEntry reads the columns from the database itself: whatever is kept about a person has its
// purpose, basis and term in the register, and a table that is new has to be put into one list or the other.
func TestEveryStoredColumnHasAnEntry(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 20)
	entries := map[string]bool{}
	for _, g := range register.Groups() {
		for _, i := range g.Items {
			entries[i.Key] = true
		}
	}
	for _, table := range c.DB.Tables() {
		if aboutNobody[table] {
			continue
		}
		for _, column := range c.DB.Columns(table) {
			key, known := register.OfStored(table, column)
			if !known || key != "" && !entries[key] {
				t.Errorf("t_%s.%s has no entry in the register (%q)", table, column, key)
			}
		}
	}
	for _, table := range register.Tables() {
		if len(c.DB.Columns(table)) == 0 {
			t.Errorf("the register knows a table %s that is not there", table)
		}
	}
}
