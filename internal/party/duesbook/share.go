package duesbook

import (
	"context"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Share is how much of what reaches organisations of a kind stays there, from a year on, as somebody above has set it.
type Share struct {
	ID, Org, OrgPath, OrgName string
	Kind                      org.Kind // committee, general branch, branch; all kinds of branches are one
	From                      int
	Kept                      dues.Share
	Basis, Actor              string
}

// SharedKinds are those for which a share is set.
var SharedKinds = []org.Kind{org.Branch, org.GeneralBranch, org.Committee}

func sharedKind(k org.Kind) org.Kind {
	if k.IsBranch() {
		return org.Branch
	}
	return k
}

// SetShare sets what organisations of a kind below keep. F-15 names the share that goes to the centre; what lower levels
// keep is set by those above them, so nobody but the top of the tree sets its own. The faults name kind, from, kept, basis.
func (s *Service) SetShare(ctx context.Context, actor ledger.Actor, n Share) (id string, err error) {
	defer fault.Wrap(&err, "dues: share")
	o, err := s.place(ctx, actor, n.Org)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoShare, o.Path)
	}
	if err != nil {
		return "", err
	}
	n.Basis = strings.TrimSpace(n.Basis)
	year := s.today().Year
	known := false
	for _, k := range SharedKinds {
		known = known || k == n.Kind
	}
	switch {
	case o.Kind != org.Committee || !o.Living():
		return "", fault.New(fault.Invalid, "留存比例由党委规定。").At("org").By("F-15")
	case !known:
		return "", fault.New(fault.Invalid, "请选择哪一级。").At("kind").By("F-15")
	case n.From < year-1 || n.From > year+1:
		return "", fault.New(fault.Invalid, "年份要在 %d 到 %d 之间。", year-1, year+1).At("from").By("F-15")
	case n.Kept < 0 || n.Kept > dues.Whole:
		return "", fault.New(fault.Invalid, "比例要在 0 到 100 之间，最多两位小数。").At("kept").By("F-15")
	case n.Basis == "" || len([]rune(n.Basis)) > longest:
		return "", fault.New(fault.Invalid, "请写明依据：哪个文件、哪次会议定的。").At("basis").By("F-15")
	}
	id = s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoShare, Subject: "share", SubjectID: id, OrgPath: o.Path, Reason: n.Basis, Source: n.Basis, Detail: map[string]any{"kind": n.Kind, "from": n.From, "kept": int(n.Kept)}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		set := store.Set
		return tx.Insert(ctx, "share", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("kind", string(n.Kind)), set("from_year", n.From), set("kept", int64(n.Kept)),
			set("basis", n.Basis), set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
	})
	return id, err
}

// Shares are those that bear on an organisation and what lies below it: set there and above, the newest first. What is set
// above is no secret to those who have to keep it.
func (s *Service) Shares(ctx context.Context, path string) (out []Share, err error) {
	defer fault.Wrap(&err, "dues: shares")
	return s.sharesIn(ctx, s.DB.As(store.System("shares of dues")), path)
}

func (s *Service) sharesIn(ctx context.Context, r store.Reader, path string) (out []Share, err error) {
	places := append(org.Above(path), path)
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(places)), ", ")
	args := make([]any, len(places))
	for i, p := range places {
		args[i] = p
	}
	err = r.Each(ctx, "SELECT s.id, s.org_id, s.org_path, o.short_name, s.kind, s.from_year, s.kept, s.basis, s.actor FROM {share} s JOIN {org} o ON o.id = s.org_id WHERE s.org_path IN ("+marks+") ORDER BY s.from_year DESC, s.id DESC", args, func(row store.Row) error {
		var x Share
		err := row.Scan(&x.ID, &x.Org, &x.OrgPath, &x.OrgName, &x.Kind, &x.From, &x.Kept, &x.Basis, &x.Actor)
		out = append(out, x)
		return err
	})
	return out, err
}

// shareOf is what an organisation keeps in a year: as the nearest above it has set last; the top of a tree sets its own.
func shareOf(list []Share, o org.Organisation, year int) (best Share, ok bool) {
	top := len(org.Above(o.Path)) == 0
	for _, x := range list { // newest first
		if x.Kind != sharedKind(o.Kind) || x.From > year || x.OrgPath == o.Path && !top {
			continue
		}
		if !ok || len(x.OrgPath) > len(best.OrgPath) {
			best, ok = x, true
		}
	}
	return best, ok
}
