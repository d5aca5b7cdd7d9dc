package retention

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Name is what stands in place of a destroyed person's name.
const Name = ledger.GoneName

// Finish carries out what was approved. It begins where a killed process stopped: the list is written before the key
// goes, the key goes before the rows, and each step may be done again. A destruction is at its end when the list lies
// wherever a backup does; until then it is tried again, and the error says where it does not.
func (s *Service) Finish(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "retention: destroy")
	todo, err := s.in(ctx, Approved)
	if err != nil {
		return err
	}
	for _, d := range todo {
		if err := s.destroy(ctx, d); err != nil {
			return err
		}
	}
	cleared, err := s.in(ctx, Cleared)
	if err != nil || len(cleared) == 0 {
		return err
	}
	if s.Publish != nil {
		if err := s.Publish(ctx); err != nil {
			return err
		}
	}
	for _, d := range cleared {
		if err := s.conclude(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// in lists the procedures in a state.
func (s *Service) in(ctx context.Context, state State) (list []Destruction, err error) {
	err = s.db().As(store.System("destruction")).Each(ctx, "SELECT "+columns+" FROM {destruction} WHERE state = ? ORDER BY id", []any{string(state)}, func(row store.Row) error {
		d, err := scan(row)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, s.fill(ctx, list)
}

// Unpublished counts the destructions that are carried out here and whose list is not yet where the backups are.
func (s *Service) Unpublished(ctx context.Context) (n int, err error) {
	return s.Count(ctx, s.db().As(store.System("destruction")), Cleared, "")
}

func (s *Service) destroy(ctx context.Context, d Destruction) error {
	now := s.Members.Clock.Now().UnixMicro()
	var shreds []store.Shredded
	for _, id := range d.Records() {
		shreds = append(shreds, store.Shredded{ID: id, At: now, Certificate: d.ID})
	}
	if err := s.db().Keys().NoteShreds(ctx, shreds); err != nil {
		return err
	}
	for _, id := range d.Records() {
		if err := s.Members.Vault.Shred(ctx, id); err != nil {
			return err
		}
		if err := s.beside(ctx, id); err != nil {
			return err
		}
	}
	act := ledger.Act{Kind: DoDestroy, Subject: "member", SubjectID: d.Member, OrgPath: d.OrgPath, Reason: d.Reason, Source: d.Document, Detail: map[string]any{"destruction": d.ID}}
	var went scope
	_, err := s.Members.Ledger.DoAct(ctx, ledger.System("destruction"), &act, func(tx *store.Tx) (err error) {
		went = scope{}
		for _, id := range d.Records() {
			one, err := clearRows(ctx, tx, id)
			if err != nil {
				return err
			}
			went = went.and(one)
		}
		act.Detail = map[string]any{"destruction": d.ID, "rows": went.rows, "digest": went.digest(), "keys": d.Records()}
		n, err := tx.Update(ctx, "destruction", store.ByID(d.ID).And("state", string(Approved)), store.Set("state", string(Cleared)), store.Set("done_at", now),
			store.Set("rows", went.rows), store.Set("digest", went.digest()), store.Set("version", d.Version+1))
		if err == nil && n == 0 {
			err = ledger.ErrUnchanged // another process has done it
		}
		return err
	})
	if err == nil && s.SignOut != nil {
		s.SignOut(went.accounts...)
	}
	return err
}

// conclude makes the certificate: the list is everywhere, and the day is known on which no backup holds the key.
func (s *Service) conclude(ctx context.Context, d Destruction) error {
	final := ""
	if s.Final != nil {
		day, err := s.Final(ctx)
		if err != nil {
			return err
		}
		final = day.String()
	}
	act := ledger.Act{Kind: DoConclude, Subject: "member", SubjectID: d.Member, OrgPath: d.OrgPath, Reason: "销毁名单已经存到备份所在的每一处", Detail: map[string]any{"destruction": d.ID}}
	return s.Members.Ledger.Do(ctx, ledger.System("destruction"), act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "destruction", store.ByID(d.ID).And("state", string(Cleared)), store.Set("state", string(Destroyed)), store.Set("final_on", final),
			store.Set("version", d.Version+1))
		if err == nil && n == 0 {
			err = ledger.ErrUnchanged
		}
		return err
	})
}

// beside removes what lies beside the database, before the rows that know of it go: pages of documents, uploaded sheets
// of the imports that she came with.
func (s *Service) beside(ctx context.Context, id string) error {
	var documents, batches []string
	all := s.db().As(store.System("destruction"))
	for _, q := range []struct {
		query string
		into  *[]string
	}{{"SELECT id FROM {all_document} WHERE member_id = ?", &documents}, {"SELECT id FROM {all_arrival} WHERE member_id = ?", &documents}, {"SELECT batch FROM {all_member} WHERE id = ? AND batch <> ''", &batches},
		{"SELECT DISTINCT batch FROM {all_proposal} WHERE member_id = ? AND batch <> ''", &batches}} {
		err := all.Each(ctx, q.query, []any{id}, func(row store.Row) error {
			var one string
			err := row.Scan(&one)
			*q.into = append(*q.into, one)
			return err
		})
		if err != nil {
			return err
		}
	}
	if s.Uploads != nil {
		if err := s.Uploads(ctx, batches); err != nil {
			return err
		}
	}
	return s.Documents.Discard(ctx, documents)
}

// Again applies the list of the destroyed to data that was restored from before their destruction: keys that came
// back are destroyed again and their rows cleared. It says how many there were.
func (s *Service) Again(ctx context.Context, list []store.Shredded) (n int, err error) {
	defer fault.Wrap(&err, "retention: apply the list of the destroyed")
	if err := s.db().Keys().NoteShreds(ctx, list); err != nil {
		return 0, err
	}
	for _, sh := range list {
		if err := s.Members.Vault.Shred(ctx, sh.ID); err != nil {
			return n, err
		}
		var path, state string
		found, err := s.db().As(store.System("destruction")).One(ctx, "SELECT org_path, state FROM {all_member} WHERE id = ?", []any{sh.ID}, &path, &state)
		if err != nil {
			return n, err
		}
		if !found || state == string(member.Destroyed) {
			continue
		}
		n++
		if err := s.beside(ctx, sh.ID); err != nil {
			return n, err
		}
		act := ledger.Act{Kind: DoReapply, Subject: "member", SubjectID: sh.ID, OrgPath: path, Reason: "恢复的备份比销毁早，照销毁名单再办一次", Detail: map[string]any{"destruction": sh.Certificate}}
		err = s.Members.Ledger.Do(ctx, ledger.System("destruction"), act, func(tx *store.Tx) (err error) {
			if err := s.Members.Uncount(ctx, tx, sh.ID); err != nil {
				return err
			}
			_, err = clearRows(ctx, tx, sh.ID)
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
