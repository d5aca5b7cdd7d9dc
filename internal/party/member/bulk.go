package member

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"zhibu/internal/party/headcount"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Entry is a checked record to be taken in, with the organisation it goes to.
type Entry struct {
	Record  roster.Record
	OrgID   string
	OrgPath string
	Row     int // row of the sheet
}

// Prepared are entries sealed, indexed and ready to insert; only the insert itself needs the transaction.
type Prepared struct {
	IDs    []string
	batch  string
	review Review
	rows   [][]any
	due    [][]any
	Change headcount.Change // what they change in the head counts; the caller applies it
}

// Prepare makes the members' keys, which are durable before it returns, and seals the records. It uses every core.
func (s *Service) Prepare(ctx context.Context, entries []Entry, batch string, review Review) (*Prepared, error) {
	p := &Prepared{IDs: make([]string, len(entries)), batch: batch, review: review, rows: make([][]any, len(entries)), due: make([][]any, len(entries))}
	for i := range entries {
		p.IDs[i] = s.Ledger.IDs.New()
	}
	persons, err := s.Vault.Create(ctx, p.IDs)
	if err != nil {
		return nil, err
	}
	aging, _ := s.agingOn(today(s))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(entries); i += workers {
				e := entries[i]
				p.rows[i] = s.row(p.IDs[i], e.OrgID, e.OrgPath, e.Record, persons[i], review, batch, e.Row)
				p.due[i] = aging.begun(p.IDs[i], e.OrgPath, e.Record, today(s))
			}
		}()
	}
	wg.Wait()
	for i, e := range entries {
		p.Change.Add(e.OrgPath, cellOf(e.Record, review), 1)
		missingOf(e.Record).tally(&p.Change, e.OrgPath, 1)
		if day := p.due[i][2].(string); review == Reviewed && day < never.String() {
			p.Change.Tally(e.OrgPath, headcount.Aging, day, 1)
		}
	}
	return p, nil
}

// Insert writes prepared members inside an act; with a batch that is hidden they stay invisible until it is shown. The
// head counts are the caller's: it applies or tags the collected Change.
func (s *Service) Insert(ctx context.Context, tx *store.Tx, p *Prepared) error {
	if err := tx.InsertMany(ctx, "member", stored, p.rows); err != nil {
		return s.nowKnown(err)
	}
	return tx.InsertMany(ctx, "due", dueColumns, p.due)
}

// Known is a record that exists already under an ID number.
type Known struct {
	Member Member
	person *vault.Person
}

// Find looks up many ID numbers at once, in the whole installation: whoever calls it must not tell more of a record
// outside the actor's scope than that it exists. The key of the answer is the ID number.
func (s *Service) Find(ctx context.Context, r store.Reader, records []roster.Record) (map[string]Known, error) {
	out := map[string]Known{}
	byIndex := make(map[string]string, len(records))
	args := make([]any, 0, len(records))
	for _, rec := range records {
		for i, ix := range indexes(s.Vault, string(rec.IDNumber)) {
			if _, twice := byIndex[string(ix.([]byte))]; i > 0 && twice {
				continue // no index is being replaced
			}
			byIndex[string(ix.([]byte))] = string(rec.IDNumber)
			args = append(args, ix)
		}
	}
	const atOnce = 500
	var ids []string
	for from := 0; from < len(args); from += atOnce {
		part := args[from:min(from+atOnce, len(args))]
		marks := strings.TrimSuffix(strings.Repeat("?,", atOnce), ",") // always the same text: one prepared statement
		full := make([]any, atOnce)
		copy(full, part)
		for i := len(part); i < atOnce; i++ {
			full[i] = []byte{}
		}
		err := r.Each(ctx, "SELECT id_index, "+columns+" FROM {all_member} WHERE id_index IN ("+marks+")", full, func(row store.Row) error {
			var ix []byte
			m, err := scan(indexed{row, &ix})
			if err == nil {
				out[byIndex[string(ix)]] = Known{Member: m}
				ids = append(ids, m.ID)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	persons, err := s.Vault.Persons(ctx, ids)
	if err != nil {
		return nil, err
	}
	for n, k := range out {
		k.person = persons[k.Member.ID]
		out[n] = k
	}
	return out, nil
}

type indexed struct {
	row store.Row
	ix  *[]byte
}

func (r indexed) Scan(dest ...any) error { return r.row.Scan(append([]any{r.ix}, dest...)...) }

// Compare says what an imported record changes in a known one; nil when nothing. What the sheet has no column for,
// and what it leaves empty, stays as it is: a sheet never erases.
func (s *Service) Compare(k Known, rec roster.Record) (*Change, error) {
	if k.person == nil {
		return nil, vault.ErrShredded
	}
	old, err := s.open(k.person, k.Member)
	if err != nil {
		return nil, err
	}
	return s.changeTo(k.Member, old, merge(old, rec), k.person), nil
}

func merge(old, rec roster.Record) roster.Record {
	m := old
	text := func(into *string, v string) {
		if v != "" {
			*into = v
		}
	}
	text(&m.Name, rec.Name)
	text(&m.Ethnicity, rec.Ethnicity)
	text(&m.Education, rec.Education)
	text(&m.Occupation, rec.Occupation)
	text(&m.Mobile, rec.Mobile)
	text(&m.Phone, rec.Phone)
	text(&m.Address, rec.Address)
	text(&m.FloatingTo, rec.FloatingTo)
	if rec.Category != "" {
		m.Category = rec.Category
	}
	if !rec.Joined.IsZero() {
		m.Joined = rec.Joined
	}
	if !rec.Confirmed.IsZero() {
		m.Confirmed = rec.Confirmed
	}
	if rec.Registry != "" {
		m.Registry = rec.Registry
	}
	if rec.Lost != "" {
		m.Lost = rec.Lost
	}
	if !rec.LostOn.IsZero() {
		m.LostOn = rec.LostOn
	}
	if rec.Floating != "" {
		m.Floating = rec.Floating
	}
	if rec.Care != "" {
		m.Care = rec.Care
	}
	m.Notes = addNotes(old.Notes, rec.Notes)
	return m
}

// addNotes keeps earlier notes and takes over those of the sheet, a header's newer text in place of its older.
func addNotes(old, more []roster.NoteText) []roster.NoteText {
	out := append([]roster.NoteText(nil), old...)
next:
	for _, n := range more {
		for i := range out {
			if out[i].Header == n.Header {
				out[i].Text = n.Text
				continue next
			}
		}
		out = append(out, n)
	}
	return out
}

// Withdraw removes up to limit members of a hidden batch and says whether more are left.
func (s *Service) Withdraw(ctx context.Context, actor ledger.Actor, batch string, limit int) (more bool, err error) {
	var ids []string
	err = s.DB.As(store.System("withdraw")).Each(ctx, "SELECT id FROM {all_member} WHERE batch = ? LIMIT ?", []any{batch, limit}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil || len(ids) == 0 {
		return false, err
	}
	err = s.Ledger.Do(ctx, actor, ledger.Act{Kind: "import.withdraw", Subject: "batch", SubjectID: batch, Reason: "撤回一次导入", Detail: map[string]any{"rows": len(ids)}}, func(tx *store.Tx) error {
		all := tx.System("withdraw")
		for _, id := range ids {
			for _, table := range []string{"member", "due"} {
				if _, err := all.Delete(ctx, table, store.ByID(id)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("member: withdraw: %w", err)
	}
	return len(ids) == limit, s.Vault.Shred(ctx, ids...)
}
