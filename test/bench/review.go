package main

import (
	"context"
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"slices"

	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

// queueRoles are a reviewer whose own organisation is asked for nearly all that waits, and somebody above for whom
// nearly all of it is others'.
var queueRoles = []string{"reviewer", pageRole}

// queuePages is how many pages of the queue are turned, one after the other, as a reviewer does.
const queuePages = 60

// review measures the queue while a change to every member's record waits: the page against its own queries, bare.
func (b *bench) review(ctx context.Context) error {
	dir, err := b.bigCity(ctx)
	if err != nil {
		return err
	}
	kept := b.work("review")
	if err := copyFiles(dir, kept); err != nil {
		return err
	}
	waiting, err := proposeAll(ctx, kept)
	if err != nil {
		return err
	}
	for _, role := range queueRoles {
		t, err := measureQueue(ctx, kept, role)
		if err != nil {
			return err
		}
		r := ratio(t.made.wall, t.queries.wall)
		b.table.add(measure{Name: fmt.Sprintf("review queue page at %d pending, for the %s, against its %d queries", waiting, role, t.statements),
			Ours: ms(t.made.wall), Bare: ms(t.queries.wall), Ratio: r, Reach: "≤ 2.5 ×"}, r <= 2.5)
	}
	return nil
}

// proposeAll lets a change to every living record wait.
func proposeAll(ctx context.Context, dir string) (n int, err error) {
	in, err := open(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = firstOf(err, in.Close()) }()
	var all []member.Member
	err = in.Members.Each(ctx, in.DB.As(store.System("bench")), "m.state = 'active' AND m.review = 'reviewed' ORDER BY m.org_path, m.id", nil, func(m member.Member) error {
		all = append(all, m)
		return nil
	})
	if err != nil {
		return 0, err
	}
	actor := ledger.System("bench")
	for part := range slices.Chunk(all, 1000) {
		entries := make([]review.Entry, len(part))
		for i, m := range part {
			field := []roster.Column{roster.Occupation}
			entries[i].Change = &member.Change{Kind: member.DoMend, Member: m, Fields: field, Basis: member.Basis{Reason: "试", Document: "试"},
				Old: map[roster.Column]string{roster.Occupation: m.Occupation}, New: map[roster.Column]string{roster.Occupation: "村医"}}
		}
		if err := fileAll(ctx, in, actor, entries); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, in.DB.Analyze(ctx)
}

func fileAll(ctx context.Context, in *installation.Installation, actor ledger.Actor, entries []review.Entry) error {
	list, _, _, err := in.Reviews.Prepare(ctx, actor, "", entries)
	if err != nil {
		return err
	}
	return in.Ledger.Do(ctx, actor, ledger.Act{Kind: review.ActPropose, Reason: "试"}, func(tx *store.Tx) error { return in.Reviews.File(ctx, tx, list) })
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var nextPage = regexp.MustCompile(`href="(` + view.PathReviews + `\?[^"]*after=[^"]*)"`)

// measureQueue turns pages of the queue, and reads what each of them reads on the bare driver.
func measureQueue(ctx context.Context, dir, role string) (t pageTimes, err error) {
	s, err := openSite(ctx, dir, role)
	if err != nil {
		return t, err
	}
	defer s.stop()
	paths := []string{view.PathReviews}
	for len(paths) < queuePages {
		page, err := s.getIn(paths[len(paths)-1], "")
		if err != nil {
			return t, err
		}
		next := nextPage.FindStringSubmatch(page.Body.String())
		if next == nil {
			break
		}
		paths = append(paths, html.UnescapeString(next[1]))
	}
	bare, err := newReplayer(filepath.Join(dir, "zhibu.db"), 1)
	if err != nil {
		return t, err
	}
	defer bare.close()
	return s.beside(bare, paths)
}
