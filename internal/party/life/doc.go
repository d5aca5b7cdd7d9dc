// Package life holds the meetings of a branch (组织生活): proposed from what the rules ask, planned, members invited, attendance
// by the register of the day, notes while it goes on, votes by party/ballot, resolutions with an owner, minutes that the recorder
// checks and the chair confirms. Confirmed minutes write the dated fact of the log book that fulfils the duty: holding the
// meeting is the record. Nobody outside the branch reads what was said.
package life
