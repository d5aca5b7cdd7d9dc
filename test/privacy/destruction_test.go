// Package privacy_test destroys a person in a whole installation and brings old backups back; and it asks and answers
// for members' own data.
package privacy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/request"
	"zhibu/internal/party/retention"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/vault"
)

var ctx = context.Background()

// somebody is a member of the Party worker's town with a document-free record.
func somebody(t *testing.T, c *demotest.City, n int) member.Member {
	t.Helper()
	page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: c.Town().Path, Limit: 50, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{}
	for _, role := range []string{"party-worker", "organisation-department", "branch-secretary", "member"} {
		own[c.Actor(role).Member] = true
	}
	for _, m := range page.Items {
		if n--; n < 0 && !own[m.ID] {
			return m
		}
	}
	t.Fatal("nobody")
	return member.Member{}
}

func ended(t *testing.T, c *demotest.City, m member.Member) member.Member {
	t.Helper()
	out, err := c.Reviews.End(ctx, c.Actor("party-worker"), m.ID, m.Version, member.Left, member.Basis{On: demotest.On, Reason: "登记错误", Document: "石桥党发〔2026〕6 号"})
	if err == nil && !out.Acted {
		reviewer := c.Actor("reviewer")
		item, ierr := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, out.ID)
		if ierr != nil {
			t.Fatal(ierr)
		}
		err = c.Reviews.Approve(ctx, reviewer, out.ID, item.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err = c.Members.ByID(ctx, c.Everything(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// destroyed takes somebody through the procedure.
func destroyed(t *testing.T, c *demotest.City, m member.Member) retention.Destruction {
	t.Helper()
	id, err := c.Shredding.Propose(ctx, c.Actor("party-worker"), m.ID, "mistaken", "同名误登", "石桥党发〔2026〕7 号")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Shredding.Approve(ctx, c.Actor("organisation-department"), id, 1); err != nil {
		t.Fatal(err)
	}
	d, err := c.Shredding.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// gone makes sure that nothing of somebody can be read.
func gone(t *testing.T, in *installation.Installation, m member.Member) {
	t.Helper()
	all := in.DB.As(store.System("test"))
	now, err := in.Members.ByID(ctx, all, m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if now.Name != retention.Name || now.State != "destroyed" || now.Born != "" || !now.Joined.IsZero() {
		t.Errorf("the row still says %+v", now)
	}
	if _, err := in.Vault.Person(ctx, m.ID); !errors.Is(err, vault.ErrShredded) {
		t.Errorf("the key opens: %v", err)
	}
	if _, err := in.Members.Reveal(ctx, ledger.System("test"), m.ID, "核对", roster.IDNumber); err == nil {
		t.Error("the number was revealed")
	}
	page, err := in.Members.List(ctx, all, member.Filter{Query: m.Name, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range page.Items {
		if x.ID == m.ID {
			t.Error("still found by name")
		}
	}
	rep, err := in.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !rep.OK {
		t.Errorf("verify: %+v", rep.Findings)
	}
}

func TestProcedure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, department := c.Actor("party-worker"), c.Actor("organisation-department")
		m := somebody(t, c, 3)
		if _, err := c.Shredding.Propose(ctx, worker, m.ID, "mistaken", "同名误登", ""); fault.Of(err) != fault.Invalid {
			t.Errorf("a member on the register: %v", err)
		}
		m = ended(t, c, m)
		for _, x := range []struct{ class, reason string }{{"mistaken", ""}, {"log", "到期"}, {"ended", "到期"}} {
			if _, err := c.Shredding.Propose(ctx, worker, m.ID, x.class, x.reason, ""); fault.Of(err) != fault.Invalid {
				t.Errorf("%v: %v", x, err)
			}
		}
		if _, err := c.Shredding.Propose(ctx, c.Actor("branch-secretary"), m.ID, "mistaken", "误登", ""); err == nil {
			t.Error("a branch secretary proposed")
		}
		id, err := c.Shredding.Propose(ctx, worker, m.ID, "mistaken", "误登", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Shredding.Propose(ctx, worker, m.ID, "mistaken", "误登", ""); fault.Of(err) != fault.Conflict {
			t.Errorf("proposed twice: %v", err)
		}
		if err := c.Shredding.Withdraw(ctx, department, id, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("another one withdrew: %v", err)
		}
		if err := c.Shredding.Approve(ctx, worker, id, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("the proposer approved: %v", err)
		}
		if err := c.Shredding.Withdraw(ctx, worker, id, 1); err != nil {
			t.Fatal(err)
		}
		if err := c.Shredding.Approve(ctx, department, id, 2); fault.Of(err) != fault.Conflict {
			t.Errorf("approved what was withdrawn: %v", err)
		}
		if id, err = c.Shredding.Propose(ctx, department, m.ID, "mistaken", "误登", ""); err != nil {
			t.Fatal(err)
		}
		if err := c.Shredding.Approve(ctx, department, id, 1); fault.Of(err) != fault.Forbidden {
			t.Errorf("the same account approved: %v", err)
		}
		if err := c.Shredding.Withdraw(ctx, department, id, 1); err != nil {
			t.Fatal(err)
		}
		if id, err = c.Shredding.Propose(ctx, worker, m.ID, "mistaken", "误登", ""); err != nil {
			t.Fatal(err)
		}
		if err := c.Shredding.Refuse(ctx, department, id, 1, ""); fault.Of(err) != fault.Invalid {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := c.Shredding.Refuse(ctx, department, id, 1, "还要核实"); err != nil {
			t.Fatal(err)
		}
		d := destroyed(t, c, m)
		if d.State != retention.Destroyed || d.Rows < 2 || len(d.Digest) != 64 || d.Proposer == "" || d.Decider == "" || d.Proposer == d.Decider {
			t.Errorf("the certificate says %+v", d)
		}
		gone(t, c.Installation, m)
		if _, err := c.Reviews.Restore(ctx, worker, m.ID, m.Version, member.Basis{Reason: "恢复"}); err == nil {
			t.Error("a destroyed record was restored")
		}
	})
}

// TestInterruptedDestruction: what was approved is carried out, wherever the program was stopped.
func TestInterruptedDestruction(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	m := ended(t, c, somebody(t, c, 3))
	id, err := c.Shredding.Propose(ctx, c.Actor("party-worker"), m.ID, "mistaken", "误登", "")
	if err != nil {
		t.Fatal(err)
	}
	stop, cancel := context.WithCancel(ctx)
	uploads := c.Shredding.Uploads
	c.Shredding.Uploads = func(context.Context, []string) error { cancel(); return stop.Err() }
	if err := c.Shredding.Approve(stop, c.Actor("organisation-department"), id, 1); err == nil {
		t.Fatal("not interrupted")
	}
	c.Shredding.Uploads = uploads
	for range 2 {
		if err := c.Shredding.Finish(ctx); err != nil {
			t.Fatal(err)
		}
	}
	gone(t, c.Installation, m)
}

// TestListThatCannotBePublished: while the place of the backups is away nobody is told that all is done, the
// administrators see why, and the next try that succeeds brings it to its end.
func TestListThatCannotBePublished(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	where := filepath.Join(t.TempDir(), "backup")
	if _, err := c.Backup(ctx, ledger.System("test"), "file://"+where, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(where, where+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(where, nil, 0o400); err != nil { // what is no directory cannot be written into, by root neither
		t.Fatal(err)
	}
	m := ended(t, c, somebody(t, c, 3))
	d := destroyed(t, c, m)
	if d.State != retention.Cleared || !d.Final.IsZero() {
		t.Errorf("the certificate says %+v", d)
	}
	if n, err := c.Shredding.Unpublished(ctx); err != nil || n != 1 {
		t.Errorf("%d are not published, %v", n, err)
	}
	if err := c.Shredding.Finish(ctx); fault.Of(err) != fault.Unavailable || !strings.Contains(err.Error(), where) {
		t.Errorf("tried again: %v", err)
	}
	gone(t, c.Installation, m)
	if err := errors.Join(os.Remove(where), os.Rename(where+".away", where)); err != nil {
		t.Fatal(err)
	}
	if err := c.Shredding.Finish(ctx); err != nil {
		t.Fatal(err)
	}
	d, err := c.Shredding.ByID(ctx, c.Everything(), d.ID)
	if err != nil || d.State != retention.Destroyed || d.Final.IsZero() {
		t.Errorf("then %+v, %v", d, err)
	}
	c.Sound()
}

// TestNoBackupBringsHerBack: a backup, the destruction, and the restore of that old backup; a later backup too.
func TestNoBackupBringsHerBack(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	to := "file://" + filepath.Join(t.TempDir(), "backup")
	if _, err := c.Backup(ctx, ledger.System("test"), to, nil); err != nil {
		t.Fatal(err)
	}
	m := ended(t, c, somebody(t, c, 3))
	alive, err := c.Members.Reveal(ctx, ledger.System("test"), m.ID, "核对", roster.IDNumber)
	if err != nil {
		t.Fatal(err)
	}
	d := destroyed(t, c, m)
	if want := demotest.On.AddDays(c.Retention().KeyDays); d.Final != want {
		t.Errorf("final in backups on %s, want %s", d.Final, want)
	}
	restored := func(name string) {
		dir := installation.Dir(filepath.Join(t.TempDir(), name))
		_, err := installation.Restore(ctx, installation.Restoring{Options: installation.Options{Dir: dir}, From: to, Kit: c.Dir.Recovery(), Actor: ledger.System("test")})
		if err != nil {
			t.Fatal(err)
		}
		in, err := installation.Open(ctx, installation.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		gone(t, in, m)
		for _, file := range []string{"zhibu.db", "keys.db"} {
			content, err := os.ReadFile(filepath.Join(string(dir), file))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(content, []byte(alive.IDNumber)) {
				t.Errorf("%s holds the number in plain", file)
			}
		}
		list, err := in.DB.Keys().Shreds(ctx)
		if err != nil || len(list) != 1 || list[0].ID != m.ID {
			t.Errorf("the list says %v, %v", list, err)
		}
	}
	restored("old")
	if _, err := c.Backup(ctx, ledger.System("test"), to, nil); err != nil {
		t.Fatal(err)
	}
	restored("new")

	// Without the list nothing is restored: it might bring somebody back.
	list := filepath.Join(strings.TrimPrefix(to, "file://"), "shredded.age")
	content, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-1] ^= 1
	if err := os.WriteFile(list, content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = installation.Restore(ctx, installation.Restoring{Options: installation.Options{Dir: installation.Dir(filepath.Join(t.TempDir(), "broken"))}, From: to, Kit: c.Dir.Recovery(), Actor: ledger.System("test")})
	if fault.Of(err) != fault.Unavailable {
		t.Errorf("restored with a broken list: %v", err)
	}
}

// TestRequests: asked by the member, answered by another, kept; a restriction keeps the record out of exports.
func TestRequests(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		her, worker := c.Actor("member"), c.Actor("party-worker")
		all := c.Everything()
		if _, err := c.Requests.Ask(ctx, her, request.Restrict, ""); fault.Of(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := c.Requests.Ask(ctx, c.Actor("system-admin"), request.Copy, ""); err == nil {
			t.Error("somebody without a record asked")
		}
		id, err := c.Requests.Ask(ctx, her, request.Restrict, "登记有争议，核实以前不要使用")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Requests.Ask(ctx, her, request.Restrict, "再来一次"); fault.Of(err) != fault.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		q, err := c.Requests.ByID(ctx, all, id)
		if err != nil || q.Content != "登记有争议，核实以前不要使用" || q.Due != demotest.On.AddDays(30) {
			t.Fatalf("%+v, %v", q, err)
		}
		if !q.Overdue(q.Due.AddDays(1)) || q.Overdue(q.Due) {
			t.Error("the clock is wrong")
		}
		until := demotest.On.AddDays(60)
		if err := c.Requests.Reply(ctx, her, id, 1, request.Reply{Grant: true, Until: until}); err == nil {
			t.Error("she answered herself")
		}
		if err := c.Requests.Reply(ctx, worker, id, 1, request.Reply{Grant: true}); fault.Of(err) != fault.Invalid {
			t.Errorf("without a day: %v", err)
		}
		if err := c.Requests.Reply(ctx, worker, id, 1, request.Reply{}); fault.Of(err) != fault.Invalid {
			t.Errorf("refused without a reason: %v", err)
		}
		exported := func() (n int) {
			n, err := c.Members.Export(ctx, ledger.System("test"), member.Export{Filter: member.Filter{On: demotest.On}, Purpose: "核对", Columns: []roster.Column{roster.Name}}, func(roster.Record) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := exported()
		if err := c.Requests.Reply(ctx, worker, id, 1, request.Reply{Grant: true, Until: until}); err != nil {
			t.Fatal(err)
		}
		if err := c.Requests.Reply(ctx, worker, id, 1, request.Reply{Text: "不同意"}); fault.Of(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		if n := exported(); n != before-1 {
			t.Errorf("%d were exported, %d before", n, before)
		}
		x, err := c.Requests.RestrictionOf(ctx, all, her.Member, demotest.On)
		if err != nil || x == nil || x.Until != until || x.Actor != worker.Name {
			t.Errorf("%+v, %v", x, err)
		}
		kept(t, c, her, worker)
		if x, err := c.Requests.RestrictionOf(ctx, all, her.Member, until.AddDays(1)); err != nil || x != nil {
			t.Errorf("restricted beyond the day: %+v, %v", x, err)
		}
		if id, err = c.Requests.Ask(ctx, her, request.Copy, ""); err != nil {
			t.Fatal(err)
		}
		if err := c.Requests.Withdraw(ctx, worker, id, 1); err == nil {
			t.Error("somebody else withdrew it")
		}
		if err := c.Requests.Withdraw(ctx, her, id, 1); err != nil {
			t.Fatal(err)
		}
		list, err := c.Requests.Of(ctx, all, her.Member)
		if err != nil || len(list) != 2 {
			t.Errorf("%d requests are kept, %v", len(list), err)
		}
		c.Sound()
	})
}

// kept makes sure that a restricted record is not used by anybody but its member, and is again once it is lifted.
func kept(t *testing.T, c *demotest.City, her, worker ledger.Actor) {
	t.Helper()
	m, err := c.Members.ByID(ctx, c.Everything(), her.Member)
	if err != nil {
		t.Fatal(err)
	}
	b := member.Basis{Reason: "核对"}
	uses := func(who ledger.Actor) map[string]error {
		_, reveal := c.Members.Reveal(ctx, who, m.ID, "核对", roster.Mobile)
		_, _, mend := c.Reviews.Mend(ctx, who, m.ID, m.Version, map[roster.Column]string{roster.Occupation: "会计"}, b)
		_, fact := c.Reviews.AddFact(ctx, who, m.ID, member.NewFact{Kind: member.Honour, From: demotest.On.AddDays(-3), Text: "先进"})
		return map[string]error{"reveal": reveal, "mend": mend, "fact": fact,
			"handover": c.Documents.HandOver(ctx, who, m.ID, document.Handover{Purpose: "借阅", Recipient: "县委"}, io.Discard)}
	}
	for what, err := range uses(worker) {
		if fault.Of(err) != fault.Conflict || !strings.Contains(err.Error(), "解除限制") {
			t.Errorf("%s of a restricted record: %v", what, err)
		}
	}
	if _, err := c.Members.Reveal(ctx, her, m.ID, "", roster.Mobile); err != nil {
		t.Errorf("her own: %v", err)
	}
	out, problems, err := c.Reviews.Request(ctx, her, m.Version, map[roster.Column]string{roster.Occupation: "会计"}, b, nil)
	if err != nil || roster.Rejected(problems) {
		t.Errorf("her own correction: %v %v", err, problems)
	}
	waiting, err := c.Reviews.Item(ctx, c.DB.As(her.Scope), her, out.ID)
	if err == nil {
		err = c.Reviews.Withdraw(ctx, her, out.ID, waiting.Version)
	}
	if err != nil {
		t.Errorf("withdraw: %v", err)
	}
	if err := c.Requests.Lift(ctx, c.Actor("branch-secretary"), m.ID, "核实了"); fault.Of(err) == 0 {
		t.Error("a branch secretary lifted it")
	}
	if err := c.Requests.Lift(ctx, worker, m.ID, ""); fault.Of(err) != fault.Invalid {
		t.Errorf("lifted without a reason: %v", err)
	}
	if err := c.Requests.Lift(ctx, worker, m.ID, "争议已经核实"); err != nil {
		t.Fatal(err)
	}
	if err := c.Requests.Lift(ctx, worker, m.ID, "再来一次"); fault.Of(err) != fault.Conflict {
		t.Errorf("lifted twice: %v", err)
	}
	for what, err := range uses(worker) {
		if err != nil {
			t.Errorf("%s once it is lifted: %v", what, err)
		}
	}
}

// TestDisputesGoWithThePerson: their texts cannot be read, their rows are gone, the counts are right, and the causes that
// were found stay counted, since they name nobody.
func TestDisputesGoWithThePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		department := c.Actor("organisation-department")
		m := somebody(t, c, 3)
		settled, err := c.Stewards.Raise(ctx, department, m.ID, roster.Education, "学历存疑")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Stewards.Settle(ctx, c.Actor("party-worker"), settled, 1, steward.Settlement{Outcome: steward.Kept, Cause: steward.Source, Text: "证书模糊"}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stewards.Raise(ctx, department, m.ID, roster.Occupation, "岗位存疑"); err != nil {
			t.Fatal(err)
		}
		destroyed(t, c, ended(t, c, m))
		all := c.DB.As(store.System("test"))
		for query, want := range map[string]int{"SELECT count(*) FROM {dispute} WHERE member_id = ?": 0, "SELECT count(*) FROM {cause} WHERE id <> ?": 1} {
			var n int
			if _, err := all.One(ctx, query, []any{m.ID}, &n); err != nil || n != want {
				t.Errorf("%s: %d, %v", query, n, err)
			}
		}
		gone(t, c.Installation, m)
	})
}
