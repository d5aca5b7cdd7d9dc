package document

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// copies are a record's documents, sealed anew for another record of the same person.
type copies struct {
	*Service
	list []*copied
}

type copied struct {
	writing
	of Document
}

// Along copies the documents of a record for the one that it is united with: pages under the other person's key, written
// before the rows. The record that ends keeps its own.
func (s *Service) Along(ctx context.Context, kept, other member.Member) (_ member.Going, err error) {
	defer fault.Wrap(&err, "document: copy for a union")
	list, err := s.Of(ctx, s.Members.DB.As(store.System("records united")), other.ID)
	c := &copies{Service: s}
	if err != nil || len(list) == 0 {
		return c, err
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return nil, err
	}
	person, err := s.Members.Vault.Person(ctx, kept.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		one := &copied{writing{Service: s, place: place, person: person, id: s.Members.Ledger.IDs.New()}, d}
		c.list = append(c.list, one)
		for n := 1; n <= d.Pages && err == nil; n++ {
			var p page
			if p.full, err = s.content(ctx, d, pageKey(d.ID, n)); err != nil {
				break
			}
			if p.thumb, err = s.content(ctx, d, thumbKey(d.ID, n)); err == nil {
				err = one.put(ctx, p)
			}
		}
		if err != nil {
			c.Forget(context.WithoutCancel(ctx))
			return nil, err
		}
	}
	return c, nil
}

// Enter writes the rows of the copies, with what they prove, inside the act of the union.
func (c *copies) Enter(ctx context.Context, tx *store.Tx, _ ledger.Actor, kept member.Member) error {
	for _, one := range c.list {
		d, set := one.of, store.Set
		digest := c.Members.Vault.MAC([]byte("document"), []byte("copy"), []byte(one.id)) // the files are not kept to make it of them
		err := tx.Insert(ctx, "document", set("id", one.id), set("member_id", kept.ID), set("org_path", kept.OrgPath), set("kind", string(d.Kind)),
			set("title", one.person.Seal(titleColumn, one.id, []byte(d.Title))), set("pages", one.pages), set("bytes", one.bytes), set("digest", digest),
			set("state", string(Kept)), set("account_id", d.Account), set("actor", d.By), set("at", d.At.UnixMicro()), set("removed_at", 0), set("version", 1))
		if err == nil {
			err = c.prove(ctx, tx, one.id, kept.ID, kept.OrgPath, d.Facts)
		}
		if err == nil {
			err = c.proveDated(ctx, tx, one, kept)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Copies tells which copy is of which document.
func (c *copies) Copies() map[string]string {
	out := map[string]string{}
	for _, one := range c.list {
		out[one.of.ID] = one.id
	}
	return out
}

// proveDated lets a copy prove the copies of the dated facts that the document proves.
func (c *copies) proveDated(ctx context.Context, tx *store.Tx, one *copied, kept member.Member) error {
	for _, id := range one.of.Dated {
		var now string
		found, err := tx.One(ctx, "SELECT id FROM {fact} WHERE member_id = ? AND follows = ? AND retired = 0", []any{kept.ID, id}, &now)
		if err == nil && found {
			err = c.prove(ctx, tx, one.id, kept.ID, kept.OrgPath, []string{member.ProvesFact(now)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Forget removes the pages of copies that were not entered.
func (c *copies) Forget(ctx context.Context) {
	for _, one := range c.list {
		one.undo(ctx)
	}
}
