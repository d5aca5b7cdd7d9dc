package privacy_test

import (
	"path/filepath"
	"slices"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// united makes one record of two; the first goes on.
func united(t *testing.T, c *demotest.City, kept, other member.Member) member.Member {
	t.Helper()
	out, err := c.Reviews.Unite(ctx, c.Actor("party-worker"), member.Unite{Kept: kept.ID, Other: other.ID, KeptVersion: kept.Version, OtherVersion: other.Version,
		Basis: member.Basis{Reason: "两处登记的是同一个人", Document: "户口簿"}})
	if err != nil {
		t.Fatal(err)
	}
	reviewer := c.Actor("reviewer")
	item, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, out.ID)
	if err == nil {
		err = c.Reviews.Approve(ctx, reviewer, out.ID, item.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Members.ByID(ctx, c.Everything(), kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestUnitedRecordsGoTogether: whichever of two united records is named, both are destroyed under one certificate, and
// no restore brings either back.
func TestUnitedRecordsGoTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		to := "file://" + filepath.Join(t.TempDir(), "backup")
		backup := func() string {
			rep, err := c.Backup(ctx, ledger.System("test"), to, nil)
			if err != nil {
				t.Fatal(err)
			}
			return rep.Run
		}
		apart := backup()
		kept, other := somebody(t, c, 3), somebody(t, c, 9)
		name := other.Name
		kept = united(t, c, kept, other)
		one := backup()
		worker := c.Actor("party-worker")
		if _, err := c.Shredding.Propose(ctx, worker, other.ID, "mistaken", "误登", ""); fault.Of(err) != fault.Invalid {
			t.Errorf("the one that went, while the other is on the register: %v", err)
		}
		kept = ended(t, c, kept)
		if _, err := c.Shredding.Propose(ctx, worker, kept.ID, "mistaken", name+"误登", ""); fault.Of(err) != fault.Invalid {
			t.Errorf("with the name of the other: %v", err)
		}
		d := destroyed(t, c, other)
		if d.Member != other.ID || !slices.Equal(d.Others, []string{kept.ID}) {
			t.Fatalf("covers %s and %v", d.Member, d.Others)
		}
		for _, m := range []member.Member{kept, other} {
			gone(t, c.Installation, m)
		}
		restored := func(run string) {
			o := installation.Options{Dir: installation.Dir(filepath.Join(t.TempDir(), run))}
			if cfg.URL != "" {
				o.Database = storetest.Postgres(t)
			}
			if _, err := installation.Restore(ctx, installation.Restoring{Options: o, From: to, Kit: c.Dir.Recovery(), Run: run, Actor: ledger.System("test")}); err != nil {
				t.Fatal(err)
			}
			in, err := installation.Open(ctx, installation.Options{Dir: o.Dir})
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			for _, m := range []member.Member{kept, other} {
				gone(t, in, m)
			}
			list, err := in.DB.Keys().Shreds(ctx)
			if err != nil || len(list) != 2 || list[0].Certificate != d.ID || list[1].Certificate != d.ID {
				t.Errorf("the list says %+v, %v", list, err)
			}
		}
		for _, run := range []string{apart, one} {
			restored(run)
		}
		c.Sound()
	})
}

// TestSeparatedRecordsGoAlone: after a union was taken back nothing ties one record to the other.
func TestSeparatedRecordsGoAlone(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	kept, other := somebody(t, c, 3), somebody(t, c, 9)
	kept = united(t, c, kept, other)
	if ids, err := c.Members.UnitedWith(ctx, c.Everything(), kept.ID); err != nil || !slices.Equal(ids, []string{other.ID}) {
		t.Fatalf("%v %v", ids, err)
	}
	out, err := c.Reviews.Separate(ctx, c.Actor("party-worker"), other.ID, member.Basis{Reason: "不是同一个人", Document: "户口簿"})
	if err != nil {
		t.Fatal(err)
	}
	reviewer := c.Actor("reviewer")
	item, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, out.ID)
	if err == nil {
		err = c.Reviews.Approve(ctx, reviewer, out.ID, item.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := c.Members.UnitedWith(ctx, c.Everything(), kept.ID); err != nil || len(ids) != 0 {
		t.Errorf("%v %v", ids, err)
	}
}
