package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var made = time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)

// house gives a vault of an algorithm over an empty memory store.
func house(t testing.TB, alg Alg) (*Vault, *MemoryKeys, *Ring) {
	t.Helper()
	ring, err := NewRing(alg, rand.Reader, made)
	if err != nil {
		t.Fatal(err)
	}
	keys := NewMemoryKeys()
	v, err := New(ring, keys)
	if err != nil {
		t.Fatal(err)
	}
	return v, keys, ring
}

func person(t testing.TB, v *Vault, holder string) *Person {
	t.Helper()
	ps, err := v.Create(context.Background(), []string{holder})
	if err != nil {
		t.Fatal(err)
	}
	return ps[0]
}

func TestSealedFieldOpensInItsPlaceOnly(t *testing.T) {
	for _, alg := range []Alg{AES, SM4} {
		t.Run(alg.String(), func(t *testing.T) {
			v, _, _ := house(t, alg)
			p, other := person(t, v, "m1"), person(t, v, "m2")
			number := []byte("66010119800101001X")
			sealed := p.Seal("member.id_number", "m1", number)
			if len(sealed) != len(number)+34 || sealed[0] != 1 || Alg(sealed[1]) != alg {
				t.Fatalf("header %x of %d bytes", sealed[:6], len(sealed))
			}
			if bytes.Contains(sealed, number) {
				t.Fatal("the number is readable")
			}
			if got, err := p.Open("member.id_number", "m1", sealed); err != nil || !bytes.Equal(got, number) {
				t.Fatalf("open: %q, %v", got, err)
			}
			for name, open := range map[string]func() ([]byte, error){
				"other column":      func() ([]byte, error) { return p.Open("member.phone", "m1", sealed) },
				"other row":         func() ([]byte, error) { return p.Open("member.id_number", "m2", sealed) },
				"other person":      func() ([]byte, error) { return other.Open("member.id_number", "m1", sealed) },
				"border shifted":    func() ([]byte, error) { return p.Open("member.id_number|m", "1", sealed) },
				"cut by a byte":     func() ([]byte, error) { return p.Open("member.id_number", "m1", sealed[:len(sealed)-1]) },
				"one byte too long": func() ([]byte, error) { return p.Open("member.id_number", "m1", append(bytes.Clone(sealed), 0)) },
				"empty":             func() ([]byte, error) { return p.Open("member.id_number", "m1", nil) },
			} {
				if got, err := open(); !errors.Is(err, ErrTampered) {
					t.Errorf("%s: got %q, %v", name, got, err)
				}
			}
			for bit := range len(sealed) * 8 {
				flipped := bytes.Clone(sealed)
				flipped[bit/8] ^= 1 << (bit % 8)
				if _, err := p.Open("member.id_number", "m1", flipped); !errors.Is(err, ErrTampered) {
					t.Fatalf("bit %d flipped: %v", bit, err)
				}
			}
		})
	}
}

func TestSealingTwiceGivesDifferentBytes(t *testing.T) {
	v, _, _ := house(t, AES)
	p := person(t, v, "m1")
	seen := map[string]bool{}
	for range 5000 {
		sealed := p.Seal("member.phone", "m1", []byte("15400000001"))
		nonce := string(sealed[headerSize : headerSize+nonceSize])
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
	}
}

// An assessment asks for SM4 in mid-life: everything written before stays readable, new values are SM4.
func TestAlgorithmChangesWithoutMigration(t *testing.T) {
	ctx := context.Background()
	v, _, ring := house(t, AES)
	old := person(t, v, "m1").Seal("member.phone", "m1", []byte("15400000001"))
	if err := ring.AddKEK(SM4, rand.Reader, made); err != nil {
		t.Fatal(err)
	}
	if err := v.Use(ring); err != nil {
		t.Fatal(err)
	}
	p, err := v.Person(ctx, "m1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Open("member.phone", "m1", old); err != nil || string(got) != "15400000001" {
		t.Fatalf("AES value after the change: %q, %v", got, err)
	}
	fresh := p.Seal("member.phone", "m1", []byte("15400000002"))
	if Alg(fresh[1]) != SM4 {
		t.Fatalf("written with %s", Alg(fresh[1]))
	}
	if got, err := p.Open("member.phone", "m1", fresh); err != nil || string(got) != "15400000002" {
		t.Fatalf("SM4 value: %q, %v", got, err)
	}
}

func TestSealRoundTrip(t *testing.T) {
	vaults := map[Alg]*Vault{}
	for _, alg := range []Alg{AES, SM4} {
		vaults[alg], _, _ = house(t, alg)
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		v := vaults[rapid.SampledFrom([]Alg{AES, SM4}).Draw(rt, "alg")]
		column, row := rapid.String().Draw(rt, "column"), rapid.String().Draw(rt, "row")
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		p := person(t, v, row+string(rune(n)))
		got, err := p.Open(column, row, p.AppendSeal([]byte("before"), column, row, plain)[6:])
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("%q, %v", got, err)
		}
	})
}

// Whatever bytes stand in the column, Open neither panics nor takes them for a value.
func FuzzOpen(f *testing.F) {
	v, _, _ := house(f, AES)
	p := person(f, v, "m1")
	genuine := p.Seal("member.phone", "m1", []byte("15400000001"))
	f.Add(genuine)
	f.Add(genuine[:Overhead])
	f.Add([]byte{})
	f.Add(append([]byte{1, 2}, genuine[2:]...))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		got, err := p.Open("member.phone", "m1", sealed)
		if bytes.Equal(sealed, genuine) {
			if err != nil {
				t.Fatal(err)
			}
		} else if !errors.Is(err, ErrTampered) {
			t.Fatalf("%x opened to %q, %v", sealed, got, err)
		}
	})
}
