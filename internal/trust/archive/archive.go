package archive

import (
	"context"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/civil"
	"zhibu/internal/words"
)

// Source is the database; *store.DB is one.
type Source interface {
	// Engine names the engine: a backup is restored to the same one.
	Engine() string
	// LockBackup holds off other backups of the same database, of other processes too, or fails with
	// fault.Conflict at once. A killed process leaves no lock.
	LockBackup(ctx context.Context) (release func(), err error)
	// SnapshotData writes a consistent copy of the data into dir, while others write, and gives its path.
	SnapshotData(ctx context.Context, dir string) (string, error)
	// SnapshotKeys does the same with the wrapped person keys. It is called after SnapshotData: keys are written
	// before the data that needs them, so the later copy has every key that the earlier one needs.
	SnapshotKeys(ctx context.Context, dir string) (string, error)
}

// Keys is what a backup needs of the vault; the private half of the backup key is not among it.
type Keys interface {
	Installation() string
	Recipients() []string
	Derive(purpose string) []byte
	Signer() note.Signer
}

// File is a small file of the installation that belongs in the backup beside the database.
type File struct {
	Name string // under which it is restored, relative to the directory
	Path string
	Keys bool // kept with the person keys, with their shorter retention, as the key file is
}

// Archive makes the backups of one installation.
type Archive struct {
	Source  Source
	Keys    Keys
	Clock   civil.Clock
	Temp    string // directory for the copy while a run lasts; private, emptied by every run
	Files   []File // those that do not exist are left out
	Program string // version of the program, for the record
	// Objects gives the place of what is too large for the database and never changes; nil for none.
	Objects func(ctx context.Context) (*Place, error)
	// Checkpoint gives the newest signed checkpoint of the audit, which Restore gives back; nil for none.
	Checkpoint func(ctx context.Context) (string, error)
}

// Progress says how far a run is: Step is a sentence, Done and Total are bytes, Total 0 where it is not known.
type Progress struct {
	Step  string
	Done  int64
	Total int64
}

// The steps of Progress, in their order.
var (
	StepCopy    = words.Mark("正在复制数据库")
	StepPack    = words.Mark("正在加密并写入备份")
	StepPrune   = words.Mark("正在清理过期的备份")
	StepFetch   = words.Mark("正在取回并核对备份")
	StepCheck   = words.Mark("正在检查数据库是否完整")
	StepRebuild = words.Mark("正在写入数据库")
)

// Report is what a run did.
type Report struct {
	Run    string    `json:"run"`
	Time   time.Time `json:"time"`
	Engine string    `json:"engine"`
	Size   int64     `json:"size"`   // bytes copied, data and keys
	Added  int64     `json:"added"`  // bytes the run added to the bucket, encrypted
	Pruned []string  `json:"pruned"` // runs whose data went by the retention
	Keys   []string  `json:"keys"`   // runs whose person keys went by the retention
	Oldest time.Time `json:"oldest"` // oldest person keys still in this bucket
}
