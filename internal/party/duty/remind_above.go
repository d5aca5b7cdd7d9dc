package duty

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// helping are the roles that may offer a branch help: they are reminded of in how many branches below something is
// overdue, to help and not to hurry anybody.
var helping = []access.Role{access.PartyWorker, access.CommitteeSecretary, access.OrganisationDepartment}

// remindAbove tells give, organisation by organisation above branches, of what is overdue below: kinds and numbers of branches.
func (s *Service) remindAbove(ctx context.Context, all store.Reader, day civil.Date, give func(string, map[string]notice.Digest) error) error {
	for path := ""; ; {
		lines, err := lateSums(ctx, all, day, path)
		if err != nil || len(lines) == 0 {
			return err
		}
		path = lines[len(lines)-1].path
		for chunk := range slices.Chunk(byBranch(lines), rolesFor) {
			if err := s.remindThose(ctx, all, day, chunk, give); err != nil {
				return err
			}
		}
	}
}

// lateSums reads in how many branches each duty is overdue below the organisations behind a path: whole organisations.
func lateSums(ctx context.Context, r store.Reader, day civil.Date, path string) (out []owedLine, err error) {
	query := "SELECT org_path, duty, sum(n) FROM {late} WHERE org_path > ? AND begin_on <= ? AND end_on > ? AND n > 0 GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?"
	err = r.Each(ctx, query, []any{path, day.String(), day.String(), owedAtOnce}, func(row store.Row) error {
		l := owedLine{Line: notice.Line{Below: true, Late: true}}
		err := row.Scan(&l.path, &l.Duty, &l.N)
		out = append(out, l)
		return err
	})
	if len(out) == owedAtOnce { // the last organisation may go on behind the page
		last := out[len(out)-1].path
		out = slices.DeleteFunc(out, func(l owedLine) bool { return l.path == last })
	}
	return out, err
}

// remindThose tells of some organisations.
func (s *Service) remindThose(ctx context.Context, all store.Reader, day civil.Date, places [][]owedLine, give func(string, map[string]notice.Digest) error) error {
	paths := make([]string, len(places))
	for i, p := range places {
		paths[i] = p[0].path
	}
	roles, err := s.Rights.InRoles(ctx, all, paths)
	if err != nil {
		return err
	}
	steps, err := org.Steps(ctx, all, paths)
	if err != nil {
		return err
	}
	for _, p := range places {
		id, parts := steps[p[0].path].ID, map[string]notice.Digest{}
		for _, h := range roles {
			if h.Org != id || !holds(h, day, helping) || parts[told(h)] != nil {
				continue
			}
			for _, l := range p {
				l.Org = id
				parts[told(h)] = append(parts[told(h)], l.Line)
			}
		}
		if len(parts) == 0 {
			continue
		}
		if err := give(id, parts); err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether somebody has one of the roles on a day.
func holds(h steward.InRole, day civil.Date, roles []access.Role) bool {
	return slices.Contains(roles, access.Role(h.Role)) && !h.From.After(day) && (h.To.IsZero() || !h.To.Before(day))
}

// told is whom a notice for the holder of a role goes to.
func told(h steward.InRole) string {
	if h.Member != "" {
		return h.Member
	}
	return h.Account
}
