package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const (
	backing  = "backup"
	drilling = "drill"

	backupLate = 24*time.Hour + time.Hour // the daily one may itself take a while
	listWait   = 8 * time.Second          // how long the page waits for the place where backups lie
	runsListed = 30
)

func (s *Server) showBackup(v *visit) error {
	if err := v.person.Need(access.See, access.Backup); err != nil {
		return err
	}
	if v.scripted() && !s.chores.look(backing).Running && !s.chores.look(drilling).Running {
		v.w.Header().Set("HX-Redirect", view.PathBackup)
		return v.send(200, nil)
	}
	page, err := v.backupPage(v.form(url.Values{}))
	if err != nil {
		return err
	}
	return v.show(page)
}

// backupTo is where backups go: as configured, else where the last one went.
func (v *visit) backupTo(last *ledger.Record) string {
	if to := v.in.BackupPlan().To; to != "" || last == nil {
		return to
	}
	var detail struct{ To string }
	if err := json.Unmarshal(last.Detail, &detail); err != nil {
		return ""
	}
	return detail.To
}

// newest is the newest act of a kind in the installation; nil for none.
func (v *visit) newest(kind string) (*ledger.Record, error) {
	acts, err := v.in.Cares(v.ctx(), kind, 1)
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	return &acts[0], nil
}

func (v *visit) backupPage(f view.Form) (templ.Component, error) {
	last, err := v.newest(installation.KindBackup)
	if err != nil {
		return nil, err
	}
	drilled, err := v.newest(installation.KindDrill)
	if err != nil {
		return nil, err
	}
	d := view.Backup{Form: f, To: v.backupTo(last), AskTo: v.in.BackupPlan().To == "", Plan: v.person.May(access.Mend, access.Setting), MayRun: v.person.May(access.Run, access.Backup), MayDrill: v.person.May(access.Drill, access.Backup)}
	if d.AskTo && !f.Values.Has("to") {
		d.Form.Values.Set("to", d.To)
	}
	if d.Plan {
		d.Hours = hours()
		d.PlanForm = v.planForm(f)
	}
	p := v.page(view.Say("备份"), view.PathBackup)
	for kind, step := range map[string]view.Text{backing: view.Say("正在备份"), drilling: view.Say("正在演练恢复")} {
		switch c := v.s.chores.look(kind); {
		case c.Running:
			d.Running = &view.ImportProgress{Step: view.Say("%s：%s", step, c.Step), Done: int(c.Done >> 10), Total: int(c.Total >> 10), Since: words.Moment(c.Since)}
			p.Refresh = refreshEvery
		case c.Failed != nil:
			d.Warnings = append(d.Warnings, view.Notice{Kind: view.NoticeLate, Text: view.Say("%s，没有做完：%s", step, view.Plain(words.Error(v.ctx(), c.Failed)))})
		}
	}
	d.Drill = lastDrill(drilled)
	if err := v.backupWarnings(&d, last); err != nil {
		return nil, err
	}
	v.listBackups(&d)
	d.Facts, d.Kit, d.Command = v.backupFacts(), v.kitWords(), restoreCommand(d.To)
	return view.BackupPage(p, d), nil
}

func restoreCommand(to string) string {
	if to == "" {
		to = "file:///…"
	}
	return fmt.Sprintf("zhibu restore --from '%s' --dir /var/lib/zhibu --recovery /media/usb/recovery", to)
}

// backupWarnings are the red lights: no backup for a day, no drill for five weeks, all eggs in one basket.
func (v *visit) backupWarnings(d *view.Backup, last *ledger.Record) error {
	now := v.in.Clock.Now()
	late := func(t view.Text) {
		d.Warnings = append(d.Warnings, view.Notice{Kind: view.NoticeLate, Text: t})
	}
	switch {
	case last == nil:
		late(view.Say("还没有做过备份。"))
	case now.Sub(last.Time()) > backupLate:
		late(view.Say("最近一次备份是 %s，已经超过一天。", words.Moment(last.Time())))
	}
	if text, due, err := v.drillDue(); err != nil {
		return err
	} else if due {
		late(text)
	}
	if n, err := v.in.Shredding.Unpublished(v.ctx()); err != nil {
		return err
	} else if n > 0 {
		late(view.Say("%d 份销毁的名单没有存到备份的每一处：存好以前，从那里恢复可能使已经销毁的人回来。请检查备份的位置能不能写；程序每分钟再试一次。", n))
	}
	if dir, err := filepath.Abs(string(v.in.Dir)); err == nil && strings.HasPrefix(d.To, "file://"+dir) {
		d.Warnings = append(d.Warnings, view.Notice{Text: view.Say("备份与数据在同一个目录里，磁盘坏了会一起丢。请存到另一台机器。")})
	}
	if _, err := os.Stat(v.in.Dir.Recovery()); err == nil && !v.in.Config.Demo {
		d.Warnings = append(d.Warnings, view.Notice{Text: view.Say("恢复包还在这台机器上。请打印封存，另存一份到别处，再从机器上拿走。")})
	}
	return nil
}

// drillDue tells whether it is too long since a trial restore succeeded, and says so.
func (v *visit) drillDue() (view.Text, bool, error) {
	at, err := v.in.LastDrill(v.ctx())
	switch {
	case err != nil:
		return view.Text{}, false, err
	case at.IsZero():
		return view.Say("还没有一次成功的恢复演练。"), true, nil
	case v.in.Clock.Now().Sub(at) > v.in.DrillDue():
		return view.Say("最近一次成功的恢复演练是 %s，已经超过 %d 天。", words.Moment(at), int(v.in.DrillDue()/(24*time.Hour))), true, nil
	}
	return view.Text{}, false, nil
}

// listBackups lists what lies at the place of the backups, where it answers in time.
func (v *visit) listBackups(d *view.Backup) {
	if d.To == "" {
		return
	}
	ctx, cancel := context.WithTimeout(v.ctx(), listWait)
	defer cancel()
	runs, err := archive.List(ctx, d.To)
	if err != nil {
		d.Warnings = append(d.Warnings, view.Notice{Kind: view.NoticeLate, Text: view.Say("备份的位置现在读不到：%s", view.Plain(words.Error(v.ctx(), err)))})
		return
	}
	for _, r := range runs[:min(len(runs), runsListed)] {
		item := view.BackupItem{Name: r.Run, When: words.Moment(r.Time), Size: bytesText(r.Size), New: bytesText(r.Added), To: d.To, State: view.Tag{Text: view.Say("已完成"), Kind: view.TagOK}}
		if d.Drill != nil && d.Drill.Good && d.Drill.Run == r.Run {
			item.Verified = d.Drill.When
		}
		d.Items = append(d.Items, item)
	}
}

func bytesText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// drillChecks names the checks of a drill's report.
var drillChecks = map[string]string{
	"kit": words.Mark("恢复包"), "backup": words.Mark("备份"), "database": words.Mark("数据库"), "keyfile": words.Mark("密钥文件"), "keys": words.Mark("个人密钥"),
	"checkpoint": words.Mark("校验点"), "witness": words.Mark("见证文件"), "chain": words.Mark("日志链"), "rows": words.Mark("每一行"), "counts": words.Mark("人数"),
	"shredded": words.Mark("销毁清单"), "documents": words.Mark("档案材料"),
}

// giveDrillReport gives the signed report of the last drill, to be verified elsewhere with the public key.
func (s *Server) giveDrillReport(v *visit) error {
	if err := v.person.Need(access.See, access.Backup); err != nil {
		return err
	}
	a, err := v.newest(installation.KindDrill)
	if err != nil {
		return err
	}
	if a == nil {
		return fault.Missing()
	}
	var got struct{ Report installation.Drilled }
	if err := json.Unmarshal(a.Detail, &got); err != nil {
		return err
	}
	b, err := json.MarshalIndent(got.Report, "", "  ")
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="zhibu-drill.json"`)
	h.Set("Cache-Control", "no-store")
	return v.send(200, append(b, '\n'))
}

func lastDrill(a *ledger.Record) *view.Drill {
	if a == nil {
		return nil
	}
	var got struct{ Report installation.Drilled }
	if err := json.Unmarshal(a.Detail, &got); err != nil {
		return nil
	}
	rep := got.Report
	d := &view.Drill{When: words.Moment(a.Time()), Took: seconds(time.Duration(rep.Took) * time.Millisecond), Good: rep.OK, Run: rep.Run, Report: view.PathDrillReport}
	for _, c := range rep.Checks {
		tag := view.Tag{Text: view.Say("相符"), Kind: view.TagOK}
		if !c.OK {
			tag = view.Tag{Text: view.Say("不符"), Kind: view.TagLate}
		}
		d.Checks = append(d.Checks, view.DrillCheck{Name: view.Say(drillChecks[c.Name]), State: tag, Detail: c.Detail})
	}
	if failed := rep.Failed(); failed != nil {
		d.Detail = view.Plain(failed.Detail)
	} else if rep.OK {
		d.Detail = view.Say("恢复了 %s 的备份：党员 %d 名，日志 %d 条，校验通过。", words.Moment(rep.Made), rep.Members, rep.Acts)
	}
	return d
}

// backupFacts are the schedule and the retention, as configured.
func (v *visit) backupFacts() []view.Fact {
	plan := v.in.BackupPlan()
	keep := plan.Keep
	out := []view.Fact{{Label: view.Say("存到哪里"), Value: view.Say("没有设定，不自动备份")}}
	if plan.To != "" {
		out = []view.Fact{{Label: view.Say("存到哪里"), Value: view.Plain(plan.To)}, {Label: view.Say("几点"), Value: view.Say("每天 %02d:00", plan.Hour)}}
	}
	return append(out, view.Fact{Label: view.Say("保留多久"), Value: view.Say("每天的 %d 天，每周的 %d 周，每月的 %d 个月", keep.Days, keep.Weeks, keep.Months)},
		view.Fact{Label: view.Say("个人密钥保留多久"), Value: view.Say("%d 天；到期后，已经销毁的个人信息不能再恢复", keep.KeyDays)})
}

func (v *visit) kitWords() view.Text {
	return view.Say("恢复包（%s）里有备份的私钥和密钥文件。打印的一张封存在保险柜，另存一份在别处；没有它，备份谁也打不开。", view.Plain(v.in.Dir.Recovery()))
}

// runBackup begins a backup or a drill; both go on by themselves, whoever looks at the page sees how far.
func (s *Server) runBackup(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	action := access.Run
	switch values.Get("act") {
	case "plan":
		return v.changePlan(values)
	case "run":
	case "drill":
		action = access.Drill
	default:
		return fault.Missing()
	}
	if err := v.person.Need(action, access.Backup); err != nil {
		return err
	}
	last, err := v.newest(installation.KindBackup)
	if err != nil {
		return err
	}
	to := v.backupTo(last)
	if typed := said(values, "to"); v.in.BackupPlan().To == "" && typed != "" {
		to = typed
	}
	if !placeForBackups(to) {
		err = fault.New(fault.Invalid, "请写明备份存到哪里：目录写 file:///mnt/backup，对象存储写 s3://桶名。").At("to")
	} else if action == access.Drill {
		err = s.startDrill(v.actor(), to)
	} else {
		err = s.startBackup(v.actor(), to)
	}
	if err == nil || fault.Of(err) == fault.Conflict {
		return v.to(view.PathBackup)
	}
	if !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"to": "to"})}
	page, perr := v.backupPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

func (s *Server) startBackup(actor ledger.Actor, to string) error {
	return s.chores.start(backing, s.in.Clock.Now(), view.Say(archive.StepCopy), func(ctx context.Context, report tell) error {
		_, err := s.in.Backup(ctx, actor, to, steps(report))
		return s.noted(backing, err)
	})
}

func (s *Server) startDrill(actor ledger.Actor, from string) error {
	return s.chores.start(drilling, s.in.Clock.Now(), view.Say(archive.StepFetch), func(ctx context.Context, report tell) error {
		_, err := s.in.Drill(ctx, installation.Drilling{From: from, Actor: actor, Progress: steps(report)})
		return s.noted(drilling, err)
	})
}

func steps(report tell) func(archive.Progress) {
	return func(p archive.Progress) { report(view.Say(p.Step), p.Done, p.Total) }
}

// noted writes a failure that is no sentence for people into the log.
func (s *Server) noted(what string, err error) error {
	if err != nil && fault.As(err) == nil {
		s.log.Error(what, "error", err.Error())
	}
	return err
}
