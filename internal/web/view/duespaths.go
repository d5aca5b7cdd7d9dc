package view

import "net/url"

// The addresses of the book of dues.
const (
	PathDues        = "/dues"         // GET org, year: the book of a branch, or what branches below have closed
	PathDuesCollect = "/dues/collect" // GET org, month; POST org, pay… with sum-ID, receipt-ID, through, on, way, proxy, agreed, document, reason
	PathDuesBases   = "/dues/bases"   // GET org, year; POST the same with source-ID, income-ID, evidence, reason; act=approve with id…
	PathDuesRelief  = "/dues/relief"  // GET org, member; POST the same with from, to, monthly, applied, studied, evidence, reason
	PathDuesYear    = "/dues/year"    // GET org, year; POST act=close with reason, reopen with reason, spend with kind, on, sum, purpose, document, back with id, reason
	PathDuesShare   = "/dues/share"   // GET org; POST org, kind, from, kept, basis
	PathDuesPublic  = "/dues/public"  // GET org, year: to print and post up
	PathDuesImport  = "/dues/import"  // GET org; POST multipart org, file, then org, batch: payments from a sheet
	PathDuesMatch   = "/dues/match"   // GET org; POST multipart org, file, then org, batch, row…: a statement held against the receipts
	PathDuesSheet   = "/dues/sheet"   // GET org, year: the year's payments as a workbook
	PathDuesOwn     = PathMe + "/dues"
	pathAssessments = PathDues + "/fixed/"
	pathReceipts    = PathDues + "/receipts/"
	pathDuesMembers = PathDues + "/members/"
)

// PathDuesOf is a page about the dues of an organisation.
func PathDuesOf(page, org, year string) string {
	q := url.Values{"org": {org}}
	if year != "" {
		q.Set("year", year)
	}
	return page + "?" + q.Encode()
}

// PathDuesMember is a member's year.
func PathDuesMember(id, year string) string {
	path := pathDuesMembers + url.PathEscape(id)
	if year != "" {
		path += "?" + url.Values{"year": {year}}.Encode()
	}
	return path
}

// PathAssessment is a base or a reduction: GET; POST act=approve, refuse with reason, revoke with reason.
func PathAssessment(id string) string { return pathAssessments + url.PathEscape(id) }

// PathReceipt is a receipt to print: GET; POST withdraws it with reason.
func PathReceipt(id string) string { return pathReceipts + url.PathEscape(id) }
