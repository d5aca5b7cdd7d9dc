package duesbook

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Closing is a year that an organisation has closed (结账).
type Closing struct {
	ID, Org, OrgPath string
	Year             int
	Paid, Below      dues.Fen // received from members, and from organisations below
	Kept, Passed     dues.Fen // together all of it
	Share            dues.Share
	Receipts         int
	Members, Behind  int // of a branch: who owed anything, and who still does
	Reason           string
	Actor            string
	Retired          time.Time
	RetiredBy        string
	RetiredWhy       string
	Version          int64
}

// At is when it was closed.
func (c Closing) At() time.Time { return store.Made(c.ID) }

// Total is all that reached the organisation.
func (c Closing) Total() dues.Fen { return c.Paid + c.Below }

const closingColumns = "id, org_id, org_path, year, paid_fen, below_fen, kept_fen, passed_fen, share, receipts, members, behind, reason, actor, retired_at, retired_by, retired_why, version"

func closings(ctx context.Context, r store.Reader, where string, args ...any) (out []Closing, err error) {
	err = r.Each(ctx, "SELECT "+closingColumns+" FROM {closing} WHERE "+where, args, func(row store.Row) error {
		var c Closing
		var retired int64
		err := row.Scan(&c.ID, &c.Org, &c.OrgPath, &c.Year, &c.Paid, &c.Below, &c.Kept, &c.Passed, &c.Share, &c.Receipts, &c.Members, &c.Behind, &c.Reason, &c.Actor, &retired, &c.RetiredBy, &c.RetiredWhy, &c.Version)
		if retired != 0 {
			c.Retired = time.UnixMicro(retired)
		}
		out = append(out, c)
		return err
	})
	return out, err
}

// ClosedYear is how an organisation has closed a year; ok is false while it is open.
func ClosedYear(ctx context.Context, r store.Reader, path string, year int) (c Closing, ok bool, err error) {
	list, err := closings(ctx, r, "org_path = ? AND year = ? AND retired_at = 0", path, year)
	if err != nil || len(list) == 0 {
		return c, false, err
	}
	return list[0], true, nil
}

// Child is an organisation directly below with how it stands.
type Child struct {
	org.Organisation
	Closing *Closing
}

// Account is where an organisation stands with a year: what it would close with, or has.
type Account struct {
	At       org.Organisation
	Year     int
	Closing  Closing // as it would be now, or as it is
	Closed   bool
	Share    Share
	Shared   bool // somebody has set what it keeps
	Children []Child
	Open     []string // names of those below that have not closed
	Remitted dues.Fen // recorded as passed on
	Used     dues.Fen
	Outlays  []Outlay
}

// Account works out a year of an organisation.
func (s *Service) Account(ctx context.Context, r store.Reader, o org.Organisation, year int) (a Account, err error) {
	defer fault.Wrap(&err, "dues: account of a year")
	a = Account{At: o, Year: year}
	shares, err := s.Shares(ctx, o.Path)
	if err != nil {
		return a, err
	}
	a.Share, a.Shared = shareOf(shares, o, year)
	if a.Children, err = children(ctx, r, o, year); err != nil {
		return a, err
	}
	c := Closing{Org: o.ID, OrgPath: o.Path, Year: year, Share: a.Share.Kept}
	for _, child := range a.Children {
		if child.Closing == nil {
			a.Open = append(a.Open, child.ShortName)
			continue
		}
		c.Below += child.Closing.Passed
	}
	if o.Kind.IsBranch() {
		if err := s.own(ctx, r, o, year, &c); err != nil {
			return a, err
		}
	}
	c.Kept, c.Passed = c.Total().Split(c.Share)
	if a.Outlays, err = outlays(ctx, r, "org_path = ? AND year = ? AND retired_at = 0 ORDER BY on_date, id", o.Path, year); err != nil {
		return a, err
	}
	for _, x := range a.Outlays {
		if x.Kind == Remit {
			a.Remitted += x.Sum
		} else {
			a.Used += x.Sum
		}
	}
	closed, ok, err := ClosedYear(ctx, r, o.Path, year)
	if ok {
		c, a.Closed = closed, true
	}
	a.Closing = c
	return a, err
}

// own fills in what a branch received and who is behind.
func (s *Service) own(ctx context.Context, r store.Reader, o org.Organisation, year int, c *Closing) error {
	b, err := s.Year(ctx, r, o, year)
	if err != nil {
		return err
	}
	c.Paid = b.Paid
	for _, l := range b.Lines {
		c.Receipts += len(l.Payments)
		owes := false
		for _, x := range l.Cells {
			owes = owes || x.State != None && x.State != Exempt
		}
		if owes {
			c.Members++
		}
		if l.LateMonths > 0 {
			c.Behind++
		}
	}
	return nil
}

// children are the living organisations directly below that close years, in the order of the tree.
func children(ctx context.Context, r store.Reader, o org.Organisation, year int) (out []Child, err error) {
	var ids []string
	err = r.Each(ctx, "SELECT id FROM {org} WHERE parent_id = ? AND kind <> 'party-group' AND abolished_on = '' ORDER BY path", []any{o.ID}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var list []org.Organisation
	for len(ids) > 0 {
		n := min(len(ids), org.MaxLimit)
		some, err := org.ByIDs(ctx, r, ids[:n])
		if err != nil {
			return nil, err
		}
		list, ids = append(list, some...), ids[n:]
	}
	closed, err := closings(ctx, r, "year = ? AND retired_at = 0 AND org_path > ? AND org_path < ?", year, o.Path, strings.TrimSuffix(o.Path, ".")+"/")
	at := map[string]*Closing{}
	for i := range closed {
		at[closed[i].Org] = &closed[i]
	}
	for _, x := range list {
		out = append(out, Child{x, at[x.ID]})
	}
	return out, err
}

// Close closes a year: what was received is parted into what is kept and what is passed on, and no payment with a day of
// the year is recorded or taken back any more. Those below close first. A branch in which somebody is behind says why.
func (s *Service) Close(ctx context.Context, actor ledger.Actor, orgID string, year int, reason string) (c Closing, err error) {
	defer fault.Wrap(&err, "dues: close")
	o, err := s.place(ctx, actor, orgID)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoClose, o.Path)
	}
	if err != nil {
		return c, err
	}
	today := s.today()
	reason = strings.TrimSpace(reason)
	switch {
	case o.Kind == org.PartyGroup || !o.Living():
		return c, fault.New(fault.Invalid, "党费由党支部、党总支、党委结账。").At("organisation").By("F-15")
	case year < firstYear || year > today.Year || year == today.Year && today.Month != 12:
		return c, fault.New(fault.Invalid, "%d 年还没有过完，12 月起才能结账。", year).At("year").By("F-15")
	case len([]rune(reason)) > longest:
		return c, fault.New(fault.Invalid, "最多 %d 个字。", longest).At("reason")
	}
	act := &ledger.Act{Kind: DoClose, Subject: "closing", OrgPath: o.Path, Reason: "党费年度结账", Detail: map[string]any{"year": year}}
	if reason != "" {
		act.Reason = reason
	}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, o); err != nil {
			return err
		}
		a, err := s.Account(ctx, tx, o, year)
		if err != nil {
			return err
		}
		if err := a.ready(reason); err != nil {
			return err
		}
		c = a.Closing
		c.ID, c.Reason, c.Actor, c.Version = s.Ledger.IDs.New(), reason, actor.Name, 1
		act.SubjectID = c.ID
		set := store.Set
		return tx.Insert(ctx, "closing", set("id", c.ID), set("org_id", o.ID), set("org_path", o.Path), set("year", year), set("paid_fen", int64(c.Paid)), set("below_fen", int64(c.Below)),
			set("kept_fen", int64(c.Kept)), set("passed_fen", int64(c.Passed)), set("share", int64(c.Share)), set("receipts", c.Receipts), set("members", c.Members), set("behind", c.Behind), set("reason", reason),
			set("account_id", actor.Account), set("actor", actor.Name), set("retired_at", 0), set("retired_by", ""), set("retired_why", ""), set("version", 1))
	})
	return c, err
}

func (a Account) ready(reason string) error {
	switch {
	case a.Closed:
		return fault.New(fault.Conflict, "%d 年已经结账。", a.Year).At("year").By("F-15")
	case !a.Shared:
		return fault.New(fault.Conflict, "还没有规定这一级留存多少。请上级党委先规定留存比例。").At("year").By("F-15")
	case len(a.Open) > 0:
		names := strings.Join(a.Open[:min(len(a.Open), 5)], "、")
		return fault.New(fault.Conflict, "下级还有 %d 个没有结账：%s。请等它们结账以后再结。", len(a.Open), names).At("year").By("F-15")
	case a.Closing.Behind > 0 && reason == "":
		return fault.New(fault.Invalid, "还有 %d 人有逾期未交的月份，要结账请写明情况。", a.Closing.Behind).At("reason").By("F-13")
	}
	return nil
}

// Reopen takes a closing back, with the reason. Those above reopen first, since theirs counts this one.
func (s *Service) Reopen(ctx context.Context, actor ledger.Actor, orgID string, year int, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "dues: reopen")
	o, err := s.place(ctx, actor, orgID)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoClose, o.Path)
	}
	if err == nil {
		err = said(reason)
	}
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	act := &ledger.Act{Kind: DoReopen, Subject: "closing", OrgPath: o.Path, Reason: reason, Detail: map[string]any{"year": year}}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, o); err != nil {
			return err
		}
		c, ok, err := ClosedYear(ctx, tx, o.Path, year)
		if err == nil && (!ok || c.Version != version) {
			err = settled()
		}
		if err != nil {
			return err
		}
		if above := org.Above(o.Path); len(above) > 0 {
			_, closed, err := ClosedYear(ctx, tx.System("dues"), above[len(above)-1], year)
			if err != nil {
				return err
			}
			if closed {
				return fault.New(fault.Conflict, "上级 %d 年已经结账，先请上级重开。", year).By("F-15")
			}
		}
		act.SubjectID = c.ID
		n, err := tx.Update(ctx, "closing", store.ByID(c.ID).And("version", version).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
			store.Set("retired_why", reason), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
	return err
}

// stillOpen refuses what would change a year that was closed.
func stillOpen(ctx context.Context, r store.Reader, path string, year int) error {
	_, closed, err := ClosedYear(ctx, r, path, year)
	if err == nil && closed {
		err = fault.New(fault.Conflict, "%d 年的党费已经结账，那一年收到的不能再登记或者撤回；确实要改的，先重开。", year).At("on").By("F-16")
	}
	return err
}

// PublishedLine is a name and what was received under it in a year.
type PublishedLine struct {
	Name string
	Sum  dues.Fen
}

// Published is what a branch posts up: names and sums, in the order of the list, who has left behind them.
func (s *Service) Published(ctx context.Context, r store.Reader, path string, year int) (out []PublishedLine, err error) {
	defer fault.Wrap(&err, "dues: publication")
	paid, err := Payments(ctx, r, path, year, false)
	if err != nil {
		return nil, err
	}
	sums, names := map[string]dues.Fen{}, map[string]string{}
	var order []string
	for _, p := range paid {
		if _, known := names[p.Member]; !known {
			order = append(order, p.Member)
		}
		sums[p.Member], names[p.Member] = sums[p.Member]+p.Sum, p.Name
	}
	at := map[string]int{}
	err = r.Each(ctx, "SELECT id FROM {member} WHERE org_path = ? ORDER BY pinyin, id", []any{path}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		at[id] = len(at) + 1
		return err
	})
	place := func(id string) int {
		if n := at[id]; n > 0 {
			return n
		}
		return len(at) + 1
	}
	slices.SortStableFunc(order, func(a, b string) int { return place(a) - place(b) })
	for _, id := range order {
		out = append(out, PublishedLine{names[id], sums[id]})
	}
	return out, err
}

// Belongs tells whether a member is of an organisation or of one below it: to her a publication is addressed.
func (s *Service) Belongs(ctx context.Context, memberID, path string) (bool, error) {
	var at string
	found, err := s.DB.As(store.System("publication of dues")).One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{memberID}, &at)
	return found && org.Covers(path, at), err
}
