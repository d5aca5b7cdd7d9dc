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
	Rule       string    `json:"rule"`
	Version    string    `json:"version"`
	Regulation string    `json:"regulation"`
	Article    string    `json:"article"`
	Certainty  Certainty `json:"certainty"`
	Local      string    `json:"local,omitempty"` // document by which an organisation above has set it stricter
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
