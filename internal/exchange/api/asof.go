package api

import (
	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// AsOf asks for what was true on a day.
type AsOf struct {
	AsOf string `query:"as_of" format:"date" doc:"What was true on this day; absent: today. What the caller may see is decided by today's tree and rights." example:"2025-07-01"`
}

// day is the day asked for; zero for the present.
func (a AsOf) day(c *call) (civil.Date, error) {
	on, err := day(a.AsOf)
	if err != nil {
		return on, fault.New(fault.Invalid, "没有这一天，请核对日期。").At("as_of").By("K-12")
	}
	if on.IsZero() {
		return on, nil
	}
	return on, org.DayOf(on, civil.Today(c.in.Clock))
}

// organisationsAsOf lists the organisations that were there on a day.
func (c *call) organisationsAsOf(r store.Reader, scope store.Scope, on civil.Date, p Page) (*listed[Organisation], error) {
	found, next, err := org.ListAsOf(c, r, on, p.After, p.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]Organisation, len(found))
	for i, t := range found {
		if items[i], err = c.encodeThen(scope, t, on); err != nil {
			return nil, err
		}
	}
	return page(c, items, next), nil
}

// encodeThen writes an organisation as it was: the superior of that day where the caller may see it, no phone.
func (c *call) encodeThen(s store.Scope, t org.Then, on civil.Date) (Organisation, error) {
	o := t.Organisation
	if o.Abolished.After(on) {
		o.Abolished = civil.Date{} // nobody knew that yet
	}
	out := encodeOrganisation(s, o)
	out.AsOf, out.State, out.Parent, out.NameLate, out.NameUnknown = on.String(), string(t.State), "", t.NameLate, t.NameUnknown
	r, err := c.reader(access.See, access.Org)
	if err != nil || t.ParentID == "" {
		return out, err
	}
	_, err = r.One(c, "SELECT id FROM {org} WHERE id = ?", []any{t.ParentID}, &out.Parent)
	return out, err
}

// membersThen lists who was a member at or below an organisation on a day.
func (c *call) membersThen(r store.Reader, in *membersAsked) (*listed[Member], error) {
	on, err := AsOf{in.AsOf}.day(c)
	if err != nil {
		return nil, err
	}
	if in.Query != "" || in.Category != "" || in.Situation != "" {
		return nil, fault.New(fault.Invalid, "as_of 只能和 under 一起用。").At("as_of")
	}
	if in.Under == "" {
		return nil, fault.New(fault.Invalid, "请写明是哪个党组织（under）。").At("under")
	}
	if _, err := c.narrow(in.Narrowed, access.List, access.Member); err != nil {
		return nil, err
	}
	top, err := org.ByID(c, r, in.Under)
	if err != nil {
		return nil, err
	}
	branches, err := org.BranchesAsOf(c, r, on, top)
	if err != nil {
		return nil, err
	}
	places := make([]member.Place, len(branches))
	for i, b := range branches {
		places[i] = member.Place{ID: b.ID, Path: b.Path}
	}
	list, next, err := c.in.Members.InPlacesOn(c, r, places, on, in.After, in.Limit)
	if fault.Of(err) == fault.NotFound && in.After != "" {
		return nil, badCursor()
	}
	if err != nil {
		return nil, err
	}
	items := make([]Member, len(list))
	for i, m := range list {
		d, err := c.person.Allow(access.List, access.Member, m.OrgPath, m.ID)
		if err != nil {
			return nil, err
		}
		items[i] = encodeMember(m.Member, member.Tails{}, d.Mask)
		items[i].Organisation, items[i].Then.AsOf = m.In, on.String()
		if d.Mask.Has(access.PartyClass) {
			items[i].Standing = string(m.Status.Standing)
		}
	}
	return page(c, items, next), nil
}
