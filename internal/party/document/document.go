package document

import (
	"context"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// State says whether a document belongs to the file.
type State string

// The states. What was removed can be taken back until its pages are destroyed.
const (
	Kept    State = "kept"
	Removed State = "removed"
)

// Document is one document of a member's file.
type Document struct {
	ID      string
	Member  string
	OrgPath string
	Kind    Kind
	Title   string // as its uploader called it; "" where the member's key is destroyed
	Pages   int
	Bytes   int64 // of its pages as they are kept
	State   State
	Account string // of who added it
	By      string
	At      time.Time
	Facts   []string // the facts that it proves, by roster.Column
	Dated   []string // the dated facts that it proves, by id
	Version int64

	title []byte
}

const columns = "d.id, d.member_id, d.org_path, d.kind, d.title, d.pages, d.bytes, d.state, d.account_id, d.actor, d.at, d.version"

func scan(row store.Row) (Document, error) {
	var d Document
	var at int64
	err := row.Scan(&d.ID, &d.Member, &d.OrgPath, &d.Kind, &d.title, &d.Pages, &d.Bytes, &d.State, &d.Account, &d.By, &at, &d.Version)
	d.At = time.UnixMicro(at)
	return d, err
}

// ByID reads one document that is kept.
func (s *Service) ByID(ctx context.Context, r store.Reader, id string) (Document, error) {
	list, err := s.read(ctx, r, "d.id = ? AND d.state = 'kept'", id)
	if err != nil {
		return Document{}, err
	}
	if len(list) == 0 {
		return Document{}, fault.Missing()
	}
	return list[0], nil
}

// Of lists a member's documents, the newest first.
func (s *Service) Of(ctx context.Context, r store.Reader, memberID string) ([]Document, error) {
	return s.read(ctx, r, "d.member_id = ? AND d.state = 'kept'", memberID)
}

// ByIDs reads the documents of a list that are kept and in scope, for those who refer to them.
func (s *Service) ByIDs(ctx context.Context, r store.Reader, ids []string) (map[string]Document, error) {
	out := map[string]Document{}
	for _, id := range ids {
		if d, err := s.ByID(ctx, r, id); err == nil {
			out[id] = d
		} else if fault.Of(err) != fault.NotFound {
			return nil, err
		}
	}
	return out, nil
}

// ForFacts gives for each fact of a member the documents that prove it, the newest first.
func (s *Service) ForFacts(ctx context.Context, r store.Reader, memberID string) (map[string][]Document, error) {
	list, err := s.Of(ctx, r, memberID)
	out := map[string][]Document{}
	for _, d := range list {
		for _, f := range d.Facts {
			out[f] = append(out[f], d)
		}
	}
	return out, err
}

// read opens titles and adds facts. The rows are few: one member's.
func (s *Service) read(ctx context.Context, r store.Reader, where string, args ...any) ([]Document, error) {
	var out []Document
	err := r.Each(ctx, "SELECT "+columns+" FROM {document} d WHERE "+where+" ORDER BY d.id DESC", args, func(row store.Row) error {
		d, err := scan(row)
		out = append(out, d)
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	at := map[string]int{}
	for i := range out {
		at[out[i].ID] = i
		if err := s.openTitle(ctx, &out[i]); err != nil {
			return nil, err
		}
	}
	err = r.Each(ctx, "SELECT f.document_id, f.fact FROM {document_fact} f JOIN {document} d ON d.id = f.document_id WHERE "+where+" ORDER BY f.id", args, func(row store.Row) error {
		var id, fact string
		if err := row.Scan(&id, &fact); err != nil {
			return err
		}
		d := &out[at[id]]
		if dated, ok := member.ProvenFact(fact); ok {
			d.Dated = append(d.Dated, dated)
			return nil
		}
		d.Facts = append(d.Facts, fact)
		return nil
	})
	return out, err
}
