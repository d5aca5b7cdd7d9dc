package rulebook

import "fmt"

// Reason is a sentence of arithmetic that a verdict or a duty gives with it: 应到 28，实到 21，过半. Text is a format
// and the key of its English; whoever shows it translates.
type Reason struct {
	Text string
	Args []any
}

// Because makes a reason.
func Because(text string, args ...any) Reason { return Reason{text, args} }

// String is the Chinese sentence.
func (r Reason) String() string {
	if len(r.Args) == 0 {
		return r.Text
	}
	return fmt.Sprintf(r.Text, r.Args...)
}

// Citation names the version of a rule that something follows from.
type Citation struct {
	Rule       string    `json:"rule" doc:"Id of the rule." example:"D-27"`
	Version    string    `json:"version" doc:"Label of the version." example:"2026"`
	Regulation string    `json:"regulation" doc:"Full name of the regulation." example:"中国共产党发展党员工作细则"`
	Article    string    `json:"article" doc:"Its article." example:"第二十条"`
	Certainty  Certainty `json:"certainty" doc:"How its wording is known: V seen, P a summary seen, M neither." example:"V"`
	Local      string    `json:"local,omitempty" doc:"Document by which an organisation above has set it stricter." example:"石桥镇党委〔2026〕12 号"`
}

// Citation names this version.
func (r Rule) Citation() Citation {
	return Citation{r.ID, r.Version, r.Regulation, r.Article, r.Certainty, r.LocalBasis()}
}

// String is the id with article, version and local basis: D-03《…》第七条（2026；本地依据：某县委〔2026〕3号）.
func (c Citation) String() string {
	s := c.Rule + "《" + c.Regulation + "》" + c.Article + "（" + c.Version
	if c.Local != "" {
		s += "；本地依据：" + c.Local
	}
	return s + "）"
}
