package view

// HelpIndex lists the topics, those for the viewer's role first.
type HelpIndex struct{ Role string }

// HelpPage shows one topic by its key; see helptopics.go.
type HelpPage struct{ Topic string }

// Privacy is the notice of what is kept about members and why. Contact is how to reach who answers for it.
type Privacy struct {
	Fields  []PrivacyField
	Contact string
}

// PrivacyField is a line of the privacy notice.
type PrivacyField struct {
	Label, Purpose, Basis, Class, Retention Text
}

// Accessibility is the statement of how the pages can be used and what is not yet good.
type Accessibility struct{ Contact string }
