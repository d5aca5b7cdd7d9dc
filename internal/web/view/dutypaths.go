package view

import "net/url"

// The addresses of the log book and of what is due.
const (
	PathLog    = "/log"        // GET org, person, all, after
	PathLogNew = "/log/new"    // GET org, kind and what is known; POST the same with on, people, document, reason
	PathDuties = "/duties"     // GET org, duty, state, person, after; or org, late, from
	PathWaive  = "/duties/set" // GET org, duty, person, due; POST the same with to, reason, document

	PathHelpOffer = "/duties/help" // GET org, duty; POST the same with offer, on, words
)

// PathLogOf is the book of a branch.
func PathLogOf(org string) string { return PathLog + "?" + url.Values{"org": {org}}.Encode() }

// PathLogOfPerson is what the book says of somebody.
func PathLogOfPerson(id string) string { return PathLog + "?" + url.Values{"person": {id}}.Encode() }

// PathEntry is one entry: GET; POST act=correct with the fields, act=withdraw with why.
func PathEntry(id string) string { return PathLog + "/" + url.PathEscape(id) }

// PathHelpOne is one offer of help: GET; POST state=done or ended with answer.
func PathHelpOne(id string) string { return PathHelpOffer + "/" + url.PathEscape(id) }

// PathDutiesOf is what is due at and below an organisation.
func PathDutiesOf(org string) string { return PathDuties + "?" + url.Values{"org": {org}}.Encode() }

// PathDutiesOfPerson is what is due of somebody.
func PathDutiesOfPerson(id string) string {
	return PathDuties + "?" + url.Values{"person": {id}}.Encode()
}

// Where people on their way into the Party are followed.
const (
	PathAdmissions   = "/admissions"   // GET org, after
	PathOwnAdmission = "/me/admission" // GET
)

// PathAdmissionsOf is who is on the way at and below an organisation.
func PathAdmissionsOf(org string) string {
	return PathAdmissions + "?" + url.Values{"org": {org}}.Encode()
}

// PathAdmission is one person's way.
func PathAdmission(id string) string { return PathAdmissions + "/" + url.PathEscape(id) }

// PathAdmissionStep is the form that takes a step of somebody's way.
func PathAdmissionStep(id, number string) string {
	return PathAdmission(id) + "/steps/" + url.PathEscape(number)
}

// PathAdmissionVote opens the count of the assembly's vote.
func PathAdmissionVote(id, number string) string { return PathAdmissionStep(id, number) + "/vote" }

// PathAdmissionPapers are the papers of a step, "" of all.
func PathAdmissionPapers(id, number string) string {
	if number == "" {
		return PathAdmission(id) + "/papers"
	}
	return PathAdmission(id) + "/papers?" + url.Values{"step": {number}}.Encode()
}

// PathAdmissionJoin, PathAdmissionMove and PathObjection are acts on a case.
func PathAdmissionJoin(id string) string { return PathAdmission(id) + "/join" }
func PathAdmissionMove(id string) string { return PathAdmission(id) + "/move" }

// PathAdmissionRecord is what was entered of one step.
func PathAdmissionRecord(id string) string { return "/admission-records/" + url.PathEscape(id) }

// PathObjection answers what somebody said against a public notice.
func PathObjection(id string) string { return "/objections/" + url.PathEscape(id) }

// PathPlan are the figures of a year.
const PathPlan = PathAdmissions + "/plan"

// Public notices are read without signing in.
const PathBoards = "/public-notices"

// PathBoard is one public notice.
func PathBoard(id string) string { return PathBoards + "/" + url.PathEscape(id) }
