package admission

import (
	"context"
	"fmt"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Figures are the plan of a committee for a year (发展党员计划) beside what has come of it.
type Figures struct {
	Year, Planned int // Planned is -1 where nobody set a figure
	Document      string
	Admitted      int // by assemblies in the year
	Candidates    int // on the way since: agreed to in the year
	Version       int64
}

// Plan gives the figures of an organisation and below.
func (s *Service) Plan(ctx context.Context, r store.Reader, o org.Organisation, year int) (f Figures, err error) {
	f = Figures{Year: year, Planned: -1}
	if _, err = s.DB.As(store.System("figures of a plan")).One(ctx, "SELECT people, document, version FROM {quota} WHERE org_id = ? AND year = ?", []any{o.ID, year}, &f.Planned, &f.Document, &f.Version); err != nil {
		return f, err
	}
	within, err := r.Within(o.Path)
	if err != nil {
		return f, err
	}
	first, last := fmt.Sprintf("%04d-01-01", year), fmt.Sprintf("%04d-12-31", year)
	count := func(kind timeline.Kind, into *int) {
		if err == nil {
			_, err = within.One(ctx, "SELECT count(*) FROM {entry} WHERE kind = ? AND on_date >= ? AND on_date <= ? AND retired_at = 0", []any{string(kind), first, last}, into)
		}
	}
	count(timeline.AssemblyAdmitted, &f.Admitted)
	count(timeline.CandidateAgreed, &f.Candidates)
	return f, err
}

// SetPlan sets the figure of an organisation for a year. Only who is responsible above it may: the plan comes from above.
func (s *Service) SetPlan(ctx context.Context, actor ledger.Actor, orgID string, year, people int, document string, version int64) (err error) {
	defer fault.Wrap(&err, "admission: plan")
	o, err := org.ByID(ctx, s.DB.As(actor.Scope), orgID)
	if err != nil {
		return err
	}
	if err := s.Rights.May(ctx, actor, DoPlan, o.Path); err != nil {
		return err
	}
	document = strings.TrimSpace(document)
	switch {
	case o.Kind.IsBranch() || !o.Living():
		return fault.New(fault.Invalid, "计划指标下达给党委、党总支，不下达给党支部。").At("people").By(RuleCase)
	case year < 1949 || year > s.today().Year+1:
		return fault.New(fault.Invalid, "请填写今年或者明年。").At("year")
	case people < 0 || people > 100000:
		return fault.New(fault.Invalid, "请填写 %d 到 %d 之间的整数。", 0, 100000).At("people")
	case document == "" || len([]rune(document)) > 200:
		return fault.New(fault.Invalid, "请写明按什么文件，最多 %d 个字。", 200).At("document")
	}
	act := ledger.Act{Kind: DoPlan, Subject: "org", SubjectID: o.ID, OrgPath: o.Path, Reason: "下达发展党员计划", Source: document, Detail: map[string]any{"year": year, "people": people}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		set := store.Set
		var id string
		var now int64
		found, err := tx.One(ctx, "SELECT id, version FROM {quota} WHERE org_id = ? AND year = ?", []any{o.ID, year}, &id, &now)
		switch {
		case err != nil:
			return err
		case now != version:
			return stale()
		case found:
			_, err = tx.Update(ctx, "quota", store.ByID(id).And("version", version), set("people", people), set("document", document), set("account_id", actor.Account), set("actor", actor.Name), set("version", version+1))
			return err
		}
		return tx.Insert(ctx, "quota", set("id", s.Ledger.IDs.New()), set("org_id", o.ID), set("org_path", o.Path), set("year", year), set("people", people), set("document", document),
			set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
	})
}
