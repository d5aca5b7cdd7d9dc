package archive

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/gcerrors"

	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// Objects never change once they are written, and are sealed before they come here: the pages of documents. They are
// copied once, each under its own key, and every run lists those that belong to it among its files. So a run costs
// what is new since the last one, and a restore brings back what was there at its time.
const (
	objectsPrefix = "documents/"
	objectsDir    = "documents" // where they are restored
	objectsList   = "documents.list"
	goneKey       = "documents.gone"
)

// StepObjects is the step of Progress in which objects are copied.
var StepObjects = words.Mark("正在复制档案材料")

// listObjects writes the list of the objects that are there into the workplace. It is made after the copy of the
// rows: an object is written before the row that needs it.
func (r *run) listObjects(ctx context.Context, dir string) error {
	if r.Objects == nil {
		return nil
	}
	from, err := r.Objects(ctx)
	if err != nil {
		return err
	}
	if r.objects, err = from.List(ctx, ""); err != nil {
		return err
	}
	r.from = from
	var text bytes.Buffer
	for _, key := range sortedKeys(r.objects) {
		fmt.Fprintf(&text, "%s\t%d\n", key, r.objects[key])
	}
	path := filepath.Join(dir, objectsList)
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		return full(dir, err)
	}
	r.files[dataSet] = append(r.files[dataSet], copied{objectsList, path, false})
	return nil
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// copyObjects adds the objects that the bucket does not have yet.
func (r *run) copyObjects(ctx context.Context) error {
	if r.from == nil {
		return nil
	}
	there, err := r.bucket.list(ctx, objectsPrefix)
	if err != nil {
		return err
	}
	var missing []string
	for key, size := range r.objects {
		if there[objectsPrefix+key] != size {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	for i, key := range missing {
		r.progress(Progress{StepObjects, int64(i), int64(len(missing))})
		content, err := r.from.Get(ctx, key)
		if err != nil {
			return err
		}
		if err := r.bucket.put(ctx, objectsPrefix+key, content); err != nil {
			return err
		}
		r.report.Added += int64(len(content))
	}
	return nil
}

// pruneObjects removes the copies of objects that were gone before the oldest run that stays. When each was first
// missed is kept in the bucket, in plain: names of objects say nothing.
func (r *run) pruneObjects(ctx context.Context) error {
	if r.from == nil {
		return nil
	}
	there, err := r.bucket.list(ctx, objectsPrefix)
	if err != nil {
		return err
	}
	gone := map[string]time.Time{}
	content, err := r.bucket.ReadAll(ctx, goneKey)
	if err == nil {
		err = json.Unmarshal(content, &gone) // an unreadable one begins anew: what is gone stays a little longer
	}
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		gone = map[string]time.Time{}
	}
	h, err := readHolding(ctx, r.bucket, dataSet)
	if err != nil {
		return err
	}
	still := map[string]time.Time{}
	for key := range there {
		name := strings.TrimPrefix(key, objectsPrefix)
		if _, ok := r.objects[name]; ok {
			continue
		}
		since, known := gone[name]
		if !known {
			since = r.time
		}
		if !h.blind && len(h.runs) > 0 && known && !h.runs[0].Time.Before(since) {
			if err := r.bucket.remove(ctx, key); err != nil {
				return err
			}
			continue
		}
		still[name] = since
	}
	if len(still) == 0 && len(gone) == 0 {
		return nil
	}
	if content, err = json.Marshal(still); err != nil {
		return err
	}
	return r.bucket.put(ctx, goneKey, content)
}

// objects brings the listed objects into the directory. One that the bucket has lost is counted and told; the rest of
// the backup is not given up for it.
func (f *fetch) objects(ctx context.Context, into string) (n, lost int, err error) {
	path := filepath.Join(f.dir, objectsList)
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		key, text, _ := strings.Cut(lines.Text(), "\t")
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !filepath.IsLocal(filepath.FromSlash(key)) {
			return n, lost, fault.New(fault.Unavailable, "备份里的文件名 %q 不安全，不予恢复。", key)
		}
		b, err := f.bucket.ReadAll(ctx, objectsPrefix+key)
		if gcerrors.Code(err) == gcerrors.NotFound || err == nil && int64(len(b)) != size {
			lost++
			continue
		}
		if err != nil {
			return n, lost, f.bucket.failed(objectsPrefix+key, err)
		}
		to := filepath.Join(f.dir, into, filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return n, lost, err
		}
		if err := writeFile(to, b); err != nil {
			return n, lost, err
		}
		n++
	}
	return n, lost, os.Remove(path)
}
