package document_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

// readPDF gives the words of a PDF, by the reader that the tests need (scripts/test-needs).
func readPDF(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "record.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return string(out)
}

// TestHandOver: the paper says who, what for and to whom, and so does the record of the look, which the member sees.
func TestHandOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, m := c.Actor("party-worker"), someone(c)
		upload(c, worker, m.ID, fileOf(photo(t, 1)), fileOf(photo(t, 2)))
		var without, out bytes.Buffer
		h := document.Handover{Purpose: "转接组织关系", Recipient: "大河县教育局党委", Images: false}
		if err := c.Documents.HandOver(ctx, worker, m.ID, h, &without); err != nil {
			t.Fatal(err)
		}
		h.Images = true
		if err := c.Documents.HandOver(ctx, worker, m.ID, h, &out); err != nil {
			t.Fatal(err)
		}
		text := readPDF(t, out.Bytes())
		for _, want := range []string{"党员档案（副本）", m.Name, "转接组织关系", "大河县教育局党委", worker.Name, "加入党组织日期", m.Joined.String(), "毕业证书", "第 1 页，共"} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper lacks %q:\n%s", want, text)
			}
		}
		if a, b := strings.Count(readPDF(t, without.Bytes()), "\f"), strings.Count(text, "\f"); b != a+2 {
			t.Errorf("%d pages without and %d with two pictures", a, b)
		}
		looks, err := c.Members.Looks(ctx, c.Everything(), m.ID, 5)
		if err != nil || len(looks) != 2 || looks[0].Kind != member.HandedOver || looks[0].Purpose != "转接组织关系，交给大河县教育局党委" {
			t.Errorf("looks %+v %v", looks, err)
		}
		c.Sound()
	})
}

func TestHandOverRefuses(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	worker, m := c.Actor("party-worker"), someone(c)
	fields := func(h document.Handover) string {
		var out bytes.Buffer
		err := c.Documents.HandOver(ctx, worker, m.ID, h, &out)
		if fault.Of(err) != fault.Invalid || out.Len() > 0 {
			t.Errorf("%+v: %d bytes, %v", h, out.Len(), err)
			return ""
		}
		return fault.As(err).Field
	}
	if fields(document.Handover{Recipient: "某党委"}) != "purpose" || fields(document.Handover{Purpose: "转接"}) != "recipient" {
		t.Error("a paper without purpose or recipient")
	}
	var out bytes.Buffer
	err := c.Documents.HandOver(ctx, worker, m.ID, document.Handover{Purpose: "转接", Recipient: "㛃水村党支部、䶮山村党支部"}, &out)
	if e := fault.As(err); e == nil || !strings.Contains(e.Error(), "㛃 䶮") || out.Len() > 0 {
		t.Errorf("signs that the typeface lacks: %v", err)
	}
	for role, want := range map[string]fault.Kind{"branch-secretary": fault.Forbidden, "reviewer": fault.Forbidden, "auditor": fault.NotFound} {
		if err := c.Documents.HandOver(ctx, c.Actor(role), m.ID, document.Handover{Purpose: "转接", Recipient: "某党委"}, &out); fault.Of(err) != want {
			t.Errorf("%s: %v", role, err)
		}
	}
	if looks, err := c.Members.Looks(ctx, c.Everything(), m.ID, 5); err != nil || len(looks) != 0 {
		t.Errorf("looks at what was refused: %+v %v", looks, err)
	}
	self := ledger.Actor{Account: "self", Name: m.Name, Role: "member", Member: m.ID, Scope: store.Self(m.ID, m.OrgPath)}
	if err := c.Documents.HandOver(ctx, self, m.ID, document.Handover{Purpose: "本人留存", Recipient: "本人"}, &out); err != nil {
		t.Errorf("one's own copy: %v", err)
	}
}
