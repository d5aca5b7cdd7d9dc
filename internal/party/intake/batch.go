package intake

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

// State is how far a batch is.
type State string

// The states. A batch of a command begins as Running; one of a page as Uploaded.
const (
	Uploaded State = "uploaded" // sealed, columns being chosen
	Checking State = "checking" // waits for or is in the check that writes nothing
	Checked  State = "checked"  // the person looks at what was found
	Queued   State = "queued"   // confirmed, waits for its turn
	Running  State = "running"  // rows go in, hidden
	Done     State = "done"
	Failed   State = "failed"
	Undoing  State = "undoing" // hidden at once, rows being removed
	Undone   State = "undone"
)

// Batch is one import.
type Batch struct {
	ID       string
	OrgID    string
	OrgPath  string
	Account  string
	Actor    string
	FileName string
	FileHash string
	Sealed   string // name of the sealed upload in the spool, "" when none or expired
	Sheet    string
	Mapping  map[string]roster.Column
	State    State
	Result   Result
	At       time.Time
	Version  int64
}

// Result is the outcome as `zhibu import roster --json` prints it.
type Result struct {
	Rows      int              `json:"rows"`
	New       int              `json:"new"`
	Changed   int              `json:"changed"`
	Unchanged int              `json:"unchanged"`
	Rejected  int              `json:"rejected"`
	Disputed  int              `json:"disputed,omitempty"` // facts that stay as they are in a life and that a second person has reviewed otherwise
	Warnings  int              `json:"warnings"`
	Batch     string           `json:"batch"`
	Problems  []roster.Problem `json:"problems"`
	Omitted   int              `json:"problems_omitted,omitempty"` // beyond problemsKept
	Unknown   []string         `json:"unknown_columns,omitempty"`  // headers kept as notes
	Message   string           `json:"message,omitempty"`          // why it failed
}

// problemsKept bounds what one import reports; a sheet with more has one fault repeated.
const problemsKept = 100000

// Service takes rosters in.
type Service struct {
	Members  *member.Service
	Reviews  *review.Service
	Stewards *steward.Service
	Spool    string        // directory of sealed uploads
	Temp     string        // private directory for what a parser spills
	Keep     time.Duration // how long uploads are kept
	MaxBytes int64         // largest file
	// Actor gives the actor of an account again when a batch goes on after a restart.
	Actor func(ctx context.Context, account string) (ledger.Actor, error)

	bell lease.Bell
}

// The action of this room, as the rights table names it.
const (
	DoImport = "import.add"
	DoUndo   = "import.undo"
)

const batchColumns = "id, org_id, org_path, account_id, actor, file_name, file_hash, sealed, sheet, mapping, state, result, at, version"

func scanBatch(row store.Row) (b Batch, err error) {
	var mapping, result string
	var at int64
	err = row.Scan(&b.ID, &b.OrgID, &b.OrgPath, &b.Account, &b.Actor, &b.FileName, &b.FileHash, &b.Sealed, &b.Sheet, &mapping, &b.State, &result, &at, &b.Version)
	b.At = time.UnixMicro(at)
	for text, into := range map[string]any{mapping: &b.Mapping, result: &b.Result} {
		if err == nil && text != "" {
			err = json.Unmarshal([]byte(text), into)
		}
	}
	return b, err
}

// Batch reads one batch; out of scope it is fault.NotFound.
func (s *Service) Batch(ctx context.Context, r store.Reader, id string) (b Batch, err error) {
	found := false
	err = r.Each(ctx, "SELECT "+batchColumns+" FROM {batch} WHERE id = ?", []any{id}, func(row store.Row) (err error) {
		found = true
		b, err = scanBatch(row)
		return err
	})
	if err == nil && !found {
		err = fault.Missing()
	}
	return b, err
}

// Batches lists batches, newest first; before is the id of the last one of the page before.
func (s *Service) Batches(ctx context.Context, r store.Reader, before string, limit int) ([]Batch, error) {
	if before == "" {
		before = "~"
	}
	var out []Batch
	err := r.Each(ctx, "SELECT "+batchColumns+" FROM {batch} WHERE id < ? ORDER BY id DESC LIMIT ?", []any{before, limit}, func(row store.Row) error {
		b, err := scanBatch(row)
		out = append(out, b)
		return err
	})
	return out, err
}

// BatchesAfter lists the batches made after one, the newest first: the page before.
func (s *Service) BatchesAfter(ctx context.Context, r store.Reader, after string, limit int) ([]Batch, error) {
	var out []Batch
	err := r.Each(ctx, "SELECT "+batchColumns+" FROM {batch} WHERE id > ? ORDER BY id LIMIT ?", []any{after, limit}, func(row store.Row) error {
		b, err := scanBatch(row)
		out = append(out, b)
		return err
	})
	slices.Reverse(out)
	return out, err
}

// CountBatches counts the batches in scope.
func (s *Service) CountBatches(ctx context.Context, r store.Reader) (n int, err error) {
	_, err = r.One(ctx, "SELECT count(*) FROM {batch}", nil, &n)
	return n, err
}

func (s *Service) db() *store.DB            { return s.Members.DB }
func (s *Service) ledger() *ledger.Ledger   { return s.Members.Ledger }
func (s *Service) clock() civil.Clock       { return s.Members.Clock }
func (s *Service) everything() store.Reader { return s.db().As(store.System("import")) }

// text of a value kept as JSON.
func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data always encodes
	}
	return string(b)
}
