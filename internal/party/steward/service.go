package steward

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoSet    = "steward.set"
	DoEnd    = "steward.end"
	DoRaise  = "dispute.raise"
	DoSettle = "dispute.settle"

	DoWithdraw = "dispute.withdraw"
	DoEscalate = "dispute.escalate"
)

// InRole is a role of an account at an organisation.
type InRole struct {
	Role, Org, Account, Member, Name string
	From, To                         civil.Date // To is the last day
}

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	member.Rights
	Inside(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, orgPath, memberID string, fields ...roster.Column) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
	Holders(ctx context.Context, r store.Reader, action string, paths []string, fields ...roster.Column) ([]review.Holder, error)
	// InRoles lists the roles of open accounts at the organisations of the paths, and AccountsOf the open account of
	// each of the members that has one.
	InRoles(ctx context.Context, r store.Reader, paths []string) ([]InRole, error)
	AccountsOf(ctx context.Context, r store.Reader, members []string) (map[string]string, error)
}

// Service is what may be asked and done here.
type Service struct {
	Members *member.Service
	Reviews *review.Service
	Rights  Rights
}

func (s *Service) db() *store.DB          { return s.Members.DB }
func (s *Service) ledger() *ledger.Ledger { return s.Members.Ledger }
func (s *Service) today() civil.Date      { return civil.Today(s.Members.Clock) }

// House reads what decides who answers at an organisation. Who answers is no secret of the organisations above, so it is
// read past the scope; whether somebody may know of the organisation is the caller's to ask.
func (s *Service) House(ctx context.Context, path string, on civil.Date) (h House, err error) {
	defer fault.Wrap(&err, "steward: house")
	r := s.db().As(store.System("stewards"))
	return s.house(ctx, r, path, on)
}

func (s *Service) house(ctx context.Context, r store.Reader, path string, on civil.Date) (h House, err error) {
	h.Default, _ = s.Members.Rules.On("K-21", on)
	if h.Default.ID == "" {
		h.Default, _ = s.Members.Rules.First("K-21")
	}
	steps, err := org.Steps(ctx, r, []string{path})
	if err != nil {
		return h, err
	}
	paths := append(org.Above(path), path)
	slices.Reverse(paths)
	for _, p := range paths {
		if st, ok := steps[p]; ok {
			h.Up = append(h.Up, Place{st.ID, st.Path, st.Name, st.Kind})
		}
	}
	if len(h.Up) == 0 || h.Up[0].Path != path {
		return h, fault.Missing()
	}
	if h.Rules, err = s.rules(ctx, r, h.Up); err != nil {
		return h, err
	}
	h.Held, err = s.held(ctx, r, h.Up)
	return h, err
}

const ruleColumns = "id, org_id, org_path, kind, level, steward, reviewer, from_on, to_on, basis, version"

// rules are those that the organisations have decided, past and coming ones too.
func (s *Service) rules(ctx context.Context, r store.Reader, at []Place) (out []Rule, err error) {
	marks, args := places(at, func(p Place) string { return p.Path })
	err = r.Each(ctx, "SELECT "+ruleColumns+" FROM {steward} WHERE org_path IN ("+marks+") ORDER BY org_path, from_on, id", args, func(row store.Row) error {
		var x Rule
		var stewards, reviewers string
		err := row.Scan(&x.ID, &x.Org.ID, &x.Org.Path, &x.Kind, &x.Level, &stewards, &reviewers, &x.From, &x.To, &x.Basis, &x.Version)
		x.Steward, x.Reviewer = strings.Fields(stewards), strings.Fields(reviewers)
		if i := slices.IndexFunc(at, func(p Place) bool { return p.ID == x.Org.ID }); i >= 0 {
			x.Org = at[i]
		}
		out = append(out, x)
		return err
	})
	return out, err
}

// places gives placeholders and arguments, filled up so that there are few different queries.
func places(at []Place, value func(Place) string) (string, []any) {
	var args []any
	for _, p := range at {
		args = append(args, value(p))
	}
	for len(args)%org.MaxDepth != 0 {
		args = append(args, args[0])
	}
	return strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", "), args
}

// held are the holders of posts, by the organisations' posts and by roles.
func (s *Service) held(ctx context.Context, r store.Reader, at []Place) (out []Holder, err error) {
	marks, args := places(at, func(p Place) string { return p.ID })
	var members []string
	err = r.Each(ctx, "SELECT org_id, title, holder, member_id, from_on, to_on FROM {post} WHERE org_id IN ("+marks+") ORDER BY from_on, id", args, func(row store.Row) error {
		var h Holder
		err := row.Scan(&h.Org, &h.Post, &h.Name, &h.Member, &h.From, &h.To)
		if h.Member != "" {
			members = append(members, h.Member)
		}
		out = append(out, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	accounts := map[string]string{}
	for part := range slices.Chunk(members, 200) {
		some, err := s.Rights.AccountsOf(ctx, r, part)
		if err != nil {
			return nil, err
		}
		for m, a := range some {
			accounts[m] = a
		}
	}
	for i := range out {
		out[i].Account = accounts[out[i].Member]
	}
	var paths []string
	for _, p := range at {
		paths = append(paths, p.Path)
	}
	roles, err := s.Rights.InRoles(ctx, r, paths)
	for _, x := range roles {
		for _, p := range posts {
			if slices.Contains(p.roles, x.Role) {
				out = append(out, Holder{Org: x.Org, Post: p.id, Name: x.Name, Member: x.Member, Account: x.Account, From: x.From, To: x.To, last: true})
			}
		}
	}
	return out, err
}

// Default is the rulebook's rule of today for a kind of field at a level.
func (s *Service) Default(k Kind, l Level) Rule {
	book, ok := s.Members.Rules.On("K-21", s.today())
	if !ok {
		book, _ = s.Members.Rules.First("K-21")
	}
	return defaultRule(book, k, l)
}
