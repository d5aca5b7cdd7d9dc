package web

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Pages are compressed as they leave, at settings that cost little: what a faster machine would save on the line is
// less than what a slower one would lose in time. Measured in squeeze_test.go.
const (
	worthSqueezing = 1 << 10
	brotliLevel    = 5
	gzipLevel      = 3
)

var (
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, brotliLevel) }}
	gzips   = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzipLevel); return w }}
)

func release(b *bytes.Buffer) { buffers.Put(b) }

// squeeze compresses a page in a way the browser accepts; nil when it is too small or the browser accepts none.
func squeeze(accepted string, body []byte) (*bytes.Buffer, string) {
	if len(body) < worthSqueezing {
		return nil, ""
	}
	switch {
	case accepts(accepted, "br"):
		out := buffers.Get().(*bytes.Buffer)
		out.Reset()
		w := brotlis.Get().(*brotli.Writer)
		w.Reset(out)
		_, _ = w.Write(body) // a buffer takes everything
		_ = w.Close()
		brotlis.Put(w)
		return out, "br"
	case accepts(accepted, "gzip"):
		out := buffers.Get().(*bytes.Buffer)
		out.Reset()
		w := gzips.Get().(*gzip.Writer)
		w.Reset(out)
		_, _ = w.Write(body)
		_ = w.Close()
		gzips.Put(w)
		return out, "gzip"
	}
	return nil, ""
}

// accepts tells whether an Accept-Encoding header allows a coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
		}
	}
	return false
}
