package roster

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
)

// Record is a row as it is understood: every value normalised, "" or zero where the sheet says nothing.
type Record struct {
	Name      string            `json:"name"`
	IDNumber  identity.IDNumber `json:"idNumber"`
	Sex       identity.Sex      `json:"sex"`  // from the ID number
	Born      civil.Date        `json:"born"` // from the ID number
	Ethnicity string            `json:"ethnicity"`
	Education string            `json:"education"`
	Category  identity.Category `json:"category"`
	// OrganisationText is what the sheet says, or the sheet's name; OrganisationID what Organisations made of it.
	OrganisationText string            `json:"organisationText"`
	OrganisationID   string            `json:"organisation"`
	Joined           civil.Date        `json:"joined"`
	Confirmed        civil.Date        `json:"confirmed"`
	Occupation       string            `json:"occupation"`
	Mobile           string            `json:"mobile"`
	Phone            string            `json:"phone"`
	Address          string            `json:"address"`
	Registry         identity.Registry `json:"registry"`
	Lost             identity.Answer   `json:"lost"`
	LostOn           civil.Date        `json:"lostOn"`
	Floating         identity.Answer   `json:"floating"`
	FloatingTo       string            `json:"floatingTo"`
	Care             identity.Answer   `json:"care"`
	// Notes hold what has no field: other columns, further phone numbers. Nobody knows what people wrote there;
	// keep them encrypted.
	Notes []NoteText `json:"notes,omitempty"`
	// Columns are those the sheet has. A known member's field is left as it is where the sheet has no such column.
	Columns ColumnSet `json:"columns"`
}

// NoteText is a cell kept beside the fields, under the header it stood under.
type NoteText struct {
	Header string `json:"header"`
	Text   string `json:"text"`
}
