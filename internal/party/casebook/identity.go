package casebook

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/rulebook"
)

type identityCase struct {
	idNumber, creditCode *string
	sex                  identity.Sex
	dates                rulebook.Dates
	valid                *bool
	errors               []string
}

// The codes that compare an ID number with the rest of a record.
const (
	sexMismatch  = "sex_mismatch"
	bornMismatch = "born_mismatch"
)

var identityCodes = []string{
	string(identity.Checksum), string(identity.Format), string(identity.BirthDate), sexMismatch, bornMismatch, string(rulebook.Under18AtApplication),
	string(rulebook.Under18AtAdmission), string(rulebook.ConfirmedBeforeOneYear), string(rulebook.ConfirmedBeforeAdmitted), string(rulebook.FutureDate),
}

func (f *file) identity(given, expect *yaml.Node) judge {
	c := &identityCase{}
	f.each(given, "given", func(key string, v *yaml.Node) bool {
		switch key {
		case "id_number":
			c.idNumber = f.number(v, key)
		case "credit_code":
			c.creditCode = f.number(v, key)
		case "sex":
			if sex := word(f, v, key, []string{identity.Male.Name(), identity.Female.Name()}); sex != "" {
				c.sex, _ = identity.ParseSex(sex)
			}
		case "born":
			c.dates.Born = f.date(v, key)
		case "admitted":
			c.dates.Admitted = f.date(v, key)
		case "confirmed":
			c.dates.Confirmed = f.date(v, key)
		case "applied":
			c.dates.Applied = f.date(v, key)
		default:
			return false
		}
		return true
	})
	f.each(expect, "expect", func(key string, v *yaml.Node) bool {
		switch key {
		case "valid":
			c.valid = f.maybe(v, key)
		case "errors":
			f.items(v, key, func(item *yaml.Node) { c.errors = append(c.errors, word(f, item, key, identityCodes)) })
		default:
			return false
		}
		return true
	})
	return c
}

// number reads a number or code; an empty one in quotes is given and wrong, nothing at all is not given.
func (f *file) number(n *yaml.Node, key string) *string {
	if isNull(n) {
		return nil
	}
	s := f.text(n, key)
	return &s
}

func (c *identityCase) run(b *rulebook.Book, today civil.Date) (out Outcome) {
	found := c.check(b, today, &out)
	if c.valid != nil && *c.valid != (len(found) == 0) {
		out.differ("valid "+strconv.FormatBool(*c.valid), "errors "+list(found))
	}
	for _, code := range c.errors {
		if !slices.Contains(found, code) {
			out.differ("error "+code, list(found))
		}
	}
	return out
}

func (c *identityCase) check(b *rulebook.Book, today civil.Date, out *Outcome) (found []string) {
	note := func(code string) {
		if !slices.Contains(found, code) {
			found = append(found, code)
		}
	}
	cite := func(id string) {
		if r, ok := b.On(id, today); ok {
			out.Rules = append(out.Rules, r.Citation())
		}
	}
	d := c.dates
	d.Today = today
	if c.idNumber != nil {
		cite("GB-11643")
		n, faults := identity.StatedIDNumber(*c.idNumber)
		for _, fault := range faults {
			note(string(fault))
		}
		if c.sex != "" && n != "" && n.Sex() != c.sex {
			note(sexMismatch)
		}
		if born := n.Born(); born.Valid() {
			if !d.Born.IsZero() && born != d.Born {
				note(bornMismatch)
			}
			if d.Born.IsZero() {
				d.Born = born
			}
			if born.After(today) {
				note(string(rulebook.FutureDate))
			}
		}
	}
	if c.creditCode != nil {
		cite("GB-32100")
		if _, fault := identity.ParseCreditCode(*c.creditCode); fault != "" {
			note(string(fault))
		}
	}
	for _, finding := range b.CheckDates(d) {
		if finding.Rule.ID != "" {
			out.Rules = append(out.Rules, finding.Rule.Citation())
		}
		// Earlier eras had other probations, so nothing is refused for them; eighteen years at the application are asked always.
		if finding.Binding || finding.Fault == rulebook.Under18AtApplication {
			note(string(finding.Fault))
		}
	}
	return found
}
