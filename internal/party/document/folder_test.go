package document_test

import (
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/document"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/rulebook"
)

func TestFolderOf(t *testing.T) {
	s := &document.Service{Members: &member.Service{Rules: rulebook.Default()}}
	have := []document.Document{{ID: "1", Kind: document.AdmissionBook}, {ID: "2", Kind: document.AdmissionBook}, {ID: "3", Kind: document.IDCard}}
	for _, c := range []struct {
		name     string
		joined   string
		category identity.Category
		of, gone int
		version  string
		binding  bool
	}{
		{"probationary, this year", "2026-06-18", identity.Probationary, 4, 3, "2026", true},
		{"full, admitted under the rules of 2014", "2015-07-01", identity.Full, 5, 4, "2014", true},
		{"full, admitted before the book knows", "1976-07-01", identity.Full, 5, 0, "2014", false},
	} {
		f := s.FolderOf(member.Member{Category: c.category, Joined: civil.MustParse(c.joined)}, have)
		if len(f.Materials) != c.of || f.Missing() != c.gone || f.Rule.Version != c.version || f.Binding != c.binding {
			t.Errorf("%s: %d of %d missing by %s, binding %v", c.name, f.Missing(), len(f.Materials), f.Rule.Version, f.Binding)
		}
		for _, m := range f.Materials {
			if !m.Kind.Known() {
				t.Errorf("%s: the book names %q, which is no kind", c.name, m.Kind)
			}
			if (m.Kind == document.Application) != (m.From == document.FromMember && m.Kind != document.ConfirmationApplication) {
				t.Errorf("%s: %s comes from %s", c.name, m.Kind, m.From)
			}
		}
	}
}
