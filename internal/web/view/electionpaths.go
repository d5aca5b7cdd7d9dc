package view

import "net/url"

// PathElections are the elections of branch committees: GET org; POST org, on, seats, standing.
const PathElections = "/elections"

// PathElectionPapers are its papers: GET, format=pdf for a file.
func PathElectionPapers(id string) string { return PathElection(id) + "/papers" }

// PathElection is one: GET; POST act=approve, refuse with answer, name with candidates and scrutineers, hold, report with a post for
// each who was elected, confirm, send-back with answer.
func PathElection(id string) string { return PathElections + "/" + url.PathEscape(id) }
