package store

import (
	"fmt"
	"slices"
)

// FactTables are the audited tables in alphabetical order.
func (d *DB) FactTables() []string {
	var out []string
	for name, t := range tables {
		if t.class == fact {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Tables are all tables but the ledger's own, in alphabetical order.
func (d *DB) Tables() []string {
	var out []string
	for name, t := range tables {
		if t.class != chain {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// ReconcileQuery gives the query that compares a table's live rows with their last images; it answers rows
// (id, finding). It names the physical rows on purpose: hidden ones are compared too.
func (d *DB) ReconcileQuery(name string) string {
	last := "(SELECT max(seq) FROM {event} WHERE row_id = m.id AND tbl = '" + name + "')"
	return fmt.Sprintf(`SELECT m.id, CASE WHEN e.seq IS NULL THEN 'row_unrecorded' ELSE 'row_changed' END
FROM {all_%[1]s} m LEFT JOIN {event} e ON e.seq = %[3]s
WHERE e.seq IS NULL OR e.after IS NULL OR e.after <> %[2]s
UNION ALL
SELECT e.row_id, 'row_removed' FROM {event} e
WHERE e.tbl = '%[1]s' AND e.op <> 'D' AND NOT EXISTS (SELECT 1 FROM {all_%[1]s} m WHERE m.id = e.row_id)
AND e.seq = (SELECT max(seq) FROM {event} WHERE row_id = e.row_id AND tbl = '%[1]s')`, name, d.image(name, "m"), last)
}

// ByteColumns are the columns of bytes of each audited table: sealed values, and digests.
func (d *DB) ByteColumns() map[string][]string {
	out := map[string][]string{}
	for _, name := range d.FactTables() {
		for _, c := range d.columns[name] {
			if c.blob {
				out[name] = append(out[name], c.name)
			}
		}
	}
	return out
}

// Columns are a table's columns in their order.
func (d *DB) Columns(name string) []string {
	var out []string
	for _, c := range d.columns[name] {
		out = append(out, c.name)
	}
	return out
}
