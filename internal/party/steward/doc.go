// Package steward says who answers for what: for every kind of field and organisation a data steward (责任人) and a
// reviewer (审核人), by post and not by name, and who holds the post on a day. Where nobody does, the next organisation
// above answers. A fact that somebody doubts goes to its steward with a clock (异议); the cause that was found is
// counted per cause, organisation and month, and nowhere per person. Quality tells completeness, disputes and what waits
// for any level out of kept counts. Posts come from org and access, changes of facts go through review.
package steward
