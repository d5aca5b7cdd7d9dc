package notice

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/store"
)

// Line is how many duties of a kind are open in one branch, or of the person herself, or in how many branches below somebody.
type Line struct {
	Org   string `json:"o"` // the branch, or the organisation above
	Own   bool   `json:"m,omitempty"`
	Below bool   `json:"b,omitempty"` // N counts branches below the organisation
	Duty  string `json:"d"`
	Late  bool   `json:"l,omitempty"`
	N     int64  `json:"n"`
}

// Digest is what somebody is reminded of on a day: numbers and kinds, no person.
type Digest []Line

// Read reads a digest out of a notice.
func (n Notice) Digest() (d Digest) {
	if n.Kind == DutyDigest && json.Unmarshal([]byte(n.Detail), &d) != nil {
		return nil
	}
	return d
}

// text writes it, the same for the same.
func (d Digest) text() string {
	b, _ := json.Marshal(d) // texts and numbers
	return string(b)
}

// sorted puts what is late first.
func (d Digest) sorted() Digest {
	slices.SortFunc(d, func(a, b Line) int {
		if a.Late != b.Late {
			if a.Late {
				return -1
			}
			return 1
		}
		if c := strings.Compare(a.Duty, b.Duty); c != 0 {
			return c
		}
		return strings.Compare(a.Org, b.Org)
	})
	return d
}

// digestID is that of the one digest that somebody has on a day: told again it is the same.
func digestID(to string, day civil.Date) string { return "digest~" + to + "~" + day.String() }

// news tells whether a part of a digest says more than the same part said within so many days: another kind, one that has
// become late, a greater number. Whoever has been told is not told the same again every day.
func news(part Digest, before []Digest) bool {
	same := func(a, b Line) bool {
		return a.Org == b.Org && a.Own == b.Own && a.Below == b.Below && a.Duty == b.Duty && a.Late == b.Late
	}
	for _, line := range part {
		if !slices.ContainsFunc(before, func(d Digest) bool {
			return slices.ContainsFunc(d, func(old Line) bool { return same(line, old) && old.N >= line.N })
		}) {
			return true
		}
	}
	return false
}

// Remind puts one branch's lines into what people are reminded of on a day. It may run again for the same branch and day: the
// lines take the place of those that it wrote before. What has been said within the days after which it is said again is not
// repeated. It gives how many people are reminded who were not yet.
func (s *Service) Remind(ctx context.Context, day civil.Date, again int, org string, parts map[string]Digest) (told int, err error) {
	people := make([]string, 0, len(parts))
	for to := range parts {
		people = append(people, to)
	}
	slices.Sort(people)
	err = s.DB.Operate(ctx, func(tx *store.Tx) error {
		told = 0
		for _, to := range people {
			fresh, err := s.remind(ctx, tx, day, again, to, org, parts[to])
			if err != nil {
				return err
			}
			if fresh {
				told++
			}
		}
		return nil
	})
	return told, err
}

// supersedes is how long before the days that count an unread digest is looked for, which a new one takes the place of.
const supersedes = 60 * 24 * time.Hour

func (s *Service) remind(ctx context.Context, tx *store.Tx, day civil.Date, again int, to, org string, part Digest) (fresh bool, err error) {
	since := day.AddDays(1 - again).In(civil.Beijing)
	var before []Digest
	var old []string
	var today *Notice
	err = tx.Each(ctx, "SELECT "+columns+" FROM {notice} WHERE to_id = ? AND kind = ? AND at >= ?", []any{to, string(DutyDigest), since.Add(-supersedes).UnixMicro()}, func(row store.Row) error {
		n, err := scan(row)
		if n.ID == digestID(to, day) {
			today = &n
			return err
		}
		if !n.At.Before(since) {
			before = append(before, n.Digest())
		}
		if n.Unread() {
			old = append(old, n.ID)
		}
		return err
	})
	if err != nil || today == nil && !news(part, before) {
		return false, err
	}
	now := s.Clock.Now().UnixMicro()
	if today == nil {
		for _, id := range old { // the new one says what still stands of it
			if _, err := tx.Update(ctx, "notice", store.ByID(id), store.Set("read_at", now), store.Set("pushed", 0)); err != nil {
				return false, err
			}
		}
		row := []any{digestID(to, day), to, string(DutyDigest), "", "", part.sorted().text(), "", "", now, 0, 1}
		return true, tx.InsertMany(ctx, "notice", columnList, [][]any{row})
	}
	merged := append(slices.DeleteFunc(today.Digest(), func(l Line) bool { return l.Org == org }), part...)
	text := merged.sorted().text()
	if text == today.Detail {
		return false, nil
	}
	_, err = tx.Update(ctx, "notice", store.ByID(today.ID), store.Set("detail", text))
	return false, err
}
