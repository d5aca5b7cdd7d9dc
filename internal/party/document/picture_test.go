package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"zhibu/internal/fault"
)

// corner draws a picture that is red at the top left and blue elsewhere.
func corner(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 200, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{200, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	b, err := encode(img)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an APP1 segment with an orientation and a text in front of the picture.
func withEXIF(b []byte, orientation uint16, text string) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, 0x0112)
	tiff = binary.LittleEndian.AppendUint16(tiff, 3)
	tiff = binary.LittleEndian.AppendUint32(tiff, 1)
	tiff = binary.LittleEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	body := append(append([]byte("Exif\x00\x00"), tiff...), text...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(head, body...), b[2:]...)
}

// pngOf is a PNG that claims a size and has no pixels.
func pngOf(w, h uint32, depth, kind byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, kind, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(out, head...), crc32.ChecksumIEEE(head))
}

// TestOrientation: whichever way the camera was held, the red corner comes out at the top left.
func TestOrientation(t *testing.T) {
	for o := uint16(1); o <= 8; o++ {
		stored := image.NewRGBA(image.Rect(0, 0, 300, 200))
		if o >= 5 {
			stored = image.NewRGBA(image.Rect(0, 0, 200, 300))
		}
		up := corner(300, 200)
		w, h := stored.Bounds().Dx(), stored.Bounds().Dy()
		for y := range h {
			for x := range w {
				tx, ty := turned(int(o), x, y, w, h)
				stored.SetRGBA(x, y, up.RGBAAt(tx, ty))
			}
		}
		p, err := picture(withEXIF(asJPEG(t, stored), o, "GPS 31.2304N 121.4737E"), jpegFormat)
		if err != nil {
			t.Fatalf("%d: %v", o, err)
		}
		if bytes.Contains(p.full, []byte("GPS")) || bytes.Contains(p.full, []byte("Exif")) {
			t.Errorf("%d: EXIF survived", o)
		}
		got, err := jpeg.Decode(bytes.NewReader(p.full))
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds().Dx() != 300 || got.Bounds().Dy() != 200 {
			t.Errorf("%d: %v", o, got.Bounds())
		}
		r, _, b, _ := got.At(20, 20).RGBA()
		r2, _, b2, _ := got.At(280, 180).RGBA()
		if r < b || r2 > b2 {
			t.Errorf("%d: not upright", o)
		}
	}
}

func TestBadPictures(t *testing.T) {
	good := asJPEG(t, corner(800, 600))
	many := bytes.Repeat([]byte{0xff, 0xda, 0, 2}, maxScans+1)
	for name, c := range map[string]struct {
		file []byte
		say  string
	}{
		"renamed executable":       {append([]byte("MZ\x90\x00\x03"), good...), "不是照片"},
		"ELF":                      {[]byte("\x7fELF\x02\x01\x01"), "不是照片"},
		"SVG with script":          {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "不是照片"},
		"HTML":                     {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "不是照片"},
		"zip":                      {[]byte("PK\x03\x04word/document.xml"), "不是照片"},
		"HEIC":                     {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		"WebP":                     {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "WebP"},
		"TIFF":                     {[]byte("II*\x00\x08\x00\x00\x00"), "TIFF"},
		"empty":                    {nil, "空"},
		"1 by 50,000":              {asPNG(t, image.NewGray(image.Rect(0, 0, 1, 50000))), "1×50000"},
		"50,000 by 50,000":         {pngOf(50000, 50000, 8, 2), "50000×50000"},
		"deep and large":           {pngOf(8000, 8000, 16, 6), "8000×8000"},
		"more than memory":         {pngOf(1<<31-1, 1<<31-1, 8, 2), ""},
		"PNG without pixels":       {pngOf(800, 600, 8, 2), "不完整"},
		"cut JPEG":                 {good[:len(good)/2], "不完整"},
		"JPEG head alone":          {good[:20], "不完整"},
		"JPEG of a thousand scans": {append(append([]byte{}, good[:2]...), append(many, good[2:]...)...), "不正常"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := formatOf(c.file)
			if err == nil {
				_, err = picture(c.file, f)
			}
			e := fault.As(err)
			if e == nil || e.Kind != fault.Invalid || e.Field != "file" || !strings.Contains(e.Error(), c.say) {
				t.Errorf("%v", err)
			}
		})
	}
}

// What stands behind the end of a picture, or in a chunk of its own, is not kept.
func TestOnlyPixelsSurvive(t *testing.T) {
	secret := "BEGIN-OF-SOMETHING-ELSE"
	for _, b := range [][]byte{append(asJPEG(t, corner(400, 300)), secret...), append(asPNG(t, corner(400, 300)), secret...)} {
		f, err := formatOf(b)
		if err != nil {
			t.Fatal(err)
		}
		p, err := picture(b, f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(p.full, []byte(secret)) {
			t.Error("what was hidden behind the picture is kept")
		}
	}
}

// TestLargeIsMadeSmaller: no page is kept larger than A4 at 300 dots an inch.
func TestLargeIsMadeSmaller(t *testing.T) {
	p, err := picture(asPNG(t, image.NewGray(image.Rect(0, 0, 5000, 1000))), pngFormat)
	if err != nil {
		t.Fatal(err)
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(p.full))
	if err != nil || c.Width != keepSide || c.Height != 701 {
		t.Errorf("%d×%d %v", c.Width, c.Height, err)
	}
	c, err = jpeg.DecodeConfig(bytes.NewReader(p.thumb))
	if err != nil || c.Width != thumbSide {
		t.Errorf("thumbnail %d×%d %v", c.Width, c.Height, err)
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(withEXIF(asJPEG(f, corner(120, 110)), 6, ""))
	f.Add(asPNG(f, corner(120, 110)))
	f.Add(pngOf(20000, 20000, 8, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		format, err := formatOf(b)
		if err != nil || format == pdfFormat {
			return
		}
		if _, err := picture(b, format); err != nil && fault.Of(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// differing counts the pixels in which two pictures clearly differ.
func differing(t *testing.T, x, y []byte) (n, of int) {
	t.Helper()
	a, err := jpeg.Decode(bytes.NewReader(x))
	if err != nil {
		t.Fatal(err)
	}
	b, err := jpeg.Decode(bytes.NewReader(y))
	if err != nil {
		t.Fatal(err)
	}
	for j := a.Bounds().Min.Y; j < a.Bounds().Max.Y; j++ {
		for i := a.Bounds().Min.X; i < a.Bounds().Max.X; i++ {
			r, _, _, _ := a.At(i, j).RGBA()
			s, _, _, _ := b.At(i, j).RGBA()
			if of++; max(r, s)-min(r, s) > 0x1000 {
				n++
			}
		}
	}
	return n, of
}
