package api

import (
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/parcel"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
)

type exportAsked struct {
	Body struct {
		Under string `json:"under" minLength:"1" maxLength:"64" doc:"Identifier of an organisation: its members and those of everything below it." example:"01KAS0000000000000000000CD"`
		Stated
		Format    string   `json:"format,omitempty" enum:"xlsx,csv" default:"xlsx" doc:"Excel workbook, or CSV in UTF-8." example:"csv"`
		Columns   []string `json:"columns,omitempty" nullable:"false" maxItems:"20" uniqueItems:"true" enum:"name,idNumber,sex,born,ethnicity,education,category,organisation,joined,confirmed,occupation,mobile,phone,address,registry,lost,lostOn,floating,floatingTo,care" doc:"Which columns; absent: all that the caller may take out." example:"[\"name\",\"category\",\"joined\"]"`
		Query     string   `json:"q,omitempty" maxLength:"64" doc:"As in GET /members." example:"zhangsan"`
		Category  string   `json:"category,omitempty" enum:"full,probationary" doc:"As in GET /members." example:"full"`
		Situation string   `json:"situation,omitempty" enum:"floating,lost,pending,returned,missing,probation,over70,care,ended" doc:"As in GET /members." example:"floating"`
	}
}

// fileGiven streams a file; nothing of it lies on disk in plain but what a workbook's writer spills into the private
// directory.
type fileGiven struct {
	Body func(huma.Context)
}

func exportRoster(c *call, in *exportAsked) (*fileGiven, error) {
	b := in.Body
	if err := c.person.Need(access.Run, access.Export); err != nil {
		return nil, err
	}
	f, err := c.narrow(Narrowed{Under: b.Under, Query: b.Query, Category: b.Category, Situation: b.Situation}, access.Run, access.Export)
	if err != nil {
		return nil, err
	}
	d, err := c.person.Allow(access.Run, access.Export, f.Under, "")
	if err != nil {
		return nil, err
	}
	columns := make([]roster.Column, len(b.Columns))
	for i, name := range b.Columns {
		columns[i] = roster.Column(name)
		if !d.Mask.Has(installation.ClassOf(columns[i])) {
			return nil, fault.New(fault.Forbidden, "您的角色不能导出“%s”。", columns[i].Title()).At("columns").By(d.Rule)
		}
	}
	purpose, err := b.text(access.ExportPurposes())
	if err != nil {
		return nil, err
	}
	e := installation.RosterExport{Under: f.Under, Purpose: purpose, Columns: columns, CSV: b.Format == "csv",
		Filter: member.Filter{Query: b.Query, Category: identity.Category(b.Category), Situation: member.Situation(b.Situation)}}
	return c.file("roster."+b.Format, b.Format, func(w io.Writer) error {
		_, err := c.in.ExportRoster(c, installation.ExporterOf(c.person, c.request), e, w)
		return err
	}), nil
}

// file streams what write writes. An error before the first byte is a problem as any other; one behind it cuts the
// connection, so that nobody takes half a file for a whole one.
func (c *call) file(name, format string, write func(io.Writer) error) *fileGiven {
	return &fileGiven{func(huma.Context) {
		w := &parcel.FirstByte{To: c.w, Before: func(h http.Header) {
			h.Set("Content-Type", "text/csv; charset=utf-8")
			if format != roster.FormatCSV {
				h.Set("Content-Type", sheetTypes[0])
			}
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		}}
		err := write(w)
		switch {
		case err == nil:
		case !w.Begun:
			c.s.write(c, c.s.problem(c, "file", err))
		default:
			_ = c.s.problem(c, "file", err) // for the log
			panic(http.ErrAbortHandler)
		}
	}}
}
