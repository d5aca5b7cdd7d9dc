package document

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"zhibu/internal/fault"
	"zhibu/internal/party/document/typeface"
)

// A PDF is shown once, by PDFium, and what is kept is what it looked like: scripts, forms, links and attachments end
// there. PDFium is compiled to WebAssembly without a script engine. It runs in a memory of its own, which cannot grow
// past a bound, sees no file but one typeface, reaches no network, and is broken off when its time is over. It is
// started for each file anew, so that one file leaves nothing to the next.
const (
	pdfMemory   = 512 << 20 / 65536 // pages of WebAssembly
	pdfTime     = 30 * time.Minute  // for one file; where PDFium is interpreted a scanned page takes half a minute
	pdfPageTime = 3 * time.Minute
	pdfDots     = 300 // an inch
	pdfShape    = 20  // how many times longer than wide a page may be
)

// drawing is what is done with the pages of a PDF.
type drawing struct {
	count func(pages int)         // told before the first
	have  func() bool             // whether the next page is there already, from before a restart
	draw  func(*image.RGBA) error // given the next page
}

// eachPDFPage draws every page in its order.
func (s *Service) eachPDFPage(ctx context.Context, b []byte, to drawing) (err error) {
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // of the library, which PDFium's end surprises
			err = brokenPDF(fmt.Errorf("document: PDFium: %v", p))
		}
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fault.New(fault.Invalid, "这个 PDF 处理了太久还没有完。请分成几份再传，或者打印出来扫描。").At("file")
		}
	}()
	pool, err := s.startPDFium(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	pdf, err := pool.GetInstance(time.Minute)
	if err != nil {
		return err
	}
	defer pdf.Close()
	doc, err := pdf.OpenDocument(&requests.OpenDocument{File: &b})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return fault.New(fault.Invalid, "这个 PDF 有密码，打不开。请去掉密码再传，或者打印出来扫描。").At("file").Because(err)
	case err != nil:
		return brokenPDF(err)
	}
	count, err := pdf.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return brokenPDF(err)
	}
	if count.PageCount > maxPages {
		return fault.New(fault.Invalid, "一份材料最多 %d 页，其余的请另传。", maxPages).At("file")
	}
	to.count(count.PageCount)
	for i := range count.PageCount {
		if to.have() {
			continue
		}
		if err := pdfPage(ctx, cancel, pdf, doc.Document, i, to.draw); err != nil {
			return err
		}
	}
	if count.PageCount == 0 {
		return brokenPDF(nil)
	}
	return nil
}

func brokenPDF(err error) error {
	return fault.New(fault.Invalid, "这个 PDF 打不开：文件不完整或已损坏。请重新扫描，或者存成 JPEG 再传。").At("file").Because(err)
}

// pdfPage draws one page. A page that takes too long ends the whole file.
func pdfPage(ctx context.Context, cancel context.CancelFunc, pdf pdfium.Pdfium, doc references.FPDF_DOCUMENT, i int, fn func(*image.RGBA) error) error {
	size, err := pdf.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: doc, Index: i})
	if err != nil {
		return brokenPDF(err)
	}
	w, h := size.Width, size.Height
	if !(w > 1 && h > 1 && w < pdfShape*h && h < pdfShape*w) { // so that what is not a number is refused too
		return fault.New(fault.Invalid, "PDF 第 %d 页的大小不正常，不能收。请重新扫描。", i+1).At("file")
	}
	scale := min(pdfDots/72.0, keepSide/w, keepSide/h)
	late := time.AfterFunc(pdfPageTime, cancel)
	r, err := pdf.RenderPageInPixels(&requests.RenderPageInPixels{
		Page:  requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: i}},
		Width: max(1, int(w*scale)), Height: max(1, int(h*scale)),
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, // seals are often annotations
	})
	if !late.Stop() || ctx.Err() != nil {
		return fault.New(fault.Invalid, "这个 PDF 处理了太久还没有完。请分成几份再传，或者打印出来扫描。").At("file").Because(err)
	}
	if err != nil {
		return brokenPDF(err)
	}
	defer r.Cleanup()
	return fn(fit(r.Result.RenderedImage, keepSide))
}

// startPDFium translates the module at the first time and keeps the translation beside the typeface in the private
// directory; later starts take a fraction of a second.
func (s *Service) startPDFium(ctx context.Context) (pdfium.Pool, error) {
	fonts := filepath.Join(s.Temp, "root", "usr", "share", "fonts")
	if err := os.MkdirAll(fonts, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(fonts, "wqy-microhei.ttf"), typeface.Han(), 0o600); err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(s.Temp, "pdfium"))
	if err != nil {
		return nil, err
	}
	return webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1, Stdout: io.Discard, Stderr: io.Discard,
		FSConfig: wazero.NewFSConfig().WithReadOnlyDirMount(filepath.Join(s.Temp, "root"), "/"),
		RuntimeConfig: wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(pdfMemory).WithCloseOnContextDone(true).WithCompilationCache(cache),
	})
}
