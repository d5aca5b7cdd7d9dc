package duesbook

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// OutlayKind says where money went.
type OutlayKind string

// The kinds.
const (
	Remit OutlayKind = "remit" // passed on upwards, F-15
	Use   OutlayKind = "use"   // spent, F-17
)

// Purposes are what dues may be spent on (F-17), as keys of the catalogue.
var Purposes = []string{words.Mark("培训党员"), words.Mark("订阅党员教育报刊、资料"), words.Mark("表彰先进"), words.Mark("补助生活困难的党员"), words.Mark("补助遭受灾害的党员和修缮设施")}

// Outlay is a sum that left an organisation.
type Outlay struct {
	ID, Org, OrgPath string
	Kind             OutlayKind
	Year             int // of whose dues it is
	On               civil.Date
	Sum              dues.Fen
	Purpose          string
	Document         string
	Actor            string
	Version          int64
}

func outlays(ctx context.Context, r store.Reader, where string, args ...any) (out []Outlay, err error) {
	err = r.Each(ctx, "SELECT id, org_id, org_path, kind, year, on_date, sum_fen, purpose, document, actor, version FROM {outlay} WHERE "+where, args, func(row store.Row) error {
		var x Outlay
		err := row.Scan(&x.ID, &x.Org, &x.OrgPath, &x.Kind, &x.Year, &x.On, &x.Sum, &x.Purpose, &x.Document, &x.Actor, &x.Version)
		out = append(out, x)
		return err
	})
	return out, err
}

// Spend records what was passed on upwards of a closed year, or spent. The faults name kind, on, sum, purpose, document.
func (s *Service) Spend(ctx context.Context, actor ledger.Actor, x Outlay) (id string, err error) {
	defer fault.Wrap(&err, "dues: outlay")
	o, err := s.place(ctx, actor, x.Org)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoSpend, o.Path)
	}
	if err != nil {
		return "", err
	}
	x.Document = strings.TrimSpace(x.Document)
	switch {
	case x.Kind != Remit && x.Kind != Use:
		return "", fault.New(fault.Invalid, "请选择上缴还是使用。").At("kind").By("F-17")
	case x.On.IsZero() || x.On.After(s.today()) || x.On.Before(firstDay):
		return "", fault.New(fault.Invalid, "请填写日期，不能晚于今天。").At("on").By("F-15")
	case x.Sum <= 0 || x.Sum > dues.Most:
		return "", fault.New(fault.Invalid, "请填写金额，写成 15.00，要大于 0。").At("sum").By("F-15")
	case x.Kind == Use && !slices.Contains(Purposes, x.Purpose):
		return "", fault.New(fault.Invalid, "请选择用途。党费只用于规定的几个方面。").At("purpose").By("F-17")
	case x.Document == "" || len([]rune(x.Document)) > longest:
		return "", fault.New(fault.Invalid, "请写明凭据：上缴回执、发票、会议决定。").At("document").By("F-17")
	}
	if x.Kind == Remit {
		x.Purpose = ""
	}
	id = s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoSpend, Subject: "outlay", SubjectID: id, OrgPath: o.Path, Reason: "登记党费上缴和使用", Source: x.Document, Detail: map[string]any{"kind": x.Kind, "fen": int64(x.Sum), "year": x.Year}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, o); err != nil {
			return err
		}
		a, err := s.Account(ctx, tx, o, x.Year)
		if err != nil {
			return err
		}
		if x.Kind == Remit && !a.Closed {
			return fault.New(fault.Conflict, "%d 年还没有结账，结账以后才知道上缴多少。", x.Year).At("kind").By("F-15")
		}
		if left := a.Closing.Passed - a.Remitted; x.Kind == Remit && x.Sum > left {
			return fault.New(fault.Invalid, "%d 年应上缴 %s 元，已经上缴 %s 元，还可以上缴 %s 元，填的是 %s 元。", x.Year, a.Closing.Passed.String(), a.Remitted.String(), left.String(), x.Sum.String()).At("sum").By("F-15")
		}
		set := store.Set
		return tx.Insert(ctx, "outlay", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("kind", string(x.Kind)), set("year", x.Year), set("on_date", x.On.String()), set("sum_fen", int64(x.Sum)),
			set("purpose", x.Purpose), set("document", x.Document), set("account_id", actor.Account), set("actor", actor.Name), set("retired_at", 0), set("retired_by", ""), set("retired_why", ""), set("version", 1))
	})
	return id, err
}

// TakeBack takes a recorded outlay back.
func (s *Service) TakeBack(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "dues: outlay")
	list, err := outlays(ctx, s.DB.As(actor.Scope), "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err == nil {
		err = s.Rights.May(ctx, actor, DoSpend, list[0].OrgPath)
	}
	if err == nil {
		err = said(reason)
	}
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoSpend, Subject: "outlay", SubjectID: id, OrgPath: list[0].OrgPath, Reason: strings.TrimSpace(reason), Detail: map[string]any{"back": true}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "outlay", store.ByID(id).And("version", version).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
			store.Set("retired_why", strings.TrimSpace(reason)), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
}
