package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"gocloud.dev/gcerrors"

	"zhibu/internal/fault"
)

// Backup makes one run to the bucket and prunes what the retention lets go. It is safe at any moment: until its
// manifest is written the run does not exist. Errors for people: Unavailable when the bucket cannot be reached, is
// full or no backup key was made; Conflict when another backup runs or the bucket is another installation's.
func (a *Archive) Backup(ctx context.Context, to string, keep Retention, progress func(Progress)) (Report, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	if err := keep.check(); err != nil {
		return Report{}, err
	}
	recipients, err := parseRecipients(a.Keys.Recipients())
	if err != nil {
		return Report{}, err
	}
	release, err := a.Source.LockBackup(ctx)
	if err != nil {
		return Report{}, err
	}
	defer release()
	b, err := openBucket(ctx, to, true)
	if err != nil {
		return Report{}, err
	}
	defer b.Close()
	if err := a.claim(ctx, b); err != nil {
		return Report{}, err
	}
	dir, err := a.workplace()
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)

	r := &run{Archive: a, bucket: b, recipients: recipients, progress: progress}
	if err := r.begin(ctx); err != nil {
		return Report{}, err
	}
	progress(Progress{Step: StepCopy})
	if err := r.copy(ctx, dir); err != nil {
		return Report{}, err
	}
	if err := r.copyObjects(ctx); err != nil { // before the manifest, without which the run does not exist
		return Report{}, err
	}
	for _, s := range []set{keysSet, dataSet} { // data without its keys would be no backup
		if err := r.write(ctx, s); err != nil {
			return Report{}, err
		}
	}
	progress(Progress{Step: StepPrune})
	if err := r.prune(ctx, keep); err != nil {
		return r.report, err
	}
	return r.report, r.pruneObjects(ctx)
}

// run is a backup on its way.
type run struct {
	*Archive
	bucket     *bucket
	recipients []age.Recipient
	progress   func(Progress)

	id         string
	time       time.Time
	checkpoint string
	chunkKey   []byte
	files      map[set][]copied
	done       int64
	total      int64
	report     Report

	from    *Place           // of the objects, nil for none
	objects map[string]int64 // their sizes
}

type copied struct {
	name     string
	path     string
	database bool
}

func parseRecipients(keys []string) ([]age.Recipient, error) {
	if len(keys) == 0 {
		return nil, fault.New(fault.Unavailable, "这套安装还没有备份密钥，不能备份。请先生成恢复包。")
	}
	out, err := age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
	if err != nil {
		return nil, fmt.Errorf("archive: backup recipients: %w", err)
	}
	if _, err := age.Encrypt(io.Discard, out...); err != nil { // hybrid and older keys do not mix
		return nil, fault.New(fault.Invalid, "备份公钥不能一起使用：上级的公钥须与本单位的同为抗量子类型（age1pq 开头）。").Because(err)
	}
	return out, nil
}

// claim writes whose bucket it is, or refuses another installation's.
func (a *Archive) claim(ctx context.Context, b *bucket) error {
	type owner struct {
		Format       int    `json:"format"`
		Installation string `json:"installation"`
	}
	halves, err := b.list(ctx, claimKey+".") // of a run killed while it wrote the claim
	if err != nil {
		return err
	}
	for key := range halves {
		if err := b.remove(ctx, key); err != nil {
			return err
		}
	}
	content, err := b.ReadAll(ctx, claimKey)
	var o owner
	if err == nil && len(content) > 0 {
		if err := json.Unmarshal(content, &o); err != nil {
			return b.failed(claimKey, err)
		}
		if o.Installation != a.Keys.Installation() {
			return fault.New(fault.Conflict, "备份位置 %s 里是另一套安装（%s）的备份，请另选位置。", b.name, o.Installation).At("to")
		}
		return nil
	}
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return b.failed(claimKey, err)
	}
	content, err = json.Marshal(owner{format, a.Keys.Installation()})
	if err != nil {
		return err
	}
	return b.put(ctx, claimKey, content)
}

// workplace is an empty private directory; what a killed run left in it goes. The lock is held.
func (a *Archive) workplace() (string, error) {
	dir := filepath.Join(a.Temp, "backup")
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("archive: clear %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	return dir, nil
}

// begin clears what killed runs left in the bucket and takes a name later than every run there.
func (r *run) begin(ctx context.Context) error {
	r.time = r.Clock.Now().UTC()
	for _, s := range []set{dataSet, keysSet} {
		h, err := readHolding(ctx, r.bucket, s)
		if err != nil {
			return err
		}
		if err := h.clear(ctx); err != nil {
			return err
		}
		if n := len(h.runs); n > 0 {
			if last, err := time.Parse(runLayout, h.runs[n-1].Run); err == nil && !r.time.After(last) {
				r.time = last.Add(time.Microsecond)
			}
		}
	}
	r.time = r.time.Truncate(time.Microsecond)
	r.id = r.time.Format(runLayout)
	// Chunk ids depend on who can read them: with other recipients nothing is known and the next run is a whole one.
	r.chunkKey = r.Keys.Derive("archive/chunks/" + strings.Join(r.Keys.Recipients(), ","))
	r.report = Report{Run: r.id, Time: r.time, Engine: r.Source.Engine()}
	return nil
}

// copy takes everything that is to be backed up, oldest truth first: the checkpoint and the files, the data, the keys.
func (r *run) copy(ctx context.Context, dir string) (err error) {
	r.files = map[set][]copied{}
	if r.Checkpoint != nil {
		if r.checkpoint, err = r.Checkpoint(ctx); err != nil {
			return fmt.Errorf("archive: checkpoint: %w", err)
		}
	}
	for i, f := range r.Files {
		path := filepath.Join(dir, fmt.Sprintf("file-%d", i))
		if err := copyFile(path, f.Path); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return full(dir, err)
		}
		s := dataSet
		if f.Keys {
			s = keysSet
		}
		r.files[s] = append(r.files[s], copied{f.Name, path, false})
	}
	data, err := r.Source.SnapshotData(ctx, dir)
	if err != nil {
		return full(dir, err)
	}
	keys, err := r.Source.SnapshotKeys(ctx, dir)
	if err != nil {
		return full(dir, err)
	}
	if err := r.listObjects(ctx, dir); err != nil {
		return err
	}
	r.files[dataSet] = append(r.files[dataSet], copied{filepath.Base(data), data, true})
	r.files[keysSet] = append(r.files[keysSet], copied{filepath.Base(keys), keys, true})
	for _, files := range r.files {
		for _, f := range files {
			info, err := os.Stat(f.path)
			if err != nil {
				return err
			}
			r.total += info.Size()
		}
	}
	r.report.Size = r.total
	return nil
}

// write adds one set to the bucket: packs, references, manifest, in this order.
func (r *run) write(ctx context.Context, s set) error {
	known, err := r.known(ctx, s)
	if err != nil {
		return err
	}
	p, err := newPacker(ctx, r.bucket, r.recipients, r.Keys.Derive("archive/index"), s.packs()+r.id)
	if err != nil {
		return err
	}
	defer p.abort()
	m := &manifest{Format: format, Installation: r.Keys.Installation(), Set: s, Run: r.id, Time: r.time, Engine: r.Source.Engine(),
		Program: r.Program, Checkpoint: r.checkpoint, ChunkKey: r.chunkKey}
	for _, f := range r.files[s] {
		c, err := r.pack(ctx, f, known, p)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, *c)
	}
	if err := p.close(); err != nil {
		return err
	}
	list, err := r.references(ctx, s, m, known, p)
	if err != nil {
		return err
	}
	r.report.Added += p.bytes
	content, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := r.bucket.put(ctx, s.refs(r.id), content); err != nil {
		return err
	}
	return writeManifest(ctx, r.bucket, m, r.Keys.Signer(), r.recipients)
}

// holder is the pack that has a chunk, and the bytes it takes there.
type holder struct {
	pack   string
	stored int64
}

// pack cuts a file and adds what is not known yet.
func (r *run) pack(ctx context.Context, f copied, known map[chunkID]holder, p *packer) (*content, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	c := &content{Name: f.name, Database: f.database}
	cutter, h := newChunker(r.chunkKey), newHasher(r.chunkKey)
	cutter.reset(in)
	for {
		chunk, err := cutter.next()
		if err == io.EOF {
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("archive: read the copy: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id := h.id(chunk)
		if _, ok := known[id]; !ok {
			if known[id], err = p.add(id, chunk); err != nil {
				return nil, err
			}
		}
		c.add(id, len(chunk))
		if r.done += int64(len(chunk)); r.done>>23 != (r.done-int64(len(chunk)))>>23 || r.done == r.total {
			r.progress(Progress{StepPack, r.done, r.total})
		}
	}
}

// references lists the packs the manifest needs and how much of them.
func (r *run) references(ctx context.Context, s set, m *manifest, known map[chunkID]holder, p *packer) (*refs, error) {
	used, seen := map[string]int64{}, map[chunkID]bool{}
	list := &refs{Run: r.id, Time: r.time, Engine: m.Engine, Added: p.bytes}
	for i := range m.Files {
		err := m.Files[i].each(func(id chunkID, _ int64) {
			if !seen[id] {
				seen[id] = true
				used[known[id].pack] += known[id].stored
			}
		})
		if err != nil {
			return nil, err
		}
		list.Size += m.Files[i].Size
	}
	there, err := r.bucket.list(ctx, s.packs())
	if err != nil {
		return nil, err
	}
	for name, n := range used {
		size, ok := there[name+packExt]
		if !ok {
			return nil, fault.New(fault.Unavailable, "备份位置 %s 缺少文件 %s。", r.bucket.name, name+packExt)
		}
		list.Packs = append(list.Packs, use{name, size, n})
		m.Packs = append(m.Packs, name)
	}
	return list, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
