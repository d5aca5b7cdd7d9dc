package view

import "net/url"

// PathVotes is where the counts of votes are.
const PathVotes = "/votes"

// PathVote is the count of one vote.
func PathVote(id string) string { return PathVotes + "/" + url.PathEscape(id) }
