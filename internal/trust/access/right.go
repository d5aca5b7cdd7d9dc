package access

import "slices"

// Resource is what something is done to.
type Resource string

// The resources.
const (
	Org       Resource = "org"        // organisations, their posts and holders
	OrgChange Resource = "org-change" // acts on organisations that wait for a second person
	Member    Resource = "member"     // member records
	Look      Resource = "look"       // who looked at a record
	Document  Resource = "document"   // photographs and scans in a member's file
	Import    Resource = "import"     // imported sheets
	Export    Resource = "export"     // rosters taken out
	Account   Resource = "account"    // accounts
	Granted   Resource = "grant"      // roles of accounts
	Event     Resource = "event"      // what was done in one's area: who, what, when, why
	Audit     Resource = "audit"      // the whole log with before and after, and its chain
	Backup    Resource = "backup"     // copies and drills
	Setting   Resource = "setting"    // settings of the program
	Security  Resource = "policy"     // settings of passwords, locks and sessions

	Logbook     Resource = "entry"       // dated facts of branches and people
	Duty        Resource = "duty"        // what is due: waiving, postponing, helping
	Dues        Resource = "dues"        // what members pay: bases, reductions, receipts
	Admission   Resource = "admission"   // what the committee above decides on the way into the Party
	Life        Resource = "life"        // meetings of the branch: plans, attendance, minutes, resolutions
	Vote        Resource = "vote"        // elections, votes and their counts
	Dispute     Resource = "dispute"     // facts that somebody doubts
	Quality     Resource = "quality"     // how complete, old and doubted data are
	LocalRule   Resource = "local-rule"  // what is decided stricter than a regulation
	Steward     Resource = "steward"     // which posts answer for which kind of field
	Destruction Resource = "destruction" // destroying a person's record by procedure
	Request     Resource = "request"     // what members ask for about their own data
	Keys        Resource = "keys"        // the installation's keys
)

// Action is what is done.
type Action string

// The actions.
const (
	See       Action = "see"
	List      Action = "list"
	Reveal    Action = "reveal" // show in full what is otherwise shown by its tail, for a stated purpose
	Add       Action = "add"
	Mend      Action = "mend"
	Move      Action = "move"
	End       Action = "end"
	Remove    Action = "remove" // a document out of a member's file
	Restore   Action = "restore"
	Review    Action = "review"
	Confirm   Action = "confirm" // review what is the branch's own to confirm
	Affirm    Action = "affirm"  // say of facts that are due that they are still right
	Establish Action = "establish"
	Rename    Action = "rename"
	Abolish   Action = "abolish"
	Post      Action = "post" // who holds which post
	Run       Action = "run"  // an import, an export, a backup
	Undo      Action = "undo"
	IssueSlip Action = "issue-slip"
	Lock      Action = "lock"
	Unlock    Action = "unlock"
	Revoke    Action = "revoke"
	Verify    Action = "verify"
	Drill     Action = "drill"
	Propose   Action = "propose"
	Decide    Action = "decide"
	Answer    Action = "answer"
	Waive     Action = "waive" // a duty, or postpone it
	Help      Action = "help"  // a branch with what is due there
)

// Rule is one line of the table: a resource, an action, and for each role that may do it the classes of fields it
// covers. A role that is absent may not. Where no member's fields are concerned the mask is 0 and only presence counts.
type Rule struct {
	ID       string // shown to people who ask why, and in refusals: A-21
	Resource Resource
	Action   Action
	Text     string // Chinese: what the line allows
	Roles    map[Role]Mask
}

// Rules gives the whole table, for the page «why can this person see this» and the documentation.
func Rules() []Rule { return table }

// line is a line of the table made ready for decisions: what a decision asks of it costs no look-up.
type line struct {
	*Rule
	may    uint16            // a bit for each role that may
	masks  [roleNumbers]Mask // by role
	reach  reach             // where a grant of it reaches
	tree   bool              // the resource has a place in the tree
	own    bool              // open to a member for the own record
	notOwn bool              // closed to a member for the own record
	branch bool              // open to a member for the own branch
}

// reach is where a grant of a line reaches.
type reach int

const (
	below       reach = iota // what is at or below the grant's place
	anywhere                 // what has no place in the tree
	belowOrNone              // the log: below, and the acts of the installation itself, which every auditor reads
)

// index finds a line by resource and action.
var index = func() map[[2]string]*line {
	out := make(map[[2]string]*line, len(table))
	for i := range table {
		l := prepared(&table[i])
		key := [2]string{string(l.Resource), string(l.Action)}
		if out[key] != nil {
			panic("access: two lines for " + key[0] + " " + key[1])
		}
		out[key] = l
	}
	return out
}()

func prepared(r *Rule) *line {
	l := &line{Rule: r, tree: slices.Contains(inTree, r.Resource), own: ownMay(r.Action, r.Resource), branch: branchPage(r.Action, r.Resource),
		notOwn: r.Resource == Member && slices.Contains(ownForbidden, r.Action)}
	switch {
	case r.Resource == Audit && r.Action == See:
		l.reach = belowOrNone
	case !l.tree:
		l.reach = anywhere
	}
	for role, mask := range r.Roles {
		if role == PlainMember { // a plain member's grant opens no subtree
			continue
		}
		n := role.number()
		l.may |= 1 << n
		l.masks[n] = mask
	}
	return l
}

// covers is the one place where a grant meets a line of the table: the decision and the scope both ask it.
func (l *line) covers(g *Grant) (Mask, bool) {
	n := g.Role.number()
	return l.masks[n], l.may&(1<<n) != 0
}

// reaches tells whether a grant reaches a path; here tells whether the path is at or below the grant's place.
func (l *line) reaches(here bool, orgPath string) bool {
	return here || l.reach == anywhere || l.reach == belowOrNone && orgPath == ""
}

// lineFor is the line of an action on a resource, nil when the table has none: nobody may.
func lineFor(action Action, resource Resource) *line {
	return index[[2]string{string(resource), string(action)}]
}

// RuleFor is lineFor for who reads the table.
func RuleFor(action Action, resource Resource) *Rule {
	if l := lineFor(action, resource); l != nil {
		return l.Rule
	}
	return nil
}
