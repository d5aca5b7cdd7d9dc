package register

import "strings"

// tables say which entry of the register each stored column of the tables about a person belongs to: a column of its own
// entry by name, all others to that of their table. TestEveryStoredColumnHasAnEntry reads the columns from a database.
var tables = map[string]struct {
	rest    string            // the entry of what is not named
	columns map[string]string // entry of a column
}{
	"member": {"", map[string]string{"name": "name", "pinyin": "name", "initials": "name", "id_number": "idNumber", "id_index": "idNumber", "id_tail": "idNumber",
		"sex": "sex", "born": "born", "ethnicity": "ethnicity", "education": "education", "category": "category", "org_id": "organisation", "joined_on": "joined",
		"confirmed_on": "confirmed", "occupation": "occupation", "mobile": "mobile", "mobile_tail": "mobile", "phone": "phone", "address": "address",
		"registry": "registry", "lost": "lost", "lost_on": "lostOn", "floating": "floating", "floating_to": "floatingTo", "care": "care", "notes": "note",
		"review": "proposals", "state": "events", "ended_on": "events", "missing": "sources", "batch": "sources", "source_row": "sources"}},
	"org":          {nobody, map[string]string{"contact": "contact", "contact_phone": "contactPhone"}},
	"member_event": {"events", nil}, "fact": {"life", nil}, "look": {"looks", nil}, "proposal": {"proposals", nil}, "org_proposal": {"org-proposals", nil}, "document": {"documents", nil}, "arrival": {"documents", nil},
	"document_fact": {"documents", nil}, "request": {"requests", nil}, "restriction": {"restrictions", nil}, "destruction": {"destructions", nil}, "destruction_record": {"destructions", nil},
	"post": {"posts", nil}, "account": {"account", map[string]string{"secret": "password", "language": "cookies", "text_size": "cookies", "contrast": "cookies"}},
	"grant": {"grants", nil}, "lending": {"lending", nil}, "grant_check": {"grant-check", nil}, "slip": {"slip", nil}, "token": {"token", nil},
	"factor": {"factor", nil}, "passkey": {"passkey", nil}, "recovery": {"recovery", nil}, "identity": {"identity", nil}, "holder": {"identity", nil}, "linked": {"linked", nil},
	"session": {"session", nil}, "attempt": {"attempt", nil}, "batch": {"batch", nil}, "problem": {"problems", nil}, "idempotency": {"idempotency", nil},
	"local_rule": {nobody, map[string]string{"proposer": "localRules", "proposer_account": "localRules", "proposer_role": "localRules", "decider": "localRules", "decider_account": "localRules", "decider_role": "localRules"}},
	"headcount":  {"counts", nil}, "affirmed": {"affirmed", nil}, "due": {"affirmed", nil}, "dispute": {"disputes", nil},
	"notice": {"notices", nil}, "reach": {"reach", nil}, "outgoing": {"outgoing", nil},
	"help":       {nobody, map[string]string{"account_id": "helps", "actor": "helps", "closer_id": "helps", "closer": "helps"}},
	"assessment": {"assessments", nil}, "payment": {"payments", nil}, "ballot": {"ballots", nil}, "ballot_count": {"ballots", nil}, "election": {"ballots", nil}, "left_out": {"left-out", nil},
	"meeting": {"meetings", nil}, "attendance": {"meetings", map[string]string{"why": "meetings-said"}}, "agenda": {"meetings", map[string]string{"said": "meetings-said"}},
	"resolution": {"meetings", nil}, "amendment": {"meetings-said", nil},
	"step": {"cases", nil}, "board": {"cases", nil}, "objection": {"objections", nil}, "quota": {nobody, map[string]string{"account_id": "quotas", "actor": "quotas"}},
	"share": {nobody, map[string]string{"account_id": "dues-acts", "actor": "dues-acts"}}, "outlay": {nobody, map[string]string{"account_id": "dues-acts", "actor": "dues-acts", "retired_by": "dues-acts"}},
	"closing": {nobody, map[string]string{"account_id": "dues-acts", "actor": "dues-acts", "retired_by": "dues-acts"}},
	"owed":    {"counts", nil}, "late": {"counts", nil}, "stale": {nobody, nil}, "entry": {"entries", nil}, "applicant": {"entries", nil}, "waiver": {"waivers", nil},
}

// nobody stands where the other columns of a table are about no person.
const nobody = "-"

// technical columns tell nothing of a person that the row does not tell by being there.
const technical = " id version org_path "

// OfStored is the key of the entry for a stored column; "" for a table about nobody and for columns that tell nothing.
func OfStored(table, column string) (key string, known bool) {
	t, about := tables[table]
	if !about {
		return "", false
	}
	if strings.Contains(technical, " "+column+" ") {
		return "", true
	}
	if key, known = t.columns[column]; known {
		return key, true
	}
	if t.rest == nobody {
		return "", true
	}
	return t.rest, t.rest != ""
}

// Tables are the tables about persons.
func Tables() []string {
	var out []string
	for t := range tables {
		out = append(out, t)
	}
	return out
}
