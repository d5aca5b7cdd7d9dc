package access

import (
	"context"
	"encoding/json"
	"time"

	"zhibu/internal/store"
)

// challengeLife is how long a browser may take for an answer: a person looks for a phone, or signs in elsewhere.
const challengeLife = 5 * time.Minute

// ask keeps what a browser was asked, under a token that comes back with the answer. holder stands for the browser or
// session that was asked; the database holds neither it nor the token.
func (d *Door) ask(ctx context.Context, kind, token, holder string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return d.db.Operate(ctx, func(tx *store.Tx) error {
		return tx.Insert(ctx, "challenge", store.Set("id", d.keyed("challenge", kind, token)), store.Set("holder", d.keyed("challenge holder", holder)),
			store.Set("data", b), store.Set("expires", d.clock.Now().Add(challengeLife).Unix()))
	})
}

// answered gives back what was asked, once. ok is false for what nobody asked, what was answered before, what took too
// long, and what somebody else was asked.
func (d *Door) answered(ctx context.Context, kind, token, holder string, data any) (ok bool, err error) {
	if token == "" || holder == "" {
		return false, nil
	}
	id := d.keyed("challenge", kind, token)
	var kept []byte
	err = d.db.Operate(ctx, func(tx *store.Tx) error {
		var expires int64
		ok = false
		found, err := tx.One(ctx, "SELECT data, expires FROM {challenge} WHERE id = ? AND holder = ?", []any{id, d.keyed("challenge holder", holder)}, &kept, &expires)
		if err != nil || !found {
			return err
		}
		n, err := tx.Delete(ctx, "challenge", store.ByID(id))
		ok = n == 1 && expires > d.clock.Now().Unix()
		return err
	})
	if err != nil || !ok {
		return false, err
	}
	return true, json.Unmarshal(kept, data)
}
