// Package admission follows people on their way into the Party (发展党员): the steps of the rules as data, and for each
// person which are done, which comes next, who acts, by when and under which article.
//
// It keeps nothing of its own. What was done are entries of the log book and days on the register, what is due is said by
// internal/party/timeline; a case is computed from both whenever it is asked for, so that a step which is entered late,
// corrected or withdrawn tells its truth at once.
//
// The steps stand in steps.yaml. Numbers and titles are those of the flow chart of 2014 with what the rules of 2026 added;
// limits are not repeated there but come from the rulebook by the duty that a step fulfils.
package admission
