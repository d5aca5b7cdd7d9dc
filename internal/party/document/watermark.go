package document

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"

	"zhibu/internal/party/document/typeface"
	"zhibu/internal/words"
)

// markText is who looks, from where, and when. A name that the typeface cannot write is left to the login.
func markText(name, login, code string, at time.Time) string {
	if lacking, err := typeface.Lacking(nil, name); err != nil || lacking != "" {
		name = ""
	}
	return strings.Join(strings.Fields(strings.Join([]string{name, login, code, words.Moment(at)}, " ")), " ")
}

var markFont = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(typeface.Han())
	if err != nil {
		panic(err) // a defect of what is shipped
	}
	return f
})

// watermark draws a text all over a picture, so that no part of it can be shown without.
func watermark(b []byte, text string) ([]byte, error) {
	src, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(src.Bounds())
	draw.Draw(out, out.Bounds(), src, src.Bounds().Min, draw.Src)
	w, h := out.Bounds().Dx(), out.Bounds().Dy()
	size := float64(max(w, h)) / 55
	strip, err := strip(text, max(size, 11))
	if err != nil {
		return nil, err
	}
	sw, sh := float64(strip.Bounds().Dx()), float64(strip.Bounds().Dy())
	sin, cos := math.Sincos(-25 * math.Pi / 180)
	reach := math.Hypot(float64(w), float64(h)) // u runs along the lines, v across them, from the picture's middle
	stepU, stepV := sw+3*sh, 5*sh
	for row, v := 0, -reach/2; v < reach/2; row, v = row+1, v+stepV {
		for u := -reach/2 - stepU/2*float64(row%2); u < reach/2; u += stepU {
			turn := f64.Aff3{cos, -sin, float64(w)/2 + u*cos - v*sin, sin, cos, float64(h)/2 + u*sin + v*cos}
			draw.ApproxBiLinear.Transform(out, turn, strip, strip.Bounds(), draw.Over, nil)
		}
	}
	return encode(out)
}

// strip writes a text in half-clear grey, which shows on light and on dark.
func strip(text string, size float64) (*image.RGBA, error) {
	face, err := opentype.NewFace(markFont(), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	m := face.Metrics()
	img := image.NewRGBA(image.Rect(0, 0, font.MeasureString(face, text).Ceil()+2, (m.Ascent+m.Descent).Ceil()+2))
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.NRGBA{120, 120, 120, 110}), Face: face, Dot: fixed.Point26_6{X: fixed.I(1), Y: m.Ascent}}
	d.DrawString(text)
	return img, nil
}
