package duty

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// The acts on duties, as the rights table and the ledger name them.
const (
	DoWaive   = "duty.waive"
	DoUnwaive = "duty.unwaive"
	DoHelp    = "duty.help"
)

// Waiver is the decision that one duty need not be done, or may be done later.
type Waiver struct {
	ID, OrgID, OrgPath string
	Member, Applicant  string // whose duty; neither of the branch's
	Duty               timeline.Name
	Due                civil.Date // of the duty as the rules give it; zero for one without a day
	To                 civil.Date // postponed until; zero: waived
	Reason, Document   string
	Actor              string
	Version            int64
}

// At is when it was decided.
func (w Waiver) At() time.Time { return store.Made(w.ID) }

func (w Waiver) person() string {
	if w.Member != "" {
		return w.Member
	}
	return w.Applicant
}

const waiverColumns = "id, org_id, org_path, member_id, applicant_id, duty, due_on, to_on, reason, document, actor, version"

func scanWaiver(row store.Row) (w Waiver, err error) {
	err = row.Scan(&w.ID, &w.OrgID, &w.OrgPath, &w.Member, &w.Applicant, &w.Duty, &w.Due, &w.To, &w.Reason, &w.Document, &w.Actor, &w.Version)
	return w, err
}

// waiversOf are those of a branch that stand.
func waiversOf(ctx context.Context, r store.Reader, path string) (out []Waiver, err error) {
	err = r.Each(ctx, "SELECT "+waiverColumns+" FROM {waiver} WHERE org_path = ? AND retired_at = 0 ORDER BY id", []any{path}, func(row store.Row) error {
		w, err := scanWaiver(row)
		out = append(out, w)
		return err
	})
	return out, err
}

// grant lets a decision bear on a duty. What is done is done whatever was decided, and the reasons say what was.
func (i *Item) grant(list []Waiver, day civil.Date) {
	for n := range list {
		w := &list[n]
		if w.Duty != i.Duty.Name || w.person() != i.Person || w.Due != i.Due || civil.Today(civil.Fixed(w.At())).After(day) {
			continue
		}
		i.Waiver = w
		if i.State == timeline.Done {
			continue
		}
		i.Why = slices.Clone(i.Why)
		if w.To.IsZero() {
			i.State = timeline.Waived
			i.Why = append(i.Why, rulebook.Because("已免除：%s", w.Reason))
			continue
		}
		i.Due, i.State = w.To, timeline.Upcoming
		if day.After(w.To) {
			i.State = timeline.Overdue
		}
		i.Why = append(i.Why, rulebook.Because("已推迟到 %s：%s", w.To.String(), w.Reason))
	}
}

// Waiving is a decision about one duty. The faults name duty, due, to, reason and document.
type Waiving struct {
	Org, Person      string
	Duty             timeline.Name
	Due              civil.Date // as the duty says it
	To               civil.Date // zero waives, a day postpones
	Reason, Document string
}

// Waive decides that an open duty need not be done, or may be done later. Whoever is asked does not decide it: the right
// is one of the organisations above.
func (s *Service) Waive(ctx context.Context, actor ledger.Actor, w Waiving) (id string, err error) {
	defer fault.Wrap(&err, "duty: waive")
	r := s.DB.As(actor.Scope)
	o, err := org.ByID(ctx, r, w.Org)
	if err != nil {
		return "", err
	}
	if err := s.Rights.May(ctx, actor, DoWaive, o.Path); err != nil {
		return "", err
	}
	today := s.today()
	w.Reason, w.Document = strings.TrimSpace(w.Reason), strings.TrimSpace(w.Document)
	switch {
	case w.Reason == "":
		return "", fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	case len([]rune(w.Reason)) > 500:
		return "", fault.New(fault.Invalid, "理由最多 %d 个字。", 500).At("reason")
	case len([]rune(w.Document)) > 200:
		return "", fault.New(fault.Invalid, "材料最多 %d 个字。", 200).At("document")
	case !w.To.IsZero() && (!w.To.After(today) || !w.To.After(w.Due) || w.To.After(today.AddYears(1))):
		return "", fault.New(fault.Invalid, "推迟到的日期要在今天和原来的期限之后，最多一年。").At("to")
	case !w.To.IsZero() && w.Due.IsZero():
		return "", fault.New(fault.Invalid, "这件事没有期限，不用推迟。").At("to")
	}
	a, err := s.Of(ctx, r, o, today, false)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(a.Items, func(x Item) bool {
		return x.Duty.Name == w.Duty && x.Person == w.Person && x.Due == w.Due && x.Open() && x.Waiver == nil
	})
	if i < 0 {
		return "", fault.New(fault.Conflict, "现在没有这件待办，或者已经有了决定，请看现在的内容再办。").At("duty")
	}
	id = s.Ledger.IDs.New()
	memberID, applicant := w.Person, ""
	if a.Items[i].Applicant {
		memberID, applicant = "", w.Person
	}
	act := ledger.Act{Kind: DoWaive, Subject: "waiver", SubjectID: id, OrgPath: o.Path, Reason: w.Reason, Source: w.Document, Detail: map[string]any{"duty": string(w.Duty), "due": w.Due.String(), "to": w.To.String()}}
	err = s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: o.ID, Path: o.Path}); err != nil {
			return err
		}
		set := store.Set
		return tx.Insert(ctx, "waiver", set("id", id), set("org_id", o.ID), set("org_path", o.Path), set("member_id", memberID), set("applicant_id", applicant), set("duty", string(w.Duty)),
			set("due_on", w.Due.String()), set("to_on", w.To.String()), set("reason", w.Reason), set("document", w.Document), set("account_id", actor.Account), set("actor", actor.Name),
			set("retired_at", 0), set("retired_by", ""), set("retired_why", ""), set("version", 1))
	})
	return id, err
}

// Unwaive takes a decision back: the duty is what the rules say again.
func (s *Service) Unwaive(ctx context.Context, actor ledger.Actor, id string, version int64, reason string) (err error) {
	defer fault.Wrap(&err, "duty: unwaive")
	var path string
	found, err := s.DB.As(actor.Scope).One(ctx, "SELECT org_path FROM {waiver} WHERE id = ?", []any{id}, &path)
	if err == nil && !found {
		err = fault.Missing()
	}
	if err == nil {
		err = s.Rights.May(ctx, actor, DoUnwaive, path)
	}
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.New(fault.Invalid, "请写明理由，日后查得到为什么这样做。").At("reason")
	}
	act := ledger.Act{Kind: DoUnwaive, Subject: "waiver", SubjectID: id, OrgPath: path, Reason: reason}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "waiver", store.ByID(id).And("version", version).And("retired_at", 0), store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name),
			store.Set("retired_why", reason), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "别人刚刚改过这一条，请看现在的内容再办。")
		}
		return err
	})
}

// Grant waives several periods of a person's duty inside the transaction of a room that has decided it; w names the place,
// the person, the duty, reason and document.
func (s *Service) Grant(ctx context.Context, tx *store.Tx, actor ledger.Actor, w Waiver, due []civil.Date) error {
	for _, d := range due {
		set := store.Set
		if err := tx.Insert(ctx, "waiver", set("id", s.Ledger.IDs.New()), set("org_id", w.OrgID), set("org_path", w.OrgPath), set("member_id", w.Member), set("applicant_id", w.Applicant),
			set("duty", string(w.Duty)), set("due_on", d.String()), set("to_on", w.To.String()), set("reason", w.Reason), set("document", w.Document), set("account_id", actor.Account),
			set("actor", actor.Name), set("retired_at", 0), set("retired_by", ""), set("retired_why", ""), set("version", 1)); err != nil {
			return err
		}
	}
	return nil
}

// Ungrant takes back what Grant waived because of a document.
func (s *Service) Ungrant(ctx context.Context, tx *store.Tx, actor ledger.Actor, memberID string, name timeline.Name, document, reason string) error {
	key := store.Key{store.Set("member_id", memberID), store.Set("duty", string(name)), store.Set("document", document), store.Set("retired_at", 0)}
	_, err := tx.Update(ctx, "waiver", key, store.Set("retired_at", s.Clock.Now().UnixMicro()), store.Set("retired_by", actor.Name), store.Set("retired_why", reason), store.Set("version", 2))
	return err
}
