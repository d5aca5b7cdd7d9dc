package view

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white border a QR code needs, in modules.
const quiet = 4

// qrPath gives the dark modules of a text's QR code as an SVG path and the side of the drawing in modules, 0 when the
// text does not fit into one.
func qrPath(text string) (string, int) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0
	}
	side := code.Bounds().Dx()
	var b strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			start := x
			for x < side && dark(code.At(x, y)) {
				x++
			}
			if x > start {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	return b.String(), side + 2*quiet
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
