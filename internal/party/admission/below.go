package admission

import (
	"context"
	"strings"

	"zhibu/internal/party/identity"
	"zhibu/internal/store"
)

// mostBranches bounds how many organisations Counts is asked of at once.
const mostBranches = 200

// Counts says how many people are on their way in each of some branches: applicants and probationary members.
func Counts(ctx context.Context, r store.Reader, branches []string) (map[string]int, error) {
	out := map[string]int{}
	if len(branches) == 0 {
		return out, nil
	}
	branches = branches[:min(len(branches), mostBranches)]
	in := "(?" + strings.Repeat(", ?", len(branches)-1) + ")"
	args := make([]any, len(branches))
	for i, id := range branches {
		args[i] = id
	}
	count := func(row store.Row) error {
		var id string
		var n int
		err := row.Scan(&id, &n)
		out[id] += n
		return err
	}
	err := r.Each(ctx, "SELECT org_id, count(*) FROM {applicant} WHERE member_id = '' AND org_id IN "+in+" GROUP BY org_id", args, count)
	if err != nil {
		return nil, err
	}
	err = r.Each(ctx, "SELECT org_id, count(*) FROM {member} WHERE state = 'active' AND category = ? AND org_id IN "+in+" GROUP BY org_id", append([]any{string(identity.Probationary)}, args...), count)
	return out, err
}
