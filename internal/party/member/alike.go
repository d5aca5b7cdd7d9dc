package member

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// Likeness is a record that may be of the same person, with what the two have in common.
type Likeness struct {
	Member Member
	Same   []roster.Column
}

// mostAlike bounds the records that are looked at.
const mostAlike = 20

// Alike finds records on the register that may be of the same person: the same name, month of birth, end of the ID number,
// mobile; two of them at least. No two records have one ID number, so that one of two has a wrong one. Only what lies in the
// reader's scope is found, over indexes, and nothing is opened.
func (s *Service) Alike(ctx context.Context, r store.Reader, m Member) (out []Likeness, err error) {
	t, err := s.Tails(ctx, m)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{m.ID: true}
	look := func(cond string, args ...any) error {
		if err != nil {
			return err
		}
		err = r.Each(ctx, "SELECT "+columns+" FROM {member} WHERE state = 'active' AND "+cond+" LIMIT ?", append(args, mostAlike+1), func(row store.Row) error {
			o, err := scan(row)
			if err != nil || seen[o.ID] {
				return err
			}
			seen[o.ID] = true
			out = append(out, Likeness{Member: o})
			return nil
		})
		return err
	}
	_ = look("name = ? AND born = ?", m.Name, m.Born)
	if t.IDNumber != "" {
		id := tails(s.Vault, indexIDTail, t.IDNumber)
		_ = look("id_tail IN (?, ?) AND (name = ? OR born = ?)", id[0], id[1], m.Name, m.Born)
	}
	if t.Mobile != "" {
		mobile := tails(s.Vault, indexMobileTail, t.Mobile)
		_ = look("mobile_tail IN (?, ?) AND (name = ? OR born = ?)", mobile[0], mobile[1], m.Name, m.Born)
	}
	if err != nil || len(out) == 0 {
		return nil, err
	}
	list := make([]Member, len(out))
	for i, l := range out {
		list[i] = l.Member
	}
	ends, err := s.TailsOf(ctx, list)
	for i := range out {
		o := &out[i]
		for _, c := range []struct {
			column roster.Column
			same   bool
		}{{roster.Name, o.Member.Name == m.Name}, {roster.Born, o.Member.Born == m.Born}, {roster.Sex, o.Member.Sex == m.Sex},
			{roster.IDNumber, t.IDNumber != "" && ends[i].IDNumber == t.IDNumber}, {roster.Mobile, t.Mobile != "" && ends[i].Mobile == t.Mobile},
			{roster.Joined, !m.Joined.IsZero() && o.Member.Joined == m.Joined}} {
			if c.same {
				o.Same = append(o.Same, c.column)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Likeness) int {
		if len(a.Same) != len(b.Same) {
			return len(b.Same) - len(a.Same)
		}
		return strings.Compare(a.Member.ID, b.Member.ID)
	})
	return out[:min(len(out), mostAlike)], err
}

// Differing are the columns in which both of two records say something, and not the same.
func (s *Service) Differing(ctx context.Context, kept, other Member) (out []roster.Column, err error) {
	has, had, err := s.both(ctx, kept, other)
	for _, c := range unitable {
		if mine, theirs := valueOf(has, c), valueOf(had, c); mine != "" && theirs != "" && mine != theirs {
			out = append(out, c)
		}
	}
	return out, err
}

// Unitable are the columns about which two records may disagree.
func Unitable() []roster.Column { return slices.Clone(unitable) }
