package web

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const (
	verifying  = "verify"
	kindVerify = "audit.verify"
)

// findingsNoted bounds how many findings the act of a verification keeps.
const findingsNoted = 50

// verified is what the act of a verification keeps of it, so that its outcome stands in the log.
type verified struct {
	OK       bool             `json:"ok"`
	Acts     int64            `json:"acts"`
	Events   int64            `json:"events"`
	Took     int64            `json:"ms"`
	Findings []ledger.Finding `json:"findings,omitempty"`
	More     int              `json:"more,omitempty"`
}

// showChain is the state of the chain, the last verification and one that is under way.
func (s *Server) showChain(v *visit) error {
	if err := v.person.Need(access.See, access.Audit); err != nil {
		return err
	}
	if v.scripted() && !s.chores.look(verifying).Running {
		v.w.Header().Set("HX-Redirect", view.PathChain)
		return v.send(200, nil)
	}
	page, err := v.chainPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) chainPage(f view.Form) (templ.Component, error) {
	newest, err := v.in.Ledger.Newest(v.ctx())
	if err != nil {
		return nil, err
	}
	d := view.Chain{Form: f, Size: int(newest.Size), Root: newest.Root.String(), KeyName: newest.Origin, MayVerify: v.person.May(access.Verify, access.Audit)}
	var at int64
	if _, err := v.in.DB.As(store.System("checkpoint")).One(v.ctx(), "SELECT at FROM {checkpoint} ORDER BY size DESC LIMIT 1", nil, &at); err != nil {
		return nil, err
	}
	if at > 0 {
		d.Checkpoint = words.Moment(time.UnixMicro(at))
	}
	if d.Witness, err = v.witness(); err != nil {
		return nil, err
	}
	if _, d.MayTake, err = v.actReader(); err != nil {
		return nil, err
	}
	p := v.page(view.Say("日志链"), view.PathAudit, view.Link{Text: view.Say("日志"), URL: view.PathAudit})
	switch c := v.s.chores.look(verifying); {
	case c.Running:
		d.Running = &view.ImportProgress{Step: c.Step, Since: words.Moment(c.Since)}
		p.Refresh = refreshEvery
	case c.Failed != nil:
		d.Stopped = view.Plain(words.Error(v.ctx(), c.Failed))
	default:
		if d.Result, err = v.lastVerified(); err != nil {
			return nil, err
		}
	}
	restores, err := v.in.Ledger.Acts(v.ctx(), v.in.DB.As(store.System("restores")), ledger.Query{Kind: ledger.KindRestore, Limit: 20})
	if err != nil {
		return nil, err
	}
	for _, a := range restores {
		d.Restored = append(d.Restored, view.Say("%s由%s恢复，备份 %s。", view.Plain(words.Moment(a.Time())+" "), view.Plain(v.t(a.Actor)), view.Plain(a.SubjectID)))
	}
	return view.ChainPage(p, d), nil
}

// witness says when the witness file was written and how far it goes.
func (v *visit) witness() (view.Text, error) {
	c, err := v.in.Ledger.Witness()
	if errors.Is(err, fs.ErrNotExist) {
		return view.Say("没有见证文件"), nil
	}
	if err != nil {
		return view.Say("见证文件读不出来"), nil
	}
	info, err := os.Stat(v.in.Dir.Witness())
	if err != nil {
		return view.Text{}, err
	}
	return view.Say("%s，记到第 %d 条", view.Plain(words.Moment(info.ModTime())), c.Size), nil
}

// lastVerified reads the newest verification from the log; nil when there was none.
func (v *visit) lastVerified() (*view.ChainResult, error) {
	when, got, err := v.verification()
	if err != nil || when == "" {
		return nil, err
	}
	d := &view.ChainResult{When: when, Took: seconds(time.Duration(got.Took) * time.Millisecond), Good: got.OK, Acts: int(got.Acts), Events: int(got.Events), More: got.More}
	for _, f := range got.Findings {
		d.Faults = append(d.Faults, v.chainFault(f))
	}
	return d, nil
}

func (v *visit) verification() (when string, got verified, err error) {
	acts, err := v.in.Ledger.Acts(v.ctx(), v.in.DB.As(store.System("last verification")), ledger.Query{Kind: kindVerify, Limit: 1})
	if err != nil || len(acts) == 0 {
		return "", got, err
	}
	return words.Moment(acts[0].Time()), got, json.Unmarshal(acts[0].Detail, &got)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

// chainFault names what does not fit.
func (v *visit) chainFault(f ledger.Finding) view.ChainFault {
	name := auditTables[f.Table].name
	if name.IsZero() {
		name = view.Plain(f.Table)
	}
	d := view.ChainFault{What: view.Say(f.Message)}
	switch {
	case f.Act != "":
		d.Where, d.Link = view.Say("日志记录 %s", view.Plain(f.Act)), view.Link{Text: view.Say("看这一条"), URL: view.PathEvent(f.Act)}
	case f.Row != "":
		d.Where = view.Say("%s %s", name, view.Plain(f.Row))
	default:
		d.Where = view.Say("日志链")
	}
	return d
}

// chainMark is the state of the chain in a line.
func (v *visit) chainMark() (*view.ChainMark, error) {
	newest, err := v.in.Ledger.Newest(v.ctx())
	if err != nil {
		return nil, err
	}
	when, got, err := v.verification()
	return &view.ChainMark{Size: int(newest.Size), Checked: when, Good: got.OK}, err
}

// verifyChain reads the whole log and every row; it takes its time, and what it found is an act itself.
func (s *Server) verifyChain(v *visit) error {
	if _, err := v.posted(); err != nil {
		return err
	}
	if err := v.person.Need(access.Verify, access.Audit); err != nil {
		return err
	}
	actor, place := v.actor(), v.person.Place()
	err := s.chores.start(verifying, s.in.Clock.Now(), view.Say("正在核对每一条日志、每一行数据"), func(ctx context.Context, _ tell) error {
		start := time.Now()
		rep, err := s.in.Verify(ctx)
		if err != nil {
			s.log.Error("verify", "error", err.Error())
			return err
		}
		out := verified{OK: rep.OK, Acts: rep.Acts, Events: rep.Events, Took: time.Since(start).Milliseconds(), Findings: rep.Findings}
		if n := len(out.Findings); n > findingsNoted {
			out.Findings, out.More = out.Findings[:findingsNoted], n-findingsNoted
		}
		detail := map[string]any{"ok": out.OK, "acts": out.Acts, "events": out.Events, "ms": out.Took}
		if len(out.Findings) > 0 {
			detail["findings"], detail["more"] = out.Findings, out.More
		}
		return s.in.Ledger.Note(ctx, actor, ledger.Act{Kind: kindVerify, Subject: "chain", OrgPath: place, Reason: "校验日志链", Detail: detail})
	})
	if err != nil && !wrong(err) {
		return err
	}
	return v.to(view.PathChain) // where one is under way already, it is shown
}
