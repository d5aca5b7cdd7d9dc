package notice

import (
	"context"
	"errors"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// ActReach is the act by which somebody says where she wants to be told.
const ActReach = "notice.reach"

// Reach is where somebody is told by one channel.
type Reach struct {
	Channel Channel
	Off     bool
	Address string // that she has given; "" none
	Known   bool   // without one: the record has an address for the channel
	Version int64  // 0: nothing is kept
	Last    *Sent  // the last message by this channel, nil none
}

const addressSeal = "reach.address"

// longestAddress bounds an address.
const longestAddress = 120

// Reaches are one's own channels, each as it stands.
func (s *Service) Reaches(ctx context.Context, actor ledger.Actor, mine store.Scope) (out []Reach, err error) {
	defer fault.Wrap(&err, "notice: channels")
	to := person(actor)
	for _, c := range s.Channels {
		r, err := s.reach(ctx, s.DB.As(mine), to, c)
		if err != nil {
			return nil, err
		}
		if r.Last, err = s.last(ctx, to, c.ID()); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Address is where somebody wants to be told by a channel, as it is kept.
type Address struct {
	Channel string
	Off     bool
	Address string
}

// Addresses are all that are kept of oneself, also of channels that the installation has no more.
func (s *Service) Addresses(ctx context.Context, actor ledger.Actor) (out []Address, err error) {
	defer fault.Wrap(&err, "notice: addresses")
	to := person(actor)
	var sealed [][]byte
	err = s.DB.As(store.Mine(to)).Each(ctx, "SELECT channel, off, address FROM {reach} ORDER BY channel", nil, func(row store.Row) error {
		var a Address
		var off int64
		var b []byte
		err := row.Scan(&a.Channel, &off, &b)
		a.Off = off != 0
		out, sealed = append(out, a), append(sealed, slices.Clone(b))
		return err
	})
	for i := range out {
		if err == nil && len(sealed[i]) > 0 {
			out[i].Address, err = s.opened(ctx, to, out[i].Channel, sealed[i])
		}
	}
	return out, err
}

// opened opens an address.
func (s *Service) opened(ctx context.Context, to, channel string, sealed []byte) (string, error) {
	key, err := s.Vault.Person(ctx, to)
	if err != nil {
		return "", err
	}
	plain, err := key.Open(addressSeal, reachID(to, channel), sealed)
	return string(plain), err
}

// person is whom one tells by an actor.
func person(a ledger.Actor) string {
	if a.Member != "" {
		return a.Member
	}
	return a.Account
}

func reachID(to, channel string) string { return to + "~" + channel }

// reach reads how somebody is told by a channel.
func (s *Service) reach(ctx context.Context, r store.Reader, to string, c Channel) (out Reach, err error) {
	out.Channel = c
	var off int64
	var sealed []byte
	_, err = r.One(ctx, "SELECT off, address, version FROM {reach} WHERE id = ?", []any{reachID(to, c.ID())}, &off, &sealed, &out.Version)
	if err != nil {
		return out, err
	}
	out.Off = off != 0
	if len(sealed) > 0 {
		if out.Address, err = s.opened(ctx, to, c.ID(), sealed); err != nil {
			return out, err
		}
	}
	if out.Address == "" && s.Known != nil {
		address, err := s.Known(ctx, to, c)
		if err != nil {
			return out, err
		}
		out.Known = address != ""
	}
	return out, nil
}

// SetReach says where somebody wants to be told by a channel, or that she does not. The faults name address.
func (s *Service) SetReach(ctx context.Context, actor ledger.Actor, channel string, version int64, off bool, address string) (err error) {
	defer fault.Wrap(&err, "notice: channel")
	c := s.channel(channel)
	if c == nil {
		return fault.Missing()
	}
	address = strings.TrimSpace(address)
	if len([]rune(address)) > longestAddress || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fault.New(fault.Invalid, "地址里不能有空格，最多 %d 个字。", longestAddress).At("address").By("format")
	}
	to := person(actor)
	var sealed any
	if address != "" {
		key, err := s.key(ctx, to)
		if err != nil {
			return err
		}
		sealed = key.Seal(addressSeal, reachID(to, channel), []byte(address))
	}
	switchedOff := 0
	if off {
		switchedOff = 1
	}
	act := ledger.Act{Kind: ActReach, Subject: "account", SubjectID: actor.Account, Detail: map[string]any{"channel": channel, "off": off}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		own := tx.With(store.Mine(to))
		if version == 0 {
			err := own.Insert(ctx, "reach", store.Set("id", reachID(to, channel)), store.Set("to_id", to), store.Set("channel", channel), store.Set("off", switchedOff), store.Set("address", sealed), store.Set("version", 1))
			if fault.Of(err) == fault.Conflict {
				return changed()
			}
			return err
		}
		n, err := own.Update(ctx, "reach", store.ByID(reachID(to, channel)).And("version", version), store.Set("off", switchedOff), store.Set("address", sealed), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = changed()
		}
		return err
	})
}

func changed() error {
	return fault.New(fault.Conflict, "这里刚刚改过，请看现在的内容再改。")
}

// key is the one that seals somebody's addresses; an account without a record has one from when it needs it.
func (s *Service) key(ctx context.Context, to string) (*vault.Person, error) {
	key, err := s.Vault.Person(ctx, to)
	if !errors.Is(err, vault.ErrShredded) {
		return key, err
	}
	made, err := s.Vault.Create(ctx, []string{to})
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

func (s *Service) channel(id string) Channel {
	for _, c := range s.Channels {
		if c.ID() == id {
			return c
		}
	}
	return nil
}
