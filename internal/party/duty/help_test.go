package duty_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
)

// TestHelpIsOfferedAndClosed: those above offer, the branch's secretary hears of it and may close it, whoever offered hears
// that; a branch next to it knows nothing; one offer at a time.
func TestHelpIsOfferedAndClosed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		her, worker, beside := c.Person("branch-secretary", 1), c.Person("party-worker", 1), c.Person("branch-secretary", 2)
		b, err := org.ByID(ctx, c.Everything(), her.Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		inbox := func(p *access.Person, kind notice.Kind) (out []notice.Notice) {
			t.Helper()
			list, _, err := c.Notices.List(ctx, p.Mine(), true, "", 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range list {
				if n.Kind == kind {
					out = append(out, n)
				}
			}
			return out
		}
		x := duty.Helping{Org: b.ID, Duty: timeline.LifeAssembly, Offer: duty.Visit, On: demotest.On.AddDays(7)}
		if _, err := c.Duties.OfferHelp(ctx, her.Actor("test"), x); fault.Of(err) != fault.Forbidden {
			t.Errorf("the branch offers help to itself: %v", err)
		}
		for field, wrong := range map[string]func(*duty.Helping){
			"duty": func(x *duty.Helping) { x.Duty = "nap" }, "offer": func(x *duty.Helping) { x.Offer = "blame" },
			"words": func(x *duty.Helping) { x.Offer = duty.Otherwise }, "on": func(x *duty.Helping) { x.On = demotest.On.AddDays(-1) },
			"organisation": func(x *duty.Helping) { x.Org = worker.Grants[0].Org },
		} {
			y := x
			wrong(&y)
			if _, err := c.Duties.OfferHelp(ctx, worker.Actor("test"), y); fault.Of(err) != fault.Invalid || fault.As(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, state := range []duty.HelpState{duty.HelpDone, duty.HelpEnded} {
			id, err := c.Duties.OfferHelp(ctx, worker.Actor("test"), x)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Duties.OfferHelp(ctx, worker.Actor("test"), x); fault.Of(err) != fault.Conflict {
				t.Errorf("offered twice: %v", err)
			}
			told := inbox(her, notice.HelpOffered)
			if len(told) == 0 || told[0].Subject != id || told[0].About != string(x.Duty) || len(inbox(beside, notice.HelpOffered)) > 0 {
				t.Errorf("the secretary is told %+v", told)
			}
			h, err := c.Duties.HelpByID(ctx, c.DB.As(her.Actor("test").Scope), id)
			if err != nil || h.State != duty.HelpOpen || h.From != worker.Grants[0].Org {
				t.Fatalf("she sees %+v: %v", h, err)
			}
			if err := c.Duties.CloseHelp(ctx, beside.Actor("test"), id, 1, state, ""); fault.Of(err) != fault.NotFound {
				t.Errorf("a branch beside closes it: %v", err)
			}
			if state == duty.HelpDone {
				if err := c.Duties.CloseHelp(ctx, her.Actor("test"), id, 1, state, "大会已经开过"); err != nil {
					t.Fatal(err)
				}
				if closed := inbox(worker, notice.HelpClosed); len(closed) != 1 || closed[0].Detail != string(state) {
					t.Errorf("whoever offered is told %+v", closed)
				}
			} else {
				if err := c.Duties.CloseHelp(ctx, worker.Actor("test"), id, 1, state, ""); err != nil {
					t.Fatal(err)
				}
				if closed := inbox(her, notice.HelpClosed); len(closed) != 1 || closed[0].Detail != string(state) {
					t.Errorf("the secretary is told %+v", closed)
				}
			}
			if err := c.Duties.CloseHelp(ctx, worker.Actor("test"), id, 1, state, ""); fault.Of(err) != fault.Conflict {
				t.Errorf("closed twice: %v", err)
			}
		}
		open, err := c.Duties.OpenHelps(ctx, c.DB.As(worker.Actor("test").Scope), x.Duty)
		list, err2 := c.Duties.Helps(ctx, c.DB.As(worker.Actor("test").Scope), b.Path, 10)
		if err != nil || err2 != nil || len(open) != 0 || len(list) != 2 {
			t.Errorf("%d open, %d in all: %v %v", len(open), len(list), err, err2)
		}
	})
}
