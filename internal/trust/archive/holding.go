package archive

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/gcerrors"

	"zhibu/internal/fault"
)

const (
	// keysReuse bounds for how long later runs build on a pack of person keys, so that its end is known.
	keysReuse = 7 * 24 * time.Hour
	// mostlyDead is the share of a pack below which the next run writes anew what it still needs of it.
	mostlyDead = 0.4
)

// holding is what a bucket has of one set.
type holding struct {
	bucket  *bucket
	set     set
	runs    []refs           // complete ones, oldest first
	objects map[string]int64 // everything of the set, by key
	blind   bool             // a complete run's references are lost: nothing may be removed but by hand
}

func readHolding(ctx context.Context, b *bucket, s set) (*holding, error) {
	h := &holding{bucket: b, set: s}
	var err error
	if h.objects, err = b.list(ctx, string(s)+"/"); err != nil {
		return nil, err
	}
	for key, size := range h.objects {
		run := runOf(s, key, manifestExt)
		if run == "" || size == 0 { // a power cut can leave an empty one: that run was never acknowledged
			continue
		}
		var r refs
		content, err := b.ReadAll(ctx, s.refs(run))
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return nil, b.failed(s.refs(run), err)
		}
		if err != nil || json.Unmarshal(content, &r) != nil || r.Run != run {
			h.blind = true
			continue
		}
		h.runs = append(h.runs, r)
	}
	slices.SortFunc(h.runs, func(x, y refs) int { return strings.Compare(x.Run, y.Run) })
	return h, nil
}

// clear removes what belongs to no complete run.
func (h *holding) clear(ctx context.Context) error {
	if h.blind {
		return nil
	}
	needed := map[string]bool{}
	for _, r := range h.runs {
		needed[h.set.manifest(r.Run)], needed[h.set.refs(r.Run)] = true, true
		for _, p := range r.Packs {
			needed[p.Name+packExt], needed[p.Name+indexExt] = true, true
		}
	}
	for key := range h.objects {
		if !needed[key] {
			if err := h.bucket.remove(ctx, key); err != nil {
				return err
			}
			delete(h.objects, key)
		}
	}
	return nil
}

// drop removes runs: first their manifests, so that no manifest ever lacks a pack.
func (h *holding) drop(ctx context.Context, gone map[string]bool) error {
	for _, ext := range []string{manifestExt, refsExt} {
		for run := range gone {
			key := h.set.runs() + run + ext
			if err := h.bucket.remove(ctx, key); err != nil {
				return err
			}
			delete(h.objects, key)
		}
	}
	h.runs = slices.DeleteFunc(h.runs, func(r refs) bool { return gone[r.Run] })
	return h.clear(ctx)
}

// known gives the chunks that the run need not add: those in packs that are there, whole by their size, vouched for
// by their index, and worth keeping.
func (r *run) known(ctx context.Context, s set) (map[chunkID]holder, error) {
	out := map[chunkID]holder{}
	h, err := readHolding(ctx, r.bucket, s)
	if err != nil || h.blind {
		return out, err
	}
	aead, err := indexCipher(r.Keys.Derive("archive/index"))
	if err != nil {
		return nil, err
	}
	for _, name := range h.worthwhile(r.time) { // of two packs with the same chunk the later one counts
		size, ok := h.objects[name+packExt]
		if _, indexed := h.objects[name+indexExt]; !ok || !indexed {
			continue
		}
		sealed, err := r.bucket.get(ctx, name+indexExt)
		if err != nil {
			return nil, err
		}
		err = openIndex(aead, name, size, sealed, func(id chunkID, stored int64) { out[id] = holder{name, stored} })
		if err != nil && !errors.Is(err, errIndex) {
			return nil, err
		}
	}
	return out, nil
}

// worthwhile are the packs of complete runs on which the next run may build, oldest first.
func (h *holding) worthwhile(now time.Time) []string {
	out := map[string]bool{}
	for i, r := range h.runs {
		for _, p := range r.Packs {
			newest := i == len(h.runs)-1
			out[p.Name] = !newest || float64(p.Used) >= mostlyDead*float64(p.Size)
			if h.set == keysSet && packTime(p.Name).Before(now.Add(-keysReuse)) {
				out[p.Name] = false
			}
		}
	}
	maps.DeleteFunc(out, func(_ string, ok bool) bool { return !ok })
	return slices.Sorted(maps.Keys(out))
}

// packTime is the time of the run that made a pack, from its name.
func packTime(name string) time.Time {
	run := name[strings.LastIndex(name, "/")+1:]
	if i := strings.LastIndex(run, "-"); i > 0 {
		run = run[:i]
	}
	t, err := time.Parse(runLayout, run)
	if err != nil {
		return time.Time{}
	}
	return t
}

// full says in a sentence that the disk of the working directory is full.
func full(dir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fault.New(fault.Unavailable, "磁盘空间不足：%s 所在的磁盘放不下数据库的副本。请清理磁盘后重试。", dir).Because(err)
	}
	return err
}
