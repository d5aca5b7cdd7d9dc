package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// Turn is what is done with a holder's key while keys are turned over.
type Turn int

// The turns.
const (
	Rewrap Turn = iota // the same data key under the primary KEK
	Renew              // a new data key as well; the older ones stay beside it
)

// TurnOver wraps a page of keys anew with the primary KEK and counts those it changed; what the primary KEK wraps is
// done already, so that a pass cut off anywhere may begin again from the start. A key that was destroyed or changed
// meanwhile is left alone. When it has passed over everybody, older KEKs may leave the ring.
func (v *Vault) TurnOver(ctx context.Context, page []Wrapped, how Turn) (int, error) {
	o := v.opened.Load()
	var holders []string
	var old, wrapped [][]byte
	for _, w := range page {
		head, err := parseHeader(w.Key)
		if err != nil {
			return 0, fmt.Errorf("vault: key of a holder: %w", err)
		}
		if head == o.primary {
			continue
		}
		secret, err := o.unwrap(w.Holder, w.Key)
		if err != nil {
			return 0, err
		}
		if how == Renew {
			if len(secret) >= maxGenerations*dekSize {
				return 0, errors.New("vault: a holder has as many data keys as can be kept")
			}
			fresh := make([]byte, dekSize)
			rand.Read(fresh)
			secret = append(secret, fresh...)
		}
		holders, old, wrapped = append(holders, w.Holder), append(old, w.Key), append(wrapped, o.wrap(nil, w.Holder, secret))
		clear(secret)
	}
	if len(holders) == 0 {
		return 0, nil
	}
	n, err := v.keys.Replace(ctx, holders, old, wrapped)
	if err != nil {
		return 0, fmt.Errorf("vault: store keys: %w", err)
	}
	v.cache.drop(holders)
	return n, nil
}

// KeyPage gives wrapped keys for TurnOver, in the order of their holders.
func (v *Vault) KeyPage(ctx context.Context, after string, limit int) ([]Wrapped, error) {
	holders, keys, err := v.keys.Page(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("vault: read keys: %w", err)
	}
	out := make([]Wrapped, len(holders))
	for i, h := range holders {
		out[i] = Wrapped{h, keys[i]}
	}
	return out, nil
}

// WrappedBy is the id of the KEK that wraps a key, 0 for what is no wrapped key.
func (w Wrapped) WrappedBy() uint32 {
	h, err := parseHeader(w.Key)
	if err != nil {
		return 0
	}
	return h.key
}

// Primary is the id of the KEK that wraps what is written now.
func (v *Vault) Primary() uint32 { return v.opened.Load().primary.key }

// Ring gives the secrets as they stand, for whoever changes and saves them. It is a copy.
func (v *Vault) Ring() (*Ring, error) {
	b, err := v.opened.Load().ring.encode()
	if err != nil {
		return nil, err
	}
	return decodeRing(b)
}

const handoverPlace = "ring.handover"

// HandOver uses a newer state of the ring and leaves it for the other processes of the installation, sealed under a
// key that every state of the ring gives. The key file must have been saved before. What is left there opens with an
// older key file too; EndHandOver takes it away when everybody has followed.
func (v *Vault) HandOver(ctx context.Context, ring *Ring) error {
	aead, err := newAEAD(AES, ring.Derive("ring/handover"))
	if err != nil {
		return err
	}
	plain, err := ring.encode()
	if err != nil {
		return err
	}
	defer clear(plain)
	if err := v.keys.SetHandover(ctx, appendSeal(nil, aead, header{AES, 0}, handoverPlace, ring.Installation, plain)); err != nil {
		return fmt.Errorf("vault: hand the ring over: %w", err)
	}
	return v.Use(ring)
}

// EndHandOver takes away what HandOver has left.
func (v *Vault) EndHandOver(ctx context.Context) error { return v.keys.SetHandover(ctx, nil) }

// Follow takes over what another process has left by HandOver and tells whether that was news.
func (v *Vault) Follow(ctx context.Context) (bool, error) {
	sealed, err := v.keys.Handover(ctx)
	if err != nil {
		return false, fmt.Errorf("vault: read the ring's handover: %w", err)
	}
	v.following.Lock()
	defer v.following.Unlock()
	if len(sealed) == 0 || bytes.Equal(sealed, v.followed) {
		return false, nil
	}
	mine := v.opened.Load().ring
	aead, err := newAEAD(AES, mine.Derive("ring/handover"))
	if err != nil {
		return false, err
	}
	plain, err := openSealed(aead, handoverPlace, mine.Installation, sealed)
	if err != nil {
		return false, fmt.Errorf("vault: the ring's handover: %w", err)
	}
	defer clear(plain)
	ring, err := decodeRing(plain)
	if err != nil {
		return false, err
	}
	v.followed = sealed
	if !ring.newer(mine) {
		return false, nil
	}
	return true, v.Use(ring)
}

// newer tells whether a state of the ring comes after another: keys are numbered and only added at the end.
func (r *Ring) newer(than *Ring) bool {
	last := func(r *Ring) (id uint32) {
		for _, k := range r.KEKs {
			id = max(id, k.ID)
		}
		return id
	}
	if a, b := last(r), last(than); a != b {
		return a > b
	}
	return r.Turned > than.Turned
}

// Retire lets go of what has been turned over: the KEKs that are not primary and the second index key. Call it when a
// whole pass has found nothing left under them.
func (r *Ring) Retire() {
	keks := r.KEKs[:0]
	for _, k := range r.KEKs {
		if k.Primary {
			keks = append(keks, k)
		}
	}
	r.KEKs, r.Indexes = keks, r.Indexes[:1]
	r.Turned++
}
