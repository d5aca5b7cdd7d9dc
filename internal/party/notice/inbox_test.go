package notice_test

import (
	"context"
	"slices"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var ctx = context.Background()

// give tells somebody things, each at its own time.
func give(t *testing.T, c *demotest.City, list ...notice.Notice) {
	t.Helper()
	for _, n := range list {
		err := c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Subject: "account"}, func(tx *store.Tx) error {
			return notice.Give(ctx, tx, c.Ledger, n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ids(list []notice.Notice) (out []string) {
	for _, n := range list {
		out = append(out, n.ID)
	}
	return out
}

// TestInbox: everybody has her own, by the record and by the account; pages follow each other without a gap; what was seen is
// marked, what came later is not; nobody reads or marks another's.
func TestInbox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 20)
		her, other := c.Person("member", 1), c.Person("auditor", 1)
		if her.Member == "" || other.Member != "" {
			t.Fatal("one is to have a record and the other none")
		}
		if to, err := notice.PersonOf(ctx, c.Everything(), her.Account); err != nil || to != her.Member {
			t.Errorf("told by the account: %q %v", to, err)
		}
		if to, err := notice.PersonOf(ctx, c.Everything(), other.Account); err != nil || to != other.Account {
			t.Errorf("without a record: %q %v", to, err)
		}
		give(t, c, notice.Notice{ID: "n1", To: her.Member, Kind: notice.Revealed}, notice.Notice{ID: "n2", To: her.Account, Kind: notice.Returned},
			notice.Notice{ID: "n3", To: her.Member, Kind: notice.Answered}, notice.Notice{ID: "n4", To: other.Account, Kind: notice.Returned}, notice.Notice{To: "", Kind: notice.Returned})
		var seen []string
		for after := ""; ; {
			part, next, err := c.Notices.List(ctx, her.Mine(), false, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, ids(part)...)
			if after = next; next == "" {
				break
			}
		}
		slices.Sort(seen)
		if !slices.Equal(seen, []string{"n1", "n2", "n3"}) {
			t.Fatalf("her inbox: %v", seen)
		}
		if n, err := c.Notices.Unread(ctx, her.Mine()); n != 3 || err != nil {
			t.Errorf("unread: %d %v", n, err)
		}
		if _, err := c.Notices.Read(ctx, other.Mine(), "n1"); fault.Of(err) != fault.NotFound {
			t.Errorf("another's is read: %v", err)
		}
		if err := c.Notices.ReadAll(ctx, other.Mine(), "n1"); fault.Of(err) != fault.NotFound {
			t.Errorf("another's are marked: %v", err)
		}
		list, _, err := c.Notices.List(ctx, her.Mine(), false, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		top := list[0].ID
		give(t, c, notice.Notice{ID: "n5", To: her.Member, Kind: notice.Settled})
		for range 2 { // twice is no error
			if n, err := c.Notices.Read(ctx, her.Mine(), "n1"); err != nil || n.Unread() {
				t.Errorf("read: %v %v", n, err)
			}
		}
		if err := c.Notices.ReadAll(ctx, her.Mine(), top); err != nil {
			t.Fatal(err)
		}
		left, _, err := c.Notices.List(ctx, her.Mine(), true, "", 50)
		if err != nil || !slices.Equal(ids(left), []string{"n5"}) {
			t.Errorf("unread after all were marked that she saw: %v %v", ids(left), err)
		}
		if n, err := c.Notices.Unread(ctx, other.Mine()); n != 1 || err != nil {
			t.Errorf("the other's: %d %v", n, err)
		}
		if _, _, err := c.Notices.List(ctx, her.Mine(), false, "nonsense", 50); fault.Of(err) != fault.Invalid {
			t.Errorf("a cursor that is none: %v", err)
		}
	})
}
