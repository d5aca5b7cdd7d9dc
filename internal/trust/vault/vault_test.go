package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func TestKeysAreStoredBeforeTheyAreUsed(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	holders := []string{"m3", "m1", "m2"}
	created, err := v.Create(ctx, holders)
	if err != nil {
		t.Fatal(err)
	}
	sealed := map[string][]byte{}
	for i, h := range holders {
		sealed[h] = created[i].Seal("member.address", h, []byte("住址"+h))
	}
	again, err := New(ring, keys) // as after a restart
	if err != nil {
		t.Fatal(err)
	}
	persons, err := again.Persons(ctx, append(holders, "nobody"))
	if err != nil {
		t.Fatal(err)
	}
	if len(persons) != 3 {
		t.Fatalf("%d persons", len(persons))
	}
	for h, p := range persons {
		if got, err := p.Open("member.address", h, sealed[h]); err != nil || string(got) != "住址"+h {
			t.Errorf("%s: %q, %v", h, got, err)
		}
	}
	if _, err := v.Create(ctx, []string{"m8", "m8"}); err == nil {
		t.Error("the same holder twice was taken")
	}
}

type failingKeys struct{ *MemoryKeys }

func (failingKeys) Put(context.Context, map[string][]byte) error { return errors.New("disk full") }

func TestNoPersonWithoutStoredKey(t *testing.T) {
	_, keys, ring := house(t, AES)
	v, err := New(ring, failingKeys{keys})
	if err != nil {
		t.Fatal(err)
	}
	if ps, err := v.Create(context.Background(), []string{"m1"}); err == nil || ps != nil {
		t.Fatalf("%v, %v", ps, err)
	}
}

func TestShreddedPersonCannotBeRead(t *testing.T) {
	ctx := context.Background()
	v, _, _ := house(t, AES)
	person(t, v, "m1")
	person(t, v, "m2")
	if _, err := v.Person(ctx, "m1"); err != nil { // now cached
		t.Fatal(err)
	}
	for range 2 { // idempotent
		if err := v.Shred(ctx, "m1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Person(ctx, "m1"); !errors.Is(err, ErrShredded) {
		t.Fatalf("after shredding: %v", err)
	}
	if _, err := v.Person(ctx, "m2"); err != nil {
		t.Fatalf("the other one: %v", err)
	}
}

// A key read before a shredding and put in the cache after it would keep the person readable.
func TestShreddingBeatsAReadOnItsWay(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	person(t, v, "m1")
	slow := &slowKeys{MemoryKeys: keys, read: make(chan struct{}), goOn: make(chan struct{})}
	v, err := New(ring, slow)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { _, err := v.Person(ctx, "m1"); done <- err }()
	<-slow.read
	if err := v.Shred(ctx, "m1"); err != nil {
		t.Fatal(err)
	}
	close(slow.goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if p := v.cache.get("m1"); p != nil {
		t.Fatal("the shredded key is in the cache")
	}
}

type slowKeys struct {
	*MemoryKeys
	read, goOn chan struct{}
}

func (s *slowKeys) Get(ctx context.Context, ids []string) (map[string][]byte, error) {
	out, err := s.MemoryKeys.Get(ctx, ids)
	close(s.read)
	<-s.goOn
	return out, err
}

func TestCacheForgets(t *testing.T) {
	now := made
	c := newCache(2, time.Minute, func() time.Time { return now })
	for _, id := range []string{"a", "b"} {
		c.put(id, new(Person), c.epoch())
	}
	c.get("a")
	c.put("c", new(Person), c.epoch())
	if c.get("b") != nil || c.get("a") == nil || c.get("c") == nil {
		t.Error("the one used longest ago should have gone")
	}
	now = now.Add(time.Minute)
	if c.get("a") != nil || c.order.Len() != 1 {
		t.Error("another process may have shredded it meanwhile")
	}
}

func TestKeyOfAnotherPersonIsRefused(t *testing.T) {
	ctx := context.Background()
	v, keys, _ := house(t, AES)
	person(t, v, "m1")
	person(t, v, "m2")
	keys.keys["m2"] = keys.keys["m1"]
	if _, err := v.Person(ctx, "m2"); !errors.Is(err, ErrTampered) {
		t.Fatalf("swapped key: %v", err)
	}
	other, _, _ := house(t, AES)
	other.keys = keys
	if _, err := other.Person(ctx, "m1"); !errors.Is(err, ErrTampered) {
		t.Fatalf("key under another installation's ring: %v", err)
	}
}

func TestRewrapAfterRotation(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	sealed := person(t, v, "m1").Seal("member.phone", "m1", []byte("15400000001"))
	person(t, v, "m2")
	if err := ring.AddKEK(AES, rand.Reader, made); err != nil {
		t.Fatal(err)
	}
	if err := v.Use(ring); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{2, 0} {
		if n := turnOver(t, v, Rewrap); n != want {
			t.Fatalf("pass %d: %d", i, n)
		}
	}
	ring.KEKs = ring.KEKs[1:] // the old KEK is retired
	v, err := New(ring, keys)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.Person(ctx, "m1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Open("member.phone", "m1", sealed); err != nil || string(got) != "15400000001" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestBlindIndex(t *testing.T) {
	for _, alg := range []Alg{AES, SM4} {
		v, _, ring := house(t, alg)
		a := v.Index("id_number", "66010119800101001X")
		if len(a) != 16 || !bytes.Equal(a, v.Index("id_number", "66010119800101001X")) {
			t.Errorf("%s: not stable: %x", alg, a)
		}
		if bytes.Equal(a, v.Index("phone", "66010119800101001X")) || bytes.Equal(a, v.Index("id_number", "660101198001010011")) {
			t.Errorf("%s: field and value must count", alg)
		}
		other, _, _ := house(t, alg)
		if bytes.Equal(a, other.Index("id_number", "66010119800101001X")) {
			t.Errorf("%s: two installations index alike", alg)
		}
		if v.IndexOld("id_number", "66010119800101001X") != nil {
			t.Errorf("%s: an old index outside a rotation", alg)
		}
		if err := ring.AddIndexKey(alg, rand.Reader); err != nil {
			t.Fatal(err)
		}
		if err := v.Use(ring); err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(a, v.Index("id_number", "66010119800101001X")) || !bytes.Equal(a, v.IndexOld("id_number", "66010119800101001X")) {
			t.Errorf("%s: rotation", alg)
		}
	}
}

func TestMACCountsBorders(t *testing.T) {
	for _, alg := range []Alg{AES, SM4} {
		v, _, _ := house(t, alg)
		m := v.MAC([]byte("ab"), []byte("c"))
		if len(m) != 32 || !v.CheckMAC(m, []byte("ab"), []byte("c")) {
			t.Errorf("%s: own MAC refused", alg)
		}
		if v.CheckMAC(m, []byte("a"), []byte("bc")) || v.CheckMAC(m, []byte("abc")) {
			t.Errorf("%s: pieces may be shifted", alg)
		}
	}
}

func TestCheckpointSignature(t *testing.T) {
	v, _, _ := house(t, AES)
	signed, err := note.Sign(&note.Note{Text: "zhibu\n1\nhash\n"}, v.Signer())
	if err != nil {
		t.Fatal(err)
	}
	public, err := note.NewVerifier(v.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(public)); err != nil {
		t.Errorf("with the public key: %v", err)
	}
	other, _, _ := house(t, AES)
	if _, err := note.Open(signed, note.VerifierList(other.Verifier())); err == nil {
		t.Error("another installation's key accepts it")
	}
}

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"６６０１０１１９８００１０１００１ｘ":             "66010119800101001X",
		" 660101 19800101-001x ":         "66010119800101001X",
		"\u202a66010119800101001X\u202c": "66010119800101001X",
	} {
		if got := NormaliseIDNumber(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"+86 154-0000-0001": "15400000001",
		"008615400000001":   "15400000001",
		"8615400000001":     "15400000001",
		"１５４ ００００ ０００１":     "15400000001",
		"（0571）8888 0000":   "057188880000",
	} {
		if got := NormalisePhone(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	ctx := context.Background()
	v, _, ring := house(t, AES)
	want := v.Index("phone", "15400000001")
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				h := fmt.Sprintf("m%d-%d", g, i)
				ps, err := v.Create(ctx, []string{h})
				if err != nil {
					t.Error(err)
					return
				}
				sealed := ps[0].Seal("member.phone", h, []byte(h))
				p, err := v.Person(ctx, h)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := p.Open("member.phone", h, sealed); err != nil || string(got) != h {
					t.Errorf("%q, %v", got, err)
				}
				if !bytes.Equal(v.Index("phone", "15400000001"), want) {
					t.Error("index differs")
				}
				if i == 25 {
					if err := v.Use(ring); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}
