package web

import (
	"io"
	"mime"
	"net/http"

	"zhibu/internal/parcel"
	"zhibu/internal/party/roster"
)

// mediaTypes of the files that are given out.
var mediaTypes = map[string]string{
	roster.FormatXLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	roster.FormatCSV:  "text/csv; charset=utf-8",
	"json":            "application/json",
	"pdf":             "application/pdf",
}

// download answers with a file. What fails before the first byte is a page like any other failure; what fails behind
// it cuts the connection, so that nobody takes half a file for a whole one.
func (v *visit) download(name, format string, write func(io.Writer) error) error {
	w := &parcel.FirstByte{To: v.w, Before: func(h http.Header) {
		h.Set("Content-Type", mediaTypes[format])
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + "." + format}))
		h.Set("Cache-Control", "no-store")
	}}
	err := write(w)
	if err != nil && w.Begun {
		v.s.log.Error("download cut", "request", v.request, "pattern", notedOf(v.ctx()).pattern, "error", err.Error())
		panic(http.ErrAbortHandler)
	}
	return err
}
