package steward

import (
	"maps"
	"strings"

	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/ledger"
)

// Subject is what of a record or an organisation is doubted: a column of the roster, one dated fact by its kind, one
// document, or the organisation's own data.
type Subject struct {
	Field roster.Column
	About string // id of the dated fact, document or organisation; "" for a column
}

// What a subject names that is no column of the roster and no kind of dated fact.
const (
	OfDocument     roster.Column = "document"
	OfOrganisation roster.Column = "org"
)

// String is how the subject lies in its row.
func (s Subject) String() string { return strings.TrimSpace(string(s.Field) + " " + s.About) }

func subjectOf(text string) Subject {
	field, about, _ := strings.Cut(text, " ")
	return Subject{roster.Column(field), about}
}

// Kind is the kind of field that the subject belongs to, by which its steward is found.
func (s Subject) Kind() (Kind, bool) {
	switch {
	case s.Field == OfOrganisation:
		return Organisation, s.About != ""
	case s.Field == OfDocument:
		return Papers, s.About != ""
	case s.About != "":
		return Life, member.FactKind(s.Field).Valid()
	case s.Field == roster.Note:
		return "", false
	}
	return KindOf(s.Field)
}

// OfRecord tells whether a member's record is doubted, not an organisation.
func (d Dispute) OfRecord() bool { return d.Field != OfOrganisation }

// record is the id of the member whose record is doubted, "" for an organisation.
func (d Dispute) record() string {
	if d.OfRecord() {
		return d.Member
	}
	return ""
}

// act is an act on a dispute.
func (d Dispute) act(kind, reason string, detail map[string]any) ledger.Act {
	a := ledger.Act{Kind: kind, Subject: "member", SubjectID: d.Member, OrgPath: d.OrgPath, Reason: reason, Detail: map[string]any{"dispute": d.ID}}
	if !d.OfRecord() {
		a.Subject, a.SubjectID = "org", d.About
	}
	maps.Copy(a.Detail, detail)
	return a
}
