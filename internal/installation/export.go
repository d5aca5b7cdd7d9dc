package installation

import (
	"context"
	"errors"
	"io"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// classOf is the class of fields each column of a roster belongs to; a role's mask decides which it sees.
var classOf = map[roster.Column]access.Mask{
	roster.Name: access.NameClass, roster.IDNumber: access.IdentityClass, roster.Sex: access.BasicClass, roster.Born: access.IdentityClass,
	roster.Ethnicity: access.BasicClass, roster.Education: access.BasicClass, roster.Category: access.PartyClass, roster.Organisation: access.NameClass,
	roster.Joined: access.PartyClass, roster.Confirmed: access.PartyClass, roster.Occupation: access.BasicClass, roster.Mobile: access.ContactClass,
	roster.Phone: access.ContactClass, roster.Address: access.AddressClass, roster.Registry: access.PartyClass, roster.Lost: access.FlagClass,
	roster.LostOn: access.FlagClass, roster.Floating: access.FlagClass, roster.FloatingTo: access.FlagClass, roster.Care: access.FlagClass,
	roster.Note: access.NotesClass, steward.OfDocument: access.PartyClass, steward.OfOrganisation: access.NameClass,
}

// ClassOf is the class of fields a column belongs to. The day of birth is of the class of the ID number, which holds it.
// What is said of dated facts names them by their kind.
func ClassOf(c roster.Column) access.Mask {
	if m, ok := classOf[c]; ok {
		return m
	}
	return ClassOfFact(member.FactKind(c))
}

// ClassOfFact is the class of fields that a dated fact belongs to: an earlier value to that of its column; honours, jobs and
// trainings to what organisational life needs; care and hardship to what few see.
func ClassOfFact(k member.FactKind) access.Mask {
	if c := k.Column(); c != "" {
		return ClassOf(c)
	}
	switch k {
	case member.Honour, member.Training:
		return access.PartyClass
	case member.Job:
		return access.BasicClass
	}
	return access.NotesClass
}

// ColumnsFor are the roster's columns that a mask lets see, in their order.
func ColumnsFor(m access.Mask) []roster.Column {
	var out []roster.Column
	for _, c := range roster.Columns {
		if m.Has(classOf[c]) {
			out = append(out, c)
		}
	}
	return out
}

// Exporter is who takes a roster out; Person is nil for the operator at the machine.
type Exporter struct {
	Actor  ledger.Actor
	Person *access.Person
}

// ExporterOf is somebody signed in.
func ExporterOf(p *access.Person, request string) Exporter { return Exporter{p.Actor(request), p} }

// RosterExport says what is taken out. Columns empty: everything the exporter may see.
type RosterExport struct {
	Under   string
	Filter  member.Filter
	Purpose string
	Columns []roster.Column
	CSV     bool
}

// ExportRoster writes a roster that can be imported again, with the columns that the exporter may see.
func (in *Installation) ExportRoster(ctx context.Context, who Exporter, e RosterExport, w io.Writer) (n int, err error) {
	mask := access.EveryMask
	if who.Person != nil {
		d, err := who.Person.Allow(access.Run, access.Export, e.Under, "")
		if err != nil {
			return 0, err
		}
		mask = d.Mask
	}
	columns := ColumnsFor(mask)
	if len(e.Columns) > 0 {
		for _, c := range e.Columns {
			if !mask.Has(classOf[c]) {
				return 0, fault.New(fault.Forbidden, "您的角色不能导出“%s”。", c.Title()).At("columns").By("A-44")
			}
		}
		columns = e.Columns
	}
	format := roster.FormatXLSX
	if e.CSV {
		format = roster.FormatCSV
	}
	out, err := roster.NewExport(w, format, columns, roster.ExportOptions{TempDir: in.Dir.Temp()})
	if err != nil {
		return 0, err
	}
	f := e.Filter
	f.Under, f.On = e.Under, civil.Today(in.Clock)
	n, err = in.Members.Export(ctx, who.Actor, member.Export{Filter: f, Purpose: e.Purpose, Columns: columns}, out.Add)
	if err != nil {
		return n, errors.Join(err, out.Discard())
	}
	return n, out.Close()
}
