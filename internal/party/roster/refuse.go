package roster

import (
	"bytes"
	"context"
	"errors"
	"io"

	"zhibu/internal/fault"
)

func damaged(cause error) error {
	return fault.New(fault.Invalid, "文件已损坏，无法读取。请用 Excel 或 WPS 打开检查，另存一份后再导入。").At("file").Because(cause)
}

func tooBig(limit int64) error {
	return fault.New(fault.Invalid, "文件解压后超过 %d MB，或者压缩比异常，已拒绝读取。请删去多余的格式、图片和空行，或者分成几个文件导入。", limit>>20).At("file")
}

// partFault turns what went wrong inside a part into a sentence; faults and cancellation pass as they are.
func partFault(err error) error {
	switch {
	case err == nil, fault.As(err) != nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errMoreThanDeclared):
		return fault.New(fault.Invalid, "文件解压后比它声明的更大，已拒绝读取。").At("file").Because(err)
	case errors.Is(err, errLongToken):
		return fault.New(fault.Invalid, "有一个单元格的内容过长，无法读取。请检查后再导入。").At("file").Because(err)
	}
	var stop stopError
	if errors.As(err, &stop) {
		return err
	}
	return damaged(err)
}

// refuseOther knows what else people upload, and says how to make a roster of it.
func refuseOther(src io.ReaderAt, size int64, head []byte) error {
	trimmed := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if contains(io.NewSectionReader(src, 0, size), utf16le("EncryptedPackage")) {
			return fault.New(fault.Invalid, "这个文件有打开密码。请用 Excel 或 WPS 打开，去掉密码，另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
		}
		return fault.New(fault.Invalid, "这是旧格式的 Excel 文件（.xls）。请用 Excel 或 WPS 打开，选择“文件—另存为”，保存类型选“Excel 工作簿（*.xlsx）”，再导入新文件。").At("file")
	case bytes.HasPrefix(trimmed, []byte("<!doctype html")), bytes.HasPrefix(trimmed, []byte("<html")),
		bytes.HasPrefix(trimmed, []byte("<table")), bytes.HasPrefix(trimmed, []byte("<?xml")):
		return fault.New(fault.Invalid, "这个文件是网页或 XML，只是用了表格的扩展名。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再导入。").At("file")
	case bytes.HasPrefix(head, []byte("%PDF-")), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xbc\xaf")),
		bytes.IndexByte(head, 0) >= 0 && !bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xfe\xff")):
		return fault.New(fault.Invalid, "这个文件不是表格。请上传 .xlsx 或 .csv 格式的党员花名册。").At("file")
	}
	return nil
}

func utf16le(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// contains searches a stream.
func contains(r io.Reader, what []byte) bool {
	x := &xmlReader{r: r, buf: make([]byte, 64<<10)}
	return x.skipThrough(string(what)) == nil
}
