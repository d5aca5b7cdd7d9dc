// Package member is the room of the members (党员): the record, its sources, its dated events, and what may be done
// with it: add, mend, move, end, restore, look at, reveal. Every fact's source is the act that last changed it, so it
// is never typed. The standing on any date is a pure function of dated events (status.go). What docs/privacy.md calls
// sensitive is sealed with the member's own key; searching goes over blind indexes. Facts that change in a life are asked
// again after their months (due.go, affirm.go); StaleBelow counts them for whoever keeps a count.
package member
