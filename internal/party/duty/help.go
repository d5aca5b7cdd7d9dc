package duty

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// DoHelpClose is the act by which either side says that a help is over.
const DoHelpClose = "duty.help_close"

// Offer is what those above can do for a branch.
type Offer string

// The offers, in the order of the form.
const (
	Visit     Offer = "visit"
	Schedule  Offer = "schedule"
	Materials Offer = "materials"
	Otherwise Offer = "other"
)

// Offers are all.
var Offers = []Offer{Visit, Schedule, Materials, Otherwise}

var offerNames = map[Offer]string{Visit: words.Mark("派人到会指导"), Schedule: words.Mark("共同商定时间"), Materials: words.Mark("提供学习材料"), Otherwise: words.Mark("其他（写明）")}

// Name is an offer in Chinese, a key of the catalogue.
func (o Offer) Name() string { return offerNames[o] }

// HelpState says how a help stands.
type HelpState string

// The states: offered; what was due has been done; ended without it.
const (
	HelpOpen  HelpState = "open"
	HelpDone  HelpState = "done"
	HelpEnded HelpState = "ended"
)

// Help is what an organisation above has offered to a branch with something that is due there (协助补开). It says what is
// offered and nothing of why it is late.
type Help struct {
	ID, Org, OrgPath, From string // From is the organisation that offers
	Duty                   timeline.Name
	Offer                  Offer
	Words                  string
	On                     civil.Date // when
	State                  HelpState
	Account, Actor         string
	ClosedAt               time.Time
	Closer, Answer         string
	Version                int64
}

// At is when it was offered.
func (h Help) At() time.Time { return store.Made(h.ID) }

const helpColumns = "id, org_id, org_path, from_id, duty, offer, wording, on_date, state, account_id, actor, closed_at, closer, answer, version"

func scanHelp(row store.Row) (h Help, err error) {
	var closed int64
	err = row.Scan(&h.ID, &h.Org, &h.OrgPath, &h.From, &h.Duty, &h.Offer, &h.Words, &h.On, &h.State, &h.Account, &h.Actor, &closed, &h.Closer, &h.Answer, &h.Version)
	if closed != 0 {
		h.ClosedAt = time.UnixMicro(closed)
	}
	return h, err
}

// Helping is an offer of help. The faults name duty, offer, words and on.
type Helping struct {
	Org   string
	Duty  timeline.Name
	Offer Offer
	Words string
	On    civil.Date
}

func (x Helping) check(today civil.Date) error {
	switch {
	case x.Offer.Name() == "":
		return fault.New(fault.Invalid, "请选择怎样协助。").At("offer")
	case x.Offer == Otherwise && x.Words == "":
		return fault.New(fault.Invalid, "请写明怎样协助。").At("words")
	case len([]rune(x.Words)) > 200:
		return fault.New(fault.Invalid, "最多 %d 个字。", 200).At("words")
	case x.On.Before(today) || x.On.After(today.AddYears(1)):
		return fault.New(fault.Invalid, "请填今天或者以后一年内的日子。").At("on")
	}
	return nil
}

// OfferHelp offers help to a branch and tells whoever answers for it there. There is one open help for a duty at a time.
func (s *Service) OfferHelp(ctx context.Context, actor ledger.Actor, x Helping) (id string, err error) {
	defer fault.Wrap(&err, "duty: offer help")
	r := s.DB.As(actor.Scope)
	o, err := org.ByID(ctx, r, x.Org)
	if err != nil {
		return "", err
	}
	if err := s.Rights.May(ctx, actor, DoHelp, o.Path); err != nil {
		return "", err
	}
	x.Words = strings.TrimSpace(x.Words)
	if title, _, err := s.Called(ctx, x.Duty); err != nil || title == "" {
		return "", cmp.Or(err, error(fault.New(fault.Invalid, "没有这种待办。").At("duty")))
	}
	if err := x.check(s.today()); err != nil {
		return "", err
	}
	if !o.Kind.IsBranch() || !o.Living() {
		return "", fault.New(fault.Invalid, "协助是给党支部的，请选一个支部。").At("organisation")
	}
	from, err := s.helper(ctx, r, actor, o)
	if err != nil {
		return "", err
	}
	id = s.Ledger.IDs.New()
	act := ledger.Act{Kind: DoHelp, Subject: "help", SubjectID: id, OrgPath: o.Path, Reason: x.Offer.Name(), Detail: map[string]any{"duty": string(x.Duty), "on": x.On.String()}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "help"); err != nil {
			return err
		}
		var one int
		open, err := tx.System("help").One(ctx, "SELECT 1 FROM {help} WHERE org_path = ? AND duty = ? AND state = 'open'", []any{o.Path, string(x.Duty)}, &one)
		if err == nil && open {
			err = fault.New(fault.Conflict, "这件事已经有一条协助，还没有办结。请在那一条上接着办。").At("duty")
		}
		if err != nil {
			return err
		}
		set := store.Set
		err = tx.Insert(ctx, "help", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("from_id", from), set("duty", string(x.Duty)), set("offer", string(x.Offer)), set("wording", x.Words),
			set("on_date", x.On.String()), set("state", string(HelpOpen)), set("account_id", actor.Account), set("actor", actor.Name), set("closed_at", 0), set("closer_id", ""), set("closer", ""),
			set("answer", ""), set("version", 1))
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, actor, notice.HelpOffered, id, x.Duty, string(x.Offer), o.Path)
	})
	return id, err
}

// helper is the organisation in whose name the actor offers: where her work begins above the branch.
func (s *Service) helper(ctx context.Context, r store.Reader, actor ledger.Actor, o org.Organisation) (string, error) {
	for _, p := range actor.Scope.Paths() {
		if strings.HasPrefix(o.Path, p) && p != o.Path {
			above, err := org.ByPath(ctx, r, p)
			return above.ID, err
		}
	}
	return "", fault.New(fault.Forbidden, "协助由上级党组织提出。").By("A-74")
}

// answering are the roles that answer for what a branch has to do: the secretary, and where there is none the committee.
var answering = []access.Role{access.BranchSecretary, access.BranchCommittee}

// tell lets whoever answers for a branch hear, but not whoever did it.
func (s *Service) tell(ctx context.Context, tx *store.Tx, actor ledger.Actor, kind notice.Kind, id string, about timeline.Name, detail, path string) error {
	all, err := s.Rights.InRoles(ctx, tx.System("notice"), []string{path})
	if err != nil {
		return err
	}
	var list []notice.Notice
	for _, role := range answering {
		for _, h := range all {
			to := h.Member
			if to == "" {
				to = h.Account
			}
			known := slices.ContainsFunc(list, func(n notice.Notice) bool { return n.To == to })
			if access.Role(h.Role) != role || h.Account == actor.Account || known || h.From.After(s.today()) || !h.To.IsZero() && h.To.Before(s.today()) {
				continue
			}
			list = append(list, notice.Notice{To: to, Kind: kind, Subject: id, About: string(about), Detail: detail, Push: true}.By(actor))
		}
		if len(list) > 0 {
			break
		}
	}
	return notice.Give(ctx, tx, s.Ledger, list...)
}

// CloseHelp ends a help, done or not, by either side; the other side is told.
func (s *Service) CloseHelp(ctx context.Context, actor ledger.Actor, id string, version int64, to HelpState, answer string) (err error) {
	defer fault.Wrap(&err, "duty: close help")
	h, err := s.HelpByID(ctx, s.DB.As(actor.Scope), id)
	if err != nil {
		return err
	}
	own := s.Rights.May(ctx, actor, logbook.DoAdd, h.OrgPath)
	above := s.Rights.May(ctx, actor, DoHelp, h.OrgPath)
	answer = strings.TrimSpace(answer)
	gone := fault.New(fault.Conflict, "这条协助刚刚有人办过，请看现在的情况。")
	switch {
	case own != nil && above != nil:
		return above
	case to != HelpDone && to != HelpEnded:
		return fault.New(fault.Invalid, "请选择办结还是结束。").At("state")
	case len([]rune(answer)) > 200:
		return fault.New(fault.Invalid, "最多 %d 个字。", 200).At("answer")
	case h.State != HelpOpen || h.Version != version:
		return gone
	}
	act := ledger.Act{Kind: DoHelpClose, Subject: "help", SubjectID: id, OrgPath: h.OrgPath, Reason: answer, Detail: map[string]any{"state": to}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "help", store.ByID(id).And("version", version), store.Set("state", string(to)), store.Set("closed_at", s.Clock.Now().UnixMicro()),
			store.Set("closer_id", actor.Account), store.Set("closer", actor.Name), store.Set("answer", answer), store.Set("version", version+1))
		switch {
		case err != nil:
			return err
		case n == 0:
			return gone
		case above == nil:
			return s.tell(ctx, tx, actor, notice.HelpClosed, id, h.Duty, string(to), h.OrgPath)
		}
		offered, err := notice.PersonOf(ctx, tx.System("notice"), h.Account)
		if err != nil {
			return err
		}
		return notice.Give(ctx, tx, s.Ledger, notice.Notice{To: offered, Kind: notice.HelpClosed, Subject: id, About: string(h.Duty), Detail: string(to), Push: true}.By(actor))
	})
}

// HelpByID reads one.
func (s *Service) HelpByID(ctx context.Context, r store.Reader, id string) (h Help, err error) {
	list, err := helps(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return h, fault.Missing()
	}
	if err != nil {
		return h, err
	}
	return list[0], nil
}

// Helps lists those at and below an organisation, open ones first, the newest of each first.
func (s *Service) Helps(ctx context.Context, r store.Reader, under string, limit int) (out []Help, err error) {
	if r, err = r.Within(under); err != nil {
		return nil, err
	}
	return helps(ctx, r, "1 = 1 ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, id DESC LIMIT ?", limit)
}

// OpenHelps are the open helps with one duty in the part of the tree that a reader sees, by branch.
func (s *Service) OpenHelps(ctx context.Context, r store.Reader, duty timeline.Name) (map[string]Help, error) {
	list, err := helps(ctx, r, "state = 'open' AND duty = ?", string(duty))
	out := map[string]Help{}
	for _, h := range list {
		out[h.Org] = h
	}
	return out, err
}

func helps(ctx context.Context, r store.Reader, where string, args ...any) (out []Help, err error) {
	err = r.Each(ctx, "SELECT "+helpColumns+" FROM {help} WHERE "+where, args, func(row store.Row) error {
		h, err := scanHelp(row)
		out = append(out, h)
		return err
	})
	return out, err
}
