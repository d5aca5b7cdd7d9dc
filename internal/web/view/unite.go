package view

// UniteFind lists records that may be of the same person as one.
type UniteFind struct {
	Form   Form // POST find: a name or the last four of a number
	Member MemberRef
	Alike  []AlikeRow
	Found  []AlikeRow // by what was typed
	Asked  bool       // something was typed
}

// AlikeRow is such a record.
type AlikeRow struct {
	Member MemberRef
	Same   []Text // what the two have in common
	URL    string // where they are compared
}

// UniteForm compares two records side by side. Fields: pick-KEY (kept, other) of each line that differs, other-version,
// decision, day, reason.
type UniteForm struct {
	Form         Form
	Member       MemberRef // the one that is kept
	Other        MemberRef
	OtherVersion string
	Lines        []UniteLine
	Along        []Text // what goes along
	Swap         string // address with the two changed over
}

// UniteLine is one fact of both.
type UniteLine struct {
	Key         string
	Label       Text
	Kept, Other Text
	Pick        bool // both say something and not the same
}

// SeparateForm makes two records of one again. Fields: decision, day, reason.
type SeparateForm struct {
	Form   Form
	Member MemberRef // the one that had ended
}
