package org

import (
	"context"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// A path is a row of segments of four base-36 digits, each followed by a dot; the root is "0001.". Fixed width makes
// the order of paths the order of the tree, and a subtree one range of them.
const (
	segmentWidth = 4
	rootPath     = "0001."
	maxChildren  = 36*36*36*36 - 1
)

// MaxDepth is how many levels the tree may have: country to Party group needs nine.
const MaxDepth = 12

// childPath is the path of the n-th child.
func childPath(parent string, n int64) string {
	s := strconv.FormatInt(n, 36)
	return parent + strings.Repeat("0", segmentWidth-len(s)) + s + "."
}

// Depth is the level of a path, 1 for the root.
func Depth(path string) int { return len(path) / (segmentWidth + 1) }

// Above lists the paths above a path, the root first.
func Above(path string) []string {
	var out []string
	for end := segmentWidth + 1; end < len(path); end += segmentWidth + 1 {
		out = append(out, path[:end])
	}
	return out
}

// Covers tells whether path lies at or below top.
func Covers(top, path string) bool { return top != "" && strings.HasPrefix(path, top) }

// behind is the first path behind a subtree: '/' follows '.'.
func behind(path string) string { return path[:len(path)-1] + "/" }

// treeLock is held by whoever changes the shape of the tree.
const treeLock = store.TreeLock

// Still keeps every organisation where it is until the transaction ends. Whoever writes a row that copies an
// organisation's path calls it before reading that path; otherwise a move that commits in between leaves the row
// behind. It delays nobody but movers.
func Still(ctx context.Context, tx *store.Tx) error { return tx.LockShared(ctx, treeLock) }

// Place is where somebody read an organisation to stand.
type Place struct{ ID, Path string }

// Unmoved is Still for a writer who read the places before the transaction began: fault.Conflict when one of them is
// no longer there.
func Unmoved(ctx context.Context, tx *store.Tx, places ...Place) error {
	if err := Still(ctx, tx); err != nil {
		return err
	}
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	now, err := ByIDs(ctx, tx.System("org: does it stand where it was read"), ids)
	if err != nil {
		return err
	}
	at := make(map[string]string, len(now))
	for _, o := range now {
		at[o.ID] = o.Path
	}
	for _, p := range places {
		if at[p.ID] != p.Path {
			return fault.New(fault.Conflict, "党组织的隶属关系刚刚调整过，请再试一次。")
		}
	}
	return nil
}

// nextPath takes the next free place below a parent. The caller holds the tree lock.
func nextPath(ctx context.Context, tx *store.Tx, parent Organisation) (string, error) {
	if parent.nextChild > maxChildren {
		return "", fault.New(fault.Unavailable, "这个党组织的下级编号已经用完，不能再增加下级。").At("parent")
	}
	key := store.ByID(parent.ID).And("next_child", parent.nextChild)
	n, err := tx.Update(ctx, "org", key, store.Set("next_child", parent.nextChild+1))
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", fault.Missing()
	}
	return childPath(parent.Path, parent.nextChild), nil
}

// checkDepth refuses a subtree of so many levels below a parent.
func checkDepth(parent string, levels int, field string) error {
	if parent != "" && Depth(parent)+levels > MaxDepth {
		return fault.New(fault.Invalid, "党组织最多 %d 层，这样安排会超过。", MaxDepth).At(field)
	}
	return nil
}

// Common is the path of the lowest organisation that is at or above both.
func Common(a, b string) string {
	end := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '.' {
			end = i + 1
		}
	}
	return a[:end]
}
