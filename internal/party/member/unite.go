package member

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Two records of one person become one, and can be made two again.
const (
	DoUnite    = "member.unite"
	DoSeparate = "member.separate"
)

// Unite makes one record of two. The fault names the fields other, choices and those of the Basis.
type Unite struct {
	Kept, Other               string // ids; the other record ends and stays readable
	KeptVersion, OtherVersion int64
	FromOther                 []roster.Column // facts whose value is taken from the other record; an empty one is always filled
	Basis
}

// unitable are the columns about which two records may disagree.
var unitable = []roster.Column{roster.Name, roster.IDNumber, roster.Ethnicity, roster.Education, roster.Category, roster.Joined, roster.Confirmed, roster.Occupation,
	roster.Mobile, roster.Phone, roster.Address, roster.Registry, roster.Lost, roster.LostOn, roster.Floating, roster.FloatingTo, roster.Care}

// Uniting checks that one record is kept and the other ends. Every value that is not taken is kept beside as what the
// other record, or this one, had said; the dated facts of the other are copied. Versions that are zero are not asked for.
// r reads both records; who may unite them is the caller's to ask.
func (s *Service) Uniting(ctx context.Context, r store.Reader, in Unite) (c *Change, err error) {
	defer fault.Wrap(&err, "member: unite")
	if err := s.checkBasis(in.Basis); err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Document) == "" {
		return nil, fault.New(fault.Invalid, "请填写证明是同一个人的材料。").At("document")
	}
	kept, other, err := s.pair(ctx, r, in.Kept, in.Other)
	if err != nil {
		return nil, err
	}
	if in.KeptVersion != 0 && kept.Version != in.KeptVersion || in.OtherVersion != 0 && other.Version != in.OtherVersion {
		return nil, Stale()
	}
	if kept.State != Active || other.State != Active {
		return nil, fault.New(fault.Invalid, "只能合并两份在册的档案。").At("other")
	}
	has, had, err := s.both(ctx, kept, other)
	if err != nil {
		return nil, err
	}
	merged, _, _ := choose(has, had, in.FromOther)
	c = &Change{Kind: DoUnite, Member: kept, Other: &other, To: other.ID, ToPath: other.OrgPath, Basis: in.Basis, FromOther: in.FromOther,
		Old: map[roster.Column]string{}, New: map[roster.Column]string{}}
	before, after := asTyped(has), asTyped(merged)
	for _, col := range roster.Columns {
		if before[col] != after[col] {
			c.Fields = append(c.Fields, col)
			c.Old[col], c.New[col] = before[col], after[col]
		}
	}
	return c, nil
}

// pair reads two records.
func (s *Service) pair(ctx context.Context, r store.Reader, keptID, otherID string) (kept, other Member, err error) {
	if kept, err = s.ByID(ctx, r, keptID); err != nil {
		return kept, other, err
	}
	other, err = s.ByID(ctx, r, otherID)
	switch {
	case fault.Of(err) == fault.NotFound:
		err = fault.New(fault.Invalid, "没有找到另一份档案，请核对后再选。").At("other")
	case err == nil && keptID == otherID:
		err = fault.New(fault.Invalid, "这是同一份档案，请选另一份。").At("other")
	}
	return kept, other, err
}

// both opens two records.
func (s *Service) both(ctx context.Context, kept, other Member) (has, had roster.Record, err error) {
	if has, err = s.opened(ctx, kept); err == nil {
		had, err = s.opened(ctx, other)
	}
	return has, had, err
}

// unite makes one record of two inside an act; then is what the kept one is reviewed as.
func (s *Service) unite(ctx context.Context, tx *store.Tx, actor ledger.Actor, c *Change, then Review) error {
	kept, other, b := c.Member, *c.Other, c.Basis
	for _, m := range []*Member{&kept, &other} {
		if err := s.stay(ctx, tx, m); err != nil {
			return err
		}
	}
	has, had, err := s.both(ctx, kept, other)
	if err != nil {
		return err
	}
	merged, left, beside := choose(has, had, c.FromOther)
	for _, m := range []Member{kept, other} { // accounts of both are one person's from now on
		if err := s.onePerson(ctx, tx.System("one person"), m.ID, merged); err != nil {
			return err
		}
	}
	if err := s.putUnited(ctx, tx, kept, other, has, had, merged, left, then); err != nil {
		return err
	}
	for _, col := range unitable {
		if beside[col] == "" {
			continue
		}
		f := Fact{ID: s.Ledger.IDs.New(), Member: kept.ID, Kind: Aside(col), Text: beside[col], Document: b.Document, Reason: b.Reason, Account: actor.Account, Actor: actor.Name, Version: 1}
		if err := s.insertFact(ctx, tx, &kept, f); err != nil {
			return err
		}
	}
	if err := s.copyFacts(ctx, tx, actor, &kept, other.ID, b); err != nil {
		return err
	}
	if err := s.goAlong(ctx, tx, actor, c, kept); err != nil {
		return err
	}
	on := b.On
	if on.IsZero() {
		on = today(s)
	}
	return tx.Insert(ctx, "member_event", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", other.ID), store.Set("org_id", other.OrgID),
		store.Set("org_path", other.OrgPath), store.Set("kind", string(United)), store.Set("on_date", on.String()), store.Set("reason", b.Reason),
		store.Set("document", b.Document), store.Set("was", ""), store.Set("became", kept.ID))
}

// choose makes the record that is kept, what is left of the other (which needs an ID number of its own), and the values
// that are in neither place of the kept one.
func choose(has, had roster.Record, fromOther []roster.Column) (merged, left roster.Record, beside map[roster.Column]string) {
	merged, left, beside = has, had, map[roster.Column]string{}
	for _, c := range unitable {
		mine, theirs := valueOf(has, c), valueOf(had, c)
		switch {
		case theirs == "" || theirs == mine:
		case mine == "" || slices.Contains(fromOther, c):
			assign(&merged, c, had)
			beside[c] = mine
			if c == roster.IDNumber {
				assign(&left, c, has)
			}
		default:
			beside[c] = theirs
		}
	}
	if len(had.Notes) > 0 {
		merged.Notes = append(slices.Clone(has.Notes), had.Notes...)
	}
	return merged, left, beside
}

// putUnited writes both rows and the counts. An ID number that goes over is first taken off the other row: no two have
// the same.
func (s *Service) putUnited(ctx context.Context, tx *store.Tx, kept, other Member, has, had, merged, left roster.Record, then Review) error {
	return keepAging(ctx, tx, func() error { return s.putBoth(ctx, tx, kept, other, has, had, merged, left, then) }, kept.ID, other.ID)
}

func (s *Service) putBoth(ctx context.Context, tx *store.Tx, kept, other Member, has, had, merged, left roster.Record, then Review) error {
	keys, err := s.Vault.Persons(ctx, []string{kept.ID, other.ID})
	if err != nil {
		return err
	}
	if err := s.aside(ctx, tx, other.ID); err != nil {
		return err
	}
	set := append(s.difference(kept, has, merged, keys[kept.ID]), store.Set("review", string(then)), store.Set("version", kept.Version+1))
	end := append(s.difference(other, had, left, keys[other.ID]), store.Set("id_index", Index(s.Vault, left.IDNumber)), store.Set("state", string(Ended)),
		store.Set("ended_on", today(s).String()), store.Set("version", other.Version+1))
	for _, w := range []struct {
		m   Member
		set []store.Value
	}{{kept, set}, {other, dedupe(end)}} {
		n, err := tx.Update(ctx, "member", store.ByID(w.m.ID).And("version", w.m.Version), w.set...)
		if err != nil {
			return s.nowKnown(err)
		}
		if n == 0 {
			return Stale()
		}
	}
	now, gone := kept, other
	now.Category, now.Sex, now.Born, now.Missing, now.Review = merged.Category, merged.Sex, merged.Born.MonthOf(), missingOf(merged), then
	gone.State = Ended
	if err := errors.Join(recount(ctx, tx, kept, now, kept.OrgPath), s.refresh(ctx, tx, kept.ID)); err != nil {
		return err
	}
	return recount(ctx, tx, other, gone, other.OrgPath)
}

// dedupe keeps the last value of each column.
func dedupe(set []store.Value) []store.Value {
	var out []store.Value
	for i, v := range set {
		if !slices.ContainsFunc(set[i+1:], func(w store.Value) bool { return w.Column == v.Column }) {
			out = append(out, v)
		}
	}
	return out
}

// aside takes a row's index of the ID number out of the way for the rest of the transaction.
func (s *Service) aside(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Update(ctx, "member", store.ByID(id), store.Set("id_index", []byte(s.Ledger.IDs.New())))
	return err
}

// copyFacts copies the standing facts of another record, sealed anew. An earlier value that cannot have been true beside
// one of this record's stays readable at the other.
func (s *Service) copyFacts(ctx context.Context, tx *store.Tx, actor ledger.Actor, kept *Member, other string, b Basis) error {
	facts, err := s.factsWhere(ctx, tx, other, "member_id = ? AND retired = 0", other)
	if err != nil {
		return err
	}
	for _, f := range facts {
		f.ID, f.Member, f.Follows, f.Account, f.Actor, f.Version = s.Ledger.IDs.New(), kept.ID, f.ID, actor.Account, actor.Name, 1
		if err := s.insertFact(ctx, tx, kept, f); fault.Of(err) == fault.Conflict {
			f.Kind = Aside(f.Kind.Column())
			err = s.insertFact(ctx, tx, kept, f)
			if err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
	}
	return nil
}

// Separating checks that two records of one are made two again: both become what they were, if nobody has changed either
// since. other is the one that was ended; r reads both.
func (s *Service) Separating(ctx context.Context, r store.Reader, otherID string, b Basis) (c *Change, err error) {
	defer fault.Wrap(&err, "member: separate")
	if err := s.checkBasis(b); err != nil {
		return nil, err
	}
	if _, err := s.ByID(ctx, r, otherID); err != nil {
		return nil, err
	}
	changes, err := s.Ledger.Changes(ctx, "member", otherID)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 || changes[len(changes)-1].Record.Kind != DoUnite {
		return nil, fault.New(fault.Invalid, "这份档案没有被合并，或者合并以后又改过。")
	}
	united := changes[len(changes)-1].Record
	kept, other, err := s.pair(ctx, r, united.SubjectID, otherID)
	if err != nil {
		return nil, err
	}
	c = &Change{Kind: DoSeparate, Member: kept, Other: &other, To: other.ID, ToPath: other.OrgPath, Basis: b}
	if c.united, err = s.Ledger.ChangesOf(ctx, united, 1000); err != nil {
		return nil, err
	}
	for _, m := range []Member{kept, other} {
		if _, err := imageBefore(m, c.united); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// separate writes a checked separation inside an act.
func (s *Service) separate(ctx context.Context, tx *store.Tx, actor ledger.Actor, c *Change) error {
	kept, other, b := c.Member, *c.Other, c.Basis
	if err := org.Still(ctx, tx); err != nil {
		return err
	}
	if err := s.aside(ctx, tx, other.ID); err != nil {
		return err
	}
	for _, m := range []Member{kept, other} {
		if err := s.putBack(ctx, tx, m, c.united); err != nil {
			return err
		}
	}
	for _, m := range []*Member{&kept, &other} {
		if err := s.stay(ctx, tx, m); err != nil {
			return err
		}
	}
	if err := s.goBack(ctx, tx, kept, other, c.united); err != nil {
		return err
	}
	for _, u := range c.united {
		if u.Table == "fact" && u.Op == "I" {
			if err := s.retire(ctx, tx, actor, kept.ID, u.RowID, 1, b.Reason); err != nil {
				return err
			}
		}
	}
	on := b.On
	if on.IsZero() {
		on = today(s)
	}
	return tx.Insert(ctx, "member_event", store.Set("id", s.Ledger.IDs.New()), store.Set("member_id", other.ID), store.Set("org_id", other.OrgID),
		store.Set("org_path", other.OrgPath), store.Set("kind", string(Restored)), store.Set("on_date", on.String()), store.Set("reason", b.Reason),
		store.Set("document", b.Document), store.Set("was", kept.ID), store.Set("became", ""))
}

// imageBefore is what an act's changes made another of a row, unless somebody has changed it since.
func imageBefore(m Member, all []ledger.Change) (map[string]string, error) {
	before := map[string]string{}
	version := ""
	for _, c := range all {
		if c.Table != "member" || c.RowID != m.ID {
			continue
		}
		for _, col := range c.Columns() {
			if _, known := before[col]; !known {
				before[col] = c.Was(col)
			}
		}
		version = c.Became("version")
	}
	if version != strconv.FormatInt(m.Version, 10) {
		return nil, fault.New(fault.Conflict, "合并以后有人改过其中一份，不能再分开。请逐项更正。")
	}
	return before, nil
}

// putBack makes a row what it was before an act's changes.
func (s *Service) putBack(ctx context.Context, tx *store.Tx, m Member, all []ledger.Change) error {
	return keepAging(ctx, tx, func() error { return s.putRowBack(ctx, tx, m, all) }, m.ID)
}

func (s *Service) putRowBack(ctx context.Context, tx *store.Tx, m Member, all []ledger.Change) error {
	before, err := imageBefore(m, all)
	if err != nil {
		return err
	}
	var set []store.Value
	for col, text := range before {
		if col == "version" {
			continue
		}
		v, err := fromImage(col, text)
		if err != nil {
			return err
		}
		set = append(set, store.Set(col, v))
	}
	if err := s.stay(ctx, tx, &m); err != nil {
		return err
	}
	n, err := tx.Update(ctx, "member", store.ByID(m.ID).And("version", m.Version), append(set, store.Set("version", m.Version+1))...)
	if err != nil {
		return s.nowKnown(err)
	}
	if n == 0 {
		return Stale()
	}
	now, err := s.ByID(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	if err := s.refresh(ctx, tx, m.ID); err != nil {
		return err
	}
	return recount(ctx, tx, m, now, m.OrgPath)
}
