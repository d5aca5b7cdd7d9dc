package admission

import (
	"context"
	"encoding/json"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
)

// Board is a public notice (公示). It says who, where, since when on the way, who trains her, until when and how to object;
// nothing else about her is anybody's business.
type Board struct {
	ID, OrgID, OrgPath, Person string
	From, Until                civil.Date
	Text                       BoardText
	Ended                      bool
}

// BoardText is what hangs there.
type BoardText struct {
	Name         string     `json:"name"`
	Organisation string     `json:"organisation"`
	Committee    string     `json:"committee"` // to which objections go
	Applied      civil.Date `json:"applied,omitzero"`
	Activist     civil.Date `json:"activist,omitzero"`
	Trainers     []string   `json:"trainers,omitempty"`
	Place        string     `json:"place"`
	Contact      string     `json:"contact"`
}

// hang puts a notice up for as many working days as the rule of its day asks.
func (s *Service) hang(ctx context.Context, tx *store.Tx, f Found, r Record) error {
	rule := f.book.At("D-11", r.On)
	until, _ := civil.Working().AddWorkingDays(r.On, rule.Int("notice_days"))
	above, err := s.above(ctx, f.At.Path, false)
	if err != nil {
		return err
	}
	text := BoardText{Name: f.Person.Name, Organisation: f.At.Name, Committee: above.Name, Applied: f.progress("1").On(), Activist: f.progress("3").On(), Place: r.Content.Values["place"], Contact: r.Content.Values["contact"]}
	for _, own := range f.progress("5").Own {
		if own.State == Standing {
			text.Trainers = nil
			for _, t := range own.Content.People["trainers"] {
				text.Trainers = append(text.Trainers, t.Name)
			}
		}
	}
	b, err := json.Marshal(text)
	if err != nil {
		return err
	}
	set := store.Set
	return tx.Insert(ctx, "board", set("id", s.Ledger.IDs.New()), set("org_id", f.At.ID), set("org_path", f.At.Path), set("person_id", f.Person.ID), set("member_id", f.member()), set("step_id", r.ID),
		set("from_on", r.On.String()), set("until_on", until.String()), set("text", string(b)), set("ended", 0), set("version", 1))
}

// takeDown ends the notice of a case and takes its text away. Objections that nobody has answered keep it up.
func (s *Service) takeDown(ctx context.Context, tx *store.Tx, f Found) error {
	boards, err := s.boards(ctx, tx, "person_id = ? AND ended = 0", f.Person.ID)
	if err != nil {
		return err
	}
	for _, b := range boards {
		var open int
		if _, err := tx.System("is every objection answered").One(ctx, "SELECT count(*) FROM {objection} WHERE board_id = ? AND state = 'open'", []any{b.ID}, &open); err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.Conflict, "公示期间收到 %d 条意见，上级党委还没有答复，不能结束公示。", open).At("step").By("D-11")
		}
		if _, err := tx.Update(ctx, "board", store.ByID(b.ID), store.Set("ended", s.Clock.Now().UnixMicro()), store.Set("text", "{}")); err != nil {
			return err
		}
	}
	return nil
}

const boardColumns = "id, org_id, org_path, person_id, from_on, until_on, text, ended"

func (s *Service) boards(ctx context.Context, r store.Reader, where string, args ...any) (out []Board, err error) {
	err = r.Each(ctx, "SELECT "+boardColumns+" FROM {board} WHERE "+where+" ORDER BY until_on, id", args, func(row store.Row) error {
		var b Board
		var text string
		var ended int64
		if err := row.Scan(&b.ID, &b.OrgID, &b.OrgPath, &b.Person, &b.From, &b.Until, &text, &ended); err != nil {
			return err
		}
		b.Ended = ended != 0
		out = append(out, b)
		return json.Unmarshal([]byte(text), &out[len(out)-1].Text)
	})
	return out, err
}

// Hanging are the notices that everybody may read today.
func (s *Service) Hanging(ctx context.Context) ([]Board, error) {
	today := s.today().String()
	return s.boards(ctx, s.DB.As(store.System("public notices")), "ended = 0 AND from_on <= ? AND until_on >= ?", today, today)
}

// Public is one of those; fault.NotFound for any other, so that nobody learns who was on the board once.
func (s *Service) Public(ctx context.Context, id string) (Board, error) {
	today := s.today().String()
	list, err := s.boards(ctx, s.DB.As(store.System("a public notice")), "id = ? AND ended = 0 AND from_on <= ? AND until_on >= ?", id, today, today)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Board{}, err
	}
	return list[0], nil
}

// BoardOf is the notice of a case that hangs or hung last.
func (s *Service) BoardOf(ctx context.Context, r store.Reader, person string) (b Board, ok bool, err error) {
	list, err := s.boards(ctx, r, "person_id = ?", person)
	if n := len(list); n > 0 {
		return list[n-1], true, err
	}
	return b, false, err
}

// Objection is what somebody said against a notice.
type Objection struct {
	ID, Board, OrgPath string
	On                 civil.Date
	Said               Said
	Open               bool
	Answer, Actor      string
	Version            int64
}

// Said is an objection: who says it is her choice (匿名 is possible).
type Said struct {
	Text    string `json:"text"`
	Who     string `json:"who,omitempty"`
	Contact string `json:"contact,omitempty"`
}

const (
	objectionColumn = "objection.content"
	answerColumn    = "objection.answer"
)

// SealedObjections says what of an objection is sealed under a key of its own.
var SealedObjections = rotation.Sealed{Table: "objection", Holder: "id", Columns: []string{"content", "answer"}}

// Object takes what somebody says against a notice that hangs. It goes to the committee above, not to the branch.
func (s *Service) Object(ctx context.Context, board string, said Said) (err error) {
	defer fault.Wrap(&err, "admission: object")
	b, err := s.Public(ctx, board)
	if err != nil {
		return err
	}
	said = Said{strings.TrimSpace(said.Text), strings.TrimSpace(said.Who), strings.TrimSpace(said.Contact)}
	switch {
	case said.Text == "":
		return fault.New(fault.Invalid, "请写明反映的情况。").At("text").By("D-11")
	case len([]rune(said.Text)) > 2000:
		return fault.New(fault.Invalid, "最多 %d 个字。", 2000).At("text").By("D-11")
	case len([]rune(said.Who)) > longestLine:
		return fault.New(fault.Invalid, "最多 %d 个字。", longestLine).At("who")
	case len([]rune(said.Contact)) > longestLine:
		return fault.New(fault.Invalid, "最多 %d 个字。", longestLine).At("contact")
	}
	above, err := s.above(ctx, b.OrgPath, false)
	if err != nil {
		return err
	}
	id := s.Ledger.IDs.New()
	made, err := s.Vault.Create(ctx, []string{id})
	if err != nil {
		return err
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	actor := ledger.System("an objection from outside")
	actor.Name = "公众"
	act := ledger.Act{Kind: DoObject, Subject: "objection", SubjectID: id, OrgPath: above.Path, Reason: "公示期间反映情况"}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Unmoved(ctx, tx, org.Place{ID: above.ID, Path: above.Path}); err != nil {
			return err
		}
		var many int
		if _, err := tx.One(ctx, "SELECT count(*) FROM {objection} WHERE board_id = ?", []any{b.ID}, &many); err != nil {
			return err
		}
		if many >= objectionsAtMost {
			return fault.New(fault.Conflict, "这里收到的意见已经很多，请按公示上的电话或者地址直接反映。").At("text").By("D-11")
		}
		set := store.Set
		return tx.Insert(ctx, "objection", set("id", id), set("org_id", above.ID), set("org_path", above.Path), set("board_id", b.ID), set("on_date", s.today().String()),
			set("content", made[0].Seal(objectionColumn, id, plain)), set("state", "open"), set("answer", nil), set("account_id", ""), set("actor", ""), set("version", 1))
	})
}

// objectionsAtMost bounds what one notice takes, so that nobody fills the store.
const objectionsAtMost = 200

// Objections are those to the notices of a case, to whoever answers them.
func (s *Service) Objections(ctx context.Context, actor ledger.Actor, f Found) (out []Objection, err error) {
	above, err := s.above(ctx, f.At.Path, false)
	if err == nil {
		err = s.Rights.May(ctx, actor, DoDecide, above.Path)
	}
	if err != nil {
		return nil, err
	}
	boards, err := s.boards(ctx, s.DB.As(store.System("objections to whose notice")), "person_id = ?", f.Person.ID)
	for _, b := range boards {
		list, err := s.objections(ctx, s.DB.As(actor.Scope), "board_id = ?", b.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, err
}

func (s *Service) objections(ctx context.Context, r store.Reader, where string, args ...any) (out []Objection, err error) {
	var sealed, answers [][]byte
	err = r.Each(ctx, "SELECT id, board_id, org_path, on_date, content, state, answer, actor, version FROM {objection} WHERE "+where+" ORDER BY id", args, func(row store.Row) error {
		var o Objection
		var content, answer []byte
		var state string
		err := row.Scan(&o.ID, &o.Board, &o.OrgPath, &o.On, &content, &state, &answer, &o.Actor, &o.Version)
		o.Open = state == "open"
		out, sealed, answers = append(out, o), append(sealed, content), append(answers, answer)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		key, err := s.Vault.Person(ctx, out[i].ID)
		if err != nil {
			return nil, err
		}
		plain, err := key.Open(objectionColumn, out[i].ID, sealed[i])
		if err == nil {
			err = json.Unmarshal(plain, &out[i].Said)
		}
		if err == nil && len(answers[i]) > 0 {
			plain, err = key.Open(answerColumn, out[i].ID, answers[i])
			out[i].Answer = string(plain)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Answer says what came of an objection, and gives whom it was about.
func (s *Service) Answer(ctx context.Context, actor ledger.Actor, id string, version int64, answer string) (person string, err error) {
	defer fault.Wrap(&err, "admission: answer")
	list, err := s.objections(ctx, s.DB.As(actor.Scope), "id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return "", err
	}
	o := list[0]
	if err := s.Rights.May(ctx, actor, DoDecide, o.OrgPath); err != nil {
		return "", err
	}
	boards, err := s.boards(ctx, s.DB.As(store.System("objection to whose notice")), "id = ?", o.Board)
	if err != nil || len(boards) == 0 {
		return "", err
	}
	person = boards[0].Person
	answer = strings.TrimSpace(answer)
	switch {
	case !o.Open || o.Version != version:
		return person, stale()
	case answer == "" || len([]rune(answer)) > 2000:
		return person, fault.New(fault.Invalid, "请写明怎样核实、结论是什么，最多 %d 个字。", 2000).At("answer").By("D-11")
	}
	key, err := s.Vault.Person(ctx, id)
	if err != nil {
		return person, err
	}
	act := ledger.Act{Kind: DoObject + ".answer", Subject: "objection", SubjectID: id, OrgPath: o.OrgPath, Reason: "答复公示期间反映的情况"}
	return person, s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := org.Still(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "objection", store.ByID(id).And("version", version), store.Set("state", "answered"), store.Set("answer", key.Seal(answerColumn, id, []byte(answer))),
			store.Set("account_id", actor.Account), store.Set("actor", actor.Name), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = stale()
		}
		return err
	})
}
