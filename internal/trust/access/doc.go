// Package access decides who may do what with whose record. One table (table.go) says for each role, resource and
// action which classes of fields; the decision about one record and the scope of a query are both read from it. A
// Door keeps accounts, what they are granted and until when, passwords, one-time slips, tokens and sessions; every
// change goes through the ledger. The three who run, grant and check the program see no member's record and are never
// the same person (三员分离, GB/T 22239-2019). Only session.go and csrf.go know HTTP.
package access
