package retention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
)

// scope is what a destruction covered: how many rows of which tables, and a digest over their ids.
type scope struct {
	rows     int64
	ids      []string
	accounts []string // of hers
}

func (s *scope) add(table, id string) {
	s.rows++
	s.ids = append(s.ids, table+" "+id)
	if table == "account" {
		s.accounts = append(s.accounts, id)
	}
}

func (s scope) and(o scope) scope {
	return scope{s.rows + o.rows, slices.Concat(s.ids, o.ids), slices.Concat(s.accounts, o.accounts)}
}

func (s *scope) digest() string {
	h := sha256.New()
	for _, id := range s.ids {
		fmt.Fprintln(h, id)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// belongings are the tables whose rows about a member go with her.
var belongings = []string{"document_fact", "document", "fact", "member_event", "restriction", "request", "proposal", "look", "dispute", "affirmed", "entry", "waiver", "assessment", "step", "board", "left_out"}

// keepings are the tables whose rows of an account go with its holder.
var keepings = []string{"identity", "holder", "linked", "passkey", "factor", "recovery", "slip", "token"}

// signed are the columns in which a name says who acted on somebody else's behalf: the row stays, the name goes.
var signed = []struct{ table, account, name string }{
	{"look", "account_id", "actor"}, {"fact", "account_id", "actor"}, {"document", "account_id", "actor"}, {"request", "account_id", "actor"},
	{"proposal", "account_id", "actor"}, {"proposal", "decider_id", "decider"}, {"batch", "account_id", "actor"}, {"grant_check", "account_id", "actor"}, {"affirmed", "account_id", "actor"},
	{"entry", "account_id", "actor"}, {"step", "account_id", "actor"}, {"step", "decider_id", "decider"}, {"objection", "account_id", "actor"}, {"quota", "account_id", "actor"}, {"waiver", "account_id", "actor"}, {"left_out", "account_id", "actor"},
	{"meeting", "account_id", "actor"}, {"meeting", "checked_by_id", "checked_by"}, {"meeting", "confirmed_by_id", "confirmed_by"}, {"resolution", "account_id", "actor"}, {"resolution", "closed_by_id", "closed_by"}, {"amendment", "account_id", "actor"},
	{"notice", "account_id", "actor"}, {"help", "account_id", "actor"}, {"help", "closer_id", "closer"},
	{"assessment", "account_id", "actor"}, {"assessment", "decider_id", "decider"}, {"payment", "account_id", "actor"}, {"share", "account_id", "actor"}, {"outlay", "account_id", "actor"}, {"closing", "account_id", "actor"},
	{"dispute", "account_id", "actor"}, {"dispute", "decider_id", "decider"}, {"destruction", "proposer_account", "proposer"}, {"destruction", "decider_account", "decider"},
}

// clearing takes a person out of the rows, in one transaction.
type clearing struct {
	tx   *store.Tx // with everything in scope
	went scope
}

// clearRows removes what says something of a person and keeps the row that others refer to, without a fact in it.
func clearRows(ctx context.Context, tx *store.Tx, id string) (scope, error) {
	c := &clearing{tx: tx.System("destruction")}
	var name string
	var batch string
	var line, version int64
	if _, err := c.tx.One(ctx, "SELECT name, batch, source_row, version FROM {all_member} WHERE id = ?", []any{id}, &name, &batch, &line, &version); err != nil {
		return c.went, err
	}
	if err := c.imports(ctx, id, name, batch, line); err != nil {
		return c.went, err
	}
	if err := steward.Forget(ctx, tx, id); err != nil {
		return c.went, err
	}
	if err := c.told(ctx, id); err != nil {
		return c.went, err
	}
	for _, table := range belongings {
		if err := c.remove(ctx, table, "member_id", id); err != nil {
			return c.went, err
		}
	}
	if err := c.change(ctx, "post", "member_id", id, store.Set("holder", Name)); err != nil {
		return c.went, err
	}
	if err := c.change(ctx, "payment", "member_id", id, store.Set("name", Name), store.Set("proxy", ""), store.Set("document", ""), store.Set("reason", ""), store.Set("reference", "")); err != nil {
		return c.went, err // the sum stays in the branch's account, nobody's
	}
	for _, x := range []struct {
		table, column string
		sets          []store.Value
	}{ // how many came stays, who it was does not
		{"attendance", "member_id", []store.Value{store.Set("name", Name), store.Set("why", nil)}}, {"resolution", "owner_id", []store.Value{store.Set("owner", Name)}},
		{"meeting", "chair_id", []store.Value{store.Set("chair", Name)}}, {"meeting", "recorder_id", []store.Value{store.Set("recorder", Name)}},
	} {
		if err := c.change(ctx, x.table, x.column, id, x.sets...); err != nil {
			return c.went, err
		}
	}
	if err := c.accounts(ctx, id); err != nil {
		return c.went, err
	}
	if _, err := c.tx.Delete(ctx, "due", store.ByID(id)); err != nil {
		return c.went, err
	}
	arrived, err := c.ids(ctx, "arrival", "member_id", id)
	for _, one := range arrived {
		if err := document.DropArrival(ctx, tx, one); err != nil {
			return c.went, err
		}
	}
	if err != nil {
		return c.went, err
	}
	c.went.add("member", id)
	index := sha256.Sum256([]byte("destroyed " + id)) // unlike every blind index, and unlike each other
	_, err = c.tx.Update(ctx, "member", store.ByID(id), store.Set("name", Name), store.Set("pinyin", ""), store.Set("initials", ""),
		store.Set("id_number", []byte{}), store.Set("id_index", index[:16]), store.Set("id_tail", []byte{}), store.Set("sex", ""), store.Set("born", ""),
		store.Set("ethnicity", ""), store.Set("education", ""), store.Set("category", ""), store.Set("joined_on", ""), store.Set("confirmed_on", ""),
		store.Set("occupation", ""), store.Set("mobile", nil), store.Set("mobile_tail", nil), store.Set("phone", nil), store.Set("address", nil),
		store.Set("registry", ""), store.Set("lost", 0), store.Set("lost_on", ""), store.Set("floating", 0), store.Set("floating_to", ""), store.Set("care", 0),
		store.Set("notes", nil), store.Set("missing", 0), store.Set("review", string(member.Reviewed)), store.Set("state", string(member.Destroyed)),
		store.Set("ended_on", ""), store.Set("batch", ""), store.Set("source_row", 0), store.Set("version", version+1))
	return c.went, err
}

// told removes what somebody was told, and where.
func (c *clearing) told(ctx context.Context, to string) error {
	for _, table := range []string{"notice", "outgoing"} {
		if _, err := c.tx.Delete(ctx, table, store.Key{store.Set("to_id", to)}); err != nil {
			return err
		}
	}
	return c.remove(ctx, "reach", "to_id", to)
}

// ids are the rows of a table by one of its columns.
func (c *clearing) ids(ctx context.Context, table, column, value string) (out []string, err error) {
	err = c.tx.Each(ctx, "SELECT id FROM {all_"+table+"} WHERE "+column+" = ? ORDER BY id", []any{value}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		out = append(out, id)
		return err
	})
	return out, err
}

func (c *clearing) remove(ctx context.Context, table, column, value string) error {
	list, err := c.ids(ctx, table, column, value)
	for _, id := range list {
		c.went.add(table, id)
		if _, err := c.tx.Delete(ctx, table, store.ByID(id)); err != nil {
			return err
		}
	}
	return err
}

func (c *clearing) change(ctx context.Context, table, column, value string, set ...store.Value) error {
	list, err := c.ids(ctx, table, column, value)
	for _, id := range list {
		c.went.add(table, id)
		if _, err := c.tx.Update(ctx, table, store.ByID(id), set...); err != nil {
			return err
		}
	}
	return err
}

// accounts closes hers: no name, no name to sign in by, nothing to sign in with. What was done with them stays, by
// nobody's name.
func (c *clearing) accounts(ctx context.Context, id string) error {
	list, err := c.ids(ctx, "account", "member_id", id)
	if err != nil {
		return err
	}
	for _, account := range list {
		c.went.add("account", account)
		if err := c.told(ctx, account); err != nil {
			return err
		}
		for _, table := range keepings {
			if err := c.remove(ctx, table, "account_id", account); err != nil {
				return err
			}
		}
		if _, err := c.tx.Delete(ctx, "session", store.Key{store.Set("account_id", account)}); err != nil {
			return err
		}
		_, err := c.tx.Update(ctx, "account", store.ByID(account), store.Set("name", Name), store.Set("login", "gone-"+account),
			store.Set("secret", ""), store.Set("state", "disabled"))
		if err != nil {
			return err
		}
		for _, s := range signed {
			if _, err := c.tx.Update(ctx, s.table, store.Key{store.Set(s.account, account)}, store.Set(s.name, Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// imports takes her out of what imports found in rows.
func (c *clearing) imports(ctx context.Context, id, name, batch string, line int64) error {
	type row struct {
		batch string
		line  int64
	}
	rows := []row{{batch, line}}
	err := c.tx.Each(ctx, "SELECT batch, source_row FROM {all_proposal} WHERE member_id = ? AND batch <> ''", []any{id}, func(r store.Row) error {
		var one row
		err := r.Scan(&one.batch, &one.line)
		rows = append(rows, one)
		return err
	})
	if err != nil {
		return err
	}
	nobody := []store.Value{store.Set("who", ""), store.Set("value", "")}
	for _, r := range rows {
		if r.batch == "" {
			continue
		}
		if _, err := c.tx.Update(ctx, "problem", store.Key{store.Set("batch_id", r.batch), store.Set("line", r.line)}, nobody...); err != nil {
			return err
		}
	}
	_, err = c.tx.Update(ctx, "problem", store.Key{store.Set("who", name)}, nobody...) // rows that were turned away
	return err
}
