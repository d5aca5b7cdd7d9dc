package store

import (
	"slices"
	"strings"

	"zhibu/internal/fault"
)

// Scope says which rows an actor may touch. Its zero value holds nothing. Only trust/access makes one from a
// session; System is for work that no person asked for (a migration, a rollup check) and names its reason.
type Scope struct {
	paths  []string // subtrees, each path ending in '.'
	own    []string // single organisations, without what is below
	self   string   // a member's own record
	system string   // reason of a system scope
}

// Subtree holds everything at and below the given organisation paths.
func Subtree(paths ...string) Scope { return Scope{paths: outermost(paths)} }

// Self holds one member's own record and her branch's public page.
func Self(member, orgPath string) Scope { return Scope{self: member, own: []string{orgPath}} }

// System holds everything; why says for what.
func System(why string) Scope { return Scope{system: why} }

// IsSystem tells whether the scope is the program's own.
func (s Scope) IsSystem() bool { return s.system != "" }

// IsSelf tells whether the scope is a member's own record only, and whose.
func (s Scope) IsSelf() (member string, ok bool) { return s.self, s.self != "" }

// Empty tells whether the scope holds nothing.
func (s Scope) Empty() bool { return len(s.paths) == 0 && s.self == "" && s.system == "" }

// Paths are the outermost organisation paths the scope holds.
func (s Scope) Paths() []string { return slices.Clone(s.paths) }

// Holds tells whether an organisation path lies in the scope.
func (s Scope) Holds(path string) bool {
	if s.system != "" {
		return true
	}
	for _, p := range s.paths {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// HoldsRecord tells whether a member's record lies in the scope.
func (s Scope) HoldsRecord(member, path string) bool {
	return s.self != "" && s.self == member || s.Holds(path)
}

// Within narrows the scope to one subtree, as every list does before it pages: an index follows one range only.
// A path outside of the scope is answered as missing.
func (s Scope) Within(path string) (Scope, error) {
	if path == "" || !s.Holds(path) {
		return Scope{}, fault.Missing()
	}
	return Scope{paths: []string{path}}, nil
}

// outermost drops paths that lie below another one.
func outermost(paths []string) []string {
	sorted := slices.Sorted(slices.Values(paths))
	var out []string
	for _, p := range sorted {
		if p == "" || len(out) > 0 && strings.HasPrefix(p, out[len(out)-1]) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// after is the first path behind the subtree: paths end in '.', and '/' is the next byte.
func after(path string) string { return path[:len(path)-1] + "/" }

// ancestors lists the proper prefixes of a path that are paths.
func ancestors(path string) []string {
	var out []string
	for i := 0; i < len(path)-1; i++ {
		if path[i] == '.' {
			out = append(out, path[:i+1])
		}
	}
	return out
}
