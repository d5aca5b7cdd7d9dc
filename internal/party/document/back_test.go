package document_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// TestTakeBack: what was removed by mistake belongs to the file again, unless the same files have come in since.
func TestTakeBack(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	id := upload(c, worker, m.ID, fileOf(photo(t, 31)))
	if _, err := c.Documents.TakeBack(ctx, worker, id, "没有移除"); fault.Of(err) != fault.NotFound {
		t.Errorf("one that is there: %v", err)
	}
	if err := c.Documents.Remove(ctx, worker, id, "传错"); err != nil {
		t.Fatal(err)
	}
	if list, err := c.Documents.TakenAway(ctx, c.Everything(), m.ID); err != nil || len(list) != 1 {
		t.Errorf("%d can be taken back, %v", len(list), err)
	}
	if _, err := c.Documents.TakeBack(ctx, c.Actor("branch-secretary"), id, "取回"); fault.Of(err) != fault.Forbidden {
		t.Errorf("a secretary: %v", err)
	}
	if _, err := c.Documents.TakeBack(ctx, worker, id, " "); fault.Of(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if back, err := c.Documents.TakeBack(ctx, worker, id, "没有传错"); err != nil || back != m.ID {
		t.Fatalf("%q, %v", back, err)
	}
	if d, err := c.Documents.ByID(ctx, c.Everything(), id); err != nil || d.Pages != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	if err := c.Documents.Remove(ctx, worker, id, "传错"); err != nil {
		t.Fatal(err)
	}
	upload(c, worker, m.ID, fileOf(photo(t, 31)))
	if _, err := c.Documents.TakeBack(ctx, worker, id, "取回"); fault.Of(err) != fault.Conflict {
		t.Errorf("beside the same files: %v", err)
	}
	c.Sound()
}

// TestWhatCameWithAChange: who may confirm a correction opens the certificate that came with it, and no other; and only
// while it waits.
func TestWhatCameWithAChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		m := someone(c)
		committee := c.Actor("branch-committee")
		if committee.Member == m.ID || !committee.Scope.Holds(m.OrgPath) {
			page, err := c.Members.List(ctx, c.DB.As(committee.Scope), member.Filter{On: demotest.On})
			if err != nil || len(page.Items) < 2 {
				t.Fatal(err)
			}
			m = page.Items[0]
			if m.ID == committee.Member {
				m = page.Items[1]
			}
		}
		her := ledger.Actor{Account: "self", Name: m.Name, Role: "member", Member: m.ID, Scope: store.Self(m.ID, m.OrgPath)}
		came, other := upload(c, her, m.ID, fileOf(photo(t, 41))), upload(c, her, m.ID, fileOf(photo(t, 42)))
		if _, err := c.Documents.Open(ctx, committee, came, "核对"); fault.Of(err) != fault.Forbidden {
			t.Errorf("before anything waits: %v", err)
		}
		out, problems, err := c.Reviews.Request(ctx, her, m.Version, map[roster.Column]string{roster.Occupation: "钟表匠"}, member.Basis{Reason: "换了工作"}, []string{came})
		if err != nil || roster.Rejected(problems) {
			t.Fatal(err, problems)
		}
		if _, err := c.Documents.Open(ctx, committee, came, "核对"); err != nil {
			t.Errorf("what came with it: %v", err)
		}
		if _, err := c.Documents.Page(ctx, committee, came, 1, "login", "331"); err != nil {
			t.Errorf("its page: %v", err)
		}
		if _, err := c.Documents.Open(ctx, committee, other, "核对"); fault.Of(err) != fault.Forbidden {
			t.Errorf("another document: %v", err)
		}
		waiting, err := c.Reviews.Item(ctx, c.DB.As(her.Scope), her, out.ID)
		if err == nil {
			err = c.Reviews.Withdraw(ctx, her, out.ID, waiting.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Documents.Open(ctx, committee, came, "核对"); fault.Of(err) != fault.Forbidden {
			t.Errorf("when it waits no more: %v", err)
		}
	})
}
