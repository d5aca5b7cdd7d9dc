package web

import (
	"io"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
)

// giveBundle gives the proof of a period's acts, to be verified off line with public keys only. It covers the whole
// installation, so only an auditor of the whole tree may take it.
func (s *Server) giveBundle(v *visit) error {
	if err := v.person.Need(access.See, access.Audit); err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	_, everything, err := v.actReader()
	if err != nil {
		return err
	}
	if !everything {
		return fault.New(fault.Forbidden, "凭证包含整个系统的日志，由最高一级的审计员下载。").By("A-72")
	}
	var q ledger.BundleQuery
	q.From, q.To, err = between(said(values, "from"), said(values, "until"))
	if err == nil {
		detail := map[string]any{"from": said(values, "from"), "until": said(values, "until")}
		act := ledger.Act{Kind: "audit.bundle", Subject: "chain", OrgPath: v.person.Place(), Reason: "下载日志凭证", Detail: detail}
		err = v.in.Ledger.Note(v.ctx(), v.actor(), act)
	}
	if err == nil {
		err = v.download("日志凭证 "+v.today().String(), "json", func(w io.Writer) error {
			_, err := v.in.Ledger.WriteBundle(v.ctx(), w, q)
			return err
		})
	}
	if err == nil || !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"from": "from", "until": "until"})}
	page, perr := v.chainPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}
