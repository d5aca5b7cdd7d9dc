package review

import (
	"context"
	"strings"

	"zhibu/internal/store"
)

// OrgFilter says which acts on organisations are shown.
type OrgFilter struct {
	State   State    // Waiting unless said
	Owner   []string // ids of the organisations that are asked, 16 at most
	First   []string // those whose acts come first
	Account string   // who proposed
	Org     string   // about this organisation, or with it as target
	After   string   // Next of the page before
	Limit   int      // 1 to 200, 0 for 50
}

// OrgQueue gives a page of the acts on organisations that wait under the reader's scope, those first for which certain
// organisations are asked, the oldest before. next is the After of the following page.
func (s *Service) OrgQueue(ctx context.Context, r store.Reader, f OrgFilter) (list []OrgProposal, next string, err error) {
	cond, args := f.where()
	limit := Filter{Limit: f.Limit}.limit()
	rank, ranked := "0", []any{}
	if len(f.First) > 0 {
		rank, ranked = "CASE WHEN owner_id IN "+sixteen+" THEN 0 ELSE 1 END", filled(f.First)
	}
	query := "SELECT " + orgColumns + ", turn FROM (SELECT " + orgColumns + ", " + rank + " AS turn FROM {org_proposal} WHERE " + strings.Join(cond, " AND ") + ") q"
	all := append(ranked, args...)
	if turn, id, cut := strings.Cut(f.After, "-"); cut {
		query += " WHERE turn > ? OR turn = ? AND id > ?"
		n := 0
		if turn == "1" {
			n = 1
		}
		all = append(all, n, n, id)
	}
	var turns []string
	err = r.Each(ctx, query+" ORDER BY turn, id LIMIT ?", append(all, limit+1), func(row store.Row) error {
		var turn string
		p, err := scanOrg(behind{row, &turn})
		list, turns = append(list, p), append(turns, turn)
		return err
	})
	if len(list) > limit {
		list = list[:limit]
		next = turns[limit-1] + "-" + list[limit-1].ID
	}
	return list, next, err
}

// behind reads one more column than a scan asks for.
type behind struct {
	store.Row
	last any
}

func (b behind) Scan(dest ...any) error { return b.Row.Scan(append(dest, b.last)...) }

func (f OrgFilter) where() (cond []string, args []any) {
	state := f.State
	if state == "" {
		state = Waiting
	}
	cond, args = []string{"state = ?"}, []any{string(state)}
	if len(f.Owner) > 0 {
		cond, args = append(cond, "owner_id IN "+sixteen), append(args, filled(f.Owner)...)
	}
	if f.Account != "" {
		cond, args = append(cond, "account_id = ?"), append(args, f.Account)
	}
	if f.Org != "" {
		cond, args = append(cond, "(org_id = ? OR target_id = ?)"), append(args, f.Org, f.Org)
	}
	return cond, args
}

// CountOrgs counts the acts on organisations that a filter shows, up to a bound.
func (s *Service) CountOrgs(ctx context.Context, r store.Reader, f OrgFilter) (n int, err error) {
	cond, args := f.where()
	_, err = r.One(ctx, "SELECT count(*) FROM (SELECT 1 FROM {org_proposal} WHERE "+strings.Join(cond, " AND ")+" LIMIT ?) c", append(args, countedUpTo), &n)
	return n, err
}

// OrgsAbout lists the acts about an organisation that somebody still has to decide or mend, the oldest first.
func (s *Service) OrgsAbout(ctx context.Context, r store.Reader, id string) ([]OrgProposal, error) {
	return orgProposals(ctx, r, "(org_id = ? OR target_id = ?) AND state IN ('pending', 'returned')", id, id)
}

// OrgCodeWaits tells whether somebody has asked for a code, of an organisation that is not set up yet.
func (s *Service) OrgCodeWaits(ctx context.Context, code string) (bool, error) {
	var one int
	return s.db().As(store.System("is a code free")).One(ctx, "SELECT 1 FROM {org_proposal} WHERE code = ? AND state IN ('pending', 'returned')", []any{code}, &one)
}
