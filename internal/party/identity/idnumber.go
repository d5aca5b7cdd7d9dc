package identity

import (
	"strings"
	"time"

	"zhibu/internal/civil"
)

// IDNumber is a citizen ID number (公民身份号码) as GB 11643 writes it: 17 digits and a check character, 0–9 or X.
// It is personal data: show Last4, never the whole, unless a reveal was recorded.
type IDNumber string

// Fault is a reason why a number is not accepted; the words are the codes of the roster and the casebook.
type Fault string

// The faults of a number by itself.
const (
	Format    Fault = "format"     // not 18 characters of the right kind
	BirthDate Fault = "birth_date" // digits 7–14 are no day of the calendar
	Checksum  Fault = "checksum"   // the check character does not fit the rest
)

// SyntheticPrefix opens every made-up ID number; no region of GB/T 2260 has it.
const SyntheticPrefix = "66"

// GB 11643 (ISO 7064 MOD 11-2): weights of positions 1 to 17 and the check character by remainder.
var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idCheck = "10X98765432"

// ParseIDNumber reads a number. Full-width characters, a lower-case x, spaces and a leading apostrophe (by which
// Excel marks text) are accepted. With faults the number is empty; a number with Format has no other fault.
// The region code is not checked: regions are abolished and their numbers live on.
func ParseIDNumber(text string) (IDNumber, []Fault) {
	n, faults := StatedIDNumber(text)
	if faults != nil {
		return "", faults
	}
	return n, nil
}

// StatedIDNumber is ParseIDNumber, but gives a number of the right form in spite of its faults: what it states of birth
// and sex can be held against the rest of a record, and all that is wrong is said at once.
func StatedIDNumber(text string) (IDNumber, []Fault) {
	s := compact(text)
	if len(s) != 18 {
		return "", []Fault{Format}
	}
	for i := range 17 {
		if s[i] < '0' || s[i] > '9' {
			return "", []Fault{Format}
		}
	}
	if c := s[17]; c != 'X' && (c < '0' || c > '9') {
		return "", []Fault{Format}
	}
	n := IDNumber(s)
	var faults []Fault
	if born := n.Born(); !born.Valid() || born.Year < 1800 {
		faults = append(faults, BirthDate)
	}
	if s[17] != CheckCharacter(s[:17]) {
		faults = append(faults, Checksum)
	}
	return n, faults
}

// CheckCharacter computes the 18th character for 17 digits.
func CheckCharacter(digits17 string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(digits17[i]-'0') * w
	}
	return idCheck[sum%11]
}

// Born is the day of birth the number states.
func (n IDNumber) Born() civil.Date {
	if len(n) != 18 {
		return civil.Date{}
	}
	return civil.Of(digits(n[6:10]), time.Month(digits(n[10:12])), digits(n[12:14]))
}

// Sex is the sex the number states: the 17th digit is odd for men.
func (n IDNumber) Sex() Sex {
	if len(n) != 18 {
		return ""
	}
	if (n[16]-'0')%2 == 1 {
		return Male
	}
	return Female
}

// Synthetic tells whether the number belongs to a made-up person.
func (n IDNumber) Synthetic() bool { return strings.HasPrefix(string(n), SyntheticPrefix) }

// Last4 is what lists show.
func (n IDNumber) Last4() string {
	if len(n) < 4 {
		return ""
	}
	return string(n[len(n)-4:])
}

func digits(s IDNumber) int {
	v := 0
	for i := range len(s) {
		v = v*10 + int(s[i]-'0')
	}
	return v
}
