package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeys walks through the commands of the keys: each says what it did, and the data opens after each.
func TestKeys(t *testing.T) {
	dir := city(t)
	status := func() keyState { return facts[keyState](t, zhibu("keys", "status", "--dir", dir, "--json").ends(t, 0)) }
	if st := status(); len(st.Keys) != 1 || st.Job != nil {
		t.Errorf("at first: %+v", st)
	}
	zhibu("keys", "rotate", "--dir", dir).ends(t, 0, "主密钥 2", "在用", "zhibu keys kit")
	if st := status(); len(st.Keys) != 2 || st.Job.State != "turned" || st.Job.Keys < 400 || !st.KitOld {
		t.Errorf("after rotating: %+v", st)
	}
	zhibu("keys", "reseal", "--dir", dir, "--algorithm", "sm4").ends(t, 1, "没有收尾")
	zhibu("keys", "reseal", "--dir", dir, "--algorithm", "rot13").ends(t, 2)
	zhibu("audit", "verify", "--dir", dir).ends(t, 0)

	kit := filepath.Join(t.TempDir(), "kit")
	zhibu("keys", "kit", "--dir", dir).ends(t, 2)
	zhibu("keys", "kit", "--dir", dir, "--out", kit, "--from", filepath.Join(dir, "recovery")).ends(t, 0)
	zhibu("keys", "kit", "--dir", dir, "--out", kit).ends(t, 1, "没有改动")
	live, err := os.ReadFile(filepath.Join(dir, "keyfile.age"))
	if err != nil {
		t.Fatal(err)
	}
	if in, err := os.ReadFile(filepath.Join(kit, "keyfile.age")); err != nil || !bytes.Equal(in, live) {
		t.Errorf("the kit has another key file: %v", err)
	}

	short, long := filepath.Join(t.TempDir(), "short"), filepath.Join(t.TempDir(), "long")
	for path, text := range map[string]string{short: "abc\n", long: "石桥 石桥 another passphrase\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	zhibu("keys", "passphrase", "--dir", dir, "--new-passphrase-file", short).ends(t, 2, "12")
	zhibu("keys", "passphrase", "--dir", dir, "--new-passphrase-file", long).ends(t, 0, "新口令")
	if err := os.Remove(filepath.Join(dir, "demo-passphrase")); err != nil {
		t.Fatal(err)
	}
	zhibu("keys", "status", "--dir", dir, "--passphrase-file", long).ends(t, 0)
	zhibu("keys", "status", "--dir", dir, "--passphrase-file", short).ends(t, 1, "口令不对")

	to := "file://" + filepath.Join(t.TempDir(), "backup")
	zhibu("backup", "--dir", dir, "--passphrase-file", long, "--to", to).ends(t, 0)
	again := filepath.Join(t.TempDir(), "again")
	zhibu("restore", "--from", to, "--dir", again, "--recovery", kit, "--passphrase-file", long).ends(t, 0)
	got := zhibu("audit", "verify", "--dir", again, "--passphrase-file", long).ends(t, 0)
	if !strings.Contains(got.out, "核验通过") {
		t.Error(got.out)
	}
}

type keyState struct {
	Keys []struct {
		ID        int
		Algorithm string
		Primary   bool
	}
	KitOld bool `json:"kit_outdated"`
	Job    *struct {
		State string
		Keys  int
	}
}
