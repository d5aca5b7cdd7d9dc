package web

import (
	"io"

	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
)

// branchesOffered bounds the list of branches in a blank roster.
const branchesOffered = 500

// giveTemplate gives a blank roster that offers the branches of the visitor's area.
func (s *Server) giveTemplate(v *visit) error {
	r, err := v.readerFor(access.Run, access.Import)
	if err != nil {
		return err
	}
	if r, err = r.Within(v.person.Place()); err != nil {
		return err
	}
	var names []string
	for after := ""; len(names) < branchesOffered; {
		list, next, err := org.List(v.ctx(), r, after, 200)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.Living() && contains(memberKinds, o.Kind) && len(names) < branchesOffered {
				names = append(names, o.Name)
			}
		}
		if after = next; next == "" {
			break
		}
	}
	return v.download("党员花名册（空白）", roster.FormatXLSX, func(w io.Writer) error {
		return roster.WriteTemplate(w, roster.TemplateOptions{Branches: names, TempDir: v.in.Dir.Temp()})
	})
}
