package view

import "net/url"

// The addresses of who answers for what.
const (
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
