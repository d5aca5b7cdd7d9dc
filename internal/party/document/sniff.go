package document

import (
	"bytes"
	"encoding/binary"

	"zhibu/internal/fault"
)

// format is what a file is by its content; its name and what the browser says of it are not asked.
type format int

const (
	unknown format = iota
	jpegFormat
	pngFormat
	pdfFormat
)

// formatOf judges by the first bytes, and refuses with what to do.
func formatOf(b []byte) (format, error) {
	switch {
	case len(b) == 0:
		return unknown, fault.New(fault.Invalid, "文件是空的，请重新拍照或选择。").At("file")
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return jpegFormat, nil
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return pngFormat, nil
	case bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")):
		return pdfFormat, nil
	case len(b) > 12 && string(b[4:8]) == "ftyp":
		return unknown, fault.New(fault.Invalid, "这是 HEIC 照片或视频，这里打不开。请在手机“设置 › 相机 › 格式”里选“兼容性最佳”后重拍，或者另存为 JPEG。").At("file")
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return unknown, fault.New(fault.Invalid, "这是 WebP 图片，这里打不开。请另存为 JPEG 或 PNG，或者重新拍照。").At("file")
	case bytes.HasPrefix(b, []byte("II*\x00")), bytes.HasPrefix(b, []byte("MM\x00*")):
		return unknown, fault.New(fault.Invalid, "这是 TIFF 图片，这里打不开。请在扫描时选 PDF 或 JPEG。").At("file")
	}
	return unknown, fault.New(fault.Invalid, "这个文件不是照片（JPEG、PNG），也不是 PDF，不能收。请拍照，或者扫描成 PDF 再传。").At("file")
}

// jpegFacts are what is read of a JPEG before it is decoded.
type jpegFacts struct {
	orientation int // 1–8, as EXIF has it
	progressive bool
	scans       int
}

// inspectJPEG walks over the segments. What does not look like one ends the walk: the decoder says the rest.
func inspectJPEG(b []byte) (f jpegFacts) {
	f.orientation = 1
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff {
			i++ // inside of a scan
			continue
		}
		marker := b[i+1]
		switch {
		case marker == 0xff:
			i++
			continue
		case marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd9: // stuffed byte, or a marker without length
			i += 2
			continue
		}
		length := int(binary.BigEndian.Uint16(b[i+2:]))
		if marker == 0xc2 {
			f.progressive = true
		}
		if marker == 0xda {
			f.scans++
		}
		end := i + 2 + length
		if marker == 0xe1 && end <= len(b) && length > 2 {
			if o := exifOrientation(b[i+4 : end]); o != 0 {
				f.orientation = o
			}
		}
		i = max(end, i+4)
	}
	return f
}

// exifOrientation finds tag 0x0112 in an APP1 segment, 0 if there is none.
func exifOrientation(b []byte) int {
	t, ok := bytes.CutPrefix(b, []byte("Exif\x00\x00"))
	if !ok || len(t) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if t[0] == 'M' {
		order = binary.BigEndian
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 0
	}
	n := int(order.Uint16(t[at:]))
	for i := range n {
		e := at + 2 + uint64(i)*12
		if e+12 > uint64(len(t)) {
			return 0
		}
		if order.Uint16(t[e:]) == 0x0112 {
			if o := int(order.Uint16(t[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}
