package view

import (
	"net/url"
	"strconv"

	"zhibu/internal/civil"
)

// The addresses of the pages. Handlers register them with these constants, templates link with them. A POST goes to
// the address of the form that sends it.
const (
	PathWorkbench     = "/"
	PathSignIn        = "/sign-in"                 // GET, POST account, password, back, carry
	PathCode          = "/sign-in/code"            // GET, POST code, back, carry: the second factor after the password
	PathSlip          = "/sign-in/slip"            // GET (the QR adds #account=&code=, which no server sees), POST account, code
	PathPasskey       = "/sign-in/passkey"         // GET, POST answer, back, carry: sign in, or pass the second factor
	PathPasskeyAsk    = "/sign-in/passkey/options" // POST, answers JSON for the authenticator
	PathPasskeys      = "/me/account/passkeys"     // GET; POST act=add with name, password, answer; act=remove with passkey, password
	PathPasskeysAsk   = "/me/account/passkeys/options"
	PathOutside       = "/sign-in/with"     // below it, by GET: one page to go to each sign-in service, and one to come back to
	PathLinks         = "/me/account/links" // GET; POST act=link with service, password; act=unlink with link, password-unlink
	PathPassword      = "/password"         // set a new one after a slip, or change it: POST old, new, again
	PathSignOut       = "/sign-out"         // POST
	PathDisplay       = "/display"          // GET; POST text, contrast, lang, back (any of them; an absent one stays)
	PathInbox         = "/inbox"            // GET unread, after; POST id (read one and go to what it is about) or all (the topmost seen)
	PathReach         = "/inbox/channels"   // GET; POST channel, seen, use-ID, address-ID
	PathChannels      = "/channels"         // GET; POST the settings of notices
	PathStillRight    = "/me/right"         // POST fact: this fact of the own record is still right
	PathMe            = "/me"               // a member's own record
	PathAccount       = "/me/account"       // own sessions, API tokens, password
	PathFactor        = "/me/factor"        // GET the own second factor; POST act=begin|confirm|codes|end with code
	PathDeputies      = "/me/deputies"      // GET; POST act=lend|end
	PathTokens        = "/me/tokens"        // GET the form, POST label, until, shown: an API token for oneself
	PathOrganisations = "/organisations"
	PathOrgFind       = "/organisations/find" // GET ?q=, fragment OrgOptions for the picker
	PathMembers       = "/members"
	PathMemberNew     = "/members/new"
	PathRoster        = "/members/roster" // GET, with the list's filter and id=…; the printed roster
	PathExport        = "/members/export" // GET the form with the list's filter and id=…, POST purpose, columns
	PathToCheck       = "/members/check"  // what the branch is asked again: GET under, after; POST one or fact…
	PathReviews       = "/reviews"        // what waits for a second person: GET what, state, after
	PathImports       = "/imports"
	PathImportNew     = "/imports/new"      // POST multipart file, organisation
	PathTemplate      = "/imports/template" // GET, the blank workbook
	PathAccounts      = "/accounts"
	PathAccountNew    = "/accounts/new"
	PathAccountsList  = "/accounts/list" // accounts from an Excel list: GET, POST multipart file
	PathAccountsBlank = "/accounts/list/template"
	PathSlips         = "/accounts/slips" // POST id=…, answers the printed slips
	PathRoleCheck     = "/accounts/check" // GET; POST id=… or all: this quarter's look at roles
	PathPolicy        = "/security"       // GET; POST the settings of passwords, locks and sessions
	PathAudit         = "/audit"
	PathChain         = "/audit/chain"  // GET the state, POST verifies now
	PathBundle        = "/audit/bundle" // POST from, until: the proof of a period
	PathBackup        = "/backup"       // GET; POST act=run|drill|schedule
	PathDrillReport   = PathBackup + "/drill.json"
	PathHelp          = "/help"
	PathPrivacy       = "/privacy"
	PathAccessibility = "/accessibility"
	PathAssets        = "/assets/"
	PathDocuments     = "/documents"
	PathArrivals      = "/arrivals"
)

// PathOutsideTo leads to a sign-in service; back is where one wants to go afterwards.
func PathOutsideTo(id, back string) string {
	to := PathOutside + "/" + url.PathEscape(id)
	if back != "" {
		to += "?back=" + url.QueryEscape(back)
	}
	return to
}

// PathOutsideBack is where a sign-in service sends the browser back to.
func PathOutsideBack(id string) string { return PathOutside + "/" + url.PathEscape(id) + "/back" }

// PathOrg is an organisation's page.
func PathOrg(id string) string { return PathOrganisations + "/" + url.PathEscape(id) }

// PathOrgAct is a form about an organisation: children (GET, fragment), establish, rename, move, abolish, post.
func PathOrgAct(id, act string) string { return PathOrg(id) + "/" + act }

// The fields of an address that looks back: what was true on a day, and what was known at one.
const (
	FieldAsOf    = "as_of"
	FieldKnownAt = "known_at"
)

// PathAsOf is a page as of a day; the zero day is the present.
func PathAsOf(path string, day civil.Date) string {
	if day.IsZero() {
		return path
	}
	return path + "?" + url.Values{FieldAsOf: {day.String()}}.Encode()
}

// PathPostEnd ends a post.
func PathPostEnd(id, post string) string {
	return PathOrg(id) + "/post/" + url.PathEscape(post) + "/end"
}

// PathMember is a member's page.
func PathMember(id string) string { return PathMembers + "/" + url.PathEscape(id) }

// PathMemberAct is a form about a member: reveal, move, end, restore, looks (GET).
func PathMemberAct(id, act string) string { return PathMember(id) + "/" + act }

// PathHistory is the history of one fact.
func PathHistory(id, fact string) string { return PathMember(id) + "/history/" + url.PathEscape(fact) }

// PathFactNew enters a dated fact: GET kind, POST.
func PathFactNew(id string) string { return PathMember(id) + "/facts" }

// PathFact corrects a dated fact or takes it back: GET, POST act=correct|retire.
func PathFact(id, fact string) string { return PathFactNew(id) + "/" + url.PathEscape(fact) }

// PathMend is the form that mends one fact.
func PathMend(id, fact string) string { return PathMember(id) + "/mend/" + url.PathEscape(fact) }

// PathArrival is what was uploaded and is not a document yet; cancel and retry below it.
func PathArrival(id string) string { return PathArrivals + "/" + url.PathEscape(id) }

// PathDocument is a document: GET asks the purpose or shows ?page=, POST opens it; remove below it.
func PathDocument(id string) string { return PathDocuments + "/" + url.PathEscape(id) }

// PathDocumentImage is the picture of a page, for who has opened the document.
func PathDocumentImage(id string, page int) string {
	return PathDocument(id) + "/pages/" + strconv.Itoa(page)
}

// PathDocumentThumb is the small picture of a page.
func PathDocumentThumb(id string, page int) string {
	return PathDocument(id) + "/thumbs/" + strconv.Itoa(page)
}

// PathReview is one thing that waits.
func PathReview(id string) string { return PathReviews + "/" + url.PathEscape(id) }

// PathReviewAct decides it, by POST: approve, return, withdraw; show (POST) gives the full values; correct (GET, POST).
func PathReviewAct(id, act string) string { return PathReview(id) + "/" + act }

// PathOrgReviews are the acts on organisations that wait; they are listed with the others at PathReviews.
const PathOrgReviews = "/org-reviews"

// PathOrgReview is one of them. POST approve, return, withdraw below it decides it.
func PathOrgReview(id string) string { return PathOrgReviews + "/" + url.PathEscape(id) }

// PathOrgReviewAct decides it.
func PathOrgReviewAct(id, act string) string { return PathOrgReview(id) + "/" + act }

// PathCorrection is the form by which a member asks for a correction of the own record, from the phone.
func PathCorrection(fact string) string { return PathMe + "/correct/" + url.PathEscape(fact) }

// PathImport is a batch: the wizard's present step, or the result.
func PathImport(id string) string { return PathImports + "/" + url.PathEscape(id) }

// PathImportAct is a step of a batch: columns, preview, run (POST), errors.xlsx (GET), undo, discard (POST).
func PathImportAct(id, act string) string { return PathImport(id) + "/" + act }

// PathAccountOf is the page of an account.
func PathAccountOf(id string) string { return PathAccounts + "/" + url.PathEscape(id) }

// PathAccountAct is an act on an account, by POST: lock, unlock, slip, post, post-end.
func PathAccountAct(id, act string) string { return PathAccountOf(id) + "/" + act }

// PathEvent is one event of the audit log.
func PathEvent(id string) string { return PathAudit + "/" + url.PathEscape(id) }

// PathHelpTopic is one help page.
func PathHelpTopic(topic string) string { return PathHelp + "/" + url.PathEscape(topic) }
