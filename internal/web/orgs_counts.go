package web

import (
	"context"
	"strings"

	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
)

// structure counts the living organisations of a scope by kind.
func (v *visit) structure(r store.Reader) (map[org.Kind]int, error) {
	key := strings.Join(r.Scope().Paths(), " ") + " " + v.person.MemberPath
	return v.s.kinds.get(v.ctx(), key, func(ctx context.Context) (map[org.Kind]int, error) { return org.CountByKind(ctx, r) })
}

// headsOf counts the members at and below an organisation; none for a role that sees no members.
func (v *visit) headsOf(o org.Organisation) (int, error) {
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return 0, nil //nolint:nilerr // a role that sees no members counts none
	}
	heads, err := duty.Heads(v.ctx(), r, []string{o.Path})
	h := heads[o.Path]
	return int(h.Full + h.Probationary), err
}
