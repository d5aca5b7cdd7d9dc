package vault

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"zhibu/internal/fault"
)

func secret(s string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(s), nil }
}

func TestKeyfileKeepsTheRing(t *testing.T) {
	ctx := context.Background()
	_, _, ring := house(t, SM4)
	if _, err := ring.NewBackupKey(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keyfile.age")
	k := &Keyfile{Path: path, Passphrase: secret("correct horse"), WorkFactor: 10}
	if err := k.Save(ctx, ring); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	got, err := k.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, ring) {
		t.Fatalf("read %+v", got)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("PRIVATE")) || bytes.Contains(raw, []byte(ring.Installation)) {
		t.Fatal("the file is readable")
	}

	wrong := &Keyfile{Path: path, Passphrase: secret("wrong")}
	if _, err := wrong.Open(ctx); fault.Of(err) != fault.Forbidden || !strings.Contains(err.Error(), "口令不对") {
		t.Errorf("wrong passphrase: %v", err)
	}
	lost := &Keyfile{Path: path + ".gone", Passphrase: secret("correct horse")}
	if _, err := lost.Open(ctx); fault.Of(err) != fault.Unavailable || !strings.Contains(err.Error(), "recovery") {
		t.Errorf("lost file: %v", err)
	}
	for name, content := range map[string][]byte{
		"cut": raw[:len(raw)-1], "empty": {}, "other": []byte("hello"),
		"changed": append(bytes.Clone(raw[:len(raw)-1]), raw[len(raw)-1]^1),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Open(ctx); fault.Of(err) != fault.Unavailable || !strings.Contains(err.Error(), "已损坏") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A failed save leaves the file that was there and nothing beside it.
func TestKeyfileSurvivesAFailedSave(t *testing.T) {
	ctx := context.Background()
	_, _, ring := house(t, AES)
	dir := t.TempDir()
	k := &Keyfile{Path: filepath.Join(dir, "keyfile.age"), Passphrase: secret("correct horse"), WorkFactor: 10}
	if err := k.Save(ctx, ring); err != nil {
		t.Fatal(err)
	}
	failing := &Keyfile{Path: k.Path, Passphrase: func() ([]byte, error) { return nil, errors.New("no passphrase") }}
	if err := failing.Save(ctx, ring); err == nil {
		t.Fatal("saved without a passphrase")
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	onto := &Keyfile{Path: filepath.Join(dir, "taken"), Passphrase: secret("x"), WorkFactor: 10}
	if err := onto.Save(ctx, ring); err == nil {
		t.Fatal("replaced a directory")
	}
	if _, err := k.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".keyfile-*")); len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestRingStartsWithoutABackupKey(t *testing.T) {
	_, _, ring := house(t, AES)
	if ring.Backup.All() != nil {
		t.Fatal("recipients without a key")
	}
	private, err := ring.NewBackupKey()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := ring.encode()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(private, "AGE-SECRET-KEY-PQ-1") || bytes.Contains(encoded, []byte(private)) {
		t.Fatal("the private half must leave with the kit and not stay in the ring")
	}
	if bytes.Equal(ring.Derive("session"), ring.Derive("archive/chunks")) || len(ring.Derive("session")) != 32 {
		t.Fatal("derived keys")
	}
}

func TestPassphraseSources(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flag, env, demo, empty := write("flag", "of the flag\n"), write("env", "of the variable\r\n"), write("demo", "of the demo"), write("empty", "\n")
	write(CredentialName, "of systemd\n")
	absent := filepath.Join(dir, "absent")
	for name, c := range map[string]struct {
		flag, env, systemd, demo string
		want                     string
		kind                     fault.Kind
	}{
		"flag first":              {flag, env, dir, demo, "of the flag", 0},
		"then the variable":       {"", env, dir, demo, "of the variable", 0},
		"then systemd":            {"", "", dir, demo, "of systemd", 0},
		"then the demo":           {"", "", "", demo, "of the demo", 0},
		"other credentials only":  {"", "", t.TempDir(), demo, "of the demo", 0},
		"named file is absent":    {absent, env, dir, demo, "", fault.Unavailable},
		"empty file":              {empty, env, dir, demo, "", fault.Invalid},
		"nothing and no terminal": {"", "", "", absent, "", fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(PassphraseFileVariable, c.env)
			t.Setenv("CREDENTIALS_DIRECTORY", c.systemd)
			stdin(t)
			got, err := Passphrase(c.flag, c.demo)
			if string(got) != c.want || fault.Of(err) != c.kind {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

// stdin makes the standard input something that is no terminal.
func stdin(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = null
	t.Cleanup(func() { os.Stdin = was; null.Close() })
}
