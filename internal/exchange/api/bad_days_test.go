package api_test

import (
	"bytes"
	"image/jpeg"
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"

	"zhibu/internal/party/document/documenttest"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// set changes a row as an administrator elsewhere would, past what this process holds in memory.
func (h *house) set(t *testing.T, table, id string, values ...store.Value) {
	t.Helper()
	err := h.in.Ledger.Do(t.Context(), ledger.System("test"), ledger.Act{Kind: "test", Reason: "test"}, func(tx *store.Tx) error {
		_, err := tx.Update(t.Context(), table, store.ByID(id), values...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnePersonDoesNotReviewAlone: neither whoever proposed, nor a second account of the same person, nor a reviewer who
// lost the post a minute ago approves or returns; the record stays as it was, and a second person decides.
func TestOnePersonDoesNotReviewAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		m := h.mark(t, h.people["branch-secretary"].Grants[0].Org)
		other := h.mark(t, h.people["branch-secretary-2"].Grants[0].Org)
		at := "/members/" + m.member
		waits := h.as(t, "party-worker", "GET", "/reviews/"+m.review, nil).want(t, 200)
		h.as(t, "reviewer", "POST", "/reviews/"+m.review+"/approve", map[string]any{"version": waits.number("version")}).want(t, 200)
		before := h.as(t, "party-worker", "GET", at, nil).want(t, 200)
		mended := h.as(t, "party-worker", "PATCH", at, map[string]any{"education": "大专", "version": before.number("version"), "reason": "核对"})
		if mended.status != 202 && mended.status != 200 {
			t.Fatalf("proposing: %d %s", mended.status, mended.body)
		}
		waiting := h.as(t, "party-worker", "GET", "/reviews?mine=true&member="+m.member, nil).want(t, 200).items()
		if len(waiting) != 1 {
			t.Fatalf("waiting: %v", waiting)
		}
		review := "/reviews/" + waiting[0].text("id")
		version := map[string]any{"version": h.as(t, "reviewer", "GET", review, nil).want(t, 200).number("version")}
		back := map[string]any{"version": version["version"], "reason": "试"}
		refused := func(who, why string) {
			t.Helper()
			for act, body := range map[string]map[string]any{"approve": version, "return": back} {
				if p := h.as(t, who, "POST", review+"/"+act, body).problem(t, 403); p.Rule == "" {
					t.Errorf("%s %s: no rule: %+v", act, why, p)
				}
			}
			if now := h.as(t, "party-worker", "GET", at, nil).want(t, 200); now.number("version") != before.number("version") || now.text("education") != before.text("education") {
				t.Errorf("%s: the record has changed: %v", why, now)
			}
		}
		refused("party-worker", "by whoever proposed it")
		entered, person := h.people["party-worker"], h.people["reviewer"]
		for _, p := range []string{entered.Account, person.Account} { // both turn out to be one person's
			h.set(t, "account", p, store.Set("member_id", other.member))
		}
		refused("reviewer", "by a second account")
		if may := h.as(t, "reviewer", "GET", review, nil).want(t, 200)["may"].([]any); slices.Contains(may, any("decide")) {
			t.Errorf("offered to a second account: %v", may)
		}
		h.set(t, "account", entered.Account, store.Set("member_id", entered.Member))
		h.set(t, "account", person.Account, store.Set("member_id", person.Member))

		h.as(t, "reviewer", "GET", "/me", nil).want(t, 200) // held in memory for seconds
		for _, g := range person.Grants {
			h.set(t, "grant", g.ID, store.Set("to_on", today.AddDays(-1).String()))
		}
		for act, body := range map[string]map[string]any{"approve": version, "return": back} {
			if got := h.as(t, "reviewer", "POST", review+"/"+act, body); got.status != 403 && got.status != 404 {
				t.Errorf("%s by somebody who lost the post a minute ago: %d %s", act, got.status, got.body)
			}
		}
		h.clock.add(10 * time.Second)
		h.as(t, "reviewer", "GET", review, nil).problem(t, 404)
		h.as(t, "organisation-department", "POST", review+"/approve", version).want(t, 200)
		if now := h.as(t, "party-worker", "GET", at, nil).want(t, 200); now.number("version") != before.number("version")+1 || now.text("education") == before.text("education") {
			t.Errorf("approved by a second person: %v", now)
		}
	})
}

// files are the names of all that is stored below a directory.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return out
}

// TestFilesThatNobodyShouldSend: each is refused at its field with a sentence, and nothing of it is kept; of a PDF with a
// script stays what its page looks like and no more.
func TestFilesThatNobodyShouldSend(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	at := "/members/" + h.mark(t, h.people["branch-secretary"].Grants[0].Org).member + "/documents"
	stored := string(h.in.Dir) + "/documents"
	before, listed := len(files(t, stored)), len(h.as(t, who, "GET", at, nil).want(t, 200).items())
	for name, f := range documenttest.Bad() {
		h.as(t, who, "POST", at+"?kind=certificate", raw{f.Kind, f.Content}).refuses(t, 422, "file")
		h.as(t, who, "POST", at, form(t, f.Name, raw{f.Kind, f.Content}, "kind", "certificate")).refuses(t, 422, "file")
		if n := len(files(t, stored)); n != before {
			t.Errorf("%s: %d files are kept, were %d", name, n, before)
		}
	}
	if n := len(h.as(t, who, "GET", at, nil).want(t, 200).items()); n != listed {
		t.Errorf("%d documents, were %d", n, listed)
	}
	f := documenttest.WithScript
	id := h.as(t, who, "POST", at+"?kind=certificate", raw{f.Kind, f.Content}).want(t, 201).text("id")
	h.as(t, who, "POST", "/documents/"+id+"/open", map[string]any{"purpose": "archive"}).want(t, 200)
	page := h.as(t, who, "GET", "/documents/"+id+"/pages/1", nil)
	picture, err := jpeg.Decode(bytes.NewReader(page.body))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, _ := picture.At(5, 5).RGBA(); r < g {
		t.Error("the page is not what the file looks like")
	}
	for _, trace := range []string{"JavaScript", "app.alert", "cmd.exe", "%PDF"} {
		if bytes.Contains(page.body, []byte(trace)) {
			t.Errorf("%q of the file survives", trace)
		}
	}
}

// TestAClockSetBackOverTheInterface: the machine's clock goes back by hours. What is written then is written, a token
// that has run out before stays shut for as long as the clock says so, and a question asked twice is still done once.
func TestAClockSetBackOverTheInterface(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch := h.people["branch-secretary"].Grants[0].Org
		add := func(n int, key string) object {
			return h.as(t, "party-worker", "POST", "/members", map[string]any{"organisation": branch, "reason": "补录", "document": "入党志愿书", "name": "石试",
				"idNumber": idNumber(n), "category": "full", "joined": "2015-06-28", "confirmed": "2016-06-28"}, "Idempotency-Key", key).want(t, 201)
		}
		first := add(5, "one")
		h.clock.add(-11 * time.Hour)
		if again := add(5, "one"); again.text("id") != first.text("id") {
			t.Error("done twice")
		}
		second := add(6, "two")
		at := "/members/" + first.text("id")
		if got := h.as(t, "party-worker", "PATCH", at, map[string]any{"occupation": "村医", "version": 1, "reason": "核对"}).want(t, 200); got.number("version") != 2 {
			t.Errorf("mended: %v", got)
		}
		var kinds []string
		for _, e := range h.all(t, "party-worker", "/events?subject="+first.text("id"), 50) {
			kinds = append(kinds, e.text("kind"))
		}
		if len(kinds) != 2 || second.text("id") == "" {
			t.Errorf("events: %v", kinds)
		}
		if rep, err := h.in.Verify(t.Context()); err != nil || !rep.OK {
			t.Errorf("verify: %+v %v", rep, err)
		}
	})
}
