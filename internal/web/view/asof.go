package view

import "zhibu/internal/civil"

// AsOf says above a page that it shows a day in the past, and leads back.
type AsOf struct {
	Day   civil.Date // what was true on this day; zero: today
	Known Text       // what was known until then; zero: what is known now
	Back  string     // address of the same page in the present
}

// LookBack is the small form that asks for a day. GET as_of.
type LookBack struct {
	Path  string     // address of the page; "" for none
	Day   civil.Date // the day it shows now; zero: the present
	Today civil.Date
	Known bool // asks also what was known at a time
	At    civil.Date
	Keep  []Pair // what else the address keeps
}

// MembersThen is who was a member of an organisation on a day. It is looked at; nothing can be done there.
type MembersThen struct {
	Org    OrgRef
	Groups []ThenGroup
	Pager  Pager
	AsOf   LookBack
}

// ThenGroup is a branch with its members of the day.
type ThenGroup struct {
	Branch OrgRef
	Rows   []MemberRow // Branch is where they are today, where that is elsewhere
}

// treeLead counts the tree, or leaves that to the banner.
func treeLead(v OrgTree) Text {
	if !v.AsOf.Day.IsZero() {
		return Text{}
	}
	return Say("共 %d 个，%s。", v.Total, v.Today)
}
