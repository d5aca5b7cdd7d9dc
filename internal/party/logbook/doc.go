// Package logbook keeps what happened in branches and to people as dated facts (台账): meetings held, hours of study, dues
// paid, letters of transfer, contacts, steps of an admission. Rooms that record these things by themselves take them over
// one by one; until then people enter them here, once, several people in one form. A correction is a new entry in place of
// the old one, a withdrawal keeps it in the history. What follows from the facts is not decided here but by duty.
package logbook
