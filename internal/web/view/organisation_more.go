package view

// FactsForm changes what is known of an organisation beside its name and place. Fields: unit, unit-kind, credit,
// contact, phone (empty leaves the one that is kept), no-phone (yes), day, reason.
type FactsForm struct {
	Form     Form
	Org      OrgRef
	Kinds    []Option // of units
	HasPhone bool
}

// ReopenForm takes an abolition back. Fields: day, decision, reason.
type ReopenForm struct {
	Form Form
	Org  OrgRef
	Act  Act // the abolition
}

func phoneHint(known bool) Text {
	if known {
		return Say("加密保存。不填就保留原来的号码。")
	}
	return Say("加密保存。")
}

// hasHeads tells whether the viewer may see head counts at all.
func (h Heads) hasHeads() bool { return !h.Hidden }

// OrgMergeForm lets an organisation be taken up by another. Fields: target (Picker), decision, day, reason.
type OrgMergeForm struct {
	Form           Form
	Org            OrgRef
	Members, Below int
	Choices        []OrgRef
}

// OrgSplitForm sets one up out of a part of another. Fields: name, short, code, members, children, decision, day, reason.
type OrgSplitForm struct {
	Form              Form
	Org               OrgRef
	Members, Children []Option
}
