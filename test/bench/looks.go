package main

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

// looksOfOne is how many looks at one record there are: somebody whom a city has asked about for decades.
const (
	looksOfOne = 10000
	looksPage  = 20 * time.Millisecond
)

var earlierLooks = regexp.MustCompile(`href="([^"]*/looks\?before=[^"]*)"`)

// looks measures the page «who looked at this record» where there were very many, from its first page to its last.
func (b *bench) looks(ctx context.Context) error {
	dir, err := b.smallCity(ctx)
	if err != nil {
		return err
	}
	kept := b.work("looks")
	if err := copyFiles(dir, kept); err != nil {
		return err
	}
	s, err := openSite(ctx, kept, pageRole)
	if err != nil {
		return err
	}
	defer s.stop()
	ids, err := s.someMembers(ctx, 1)
	if err != nil {
		return err
	}
	if err := s.lookAt(ctx, ids[0], looksOfOne); err != nil {
		return err
	}
	var all []time.Duration
	for range 5 {
		for path, pages := view.PathMemberAct(ids[0], "looks"), 0; path != ""; pages++ {
			start := time.Now()
			page, err := s.getIn(path, "")
			if err != nil {
				return err
			}
			all = append(all, time.Since(start))
			path = ""
			if next := earlierLooks.FindStringSubmatch(page.Body.String()); next != nil {
				path = html.UnescapeString(next[1])
			} else if pages < looksOfOne/200 {
				return fmt.Errorf("%d looks on %d pages only", looksOfOne, pages+1)
			}
		}
	}
	m, worst := median(all), quantile(all, 1)
	b.table.add(measure{Name: fmt.Sprintf("page of who looked at a record, with %d looks (slowest of all its pages %s)", looksOfOne, ms(worst)), Ours: ms(m),
		Reach: "≤ " + ms(looksPage)}, m <= looksPage)
	return nil
}

// lookAt has others open a record again and again.
func (s *site) lookAt(ctx context.Context, id string, times int) error {
	m, err := s.in.Members.ByID(ctx, s.in.DB.As(store.System("bench")), id)
	if err != nil {
		return err
	}
	const atOnce = 1000
	for i := range times {
		if err := s.in.Members.Opened(ledger.Actor{Account: "bench", Name: "查档案的人"}, m); err != nil {
			return err
		}
		if i%atOnce == atOnce-1 {
			if err := s.in.Members.Flush(ctx); err != nil {
				return err
			}
		}
	}
	return s.in.Members.Flush(ctx)
}
