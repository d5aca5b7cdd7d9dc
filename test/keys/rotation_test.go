// Package keys_test turns the keys of whole installations over, and kills it in the middle.
package keys_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

var ctx = context.Background()

// childOf names the directory in which a child process works on a job until it is killed.
const childOf = "ZHIBU_KEYS_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childOf); dir != "" {
		in, err := installation.Open(ctx, installation.Options{Dir: installation.Dir(dir)})
		if err != nil {
			panic(err)
		}
		in.Keys.AtOnce = 1
		for {
			if err := in.Keys.Work(ctx, nil); fault.Of(err) != fault.Conflict {
				break // done; Conflict is the lease of one that was killed
			}
			time.Sleep(100 * time.Millisecond)
		}
		os.Exit(0)
	}
	os.Exit(demotest.Main(m))
}

var security = ledger.Actor{Account: "sec", Name: "安全管理员", Role: "security-admin", Scope: store.System("test")}

// quick is a city whose key file opens in milliseconds: these tests open it often.
func quick(t *testing.T, cfg store.Config) *demotest.City {
	t.Helper()
	c := demotest.Found(t, cfg, 300)
	ring, err := c.Root.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	key := &vault.Keyfile{Path: c.Dir.KeyFile(), WorkFactor: 4, Passphrase: func() ([]byte, error) { return os.ReadFile(c.Dir.DemoPassphrase()) }}
	pass := key.Passphrase
	key.Passphrase = func() ([]byte, error) {
		b, err := pass()
		return bytes.TrimSpace(b), err
	}
	if err := key.Save(ctx, ring); err != nil {
		t.Fatal(err)
	}
	c.Keys.Root = key
	return c
}

// everything reads all sealed facts of all members in plain.
func everything(t *testing.T, in *installation.Installation) map[string]roster.Record {
	t.Helper()
	out := map[string]roster.Record{}
	var ids []string
	err := in.DB.As(store.System("test")).Each(ctx, "SELECT id FROM {member}", nil, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	reader := ledger.System("test")
	for _, id := range ids {
		rec, err := in.Members.Reveal(ctx, reader, id, "核对", roster.IDNumber, roster.Mobile, roster.Phone, roster.Address, roster.Note)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		out[id] = rec
	}
	return out
}

func same(t *testing.T, before, after map[string]roster.Record) {
	t.Helper()
	if len(before) != len(after) {
		t.Fatalf("%d records, then %d", len(before), len(after))
	}
	for id, b := range before {
		a := after[id]
		if a.IDNumber != b.IDNumber || a.Mobile != b.Mobile || a.Phone != b.Phone || a.Address != b.Address || len(a.Notes) != len(b.Notes) {
			t.Fatalf("%s: a fact was lost", id)
		}
	}
}

// found tells whether somebody is found by the ID number and by its tail.
func found(t *testing.T, in *installation.Installation, id string, rec roster.Record) {
	t.Helper()
	number := string(rec.IDNumber)
	for _, q := range []string{number, number[len(number)-4:]} {
		page, err := in.Members.List(ctx, in.DB.As(store.System("test")), member.Filter{Query: q, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, m := range page.Items {
			there = there || m.ID == id
		}
		if !there {
			t.Errorf("not found by %d characters of the number", len(q))
		}
	}
}

func finish(t *testing.T, in *installation.Installation) *rotation.Job {
	t.Helper()
	in.Keys.Settle = time.Nanosecond
	for range 4 {
		if err := in.Keys.Work(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
	j, err := in.Keys.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if j.State != rotation.Done || j.Stuck != 0 {
		t.Fatalf("%+v", j)
	}
	return j
}

// TestAESToSM4AndBack: in service, with everybody found and read at each step, and nothing left under the old keys.
func TestAESToSM4AndBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := quick(t, cfg)
		other, err := installation.Open(ctx, installation.Options{Dir: c.Dir}) // as a server beside the command
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		before := everything(t, c.Installation)
		var anybody string
		for id := range before {
			anybody = id
		}
		for _, alg := range []vault.Alg{vault.SM4, vault.AES} {
			if err := c.Keys.Begin(ctx, security, rotation.Reseal, alg); err != nil {
				t.Fatal(err)
			}
			if err := c.Keys.Begin(ctx, security, rotation.Rotate, alg); fault.Of(err) != fault.Conflict {
				t.Errorf("a second one was begun: %v", err)
			}
			c.Keys.AtOnce, c.Keys.Settle = 50, 0 // old keys stay until the others have followed
			steps := 0
			err := c.Keys.Work(ctx, func(j rotation.Job) {
				if steps++; steps == 5 || j.Table == "member" && steps%3 == 0 {
					found(t, c.Installation, anybody, before[anybody])
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			same(t, before, everything(t, other))
			found(t, other, anybody, before[anybody])
			j := finish(t, c.Installation)
			if j.Keys < 300 || j.Rows < 300 || j.Values < 600 {
				t.Errorf("turned over %d keys, %d rows, %d values", j.Keys, j.Rows, j.Values)
			}
			ring, err := c.Vault.Ring()
			if err != nil {
				t.Fatal(err)
			}
			if len(ring.KEKs) != 1 || len(ring.Indexes) != 1 || ring.KEKs[0].Alg != alg {
				t.Errorf("the ring has %d keys and %d indexes", len(ring.KEKs), len(ring.Indexes))
			}
			allSealedWith(t, c, alg)
			same(t, before, everything(t, c.Installation))
			found(t, c.Installation, anybody, before[anybody])
		}
		sources(t, c, anybody)
		c.Sound()
	})
}

func allSealedWith(t *testing.T, c *demotest.City, alg vault.Alg) {
	t.Helper()
	for table, columns := range map[string][]string{"member": {"id_number", "mobile", "phone", "address", "notes"}, "org": {"contact_phone"}} {
		for _, col := range columns {
			err := c.Everything().Each(ctx, "SELECT "+col+" FROM {all_"+table+"} WHERE "+col+" IS NOT NULL", nil, func(row store.Row) error {
				var b []byte
				if err := row.Scan(&b); err != nil {
					return err
				}
				if vault.Alg(b[1]) != alg {
					t.Errorf("%s.%s is still sealed with %s", table, col, vault.Alg(b[1]))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sources: sealing anew is no statement about a fact.
func sources(t *testing.T, c *demotest.City, id string) {
	t.Helper()
	m, err := c.Members.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	src, err := c.Members.Sources(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if kind := src[roster.IDNumber].Kind; kind == ledger.KindReseal || kind == "" {
		t.Errorf("the number's source is %q", kind)
	}
}

// TestBrokenOffAnywhere stops the job at each of its steps and goes on with another process.
func TestBrokenOffAnywhere(t *testing.T) {
	c := quick(t, store.Config{})
	before := everything(t, c.Installation)
	if err := c.Keys.Begin(ctx, security, rotation.Reseal, vault.SM4); err != nil {
		t.Fatal(err)
	}
	broken := 0
	for {
		in, err := installation.Open(ctx, installation.Options{Dir: c.Dir})
		if err != nil {
			t.Fatal(err)
		}
		in.Keys.AtOnce = 40
		stop, cancel := context.WithCancel(ctx)
		steps := 0
		err = in.Keys.Work(stop, func(rotation.Job) {
			if steps++; steps == 2 {
				cancel()
			}
		})
		cancel()
		in.Close()
		if err == nil {
			break
		}
		if broken++; broken > 200 {
			t.Fatalf("never ends: %v", err)
		}
	}
	if broken < 5 {
		t.Errorf("broken off only %d times", broken)
	}
	finish(t, c.Installation)
	allSealedWith(t, c, vault.SM4)
	same(t, before, everything(t, c.Installation))
	c.Sound()
}

// TestKilled kills processes at the job, -9, and reads everything after each.
func TestKilled(t *testing.T) {
	c := quick(t, store.Config{})
	before := everything(t, c.Installation)
	if err := c.Keys.Begin(ctx, security, rotation.Reseal, vault.SM4); err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{700 * time.Millisecond, 900 * time.Millisecond, 1100 * time.Millisecond} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childOf+"="+string(c.Dir))
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		if err := child.Process.Kill(); err != nil {
			t.Logf("the child had ended: %v", err)
		}
		child.Wait()
		same(t, before, everything(t, c.Installation))
		err := c.DB.Operate(ctx, func(tx *store.Tx) error { // the lease of the killed one has lapsed
			_, err := tx.Update(ctx, "job", store.ByID("keys"), store.Set("lease", 0))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	finish(t, c.Installation)
	allSealedWith(t, c, vault.SM4)
	same(t, before, everything(t, c.Installation))
	c.Sound()
}

// TestRotationLeavesValues: a new key of the ring wraps the keys, and the sealed values stay byte for byte.
func TestRotationLeavesValues(t *testing.T) {
	c := quick(t, store.Config{})
	read := func() (sum string) {
		err := c.Everything().Each(ctx, "SELECT id_number FROM {member} ORDER BY id", nil, func(row store.Row) error {
			var b []byte
			err := row.Scan(&b)
			sum += string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := read()
	if err := c.Keys.Begin(ctx, security, rotation.Rotate, vault.AES); err != nil {
		t.Fatal(err)
	}
	j := finish(t, c.Installation)
	if j.Keys < 300 || j.Rows != 0 || read() != before {
		t.Errorf("%+v", j)
	}
	page, err := c.Vault.KeyPage(ctx, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range page {
		if w.WrappedBy() != j.KEK {
			t.Fatalf("%s is wrapped by %d", w.Holder, w.WrappedBy())
		}
	}
	in, err := installation.Open(ctx, installation.Options{Dir: c.Dir}) // the key file has the new key
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	everything(t, in)
	c.Sound()
}

// TestHoldersFollow: whoever is behind an account without a record is known by a number that is resealed and indexed
// anew, so that the same person is still the same, also of one who comes later.
func TestHoldersFollow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := quick(t, cfg)
		body := "66010219800101001"
		number := body + string(identity.CheckCharacter(body))
		install := func(login string) string {
			ids, err := c.Access.Install(ctx, ledger.System("test"), []access.Installed{{NewAccount: access.NewAccount{Login: login, Name: login, Org: c.Town().ID, Number: number}}})
			if err != nil {
				t.Fatal(err)
			}
			return ids[0]
		}
		index := func(account string) (b []byte) {
			if found, err := c.Everything().One(ctx, "SELECT number_index FROM {holder} WHERE account_id = ?", []any{account}, &b); err != nil || !found {
				t.Fatal("no number", err)
			}
			return b
		}
		one, two := install("yi"), install("er")
		before := index(one)
		if err := c.Keys.Begin(ctx, security, rotation.Reseal, vault.SM4); err != nil {
			t.Fatal(err)
		}
		_, err := c.Access.Grant(ctx, c.Person("security-admin", 1), "test", one, access.NewGrant{Role: access.Auditor, Org: c.Town().ID, Basis: "试"})
		if fault.Of(err) != fault.Unavailable {
			t.Errorf("a role was given while two indexes stand: %v", err)
		}
		finish(t, c.Installation)
		if after := index(one); bytes.Equal(before, after) || !bytes.Equal(after, index(two)) {
			t.Error("the index did not follow")
		}
		three := install("san")
		for _, pair := range [][2]string{{one, two}, {one, three}} {
			like, err := access.SamePerson(ctx, c.Everything(), pair[0], pair[1])
			if err != nil || like != access.Same {
				t.Errorf("%v: %d, %v", pair, like, err)
			}
		}
		ring, err := c.Vault.Ring()
		if err != nil || len(ring.Indexes) != 1 {
			t.Errorf("%d indexes, %v", len(ring.Indexes), err)
		}
		c.Sound()
	})
}
