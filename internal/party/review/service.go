package review

import (
	"context"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoReview  = "review.decide"  // decide what waits for an organisation above
	DoConfirm = "review.confirm" // decide what is the branch's own to confirm

	DoSeeOrg    = "review.org.see"    // see which acts on organisations wait
	DoReviewOrg = "review.org.decide" // decide them
)

// The acts of this room in the ledger, besides those on members.
const (
	ActPropose  = "review.propose"
	ActApprove  = "review.approve"
	ActReturn   = "review.return"
	ActCorrect  = "review.correct"
	ActWithdraw = "review.withdraw"
	ActEscalate = "review.escalate"
)

// Holder is somebody who can be asked to review.
type Holder struct{ Account, Member, Org, Path string }

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	member.Rights
	// Inside decides by what an open transaction sees: whether the actor may do the action at an organisation to a
	// member's record (never to the own one), and whether her line of the table reaches the fields.
	Inside(ctx context.Context, tx *store.Tx, actor ledger.Actor, action, orgPath, memberID string, fields ...roster.Column) error
	// Same tells whether two accounts are one person's, IsMember whether an account is that of a member's person. Where
	// nothing tells that two of one name differ, perhaps is true.
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
	// Holders lists who may do the action by a role at one of the organisations whose line reaches the fields, the nearest
	// (longest path) first.
	Holders(ctx context.Context, r store.Reader, action string, paths []string, fields ...roster.Column) ([]Holder, error)
	// HoldersBelow lists who may do the action by a role at an organisation strictly below a path, in the order of the tree.
	HoldersBelow(ctx context.Context, r store.Reader, action, path string) ([]Holder, error)
}

// Service is what may be done with what waits.
type Service struct {
	Members  *member.Service
	Orgs     *org.Service
	Rights   Rights
	Escalate time.Duration // after which the next organisation above is asked; 0: never
}

// Outcome says what became of an entry: it acted at once, on a record that nobody has reviewed yet, or waits under an
// id. Neither: nothing would change.
type Outcome struct {
	Acted bool
	ID    string // of what waits
	Fact  string // of the dated fact that was entered
}

func (s *Service) db() *store.DB          { return s.Members.DB }
func (s *Service) ledger() *ledger.Ledger { return s.Members.Ledger }

// stale is the answer to somebody who saw an older version.
func stale() *fault.Error {
	return fault.New(fault.Conflict, "这一条刚刚变了，请看清新的内容再办。您填的内容还在。")
}

// settled is the answer to somebody who is late.
func settled() *fault.Error {
	return fault.New(fault.Conflict, "这一条已经有人办过了，请刷新页面。")
}

func second() *fault.Error {
	return fault.New(fault.Forbidden, "录入和审核不能是同一个人，换一个账号也不行。请由另一名审核人办理。").By("H-09")
}

func namesake() *fault.Error {
	return fault.New(fault.Forbidden, "您和录入的人或者本人同名，系统分不出是不是同一个人。请在账号上登记身份证号码，或者请另一名审核人办理。").By("H-09")
}
