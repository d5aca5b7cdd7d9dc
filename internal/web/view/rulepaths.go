package view

import (
	"net/url"

	"zhibu/internal/party/rulebook"
)

// The addresses of the rules.
const (
	PathRules      = "/rules"       // GET q
	PathLocalRules = "/rules/local" // GET org; POST org, kind with the fields of the kind, from, to, basis (of a duty from-duty …)
)

// PathRule is one rule: its versions, what holds locally, whom a change affects.
func PathRule(id string) string { return PathRules + "/" + url.PathEscape(id) }

// PathLocalRule is a local decision: GET; POST act=approve, refuse with answer, withdraw, end with to, basis.
func PathLocalRule(id string) string { return PathLocalRules + "/" + url.PathEscape(id) }

// PathLocalRulesOf are the local decisions at an organisation.
func PathLocalRulesOf(org string) string {
	return PathLocalRules + "?" + url.Values{"org": {org}}.Encode()
}

// RuleURL is where a rule that a page names can be read, "" for one that stands in no regulation (a line of the table of
// rights, a format). Everything that shows a rule asks here.
func RuleURL(id string) string {
	if _, ok := rulebook.Default().First(id); !ok {
		return ""
	}
	return PathRule(id)
}

// numbered tells whether what a refusal names is a rule that people can look up, and not a word for programs.
func numbered(rule string) bool { return rule != "" && rule[0] >= 'A' && rule[0] <= 'Z' }
