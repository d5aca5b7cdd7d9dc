package main

import (
	"context"
	"net/url"
	"time"

	"zhibu/internal/web/view"
)

// asOf measures records, organisations and the tree as of a day against the same pages of the present: a look back costs at
// most twice the look.
func (b *bench) asOf(ctx context.Context) error {
	dir, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	s, err := openSite(ctx, dir, pageRole)
	if err != nil {
		return err
	}
	defer s.stop()
	members, err := s.someMembers(ctx, pagesApart)
	if err != nil {
		return err
	}
	branches, err := s.someBranches(ctx, pagesApart)
	if err != nil {
		return err
	}
	day := url.Values{view.FieldAsOf: {time.Now().AddDate(-1, 0, 0).Format(time.DateOnly)}}.Encode()
	for _, page := range []struct {
		name  string
		paths []string
	}{{"member page", pathsOf(members, view.PathMember)}, {"organisation page", pathsOf(branches, view.PathOrg)}, {"tree", []string{view.PathOrganisations}}} {
		now, then, err := s.turns(page.paths, day)
		if err != nil {
			return err
		}
		r := ratio(then, now)
		b.table.add(measure{Name: page.name + " as of a day, against the present one", Ours: ms(then), Bare: ms(now), Ratio: r, Reach: "≤ 2 ×"}, r <= 2)
	}
	return nil
}

func pathsOf(ids []string, path func(string) string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = path(id)
	}
	return out
}

// turns times pages and the same pages as of a day in turns; the first round only warms. It gives medians.
func (s *site) turns(paths []string, day string) (now, then time.Duration, err error) {
	const atLeast = 60
	var all [2][]time.Duration
	for round := 0; round < 2 || len(all[0]) < atLeast; round++ {
		for i, path := range paths {
			for _, which := range [2]int{(i + round) % 2, (i + round + 1) % 2} {
				asked := path
				if which == 1 {
					asked += "?" + day
				}
				start := time.Now()
				if _, err := s.getIn(asked, ""); err != nil {
					return 0, 0, err
				}
				if round > 0 {
					all[which] = append(all[which], time.Since(start))
				}
			}
		}
	}
	return median(all[0]), median(all[1]), nil
}
