package web_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
)

// scanned is a picture; different seeds give different ones.
func scanned(t *testing.T, seed int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range 300 {
		img.SetRGBA(i, (i*seed)%300, color.RGBA{uint8(seed), 80, 40, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDocumentFromPaperToProof: a secretary uploads a diploma, the record names it as the source, the worker opens it
// for a purpose, and the member sees that.
func TestDocumentFromPaperToProof(t *testing.T) {
	h := openHouse(t, store.Config{})
	list, err := h.Members.List(context.Background(), h.Everything(), member.Filter{Under: h.Org(h.Accounts[0].Organisation).Path, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	m := list.Items[0]
	for _, one := range list.Items {
		if one.Education != "" {
			m = one
		}
	}
	record, documents := "/members/"+m.ID, "/members/"+m.ID+"/documents"
	secretary := h.sit("branch-secretary", 1)
	if body := secretary.page(record); !strings.Contains(body, "已有 0 份") {
		t.Error("the record does not say what is there")
	}
	for name, file := range map[string][]byte{"SVG": []byte("<svg><script>alert(1)</script></svg>"), "nothing": nil} {
		status, body, _ := secretary.hand(documents+"/new", url.Values{"kind": {"certificate"}}, "diploma.jpg", file)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-file"`) {
			t.Errorf("%s: %d", name, status)
		}
	}
	status, _, at := secretary.hand(documents+"/new", url.Values{"kind": {"certificate"}, "title": {"毕业证书"}, "facts": {"education"}}, "diploma.png", scanned(t, 1))
	if status != http.StatusSeeOther || at != documents {
		t.Fatalf("%d to %q", status, at)
	}
	body := secretary.page(record)
	i := strings.Index(body, `href="/documents/`)
	if i < 0 {
		t.Fatal("the record names no document as the source")
	}
	doc := body[i+len(`href="`):][:len("/documents/")+26]
	if body := secretary.page(documents); !strings.Contains(body, "毕业证书") || !strings.Contains(body, "学历") {
		t.Error("the document is not listed with what it proves")
	}
	worker := h.sit("party-worker", 1)
	if body := worker.page(doc); strings.Contains(body, "/pages/") || !strings.Contains(body, `name="purpose"`) {
		t.Error("a document opened without a purpose")
	}
	if status, _, _ := worker.get(doc + "/pages/1"); status != http.StatusUnprocessableEntity {
		t.Errorf("a page without an opening: %d", status)
	}
	if status, _, _ := worker.send(doc, url.Values{"purpose": {"archive"}}); status != http.StatusSeeOther {
		t.Errorf("opening: %d", status)
	}
	if body := worker.page(doc); !strings.Contains(body, doc+"/pages/1") || !strings.Contains(body, "查看") {
		t.Error("the page is not shown")
	}
	_, picture, _ := worker.get(doc + "/pages/1")
	if _, err := jpeg.Decode(strings.NewReader(picture)); err != nil {
		t.Errorf("the picture: %v", err)
	}
	if body := secretary.page(record + "/looks"); !strings.Contains(body, "查看档案材料") || !strings.Contains(body, "整理党员档案") {
		t.Error("the look is not among the looks")
	}
	for _, who := range []*desk{h.sit("branch-secretary", 2), h.sit("system-admin", 1)} {
		for _, path := range []string{doc, doc + "/pages/1", doc + "/thumbs/1", doc + "/remove", documents, documents + "/new"} {
			if status, _, _ := who.get(path); status != http.StatusNotFound && status != http.StatusForbidden {
				t.Errorf("%s from elsewhere: %d", path, status)
			}
		}
	}
	if status, _, _ := worker.send(doc+"/remove", url.Values{"reason": {""}}); status != http.StatusUnprocessableEntity {
		t.Errorf("removed without a reason: %d", status)
	}
	if status, _, _ := worker.send(doc+"/remove", url.Values{"reason": {"传错了"}}); status != http.StatusSeeOther {
		t.Errorf("removing: %d", status)
	}
	if status, _, _ := worker.get(doc); status != http.StatusNotFound {
		t.Errorf("after removing: %d", status)
	}
	field := "reason-" + doc[len("/documents/"):]
	if status, body, _ := worker.send(doc+"/back", url.Values{field: {""}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-`+field+`"`) {
		t.Errorf("taken back without a reason: %d", status)
	}
	if status, _, at := worker.send(doc+"/back", url.Values{field: {"没有传错"}}); status != http.StatusSeeOther || at != documents {
		t.Errorf("taking back: %d to %q", status, at)
	}
}

// TestHandoverPage: without a recipient no copy is made; with one it is given as a file.
func TestHandoverPage(t *testing.T) {
	h := openHouse(t, store.Config{})
	list, err := h.Members.List(context.Background(), h.Everything(), member.Filter{Under: h.Org(h.Accounts[0].Organisation).Path, On: demotest.On})
	if err != nil {
		t.Fatal(err)
	}
	page := "/members/" + list.Items[0].ID + "/handover"
	if status, _, _ := h.sit("branch-secretary", 1).get(page); status != http.StatusForbidden {
		t.Errorf("a secretary: %d", status)
	}
	worker := h.sit("party-worker", 1)
	if body := worker.page(page); !strings.Contains(body, `name="recipient"`) {
		t.Error("the form does not ask to whom")
	}
	if status, body, _ := worker.send(page, url.Values{"purpose": {"transfer"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-recipient"`) {
		t.Errorf("without a recipient: %d", status)
	}
	status, body, _ := worker.send(page, url.Values{"purpose": {"transfer"}, "recipient": {"大河县教育局党委"}, "images": {"yes"}})
	if status != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("a copy: %d", status)
	}
}
