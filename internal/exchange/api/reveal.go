package api

import (
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Stated is for what data is shown in full or taken out; it is recorded before anything is given.
type Stated struct {
	Purpose string `json:"purpose,omitempty" maxLength:"40" doc:"Code of a purpose, see GET /purposes; not needed to see one's own record." example:"verify-identity"`
	Note    string `json:"note,omitempty" maxLength:"200" doc:"The purpose in words; needed with inspection and other." example:"换发党员证"`
}

// text checks a purpose against those that are offered, and gives the words for the record.
func (p Stated) text(offered []access.Purpose) (string, error) {
	for _, o := range offered {
		if o.Code != p.Purpose {
			continue
		}
		note := strings.TrimSpace(p.Note)
		if note == "" && o.Free {
			return "", fault.New(fault.Invalid, "请写明用途。").At("note").By("P-02")
		}
		if note == "" {
			return o.Text, nil
		}
		return o.Text + "：" + note, nil
	}
	return "", fault.New(fault.Invalid, "请说明用途，从列出的用途里选一项。").At("purpose").By("P-02")
}

// Offered is a purpose to choose.
type Offered struct {
	Code   string `json:"code" doc:"What to send as purpose." example:"contact"`
	Name   string `json:"name" doc:"In the language of Accept-Language." example:"通知组织生活、联系本人"`
	Reveal bool   `json:"reveal" doc:"For a reveal."`
	Export bool   `json:"export" doc:"For an export."`
	Note   bool   `json:"note" doc:"Whether a note is needed."`
}

func listPurposes(c *call, in *Page) (*listed[Offered], error) {
	var items []Offered
	seen := map[string]bool{}
	for _, p := range append(access.RevealPurposes(), access.ExportPurposes()...) {
		if !seen[p.Code] {
			seen[p.Code] = true
			items = append(items, Offered{p.Code, words.T(c, p.Text), p.Reveal, p.Export, p.Free})
		}
	}
	return part(c, items, *in)
}

type revealAsked struct {
	ID
	Body struct {
		Stated
		Fields []string `json:"fields" minItems:"1" maxItems:"6" uniqueItems:"true" nullable:"false" enum:"idNumber,born,mobile,phone,address,note" doc:"Which fields to show in full." example:"[\"idNumber\"]"`
		Facts  []string `json:"facts,omitempty" maxItems:"20" uniqueItems:"true" doc:"Identifiers of dated facts that are earlier values of sealed fields, to be shown in full too." example:"[]"`
	}
}

// Revealed are sealed fields in full.
type Revealed struct {
	ID       string            `json:"id" doc:"The member's identifier." example:"01KAS0000000000000000000AB"`
	IDNumber *string           `json:"idNumber,omitempty" doc:"公民身份号码." example:"66010119850312002X"`
	Born     *string           `json:"born,omitempty" format:"date" doc:"The day of birth." example:"1985-03-12"`
	Mobile   *string           `json:"mobile,omitempty" doc:"手机号码." example:"15400001234"`
	Phone    *string           `json:"phone,omitempty" doc:"固定电话." example:"0660-5551234"`
	Address  *string           `json:"address,omitempty" doc:"家庭住址." example:"和平路 1 号"`
	Earlier  map[string]string `json:"earlier,omitempty" doc:"By identifier of the dated fact: the earlier value."`
	Notes    []Note            `json:"notes,omitempty" doc:"Cells of imported sheets that have no field; of one's own record only."`
}

// Note is a cell that has no field.
type Note struct {
	Header string `json:"header" doc:"The header it stood under." example:"特长"`
	Text   string `json:"text" doc:"What it said." example:"书法"`
}

type revealGiven struct{ Body Revealed }

func revealMember(c *call, in *revealAsked) (*revealGiven, error) {
	m, _, err := c.one(in.ID.ID)
	if err != nil {
		return nil, err
	}
	fields := make([]roster.Column, len(in.Body.Fields))
	for i, f := range in.Body.Fields {
		fields[i] = roster.Column(f)
	}
	purpose := ""
	if m.ID != c.person.Member {
		if purpose, err = in.Body.text(access.RevealPurposes()); err != nil {
			return nil, err
		}
	}
	old, err := c.oldFacts(m, in.Body.Facts)
	if err != nil {
		return nil, err
	}
	rec, err := c.in.Members.Reveal(c, c.actor(), m.ID, purpose, fields...)
	if err != nil {
		return nil, err
	}
	out := &revealGiven{Revealed{ID: m.ID}}
	if len(old) > 0 {
		values, err := c.in.Members.RevealOld(c, c.actor(), m.ID, purpose, old...)
		if err != nil {
			return nil, err
		}
		out.Body.Earlier = map[string]string{}
		for i, o := range old {
			out.Body.Earlier[o.Fact] = values[i]
		}
	}
	for _, f := range fields {
		out.Body.set(f, rec)
	}
	return out, nil
}

// oldFacts finds the earlier values that are asked for.
func (c *call) oldFacts(m member.Member, ids []string) (out []member.Old, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r, err := c.reader(access.See, access.Member)
	if err != nil {
		return nil, err
	}
	list, err := c.in.Members.Facts(c, r, m.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if slices.Contains(ids, f.ID) && f.Kind.Column().Sensitive() {
			out = append(out, member.Old{Column: f.Kind.Column(), Fact: f.ID})
		}
	}
	if len(out) != len(ids) {
		return nil, fault.New(fault.Invalid, "没有这一条，请重新查看后再选。").At("facts")
	}
	return out, nil
}

func (r *Revealed) set(f roster.Column, rec roster.Record) {
	switch f {
	case roster.IDNumber:
		v := string(rec.IDNumber)
		r.IDNumber = &v
	case roster.Born:
		v := rec.Born.String()
		r.Born = &v
	case roster.Mobile:
		r.Mobile = &rec.Mobile
	case roster.Phone:
		r.Phone = &rec.Phone
	case roster.Address:
		r.Address = &rec.Address
	case roster.Note:
		for _, n := range rec.Notes {
			r.Notes = append(r.Notes, Note(n))
		}
	}
}
