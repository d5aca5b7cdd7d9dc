package installation

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Shreds is the list of the destroyed beside the data, as a restore has laid it there.
func (d Dir) Shreds() string { return d.join(archive.ShredsFile) }

func init() {
	afterRestore = append(afterRestore, again{"shredded", func(ctx context.Context, in *Installation) (string, error) {
		n, all, err := in.reapplyShreds(ctx)
		return words.T(ctx, "销毁名单上 %d 人，其中 %d 人在这次备份里还在，已经再次销毁。", all, n), err
	}})
}

// reapplyShreds destroys again whoever was destroyed after the backup that was restored.
func (in *Installation) reapplyShreds(ctx context.Context) (again, all int, err error) {
	list, err := in.DB.Keys().Shreds(ctx)
	if err != nil {
		return 0, 0, err
	}
	text, err := os.ReadFile(in.Dir.Shreds())
	if err == nil {
		var laid []store.Shredded
		if err := json.Unmarshal(text, &laid); err != nil {
			return 0, 0, fault.New(fault.Unavailable, "销毁名单 %s 读不懂，不予恢复。", in.Dir.Shreds()).Because(err)
		}
		list = append(list, laid...)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, err
	}
	known := map[string]bool{}
	var once []store.Shredded
	for _, s := range list {
		if !known[s.ID] {
			known[s.ID] = true
			once = append(once, s)
		}
	}
	again, err = in.Shredding.Again(ctx, once)
	return again, len(once), err
}

// PublishShreds lays the list where the backups go and where they have gone.
func (in *Installation) PublishShreds(ctx context.Context) error {
	text, err := in.shredList(ctx)
	if err != nil || text == nil {
		return err
	}
	places, err := in.backupPlaces(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, to := range places {
		if err := in.Archive.PutShreds(ctx, to, text); err != nil {
			errs = append(errs, fault.New(fault.Unavailable, "销毁名单没有存到 %s：存好以前，从那里恢复可能使已经销毁的人回来。请检查这个位置；程序每分钟再试一次。", to).Because(err))
		}
	}
	return errors.Join(errs...)
}

// shredList is the list as text, nil while nobody was destroyed.
func (in *Installation) shredList(ctx context.Context) ([]byte, error) {
	list, err := in.DB.Keys().Shreds(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return json.Marshal(list)
}

// backupPlaces are where backups have gone within the retention of the data, and where they are configured to go.
func (in *Installation) backupPlaces(ctx context.Context) ([]string, error) {
	var out []string
	seen := map[string]bool{"": true}
	add := func(to string) {
		if !seen[to] {
			seen[to] = true
			out = append(out, to)
		}
	}
	add(in.BackupPlan().To)
	acts, err := in.Ledger.Acts(ctx, in.DB.As(store.System("backups")), ledger.Query{Kind: KindBackup, Limit: 500})
	for _, a := range acts {
		var detail struct{ To string }
		if json.Unmarshal(a.Detail, &detail) == nil {
			add(detail.To)
		}
	}
	return out, err
}

// keysFinal is the day on which no backup holds a key that is destroyed now, as long as backups go on being made.
func (in *Installation) keysFinal(ctx context.Context) (civil.Date, error) {
	last, err := in.lastBackup(ctx)
	if err != nil || last.IsZero() {
		return civil.Date{}, err
	}
	return civil.Today(civil.Fixed(last)).AddDays(in.Retention().KeyDays), nil
}

// KeepShredding carries out approved destructions that were interrupted, until the context ends.
func (in *Installation) KeepShredding(ctx context.Context, report func(error)) {
	for {
		if err := in.Shredding.Finish(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		if !sleep(ctx, time.Minute) {
			return
		}
	}
}

// samePerson also says yes of two accounts of whom nothing tells that they are two people's.
func (in *Installation) samePerson(ctx context.Context, a, b string) (bool, error) {
	like, err := access.SamePerson(ctx, in.DB.As(store.System("same person")), a, b)
	return like != access.Apart, err
}
