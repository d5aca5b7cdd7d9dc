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
)

// written makes a PDF of plain objects, the first of which is the catalogue.
func written(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

func stream(text string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)
}

// withScript draws a red square, and would run a script when opened.
var withScript = written(
	"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /Launch /F (cmd.exe) >> >> >>",
	"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
	stream("1 0 0 rg 0 0 200 100 re f"),
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
	pages, err := pagesOf(t, withScript)
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
		return written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
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
		"cut":          {withScript[:len(withScript)/3], "不完整"},
		"no pages":     {written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"), "不完整"},
		"a line":       {page("[0 0 1 50000]", stream("")), "大小不正常"},
		"locked":       {sealed.Bytes(), "密码"},
		"too many":     {written("<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, maxPages+1), "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>"), "最多"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pagesOf(t, c.file)
			if e := fault.As(err); e == nil || e.Kind != fault.Invalid || !strings.Contains(e.Error(), c.say) {
				t.Errorf("%v", err)
			}
		})
	}
	pages, err := pagesOf(t, page("[0 0 14400 14400]", stream("0 1 0 rg 0 0 14400 14400 re f")))
	if err != nil || len(pages) != 1 || pages[0].Bounds().Dx() > keepSide {
		t.Errorf("a huge page: %v", err)
	}
}

// TestChineseWithoutTypeface: what names a typeface that it does not bring along is drawn with ours, not left out.
func TestChineseWithoutTypeface(t *testing.T) {
	pages, err := pagesOf(t, written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
		stream("BT /F 60 Tf 20 30 Td <515A> Tj ET"),
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
