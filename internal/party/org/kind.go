package org

import (
	"slices"

	"zhibu/internal/words"
)

// Kind is the kind of a Party organisation.
type Kind string

// The kinds.
const (
	Committee       Kind = "committee"        // 党委
	GeneralBranch   Kind = "general-branch"   // 党总支
	Branch          Kind = "branch"           // 党支部
	JointBranch     Kind = "joint-branch"     // 联合党支部, of units with fewer than three full members each (B-03)
	TemporaryBranch Kind = "temporary-branch" // 临时党支部, for a task; nobody's membership is moved to it (B-07)
	PartyGroup      Kind = "party-group"      // 党小组, a part of a branch
)

// Kinds are all kinds, the highest first.
var Kinds = []Kind{Committee, GeneralBranch, Branch, JointBranch, TemporaryBranch, PartyGroup}

type kindFacts struct {
	name    string
	members bool   // memberships are kept here
	below   []Kind // what may stand directly below
}

var kinds = map[Kind]kindFacts{
	Committee:       {words.Mark("党委"), false, []Kind{Committee, GeneralBranch, Branch, JointBranch, TemporaryBranch}},
	GeneralBranch:   {words.Mark("党总支"), false, []Kind{Branch, JointBranch, TemporaryBranch}},
	Branch:          {words.Mark("党支部"), true, []Kind{PartyGroup}},
	JointBranch:     {words.Mark("联合党支部"), true, []Kind{PartyGroup}},
	TemporaryBranch: {words.Mark("临时党支部"), false, []Kind{PartyGroup}},
	PartyGroup:      {words.Mark("党小组"), false, nil},
}

// Valid tells whether it is one of the kinds.
func (k Kind) Valid() bool { _, ok := kinds[k]; return ok }

// Name is the kind in Chinese, a key of the catalogue.
func (k Kind) Name() string { return kinds[k].name }

// HoldsMembers tells whether memberships (组织关系) are kept in organisations of the kind. A temporary branch borrows
// its members from their own branches, and a Party group is a part of its branch.
func (k Kind) HoldsMembers() bool { return kinds[k].members }

// Below lists the kinds that may stand directly below.
func (k Kind) Below() []Kind { return slices.Clone(kinds[k].below) }

// MayHold tells whether an organisation of the kind may stand directly above one of kind below.
func (k Kind) MayHold(below Kind) bool { return slices.Contains(kinds[k].below, below) }

// IsBranch tells whether it is a branch of any sort.
func (k Kind) IsBranch() bool { return k == Branch || k == JointBranch || k == TemporaryBranch }

// mayStandAlone tells whether the tree may begin with the kind: an installation serves a committee or a single branch.
func (k Kind) mayStandAlone() bool { return k != PartyGroup && k != TemporaryBranch }

// UnitKind is the sort of unit (单位) an organisation stands in.
type UnitKind string

// Named is a word of the program and what it is called in Chinese, a key of the catalogue.
type Named struct{ ID, Name string }

// UnitKinds are the sorts of units.
var UnitKinds = []Named{
	{"organ", words.Mark("机关")},
	{"village", words.Mark("建制村")},
	{"community", words.Mark("社区")},
	{"school", words.Mark("中小学、幼儿园")},
	{"college", words.Mark("高等学校")},
	{"hospital", words.Mark("医院、卫生院")},
	{"institution", words.Mark("其他事业单位")},
	{"state-enterprise", words.Mark("国有企业")},
	{"private-enterprise", words.Mark("非公有制企业")},
	{"cooperative", words.Mark("农民合作社")},
	{"social-organisation", words.Mark("社会组织")},
}

// Name is the sort of unit in Chinese, "" for an unknown one.
func (u UnitKind) Name() string {
	for _, n := range UnitKinds {
		if n.ID == string(u) {
			return n.Name
		}
	}
	return ""
}
