package duty_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestWaivedPostponedAndTakenBack: only those above may, with a reason; the duty is what was decided, and after that was
// taken back what the rules say.
func TestWaivedPostponedAndTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		b, err := org.ByID(ctx, c.Everything(), c.Person("branch-secretary", 1).Grants[0].Org)
		if err != nil {
			t.Fatal(err)
		}
		items := func() (out []duty.Item) {
			t.Helper()
			a, err := c.Duties.Of(ctx, c.Everything(), b, demotest.On, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range a.Items {
				if it.Duty.Name == timeline.LifeAssembly && (it.State == timeline.Overdue || it.Waiver != nil) {
					out = append(out, it)
				}
			}
			return out
		}
		before := items()
		if len(before) == 0 {
			t.Fatal("no assembly is overdue")
		}
		secretary, worker := c.Person("branch-secretary", 1).Actor("test"), c.Person("party-worker", 1).Actor("test")
		w := duty.Waiving{Org: b.ID, Duty: timeline.LifeAssembly, Due: before[0].Due, Reason: "支部整体外出"}
		if _, err := c.Duties.Waive(ctx, secretary, w); fault.Of(err) != fault.Forbidden {
			t.Errorf("the branch lets itself off: %v", err)
		}
		silent := w
		silent.Reason = " "
		if _, err := c.Duties.Waive(ctx, worker, silent); fault.Of(err) != fault.Invalid || fault.As(err).Field != "reason" {
			t.Errorf("without a reason: %v", err)
		}
		for _, postponed := range []bool{false, true} {
			want := timeline.Waived
			if postponed {
				w.To, want = demotest.On.AddDays(20), timeline.Upcoming
			}
			id, err := c.Duties.Waive(ctx, worker, w)
			if err != nil {
				t.Fatal(err)
			}
			if now := items(); len(now) != len(before) || now[0].State != want || now[0].Waiver == nil || now[0].Waiver.Reason != w.Reason || postponed && now[0].Due != w.To {
				t.Errorf("postponed %v: %+v", postponed, now)
			}
			if _, err := c.Duties.Waive(ctx, worker, w); fault.Of(err) != fault.Conflict {
				t.Errorf("decided twice: %v", err)
			}
			if err := c.Duties.Unwaive(ctx, secretary, id, 1, "不该免"); fault.Of(err) != fault.Forbidden {
				t.Errorf("the branch takes it back: %v", err)
			}
			if err := c.Duties.Unwaive(ctx, worker, id, 1, ""); fault.Of(err) != fault.Invalid {
				t.Errorf("taken back without a reason: %v", err)
			}
			if err := c.Duties.Unwaive(ctx, worker, id, 1, "登记错了"); err != nil {
				t.Fatal(err)
			}
			if err := c.Duties.Unwaive(ctx, worker, id, 1, "登记错了"); fault.Of(err) != fault.Conflict {
				t.Errorf("taken back twice: %v", err)
			}
			if now := items(); len(now) != len(before) || now[0].State != timeline.Overdue || now[0].Due != before[0].Due || now[0].Waiver != nil {
				t.Errorf("after it was taken back: %+v", now)
			}
		}
	})
}
