package document

import (
	"slices"

	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/rulebook"
)

// Supplier says who supplies a material.
type Supplier string

// The suppliers.
const (
	FromMember    Supplier = "from_member"
	FromBranch    Supplier = "from_branch"
	FromCommittee Supplier = "from_committee"
)

// Material is one that a member's file is to hold, with what there is of it.
type Material struct {
	Kind Kind
	From Supplier
	Have []Document
}

// Folder is the list of what a member's electronic file is to hold (党员电子档案).
type Folder struct {
	Materials []Material
	Rule      rulebook.Rule
	// Binding is false for who was admitted before the book knows the rule: what was not made then cannot be missing.
	Binding bool
}

// Missing counts the materials of which there is nothing; none where the rule does not bind.
func (f Folder) Missing() int {
	n := 0
	if !f.Binding {
		return 0
	}
	for _, m := range f.Materials {
		if len(m.Have) == 0 {
			n++
		}
	}
	return n
}

// FolderOf holds a member's documents against D-43: the version in force on the day of admission, for a full member with
// the application for confirmation.
func (s *Service) FolderOf(m member.Member, documents []Document) Folder {
	rule, binding := s.Members.Rules.On("D-43", m.Joined)
	if !binding {
		rule, _ = s.Members.Rules.First("D-43")
	}
	list := "full"
	if m.Category == identity.Probationary {
		list = "probationary"
	}
	f := Folder{Rule: rule, Binding: binding}
	for _, kind := range rule.Words(list) {
		one := Material{Kind: Kind(kind), From: FromCommittee}
		for _, from := range []Supplier{FromMember, FromBranch} {
			if slices.Contains(rule.Words(string(from)), kind) {
				one.From = from
			}
		}
		for _, d := range documents {
			if d.Kind == one.Kind {
				one.Have = append(one.Have, d)
			}
		}
		f.Materials = append(f.Materials, one)
	}
	return f
}
