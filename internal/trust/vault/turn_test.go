package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"testing"
)

func turnOver(t testing.TB, v *Vault, how Turn) int {
	t.Helper()
	page, err := v.KeyPage(context.Background(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	n, err := v.TurnOver(context.Background(), page, how)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRenewedKeyOpensWhatTheOlderSealed: values are sealed with the new data key, and what the record keeps of the
// older one still opens.
func TestRenewedKeyOpensWhatTheOlderSealed(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	before := person(t, v, "m1").Seal("member.phone", "m1", []byte("15400000001"))
	if err := ring.AddKEK(SM4, rand.Reader, made); err != nil {
		t.Fatal(err)
	}
	if err := v.Use(ring); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} { // a pass begun again makes no third key
		if n := turnOver(t, v, Renew); n != want {
			t.Fatalf("pass %d: %d", i, n)
		}
	}
	ring.Retire()
	v, err := New(ring, keys)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.Person(ctx, "m1")
	if err != nil {
		t.Fatal(err)
	}
	after := p.Seal("member.phone", "m1", []byte("15400000002"))
	if !p.Stale(before) || p.Stale(after) {
		t.Error("which value is to be sealed anew is not told")
	}
	for sealed, want := range map[string]string{string(before): "15400000001", string(after): "15400000002"} {
		if got, err := p.Open("member.phone", "m1", []byte(sealed)); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := v.Shred(ctx, "m1"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Person(ctx, "m1"); err == nil {
		t.Error("a generation survived the shredding")
	}
}

// TestTurningOverBringsNobodyBack: a key destroyed between reading and writing stays destroyed.
func TestTurningOverBringsNobodyBack(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	person(t, v, "m1")
	person(t, v, "m2")
	page, err := v.KeyPage(ctx, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.AddKEK(AES, rand.Reader, made); err != nil {
		t.Fatal(err)
	}
	if err := v.Use(ring); err != nil {
		t.Fatal(err)
	}
	if err := v.Shred(ctx, "m1"); err != nil {
		t.Fatal(err)
	}
	if n, err := v.TurnOver(ctx, page, Rewrap); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if left, _ := keys.Get(ctx, []string{"m1", "m2"}); len(left) != 1 || left["m1"] != nil {
		t.Errorf("%d keys are left", len(left))
	}
}

// TestOtherProcessesFollow: one that has an older ring reads and writes on.
func TestOtherProcessesFollow(t *testing.T) {
	ctx := context.Background()
	v, keys, ring := house(t, AES)
	sealed := person(t, v, "m1").Seal("member.phone", "m1", []byte("15400000001"))
	other, err := New(ring, keys)
	if err != nil {
		t.Fatal(err)
	}
	next, err := v.Ring()
	if err != nil {
		t.Fatal(err)
	}
	if err := next.AddKEK(SM4, rand.Reader, made); err != nil {
		t.Fatal(err)
	}
	if err := next.AddIndexKey(SM4, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if err := v.HandOver(ctx, next); err != nil {
		t.Fatal(err)
	}
	turnOver(t, v, Rewrap)
	p, err := other.Person(ctx, "m1")
	if err != nil {
		t.Fatalf("the other process does not read: %v", err)
	}
	if got, err := p.Open("member.phone", "m1", sealed); err != nil || string(got) != "15400000001" {
		t.Errorf("%q, %v", got, err)
	}
	if other.Alg() != SM4 || !bytes.Equal(other.Index("f", "x"), v.Index("f", "x")) || other.IndexOld("f", "x") == nil {
		t.Error("the other process did not follow")
	}
	last, err := v.Ring()
	if err != nil {
		t.Fatal(err)
	}
	last.Retire()
	if err := v.HandOver(ctx, last); err != nil {
		t.Fatal(err)
	}
	if news, err := other.Follow(ctx); err != nil || !news || other.IndexOld("f", "x") != nil {
		t.Errorf("the end was not followed: %t, %v", news, err)
	}
	if err := v.EndHandOver(ctx); err != nil {
		t.Fatal(err)
	}
	if news, err := other.Follow(ctx); err != nil || news {
		t.Errorf("%t, %v", news, err)
	}
}
