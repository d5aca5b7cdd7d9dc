package duty

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// ownOnes are the duties of which a member is reminded herself. All others of a person are the branch's to do.
var ownOnes = []timeline.Name{timeline.PayDues, timeline.StudyHours}

// owedLine is what is open in one branch of one duty, as it is kept.
type owedLine struct {
	path string
	notice.Line
}

const (
	owedAtOnce = 2000
	rolesFor   = 100 // branches whose roles are asked at once
)

// Remind tells give, branch by branch, of what whom is to be reminded on a day: of what is overdue, and of what is due within
// so many days; then, above branches, of in how many branches below something is overdue. It reads what is kept. Exempt duties are not open and so not counted; whoever needs care (M-08) is not
// reminded of anything herself.
func (s *Service) Remind(ctx context.Context, day civil.Date, ahead int, give func(org string, parts map[string]notice.Digest) error) (err error) {
	defer fault.Wrap(&err, "duty: remind")
	if _, err := s.Rebuild(ctx); err != nil {
		return err
	}
	if _, err := s.Settle(ctx, 0); err != nil {
		return err
	}
	all := s.DB.As(store.System("remind"))
	until := day.AddDays(ahead)
	for path := ""; ; {
		lines, err := owedSoon(ctx, all, day, until, path)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return s.remindAbove(ctx, all, day, give)
		}
		path = lines[len(lines)-1].path
		for chunk := range slices.Chunk(byBranch(lines), rolesFor) {
			if err := s.remindOf(ctx, all, day, until, chunk, give); err != nil {
				return err
			}
		}
	}
}

// owedSoon reads what is open of the branches behind a path: whole branches.
func owedSoon(ctx context.Context, r store.Reader, day, until civil.Date, path string) (out []owedLine, err error) {
	query := "SELECT org_path, org_id, duty, CASE WHEN due_on < ? THEN 1 ELSE 0 END, sum(n) FROM {owed} WHERE org_path > ? AND due_on <= ? AND from_on <= ? AND gone_on > ?" +
		" GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4 LIMIT ?"
	err = r.Each(ctx, query, []any{day.String(), path, until.String(), day.String(), day.String(), owedAtOnce}, func(row store.Row) error {
		var l owedLine
		var late int64
		err := row.Scan(&l.path, &l.Org, &l.Duty, &late, &l.N)
		l.Late = late != 0
		out = append(out, l)
		return err
	})
	if len(out) == owedAtOnce { // the last branch may go on behind the page
		last := out[len(out)-1].path
		out = slices.DeleteFunc(out, func(l owedLine) bool { return l.path == last })
	}
	return out, err
}

func byBranch(lines []owedLine) (out [][]owedLine) {
	for i, l := range lines {
		if i == 0 || lines[i-1].path != l.path {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}

// remindOf tells of some branches.
func (s *Service) remindOf(ctx context.Context, all store.Reader, day, until civil.Date, branches [][]owedLine, give func(string, map[string]notice.Digest) error) error {
	paths := make([]string, len(branches))
	for i, b := range branches {
		paths[i] = b[0].path
	}
	roles, err := s.Rights.InRoles(ctx, all, paths)
	if err != nil {
		return err
	}
	for _, b := range branches {
		parts := map[string]notice.Digest{}
		for _, h := range roles {
			if h.Org != b[0].Org || !holds(h, day, answering) || parts[told(h)] != nil {
				continue
			}
			for _, l := range b {
				parts[told(h)] = append(parts[told(h)], l.Line)
			}
		}
		if err := s.remindMembers(ctx, all, day, until, b, parts); err != nil {
			return err
		}
		if len(parts) == 0 {
			continue
		}
		if err := give(b[0].Org, parts); err != nil {
			return err
		}
	}
	return nil
}

// remindMembers adds what members of a branch who have an account are to do themselves.
func (s *Service) remindMembers(ctx context.Context, all store.Reader, day, until civil.Date, b []owedLine, parts map[string]notice.Digest) error {
	if !slices.ContainsFunc(b, func(l owedLine) bool { return slices.Contains(ownOnes, timeline.Name(l.Duty)) }) {
		return nil
	}
	reached := map[string]bool{}
	err := all.Each(ctx, "SELECT DISTINCT m.id FROM {member} m JOIN {account} a ON a.member_id = m.id WHERE m.org_path = ? AND m.state = 'active' AND m.care = 0 AND a.state = 'active'", []any{b[0].path}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		reached[id] = true
		return err
	})
	if err != nil || len(reached) == 0 {
		return err
	}
	o, err := org.ByID(ctx, all, b[0].Org)
	if err != nil {
		return err
	}
	a, err := s.Of(ctx, all, o, day, true)
	if err != nil {
		return err
	}
	for _, it := range a.Items {
		late := it.State == timeline.Overdue
		if !reached[it.Person] || !slices.Contains(ownOnes, it.Duty.Name) || !late && (it.State != timeline.Upcoming || it.Due.IsZero() || it.Due.After(until)) {
			continue
		}
		l := notice.Line{Org: o.ID, Own: true, Duty: string(it.Duty.Name), Late: late}
		part := parts[it.Person]
		i := slices.IndexFunc(part, func(x notice.Line) bool { l.N = x.N; return x == l })
		if i < 0 {
			l.N = 1
			parts[it.Person] = append(part, l)
			continue
		}
		part[i].N++
	}
	return nil
}

// Reminded is a digest in words: duties in the order in which it lists them, those of all branches together.
func Reminded(d notice.Digest) (out []notice.Line) {
	for _, l := range d {
		l.Org = ""
		i := slices.IndexFunc(out, func(x notice.Line) bool {
			return x.Duty == l.Duty && x.Late == l.Late && x.Own == l.Own && x.Below == l.Below
		})
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].N += l.N
	}
	slices.SortStableFunc(out, func(a, b notice.Line) int {
		if a.Late != b.Late {
			if a.Late {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Duty, b.Duty)
	})
	return out
}

// LineSays is the sentence of a line, to be filled with the name of the duty and the number: a key of the catalogue.
func LineSays(l notice.Line) string {
	switch {
	case l.Below:
		return words.Mark("%s 下级 %d 个支部逾期")
	case l.Late:
		return words.Mark("%s %d 件（已逾期）")
	}
	return words.Mark("%s %d 件")
}
