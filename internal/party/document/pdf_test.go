package document

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"zhibu/internal/fault"
	"zhibu/internal/party/document/documenttest"
)

func pagesOf(t *testing.T, b []byte) (pages []*image.RGBA, err error) {
	t.Helper()
	s := &Service{Temp: shared}
	err = s.eachPDFPage(context.Background(), b, drawing{count: func(int) {}, have: func() bool { return false }, draw: func(p *image.RGBA) error {
		pages = append(pages, p)
		return nil
	}})
	return pages, err
}

var shared string // keeps PDFium's translation between tests

// Translated is where it lies.
func Translated() string { return shared }

// WithTranslation runs the tests of the package, of which both kinds read PDFs.
func WithTranslation(run func() int) int {
	dir, err := os.MkdirTemp("", "pdfium")
	if err != nil {
		panic(err)
	}
	shared = dir
	defer os.RemoveAll(dir)
	return run()
}

func TestPDFWithScript(t *testing.T) {
	pages, err := pagesOf(t, documenttest.WithScript.Content)
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if got := pages[0].RGBAAt(300, 200); got != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("the page shows %v", got)
	}
	p, err := makePage(pages[0])
	if err != nil || bytes.Contains(p.full, []byte("alert")) || bytes.Contains(p.full, []byte("PDF")) {
		t.Errorf("something of the file survives: %v", err)
	}
}

func TestBadPDFs(t *testing.T) {
	page := func(box, more string) []byte {
		return documenttest.PDF("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox "+box+" /Contents 4 0 R >>", more)
	}
	locked := fpdf.New("P", "mm", "A4", "")
	locked.SetProtection(0, "reader", "owner")
	locked.AddPage()
	var sealed bytes.Buffer
	if err := locked.Output(&sealed); err != nil {
		t.Fatal(err)
	}
	kids := strings.Repeat("3 0 R ", maxPages+1)
	for name, c := range map[string]struct {
		file []byte
		say  string
	}{
		"a name alone": {[]byte("%PDF-1.7"), "不完整"},
		"cut":          {documenttest.WithScript.Content[:len(documenttest.WithScript.Content)/3], "不完整"},
		"no pages":     {documenttest.PDF("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), "不完整"},
		"a line":       {page("[0 0 1 50000]", documenttest.Stream("")), "大小不正常"},
		"locked":       {sealed.Bytes(), "密码"},
		"too many":     {documenttest.PDF("<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, maxPages+1), "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"), "最多"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pagesOf(t, c.file)
			if e := fault.As(err); e == nil || e.Kind != fault.Invalid || !strings.Contains(e.Error(), c.say) {
				t.Errorf("%v", err)
			}
		})
	}
	pages, err := pagesOf(t, page("[0 0 14400 14400]", documenttest.Stream("0 1 0 rg 0 0 14400 14400 re f")))
	if err != nil || len(pages) != 1 || pages[0].Bounds().Dx() > keepSide {
		t.Errorf("a huge page: %v", err)
	}
}

// TestChineseWithoutTypeface: what names a typeface that it does not bring along is drawn with ours, not left out.
func TestChineseWithoutTypeface(t *testing.T) {
	pages, err := pagesOf(t, documenttest.PDF("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
		documenttest.Stream("BT /F 60 Tf 20 30 Td <515A> Tj ET"),
		"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
		"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent 200 /CapHeight 700 /StemV 80 >>"))
	if err != nil || len(pages) != 1 {
		t.Fatal(err)
	}
	dark := 0
	for i := 0; i < len(pages[0].Pix); i += 4 {
		if pages[0].Pix[i] < 100 {
			dark++
		}
	}
	if dark < 2000 {
		t.Errorf("%d dark pixels: the sign is not there", dark)
	}
}
