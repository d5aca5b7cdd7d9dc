package view

import "net/url"

// The addresses of who answers for what.
const (
	PathDisputes = "/disputes" // GET org, show=overdue|settled|withdrawn, after
	PathQuality  = "/quality"  // GET org, after
	PathStewards = "/stewards" // GET org; POST org, act=set with kind, level, steward, reviewer, from, to, basis; act=end with id, version, last, reason
)

// PathStewardsOf is who answers for what at an organisation; kind may name a row, "" none.
func PathStewardsOf(org, kind string) string {
	path := PathStewards + "?" + url.Values{"org": {org}}.Encode()
	if kind != "" {
		path += "#" + kind
	}
	return path
}

// PathDispute is a fact in dispute: GET; POST act=settle with outcome, cause, answer; act=withdraw.
func PathDispute(id string) string { return PathDisputes + "/" + url.PathEscape(id) }

// PathDisputeNew doubts a fact of a record: GET, POST content.
func PathDisputeNew(id, fact string) string {
	return PathMember(id) + "/dispute/" + url.PathEscape(fact)
}

// PathDisputeAbout doubts a dated fact, by its kind, or a document of a record: GET, POST content.
func PathDisputeAbout(id, field, about string) string {
	return PathDisputeNew(id, field) + "?" + url.Values{"about": {about}}.Encode()
}

// PathQualityOf is how the data of an organisation stand.
func PathQualityOf(org string) string {
	return PathQuality + "?" + url.Values{"org": {org}}.Encode()
}
