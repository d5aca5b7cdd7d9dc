package retention

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The actions of this room, as the rights table names them.
const (
	DoPropose  = "destruction.propose"
	DoDecide   = "destruction.decide"
	DoDestroy  = ledger.KindDestroy // the act under which the rows go
	DoConclude = "destruction.published"
	DoReapply  = ledger.KindDestroyAgain // after a restore
)

// State says how far a destruction is.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Withdrawn State = "withdrawn"
	Refused   State = "refused"
	Approved  State = "approved" // decided, and being carried out
	Cleared   State = "cleared"  // carried out here; the list is not yet where the backups are
	Destroyed State = "destroyed"
)

// Destruction is one procedure.
type Destruction struct {
	ID, Member, OrgPath                     string
	Class, Reason, Document                 string
	State                                   State
	ProposerAccount, Proposer, ProposerPost string
	ProposerMember                          string
	DeciderAccount, Decider, DeciderPost    string
	Proposed, Decided, Done                 time.Time
	Answer                                  string     // why it was refused
	Final                                   civil.Date // when no backup holds the key any more; zero: no backup did
	Rows                                    int64
	Digest                                  string
	Version                                 int64
	// Others are further records of the same person, which were united with this one: they go with it.
	Others []string
}

// Records are all records that the procedure covers.
func (d Destruction) Records() []string { return append([]string{d.Member}, d.Others...) }

// Service is what may be done about destruction.
type Service struct {
	Members   *member.Service
	Documents *document.Service
	// SamePerson tells whether two accounts are one person's.
	SamePerson func(ctx context.Context, a, b string) (bool, error)
	// Final is the day on which the last backup that holds a key destroyed now goes, zero without a backup.
	Final func(ctx context.Context) (civil.Date, error)
	// Publish lays the list of the destroyed where the backups are. Until it has, a restore from there could bring her
	// back, and the procedure is not at its end.
	Publish func(ctx context.Context) error
	// Uploads destroys the uploaded sheets of imports.
	Uploads func(ctx context.Context, batches []string) error
	// SignOut forgets what is held of accounts.
	SignOut func(accounts ...string)
}

func (s *Service) db() *store.DB { return s.Members.DB }

// Propose proposes to destroy a member's record. It has to be off the register.
func (s *Service) Propose(ctx context.Context, actor ledger.Actor, memberID, class, reason, doc string) (id string, err error) {
	defer fault.Wrap(&err, "retention: propose")
	m, err := s.Members.ByID(ctx, s.db().As(actor.Scope), memberID)
	if err != nil {
		return "", err
	}
	if err := s.Members.Rights.May(ctx, actor, DoPropose, m.OrgPath); err != nil {
		return "", err
	}
	c, ok := ClassOf(class)
	today := civil.Today(s.Members.Clock)
	switch {
	case !ok || !c.Persons:
		return "", fault.New(fault.Invalid, "请选择销毁的依据。").At("class")
	case strings.TrimSpace(reason) == "":
		return "", fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	case len([]rune(reason)) > 500 || len([]rune(doc)) > 200:
		return "", fault.New(fault.Invalid, "理由最多 500 个字，文件名称最多 200 个字。").At("reason")
	case strings.Contains(reason+doc, m.Name):
		return "", fault.New(fault.Invalid, "理由和文件名称会留在证书上，请不要写姓名。").At("reason").By("P-10")
	case actor.Member == m.ID:
		return "", fault.New(fault.Forbidden, "不能对自己的信息做这件事，请由上级党组织办理。").By("H-02")
	case m.State != member.Ended:
		return "", fault.New(fault.Invalid, "在册的党员不能销毁。请先登记终止，再提出销毁。").By("P-10")
	}
	others, err := s.others(ctx, actor, m.ID, reason+doc)
	if err != nil {
		return "", err
	}
	if rule, ok := c.Rule(s.Members.Rules, today); ok && m.EndedOn.AddYears(rule.Int("keep_years")).After(today) {
		return "", fault.New(fault.Invalid, "保存期限还没有到：%s 终止，保存 %d 年，要存到 %s。依据%s（%s 版）。", m.EndedOn.String(), rule.Int("keep_years"), m.EndedOn.AddYears(rule.Int("keep_years")).String(), rule.Cite(), rule.Version).At("class").By(c.Basis)
	}
	id = s.Members.Ledger.IDs.New()
	act := ledger.Act{Kind: DoPropose, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: reason, Source: doc, Detail: map[string]any{"destruction": id, "class": class}}
	err = s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "destruction"); err != nil {
			return err
		}
		var one int
		open, err := tx.System("destruction").One(ctx, "SELECT 1 FROM {destruction} d WHERE d.state IN ('proposed', 'approved', 'cleared')"+
			" AND (d.member_id = ? OR EXISTS (SELECT 1 FROM {destruction_record} o WHERE o.destruction_id = d.id AND o.member_id = ?))", []any{m.ID, m.ID}, &one)
		if err != nil {
			return err
		}
		if open {
			return fault.New(fault.Conflict, "已经有人提出销毁这份信息，正等待批准。")
		}
		for _, o := range others {
			if err := tx.Insert(ctx, "destruction_record", store.Set("id", s.Members.Ledger.IDs.New()), store.Set("destruction_id", id),
				store.Set("member_id", o.ID), store.Set("org_path", o.OrgPath)); err != nil {
				return err
			}
		}
		return tx.Insert(ctx, "destruction", store.Set("id", id), store.Set("member_id", m.ID), store.Set("org_path", m.OrgPath), store.Set("class", class),
			store.Set("reason", reason), store.Set("document", doc), store.Set("state", string(Proposed)), store.Set("proposer_account", actor.Account),
			store.Set("proposer_member", actor.Member), store.Set("proposer", actor.Name), store.Set("proposer_post", actor.Role),
			store.Set("proposed_at", s.Members.Clock.Now().UnixMicro()), store.Set("decider_account", ""), store.Set("decider", ""), store.Set("decider_post", ""),
			store.Set("decided_at", 0), store.Set("answer", ""), store.Set("done_at", 0), store.Set("final_on", ""), store.Set("rows", 0), store.Set("digest", ""), store.Set("version", 1))
	})
	return id, err
}

// others are the further records of the same person. All of them have to be off the register and in the actor's reach:
// one alone would leave what it had taken over, or given, in the other.
func (s *Service) others(ctx context.Context, actor ledger.Actor, id, said string) (list []member.Member, err error) {
	all := s.db().As(store.System("destruction"))
	ids, err := s.Members.UnitedWith(ctx, all, id)
	for _, one := range ids {
		m, err := s.Members.ByID(ctx, all, one)
		if err != nil {
			return nil, err
		}
		if err := s.Members.Rights.May(ctx, actor, DoPropose, m.OrgPath); err != nil {
			return nil, fault.New(fault.Forbidden, "这份档案和另一份并成了一份，要一起销毁；另一份不由您负责，请由管得到两份的上级党组织提出。").By("P-10").Because(err)
		}
		switch {
		case actor.Member == m.ID:
			return nil, fault.New(fault.Forbidden, "不能对自己的信息做这件事，请由上级党组织办理。").By("H-02")
		case strings.Contains(said, m.Name):
			return nil, fault.New(fault.Invalid, "理由和文件名称会留在证书上，请不要写姓名。").At("reason").By("P-10")
		case m.State == member.Destroyed:
			continue
		case m.State != member.Ended:
			return nil, fault.New(fault.Invalid, "这份档案已经并入另一份，那一份还在册，里面有从这份带过去的内容。请先登记那一份终止，再提出销毁，两份一起办。").By("P-10")
		}
		list = append(list, m)
	}
	return list, err
}

// fill adds the further records of procedures.
func (s *Service) fill(ctx context.Context, list []Destruction) error {
	for i := range list {
		err := s.db().As(store.System("destruction")).Each(ctx, "SELECT member_id FROM {destruction_record} WHERE destruction_id = ? ORDER BY id", []any{list[i].ID}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			list[i].Others = append(list[i].Others, id)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const columns = "id, member_id, org_path, class, reason, document, state, proposer_account, proposer_member, proposer, proposer_post, proposed_at, " +
	"decider_account, decider, decider_post, decided_at, answer, done_at, final_on, rows, digest, version"

func scan(row store.Row) (d Destruction, err error) {
	var proposed, decided, done int64
	err = row.Scan(&d.ID, &d.Member, &d.OrgPath, &d.Class, &d.Reason, &d.Document, &d.State, &d.ProposerAccount, &d.ProposerMember, &d.Proposer, &d.ProposerPost, &proposed,
		&d.DeciderAccount, &d.Decider, &d.DeciderPost, &decided, &d.Answer, &done, &d.Final, &d.Rows, &d.Digest, &d.Version)
	d.Proposed, d.Decided, d.Done = time.UnixMicro(proposed), time.UnixMicro(decided), time.UnixMicro(done)
	return d, err
}

// ByID reads one; out of scope it is missing.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (d Destruction, err error) {
	found := false
	err = r.Each(ctx, "SELECT "+columns+" FROM {destruction} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		found = true
		d, err = scan(row)
		return err
	})
	if err == nil && !found {
		err = fault.Missing()
	}
	if err != nil {
		return d, err
	}
	list := []Destruction{d}
	err = s.fill(ctx, list)
	return list[0], err
}

// List lists procedures, the newest first, from behind one on.
func (s *Service) List(ctx context.Context, r store.Reader, before string, limit int) (out []Destruction, err error) {
	if before == "" {
		before = "~"
	}
	err = r.Each(ctx, "SELECT "+columns+" FROM {destruction} WHERE id < ? ORDER BY id DESC LIMIT ?", []any{before, limit}, func(row store.Row) error {
		d, err := scan(row)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, s.fill(ctx, out)
}

// Count counts the procedures in a state of a reader's scope that others than an account have proposed.
func (s *Service) Count(ctx context.Context, r store.Reader, state State, except string) (n int, err error) {
	_, err = r.One(ctx, "SELECT count(*) FROM {destruction} WHERE state = ? AND proposer_account <> ?", []any{string(state), except}, &n)
	return n, err
}

// Withdraw takes a proposal back; only who made it may.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "retention: withdraw")
	d, err := s.ByID(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if d.ProposerAccount != actor.Account {
		return fault.New(fault.Forbidden, "只有提出的人可以撤回。")
	}
	return s.settle(ctx, actor, d, version, Withdrawn, "撤回", store.Set("state", string(Withdrawn)))
}

// Refuse refuses a proposal with a reason.
func (s *Service) Refuse(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "retention: refuse")
	d, err := s.second(ctx, actor, id)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" || len([]rune(reason)) > 500 {
		return fault.New(fault.Invalid, "请写明不批准的理由，最多 500 个字。").At("answer")
	}
	return s.settle(ctx, actor, d, version, Refused, reason, append(s.decision(actor), store.Set("state", string(Refused)), store.Set("answer", reason))...)
}

func (s *Service) decision(actor ledger.Actor) []store.Value {
	return []store.Value{store.Set("decider_account", actor.Account), store.Set("decider", actor.Name), store.Set("decider_post", actor.Role),
		store.Set("decided_at", s.Members.Clock.Now().UnixMicro())}
}

// second reads a proposal for whoever may decide it: another person, with another account, who is not its subject.
func (s *Service) second(ctx context.Context, actor ledger.Actor, id string) (d Destruction, err error) {
	if d, err = s.ByID(ctx, s.db().As(actor.Scope), id); err != nil {
		return d, err
	}
	if err := s.Members.Rights.May(ctx, actor, DoDecide, d.OrgPath); err != nil {
		return d, err
	}
	same := actor.Account == d.ProposerAccount || actor.Member != "" && (actor.Member == d.ProposerMember || slices.Contains(d.Records(), actor.Member))
	if !same && s.SamePerson != nil {
		if same, err = s.SamePerson(ctx, actor.Account, d.ProposerAccount); err != nil {
			return d, err
		}
	}
	if same {
		return d, fault.New(fault.Forbidden, "提出的人和本人都不能批准，请由另一个人办理。").By("H-02")
	}
	return d, nil
}

// settle changes a proposal that still stands as it was seen.
func (s *Service) settle(ctx context.Context, actor ledger.Actor, d Destruction, version int64, to State, reason string, set ...store.Value) error {
	if d.State != Proposed || d.Version != version {
		return fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
	}
	act := ledger.Act{Kind: DoDecide, Subject: "member", SubjectID: d.Member, OrgPath: d.OrgPath, Reason: reason, Detail: map[string]any{"destruction": d.ID, "to": to}}
	return s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "destruction", store.ByID(d.ID).And("version", version).And("state", string(Proposed)), append(set, store.Set("version", version+1))...)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "这件事刚刚有人办过，请看现在的情况。")
		}
		return err
	})
}

// Approve decides for the destruction and carries it out.
func (s *Service) Approve(ctx context.Context, actor ledger.Actor, id string, version int64) (err error) {
	defer fault.Wrap(&err, "retention: approve")
	d, err := s.second(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.standsFor(ctx, actor, d); err != nil {
		return err
	}
	if err := s.settle(ctx, actor, d, version, Approved, d.Reason, append(s.decision(actor), store.Set("state", string(Approved)))...); err != nil {
		return err
	}
	if err := s.Finish(ctx); fault.Of(err) != fault.Unavailable { // a place of backups that is away is tried again, and shown
		return err
	}
	return nil
}

// standsFor checks that what was proposed is still what would be destroyed: every record off the register, none united
// or separated since, and all in the reach of who approves.
func (s *Service) standsFor(ctx context.Context, actor ledger.Actor, d Destruction) error {
	all := s.db().As(store.System("destruction"))
	for _, id := range d.Records() {
		m, err := s.Members.ByID(ctx, all, id)
		if err != nil {
			return err
		}
		if m.State != member.Ended {
			return fault.New(fault.Conflict, "这份信息已经恢复在册，不能销毁。")
		}
		if err := s.Members.Rights.May(ctx, actor, DoDecide, m.OrgPath); err != nil {
			return err
		}
	}
	now, err := s.Members.UnitedWith(ctx, all, d.Member)
	if err != nil {
		return err
	}
	for _, id := range append(now, d.Others...) {
		if slices.Contains(now, id) && slices.Contains(d.Others, id) {
			continue
		}
		m, err := s.Members.ByID(ctx, all, id)
		if err != nil {
			return err
		}
		if m.State != member.Destroyed {
			return fault.New(fault.Conflict, "提出以后，这份档案又合并或者分开过。请撤回，核对后重新提出。")
		}
	}
	return nil
}
