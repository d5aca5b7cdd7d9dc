// Package review is the room of four eyes (审核): whatever is entered about a member waits here for a second person.
// A record that nobody has looked at yet is on the list but is no fact; a change to a reviewed record is a proposal,
// and the record stays as it is until somebody else approves it. Rooms above and pages call this room, never member's
// Apply. Who entered, or is the member, may not review, by whatever account; that, the rights and the versions are
// checked in the transaction that applies.
package review
