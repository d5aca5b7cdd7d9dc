package review

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// RuleOrgBasis is the program's own rule that an act on an organisation names what it rests on.
const RuleOrgBasis = "K-23"

// ProposeOrg files an act on an organisation. It always waits for a second person above everything that it changes.
// version is the one of the organisation that the actor saw; again is the id of the returned proposal that this one,
// mended, stands for, "" for none.
func (s *Service) ProposeOrg(ctx context.Context, actor ledger.Actor, plan org.Plan, version int64, again string) (out Outcome, err error) {
	defer fault.Wrap(&err, "review: propose on an organisation")
	if err := s.mayPlan(ctx, actor, plan); err != nil {
		return out, err
	}
	all := s.db().As(store.System("review"))
	look, err := s.Orgs.Outlook(ctx, all, &plan)
	switch seen, subject := look.Seen(plan.Kind); {
	case subject != "" && seen != version:
		return out, org.Stale(ctx, all, subject)
	case err != nil:
		if err = s.unlessLeaving(ctx, all, plan, err); err != nil {
			return out, err
		}
	}
	if plan.Kind == org.ActAddPost {
		if err := s.aloneInPost(ctx, all, plan, again); err != nil {
			return out, err
		}
	}
	if plan.Document == "" && !slight[plan.Kind] {
		return out, fault.New(fault.Invalid, "党组织的设立、更名、调整和撤销要有依据，请写明决定的文号，或者会议的名称和日期。").At("document").By(RuleOrgBasis)
	}
	p := OrgProposal{ID: s.ledger().IDs.New(), Kind: plan.Kind, Org: plan.ID, OrgPath: look.Of.Path, Target: plan.Target + plan.Post, Code: plan.Code, Base: look.Of.Version, Basis: plan.Basis,
		State: Waiting, Account: actor.Account, Actor: actor.Name, Person: actor.Member, Version: 1}
	was, err := s.returnedOrg(ctx, actor, p, again)
	if err != nil {
		return out, err
	}
	if was != nil { // what it was returned for stays to be read
		p.ID, p.Version, p.Answer, p.Decider, p.DeciderID, p.Decided = was.ID, was.Version+1, was.Answer, was.Decider, was.DeciderID, was.Decided
	}
	stands, err := s.stood(ctx, p.Kind, look)
	if err != nil {
		return out, err
	}
	if err := s.sealOrg(ctx, &p, orgContent{plan, stands}); err != nil {
		return out, err
	}
	act := ledger.Act{Kind: ActPropose, Subject: "org", SubjectID: p.Org, OrgPath: p.OrgPath, Reason: p.Basis.Reason, Source: p.Basis.Document,
		Detail: map[string]any{"proposal": p.ID, "kind": p.Kind}}
	err = s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		return s.fileOrg(ctx, tx, actor, p, was, look.Top)
	})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{ID: p.ID}, nil
}

// mayPlan asks scope and right for every organisation that the act is told.
func (s *Service) mayPlan(ctx context.Context, actor ledger.Actor, plan org.Plan) error {
	r := s.db().As(actor.Scope)
	at := func(id, field string) (org.Organisation, error) {
		o, err := org.ByID(ctx, r, id)
		if err == nil && !actor.Scope.Holds(o.Path) {
			err = fault.Missing()
		}
		if f := fault.As(err); f != nil && field != "" {
			return o, f.At(field)
		}
		if err != nil {
			return o, err
		}
		return o, s.Rights.May(ctx, actor, plan.Kind, o.Path)
	}
	field := ""
	if plan.Kind == org.ActEstablish {
		field = "parent"
	}
	o, err := at(plan.ID, field)
	if err == nil && plan.Target != "" || plan.Kind == org.ActMove || plan.Kind == org.ActMerge {
		if err == nil {
			_, err = at(plan.Target, "target")
		}
	}
	if err == nil && plan.Kind == org.ActSplit && o.ParentID != "" {
		_, err = at(o.ParentID, "parent")
	}
	if err == nil && plan.Kind == org.ActAddPost && plan.Member != "" {
		var id string
		found, ferr := r.One(ctx, "SELECT id FROM {member} WHERE id = ?", []any{plan.Member}, &id)
		if err = ferr; err == nil && !found {
			err = fault.New(fault.Invalid, "没有找到这名党员，请重新选择，或者直接填写姓名。").At("member")
		}
	}
	return err
}

// slight are the acts that may rest on a reason alone: a post may begin with an election whose report comes later, and a
// phone number has no decision.
var slight = map[string]bool{org.ActChange: true, org.ActAddPost: true, org.ActEndPost: true}

// unlessLeaving lets a successor be proposed where the leaving of everybody who stands in the way waits too. Approving
// asks again: the one who leaves goes first.
func (s *Service) unlessLeaving(ctx context.Context, all store.Reader, plan org.Plan, why error) error {
	f := fault.As(why)
	if f == nil || plan.Kind != org.ActAddPost || f.Kind != fault.Conflict || f.Field != "title" {
		return why
	}
	posts, err := org.Posts(ctx, all, plan.ID, civil.Date{})
	if err != nil {
		return err
	}
	for _, p := range posts {
		if p.Title != plan.Title || !p.To.IsZero() {
			continue
		}
		leaving, err := orgProposals(ctx, all, "kind = ? AND target_id = ? AND state = 'pending'", org.ActEndPost, p.ID)
		if err != nil {
			return err
		}
		if len(leaving) == 0 || plan.On.Before(leaving[0].Basis.On) {
			return why
		}
	}
	return nil
}

// aloneInPost refuses to propose the same person for the same post twice. What waits is sealed, so it is opened here and
// not looked for; of two at the same instant the second is refused on approval.
func (s *Service) aloneInPost(ctx context.Context, all store.Reader, plan org.Plan, again string) error {
	waiting, err := orgProposals(ctx, all, "kind = ? AND org_id = ? AND state = 'pending' AND id <> ?", org.ActAddPost, plan.ID, again)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		c, err := s.openOrg(ctx, p)
		if err != nil {
			return err
		}
		if c.Plan.Title == plan.Title && c.Plan.Member == plan.Member && c.Plan.Holder == plan.Holder {
			return fault.New(fault.Conflict, "%s已经提出同一个人的这项任职，正在等审核。", p.Actor).At("member")
		}
	}
	return nil
}

// returnedOrg is the proposal that is handed in again; nil without one.
func (s *Service) returnedOrg(ctx context.Context, actor ledger.Actor, p OrgProposal, again string) (*OrgProposal, error) {
	if again == "" {
		return nil, nil
	}
	all := s.db().As(store.System("review"))
	list, err := orgProposals(ctx, all, "id = ?", again)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].Org != p.Org || list[0].Kind != p.Kind {
		return nil, fault.Missing()
	}
	mine, err := s.samePerson(ctx, all, actor.Account, list[0].Account)
	switch {
	case err != nil:
		return nil, err
	case !mine:
		return nil, fault.Missing()
	case list[0].State != Returned:
		return nil, settled()
	}
	return &list[0], nil
}

// fileOrg writes a proposal, or puts it in place of the one that had been returned.
func (s *Service) fileOrg(ctx context.Context, tx *store.Tx, actor ledger.Actor, p OrgProposal, was *OrgProposal, top string) error {
	if err := s.Rights.Inside(ctx, tx, actor, p.Kind, p.OrgPath, ""); err != nil {
		return err
	}
	// Two who propose at the same instant do not see each other's rows: the one waits for the other.
	if err := tx.Lock(ctx, "review.org"); err != nil {
		return err
	}
	all := tx.System("review")
	if err := s.aloneOrg(ctx, all, p); err != nil {
		return err
	}
	if err := s.giveOrg(ctx, all, &p, top, ""); err != nil {
		return err
	}
	if was == nil {
		return all.InsertMany(ctx, "org_proposal", orgStored, [][]any{p.row()})
	}
	var values []store.Value
	for i, v := range p.row() {
		if orgStored[i] != "id" && orgStored[i] != "org_path" {
			values = append(values, store.Set(orgStored[i], v))
		}
	}
	n, err := all.Update(ctx, "org_proposal", store.ByID(p.ID).And("version", was.Version), values...)
	if err == nil && n == 0 {
		err = settled()
	}
	return err
}

// places are the acts of which one at a time waits for an organisation: each changes where it or its members belong.
var places = map[string]bool{org.ActMove: true, org.ActMerge: true, org.ActSplit: true, org.ActAbolish: true, org.ActReopen: true}

// alone tells whether of two acts of a kind about an organisation only one may wait.
func alone(o, p OrgProposal) bool {
	switch p.Kind {
	case org.ActEstablish, org.ActAddPost:
		return false
	case org.ActEndPost:
		return o.Target == p.Target
	}
	return true
}

// aloneOrg refuses a second act about what one waits for already, so that neither overtakes the other unseen, and takes
// back what had been returned to the same proposer: the new one stands for it.
func (s *Service) aloneOrg(ctx context.Context, tx *store.Tx, p OrgProposal) error {
	open, err := orgProposals(ctx, tx, "(org_id = ? OR code = ? AND code <> '') AND state IN ('pending', 'returned') AND id <> ?", p.Org, p.Code, p.ID)
	for _, o := range open {
		switch {
		case err != nil:
		case o.State == Returned:
			if o.Account == p.Account && o.Kind == p.Kind && o.Org == p.Org && (alone(o, p) || p.Kind == org.ActEstablish && o.Code == p.Code) {
				err = s.closeOrg(ctx, tx, ledger.Actor{Account: p.Account, Name: p.Actor}, o, Withdrawn, o.Answer)
			}
		case o.Code == p.Code && p.Code != "":
			return fault.New(fault.Conflict, "%s已经提出设立，用的是这个编码，正在等审核。请换一个编码。", o.Actor).At("code")
		case o.Org != p.Org:
		case o.Kind == p.Kind && alone(o, p), places[o.Kind] && places[p.Kind]:
			return fault.New(fault.Conflict, "%s已经对这个党组织提出变动，正在等审核。请先看那一条，审核以后再提。", o.Actor).At("day")
		}
	}
	return err
}

// giveOrg names the organisation whose reviewers are asked: the nearest at or above what changes that has one who is not
// the proposer, strictly above another when one is given. Without anybody it stays where it is, which sees that it waits.
func (s *Service) giveOrg(ctx context.Context, r store.Reader, p *OrgProposal, top, strictly string) error {
	owner, err := s.aboveOrg(ctx, r, p.Account, top, strictly)
	if err != nil {
		return err
	}
	if owner == "" {
		if strictly != "" { // nobody further up: it stays, and nobody else is asked
			p.Escalates = moment(0)
			return nil
		}
		p.Escalates = moment(0)
		_, err := r.One(ctx, "SELECT id FROM {org} WHERE path = ?", []any{top}, &p.Owner)
		return err
	}
	p.Owner, p.Escalates = owner, moment(0)
	if s.Escalate > 0 {
		p.Escalates = s.Members.Clock.Now().Add(s.Escalate)
	}
	return nil
}

func (s *Service) aboveOrg(ctx context.Context, r store.Reader, proposer, top, strictly string) (string, error) {
	var paths []string
	for _, a := range upwards(top) {
		if strictly == "" || len(a) < len(strictly) {
			paths = append(paths, a)
		}
	}
	holders, err := s.Rights.Holders(ctx, r, DoReviewOrg, paths)
	if err != nil {
		return "", err
	}
	for _, h := range holders { // the nearest first
		same, perhaps, err := s.Rights.Same(ctx, r, h.Account, proposer)
		if err != nil {
			return "", err
		}
		if !same && !perhaps {
			return h.Org, nil
		}
	}
	return "", nil
}
