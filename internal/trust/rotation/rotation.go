package rotation

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

// Sealed says where values lie that are sealed under holders' keys. A room with such a table gives one.
type Sealed struct {
	Table   string
	Holder  string   // the column with the id of whose key it is
	Columns []string // sealed for «table.column» and the row's id
	// Indexed are the columns that Follow gives: blind indexes made of what was sealed. Both may be absent.
	Indexed []string
	Follow  func(v *vault.Vault, plain map[string]string) []any
}

// Kind is what is done.
type Kind string

// The kinds.
const (
	Rotate Kind = "rotate" // a new key wraps the holders' keys; values stay as they are
	Reseal Kind = "reseal" // new data keys too, values sealed anew, indexes made anew
)

// The acts of this room. ActReseal stands over rows whose values were only sealed anew.
const (
	ActBegin  = "keys.begin"
	ActTurned = "keys.turned"
	ActRetire = "keys.retire"
)

// State says how far a job is.
type State string

// The states.
const (
	Running State = "running"
	Turned  State = "turned" // nothing is left under the old keys; they wait to be let go
	Retired State = "retired"
	Done    State = "done"
)

// Job is one turning over of keys, as it is kept between processes.
type Job struct {
	Kind    Kind      `json:"kind"`
	Alg     string    `json:"algorithm"`
	KEK     uint32    `json:"key"` // number of the new key in the ring
	Begun   time.Time `json:"begun"`
	By      string    `json:"by"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"` // of the state, by the machine's clock
	Keys    int64     `json:"keys"`  // holders' keys wrapped anew
	Rows    int64     `json:"rows"`
	Values  int64     `json:"values"` // values sealed anew
	Stuck   int64     `json:"stuck"`  // rows that could not be turned over in the last pass
	Started bool      `json:"started"`
	Table   string    `json:"table,omitempty"` // where the pass is, "" for the keys
	After   string    `json:"after,omitempty"`
	Total   int64     `json:"total"` // rows and keys of a pass
	Passed  int64     `json:"passed"`
	Changed int64     `json:"changed"` // in this pass; one that changes nothing is the last
}

// Service turns the keys of one installation over.
type Service struct {
	DB     *store.DB
	Ledger *ledger.Ledger
	Vault  *vault.Vault
	Clock  civil.Clock
	Root   vault.Root // the key file
	Fields []Sealed
	// Settle is how long old keys are kept after nothing is left under them, for processes that have not followed yet.
	Settle time.Duration
	// Fixed tells whether digests stand that cannot follow a new index key, because what they were made of is not kept;
	// the indexes then stay as they are. Nil for never.
	Fixed  func(ctx context.Context) (bool, error)
	AtOnce int // keys or rows in one transaction; 0 for 500
}

func (s *Service) atOnce() int {
	if s.AtOnce > 0 {
		return s.AtOnce
	}
	return 500
}

const (
	jobID  = "keys"
	settle = time.Minute // longer than any process keeps an opened key
)

// Status is the job that runs or was the last, nil when there was none.
func (s *Service) Status(ctx context.Context) (*Job, error) {
	j, _, err := s.read(ctx)
	return j, err
}

func (s *Service) read(ctx context.Context) (*Job, int64, error) {
	var detail string
	var lease int64
	found, err := s.DB.As(store.System("keys")).One(ctx, "SELECT result, lease FROM {job} WHERE id = ?", []any{jobID}, &detail, &lease)
	if err != nil || !found {
		return nil, 0, err
	}
	j := new(Job)
	return j, lease, json.Unmarshal([]byte(detail), j)
}

// Begin starts a job; Work does it. Conflict while another one is not at its end.
func (s *Service) Begin(ctx context.Context, actor ledger.Actor, kind Kind, alg vault.Alg) (err error) {
	defer fault.Wrap(&err, "rotation: begin")
	release, err := s.DB.LockBackup(ctx) // a backup takes key file and keys of one moment
	if err != nil {
		return err
	}
	defer release()
	ring, err := s.Root.Open(ctx) // asked first: without the passphrase nothing can be turned over
	if err != nil {
		return err
	}
	j := Job{Kind: kind, Alg: alg.String(), Begun: s.Clock.Now(), By: actor.Name, State: Running, Since: time.Now()}
	for _, k := range ring.KEKs {
		j.KEK = max(j.KEK, k.ID+1)
	}
	if j.Total, err = s.total(ctx, kind); err != nil {
		return err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	err = s.DB.Operate(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "keys"); err != nil {
			return err
		}
		var state string
		found, err := tx.System("keys").One(ctx, "SELECT state FROM {job} WHERE id = ?", []any{jobID}, &state)
		if err != nil {
			return err
		}
		if found && State(state) != Done {
			return fault.New(fault.Conflict, "上一次密钥轮换还没有收尾。请等它做完，或者在服务器上运行 zhibu keys continue。")
		}
		if _, err := tx.Delete(ctx, "job", store.ByID(jobID)); err != nil {
			return err
		}
		return tx.Insert(ctx, "job", store.Set("id", jobID), store.Set("kind", "keys"), store.Set("state", string(Running)), store.Set("due", 0),
			store.Set("lease", 0), store.Set("detail", ""), store.Set("progress", 0), store.Set("result", string(text)))
	})
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: ActBegin, Subject: "keys", SubjectID: jobID, Reason: "更换密钥", Detail: map[string]any{"kind": kind, "algorithm": j.Alg, "key": j.KEK}}
	if err := s.Ledger.Note(ctx, actor, act); err != nil {
		return err
	}
	return s.turnRing(ctx, &j)
}

// total is how many rows and keys a pass looks at.
func (s *Service) total(ctx context.Context, kind Kind) (int64, error) {
	n, err := s.DB.Keys().Count(ctx)
	if err != nil || kind == Rotate {
		return n, err
	}
	for _, f := range s.Fields {
		var rows int64
		if _, err := s.DB.As(store.System("keys")).One(ctx, "SELECT count(*) FROM {all_"+f.Table+"}", nil, &rows); err != nil {
			return 0, err
		}
		n += rows
	}
	return n, nil
}

// turnRing puts the job's new keys into the ring, once: the key file says whether an earlier try has done it.
func (s *Service) turnRing(ctx context.Context, j *Job) error {
	ring, err := s.Root.Open(ctx)
	if err != nil {
		return err
	}
	there := false
	for _, k := range ring.KEKs {
		there = there || k.ID == j.KEK
	}
	if !there {
		alg, err := vault.ParseAlg(j.Alg)
		if err != nil {
			return err
		}
		if err := ring.AddKEK(alg, rand.Reader, s.Clock.Now()); err != nil {
			return err
		}
		fixed := false
		if s.Fixed != nil {
			if fixed, err = s.Fixed(ctx); err != nil {
				return err
			}
		}
		if j.Kind == Reseal && !fixed {
			if err := ring.AddIndexKey(alg, rand.Reader); err != nil {
				return err
			}
		}
		if err := s.Root.Save(ctx, ring); err != nil {
			return err
		}
	}
	if err := s.Vault.HandOver(ctx, ring); err != nil {
		return err
	}
	j.Started = true
	return s.DB.Operate(ctx, func(tx *store.Tx) error { return s.write(ctx, tx, j, store.ByID(jobID)) })
}

func (s *Service) write(ctx context.Context, tx *store.Tx, j *Job, key store.Key) error {
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	n, err := tx.Update(ctx, "job", key, store.Set("state", string(j.State)), store.Set("progress", j.Passed), store.Set("result", string(text)))
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}
