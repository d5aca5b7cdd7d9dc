package api_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
)

// TestDocument: a picture is added, opened for a purpose, read with the caller's mark, removed; a copy of the record
// is made.
func TestDocument(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	m := h.mark(t, h.people["branch-secretary"].Grants[0].Org)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	at := "/members/" + m.member + "/documents"
	h.as(t, who, "POST", at+"?kind=certificate", raw{"image/svg+xml", []byte("<svg/>")}).problem(t, 415)
	h.as(t, who, "POST", at+"?kind=certificate", raw{"image/png", []byte("<svg/>")}).refuses(t, 422, "file")
	h.as(t, who, "POST", at+"?kind=painting", raw{"image/png", picture.Bytes()}).refuses(t, 422, "kind")
	doc := h.as(t, who, "POST", at, form(t, "scan.png", raw{"image/png", picture.Bytes()}, "kind", "certificate", "title", "毕业证书", "fact", "education")).want(t, 201)
	id := doc.text("id")
	if got := h.as(t, who, "GET", at, nil).want(t, 200); id == "" || doc.text("title") != "毕业证书" || doc.number("pages") != 1 {
		t.Errorf("%v in %v", doc, got)
	}
	page := "/documents/" + id + "/pages/1"
	h.as(t, who, "GET", page, nil).refuses(t, 422, "purpose")
	h.as(t, who, "POST", "/documents/"+id+"/open", map[string]any{}).refuses(t, 422, "purpose")
	h.as(t, who, "POST", "/documents/"+id+"/open", map[string]any{"purpose": "archive"}).want(t, 200)
	if got := h.as(t, who, "GET", page, nil); got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("page: %d %v", got.status, got.header)
	} else if _, err := jpeg.Decode(bytes.NewReader(got.body)); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"branch-secretary-2", "system-admin", "auditor"} {
		for _, path := range []string{"/documents/" + id, page} {
			if got := h.as(t, other, "GET", path, nil); got.status != 404 && got.status != 403 {
				t.Errorf("%s as %s: %d", path, other, got.status)
			}
		}
	}
	got := h.as(t, who, "POST", "/members/"+m.member+"/handover", map[string]any{"purpose": "transfer", "recipient": "大河县教育局党委", "images": true})
	if got.status != 200 || !bytes.HasPrefix(got.body, []byte("%PDF-")) {
		t.Errorf("a copy: %d", got.status)
	}
	h.as(t, "branch-secretary", "POST", "/members/"+m.member+"/handover", map[string]any{"purpose": "transfer", "recipient": "某党委"}).problem(t, 403)
	h.as(t, "branch-secretary", "POST", "/documents/"+id+"/remove", map[string]any{"reason": "传错"}).problem(t, 403)
	h.as(t, who, "POST", "/documents/"+id+"/remove", map[string]any{"reason": "传错"}).want(t, 204)
	h.as(t, who, "GET", "/documents/"+id, nil).problem(t, 404)
}
