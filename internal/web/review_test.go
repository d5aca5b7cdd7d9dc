package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/store"
)

var versionField = regexp.MustCompile(`name="form-version" value="(\d+)"`)

func versionOn(t *testing.T, body string) string {
	t.Helper()
	m := versionField.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the form has no version")
	}
	return m[1]
}

// TestMemberCorrectsHerRecord: a member sends a value and a photo in one form, sees who answers, the branch confirms
// with the photo before it, and the record then names the document.
func TestMemberCorrectsHerRecord(t *testing.T) {
	h := openHouse(t, store.Config{})
	own := h.sit("member", 1)
	id := h.Person("member", 1).Member
	m, err := h.Members.ByID(context.Background(), h.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	const wanted = "博士研究生毕业"
	page := own.page("/me")
	if !strings.Contains(page, `href="/me/correct/education"`) {
		t.Fatal("the own record leads to no correction")
	}
	form := own.page("/me/correct/education")
	version := versionOn(t, form)
	send := func(values url.Values, file []byte) (int, string, string) {
		values.Set("form-version", version)
		return own.hand("/me/correct/education", values, "photo.png", file)
	}
	if status, body, _ := send(url.Values{"value": {"没有这样的学历"}}, scanned(t, 3)); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-value"`) {
		t.Errorf("nonsense: %d", status)
	}
	if status, body, _ := send(url.Values{"value": {wanted}}, []byte("<svg><script>alert(1)</script></svg>")); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-file"`) || !strings.Contains(body, "selected") {
		t.Errorf("no picture: %d", status)
	}
	if status, _, at := send(url.Values{"value": {wanted}}, scanned(t, 3)); status != http.StatusSeeOther || at != "/me" {
		t.Fatalf("sending: %d to %q", status, at)
	}
	if body := own.page("/me/correct/education"); !strings.Contains(body, "硕士研究生毕业”。再交一次") && !strings.Contains(body, wanted+"”。再交一次") {
		t.Error("the form does not say what has been asked for")
	}
	const better = "硕士研究生毕业"
	if status, _, at := send(url.Values{"value": {better}}, scanned(t, 4)); status != http.StatusSeeOther || at != "/me" {
		t.Fatalf("asking anew: %d to %q", status, at)
	}
	page = own.page("/me")
	for _, want := range []string{"待审核", "“" + better + "”，附材料 2 份，等"} {
		if !strings.Contains(page, want) {
			t.Errorf("the own record does not say %q", want)
		}
	}
	if strings.Contains(page, wanted) {
		t.Error("what was replaced still waits")
	}
	after, _ := h.Members.ByID(context.Background(), h.Everything(), id)
	if after.Education != m.Education {
		t.Fatal("the record changed before anybody confirmed")
	}
	item := between(t, page, `href="/reviews/`, `"`)
	if body := own.page("/reviews/" + item); strings.Contains(body, "/approve") || !strings.Contains(body, "/withdraw") {
		t.Error("the member is to take back, not to approve")
	}
	secretary := h.sit("branch-secretary", 1)
	review := "/reviews/" + item
	if list := secretary.page("/reviews?what=mine"); !strings.Contains(list, "改为“"+better) || !strings.Contains(list, "等您办") {
		t.Error("the queue does not say what is to become what")
	}
	body := secretary.page(review)
	document := between(t, body, `name="document" value="`, `"`)
	if status, _, at := secretary.send(review+"/open", url.Values{"document": {document}}); status != http.StatusSeeOther || at != review {
		t.Fatalf("opening: %d %q", status, at)
	}
	if body = secretary.page(review); !strings.Contains(body, "/documents/"+document+"/pages/1") {
		t.Error("the photo is not on the page")
	}
	if status, _, _ := secretary.send(review+"/approve", url.Values{"form-version": {versionOn(t, body)}}); status != http.StatusSeeOther {
		t.Fatalf("approving: %d", status)
	}
	page = own.page("/me")
	if !strings.Contains(page, "学历、学位证书") || !strings.Contains(page, `href="/documents/`) || strings.Contains(page, "待审核") {
		t.Error("the record does not name the document as its source")
	}
}

func between(t *testing.T, body, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, from)
	if !ok {
		t.Fatalf("no %s on the page", from)
	}
	out, _, _ := strings.Cut(rest, to)
	return out
}
