package web

import (
	"bytes"
	"io"
	"net/url"

	"github.com/a-h/templ"

	"zhibu/internal/party/document"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// A copy of the whole record, for lawful handover and for whoever it is about.

func (s *Server) askHandover(v *visit) error {
	d, err := v.file(access.Run)
	if err != nil {
		return err
	}
	values := url.Values{"images": {"yes"}}
	if d.own {
		values.Set("recipient", v.t("本人"))
	}
	page, err := v.handoverPage(d, v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) handoverPage(d dossier, f view.Form) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	out := view.HandoverForm{Form: f, Member: ref, Own: d.own}
	if !d.own {
		out.Purposes = append([]view.Option{{Label: view.Say("请选择")}}, purposeOptions(access.RevealPurposes())...)
	}
	return view.HandoverPage(v.page(view.Say("制作档案副本"), d.here(), d.crumbs()...), out), nil
}

// handOver makes the paper whole, with its act committed, before anything of it is given.
func (s *Server) handOver(v *visit) error {
	d, err := v.file(access.Run)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	purpose := document.OwnCopy
	if !d.own {
		purpose, err = purposeOf(values, access.RevealPurposes())
	}
	var out bytes.Buffer
	if err == nil {
		h := document.Handover{Purpose: purpose, Recipient: said(values, "recipient"), Images: values.Get("images") == "yes"}
		err = v.in.Documents.HandOver(v.ctx(), v.actor(), d.m.ID, h, &out)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"purpose": "purpose", "purpose-text": "purpose-text", "recipient": "recipient", "images": "images"})}
		page, perr := v.handoverPage(d, f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	return v.download(d.m.Name+v.t("的档案副本"), "pdf", func(w io.Writer) error {
		_, err := w.Write(out.Bytes())
		return err
	})
}
