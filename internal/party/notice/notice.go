package notice

import (
	"context"
	"time"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Kind is what somebody is told.
type Kind string

// The kinds. About and Detail of each are codes: of a look its purpose; of a dispute the field and the outcome; of a request
// its kind.
const (
	Revealed   Kind = "look.revealed"
	Exported   Kind = "look.exported"
	OpenedFile Kind = "look.document"
	HandedOver Kind = "look.handover"
	Settled    Kind = "dispute.settled"
	Answered   Kind = "request.answered"
	Refused    Kind = "request.refused"
	Approved   Kind = "review.approved"
	Returned   Kind = "review.returned"

	HelpOffered Kind = "duty.help"        // About is the duty, Detail the offer
	HelpClosed  Kind = "duty.help_closed" // About is the duty, Detail how it ended
	StepTaken   Kind = "admission.step"   // Subject is the number of the step
	DutyDigest  Kind = "duty.digest"      // Detail is a Digest

	MeetingCalled    Kind = "meeting.called"    // Subject is the meeting, About its kind
	MeetingMoved     Kind = "meeting.moved"     // another day, time or place
	MeetingCancelled Kind = "meeting.cancelled" // it does not take place
	MeetingDecided   Kind = "meeting.decided"   // to who was not there: the minutes are confirmed
	ResolutionOwned  Kind = "meeting.owned"     // somebody is to carry a resolution out
)

// Notice is one thing that somebody is told.
type Notice struct {
	ID      string
	To      string // a member; or an account whose holder has no record here
	Kind    Kind
	Subject string // id of what it leads to
	About   string
	Detail  string
	Account string // of whoever did it, "" for the program
	Actor   string
	At      time.Time
	ReadAt  time.Time // zero: unread
	Push    bool      // to be told outside too
}

// Unread tells whether it has not been read.
func (n Notice) Unread() bool { return n.ReadAt.IsZero() }

// By fills in who did it.
func (n Notice) By(actor ledger.Actor) Notice {
	n.Account, n.Actor = actor.Account, actor.Name
	return n
}

const columns = "id, to_id, kind, subject_id, about, detail, account_id, actor, at, read_at, pushed"

var columnList = []string{"id", "to_id", "kind", "subject_id", "about", "detail", "account_id", "actor", "at", "read_at", "pushed"}

// Give tells inside the transaction of what happened. To nobody is no error: an account may be the program's own.
func Give(ctx context.Context, tx *store.Tx, l *ledger.Ledger, list ...Notice) error {
	var rows [][]any
	now := l.Clock.Now().UnixMicro()
	for _, n := range list {
		if n.To == "" {
			continue
		}
		if n.ID == "" {
			n.ID = l.IDs.New()
		}
		pushed := 0
		if n.Push {
			pushed = 1
		}
		rows = append(rows, []any{n.ID, n.To, string(n.Kind), n.Subject, n.About, n.Detail, n.Account, n.Actor, now, 0, pushed})
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.System("notice").InsertMany(ctx, "notice", columnList, rows)
}

// PersonOf is whom one tells by an account: its holder's record where she has one here, so that all her accounts read it.
// "" for an account that is none, as the program's own.
func PersonOf(ctx context.Context, r store.Reader, account string) (string, error) {
	var member string
	found, err := r.One(ctx, "SELECT member_id FROM {account} WHERE id = ?", []any{account}, &member)
	switch {
	case err != nil || !found:
		return "", err
	case member != "":
		return member, nil
	}
	return account, nil
}

// Applicant is whom one tells of an applicant's case: her account, which she keeps once she has a record; "" without any.
func Applicant(ctx context.Context, r store.Reader, applicant string) (account string, err error) {
	_, err = r.One(ctx, "SELECT id FROM {account} WHERE applicant_id = ?", []any{applicant}, &account)
	return account, err
}

func scan(row store.Row) (n Notice, err error) {
	var at, read, pushed int64
	err = row.Scan(&n.ID, &n.To, &n.Kind, &n.Subject, &n.About, &n.Detail, &n.Account, &n.Actor, &at, &read, &pushed)
	n.At, n.Push = time.UnixMicro(at), pushed != 0
	if read != 0 {
		n.ReadAt = time.UnixMicro(read)
	}
	return n, err
}
