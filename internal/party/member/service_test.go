package member_test

import (
	"context"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var ctx = context.Background()

// stranger is the form of somebody who is not in the city.
func stranger(t testing.TB, n int) map[roster.Column]string {
	other, err := population.Build(population.Plan{Members: 50, Seed: 4711, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	for m := range other.Members() {
		if m.Category != population.Full || m.Joined.Before(civil.MustParse("1990-01-01")) {
			continue
		}
		if n--; n < 0 {
			return map[roster.Column]string{roster.Name: m.Name, roster.IDNumber: m.Identity, roster.Category: "正式党员",
				roster.Joined: m.Joined.String(), roster.Confirmed: m.Confirmed.String(), roster.Mobile: "15400001234"}
		}
	}
	t.Fatal("no stranger")
	return nil
}

var because = member.Basis{Reason: "支部大会决定", Document: "石桥党发〔2026〕3 号"}

func total(t testing.TB, c *demotest.City, path string) int64 {
	t.Helper()
	n, err := headcount.Total(ctx, c.Everything(), path)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		one, two, town := c.Org(c.Accounts[0].Organisation), c.Org(c.Accounts[1].Organisation), c.Town()
		n := total(t, c, town.Path)

		id, problems, err := c.Reviews.Add(ctx, worker, one.ID, stranger(t, 0), because)
		if err != nil || roster.Rejected(problems) {
			t.Fatalf("add: %v %v", problems, err)
		}
		m := read(t, c, id)
		if total(t, c, town.Path) != n+1 || m.Review != member.Pending {
			t.Errorf("after adding: %d, %s", total(t, c, town.Path), m.Review)
		}
		if _, _, err := c.Reviews.Mend(ctx, worker, id, m.Version, map[roster.Column]string{roster.Education: "大专"}, because); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Reviews.Mend(ctx, worker, id, m.Version, map[roster.Column]string{roster.Education: "本科"}, because); fault.Of(err) != fault.Conflict {
			t.Errorf("mended an old version: %v", err)
		}
		m = read(t, c, id)
		if _, err := c.Reviews.Move(ctx, worker, id, m.Version, two.ID, because); err != nil {
			t.Fatal(err)
		}
		if read(t, c, id).OrgID != two.ID || total(t, c, two.Path) == 0 {
			t.Error("not moved")
		}
		m = read(t, c, id)
		ended := because
		ended.On = demotest.On
		if _, err := c.Reviews.End(ctx, worker, id, m.Version, member.Left, ended); err != nil {
			t.Fatal(err)
		}
		if total(t, c, town.Path) != n {
			t.Errorf("after the end: %d, want %d", total(t, c, town.Path), n)
		}
		if _, err := c.Reviews.Restore(ctx, worker, id, read(t, c, id).Version, because); err != nil {
			t.Fatal(err)
		}
		sources, err := c.Members.Sources(ctx, read(t, c, id))
		if err != nil || sources[roster.Education].Kind != member.DoMend || sources[roster.Name].Kind != member.DoAdd {
			t.Errorf("sources %+v, %v", sources, err)
		}
		events, err := c.Members.Events(ctx, c.Everything(), read(t, c, id))
		if err != nil || len(events) != 5 {
			t.Errorf("events %+v, %v", events, err)
		}
		c.Sound()
	})
}

func read(t testing.TB, c *demotest.City, id string) member.Member {
	t.Helper()
	m, err := c.Members.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAddRefuses(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker := c.Actor("party-worker")
	one := c.Org(c.Accounts[0].Organisation)
	with := func(col roster.Column, v string) map[roster.Column]string {
		f := stranger(t, 1)
		f[col] = v
		return f
	}
	for name, f := range map[string]struct {
		values map[roster.Column]string
		code   roster.Code
	}{
		"check digit": {with(roster.IDNumber, "665559196302072055"), roster.Checksum},
		"no name":     {with(roster.Name, ""), roster.Required},
		"future":      {with(roster.Joined, "2030-01-01"), roster.FutureDate},
		"phone":       {with(roster.Mobile, "12"), roster.PhoneFormat},
	} {
		id, problems, err := c.Reviews.Add(ctx, worker, one.ID, f.values, because)
		if err != nil || id != "" || !roster.Rejected(problems) {
			t.Errorf("%s: %q %v %v", name, id, problems, err)
			continue
		}
		found := false
		for _, p := range problems {
			found = found || p.Code == f.code
		}
		if !found {
			t.Errorf("%s: %v, want %s", name, problems, f.code)
		}
	}
	if _, _, err := c.Reviews.Add(ctx, worker, one.ID, stranger(t, 1), member.Basis{}); fault.As(err) == nil || fault.As(err).Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	if _, _, err := c.Reviews.Add(ctx, worker, c.Town().ID, stranger(t, 1), because); fault.As(err) == nil || fault.As(err).Field != "organisation" {
		t.Errorf("into a committee: %v", err)
	}
	if _, _, err := c.Reviews.Add(ctx, worker, one.ID, stranger(t, 1), because); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Reviews.Add(ctx, worker, one.ID, stranger(t, 1), because); fault.Of(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
}

// TestOtherBranch: for the secretary of another branch a record is not there, by any act.
func TestOtherBranch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		one := c.Org(c.Accounts[0].Organisation)
		other := c.Person("branch-secretary", 2).Actor("test")
		page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: one.Path, On: demotest.On})
		if err != nil || len(page.Items) == 0 {
			t.Fatal(err)
		}
		m := page.Items[0]
		acts := map[string]error{}
		_, acts["read"] = c.Members.ByID(ctx, c.DB.As(other.Scope), m.ID)
		_, acts["list"] = c.Members.List(ctx, c.DB.As(other.Scope), member.Filter{Under: one.Path})
		_, _, acts["mend"] = c.Reviews.Mend(ctx, other, m.ID, m.Version, map[roster.Column]string{roster.Name: "别人"}, because)
		_, acts["move"] = c.Reviews.Move(ctx, other, m.ID, m.Version, one.ID, because)
		_, acts["end"] = c.Reviews.End(ctx, other, m.ID, m.Version, member.Died, because)
		_, acts["reveal"] = c.Members.Reveal(ctx, other, m.ID, "核对", roster.IDNumber)
		_, acts["export"] = c.Members.Export(ctx, other, member.Export{Filter: member.Filter{Under: one.Path}, Purpose: "核对"}, func(roster.Record) error { return nil })
		for name, err := range acts {
			if fault.Of(err) != fault.NotFound || !strings.Contains(fault.As(err).Error(), "没有找到") {
				t.Errorf("%s: %v", name, err)
			}
		}
		n, _, err := c.Members.Count(ctx, c.DB.As(other.Scope), member.Filter{Query: m.Name})
		if err != nil || n != 0 {
			t.Errorf("counted %d, %v", n, err)
		}
	})
}

// TestListPagesMeet: walking forwards and backwards meets every member of the subtree once, in order.
func TestListPagesMeet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		var self, home string
		if _, err := c.Everything().One(ctx, "SELECT id, org_path FROM {member} ORDER BY org_path DESC, id LIMIT 1", nil, &self, &home); err != nil {
			t.Fatal(err)
		}
		city := store.Subtree("0001.")
		for _, list := range []struct {
			scope         store.Scope
			narrow, under string
		}{
			{city, "0001.", "0001."},
			{city, c.Town().Path, c.Town().Path},
			{city, c.Org(c.Accounts[0].Organisation).Path, c.Org(c.Accounts[0].Organisation).Path},
			{city, "", "0001."},
			{city.AndSelf(self, home), "", "0001."},
			{store.System("test"), "", "0001."},
		} {
			r, under := c.Everything().Under(list.scope), list.under
			var forward, backward []string
			f := member.Filter{Under: list.narrow, Limit: 7, On: demotest.On}
			var last string
			for {
				p, err := c.Members.List(ctx, r, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range p.Items {
					forward = append(forward, m.ID)
				}
				last = p.Items[0].ID
				if p.Next == "" || len(forward) > 1000 {
					break
				}
				f.After = p.Next
			}
			f.After, f.Before = "", last
			for f.Before != "" {
				p, err := c.Members.List(ctx, r, f)
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, m := range p.Items {
					ids = append(ids, m.ID)
				}
				backward = append(ids, backward...)
				f.Before = p.Prev
			}
			seen := map[string]bool{}
			for _, id := range forward {
				if seen[id] {
					t.Errorf("%s twice", id)
				}
				seen[id] = true
			}
			if int64(len(forward)) != total(t, c, under) {
				t.Errorf("%s: %d listed, %d counted", under, len(forward), total(t, c, under))
			}
			for i := range backward {
				if backward[i] != forward[i] {
					t.Fatalf("%s: backwards differs at %d", under, i)
				}
			}
		}
	})
}

func TestSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		one := c.Org(c.Accounts[0].Organisation)
		f := stranger(t, 2)
		f[roster.Name] = "单雄信"
		id, problems, err := c.Reviews.Add(ctx, worker, one.ID, f, because)
		if err != nil || id == "" {
			t.Fatal(problems, err)
		}
		number := f[roster.IDNumber]
		for _, q := range []string{"单雄信", "单雄", "shanxiongxin", "shanxio", "sxx", "Shan Xiongxin", number[14:], "1234", number} {
			p, err := c.Members.List(ctx, c.DB.As(worker.Scope), member.Filter{Query: q, On: demotest.On})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, m := range p.Items {
				found = found || m.ID == id
			}
			if !found {
				t.Errorf("%q finds %d others", q, len(p.Items))
			}
		}
		for _, q := range []string{"danxiongxin", "不存在的人", "0000000"} {
			if p, err := c.Members.List(ctx, c.DB.As(worker.Scope), member.Filter{Query: q, On: demotest.On}); err != nil || len(p.Items) != 0 {
				t.Errorf("%q finds %d, %v", q, len(p.Items), err)
			}
		}
	})
}

// TestRevealIsSeen: a reveal needs a purpose, is recorded, and the member sees it.
func TestRevealIsSeen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		p, err := c.Members.List(ctx, c.DB.As(worker.Scope), member.Filter{Limit: 1, On: demotest.On})
		if err != nil {
			t.Fatal(err)
		}
		id := p.Items[0].ID
		if _, err := c.Members.Reveal(ctx, worker, id, "", roster.IDNumber); fault.Of(err) != fault.Invalid {
			t.Errorf("without a purpose: %v", err)
		}
		rec, err := c.Members.Reveal(ctx, worker, id, "核对档案", roster.IDNumber)
		if err != nil || len(rec.IDNumber) != 18 || !rec.IDNumber.Synthetic() {
			t.Fatalf("%v %v", rec.IDNumber.Last4(), err)
		}
		if err := c.Members.Opened(worker, p.Items[0]); err != nil {
			t.Fatal(err)
		}
		if err := c.Members.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		looks, err := c.Members.Looks(ctx, c.Everything().Under(store.Self(id, p.Items[0].OrgPath)), id, 10)
		if err != nil || len(looks) != 2 || looks[0].Actor != worker.Name {
			t.Errorf("looks %+v, %v", looks, err)
		}
		c.Sound()
	})
}

// TestExportRoundTrip: what was exported imports as unchanged.
func TestExportRoundTrip(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker := c.Actor("party-worker")
	var rows [][]string
	header := []string{}
	for _, col := range roster.Columns {
		header = append(header, col.Title())
	}
	rows = append(rows, header)
	n, err := c.Members.Export(ctx, worker, member.Export{Filter: member.Filter{Under: c.Town().Path, On: demotest.On}, Purpose: "核对", Columns: roster.Columns}, func(r roster.Record) error {
		rows = append(rows, []string{r.Name, string(r.IDNumber), r.Sex.Name(), r.Born.String(), r.Ethnicity, r.Education, r.Category.Name(), r.OrganisationText,
			r.Joined.String(), r.Confirmed.String(), r.Occupation, r.Mobile, r.Phone, r.Address, r.Registry.Name(), r.Lost.Name(), r.LostOn.String(),
			r.Floating.Name(), r.FloatingTo, r.Care.Name()})
		return nil
	})
	if err != nil || int64(n) != total(t, c, c.Town().Path) {
		t.Fatalf("%d exported, %v", n, err)
	}
	res, err := c.Import(worker, c.Town().ID, rows, false)
	if err != nil || res.Unchanged != n {
		t.Errorf("%+v, %v", res, err)
	}
	c.Sound()
}
