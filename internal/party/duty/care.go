package duty

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// Unvisited are the members in care of a branch whom nobody has visited or taught at home in the year of a day, and the rule
// (M-08). It has no number, so nothing is ever overdue of it: the branch is only told whom it has not been to.
func (s *Service) Unvisited(ctx context.Context, r store.Reader, path string, day civil.Date) (list []Somebody, rule rulebook.Rule, err error) {
	book, err := s.Local.Book(ctx, path)
	if err != nil {
		return nil, rule, err
	}
	rule, ok := book.On("M-08", day)
	if !ok {
		return nil, rule, nil
	}
	query := "SELECT m.id, m.name FROM {member} m WHERE m.state = 'active' AND m.care = 1 AND m.org_path = ? AND NOT EXISTS (SELECT 1 FROM {entry} e" +
		" WHERE e.member_id = m.id AND e.retired_at = 0 AND e.kind IN (?, ?) AND e.on_date >= ? AND e.on_date <= ?) ORDER BY m.pinyin, m.id"
	args := []any{path, string(timeline.Visited), string(timeline.TaughtAtHome), civil.Of(day.Year, 1, 1).String(), day.String()}
	err = r.Each(ctx, query, args, func(row store.Row) error {
		one := Somebody{OrgPath: path, Rule: rule}
		err := row.Scan(&one.ID, &one.Name)
		list = append(list, one)
		return err
	})
	return list, rule, err
}
