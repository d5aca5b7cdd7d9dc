package installation

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// readiness remembers the last answer, so that whoever asks often costs little.
type readiness struct {
	mu    sync.Mutex
	at    time.Time // of the answer
	wrote time.Time // when a row was last written
	err   error
}

const (
	readyFor    = 3 * time.Second
	readyWithin = 5 * time.Second
	busyFor     = time.Minute // a database that another write holds for so long is no longer only busy
	roomToWrite = 16 << 20
)

// Ready tells whether the installation can be worked with: its files are there, there is room to write, and a row was
// written and read. Unavailable says what is missing.
func (in *Installation) Ready(ctx context.Context) error {
	in.ready.mu.Lock()
	defer in.ready.mu.Unlock()
	if time.Since(in.ready.at).Abs() < readyFor {
		return in.ready.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWithin)
	defer cancel()
	err := in.tryWriting(ctx)
	switch now := time.Now(); {
	case err == nil:
		in.ready.wrote = now
	case (errors.Is(err, context.DeadlineExceeded) || fault.Of(err) == fault.Conflict) && now.Sub(in.ready.wrote) < busyFor:
		err = nil
	}
	in.ready.at, in.ready.err = time.Now(), err
	return err
}

func (in *Installation) tryWriting(ctx context.Context) error {
	if err := in.Dir.holdsData(in.Config); err != nil {
		return err
	}
	if free, err := room(string(in.Dir)); err == nil && free < roomToWrite {
		return fault.New(fault.Unavailable, "磁盘已满，没有写入任何内容。请清理磁盘后重试。")
	}
	if fits, err := in.DB.Fits(ctx); err != nil || !fits {
		if err == nil {
			err = fault.New(fault.Unavailable, "数据库已经由更新的程序升级，本程序太旧。请停下它，换上新的程序。")
		}
		return err
	}
	id := in.Ledger.IDs.New()
	return in.DB.Operate(ctx, func(tx *store.Tx) error {
		err := tx.Insert(ctx, "job", store.Set("id", id), store.Set("kind", "ready"), store.Set("state", ""), store.Set("due", 0), store.Set("lease", 0),
			store.Set("detail", ""), store.Set("progress", 0), store.Set("result", ""))
		if err != nil {
			return err
		}
		_, err = tx.Delete(ctx, "job", store.ByID(id))
		return err
	})
}
