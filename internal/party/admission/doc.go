// Package admission follows people on their way into the Party (发展党员): the steps of the rules as data, and for each
// person which are done, which comes next, who acts, by when and under which article.
//
// How a case stands is kept nowhere. What was done are entries of the log book and days on the register, what is due is said
// by internal/party/timeline; a case is computed from both whenever it is asked for, so that a step which is entered late,
// corrected or withdrawn tells its truth at once. Beside that stands what was written down with a step (Record), sealed under
// the person's key: Take refuses what is out of turn, too early or not the actor's to do, enters the fact through the log book,
// and leaves what is late or corrected to a second person (Decide). The assembly's steps come from counts in
// internal/party/ballot, by Counted. A public notice (Board) is what everybody may read; what is said against it goes to the
// committee above. The record of the member follows: Join lets a case go on with it, the approval of the confirmation makes
// her a full member.
//
// The steps stand in steps.yaml. Numbers and titles are those of the flow chart of 2014 with what the rules of 2026 added;
// limits are not repeated there but come from the rulebook by the duty that a step fulfils. What each step asks stands in
// field.go, what its paper says in paper.go.
package admission
