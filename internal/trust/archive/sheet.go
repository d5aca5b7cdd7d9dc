package archive

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	htmltemplate "html/template"
	"image/png"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// The sheet is read on paper, by somebody who may not read Chinese, on a day when nothing else works: both languages
// stand on it.
//
//go:embed sheet.html
var htmlSheet string

//go:embed sheet.txt
var textSheet string

// sheet renders the page to print and the same as plain text.
func (k *Kit) sheet() (html, text []byte, err error) {
	code, err := qr.Encode(strings.TrimSpace(k.Identity), qr.M, qr.AlphaNumeric)
	if err != nil {
		return nil, nil, fmt.Errorf("qr code: %w", err)
	}
	if code, err = barcode.Scale(code, 4*code.Bounds().Dx(), 4*code.Bounds().Dy()); err != nil {
		return nil, nil, fmt.Errorf("qr code: %w", err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, code); err != nil {
		return nil, nil, err
	}
	facts := map[string]any{
		"Installation": k.Installation,
		"Made":         k.Made.Format(time.DateOnly),
		"Identity":     groups(strings.TrimSpace(k.Identity)),
		"Verifier":     k.Verifier,
		"KeyFileSum":   fmt.Sprintf("%x", sha256.Sum256(k.KeyFile)),
		"Demo":         len(k.Passphrase) > 0,
		"Code":         htmltemplate.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())), //nolint:gosec // our own picture
	}
	var h, t bytes.Buffer
	page, err := htmltemplate.New("sheet").Parse(htmlSheet)
	if err != nil {
		return nil, nil, err
	}
	if err := page.Execute(&h, facts); err != nil {
		return nil, nil, err
	}
	plain, err := texttemplate.New("sheet").Parse(textSheet)
	if err != nil {
		return nil, nil, err
	}
	if err := plain.Execute(&t, facts); err != nil {
		return nil, nil, err
	}
	return h.Bytes(), t.Bytes(), nil
}

// groups cuts a long key into pieces of eight that an eye can follow; ReadKit takes it with or without the spaces.
func groups(s string) []string {
	var out []string
	for len(s) > 8 {
		out = append(out, s[:8])
		s = s[8:]
	}
	return append(out, s)
}
