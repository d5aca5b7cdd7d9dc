package access

import (
	"strings"

	"zhibu/internal/words"
)

// Mask is a set of field classes.
type Mask uint16

// The classes of a member's fields. What a role may see of Identity, Contact and Address is their tail or that they
// are known; in full they are shown by a reveal only (docs/privacy.md).
const (
	NameClass     Mask = 1 << iota // 姓名
	BasicClass                     // sex, month of birth, ethnicity, education, occupation
	PartyClass                     // category, dates, registry
	FlagClass                      // floating, lost contact, care
	ContactClass                   // phones
	IdentityClass                  // citizen ID number, day of birth
	AddressClass                   // 家庭住址
	NotesClass                     // further columns of the roster, remarks
)

// Unions of classes.
const (
	NoClass   Mask = 0
	WorkMask       = NameClass | BasicClass | PartyClass | FlagClass // what organisational life needs
	EveryMask      = WorkMask | ContactClass | IdentityClass | AddressClass | NotesClass
)

var classNames = []struct {
	class Mask
	code  string
	name  string
}{
	{NameClass, "name", words.Mark("姓名")}, {BasicClass, "basic", words.Mark("基本情况")}, {PartyClass, "party", words.Mark("党籍情况")},
	{FlagClass, "flags", words.Mark("流动、失联、关怀")}, {ContactClass, "contact", words.Mark("联系方式")},
	{IdentityClass, "identity", words.Mark("公民身份号码")}, {AddressClass, "address", words.Mark("家庭住址")}, {NotesClass, "notes", words.Mark("备注")},
}

// Has tells whether all classes of c are in the mask.
func (m Mask) Has(c Mask) bool { return m&c == c }

// Codes lists the classes in the mask by their codes.
func (m Mask) Codes() []string {
	var out []string
	for _, c := range classNames {
		if m.Has(c.class) {
			out = append(out, c.code)
		}
	}
	return out
}

// Names lists the classes in the mask in Chinese; each is a key of the catalogue.
func (m Mask) Names() []string {
	var out []string
	for _, c := range classNames {
		if m.Has(c.class) {
			out = append(out, c.name)
		}
	}
	return out
}

// String is the codes joined, for records and tests.
func (m Mask) String() string { return strings.Join(m.Codes(), " ") }
