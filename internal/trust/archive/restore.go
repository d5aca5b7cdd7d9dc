package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// RestoreOptions says what to bring back, and where.
type RestoreOptions struct {
	From     string // address of the bucket
	Dir      string // new or empty directory
	Database string // PostgreSQL URL of an empty database, "" for SQLite files in Dir
	Kit      *Kit   // from ReadKit
	Run      string // which run, "" for the newest
	Progress func(Progress)
}

// Restored is what came back.
type Restored struct {
	Run          string    `json:"run"`
	Time         time.Time `json:"time"`      // when the copy of the data was made: what was entered later is lost
	KeysTime     time.Time `json:"keys_time"` // when the copy of the person keys was made: always the newest
	Installation string    `json:"installation"`
	Engine       string    `json:"engine"`
	Program      string    `json:"program"`
	Checkpoint   string    `json:"checkpoint"`     // of the audit, as it was before the copy
	Signed       bool      `json:"signed"`         // the signature was checked with the kit's public key
	Objects      int       `json:"documents"`      // pages of documents brought back
	Lost         int       `json:"documents_lost"` // pages that the backup names and no longer has
	Files        []struct {
		Name string `json:"name"`
		Size int64  `json:"size"`
	} `json:"files"`
}

// Restore brings a run back into a new directory, which appears complete or not at all, and checks the database. The
// person keys are always the newest ones, so that who was shredded stays so. Errors for people: Conflict when the
// place is not empty; Invalid when the kit does not fit; Unavailable when the backup is damaged or not there.
func Restore(ctx context.Context, o RestoreOptions) (*Restored, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if err := mustBeEmpty(o.Dir); err != nil {
		return nil, err
	}
	b, err := openBucket(ctx, o.From, false)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	data, keys, err := choose(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := sameEngine(data.Engine, o.Database); err != nil {
		return nil, err
	}
	staging := filepath.Join(filepath.Dir(filepath.Clean(o.Dir)), "."+filepath.Base(filepath.Clean(o.Dir))+".restoring")
	if err := os.RemoveAll(staging); err != nil {
		return nil, fmt.Errorf("archive: clear %s: %w", staging, err)
	}
	if err := os.MkdirAll(staging, 0o700); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	defer os.RemoveAll(staging)

	f := &fetch{bucket: b, kit: o.Kit, dir: staging, progress: o.Progress}
	for _, m := range []*manifest{keys, data} {
		for _, c := range m.Files {
			f.total += c.Size
		}
	}
	for _, m := range []*manifest{keys, data} {
		if err := f.run(ctx, m); err != nil {
			return nil, full(staging, err)
		}
	}
	restored, lost, err := f.objects(ctx, objectsDir)
	if err != nil {
		return nil, full(staging, err)
	}
	if err := o.rebuild(ctx, staging, data, keys); err != nil {
		return nil, full(staging, err)
	}
	if err := layShreds(ctx, b, o.Kit, staging); err != nil {
		return nil, err
	}
	if err := o.settle(staging); err != nil {
		return nil, err
	}
	r := &Restored{Run: data.Run, Time: data.Time, KeysTime: keys.Time, Installation: data.Installation, Engine: data.Engine,
		Program: data.Program, Checkpoint: data.Checkpoint, Signed: o.Kit.verifier != nil, Objects: restored, Lost: lost}
	for _, m := range []*manifest{data, keys} {
		for _, c := range m.Files {
			r.Files = append(r.Files, struct {
				Name string `json:"name"`
				Size int64  `json:"size"`
			}{c.Name, c.Size})
		}
	}
	return r, nil
}

func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Invalid, "目录 %s 不能用：%v。", dir, err).At("dir").Because(err)
	}
	if len(entries) > 0 {
		return fault.New(fault.Conflict, "目录 %s 里已有文件。恢复只写入新目录或空目录，不覆盖任何数据。", dir).At("dir")
	}
	return nil
}

func sameEngine(engine, database string) error {
	if (engine == store.PostgreSQL) == (database != "") {
		return nil
	}
	if database != "" {
		return fault.New(fault.Invalid, "这份备份来自 %s，不能恢复到 PostgreSQL。请去掉 --database。", engine).At("database")
	}
	return fault.New(fault.Invalid, "这份备份来自 PostgreSQL，请用 --database 给出一个空数据库的地址。").At("database")
}

// choose opens the manifests: of the data the asked one, of the keys always the newest.
func choose(ctx context.Context, b *bucket, o RestoreOptions) (data, keys *manifest, err error) {
	none := func() error {
		return fault.New(fault.Unavailable, "备份位置 %s 里没有可恢复的备份。", b.name).At("from")
	}
	open := func(s set, asked string) (*manifest, error) {
		objects, err := b.list(ctx, s.runs())
		if err != nil {
			return nil, err
		}
		newest := ""
		for key, size := range objects {
			run := runOf(s, key, manifestExt)
			if size > 0 && run > newest && (asked == "" || run == asked) {
				newest = run
			}
		}
		if newest == "" && asked != "" {
			return nil, fault.New(fault.Invalid, "备份位置 %s 里没有名为 %s 的备份。", b.name, asked).At("run")
		}
		if newest == "" {
			return nil, none()
		}
		return readManifest(ctx, b, s, newest, o.Kit)
	}
	if data, err = open(dataSet, o.Run); err != nil {
		return nil, nil, err
	}
	if keys, err = open(keysSet, ""); err != nil {
		return nil, nil, err
	}
	if keys.Run < data.Run || keys.Installation != data.Installation {
		return nil, nil, none() // keys are written first: this bucket was meddled with
	}
	return data, keys, nil
}

// rebuild checks the database files and, for PostgreSQL, loads them.
func (o *RestoreOptions) rebuild(ctx context.Context, staging string, data, keys *manifest) error {
	paths := map[set]string{}
	for _, m := range []*manifest{data, keys} {
		for _, c := range m.Files {
			if c.Database {
				paths[m.Set] = filepath.Join(staging, c.Name)
			}
		}
	}
	if paths[dataSet] == "" || paths[keysSet] == "" {
		return damagedRun(data.Run, dataSet.manifest(data.Run), nil)
	}
	step := StepCheck
	if o.Database != "" {
		step = StepRebuild
	}
	o.Progress(Progress{Step: step})
	return store.Restore(ctx, store.Config{Dir: staging, URL: o.Database}, paths[dataSet], paths[keysSet])
}

// settle adds what only the kit has and gives the directory its name.
func (o *RestoreOptions) settle(staging string) error {
	for name, content := range map[string][]byte{KeyFile: o.Kit.KeyFile, DemoPassphrase: o.Kit.Passphrase} {
		path := filepath.Join(staging, name)
		if _, err := os.Stat(path); err == nil || len(content) == 0 {
			continue // the backup's key file is newer than the kit's
		}
		if err := writeFile(path, content); err != nil {
			return err
		}
	}
	if err := syncDir(staging); err != nil {
		return err
	}
	if err := os.Remove(o.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return mustBeEmpty(o.Dir)
	}
	if err := os.Rename(staging, o.Dir); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return syncDir(filepath.Dir(filepath.Clean(o.Dir)))
}

// fetch brings the files of manifests into a directory.
type fetch struct {
	bucket   *bucket
	kit      *Kit
	dir      string
	progress func(Progress)
	done     int64
	total    int64
}

type place struct {
	file *os.File
	at   int64
}

// run makes the files of a manifest and fills them pack by pack, each chunk checked by its id.
func (f *fetch) run(ctx context.Context, m *manifest) (err error) {
	places := map[chunkID][]place{}
	var files []*os.File
	defer func() {
		for _, file := range files {
			err = errors.Join(err, file.Close())
		}
	}()
	for i := range m.Files {
		c := &m.Files[i]
		file, err := f.create(c)
		if err != nil {
			return err
		}
		files = append(files, file)
		if err := c.each(func(id chunkID, at int64) { places[id] = append(places[id], place{file, at}) }); err != nil {
			return damagedRun(m.Run, m.Set.manifest(m.Run), err)
		}
	}
	h := newHasher(m.ChunkKey)
	for _, name := range m.Packs {
		if err := f.pack(ctx, m, name, h, places); err != nil {
			return err
		}
	}
	if len(places) > 0 {
		return fault.New(fault.Unavailable, "备份 %s 不完整，缺少 %d 块内容。请换用另一处备份，或用 --run 选择更早的一次。", m.Run, len(places))
	}
	for _, file := range files {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// create makes an empty file of the right size; a name that leads elsewhere is refused.
func (f *fetch) create(c *content) (*os.File, error) {
	if !filepath.IsLocal(c.Name) {
		return nil, fault.New(fault.Unavailable, "备份里的文件名 %q 不安全，不予恢复。", c.Name)
	}
	path := filepath.Join(f.dir, c.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(c.Size); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (f *fetch) pack(ctx context.Context, m *manifest, name string, h *hasher, places map[chunkID][]place) error {
	key := name + packExt
	r, err := f.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return f.bucket.failed(key, err)
	}
	defer r.Close()
	wanted := func(id chunkID) bool { return places[id] != nil }
	err = readPack(r, f.kit.identities, h, wanted, func(id chunkID, chunk []byte) error {
		for _, p := range places[id] {
			if _, err := p.file.WriteAt(chunk, p.at); err != nil {
				return err
			}
			if f.done += int64(len(chunk)); f.done>>23 != (f.done-int64(len(chunk)))>>23 || f.done == f.total {
				f.progress(Progress{StepFetch, f.done, f.total})
			}
		}
		delete(places, id)
		return ctx.Err()
	})
	if errors.Is(err, errPack) {
		return damagedRun(m.Run, key, err)
	}
	return err
}
