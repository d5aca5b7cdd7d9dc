package store

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// ErrScope is a query without a scope, one that names a physical table, or one that does not read: a defect of the
// program.
var ErrScope = errors.New("store: a query reads, under a scope, by {table} tokens")

var (
	// An alias is a word in small letters behind the table; keywords are written in capitals.
	token = regexp.MustCompile(`\{(\w+)\}(\s+(?:AS\s+)?[a-z_]\w*)?|\?`)
	// The tables as they are called in the database, and the engines' own catalogues and the keys, which have no token.
	physical = regexp.MustCompile(`(?i)\b(t_[a-z]|sqlite_|pg_|information_schema|zhibu_keys|goose_)`)
	reading  = regexp.MustCompile(`^\s*(SELECT|WITH)\b`)
)

// plan is an expanded query: the engine's text, and for each placeholder the caller's next argument (-1) or one of
// the scope's values.
type plan struct {
	sql   string
	slots []int
}

// expander caches plans by query and the shape of the scope.
type expander struct {
	dollar bool
	mu     sync.RWMutex
	plans  map[planKey]plan
}

// planKey is a query under scopes of one shape: how many values of which sort, not which.
type planKey struct {
	query            string
	system, self     bool
	noMember         bool
	paths, own, mine int
	ancestors        int
}

func keyOf(s Scope, query string) planKey {
	if s.system != "" {
		return planKey{query: query, system: true}
	}
	return planKey{query, false, s.self != "", s.noMember, len(s.paths), len(s.own), len(s.mine), len(lineage(s))}
}

// scopeArgs are the values that a scope puts into a query, in a fixed order: range ends, own paths, self, ancestors, whose.
func scopeArgs(s Scope) []any {
	var out []any
	for _, p := range s.paths {
		lo, hi := s.span(p)
		out = append(out, lo, hi)
	}
	for _, p := range s.own {
		out = append(out, p)
	}
	out = append(out, s.self)
	for _, p := range lineage(s) {
		out = append(out, p)
	}
	for _, id := range s.mine {
		out = append(out, id)
	}
	return out
}

func lineage(s Scope) []string {
	var out []string
	for _, list := range [2][]string{s.paths, s.own} {
		for _, p := range list {
			out = append(out, ancestors(p)...)
		}
	}
	return out
}

func (e *expander) expand(s Scope, query string, in []any) (string, []any, error) {
	if s.Empty() {
		return "", nil, ErrScope
	}
	key := keyOf(s, query)
	e.mu.RLock()
	p, ok := e.plans[key]
	e.mu.RUnlock()
	if !ok {
		var err error
		if p, err = e.compile(s, query); err != nil {
			return "", nil, err
		}
		e.mu.Lock()
		if e.plans == nil || len(e.plans) > 2000 {
			e.plans = map[planKey]plan{}
		}
		e.plans[key] = p
		e.mu.Unlock()
	}
	return p.fill(s, in)
}

func (p plan) fill(s Scope, in []any) (string, []any, error) {
	args := make([]any, 0, len(p.slots))
	var own []any
	if s.system == "" {
		own = scopeArgs(s)
	}
	next := 0
	for _, slot := range p.slots {
		if slot >= 0 {
			args = append(args, own[slot])
			continue
		}
		if next == len(in) {
			return "", nil, fmt.Errorf("store: %d arguments are too few", len(in))
		}
		args = append(args, in[next])
		next++
	}
	if next != len(in) {
		return "", nil, fmt.Errorf("store: %d arguments, %d used", len(in), next)
	}
	return p.sql, args, nil
}

func (e *expander) compile(s Scope, query string) (plan, error) {
	if physical.MatchString(query) || !reading.MatchString(query) {
		return plan{}, ErrScope
	}
	var p plan
	var bad error
	hold := func(slot int) string {
		p.slots = append(p.slots, slot)
		if e.dollar {
			return "$" + strconv.Itoa(len(p.slots))
		}
		return "?"
	}
	p.sql = token.ReplaceAllStringFunc(query, func(m string) string {
		if m == "?" {
			return hold(-1)
		}
		name, alias, _ := strings.Cut(m[1:], "}")
		text, err := rows(s, name, hold)
		if err != nil {
			bad = err
		}
		if alias == "" { // PostgreSQL before 16 asks for one
			alias = ` AS "` + name + `"`
		}
		return text + alias
	})
	return p, bad
}

// hidden is the condition on a row not to be of a hidden batch.
const hidden = "batch NOT IN (SELECT id FROM t_hidden)"

// rows is what a {table} token stands for under a scope.
func rows(s Scope, name string, hold func(int) string) (string, error) {
	if name == "lineage" { // the organisations above the scope, for names on the way down
		return lineageRows(s, hold), nil
	}
	if name == "act" {
		return actRows(s, hold)
	}
	all := strings.TrimPrefix(name, "all_") // rows of hidden batches too, for the program's own work
	t, ok := tables[all]
	if !ok || all != name && s.system == "" {
		return "", fmt.Errorf("store: unknown table %q", name)
	}
	if all != name {
		return "t_" + all, nil
	}
	hide := ""
	if t.hide {
		hide = hidden
	}
	if s.system != "" {
		if hide == "" {
			return "t_" + name, nil
		}
		return "(SELECT * FROM t_" + name + " WHERE " + hide + ")", nil
	}
	if t.mine != "" && len(s.mine) > 0 {
		first, in := 2*len(s.paths)+len(s.own)+1+len(lineage(s)), []string{}
		for i := range s.mine {
			in = append(in, hold(first+i))
		}
		return "(SELECT * FROM t_" + name + " WHERE " + t.mine + " IN (" + strings.Join(in, ",") + "))", nil
	}
	if t.path == "" {
		return "", fmt.Errorf("store: table %s is not for a person's scope: %w", name, ErrScope)
	}
	var or []string
	for i := range s.held(t) {
		or = append(or, "("+t.path+" >= "+hold(2*i)+" AND "+t.path+" < "+hold(2*i+1)+")")
	}
	base := 2 * len(s.paths)
	if t.own {
		for i := range s.own {
			or = append(or, t.path+" = "+hold(base+i))
		}
	}
	if t.self != "" && s.self != "" {
		or = append(or, t.self+" = "+hold(base+len(s.own)))
	}
	if len(or) == 0 {
		or = []string{"1 = 0"}
	}
	where := "(" + strings.Join(or, " OR ") + ")"
	if hide != "" {
		where += " AND " + hide
	}
	return "(SELECT * FROM t_" + name + " WHERE " + where + ")", nil
}

// actRows are the acts, in the chain or waiting for it: the two tables have the same columns.
func actRows(s Scope, hold func(int) string) (string, error) {
	chained, err := rows(s, "chained", hold)
	if err != nil {
		return "", err
	}
	waiting, err := rows(s, "waiting", hold)
	return "(SELECT * FROM " + chained + " AS c UNION ALL SELECT * FROM " + waiting + " AS w)", err
}

func lineageRows(s Scope, hold func(int) string) string {
	if s.system != "" {
		return "t_org"
	}
	base := 2*len(s.paths) + len(s.own) + 1
	var in []string
	for i := range lineage(s) {
		in = append(in, hold(base+i))
	}
	if len(in) == 0 {
		return "(SELECT * FROM t_org WHERE 1 = 0)"
	}
	return "(SELECT * FROM t_org WHERE path IN (" + strings.Join(in, ",") + "))"
}
