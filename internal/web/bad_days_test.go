package web_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/document/documenttest"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestFilesThatNobodyShouldSend: the form comes back with a sentence at the file, and nothing is kept; of a PDF with a
// script the page is shown, as a picture.
func TestFilesThatNobodyShouldSend(t *testing.T) {
	h := openHouse(t, store.Config{})
	list, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: h.branchOf(1).Path, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	documents := "/members/" + list.Items[0].ID + "/documents"
	secretary := h.sit("branch-secretary", 1)
	count := func() (n int) {
		err := fs.WalkDir(os.DirFS(string(h.Dir)+"/documents"), ".", func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	for name, f := range documenttest.Bad() {
		status, body, at := secretary.hand(documents+"/new", url.Values{"kind": {"certificate"}, "title": {"毕业证书"}}, f.Name, f.Content)
		if status == http.StatusSeeOther { // taken apart behind the request, where the machine is slow
			has(t, secretary.until(at, "不完整"), "不完整")
			continue
		}
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-file"`) || !strings.Contains(body, `value="毕业证书"`) {
			t.Errorf("%s: %d, or what was typed is lost", name, status)
		}
		lacks(t, body, "alert(1)")
	}
	if count() != before {
		t.Error("something of a refused file is kept")
	}
	status, body, _ := secretary.hand(documents+"/new", url.Values{"kind": {"certificate"}, "title": {"毕业证书"}}, documenttest.WithScript.Name, documenttest.WithScript.Content)
	if status != http.StatusSeeOther {
		t.Fatalf("a PDF with a script: %d %s", status, text(body))
	}
	secretary.until(documents, "毕业证书")
	doc := hrefs(secretary.page(documents), `/documents/[0-9A-Z]{26}`)[0]
	if status, body, _ := secretary.send(doc, url.Values{"purpose": {"archive"}}); status != http.StatusSeeOther {
		t.Fatalf("opening: %d %s", status, text(body))
	}
	_, picture, _ := secretary.get(doc + "/pages/1")
	if !strings.HasPrefix(picture, "\xff\xd8\xff") {
		t.Error("the page is no picture")
	}
	lacks(t, picture, "app.alert", "cmd.exe", "JavaScript")
}

// TestAThousandWrongCodesOnThePage: a few are looked at, then the page says how long to wait, however often it is asked;
// the session that stands before the code opens nothing meanwhile, and neither does the right code.
func TestAThousandWrongCodesOnThePage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		half := h.stranger()
		for _, a := range h.Accounts {
			if a.Role != "party-worker" {
				continue
			}
			if status, _, to := half.send("/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}}); status != http.StatusSeeOther || to != "/sign-in/code" {
				t.Fatalf("the password: %d to %q", status, to)
			}
			looked := map[int]int{}
			for range 1000 {
				status, body, _ := half.send("/sign-in/code", url.Values{"code": {"000000"}})
				if looked[status]++; status == http.StatusTooManyRequests && looked[status] == 1 {
					has(t, body, "分钟后再试")
				}
			}
			if looked[http.StatusUnprocessableEntity] != 5 || looked[http.StatusTooManyRequests] != 995 {
				t.Errorf("answers: %v", looked)
			}
			if status, _, _ := half.send("/sign-in/code", url.Values{"code": {h.Code(a)}}); status != http.StatusTooManyRequests {
				t.Errorf("the right code while it is locked: %d", status)
			}
			for _, path := range []string{"/", "/members", "/me/account"} {
				if status, _, to := half.get(path); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in/code") {
					t.Errorf("%s before the code: %d to %q", path, status, to)
				}
			}
			break
		}
		lines := strings.Count(h.log.String(), "\n")
		if strings.Contains(h.log.String(), "000000") {
			t.Errorf("the log holds what was typed, in %d lines", lines)
		}
		h.Sound()
	})
}

// TestAClosedAccountOnPages: a browser that is signed in is out at its next step, and only whoever knows the password is
// told why.
func TestAClosedAccountOnPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		desk, person := h.sit("branch-committee", 1), h.Person("branch-committee", 1)
		has(t, desk.page("/me/account"), person.Name)
		if err := h.Access.Disable(t.Context(), h.Person("security-admin", 1), "test", person.Account, "离岗"); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/members", "/me/account"} {
			if status, body, to := desk.get(path); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
				t.Errorf("%s after it was closed: %d to %q %s", path, status, to, text(body))
			}
		}
		for _, a := range h.Accounts {
			if a.Role == "branch-committee" {
				if status, body, _ := h.stranger().send("/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}}); status == http.StatusSeeOther || !strings.Contains(body, "已经停用") {
					t.Errorf("with the password: %d", status)
				}
				status, body, _ := h.stranger().send("/sign-in", url.Values{"account": {a.Account}, "password": {"not the password"}})
				other, unknown, _ := h.stranger().send("/sign-in", url.Values{"account": {"nobody-here"}, "password": {"not the password"}})
				if status != http.StatusUnprocessableEntity || other != status {
					t.Errorf("signing in: %d, a name that nobody has: %d", status, other)
				}
				lacks(t, body, "已经停用")
				if why, same := alertOn(body), alertOn(unknown); why == "" || why != same {
					t.Errorf("told %q, a name that nobody has %q", why, same)
				}
				break
			}
		}
	})
}

// alertOn is what a page says went wrong.
func alertOn(body string) string {
	_, after, _ := strings.Cut(body, "没有办成")
	said, _, _ := strings.Cut(after, "</div>")
	return strings.Join(strings.Fields(text(said)), " ")
}
