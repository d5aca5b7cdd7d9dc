package document

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"zhibu/internal/fault"
)

// Limits of pictures. They keep a file of a few bytes from filling the machine's memory, and are checked before
// anything is decoded.
const (
	minSide   = 100       // what is narrower cannot be read
	maxSide   = 20000     // pixels
	maxMemory = 320 << 20 // bytes that decoding takes
	maxScans  = 100       // passes of a progressive JPEG: each costs a walk over the whole picture
	keepSide  = 3508      // the longer side as it is kept: A4 at 300 dots an inch
	thumbSide = 160
	quality   = 85
)

// page is one page as it is kept: a JPEG that this program has written, and a small one for lists.
type page struct{ full, thumb []byte }

func damaged(err error) error {
	return fault.New(fault.Invalid, "这张图片打不开：文件不完整或已损坏。请重新拍照，或者重新传一次。").At("file").Because(err)
}

// picture makes a page of a photograph: its pixels, upright, and nothing else of the file.
func picture(b []byte, f format) (page, error) {
	var facts jpegFacts
	read, decode := png.DecodeConfig, png.Decode
	if f == jpegFormat {
		if facts = inspectJPEG(b); facts.scans > maxScans {
			return page{}, fault.New(fault.Invalid, "这张图片的存法不正常，不能收。请重新拍照，或者另存为 JPEG。").At("file")
		}
		read, decode = jpeg.DecodeConfig, jpeg.Decode
	}
	c, err := read(bytes.NewReader(b))
	if err != nil {
		return page{}, damaged(err)
	}
	if err := checkSize(c, facts); err != nil {
		return page{}, err
	}
	img, err := decode(bytes.NewReader(b))
	if err != nil {
		return page{}, damaged(err)
	}
	return makePage(upright(fit(img, keepSide), facts.orientation))
}

func checkSize(c image.Config, f jpegFacts) error {
	w, h := c.Width, c.Height
	switch {
	case w < minSide || h < minSide:
		return fault.New(fault.Invalid, "图片只有 %d×%d 像素，看不清内容。请走近重拍，每边至少 %d 像素。", w, h, minSide).At("file")
	case w > maxSide || h > maxSide || int64(w)*int64(h)*bytesPerPixel(c, f) > maxMemory:
		return fault.New(fault.Invalid, "图片有 %d×%d 像素，太大了。请用手机的普通照片模式重拍，或者把扫描分辨率调到 300。", w, h).At("file")
	}
	return nil
}

// bytesPerPixel is what a decoder takes of memory.
func bytesPerPixel(c image.Config, f jpegFacts) int64 {
	switch {
	case f.progressive:
		return 15 // coefficients of all passes beside the picture
	case c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model:
		return 8
	}
	return 4
}

// fit draws a picture on white, at most so many pixels on its longer side.
func fit(img image.Image, most int) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if longer := max(w, h); longer > most {
		w, h = max(1, w*most/longer), max(1, h*most/longer)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	if w == img.Bounds().Dx() && h == img.Bounds().Dy() {
		draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Over)
	} else {
		draw.BiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	}
	return out
}

// upright turns a picture as its EXIF orientation says.
func upright(in *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := turned(orientation, x, y, w, h)
			copy(out.Pix[out.PixOffset(tx, ty):][:4], in.Pix[in.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned is where a pixel of a stored picture stands in the upright one.
func turned(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

func makePage(img *image.RGBA) (p page, err error) {
	if p.full, err = encode(img); err != nil {
		return p, err
	}
	p.thumb, err = encode(fit(img, thumbSide))
	return p, err
}

func encode(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
