package web

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/andybalholm/brotli/matchfinder"
)

// Pages are compressed as they leave, at settings that cost little: of a list of 24 KB the newer encoder makes 4.1 KB
// in 0.12 ms at level 3, the older one 4.2 KB in 0.21 ms at level 3 and 3.4 KB in 0.48 ms at level 5, which is more
// than the page itself takes. gzip at level 2: 4.4 KB in 0.11 ms.
const (
	worthSqueezing = 1 << 10
	brotliLevel    = 3
	gzipLevel      = 2
)

var (
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterV2(nil, brotliLevel) }}
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
		w := brotlis.Get().(*matchfinder.Writer)
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
