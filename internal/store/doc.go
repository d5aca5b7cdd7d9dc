// Package store keeps the program's rows in SQLite or PostgreSQL and is the only importer of database/sql.
// Reads go through a Scope: the token {member} in a query stands for the member rows that the scope holds, and the
// bare table names do not exist, so a query that forgets its scope fails in its first test (notes: data.md §2).
// Writes go through a Tx that only the ledger opens; triggers copy every row's before and after into the audit and
// refuse a write outside of it. What differs between the two engines stands in dialect.go and triggers.go.
package store
