package parcel_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zhibu/internal/parcel"
)

func form(t *testing.T, write func(*multipart.Writer)) *parcel.Form {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	write(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &parcel.Form{Reader: multipart.NewReader(&b, w.Boundary()), Name: "file", Limit: 20, Broken: func(err error) error { return errors.Join(errBroken, err) },
		Field: func(string, string) error { return nil }}
}

var errBroken = errors.New("broken")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestFiles: the fields before the first file are told before it is given, and files come in their order.
func TestFiles(t *testing.T) {
	f := form(t, func(w *multipart.Writer) {
		must(t, w.WriteField("kind", "other"))
		for _, text := range []string{"one", "two"} {
			p, err := w.CreateFormFile("file", text+".png")
			must(t, err)
			_, err = p.Write([]byte(text))
			must(t, err)
		}
	})
	told := ""
	f.Field = func(name, text string) error { told = name + "=" + text; return nil }
	next, err := f.Files()
	if err != nil || told != "kind=other" {
		t.Fatalf("%q %v", told, err)
	}
	for _, want := range []string{"one", "two"} {
		part, err := next()
		must(t, err)
		if b, err := io.ReadAll(part); err != nil || string(b) != want || part.FileName() != want+".png" {
			t.Errorf("%q %v", b, err)
		}
	}
	for range 2 {
		if _, err := next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the last: %v", err)
		}
	}
}

// TestBadForms: what is too long, cut short or refused ends the reading.
func TestBadForms(t *testing.T) {
	long := form(t, func(w *multipart.Writer) { must(t, w.WriteField("title", strings.Repeat("a", 21))) })
	if _, err := long.Files(); !errors.Is(err, parcel.ErrLong) || !errors.Is(err, errBroken) {
		t.Errorf("too long: %v", err)
	}
	refused := errors.New("no such field")
	f := form(t, func(w *multipart.Writer) { must(t, w.WriteField("x", "")) })
	f.Field = func(string, string) error { return refused }
	if _, err := f.Files(); !errors.Is(err, refused) || errors.Is(err, errBroken) {
		t.Errorf("refused: %v", err)
	}
	cut := &parcel.Form{Reader: multipart.NewReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\noth"), "b"), Name: "file", Limit: 20,
		Broken: func(error) error { return errBroken }, Field: func(string, string) error { return nil }}
	if _, err := cut.Files(); !errors.Is(err, errBroken) {
		t.Errorf("cut short: %v", err)
	}
}

// TestFirstByte: headers stand when something is written, not before.
func TestFirstByte(t *testing.T) {
	to := httptest.NewRecorder()
	w := &parcel.FirstByte{To: to, Before: func(h http.Header) { h.Set("X", "set") }}
	if w.Begun || to.Header().Get("X") != "" {
		t.Error("headers before the first byte")
	}
	if _, err := w.Write([]byte("x")); err != nil || !w.Begun || to.Header().Get("X") != "set" || to.Body.String() != "x" {
		t.Errorf("%v %v", to.Header(), err)
	}
}
