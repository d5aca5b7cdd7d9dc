package steward

import (
	"context"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Decision is what an organisation decides for itself and everything below it. The faults name kind, level, steward,
// reviewer, from, to and basis.
type Decision struct {
	Org               string
	Kind              Kind
	Level             Level
	Steward, Reviewer string // a post each
	From, To          civil.Date
	Basis             string
}

const longestBasis = 200

func (d Decision) check(today civil.Date) error {
	steward, _ := postOf(d.Steward)
	reviewer, _ := postOf(d.Reviewer)
	switch {
	case !d.Kind.Valid():
		return fault.New(fault.Invalid, "请选择信息类别。").At("kind")
	case d.Level.Name() == "":
		return fault.New(fault.Invalid, "请选择哪一级党组织。").At("level")
	case steward.id == "" || !fits(steward, d.Level):
		return fault.New(fault.Invalid, "请选择%s里有的职务。", d.Level.Name()).At("steward")
	case reviewer.id == "":
		return fault.New(fault.Invalid, "请选择审核人的职务。").At("reviewer")
	case steward.id == reviewer.id:
		return fault.New(fault.Invalid, "责任人和审核人不能是同一个职务。").At("reviewer").By("H-09")
	case d.From.IsZero():
		return fault.New(fault.Invalid, "请填写从哪一天起。").At("from")
	case d.From.Before(today):
		return fault.New(fault.Invalid, "不能改以前的分工：开始日期不能早于今天。").At("from")
	case !d.To.IsZero() && d.To.Before(d.From):
		return fault.New(fault.Invalid, "截止日期早于开始日期。").At("to")
	case strings.TrimSpace(d.Basis) == "":
		return fault.New(fault.Invalid, "请写明依据：哪个文件、哪次会议定的。").At("basis")
	case len([]rune(d.Basis)) > longestBasis:
		return fault.New(fault.Invalid, "依据最多 %d 个字。", longestBasis).At("basis")
	}
	return nil
}

func fits(p post, l Level) bool {
	for _, at := range p.levels {
		if at == l {
			return true
		}
	}
	return false
}

// Set records a decision. A second one of the same organisation about the same at the same time is fault.Conflict.
func (s *Service) Set(ctx context.Context, actor ledger.Actor, d Decision) (id string, err error) {
	defer fault.Wrap(&err, "steward: set")
	o, err := org.ByID(ctx, s.db().As(actor.Scope), d.Org)
	if err != nil {
		return "", err
	}
	if err := s.Rights.May(ctx, actor, DoSet, o.Path); err != nil {
		return "", err
	}
	if err := d.check(s.today()); err != nil {
		return "", err
	}
	if !o.Living() {
		return "", fault.New(fault.Invalid, "这个党组织已经撤销。")
	}
	id = s.ledger().IDs.New()
	act := &ledger.Act{Kind: DoSet, Subject: "steward", SubjectID: id, OrgPath: o.Path, Reason: d.Basis, Source: d.Basis, Detail: map[string]any{"kind": d.Kind, "level": d.Level}}
	_, err = s.ledger().DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		now, err := org.ByID(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		act.OrgPath = now.Path
		if err := s.Rights.Inside(ctx, tx, actor, DoSet, now.Path, ""); err != nil {
			return err
		}
		if err := s.free(ctx, tx, now, d); err != nil {
			return err
		}
		return tx.Insert(ctx, "steward", store.Set("id", id), store.Set("org_id", now.ID), store.Set("org_path", now.Path), store.Set("kind", string(d.Kind)), store.Set("level", string(d.Level)),
			store.Set("steward", d.Steward), store.Set("reviewer", d.Reviewer), store.Set("from_on", d.From.String()), store.Set("to_on", d.To.String()),
			store.Set("basis", strings.TrimSpace(d.Basis)), store.Set("version", 1))
	})
	return id, err
}

// free refuses a decision that holds at the same time as another of the same organisation about the same.
func (s *Service) free(ctx context.Context, tx *store.Tx, o org.Organisation, d Decision) error {
	if err := tx.Lock(ctx, "steward "+o.ID); err != nil {
		return err
	}
	rules, err := s.rules(ctx, tx.System("stewards"), []Place{{ID: o.ID, Path: o.Path}})
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.Kind == d.Kind && r.Level == d.Level && (d.To.IsZero() || !r.From.After(d.To)) && (r.To.IsZero() || !d.From.After(r.To)) {
			return fault.New(fault.Conflict, "这一类在这段时间里已经定过了，请先结束原来的规定。").At("kind")
		}
	}
	return nil
}

// End lets a decision hold no longer than a day; what held before stays readable.
func (s *Service) End(ctx context.Context, actor ledger.Actor, id string, version int64, last civil.Date, reason string) (err error) {
	defer fault.Wrap(&err, "steward: end")
	today := s.today()
	switch {
	case last.IsZero() || last.Before(today.AddDays(-1)):
		return fault.New(fault.Invalid, "请填写最后一天，不能早于昨天。").At("last")
	case strings.TrimSpace(reason) == "":
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	act := &ledger.Act{Kind: DoEnd, Subject: "steward", SubjectID: id, Reason: reason}
	_, err = s.ledger().DoAct(ctx, actor, act, func(tx *store.Tx) error {
		var path string
		var until civil.Date
		found, err := tx.One(ctx, "SELECT org_path, to_on FROM {steward} WHERE id = ?", []any{id}, &path, &until)
		if err == nil && !found {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		act.OrgPath = path
		if err := s.Rights.Inside(ctx, tx, actor, DoSet, path, ""); err != nil {
			return err
		}
		if !until.IsZero() && !last.Before(until) {
			return fault.New(fault.Invalid, "这条规定到 %s 已经结束。", until).At("last")
		}
		n, err := tx.Update(ctx, "steward", store.ByID(id).And("version", version), store.Set("to_on", last.String()), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "别人刚刚改过这条规定，请看现在的内容再办。")
		}
		return err
	})
	return err
}
