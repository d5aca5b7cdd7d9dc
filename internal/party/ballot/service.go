package ballot

import (
	"context"
	"encoding/json"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The actions of this room, as the rights table and the ledger name them.
const (
	DoCount = "ballot.count" // enter what was counted
	DoVoid  = "ballot.void"  // give a ballot up
)

// Rights decides who may do what, and who is who. trust/access is the real one.
type Rights interface {
	May(ctx context.Context, actor ledger.Actor, action, orgPath string) error
	Same(ctx context.Context, r store.Reader, a, b string) (same, perhaps bool, err error)
	IsMember(ctx context.Context, r store.Reader, account, memberID string) (same, perhaps bool, err error)
}

// Told is what a room does when a count of its becomes final, in that transaction.
type Told func(ctx context.Context, tx *store.Tx, actor ledger.Actor, b Ballot, verdicts []vote.Verdict) error

// Service is what may be asked and done here.
type Service struct {
	DB     *store.DB
	Ledger *ledger.Ledger
	Clock  civil.Clock
	Rules  *rulebook.Book
	Rights Rights
	Final  map[string]Told // by subject; a room without one only looks
}

// New is a ballot that a room opens.
type New struct {
	Org                org.Organisation
	Subject, SubjectID string
	Kind               vote.Type
	Way                Way
	On                 civil.Date
	Title              string
	Seats              int
	Entitled           int
	Items              []Item
}

// Open opens a ballot within an act of the room that it belongs to; who may do that is the room's question.
func (s *Service) Open(ctx context.Context, tx *store.Tx, actor ledger.Actor, n New) (id string, err error) {
	if err := n.check(civil.Today(s.Clock)); err != nil {
		return "", err
	}
	id = s.Ledger.IDs.New()
	set := store.Set
	return id, tx.Insert(ctx, "ballot", set("id", id), set("org_id", n.Org.ID), set("org_path", n.Org.Path), set("subject", n.Subject), set("subject_id", n.SubjectID), set("kind", string(n.Kind)),
		set("way", string(n.Way)), set("on_date", n.On.String()), set("title", n.Title), set("seats", n.Seats), set("entitled", n.Entitled), set("items", text(n.Items)), set("state", string(Open)),
		set("numbers", ""), set("reason", ""), set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
}

func (n New) check(today civil.Date) error {
	switch {
	case n.On.IsZero() || n.On.After(today):
		return fault.New(fault.Invalid, "请填写投票的日期，不能晚于今天。").At("on").By(RuleTwice)
	case n.Way == Hands && n.Kind == vote.Election:
		return fault.New(fault.Invalid, "选举采用无记名投票，不能举手表决。").At("way").By("E-12")
	case n.Way == Hands && (n.Kind == vote.Admission || n.Kind == vote.Confirmation):
		return fault.New(fault.Invalid, "接收、转正采取无记名投票，不能举手表决。").At("way").By("D-27")
	case len(n.Items) == 0:
		return fault.New(fault.Invalid, "请写明对谁或者对什么表决。").At("items").By(RuleTwice)
	case n.Kind == vote.Election && n.Seats < 1:
		return fault.New(fault.Invalid, "请填写应选几名。").At("seats").By("E-08")
	}
	ids, names := map[string]bool{}, map[string]bool{}
	for _, i := range n.Items {
		if i.ID == "" || i.Name == "" || ids[i.ID] || names[i.Name] {
			return fault.New(fault.Invalid, "“%s”重复了；同名的请区分。", i.Name).At("items").By("E-08")
		}
		ids[i.ID], names[i.Name] = true, true
	}
	return nil
}

// View is a ballot as one person sees it while it is counted.
type View struct {
	Ballot
	Mine    *Numbers // what she entered
	Entered int      // how many have entered, of two; a show of hands needs one
	Differ  []string // once two have entered: the fields in which they differ, without what anybody wrote
}

// Look shows a ballot to whoever an account belongs to.
func (s *Service) Look(ctx context.Context, r store.Reader, account, id string) (View, error) {
	b, err := ByID(ctx, r, id)
	if err != nil {
		return View{}, err
	}
	entered, err := counts(ctx, r, id)
	if err != nil {
		return View{}, err
	}
	return view(b, entered, account), nil
}

func view(b Ballot, entered []count, account string) View {
	v := View{Ballot: b, Entered: len(entered)}
	for i := range entered {
		if entered[i].account == account {
			v.Mine = &entered[i].numbers
		}
	}
	if len(entered) == 2 {
		v.Differ = Differ(entered[0].numbers, entered[1].numbers)
	}
	return v
}

type count struct {
	id, account string
	numbers     Numbers
	version     int64
}

func counts(ctx context.Context, r store.Reader, ballot string) (out []count, err error) {
	err = r.Each(ctx, "SELECT id, account_id, numbers, version FROM {ballot_count} WHERE ballot_id = ? ORDER BY id", []any{ballot}, func(row store.Row) error {
		var c count
		var numbers string
		err := row.Scan(&c.id, &c.account, &numbers, &c.version)
		if err == nil {
			err = json.Unmarshal([]byte(numbers), &c.numbers)
		}
		out = append(out, c)
		return err
	})
	return out, err
}

// ByID reads a ballot; out of scope it is missing.
func ByID(ctx context.Context, r store.Reader, id string) (Ballot, error) {
	list, err := ballots(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return Ballot{}, fault.Missing()
	}
	if err != nil {
		return Ballot{}, err
	}
	return list[0], nil
}

// Of are the ballots of a subject, round after round.
func Of(ctx context.Context, r store.Reader, subject, id string) ([]Ballot, error) {
	return ballots(ctx, r, "subject = ? AND subject_id = ? ORDER BY id", subject, id)
}

func ballots(ctx context.Context, r store.Reader, where string, args ...any) (out []Ballot, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {ballot} WHERE "+where, args, func(row store.Row) error {
		b, err := scan(row)
		out = append(out, b)
		return err
	})
	return out, err
}

// Enter puts down what one person read from the record of the count, or mends what she entered before. The second person's
// count that says the same makes it final. The faults name should, present, issued, collected, invalid, yes.ID, no.ID,
// abstain.ID, written.ID of an item, and others.
func (s *Service) Enter(ctx context.Context, actor ledger.Actor, id string, n Numbers) (out View, err error) {
	defer fault.Wrap(&err, "ballot: count")
	b, err := ByID(ctx, s.DB.As(actor.Scope), id)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoCount, b.OrgPath)
	}
	if err != nil {
		return out, err
	}
	n = b.tidy(n)
	if err := b.Check(n); err != nil {
		return out, err
	}
	act := ledger.Act{Kind: DoCount, Subject: "ballot", SubjectID: id, OrgPath: b.OrgPath, Reason: "录入计票"}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, b); err != nil {
			return err
		}
		entered, err := s.put(ctx, tx, actor, &b, n)
		if err != nil {
			return err
		}
		out = view(b, entered, actor.Account)
		if b.Way == Paper && (len(entered) < 2 || len(out.Differ) > 0) {
			return nil
		}
		if err := s.seal(ctx, tx, actor, &b, n); err != nil {
			return err
		}
		out.Ballot = b
		return nil
	})
	return out, err
}

// hold keeps a ballot to one writer and looks that it still takes counts.
func (s *Service) hold(ctx context.Context, tx *store.Tx, b Ballot) error {
	if err := org.Unmoved(ctx, tx, org.Place{ID: b.Org, Path: b.OrgPath}); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "ballot "+b.ID); err != nil {
		return err
	}
	now, err := ByID(ctx, tx, b.ID)
	if err == nil && now.State != Open {
		err = fault.New(fault.Conflict, "这次计票已经有了结果，不能再录入；有疑问的，请按规定重新投票。").By(RuleTwice)
	}
	return err
}

// put writes one person's count beside the other's.
func (s *Service) put(ctx context.Context, tx *store.Tx, actor ledger.Actor, b *Ballot, n Numbers) ([]count, error) {
	entered, err := counts(ctx, tx, b.ID)
	if err != nil {
		return nil, err
	}
	for i, c := range entered {
		if c.account == actor.Account {
			if len(Differ(c.numbers, n)) == 0 {
				return entered, nil
			}
			entered[i].numbers = n
			_, err := tx.Update(ctx, "ballot_count", store.ByID(c.id).And("version", c.version), store.Set("numbers", text(n)), store.Set("version", c.version+1))
			return entered, err
		}
	}
	if len(entered) == 2 {
		return nil, fault.New(fault.Conflict, "两个人已经各录了一遍，请由他们核对和更正。").By(RuleTwice)
	}
	if err := s.another(ctx, tx, actor, *b, entered); err != nil {
		return nil, err
	}
	c := count{s.Ledger.IDs.New(), actor.Account, n, 1}
	set := store.Set
	return append(entered, c), tx.Insert(ctx, "ballot_count", set("id", c.id), set("org_id", b.Org), set("org_path", b.OrgPath), set("ballot_id", b.ID), set("numbers", text(n)),
		set("account_id", actor.Account), set("actor", actor.Name), set("version", 1))
}

// another refuses whoever is voted on, and the first person by another account.
func (s *Service) another(ctx context.Context, tx *store.Tx, actor ledger.Actor, b Ballot, entered []count) error {
	all := tx.System("ballot")
	for _, item := range b.Items {
		if item.Member == "" || b.Way == Hands {
			continue
		}
		same, perhaps, err := s.Rights.IsMember(ctx, all, actor.Account, item.Member)
		if err != nil {
			return err
		}
		if !same && !perhaps {
			continue
		}
		if b.Kind == vote.Election {
			return fault.New(fault.Forbidden, "候选人不能监票，也不能录入计票，请由不是候选人的两个人办理。").By("E-13")
		}
		return fault.New(fault.Forbidden, "不能录入对自己的表决，请由另外两个人办理。").By("H-02")
	}
	for _, c := range entered {
		same, perhaps, err := s.Rights.Same(ctx, all, actor.Account, c.account)
		if err != nil {
			return err
		}
		if same || perhaps {
			return fault.New(fault.Forbidden, "计票由两个不同的人各录一遍；您已经用另一个账号录过，请由另一个人录入。").By(RuleTwice)
		}
	}
	return nil
}

// seal makes a count final and tells the room that it belongs to.
func (s *Service) seal(ctx context.Context, tx *store.Tx, actor ledger.Actor, b *Ballot, n Numbers) error {
	done := *b
	done.State, done.Numbers, done.Version = Final, n, b.Version+1
	changed, err := tx.Update(ctx, "ballot", store.ByID(b.ID).And("version", b.Version).And("state", string(Open)), store.Set("state", string(Final)), store.Set("numbers", text(n)), store.Set("version", done.Version))
	if err == nil && changed == 0 {
		err = settled()
	}
	if err != nil {
		return err
	}
	if told := s.Final[b.Subject]; told != nil {
		if err := told(ctx, tx, actor, done, done.Judge(s.Rules)); err != nil {
			return err
		}
	}
	*b = done
	return nil
}

func settled() error {
	return fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
}

// GiveUp ends an open ballot without a result, for instance because the paper is doubted; it is held again as another.
func (s *Service) GiveUp(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "ballot: void")
	b, err := ByID(ctx, s.DB.As(actor.Scope), id)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoVoid, b.OrgPath)
	}
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > longest {
		return fault.New(fault.Invalid, "请写明作废的理由，最多 %d 个字。", longest).At("reason").By(RuleTwice)
	}
	act := ledger.Act{Kind: DoVoid, Subject: "ballot", SubjectID: id, OrgPath: b.OrgPath, Reason: reason}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.hold(ctx, tx, b); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "ballot", store.ByID(id).And("version", version).And("state", string(Open)), store.Set("state", string(Void)), store.Set("reason", reason), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
}
