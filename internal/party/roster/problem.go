package roster

import (
	"fmt"
	"strconv"
)

// Level says whether a problem rejects its row.
type Level string

// The levels.
const (
	Error   Level = "error"   // the row is rejected
	Warning Level = "warning" // the row goes in; a person should look
)

// Code names a problem for programs; the codes are those of domain/roster.md.
type Code string

// The codes.
const (
	Required                Code = "required"
	Format                  Code = "format"
	Checksum                Code = "checksum"
	BirthDate               Code = "birth_date"
	SexMismatch             Code = "sex_mismatch"
	BornMismatch            Code = "born_mismatch"
	DateFormat              Code = "date_format"
	DateIncomplete          Code = "date_incomplete"
	FutureDate              Code = "future_date"
	Under18AtAdmission      Code = "under_18_at_admission"
	ConfirmedBeforeOneYear  Code = "confirmed_before_one_year"
	ConfirmedBeforeAdmitted Code = "confirmed_before_admitted"
	ConfirmedMissing        Code = "confirmed_missing"
	UnknownOrganisation     Code = "unknown_organisation"
	UnknownCode             Code = "unknown_code"
	PhoneFormat             Code = "phone_format"
	DuplicateInFile         Code = "duplicate_in_file"
	DuplicatePerson         Code = "duplicate_person" // made by the importer, which knows who is known
	ScientificNotation      Code = "scientific_notation"
	LostDateWithoutFlag     Code = "lost_date_without_flag"
	ChangeWaiting           Code = "change_waiting" // made by the importer: somebody has proposed another value already
)

// Problem is one thing wrong with one cell. Its JSON is the contract of `zhibu import roster --json`.
// No message holds a whole ID or phone number.
type Problem struct {
	Sheet   string `json:"sheet,omitempty"` // when the whole workbook is read
	Row     int    `json:"row"`             // as Excel shows it
	Column  string `json:"column"`          // title of the column, for instance 公民身份号码
	Level   Level  `json:"level"`
	Code    Code   `json:"code"`
	Message string `json:"message"` // a Chinese sentence that says what to do

	Rule string `json:"-"` // rule id, "" if none
	Text string `json:"-"` // the format Message was made from, key of its translation
	Args []any  `json:"-"` // texts only, so that they may be kept as JSON and translated later

	Cell  string `json:"-"` // where it stands, D7; "" where the sheet has no such column
	Value string `json:"-"` // what stands there; "" in a column that is sensitive
	Who   string `json:"-"` // the row's name, "" where it has none
}

// Say makes a problem of a row; the importer uses it for what only it can know (duplicate_person).
func (r *Row) Say(c Column, l Level, code Code, text string, args ...any) Problem {
	p := Problem{Row: r.Number, Column: c.Title(), Level: l, Code: code, Text: text, Args: args, Message: text}
	if len(args) > 0 {
		p.Message = fmt.Sprintf(text, args...)
	}
	if r.sheet.book.labelled {
		p.Sheet = r.Sheet
	}
	r.locate(&p, c)
	return p
}

// locate says at which cell a problem stands, in whose row. The values of sensitive columns stay in the file.
func (r *Row) locate(p *Problem, c Column) {
	date1904 := r.sheet.book.src.is1904()
	p.Who = mask(r.Cell(Name).shown(date1904), Name)
	i, known := columnIndex[c]
	if !known || r.sheet.at[i] < 0 {
		return
	}
	p.Cell = letters(r.sheet.at[i]) + strconv.Itoa(r.Number)
	if !c.Sensitive() && c != Born {
		p.Value = mask(r.Cell(c).shown(date1904), c)
	}
}

// By names the rule that decided.
func (p Problem) By(rule string) Problem { p.Rule = rule; return p }

// Rejected tells whether any of the problems rejects the row.
func Rejected(problems []Problem) bool {
	for _, p := range problems {
		if p.Level == Error {
			return true
		}
	}
	return false
}
