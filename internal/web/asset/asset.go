package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Prefix is where the handler is mounted.
const Prefix = "/assets/"

//go:embed files
var embedded embed.FS

// file is one asset under its hashed name.
type file struct {
	kind   string
	plain  []byte
	brotli func() []byte
	gzip   func() []byte
}

var files, urls = load()

func load() (map[string]*file, map[string]string) {
	files, urls := map[string]*file{}, map[string]string{}
	entries, err := embedded.ReadDir("files")
	if err != nil {
		panic(err) // the files are compiled in
	}
	for _, e := range entries {
		b, err := embedded.ReadFile("files/" + e.Name())
		if err != nil {
			panic(err)
		}
		ext := path.Ext(e.Name())
		switch {
		case ext == ".css":
			b = tighten(b)
		case ext == ".js" && e.Name() != "htmx.js": // which goes out as it came
			b = scriptMargin.ReplaceAll(b, nil)
		}
		sum := sha256.Sum256(b)
		name := strings.TrimSuffix(e.Name(), ext) + "." + base64.RawURLEncoding.EncodeToString(sum[:9]) + ext
		kind := mime.TypeByExtension(ext)
		if ext == ".LICENSE" {
			name, kind = e.Name(), "text/plain; charset=utf-8"
		}
		files[name] = &file{
			kind:  kind,
			plain: b,
			brotli: sync.OnceValue(func() []byte {
				var out bytes.Buffer
				w := brotli.NewWriterLevel(&out, brotli.BestCompression)
				_, _ = w.Write(b) // a buffer takes everything
				_ = w.Close()
				return out.Bytes()
			}),
			gzip: sync.OnceValue(func() []byte {
				var out bytes.Buffer
				w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
				_, _ = w.Write(b)
				_ = w.Close()
				return out.Bytes()
			}),
		}
		urls[e.Name()] = Prefix + name
	}
	return files, urls
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssMark    = regexp.MustCompile(` ?([{};,>]) ?`)
)

// scriptMargin is what our own scripts need not carry: comments on lines of their own, and indentation.
var scriptMargin = regexp.MustCompile(`(?m)^[ \t]*(//.*\n|\n)?`)

// tighten takes comments and needless spaces out of the stylesheet: 7 % of what a first visit of it costs.
func tighten(css []byte) []byte {
	css = cssComment.ReplaceAll(css, nil)
	css = cssSpace.ReplaceAll(css, []byte(" "))
	return bytes.TrimSpace(cssMark.ReplaceAll(css, []byte("$1")))
}

// URL is the address of an asset by its own name, for instance site.css. It panics for one that does not exist, which
// the first test of a page finds.
func URL(name string) string {
	u, ok := urls[name]
	if !ok {
		panic("asset: no file " + name)
	}
	return u
}

// Handler serves the assets below Prefix. Their names change with their content, so they may be kept for a year.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Add("Vary", "Accept-Encoding")
		body := f.plain
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case accepts(accepted, "br"):
			h.Set("Content-Encoding", "br")
			body = f.brotli()
		case accepts(accepted, "gzip"):
			h.Set("Content-Encoding", "gzip")
			body = f.gzip()
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the browser went away: nobody to tell
		}
	})
}

// accepts tells whether an Accept-Encoding header allows a coding.
func accepts(header, coding string) bool {
	for _, part := range strings.Split(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000")
		}
	}
	return false
}
