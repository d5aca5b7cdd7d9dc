package member

import (
	"zhibu/internal/civil"
	"zhibu/internal/party/roster"
)

func today(s *Service) civil.Date { return civil.Today(s.Clock) }

// valueOf is a column's value as a row stores it, sealed ones in plain; the days and answers too.
func valueOf(r roster.Record, c roster.Column) string {
	switch c {
	case roster.IDNumber:
		return string(r.IDNumber)
	case roster.Category:
		return string(r.Category)
	case roster.Joined:
		return r.Joined.String()
	case roster.Confirmed:
		return r.Confirmed.String()
	case roster.Lost:
		return string(r.Lost)
	case roster.LostOn:
		return r.LostOn.String()
	}
	return plainOf(r, c)
}

// assign takes a column's value from another record; sex and birthday go with the ID number.
func assign(into *roster.Record, c roster.Column, from roster.Record) {
	switch c {
	case roster.Name:
		into.Name = from.Name
	case roster.IDNumber:
		into.IDNumber, into.Sex, into.Born = from.IDNumber, from.Sex, from.Born
	case roster.Ethnicity:
		into.Ethnicity = from.Ethnicity
	case roster.Education:
		into.Education = from.Education
	case roster.Category:
		into.Category = from.Category
	case roster.Joined:
		into.Joined = from.Joined
	case roster.Confirmed:
		into.Confirmed = from.Confirmed
	case roster.Occupation:
		into.Occupation = from.Occupation
	case roster.Mobile:
		into.Mobile = from.Mobile
	case roster.Phone:
		into.Phone = from.Phone
	case roster.Address:
		into.Address = from.Address
	case roster.Registry:
		into.Registry = from.Registry
	case roster.Lost:
		into.Lost = from.Lost
	case roster.LostOn:
		into.LostOn = from.LostOn
	case roster.Floating:
		into.Floating = from.Floating
	case roster.FloatingTo:
		into.FloatingTo = from.FloatingTo
	case roster.Care:
		into.Care = from.Care
	}
}
