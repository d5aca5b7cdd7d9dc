package installation

import (
	"context"
	"fmt"

	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/document"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/election"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/life"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/request"
	"zhibu/internal/party/retention"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// rights answers the rooms' question whether an actor may do something, from the one table of trust/access.
type rights struct{ door *access.Door }

type line struct {
	action   access.Action
	resource access.Resource
}

var lines = map[string]line{
	member.DoAdd: {access.Add, access.Member}, member.DoMend: {access.Mend, access.Member}, member.DoMove: {access.Move, access.Member},
	member.DoEnd: {access.End, access.Member}, member.DoRestore: {access.Restore, access.Member}, member.DoReveal: {access.Reveal, access.Member},
	document.DoHandOver: {access.Run, access.Document}, document.DoSee: {access.See, access.Document}, document.DoAdd: {access.Add, access.Document}, document.DoRemove: {access.Remove, access.Document},
	document.DoConfirm: {access.Confirm, access.Document},
	member.DoFact:      {access.Mend, access.Member}, member.DoFactMend: {access.Mend, access.Member}, member.DoFactRetire: {access.Mend, access.Member}, member.DoAffirm: {access.Affirm, access.Member},
	member.DoUnite: {access.End, access.Member}, member.DoSeparate: {access.Restore, access.Member},
	review.DoReview: {access.Review, access.Member}, review.DoConfirm: {access.Confirm, access.Member},
	member.DoExport: {access.Run, access.Export}, intake.DoImport: {access.Run, access.Import}, intake.DoUndo: {access.Undo, access.Import},
	org.ActEstablish: {access.Establish, access.Org}, org.ActRename: {access.Rename, access.Org}, org.ActChange: {access.Mend, access.Org},
	org.ActMove: {access.Move, access.Org}, org.ActAbolish: {access.Abolish, access.Org}, org.ActReopen: {access.Abolish, access.Org},
	org.ActName: {access.Rename, access.Org}, review.DoSeeOrg: {access.List, access.OrgChange}, review.DoReviewOrg: {access.Review, access.OrgChange},
	org.ActMerge: {access.Abolish, access.Org}, org.ActSplit: {access.Establish, access.Org},
	org.ActAddPost: {access.Post, access.Org}, org.ActEndPost: {access.Post, access.Org}, org.ActLoad: {access.Establish, access.Org},
	org.ActExport:       {access.List, access.Org},
	retention.DoPropose: {access.Propose, access.Destruction}, retention.DoDecide: {access.Decide, access.Destruction},
	localrule.DoPropose: {access.Propose, access.LocalRule}, localrule.DoDecide: {access.Decide, access.LocalRule},
	request.DoAnswer: {access.Answer, access.Request},
	logbook.DoAdd:    {access.Add, access.Logbook}, logbook.DoMend: {access.Add, access.Logbook}, logbook.DoWithdraw: {access.Add, access.Logbook}, logbook.DoName: {access.Add, access.Logbook},
	duty.DoWaive: {access.Waive, access.Duty}, duty.DoUnwaive: {access.Waive, access.Duty}, duty.DoHelp: {access.Help, access.Duty},
	duesbook.DoAssess: {access.Add, access.Dues}, duesbook.DoPay: {access.Add, access.Dues}, duesbook.DoWithdraw: {access.Add, access.Dues},
	duesbook.DoClose: {access.Add, access.Dues}, duesbook.DoReopen: {access.Add, access.Dues}, duesbook.DoSpend: {access.Add, access.Dues}, duesbook.DoShare: {access.Decide, access.Dues},
	duesbook.DoConfirm: {access.Confirm, access.Dues}, duesbook.DoRelieve: {access.Decide, access.Dues},
	admission.DoStep: {access.Add, access.Logbook}, admission.DoDecide: {access.Decide, access.Admission}, admission.DoVote: {access.Add, access.Vote},
	admission.DoPlan: {access.Mend, access.Admission}, admission.DoMove: {access.Mend, access.Admission},
	election.DoSee: {access.See, access.Vote}, election.DoRequest: {access.Add, access.Vote}, election.DoDecide: {access.Decide, access.Vote},
	life.DoPlan: {access.Add, access.Life}, life.DoRecord: {access.Add, access.Life}, life.DoConfirm: {access.Confirm, access.Life},
	ballot.DoCount: {access.Add, access.Vote}, ballot.DoVoid: {access.Add, access.Vote},
	steward.DoSet: {access.Mend, access.Steward}, steward.DoRaise: {access.Add, access.Dispute}, steward.DoSettle: {access.Answer, access.Dispute},
}

// May asks the table. The program itself and the operator at the machine's console, who hold the files anyway, may do
// everything; what they do stands in the ledger under their name.
func (r rights) May(ctx context.Context, actor ledger.Actor, action, orgPath string) error {
	if actor.Scope.IsSystem() {
		return nil
	}
	l, ok := lines[action]
	if !ok {
		return fmt.Errorf("installation: no line of the rights table for %s", action)
	}
	p, err := r.door.Person(ctx, actor.Account)
	if err != nil {
		return err
	}
	_, err = p.Allow(l.action, l.resource, orgPath, "")
	return err
}

// Covers asks the table, and whether the line reaches the fields.
func (r rights) Covers(ctx context.Context, actor ledger.Actor, action, orgPath string, fields ...roster.Column) error {
	if actor.Scope.IsSystem() {
		return nil
	}
	l, ok := lines[action]
	if !ok {
		return fmt.Errorf("installation: no line of the rights table for %s", action)
	}
	p, err := r.door.Person(ctx, actor.Account)
	if err != nil {
		return err
	}
	d, err := p.Allow(l.action, l.resource, orgPath, "")
	if err != nil {
		return err
	}
	return reached(d, fields)
}

// reached refuses when a decision does not cover one of the fields.
func reached(d access.Decision, fields []roster.Column) error {
	for _, f := range fields {
		if !d.Mask.Has(ClassOf(f)) {
			return fault.New(fault.Forbidden, "您的角色不能查看“%s”。", f.Title()).At(string(f)).By(d.Rule)
		}
	}
	return nil
}

// Inside asks the table with the grants that an open transaction sees.
func (r rights) Inside(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, orgPath, memberID string, fields ...roster.Column) error {
	if actor.Scope.IsSystem() {
		return nil
	}
	l, ok := lines[action]
	if !ok {
		return fmt.Errorf("installation: no line of the rights table for %s", action)
	}
	p, err := r.door.PersonIn(ctx, tx, actor.Account)
	if err != nil {
		return err
	}
	d, err := p.Allow(l.action, l.resource, orgPath, memberID)
	if err != nil {
		return err
	}
	return reached(d, fields)
}

// Same tells whether two accounts are one person's. The program itself, and the operator at the console, are accounts
// of nobody.
func (r rights) Same(ctx context.Context, reader store.Reader, a, b string) (same, perhaps bool, err error) {
	return alike(access.SamePerson(ctx, reader, a, b))
}

// IsMember tells whether an account is that of a member's person.
func (r rights) IsMember(ctx context.Context, reader store.Reader, account, memberID string) (same, perhaps bool, err error) {
	return alike(access.IsMember(ctx, reader, account, memberID))
}

// Joined gives the account of an applicant to the record of a member.
func (r rights) Joined(ctx context.Context, tx *store.Tx, applicant, memberID string) (done func(), err error) {
	account, err := r.door.Joined(ctx, tx, applicant, memberID)
	return func() { r.door.Forget(account) }, err
}

func alike(l access.Likeness, err error) (same, perhaps bool, _ error) {
	if fault.Of(err) == fault.NotFound {
		return false, false, nil
	}
	return l == access.Same, l == access.Perhaps, err
}

// Holders lists who may do the action at one of the organisations by a line that reaches the fields.
func (r rights) Holders(ctx context.Context, reader store.Reader, action string, paths []string, fields ...roster.Column) ([]review.Holder, error) {
	l := lines[action]
	held, err := r.door.Holders(ctx, reader, l.action, l.resource, paths)
	var out []review.Holder
	for _, h := range held {
		if reached(access.Decision{Mask: h.Mask}, fields) == nil {
			out = append(out, review.Holder{Account: h.Account, Member: h.Member, Org: h.Org, Path: h.Path})
		}
	}
	return out, err
}

// HoldersBelow lists who may do the action at an organisation below a path.
func (r rights) HoldersBelow(ctx context.Context, reader store.Reader, action, path string) (out []review.Holder, err error) {
	l := lines[action]
	held, err := r.door.HoldersBelow(ctx, reader, l.action, l.resource, path)
	for _, h := range held {
		out = append(out, review.Holder{Account: h.Account, Member: h.Member, Org: h.Org, Path: h.Path})
	}
	return out, err
}

// InRoles lists the roles of open accounts at organisations.
func (r rights) InRoles(ctx context.Context, reader store.Reader, paths []string) (out []steward.InRole, err error) {
	held, err := r.door.InRoles(ctx, reader, paths)
	for _, h := range held {
		if h.Open {
			out = append(out, steward.InRole{Role: string(h.Role), Org: h.Org, Account: h.Account, Member: h.Member, Name: h.Name, From: h.From, To: h.To})
		}
	}
	return out, err
}

// AccountsOf finds the open accounts of members.
func (r rights) AccountsOf(ctx context.Context, reader store.Reader, members []string) (map[string]string, error) {
	return r.door.AccountsOf(ctx, reader, members)
}
