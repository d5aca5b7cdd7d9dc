// Package election follows the election of a branch committee (换届选举): the branch asks, the committee above approves, candidates
// and scrutineers are named, the assembly votes on paper, and party/ballot counts. There is no electronic ballot.
package election
