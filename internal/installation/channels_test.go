package installation_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/notice/channel"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// gateway stands where one for short messages would and keeps what it was sent.
type gateway struct {
	*httptest.Server
	got    []map[string]string
	status int
}

func open(t *testing.T, c *demotest.City) *gateway {
	t.Helper()
	g := &gateway{status: http.StatusOK}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body) // a body cut short is no JSON
		one := map[string]string{}
		if err := json.Unmarshal(text, &one); err != nil {
			t.Error(err)
		}
		g.got = append(g.got, one)
		w.WriteHeader(g.status)
	}))
	t.Cleanup(g.Close)
	all, err := channel.Open([]channel.Settings{{ID: "sms", Kind: channel.SMS, Title: "短信", URL: g.URL}}, "")
	if err != nil {
		t.Fatal(err)
	}
	c.Notices.Channels = all
	return g
}

func tell(t *testing.T, c *demotest.City, to string) {
	t.Helper()
	err := c.Ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test", Subject: "account"}, func(tx *store.Tx) error {
		return notice.Give(ctx, tx, c.Ledger, notice.Notice{To: to, Kind: notice.Answered, About: "copy", Actor: "石小满", Push: true})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// out hands over and delivers, as each minute does.
func out(t *testing.T, c *demotest.City) {
	t.Helper()
	p, err := c.Notices.Policy(ctx)
	if err == nil {
		err = c.Notices.HandOver(ctx, p)
	}
	if err == nil {
		err = c.Notices.Deliver(ctx, p)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestMessagesGoOut: to the number of the record or the address she has given, none at night, at most so many a day and the
// rest together the next, none when she has read it or switched the channel off; in numbers and kinds only.
func TestMessagesGoOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		g := open(t, c)
		p := c.Person("branch-secretary", 1)
		mobile, err := c.Members.MobileOf(ctx, p.Member)
		if err != nil || mobile == "" {
			t.Fatalf("no number: %v", err)
		}
		sent := func(n int, what string) {
			t.Helper()
			if out(t, c); len(g.got) != n {
				t.Fatalf("%s: %d sent, want %d", what, len(g.got), n)
			}
		}
		set(c, demotest.On, 21, 0)
		tell(t, c, p.Member)
		sent(0, "at night")
		set(c, demotest.On.AddDays(1), 7, 59)
		sent(0, "before the morning")
		set(c, demotest.On.AddDays(1), 8, 0)
		sent(1, "in the morning")
		sent(1, "again at once")
		if m := g.got[0]; m["to"] != mobile || m["text"] != "有 1 条新通知。请登录查看。" {
			t.Errorf("sent %v", m)
		}
		digest := map[string]notice.Digest{p.Member: {{Org: "x", Duty: "life.assembly", Late: true, N: 2}, {Org: "x", Duty: "local.visit the sick", N: 1}}}
		if _, err := c.Notices.Remind(ctx, demotest.On.AddDays(1), 7, "x", digest); err != nil {
			t.Fatal(err)
		}
		sent(2, "a digest")
		if text := g.got[1]["text"]; text != "该办的事：召开支部党员大会 2 件（已逾期）；本地规定的事 1 件。请登录查看。" {
			t.Errorf("sent %q", text)
		}
		tell(t, c, p.Member)
		tell(t, c, p.Member)
		sent(2, "more than the day's share")
		set(c, demotest.On.AddDays(2), 9, 0)
		sent(3, "the next day, together")
		if !strings.Contains(g.got[2]["text"], "2 条新通知") {
			t.Errorf("sent %q", g.got[2]["text"])
		}
		for _, m := range g.got {
			if strings.Contains(m["text"], p.Name) || strings.Contains(m["text"], "石小满") || strings.Contains(m["text"], "visit") {
				t.Errorf("a text says more than numbers and kinds: %q", m["text"])
			}
		}
		tell(t, c, p.Member)
		list, _, err := c.Notices.List(ctx, p.Mine(), true, "", 10)
		if err == nil {
			err = c.Notices.ReadAll(ctx, p.Mine(), list[0].ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		sent(3, "read in the inbox")
		actor := p.Actor("test")
		if err := c.Notices.SetReach(ctx, actor, "sms", 0, false, "15400009999"); err != nil {
			t.Fatal(err)
		}
		tell(t, c, p.Member)
		sent(4, "to the address she gave")
		if g.got[3]["to"] != "15400009999" {
			t.Errorf("sent to another address")
		}
		if err := c.Notices.SetReach(ctx, actor, "sms", 1, true, ""); err != nil {
			t.Fatal(err)
		}
		set(c, demotest.On.AddDays(3), 9, 0)
		tell(t, c, p.Member)
		sent(4, "switched off")
		set(c, demotest.On.AddDays(4), 9, 0)
		other := c.Person("auditor", 1)
		tell(t, c, other.Account)
		sent(4, "without an address")
		if n, err := c.Notices.Unread(ctx, other.Mine()); err != nil || n != 1 {
			t.Errorf("the inbox of %s: %d %v", other.Login, n, err)
		}
	})
}

// TestMessagesThatFail: a gateway that is away is asked again, later and later, and given up; a refused address is given up
// at once; what was under way when the process died is not sent again; administrators see that, and not whom it concerned.
func TestMessagesThatFail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		g := open(t, c)
		p := c.Person("branch-secretary", 1)
		given := func(state notice.SentState, code string) {
			t.Helper()
			list, err := c.Notices.GivenUp(ctx, 10)
			if err != nil || len(list) == 0 || list[0].State != state || list[0].Error != code || list[0].To != "" {
				t.Fatalf("given up: %+v %v", list, err)
			}
		}
		set(c, demotest.On, 9, 0)
		g.status = http.StatusServiceUnavailable
		tell(t, c, p.Member)
		at := demotest.On.In(civil.Beijing).Add(9 * time.Hour)
		for range 12 * 60 { // minute by minute until the evening
			out(t, c)
			at = at.Add(time.Minute)
			now := civil.Fixed(at)
			c.Notices.Clock, c.Ledger.Clock = now, now
		}
		if len(g.got) != 6 {
			t.Errorf("asked %d times", len(g.got))
		}
		for _, m := range g.got {
			if m["id"] != g.got[0]["id"] {
				t.Errorf("the same message has another id: %q", m["id"])
			}
		}
		given(notice.Failed, "status 503")

		set(c, demotest.On.AddDays(1), 9, 0)
		g.status, g.got = http.StatusUnprocessableEntity, nil
		tell(t, c, p.Member)
		out(t, c)
		if out(t, c); len(g.got) != 1 {
			t.Errorf("a refused address is asked %d times", len(g.got))
		}
		given(notice.Failed, "status 422")

		set(c, demotest.On.AddDays(2), 9, 0)
		g.status, g.got = http.StatusOK, nil
		tell(t, c, p.Member)
		policy, err := c.Notices.Policy(ctx)
		if err == nil {
			err = c.Notices.HandOver(ctx, policy)
		}
		if err == nil { // as a process that dies between marking and sending leaves it
			err = c.DB.Operate(ctx, func(tx *store.Tx) error {
				_, err := tx.Update(ctx, "outgoing", store.Key{store.Set("state", "waiting")}, store.Set("state", "sending"))
				return err
			})
		}
		if err == nil {
			err = c.Notices.Recover(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		if out(t, c); len(g.got) != 0 {
			t.Errorf("sent again after a death: %v", g.got)
		}
		given(notice.InDoubt, "killed")
		tallies, err := c.Notices.Tallies(ctx, at.Add(-240*time.Hour))
		if n := tallies["sms"]; err != nil || n.Failed != 2 || n.InDoubt != 1 || n.Sent != 0 {
			t.Errorf("counted %+v %v", n, err)
		}
	})
}
