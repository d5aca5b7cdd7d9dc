package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// The list's filter in an address: find (what was typed, sealed for this account), org (an id), category, state. It
// is the same on the list, the printed roster and the export.
const (
	findField  = "find"
	findSealed = "search"
	mostTyped  = 40
)

// sifted is a filter read from an address.
type sifted struct {
	member.Filter
	reader store.Reader // narrowed to where members may be listed
	org    org.Organisation
	typed  string
	query  string // the filter as a query, without paging
	narrow bool   // anything is set
}

// sift reads the filter. An organisation out of scope answers as one that does not exist.
func (v *visit) sift(q url.Values) (sifted, error) {
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return sifted{}, err
	}
	out := sifted{reader: r, Filter: member.Filter{On: v.today(), Category: identity.Category(q.Get("category")), Situation: member.Situation(q.Get("state"))}}
	keep := url.Values{}
	if _, known := situations[out.Situation]; !known {
		return out, fault.Missing()
	}
	if sealed := q.Get(findField); sealed != "" {
		plain, ok := v.s.sealer.open(findSealed, v.person.Account, sealed)
		if !ok {
			return out, fault.Missing()
		}
		out.typed, out.Query = string(plain), string(plain)
		keep.Set(findField, sealed)
	}
	if id := q.Get("org"); id != "" {
		if out.org, err = org.ByID(v.ctx(), v.in.DB.As(r.Scope()), id); err != nil {
			return out, err
		}
		out.Under = out.org.Path
		keep.Set("org", id)
	}
	for _, name := range []string{"category", "state"} {
		if q.Get(name) != "" {
			keep.Set(name, q.Get(name))
		}
	}
	out.narrow = len(keep) > 0
	out.query = keep.Encode()
	if paths := r.Scope().Paths(); out.Under == "" && len(paths) == 1 {
		out.Under = paths[0] // an index follows one range
	}
	return out, nil
}

// seek makes the address of a search, so that nothing that was typed stands in it.
func (v *visit) seek(typed string, place org.Organisation, category, state string) string {
	q := url.Values{}
	if r := []rune(typed); len(r) > mostTyped {
		typed = string(r[:mostTyped])
	}
	if typed != "" {
		q.Set(findField, v.s.sealer.seal(findSealed, v.person.Account, []byte(typed)))
	}
	for name, value := range map[string]string{"org": place.ID, "category": category, "state": state} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return withQuery(view.PathMembers, q.Encode())
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// plus adds a field to a query.
func plus(query, name, value string) string {
	if query != "" {
		query += "&"
	}
	return query + url.Values{name: {value}}.Encode()
}

// situations are the saved filters of the list.
var situations = map[member.Situation]view.Text{
	member.OnRegister: view.Say("在册"), member.ProbationEnd: view.Say("预备期快满"), member.Incomplete: view.Say("档案不完整"),
	member.Over70: view.Say("70 岁以上"), member.IsFloating: view.Say("流动党员"), member.IsLost: view.Say("失联党员"),
	member.NeedsCare: view.Say("需要关怀"), member.IsPending: view.Say("待审核"), member.IsReturned: view.Say("审核退回"), member.HasEnded: view.Say("已终结"),
	member.Lacks(roster.Ethnicity): view.Say("缺民族"), member.Lacks(roster.Education): view.Say("缺学历"), member.Lacks(roster.Occupation): view.Say("缺工作岗位"),
	member.Lacks(roster.Mobile): view.Say("缺电话"), member.Lacks(roster.Address): view.Say("缺住址"), member.Lacks(roster.Confirmed): view.Say("缺转正日期"),
}
