// Package documenttest holds files that people should not have sent: each is what its name says, made here byte by byte.
package documenttest

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// File is a file as somebody sends it.
type File struct {
	Name, Kind string // its name and what the browser says of it
	Content    []byte
}

// Bad are files that are refused by what is in them, whatever their name says.
func Bad() map[string]File {
	return map[string]File{
		"a renamed executable":   {"毕业证书.jpg", "image/jpeg", append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04"), bytes.Repeat([]byte{0}, 512)...)},
		"an SVG with script":     {"毕业证书.png", "image/png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)},
		"1 pixel by 50,000":      {"毕业证书.png", "image/png", line()},
		"a PDF that is a script": {"毕业证书.pdf", "application/pdf", []byte("%PDF-1.7\n1 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj\n")},
	}
}

// line is a real picture, of a shape that no paper has.
func line() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 50000))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// PDF makes a PDF of plain objects, the first of which is the catalogue.
func PDF(objects ...string) []byte {
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

// Stream is an object of content.
func Stream(text string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)
}

// WithScript is a PDF whose page is a red square, and which runs a script and a program when it is opened.
var WithScript = File{"毕业证书.pdf", "application/pdf", PDF(
	"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /Launch /F (cmd.exe) >> >> >>",
	"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
	Stream("1 0 0 rg 0 0 200 100 re f"),
)}
