package rulebook

import (
	"fmt"
	"strconv"
	"strings"

	"zhibu/internal/civil"
)

// Certainty says how a rule came to be known.
type Certainty string

// The certainties, as the collection of regulations marks them.
const (
	Verified   Certainty = "V" // the wording was seen
	Paraphrase Certainty = "P" // only somebody's summary was seen
	Memory     Certainty = "M" // neither; to be checked before anything is refused because of it
)

// Rule is one version of a rule.
type Rule struct {
	ID         string
	Title      string
	Version    string     // label of the version, for instance 2026
	Regulation string     // full name
	Article    string     // 第五条
	From, To   civil.Date // first and last day in force; To is zero while it is in force
	Wording    string     // what it says, in our own words
	Certainty  Certainty
	Source     string // where the wording was seen
	parameters map[string]string
}

// Cite names the rule for people: 《中国共产党章程》第一条.
func (r Rule) Cite() string { return "《" + r.Regulation + "》" + r.Article }

// InForce tells whether the version holds on a day.
func (r Rule) InForce(on civil.Date) bool {
	return !on.Before(r.From) && (r.To.IsZero() || !on.After(r.To))
}

// Int is a whole-number parameter; its unit is in its name. A parameter that is not there is a defect of the shipped
// data, which the tests of this package would have found, and panics.
func (r Rule) Int(name string) int {
	n, err := strconv.Atoi(r.parameter(name))
	if err != nil {
		panic(fmt.Sprintf("rulebook: %s %s: %s: %v", r.ID, r.Version, name, err))
	}
	return n
}

// Date is a day parameter; see Int for one that is not there.
func (r Rule) Date(name string) civil.Date {
	d, err := civil.Parse(r.parameter(name))
	if err != nil {
		panic(fmt.Sprintf("rulebook: %s %s: %s: %v", r.ID, r.Version, name, err))
	}
	return d
}

// Words is a parameter of several words; see Int for one that is not there.
func (r Rule) Words(name string) []string { return strings.Fields(r.parameter(name)) }

// Parameters gives all parameters as written, for pages that show a rule.
func (r Rule) Parameters() map[string]string {
	all := make(map[string]string, len(r.parameters))
	for k, v := range r.parameters {
		all[k] = v
	}
	return all
}

func (r Rule) parameter(name string) string {
	v, ok := r.parameters[name]
	if !ok {
		panic(fmt.Sprintf("rulebook: %s %s has no parameter %s", r.ID, r.Version, name))
	}
	return v
}
