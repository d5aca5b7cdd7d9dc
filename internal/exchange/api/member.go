package api

import (
	"zhibu/internal/civil"
	"zhibu/internal/installation"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
)

// Member is a record as its reader may see it: what the role's mask does not cover is absent, and of the ID number
// and the phones there is never more than a tail.
type Member struct {
	ID           string   `json:"id" doc:"Identifier, stable and unique across installations." example:"01KAS0000000000000000000AB"`
	Organisation string   `json:"organisation" doc:"Identifier of the branch that keeps the membership (组织关系)." example:"01KAS0000000000000000000CD"`
	Name         string   `json:"name,omitempty" doc:"姓名." example:"石小满"`
	IDNumberTail string   `json:"idNumberTail,omitempty" doc:"Last four characters of the citizen ID number (公民身份号码)." example:"002X"`
	Sex          string   `json:"sex,omitempty" enum:"1,2" doc:"性别, GB/T 2261.1: 1 male, 2 female." example:"2"`
	Born         string   `json:"born,omitempty" doc:"Month of birth; the day is part of the ID number and needs a reveal." example:"1985-03"`
	Ethnicity    string   `json:"ethnicity,omitempty" doc:"民族, code of GB/T 3304." example:"01"`
	Education    string   `json:"education,omitempty" doc:"学历, code of GB/T 4658." example:"20"`
	Category     string   `json:"category,omitempty" enum:"full,probationary" doc:"人员类别: 正式党员 or 预备党员." example:"full"`
	Joined       string   `json:"joined,omitempty" format:"date" doc:"加入党组织日期: the day the branch assembly admitted. Absent where only the month is known." example:"2012-06-28"`
	Confirmed    string   `json:"confirmed,omitempty" format:"date" doc:"转为正式党员日期." example:"2013-06-28"`
	Occupation   string   `json:"occupation,omitempty" doc:"工作岗位." example:"小学教师"`
	Mobile       string   `json:"mobile,omitempty" doc:"手机号码, masked." example:"****5678"`
	Phone        string   `json:"phone,omitempty" doc:"固定电话, masked." example:"****5678"`
	AddressKnown *bool    `json:"addressKnown,omitempty" doc:"Whether an address (家庭住址) is on record; it is shown by a reveal only." example:"true"`
	Registry     string   `json:"registry,omitempty" enum:"normal,stopped" doc:"党籍状态: 正常 or 停止党籍." example:"normal"`
	Lost         *bool    `json:"lost,omitempty" doc:"是否为失联党员." example:"false"`
	LostOn       string   `json:"lostOn,omitempty" format:"date" doc:"失去联系日期." example:"2024-01-01"`
	Floating     *bool    `json:"floating,omitempty" doc:"是否为流动党员." example:"true"`
	FloatingTo   string   `json:"floatingTo,omitempty" doc:"外出流向." example:"浙江省杭州市"`
	Care         *bool    `json:"care,omitempty" doc:"是否需要关怀: old, ill or in need." example:"false"`
	Review       string   `json:"review" enum:"pending,returned,reviewed" doc:"Whether a second person has looked at the record: 待审核, 审核退回, 已审核." example:"reviewed"`
	State        string   `json:"state" enum:"active,ended" doc:"Whether the member is on the register." example:"active"`
	EndedOn      string   `json:"endedOn,omitempty" format:"date" doc:"The day the member left the register." example:"2026-01-15"`
	Missing      []string `json:"missing" nullable:"false" doc:"Fields that a complete record still lacks." example:"[\"address\"]"`
	Completeness int      `json:"completeness" doc:"Share of the facts of a complete record that are there, in percent." example:"90"`
	Visible      []string `json:"visible" nullable:"false" doc:"Classes of fields that the caller may see of this record: name, basic, party, flags, contact, identity, address, notes." example:"[\"name\",\"basic\",\"party\",\"flags\"]"`
	Version      int64    `json:"version" doc:"Grows with every change; a write names the version it saw. Also the ETag." example:"3"`
	Waits        string   `json:"waits,omitempty" doc:"After a write to a reviewed record (202): identifier of the review that the change waits in; the record is unchanged until a second person approves." example:"01KAS0000000000000000000AB"`
	Warnings     []Wrong  `json:"warnings,omitempty" doc:"After a write: what was accepted and should still be looked at."`
	Then
}

// encodeMember is the one place where a mask decides what of a record goes out.
func encodeMember(m member.Member, tails member.Tails, mask access.Mask) Member {
	out := Member{ID: m.ID, Organisation: m.OrgID, Review: string(m.Review), State: string(m.State), EndedOn: m.EndedOn.String(),
		Missing: namesOf(m.Missing.Columns()), Completeness: m.Missing.Percent(), Visible: mask.Codes(), Version: m.Version}
	sees := func(c roster.Column) bool { return mask.Has(installation.ClassOf(c)) }
	text := func(into *string, c roster.Column, v string) {
		if sees(c) {
			*into = v
		}
	}
	flag := func(into **bool, c roster.Column, v bool) {
		if sees(c) {
			*into = &v
		}
	}
	text(&out.Name, roster.Name, m.Name)
	text(&out.IDNumberTail, roster.IDNumber, tails.IDNumber)
	text(&out.Sex, roster.Sex, string(m.Sex))
	text(&out.Ethnicity, roster.Ethnicity, m.Ethnicity)
	text(&out.Education, roster.Education, m.Education)
	text(&out.Category, roster.Category, string(m.Category))
	text(&out.Joined, roster.Joined, m.Joined.String())
	text(&out.Confirmed, roster.Confirmed, m.Confirmed.String())
	text(&out.Occupation, roster.Occupation, m.Occupation)
	text(&out.Mobile, roster.Mobile, stars(tails.Mobile))
	text(&out.Phone, roster.Phone, stars(tails.Phone))
	text(&out.Registry, roster.Registry, string(m.Registry))
	text(&out.LostOn, roster.LostOn, m.LostOn.String())
	text(&out.FloatingTo, roster.FloatingTo, m.FloatingTo)
	flag(&out.AddressKnown, roster.Address, m.HasAddress())
	flag(&out.Lost, roster.Lost, m.Lost)
	flag(&out.Floating, roster.Floating, m.Floating)
	flag(&out.Care, roster.Care, m.Care)
	if mask.Has(access.BasicClass) { // the month; the day is of the class of the ID number
		out.Born = m.Born
	}
	if out.Visible == nil {
		out.Visible = []string{}
	}
	return out
}

// stars stands for the digits of a number before its tail.
func stars(tail string) string {
	if tail == "" {
		return ""
	}
	return "****" + tail
}

func namesOf(columns []roster.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = string(c)
	}
	return out
}

// MemberFacts are the fields of a record as they are written: as people write them, or in the codes that the record is
// read in.
type MemberFacts struct {
	Name       *string `json:"name,omitempty" maxLength:"100" doc:"姓名." example:"石小满"`
	IDNumber   *string `json:"idNumber,omitempty" maxLength:"40" doc:"公民身份号码, GB 11643; sex and birthday follow from it." example:"66010119850312002X"`
	Ethnicity  *string `json:"ethnicity,omitempty" maxLength:"40" doc:"民族: name or code of GB/T 3304." example:"汉族"`
	Education  *string `json:"education,omitempty" maxLength:"40" doc:"学历: name or code of GB/T 4658." example:"大学本科"`
	Category   *string `json:"category,omitempty" maxLength:"40" doc:"人员类别: full, probationary, 正式党员 or 预备党员." example:"full"`
	Joined     *string `json:"joined,omitempty" maxLength:"40" doc:"加入党组织日期, 2006-01-02." example:"2012-06-28"`
	Confirmed  *string `json:"confirmed,omitempty" maxLength:"40" doc:"转为正式党员日期, 2006-01-02; empty for probationary members." example:"2013-06-28"`
	Occupation *string `json:"occupation,omitempty" maxLength:"200" doc:"工作岗位." example:"小学教师"`
	Mobile     *string `json:"mobile,omitempty" maxLength:"100" doc:"手机号码." example:"15400001234"`
	Phone      *string `json:"phone,omitempty" maxLength:"100" doc:"固定电话." example:"0660-5551234"`
	Address    *string `json:"address,omitempty" maxLength:"300" doc:"家庭住址." example:"和平路 1 号"`
	Registry   *string `json:"registry,omitempty" maxLength:"40" doc:"党籍状态: normal, stopped, 正常 or 停止党籍." example:"normal"`
	Lost       *bool   `json:"lost,omitempty" doc:"是否为失联党员." example:"false"`
	LostOn     *string `json:"lostOn,omitempty" maxLength:"40" doc:"失去联系日期, 2006-01-02." example:"2024-01-01"`
	Floating   *bool   `json:"floating,omitempty" doc:"是否为流动党员." example:"false"`
	FloatingTo *string `json:"floatingTo,omitempty" maxLength:"200" doc:"外出流向." example:"浙江省杭州市"`
	Care       *bool   `json:"care,omitempty" doc:"是否需要关怀." example:"false"`
}

// typed gives the fields that were sent, as the roster reads them. A code becomes the name it stands for.
func (f MemberFacts) typed() map[roster.Column]string {
	out := map[roster.Column]string{}
	for c, v := range map[roster.Column]*string{roster.Name: f.Name, roster.IDNumber: f.IDNumber, roster.Ethnicity: f.Ethnicity,
		roster.Education: f.Education, roster.Category: f.Category, roster.Joined: f.Joined, roster.Confirmed: f.Confirmed,
		roster.Occupation: f.Occupation, roster.Mobile: f.Mobile, roster.Phone: f.Phone, roster.Address: f.Address,
		roster.Registry: f.Registry, roster.LostOn: f.LostOn, roster.FloatingTo: f.FloatingTo} {
		if v != nil {
			out[c] = *v
		}
	}
	if f.Category != nil {
		if n := identity.Category(*f.Category).Name(); n != "" {
			out[roster.Category] = n
		}
	}
	if f.Registry != nil {
		if n := identity.Registry(*f.Registry).Name(); n != "" {
			out[roster.Registry] = n
		}
	}
	for c, v := range map[roster.Column]*bool{roster.Lost: f.Lost, roster.Floating: f.Floating, roster.Care: f.Care} {
		if v == nil {
			continue
		}
		answer := identity.No
		if *v {
			answer = identity.Yes
		}
		out[c] = answer.Name()
	}
	return out
}

// day reads a day of a request, whose form the schema has checked.
func day(text string) (civil.Date, error) {
	if text == "" {
		return civil.Date{}, nil
	}
	return civil.Parse(text)
}
