// Package ledger is the one way to write facts. Do runs a use case in a transaction with an act: who, what, why,
// from which source. Triggers copy every changed row's before and after into the act; the ledger seals the act with a
// MAC, chains the acts in a Merkle tree (x/mod tlog) and signs checkpoints, whose newest also lies in a witness file
// outside of the database. Verify tells what does not fit: a row changed behind the program's back, an edited act, an
// old copy put back. What people looked at, revealed or exported is an act too.
package ledger
