package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// SentState says how a message to outside stands.
type SentState string

// The states. A message under way when the process died is in doubt: it is not sent again, since nobody knows whether it
// came, and what it said stands in the inbox.
const (
	Waiting SentState = "waiting"
	Sending SentState = "sending"
	Gone    SentState = "sent"
	Failed  SentState = "failed"
	InDoubt SentState = "doubt"
)

// Content is what a message counts.
type Content struct {
	Lines  Digest `json:"lines,omitempty"`  // duties
	Others int    `json:"others,omitempty"` // other notices that wait in the inbox
}

// Sent is one message by one channel.
type Sent struct {
	ID, To, Channel string
	Content         Content
	State           SentState
	Tries           int64
	Next, At        time.Time
	Error           string
}

const sentColumns = "id, to_id, channel, content, state, tries, next_at, at, error"

func scanSent(row store.Row) (m Sent, err error) {
	var content string
	var next, at int64
	if err = row.Scan(&m.ID, &m.To, &m.Channel, &content, &m.State, &m.Tries, &next, &at, &m.Error); err != nil {
		return m, err
	}
	m.Next, m.At = time.UnixMicro(next), time.UnixMicro(at)
	return m, json.Unmarshal([]byte(content), &m.Content)
}

// handedAtOnce is how many people's notices one transaction hands over.
const handedAtOnce = 50

// HandOver makes messages for the channels out of the notices that wait to be told outside: one for a person and channel with
// all that waits, at most so many a day, none at night. What was read meanwhile is not told. A message is there exactly when
// its notices are marked, so that a process that dies loses none and makes none twice.
func (s *Service) HandOver(ctx context.Context, p Policy) (err error) {
	defer fault.Wrap(&err, "notice: hand over")
	if len(s.Channels) > 0 && p.Quiet(s.Clock.Now()) {
		return nil
	}
	for after := ""; ; {
		var people []string
		err := s.DB.As(store.System("notices to tell outside")).Each(ctx, "SELECT DISTINCT to_id FROM {notice} WHERE pushed = 1 AND to_id > ? ORDER BY to_id LIMIT ?", []any{after, handedAtOnce}, func(row store.Row) error {
			err := row.Scan(&after)
			people = append(people, after)
			return err
		})
		if err != nil || len(people) == 0 {
			return err
		}
		err = s.DB.Operate(ctx, func(tx *store.Tx) error {
			for _, to := range people {
				if err := s.handOver(ctx, tx, p, to); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (s *Service) handOver(ctx context.Context, tx *store.Tx, p Policy, to string) error {
	now := s.Clock.Now()
	day := civil.Today(s.Clock).String()
	var content Content
	var ids []string
	err := tx.Each(ctx, "SELECT "+columns+" FROM {notice} WHERE to_id = ? AND pushed = 1", []any{to}, func(row store.Row) error {
		n, err := scan(row)
		ids = append(ids, n.ID)
		switch {
		case !n.Unread():
		case n.Kind == DutyDigest:
			content.Lines = n.Digest()
		default:
			content.Others++
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(s.Channels) > 0 && (len(content.Lines) > 0 || content.Others > 0) {
		reached, err := s.reachable(ctx, tx, to)
		if err != nil {
			return err
		}
		for _, c := range reached {
			var had int
			if _, err := tx.One(ctx, "SELECT count(*) FROM {outgoing} WHERE to_id = ? AND day = ? AND channel = ?", []any{to, day, c.ID()}, &had); err != nil {
				return err
			}
			if had >= p[DailyCap] {
				return nil // all of it tomorrow, by every channel together
			}
			text, err := json.Marshal(content)
			if err != nil {
				return err
			}
			err = tx.Insert(ctx, "outgoing", store.Set("id", fmt.Sprintf("%s~%s~%s~%d", to, c.ID(), day, had)), store.Set("to_id", to), store.Set("channel", c.ID()), store.Set("day", day),
				store.Set("content", string(text)), store.Set("state", string(Waiting)), store.Set("tries", 0), store.Set("next_at", now.UnixMicro()), store.Set("at", now.UnixMicro()), store.Set("error", ""))
			if err != nil {
				return err
			}
		}
	}
	for _, id := range ids {
		if _, err := tx.Update(ctx, "notice", store.ByID(id), store.Set("pushed", 2)); err != nil {
			return err
		}
	}
	return nil
}

// reachable are the channels by which somebody can be told: not switched off, and with an address. Somebody without an open
// account is told nothing, since she could not read it.
func (s *Service) reachable(ctx context.Context, r store.Reader, to string) (out []Channel, err error) {
	var one int
	open, err := r.One(ctx, "SELECT 1 FROM {account} WHERE (member_id = ? OR id = ?) AND state = 'active' LIMIT 1", []any{to, to}, &one)
	if err != nil || !open {
		return nil, err
	}
	for _, c := range s.Channels {
		x, err := s.reach(ctx, r, to, c)
		if err != nil {
			return nil, err
		}
		if !x.Off && (x.Address != "" || x.Known) {
			out = append(out, c)
		}
	}
	return out, nil
}

// last is the latest message to somebody by a channel.
func (s *Service) last(ctx context.Context, to, channel string) (out *Sent, err error) {
	err = s.DB.As(store.System("one's own messages")).Each(ctx, "SELECT "+sentColumns+" FROM {outgoing} WHERE to_id = ? AND channel = ? ORDER BY at DESC, id DESC LIMIT 1", []any{to, channel}, func(row store.Row) error {
		m, err := scanSent(row)
		out = &m
		return err
	})
	return out, err
}
