package api_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strconv"
	"testing"

	"codeberg.org/go-pdf/fpdf"
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
	if got := h.as(t, who, "GET", at+"/removed", nil).want(t, 200).items(); len(got) != 1 || got[0].text("id") != id {
		t.Errorf("removed: %v", got)
	}
	back := "/documents/" + id + "/back"
	h.as(t, who, "POST", back, map[string]any{"reason": ""}).refuses(t, 422, "reason")
	h.as(t, "branch-secretary", "POST", back, map[string]any{"reason": "没有传错"}).problem(t, 403)
	h.as(t, "branch-secretary-2", "POST", back, map[string]any{"reason": "没有传错"}).problem(t, 404)
	if got := h.as(t, who, "POST", back, map[string]any{"reason": "没有传错"}).want(t, 200); got.text("id") != id {
		t.Errorf("taken back: %v", got)
	}
	h.as(t, who, "POST", back, map[string]any{"reason": "没有传错"}).problem(t, 404)
}

// TestLongUpload: a scan of many pages is answered with a place to ask, where whoever brought it asks and nobody else.
func TestLongUpload(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	at := "/members/" + h.mark(t, h.people["branch-secretary"].Grants[0].Org).member + "/documents?kind=admission-book&wait="
	scan := func(pages int) raw {
		p := fpdf.New("P", "mm", "A5", "")
		p.SetFont("Helvetica", "", 40)
		for i := range pages {
			p.AddPage()
			p.Text(20, 60, strconv.Itoa(pages*100+i))
		}
		var b bytes.Buffer
		if err := p.Output(&b); err != nil {
			t.Fatal(err)
		}
		return raw{"application/pdf", b.Bytes()}
	}
	given := h.as(t, who, "POST", at+"0", scan(30)).want(t, 202)
	id := given.text("id")
	if given.text("upload") != "waiting" || id == "" {
		t.Errorf("%v", given)
	}
	h.as(t, "branch-secretary", "GET", "/uploads/"+id, nil).problem(t, 404)
	h.as(t, "branch-secretary", "DELETE", "/uploads/"+id, nil).problem(t, 404)
	if got := h.as(t, who, "GET", "/uploads/"+id, nil).want(t, 200); got.text("state") != "waiting" {
		t.Errorf("%v", got)
	}
	h.as(t, who, "POST", "/uploads/"+id+"/retry", nil).problem(t, 409)
	h.as(t, who, "DELETE", "/uploads/"+id, nil).want(t, 204)
	h.as(t, who, "GET", "/uploads/"+id, nil).problem(t, 404)
	done := h.as(t, who, "POST", at+"60", scan(2)).want(t, 201)
	if got := h.as(t, who, "GET", "/uploads/"+done.text("id"), nil).want(t, 200); got.text("state") != "done" || got.number("pages") != 2 {
		t.Errorf("%v", got)
	}
	h.as(t, who, "POST", at+"60", raw{"application/pdf", []byte("%PDF-1.7 and nothing more")}).refuses(t, 422, "file")
}
