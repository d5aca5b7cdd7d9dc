// Package rulebook holds the Party's rules as data: every number with the regulation, the article, the days on which
// it is in force, and how sure we are of its wording. Code asks the book for the version in force on the day of the
// act and never writes a limit of its own. The rule ids are those the casebooks use (D-01, D-36, GB-11643 …).
// This is the first shelf: what the import of a roster and the entry of a member have to check.
package rulebook
