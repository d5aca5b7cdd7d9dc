package retention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"zhibu/internal/fault"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Name is what stands in place of a destroyed person's name. It is no word of the catalogue: it lies in the database.
const Name = "已销毁"

// Finish carries out what was approved. It begins where a killed process stopped: the list is written before the key
// goes, the key goes before the rows, and each step may be done again.
func (s *Service) Finish(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "retention: destroy")
	var todo []Destruction
	err = s.db().As(store.System("destruction")).Each(ctx, "SELECT "+columns+" FROM {destruction} WHERE state = 'approved' ORDER BY id", nil, func(row store.Row) error {
		d, err := scan(row)
		todo = append(todo, d)
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range todo {
		if err := s.destroy(ctx, d); err != nil {
			return err
		}
	}
	if len(todo) > 0 && s.Publish != nil {
		if err := s.Publish(ctx); err != nil && fault.As(err) == nil {
			return err // an unreachable place of backups is shown on the certificate and tried again by the next backup
		}
	}
	return nil
}

func (s *Service) destroy(ctx context.Context, d Destruction) error {
	now := s.Members.Clock.Now().UnixMicro()
	if err := s.db().Keys().NoteShreds(ctx, []store.Shredded{{ID: d.Member, At: now, Certificate: d.ID}}); err != nil {
		return err
	}
	final := ""
	if s.Final != nil {
		day, err := s.Final(ctx)
		if err != nil {
			return err
		}
		final = day.String()
	}
	if err := s.Members.Vault.Shred(ctx, d.Member); err != nil {
		return err
	}
	act := ledger.Act{Kind: DoDestroy, Subject: "member", SubjectID: d.Member, OrgPath: d.OrgPath, Reason: d.Reason, Source: d.Document, Detail: map[string]any{"destruction": d.ID}}
	var went scope
	_, err := s.Members.Ledger.DoAct(ctx, ledger.System("destruction"), &act, func(tx *store.Tx) (err error) {
		if went, err = clearRows(ctx, tx, d.Member); err != nil {
			return err
		}
		act.Detail = map[string]any{"destruction": d.ID, "rows": went.rows, "digest": went.digest(), "keys": []string{d.Member}}
		n, err := tx.Update(ctx, "destruction", store.ByID(d.ID).And("state", string(Approved)), store.Set("state", string(Destroyed)), store.Set("done_at", now),
			store.Set("final_on", final), store.Set("rows", went.rows), store.Set("digest", went.digest()), store.Set("version", d.Version+1))
		if err == nil && n == 0 {
			err = ledger.ErrUnchanged // another process has done it
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.Documents.Discard(ctx, went.documents)
}

// scope is what a destruction covered: how many rows of which tables, and a digest over their ids.
type scope struct {
	rows      int64
	ids       []string
	documents []string
}

func (s *scope) add(table, id string) {
	s.rows++
	s.ids = append(s.ids, table+" "+id)
	if table == "document" {
		s.documents = append(s.documents, id)
	}
}

func (s *scope) digest() string {
	h := sha256.New()
	for _, id := range s.ids {
		fmt.Fprintln(h, id)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// belongings are the tables whose rows about a member go with her.
var belongings = []string{"document_fact", "document", "fact", "member_event", "restriction", "proposal", "dispute", "affirmed"}

// clearRows removes what says something of a person and keeps the row that others refer to, without a fact in it.
func clearRows(ctx context.Context, tx *store.Tx, member string) (went scope, err error) {
	all := tx.System("destruction")
	ids := func(table, column string) (out []string, err error) {
		err = all.Each(ctx, "SELECT id FROM {all_"+table+"} WHERE "+column+" = ? ORDER BY id", []any{member}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			out = append(out, id)
			return err
		})
		return out, err
	}
	if err := steward.Forget(ctx, tx, member); err != nil {
		return went, err
	}
	for _, table := range belongings {
		list, err := ids(table, "member_id")
		if err != nil {
			return went, err
		}
		for _, id := range list {
			went.add(table, id)
			if _, err := all.Delete(ctx, table, store.ByID(id)); err != nil {
				return went, err
			}
		}
	}
	for table, set := range map[string][]store.Value{"post": {store.Set("holder", Name)}, "account": {store.Set("name", Name), store.Set("state", "disabled")}} {
		list, err := ids(table, "member_id")
		if err != nil {
			return went, err
		}
		for _, id := range list {
			if _, err := all.Update(ctx, table, store.ByID(id), set...); err != nil {
				return went, err
			}
		}
	}
	if _, err := all.Delete(ctx, "due", store.ByID(member)); err != nil {
		return went, err
	}
	went.add("member", member)
	index := sha256.Sum256([]byte("destroyed " + member)) // unlike every blind index, and unlike each other
	_, err = all.Update(ctx, "member", store.ByID(member), store.Set("name", Name), store.Set("pinyin", ""), store.Set("initials", ""),
		store.Set("id_number", []byte{}), store.Set("id_index", index[:16]), store.Set("id_tail", []byte{}), store.Set("sex", ""), store.Set("born", ""),
		store.Set("ethnicity", ""), store.Set("education", ""), store.Set("joined_on", ""), store.Set("confirmed_on", ""), store.Set("occupation", ""),
		store.Set("mobile", nil), store.Set("mobile_tail", nil), store.Set("phone", nil), store.Set("address", nil), store.Set("lost", 0), store.Set("lost_on", ""),
		store.Set("floating", 0), store.Set("floating_to", ""), store.Set("care", 0), store.Set("notes", nil), store.Set("missing", 0), store.Set("state", "destroyed"))
	return went, err
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
		if !found || state == "destroyed" {
			continue
		}
		n++
		var went scope
		act := ledger.Act{Kind: DoReapply, Subject: "member", SubjectID: sh.ID, OrgPath: path, Reason: "恢复的备份比销毁早，照销毁名单再办一次", Detail: map[string]any{"destruction": sh.Certificate}}
		err = s.Members.Ledger.Do(ctx, ledger.System("destruction"), act, func(tx *store.Tx) (err error) {
			if err := s.Members.Uncount(ctx, tx, sh.ID); err != nil {
				return err
			}
			went, err = clearRows(ctx, tx, sh.ID)
			return err
		})
		if err != nil {
			return n, err
		}
		if err := s.Documents.Discard(ctx, went.documents); err != nil {
			return n, err
		}
	}
	return n, nil
}
