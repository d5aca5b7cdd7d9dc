package rulebook

import (
	"fmt"
	"math/big"
	"slices"
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
	TitleEn    string
	Version    string     // label of the version, for instance 2026
	Regulation string     // full name
	Article    string     // 第五条
	From, To   civil.Date // first and last day in force; To is zero while it is in force
	Wording    string     // what it says, in our own words
	WordingEn  string
	Certainty  Certainty
	Source     string  // where the wording was seen
	Link       string  // where people can read it, "" if nowhere known
	Affects    string  // whom it concerns, one of Affected; "" nobody in particular
	Local      []Local // what organisations above have set stricter and holds where and when the rule was asked for
	parameters map[string]string
	stricter   map[string]string
}

// InEnglish is the rule with title and wording in English, where it has them; regulation and article keep their names.
func (r Rule) InEnglish() Rule {
	if r.TitleEn != "" && r.WordingEn != "" {
		r.Title, r.Wording = r.TitleEn, r.WordingEn
	}
	return r
}

// Affected are the words for whom a rule concerns.
var Affected = []string{"applicants", "probationary", "members", "floating", "branches", "committees", "organisations"}

// Cite names the rule for people: 《中国共产党章程》第一条, with the local basis beside the article where there is one.
func (r Rule) Cite() string {
	if basis := r.LocalBasis(); basis != "" {
		return "《" + r.Regulation + "》" + r.Article + "（本地依据：" + basis + "）"
	}
	return "《" + r.Regulation + "》" + r.Article
}

// LocalBasis names the documents by which organisations above have set something stricter, "" if none has.
func (r Rule) LocalBasis() string {
	var all []string
	for _, l := range r.Local {
		if !slices.Contains(all, l.Basis) {
			all = append(all, l.Basis)
		}
	}
	return strings.Join(all, "、")
}

// InForce tells whether the version holds on a day.
func (r Rule) InForce(on civil.Date) bool {
	return !on.Before(r.From) && (r.To.IsZero() || !on.After(r.To))
}

// Has tells whether the version has a parameter: an older one may lack a limit that a newer one brought.
func (r Rule) Has(name string) bool { _, ok := r.parameters[name]; return ok }

// Int is a whole-number parameter; its unit is in its name. A parameter that is not there is a defect of the shipped
// data, which the tests of this package would have found, and panics.
func (r Rule) Int(name string) int { return parameter(r, name, whole) }

// Date is a day parameter; see Int for one that is not there.
func (r Rule) Date(name string) civil.Date { return parameter(r, name, civil.Parse) }

// Share is a part of a whole; see Int for one that is not there.
func (r Rule) Share(name string) Share { return parameter(r, name, parseShare) }

// Yuan is an amount of money; see Int for one that is not there.
func (r Rule) Yuan(name string) *big.Rat { return parameter(r, name, decimal) }

// Bands is a scale of rates; see Int for one that is not there.
func (r Rule) Bands(name string) []Band { return parameter(r, name, parseBands) }

// Switch tells whether a switch is on; see Int for one that is not there.
func (r Rule) Switch(name string) bool { return parameter(r, name, parseSwitch) }

// Words is a parameter of several words; see Int for one that is not there.
func (r Rule) Words(name string) []string {
	return parameter(r, name, func(s string) ([]string, error) { return strings.Fields(s), nil })
}

// Parameters gives all parameters as written, for pages that show a rule.
func (r Rule) Parameters() map[string]string {
	all := make(map[string]string, len(r.parameters))
	for k, v := range r.parameters {
		all[k] = v
	}
	return all
}

func parameter[T any](r Rule, name string, parse func(string) (T, error)) T {
	text, ok := r.parameters[name]
	if !ok {
		panic(fmt.Sprintf("rulebook: %s %s has no parameter %s", r.ID, r.Version, name))
	}
	v, err := parse(text)
	if err != nil {
		panic(fmt.Sprintf("rulebook: %s %s: %s: %v", r.ID, r.Version, name, err))
	}
	return v
}
