package vault

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
)

// discard costs nothing, so that the figures are the vault's own.
type discard struct{}

func (discard) Get(context.Context, []string) (map[string][]byte, error) { return nil, nil }
func (discard) Put(context.Context, map[string][]byte) error             { return nil }
func (discard) Delete(context.Context, []string) error                   { return nil }
func (discard) Handover(context.Context) ([]byte, error)                 { return nil, nil }
func (discard) SetHandover(context.Context, []byte) error                { return nil }
func (discard) Replace(_ context.Context, ids []string, _, _ [][]byte) (int, error) {
	return len(ids), nil
}
func (discard) Page(context.Context, string, int) ([]string, [][]byte, error) { return nil, nil, nil }

func each(b *testing.B, run func(b *testing.B, alg Alg, v *Vault)) {
	for _, alg := range []Alg{AES, SM4} {
		b.Run(alg.String(), func(b *testing.B) {
			v, _, _ := house(b, alg)
			b.ReportAllocs()
			run(b, alg, v)
		})
	}
}

// One person of an import: key made and wrapped, by thousands.
func BenchmarkCreate(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		v.keys = discard{}
		holders := make([]string, 1000)
		for i := range holders {
			holders[i] = fmt.Sprintf("01J9ZQ7K3V8W5N2M4X6B%06d", i)
		}
		for b.Loop() {
			if _, err := v.Create(context.Background(), holders); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/person")
	})
}

func BenchmarkSeal(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		p := person(b, v, "m1")
		plain, buf := []byte("66010119800101001X"), make([]byte, 0, 128)
		for b.Loop() {
			buf = p.AppendSeal(buf[:0], "member.id_number", "01J9ZQ7K3V8W5N2M4X6B000001", plain)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		p := person(b, v, "m1")
		sealed := p.Seal("member.id_number", "m1", []byte("66010119800101001X"))
		for b.Loop() {
			if _, err := p.Open("member.id_number", "m1", sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A member page's cost before its first field: the wrapped key has been read and is opened.
func BenchmarkUnwrap(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		person(b, v, "m1")
		for b.Loop() {
			v.cache.clear()
			if _, err := v.Person(context.Background(), "m1"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		for b.Loop() {
			v.Index("id_number", "66010119800101001X")
		}
	})
}

func BenchmarkMAC(b *testing.B) {
	each(b, func(b *testing.B, _ Alg, v *Vault) {
		event := make([]byte, 600)
		for b.Loop() {
			v.MAC(event)
		}
	})
}

func BenchmarkKeyfileOpen(b *testing.B) {
	ring, err := NewRing(AES, rand.Reader, made)
	if err != nil {
		b.Fatal(err)
	}
	k := &Keyfile{Path: b.TempDir() + "/keyfile.age", Passphrase: secret("correct horse")}
	if err := k.Save(context.Background(), ring); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := k.Open(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
