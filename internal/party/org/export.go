package org

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Export asks for all organisations at and below one. Under is its id; Purpose is recorded.
type Export struct {
	Under   string
	Purpose string
}

// Export records the act and then gives every organisation to fn, superiors first, with the code of the superior, ""
// for the first. Phone numbers stay sealed. A fault names purpose.
func (s *Service) Export(ctx context.Context, actor ledger.Actor, in Export, fn func(o Organisation, superior string) error) error {
	purpose, err := required(in.Purpose, "purpose", words.Mark("用途"), longestReason)
	if err != nil {
		return err
	}
	top, err := ByID(ctx, s.DB.As(actor.Scope), in.Under)
	if err != nil {
		return err
	}
	if !actor.Scope.Holds(top.Path) {
		return fault.Missing()
	}
	if err := s.may(ctx, actor, ActExport, top.Path); err != nil {
		return err
	}
	err = s.Ledger.Note(ctx, actor, ledger.Act{Kind: ActExport, Subject: "org", SubjectID: top.ID, OrgPath: top.Path, Reason: purpose})
	if err != nil {
		return err
	}
	within, err := actor.Scope.Within(top.Path)
	if err != nil {
		return err
	}
	codes := map[string]string{} // of those above the one that is read
	return s.DB.View(ctx, within, func(r store.Reader) error {
		return r.Each(ctx, "SELECT "+orgColumns+" FROM {org} o ORDER BY o.path", nil, func(row store.Row) error {
			o, err := scanOrganisation(row)
			if err != nil {
				return err
			}
			o.phone = nil
			codes[o.ID] = o.Code
			return fn(o, codes[o.ParentID])
		})
	})
}
