package life

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// Said is what was said on an item: typed while the meeting goes on. It is sealed under the branch's key.
type Said struct {
	Speakers string `json:"speakers,omitempty"` // in their order, as people write them
	Notes    string `json:"notes,omitempty"`
}

// Item is an item of the agenda.
type Item struct {
	ID              string
	Place           int // from 1
	Title, Reporter string
	Said            Said
	Version         int64

	sealed []byte
}

const (
	mostItems = 30
	longItem  = 100
	longName  = 50
	longNotes = 20_000

	saidColumn  = "agenda.said"
	itemColumns = "id, place, title, reporter, said, version"
)

// SealedNotes is where what was said lies under the branches' keys.
var SealedNotes = rotation.Sealed{Table: "agenda", Holder: "org_id", Columns: []string{"said"}}

// ItemsTyped reads an agenda: an item a line, who reports after a vertical line.
func ItemsTyped(text string) (out []Item) {
	for line := range strings.Lines(strings.ReplaceAll(text, "｜", "|")) {
		title, reporter, _ := strings.Cut(line, "|")
		if title, reporter = strings.TrimSpace(title), strings.TrimSpace(reporter); title != "" || reporter != "" {
			out = append(out, Item{Title: title, Reporter: reporter})
		}
	}
	return out
}

func checkAgenda(list []Item) *fault.Error {
	if len(list) > mostItems {
		return fault.New(fault.Invalid, "议程最多 %d 项。", mostItems).At("agenda").By(RuleMinutes)
	}
	for i := range list {
		if f := tidy(&list[i].Title, true, longItem, "agenda", RuleMinutes, words.Mark("请写明这一项议什么。")); f != nil {
			return f
		}
		if f := tidy(&list[i].Reporter, false, longName, "agenda", RuleMinutes, ""); f != nil {
			return f
		}
	}
	return nil
}

// addItems puts items behind those that are there.
func (s *Service) addItems(ctx context.Context, tx *store.Tx, m Meeting, after int, list []Item) error {
	var rows [][]any
	for i, x := range list {
		rows = append(rows, []any{s.Ledger.IDs.New(), m.Org, m.OrgPath, m.ID, after + i + 1, x.Title, x.Reporter, nil, 1})
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.InsertMany(ctx, "agenda", names("id, org_id, org_path, meeting_id, place, title, reporter, said, version"), rows)
}

// Agenda are the items of a meeting with what was said.
func (s *Service) Agenda(ctx context.Context, r store.Reader, m Meeting) (out []Item, err error) {
	err = r.Each(ctx, "SELECT "+itemColumns+" FROM {agenda} WHERE meeting_id = ? ORDER BY place, id", []any{m.ID}, func(row store.Row) error {
		var x Item
		err := row.Scan(&x.ID, &x.Place, &x.Title, &x.Reporter, &x.sealed, &x.Version)
		out = append(out, x)
		return err
	})
	if err != nil || !slices.ContainsFunc(out, func(x Item) bool { return len(x.sealed) > 0 }) {
		return out, err
	}
	key, err := s.Vault.Person(ctx, m.Org)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if len(out[i].sealed) == 0 {
			continue
		}
		plain, err := key.Open(saidColumn, out[i].ID, out[i].sealed)
		if err == nil {
			err = json.Unmarshal(plain, &out[i].Said)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// key is the branch's key, which an old organisation may not have yet. It is made outside of any transaction.
func (s *Service) key(ctx context.Context, org string) (*vault.Person, error) {
	found, err := s.Vault.Persons(ctx, []string{org})
	if err != nil || found[org] != nil {
		return found[org], err
	}
	made, err := s.Vault.Create(ctx, []string{org})
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// AddItem puts another item on the agenda. The faults name title and reporter.
func (s *Service) AddItem(ctx context.Context, actor ledger.Actor, id string, x Item) (err error) {
	defer fault.Wrap(&err, "life: agenda")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if f := tidy(&x.Title, true, longItem, "title", RuleMinutes, words.Mark("请写明这一项议什么。")); f != nil {
		return f
	}
	if f := tidy(&x.Reporter, false, longName, "reporter", RuleMinutes, ""); f != nil {
		return f
	}
	if !m.open() {
		return fault.New(fault.Conflict, "会议记录已经核对或者取消，不能再改；要改的，请主持人退回，或者在记录后面补充更正。").By(RuleMinutes)
	}
	return s.do(ctx, actor, DoRecord, "增加一项议程", m, func(tx *store.Tx) error {
		if err := s.stillOpen(ctx, tx, m); err != nil {
			return err
		}
		n := 0
		if _, err := tx.One(ctx, "SELECT count(*) FROM {agenda} WHERE meeting_id = ?", []any{id}, &n); err != nil {
			return err
		}
		if n >= mostItems {
			return fault.New(fault.Invalid, "议程最多 %d 项。", mostItems).At("title").By(RuleMinutes)
		}
		return s.addItems(ctx, tx, m, n, []Item{x})
	})
}

// Note writes down what was said on an item, in the version of the item that was seen: several people may each write on theirs,
// and whoever writes on one that another has changed meanwhile loses nothing and is told. The faults name speakers and notes.
func (s *Service) Note(ctx context.Context, actor ledger.Actor, id, item string, version int64, said Said) (err error) {
	defer fault.Wrap(&err, "life: notes")
	m, err := s.mine(ctx, actor, DoRecord, id)
	if err != nil {
		return err
	}
	if err := s.recordable(m); err != nil {
		return err
	}
	if f := tidy(&said.Speakers, false, longPlace*5, "speakers", RuleMinutes, ""); f != nil {
		return f
	}
	if f := tidy(&said.Notes, false, longNotes, "notes", RuleMinutes, ""); f != nil {
		return f
	}
	key, err := s.key(ctx, m.Org)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return s.do(ctx, actor, DoRecord, "记录发言", m, func(tx *store.Tx) error {
		if err := s.stillOpen(ctx, tx, m); err != nil {
			return err
		}
		n, err := tx.Update(ctx, "agenda", store.ByID(item).And("meeting_id", id).And("version", version), store.Set("said", key.Seal(saidColumn, item, plain)), store.Set("version", version+1))
		if err == nil && n == 0 {
			err = settled()
		}
		return err
	})
}

// stillOpen looks inside the transaction that nobody has checked or cancelled the meeting meanwhile.
func (s *Service) stillOpen(ctx context.Context, tx *store.Tx, m Meeting) error {
	now, err := ByID(ctx, tx, m.ID)
	if err == nil && !now.open() {
		err = settled()
	}
	return err
}
