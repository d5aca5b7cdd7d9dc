package register

import (
	"zhibu/internal/party/identity"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Format says how an item is written: a key of the catalogue, or the standard of the code list that it is written from.
func (i Item) Format() string {
	if i.Column == "" {
		return words.Mark("由程序记录")
	}
	if list := i.list(); list != nil {
		return list.Standard
	}
	if len(i.Codes()) > 0 {
		return words.Mark("从几个词里选")
	}
	if f, ok := formats[i.Column]; ok {
		return f
	}
	return words.Mark("文字")
}

// list is the code list of a standard that a column is written from, nil where there is none.
func (i Item) list() *identity.List {
	switch i.Column {
	case roster.Ethnicity:
		return identity.Ethnicities
	case roster.Education:
		return identity.Educations
	}
	return nil
}

// formats are the forms of the columns that have no code list.
var formats = map[roster.Column]string{
	roster.IDNumber: words.Mark("18 位，GB 11643，校验末位"), roster.Sex: words.Mark("GB/T 2261.1，由号码得出"), roster.Born: words.Mark("年月，由号码得出"),
	roster.Joined: words.Mark("年月日"), roster.Confirmed: words.Mark("年月日"), roster.LostOn: words.Mark("年月日"), roster.Mobile: words.Mark("11 位号码"),
	roster.Organisation: words.Mark("党组织代码或名称"),
}

// Codes are the words that a column may hold, nil where it is free. TestCodes holds them to what the roster takes.
func (i Item) Codes() []string {
	if list := i.list(); list != nil {
		return list.Names()
	}
	switch i.Column {
	case roster.Category:
		return []string{identity.Full.Name(), identity.Probationary.Name()}
	case roster.Registry:
		return []string{identity.Normal.Name(), identity.Stopped.Name()}
	case roster.Lost, roster.Floating, roster.Care:
		return []string{identity.Yes.Name(), identity.No.Name()}
	}
	return nil
}

// Seers are the roles that see an item: of a column by its class of fields, of others by their lines of the table.
func (i Item) Seers() []access.Role {
	if i.Column == "" {
		return i.RolesOf()
	}
	var out []access.Role
	for _, r := range access.Roles() {
		if s := SightOf(r, i.Column); s.Shown || s.Reveal {
			out = append(out, r)
		}
	}
	return out
}
