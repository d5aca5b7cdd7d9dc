package admission

import (
	"context"
	"fmt"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Joinable are records of members that a case may go on with: probationary, of the branch, of the same name, admitted on the day of the assembly.
func (s *Service) Joinable(ctx context.Context, r store.Reader, f Found) (out []Named, err error) {
	on := f.progress("15").On()
	if !f.Person.Applicant || on.IsZero() {
		return nil, nil
	}
	err = r.Each(ctx, "SELECT id, name FROM {member} m WHERE org_path = ? AND name = ? AND state = 'active' AND category = 'probationary' AND joined_on = ? AND NOT EXISTS (SELECT 1 FROM {applicant} a WHERE a.member_id = m.id) ORDER BY id",
		[]any{f.At.Path, f.Person.Name, on.String()}, func(row store.Row) error {
			var n Named
			err := row.Scan(&n.ID, &n.Name)
			out = append(out, n)
			return err
		})
	return out, err
}

// Join lets the case of an applicant go on with the record of a member: what was entered is the member's from then on, and the
// key of the applicant is destroyed.
func (s *Service) Join(ctx context.Context, actor ledger.Actor, applicant, memberID string) (err error) {
	defer fault.Wrap(&err, "admission: join")
	f, err := s.Find(ctx, s.DB.As(actor.Scope), applicant)
	if err != nil {
		return err
	}
	if err := s.Rights.May(ctx, actor, DoStep, f.At.Path); err != nil {
		return err
	}
	can, err := s.Joinable(ctx, s.DB.As(actor.Scope), f)
	if err != nil {
		return err
	}
	fits := false
	for _, n := range can {
		fits = fits || n.ID == memberID
	}
	if !fits {
		return fault.New(fault.Invalid, "名册上没有同名、同支部、接收日期相同的预备党员。请先登记党员信息。").At("member").By("D-36")
	}
	key, err := s.key(ctx, memberID)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoJoin, Subject: "applicant", SubjectID: applicant, OrgPath: f.At.Path, Reason: "接收为预备党员，转入党员名册", Detail: map[string]any{"member": memberID}}
	done := func() {}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.unmoved(ctx, tx, f); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "applicant", store.ByID(applicant).And("member_id", ""), store.Set("member_id", memberID), store.Set("version", 2))
		if err == nil && n == 0 {
			err = stale()
		}
		if err != nil {
			return err
		}
		if done, err = s.Rights.Joined(ctx, tx, applicant, memberID); err != nil {
			return err
		}
		return s.carry(ctx, tx, applicant, memberID, func(r *Record) (err error) {
			r.sealed, err = r.sealedBy(key)
			return err
		})
	})
	if err != nil {
		return err
	}
	done()
	return s.Vault.Shred(ctx, applicant)
}

// carry gives everything of an applicant to a member.
func (s *Service) carry(ctx context.Context, tx *store.Tx, from, to string, reseal func(*Record) error) error {
	all := tx.System("what goes along with an applicant")
	records, err := s.Records(ctx, all, from)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := reseal(&r); err != nil {
			return err
		}
		if _, err := tx.Update(ctx, "step", store.ByID(r.ID), store.Set("person_id", to), store.Set("member_id", to), store.Set("content", r.sealed), store.Set("version", r.Version+1)); err != nil {
			return err
		}
	}
	for _, table := range []string{"entry", "waiver"} {
		ids, err := idsOf(ctx, all, "SELECT id FROM {"+table+"} WHERE applicant_id = ?", from)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := tx.Update(ctx, table, store.ByID(id), store.Set("applicant_id", ""), store.Set("member_id", to)); err != nil {
				return err
			}
		}
	}
	boards, err := idsOf(ctx, all, "SELECT id FROM {board} WHERE person_id = ?", from)
	for _, id := range boards {
		if err == nil {
			_, err = tx.Update(ctx, "board", store.ByID(id), store.Set("person_id", to), store.Set("member_id", to))
		}
	}
	if err != nil {
		return err
	}
	ballots, err := idsOf(ctx, all, "SELECT id FROM {ballot} WHERE subject = 'admission' AND subject_id = ?", from)
	for _, id := range ballots {
		if err == nil {
			_, err = tx.Update(ctx, "ballot", store.ByID(id), store.Set("subject_id", to))
		}
	}
	return err
}

func idsOf(ctx context.Context, r store.Reader, query, arg string) (out []string, err error) {
	err = r.Each(ctx, query, []any{arg}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

// becomeFull makes the record follow the approval of the confirmation: a full member since the day of the assembly. The branch
// has entered the assembly's vote, the committee above approves it: two have looked at it.
func (s *Service) becomeFull(ctx context.Context, tx *store.Tx, actor ledger.Actor, f Found) error {
	on := f.progress("23").On()
	if f.member() == "" || on.IsZero() {
		return fault.New(fault.Conflict, "还没有登记党员信息，请先由党支部登记为预备党员。").At("step").By("D-36")
	}
	m, err := s.Members.ByID(ctx, tx.System("whose confirmation"), f.member())
	if err != nil {
		return err
	}
	if m.Category == identity.Full || m.Review != member.Reviewed {
		return nil // known already, or still to be reviewed as a whole
	}
	c, problems, err := s.Members.Mending(ctx, actor, m, map[roster.Column]string{roster.Category: identity.Full.Name(), roster.Confirmed: on.String()}, nil,
		member.Basis{Reason: "支部大会通过转正，上级党委批准", Document: fmt.Sprintf("发展党员案卷第 24 步（%s）", s.today()), On: on})
	if err == nil && c == nil && len(problems) > 0 {
		err = fault.New(fault.Conflict, problems[0].Text, problems[0].Args...).At("step").By(problems[0].Rule)
	}
	if err != nil || c == nil {
		return err
	}
	return s.Members.Apply(ctx, tx, actor, c, member.Reviewed)
}
