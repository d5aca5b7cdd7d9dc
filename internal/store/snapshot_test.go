package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// The copy is one state: rows written in pairs are there in pairs, whatever is written meanwhile.
func TestSnapshotWhileWriting(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, c store.Config) {
		db := storetest.Open(t, c)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := db.Operate(ctx, func(tx *store.Tx) error {
					b := make([]byte, 3000)
					rand.Read(b)
					return tx.InsertMany(ctx, "session", []string{"id", "account_id", "data", "expires"},
						[][]any{{fmt.Sprintf("a%d", i), "pair", b, 0}, {fmt.Sprintf("b%d", i), "pair", b, 0}})
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		if err := db.Keys().Put(ctx, map[string][]byte{"m1": []byte("wrapped")}); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			dir := filepath.Join(t.TempDir(), fmt.Sprint("带 空格?#%", i))
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			data, err := db.SnapshotData(ctx, dir)
			if err != nil {
				t.Fatal(err)
			}
			keys, err := db.SnapshotKeys(ctx, dir)
			if err != nil {
				t.Fatal(err)
			}
			into := store.Config{Dir: dir}
			if c.URL != "" {
				into.URL = storetest.Postgres(t)
			}
			if err := store.Restore(ctx, into, data, keys); err != nil {
				t.Fatal(err)
			}
			copied := storetest.Open(t, into)
			var a, b int
			_, err = copied.As(store.System("test")).One(ctx,
				"SELECT coalesce(sum(CASE WHEN id LIKE 'a%' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN id LIKE 'b%' THEN 1 ELSE 0 END), 0) FROM {session}", nil, &a, &b)
			if err != nil || a != b || i > 0 && a == 0 {
				t.Errorf("%d and %d rows, %v", a, b, err)
			}
			if got, err := copied.Keys().Get(ctx, []string{"m1"}); err != nil || string(got["m1"]) != "wrapped" {
				t.Errorf("%q, %v", got, err)
			}
			if err := store.Restore(ctx, into, data, keys); c.URL != "" && fault.Of(err) != fault.Conflict {
				t.Errorf("restored over data: %v", err)
			}
		}
		close(stop)
		wg.Wait()
	})
}

func TestOneBackupAtATime(t *testing.T) {
	ctx := context.Background()
	storetest.Each(t, func(t *testing.T, c store.Config) {
		first, second := storetest.Open(t, c), storetest.Open(t, c) // as two processes on the same data
		release, err := first.LockBackup(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, db := range []*store.DB{first, second} {
			if _, err := db.LockBackup(ctx); fault.Of(err) != fault.Conflict {
				t.Errorf("a second one: %v", err)
			}
		}
		release()
		release, err = second.LockBackup(ctx)
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
}

// A destroyed key is not to be found in the key file or its log any more.
func TestDestroyedKeyLeavesNoBytes(t *testing.T) {
	ctx := context.Background()
	c := store.Config{Dir: t.TempDir()}
	db := storetest.Open(t, c)
	keys := map[string][]byte{}
	for i := range 50 {
		keys[fmt.Sprintf("m%02d", i)] = fmt.Appendf(nil, "wrapped key of holder %02d, sixty-six bytes of secret", i)
	}
	if err := db.Keys().Put(ctx, keys); err != nil {
		t.Fatal(err)
	}
	bytesOf := func() (all []byte) {
		files, _ := filepath.Glob(filepath.Join(c.Dir, "keys.db*"))
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		return all
	}
	if !bytes.Contains(bytesOf(), keys["m07"]) {
		t.Fatal("the test does not see keys at all")
	}
	if err := db.Keys().Delete(ctx, []string{"m07"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Keys().Put(ctx, map[string][]byte{"m08": []byte(strings.Repeat("n", 60))}); err != nil {
		t.Fatal(err)
	}
	left := bytesOf()
	if bytes.Contains(left, keys["m07"]) {
		t.Error("the destroyed key can be read from the disk")
	}
	if !bytes.Contains(left, keys["m09"]) {
		t.Error("another key is gone")
	}
}
