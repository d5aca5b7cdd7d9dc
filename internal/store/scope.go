package store

import (
	"slices"
	"strings"

	"zhibu/internal/fault"
)

// Scope says which rows an actor may touch. Its zero value holds nothing. Only trust/access makes one from a
// session; System is for work that no person asked for (a migration, a rollup check) and names its reason.
type Scope struct {
	paths    []string // subtrees, each path ending in '.'
	own      []string // single organisations, without what is below
	self     string   // a member's own record
	mine     []string // whose own things: a member's, an account's
	system   string   // reason of a system scope
	from     string   // list paging: only paths behind this one
	until    string   // list paging: only paths before this one
	noMember bool     // none of the tables about members, but for one's own record
}

// Subtree holds everything at and below the given organisation paths.
func Subtree(paths ...string) Scope { return Scope{paths: outermost(paths)} }

// Self holds one member's own record and her branch's public page.
func Self(member, orgPath string) Scope { return Scope{self: member, own: []string{orgPath}} }

// Mine holds what somebody alone may read, such as what she is told: by her member record, her account or both.
func Mine(ids ...string) Scope {
	return Scope{mine: slices.DeleteFunc(ids, func(id string) bool { return id == "" })}
}

// AndSelf adds one member's own record and her branch's public page, for somebody who holds a post elsewhere.
func (s Scope) AndSelf(member, orgPath string) Scope {
	s.self, s.own = member, append(slices.Clone(s.own), orgPath)
	return s
}

// WithoutMembers keeps organisations, accounts and acts but none of the tables about members, except one's own
// record: what an administrator who runs the program or checks it may touch.
func (s Scope) WithoutMembers() Scope { s.noMember = true; return s }

// System holds everything; why says for what.
func System(why string) Scope { return Scope{system: why} }

// IsSystem tells whether the scope is the program's own.
func (s Scope) IsSystem() bool { return s.system != "" }

// IsSelf tells whether the scope is a member's own record only, and whose.
func (s Scope) IsSelf() (member string, ok bool) { return s.self, s.self != "" && len(s.paths) == 0 }

// Empty tells whether the scope holds nothing.
func (s Scope) Empty() bool {
	return len(s.paths) == 0 && s.self == "" && len(s.mine) == 0 && s.system == ""
}

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
	return s.self != "" && s.self == member || !s.noMember && s.Holds(path)
}

// Hears tells whether somebody with the scope may learn that something happened to a row of a table: where its rows
// are about members, only whoever works with members there, and the member herself of her own record.
func (s Scope) Hears(name, id, path string) bool {
	if tables[name].about {
		return s.HoldsRecord(id, path)
	}
	return s.Holds(path)
}

// Within narrows the scope to one subtree, as every list does before it pages: an index follows one range only.
// A path outside of the scope is answered as missing.
func (s Scope) Within(path string) (Scope, error) {
	if !isPath(path) || !s.Holds(path) {
		return Scope{}, fault.Missing()
	}
	return Scope{paths: []string{path}, noMember: s.noMember}, nil
}

// From keeps what lies behind a path, for the next page of a list: SQLite follows one lower bound only, so it must be
// the scope's own.
func (s Scope) From(path string) Scope { s.from = path; return s }

// Until keeps what lies before a path, for the page before.
func (s Scope) Until(path string) Scope { s.until = path; return s }

// span is the range of a subtree path under the paging bounds.
func (s Scope) span(path string) (lo, hi string) {
	lo, hi = path, after(path)
	if s.from != "" {
		lo = max(lo, s.from+" ") // a space sorts before every sign of a path, so children of from stay in
	}
	if s.until != "" {
		hi = min(hi, s.until)
	}
	return lo, hi
}

// held are the subtrees the scope holds of a table.
func (s Scope) held(t table) []string {
	if s.noMember && t.about {
		return nil
	}
	return s.paths
}

// isPath tells an organisation path from a part of one, which would hold neighbours that begin with the same signs.
func isPath(p string) bool { return strings.HasSuffix(p, ".") }

// outermost drops paths that lie below another one.
func outermost(paths []string) []string {
	sorted := slices.Sorted(slices.Values(paths))
	var out []string
	for _, p := range sorted {
		if !isPath(p) || len(out) > 0 && strings.HasPrefix(p, out[len(out)-1]) {
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
	for i := range len(path) - 1 {
		if path[i] == '.' {
			out = append(out, path[:i+1])
		}
	}
	return out
}
