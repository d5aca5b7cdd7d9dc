package vault

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func sealFile(t *testing.T, v *Vault, name string, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := v.SealStream(&out, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSealedFile(t *testing.T) {
	v, _, _ := house(t, AES)
	for _, content := range [][]byte{{}, []byte("花名册"), bytes.Repeat([]byte("花名册"), 100_000)} {
		sealed := sealFile(t, v, "upload/1", content)
		r, err := v.OpenStream(bytes.NewReader(sealed), "upload/1")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		at, err := v.OpenStreamAt(bytes.NewReader(sealed), int64(len(sealed)), "upload/1")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(at); err != nil || !bytes.Equal(got, content) || at.Size() != int64(len(content)) {
			t.Fatalf("random access: %d bytes, %v", len(got), err)
		}
	}
}

func TestSealedFileRefused(t *testing.T) {
	v, _, _ := house(t, AES)
	other, _, _ := house(t, AES)
	content := bytes.Repeat([]byte("花名册"), 50_000)
	sealed := sealFile(t, v, "upload/1", content)
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		vault  *Vault
		name   string
		sealed []byte
	}{
		"another name":         {v, "upload/2", sealed},
		"name of other length": {v, "upload/", sealed},
		"another installation": {other, "upload/1", sealed},
		"one bit flipped":      {v, "upload/1", flipped},
		"cut":                  {v, "upload/1", sealed[:len(sealed)-1000]},
		"cut at a chunk":       {v, "upload/1", sealed[:len(sealed)-len(sealed)%(64<<10)]},
		"empty":                {v, "upload/1", nil},
	} {
		r, err := c.vault.OpenStream(bytes.NewReader(c.sealed), c.name)
		if err == nil {
			_, err = io.ReadAll(r)
		} else if !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			t.Errorf("%s: read to the end", name)
		}
		at, err := c.vault.OpenStreamAt(bytes.NewReader(c.sealed), int64(len(c.sealed)), c.name)
		if err == nil {
			_, err = io.ReadAll(at)
		}
		if err == nil {
			t.Errorf("%s: read to the end with random access", name)
		}
	}
}
