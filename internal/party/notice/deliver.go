package notice

import (
	"context"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// waits are how long a message waits after each try that failed; after the last it is given up.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour}

// Bounds of sending.
const (
	sentAtOnce = 100
	stale      = 24 * time.Hour      // an older message says nothing true any more
	keepSent   = 90 * 24 * time.Hour // how long it is known what was sent
)

// Recover says of what was under way when an earlier process died that nobody knows whether it came. To be called once,
// before the first Deliver.
func (s *Service) Recover(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "notice: recover")
	return s.DB.Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "outgoing", store.Key{store.Set("state", string(Sending))}, store.Set("state", string(InDoubt)), store.Set("error", "killed"))
		return err
	})
}

// Deliver sends what waits and is due, none at night. A channel that does not answer is left alone until the next round.
func (s *Service) Deliver(ctx context.Context, p Policy) (err error) {
	defer fault.Wrap(&err, "notice: deliver")
	if len(s.Channels) == 0 || p.Quiet(s.Clock.Now()) {
		return nil
	}
	away := map[string]bool{}
	for after := ""; ; {
		var list []Sent
		err := s.DB.As(store.System("messages to send")).Each(ctx, "SELECT "+sentColumns+" FROM {outgoing} WHERE state = 'waiting' AND next_at <= ? AND id > ? ORDER BY id LIMIT ?",
			[]any{s.Clock.Now().UnixMicro(), after, sentAtOnce}, func(row store.Row) error {
				m, err := scanSent(row)
				list = append(list, m)
				return err
			})
		if err != nil || len(list) == 0 {
			return err
		}
		after = list[len(list)-1].ID
		for _, m := range list {
			if away[m.Channel] {
				continue
			}
			f, err := s.deliver(ctx, m)
			if err != nil {
				return err
			}
			away[m.Channel] = f != nil && !f.Ever
		}
	}
}

// deliver sends one message: it is marked before, so that it is never sent by two or again after a death.
func (s *Service) deliver(ctx context.Context, m Sent) (f *FailureError, err error) {
	now := s.Clock.Now()
	if now.Sub(m.At) > stale {
		return nil, s.settle(ctx, m, Waiting, Failed, "late")
	}
	c := s.channel(m.Channel)
	if c == nil {
		return nil, s.settle(ctx, m, Waiting, Failed, "no channel")
	}
	address, err := s.address(ctx, m.To, c)
	if err != nil {
		return nil, err
	}
	if address == "" { // taken away since
		return nil, s.settle(ctx, m, Waiting, Failed, "no address")
	}
	title, text, err := s.Words(ctx, m.To, m.Content)
	if err != nil {
		return nil, err
	}
	m.Tries++
	if err := s.settle(ctx, m, Waiting, Sending, m.Error); err != nil {
		if fault.Of(err) == fault.Conflict { // somebody else has it
			err = nil
		}
		return nil, err
	}
	sent := c.Send(ctx, Message{ID: m.ID, To: address, Title: title, Text: text})
	after := context.WithoutCancel(ctx) // what is known of it is written, also while the program stops
	if sent == nil {
		return nil, s.settle(after, m, Sending, Gone, "")
	}
	f = failureOf(sent)
	if f.Ever || int(m.Tries) > len(waits) {
		return f, s.settle(after, m, Sending, Failed, f.Code)
	}
	m.Next = now.Add(waits[m.Tries-1])
	return f, s.settle(after, m, Sending, Waiting, f.Code)
}

// settle writes how a message stands, if it stands as it did.
func (s *Service) settle(ctx context.Context, m Sent, from, to SentState, code string) error {
	return s.DB.Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "outgoing", store.ByID(m.ID).And("state", string(from)), store.Set("state", string(to)), store.Set("tries", m.Tries), store.Set("next_at", m.Next.UnixMicro()), store.Set("error", code))
		if err == nil && n == 0 {
			err = changed()
		}
		return err
	})
}

// address is where somebody is told by a channel now, "" nowhere.
func (s *Service) address(ctx context.Context, to string, c Channel) (string, error) {
	x, err := s.reach(ctx, s.DB.As(store.System("message")), to, c)
	switch {
	case err != nil || x.Off:
		return "", err
	case x.Address != "" || s.Known == nil:
		return x.Address, nil
	}
	return s.Known(ctx, to, c)
}

// Tally counts the messages of the last days by a channel.
type Tally struct {
	Channel                        string
	Sent, Waiting, Failed, InDoubt int
}

// Tallies count the messages since a moment, channel by channel.
func (s *Service) Tallies(ctx context.Context, since time.Time) (map[string]Tally, error) {
	out := map[string]Tally{}
	err := s.DB.As(store.System("messages counted")).Each(ctx, "SELECT channel, state, count(*) FROM {outgoing} WHERE at >= ? GROUP BY channel, state", []any{since.UnixMicro()}, func(row store.Row) error {
		var channel string
		var state SentState
		var n int
		err := row.Scan(&channel, &state, &n)
		t := out[channel]
		t.Channel = channel
		switch state {
		case Gone:
			t.Sent += n
		case Failed:
			t.Failed += n
		case InDoubt:
			t.InDoubt += n
		default:
			t.Waiting += n
		}
		out[channel] = t
		return err
	})
	return out, err
}

// GivenUp lists messages that were given up or are in doubt, the newest first: when, by which channel and why. To whom is
// nobody's business who runs the program, and left out.
func (s *Service) GivenUp(ctx context.Context, limit int) (out []Sent, err error) {
	err = s.DB.As(store.System("messages given up")).Each(ctx, "SELECT "+sentColumns+" FROM {outgoing} WHERE state IN ('failed', 'doubt') ORDER BY at DESC, id DESC LIMIT ?", []any{limit}, func(row store.Row) error {
		m, err := scanSent(row)
		m.ID, m.To, m.Content = "", "", Content{}
		out = append(out, m)
		return err
	})
	return out, err
}
