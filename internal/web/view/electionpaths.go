package view

import "net/url"

// PathElections are the elections of branch committees: GET org; POST org, on, seats, standing.
const PathElections = "/elections"

// PathElection is one: GET; POST act=approve, refuse with answer, name with candidates and scrutineers, hold.
func PathElection(id string) string { return PathElections + "/" + url.PathEscape(id) }
