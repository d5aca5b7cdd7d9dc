package installation

import (
	"time"

	"zhibu/internal/store"
	"zhibu/internal/words"
)

// inside looks at what can be seen only with the keys. A database that this program would have to bring up to date
// first is not opened.
func (d *doctor) inside() {
	if d.state.Version < store.Generation() || d.state.Oldest > store.Generation() || d.state.Damage != "" {
		return
	}
	in, err := Open(d.ctx, d.o)
	if err != nil {
		d.bad("open", words.Error(d.ctx, err), d.t("口令用 --passphrase-file 给出；密钥文件损坏，就用恢复包里的替换。"))
		return
	}
	defer in.Close()
	d.good("open", d.t("口令打得开密钥文件，用了 %d 毫秒。", in.Derivation.Milliseconds()))
	d.chain(in)
	d.backup(in)
	d.shreds(in)
}

// shreds looks whether the list of the destroyed lies wherever a backup does.
func (d *doctor) shreds(in *Installation) {
	n, err := in.Shredding.Unpublished(d.ctx)
	switch {
	case err != nil:
		d.bad("shred_list", words.Error(d.ctx, err), d.t("运行 zhibu audit verify，按操作手册“核验日志链”处理。"))
	case n > 0:
		d.bad("shred_list", d.t("%d 份销毁的名单没有存到备份处。", n), d.t("检查备份的位置能不能写；服务运行时每分钟再试一次，备份一次也会补上。"))
	default:
		d.good("shred_list", d.t("销毁名单存在每一处备份。"))
	}
}

// chain compares the newest checkpoint with the witness; the whole verification is another command.
func (d *doctor) chain(in *Installation) {
	verify := d.t("运行 zhibu audit verify，按操作手册“核验日志链”处理。")
	newest, err := in.Ledger.Newest(d.ctx)
	if err != nil {
		d.bad("chain", d.t("最近的校验点读不出来，或者签名无效。"), verify)
		return
	}
	w, err := in.Ledger.Witness()
	if err != nil {
		d.bad("chain", d.t("见证文件读不出来，或者签名无效。"), verify)
		return
	}
	held, err := in.Ledger.Holds(d.ctx, w)
	if err != nil || !held {
		d.bad("chain", d.t("日志链与见证文件不符：链长 %d，见证文件记到第 %d 条。", newest.Size, w.Size), verify)
		return
	}
	d.good("chain", d.t("链长 %d，见证文件记到第 %d 条，相符。", newest.Size, w.Size))
}

func (d *doctor) backup(in *Installation) {
	last, err := in.lastBackup(d.ctx)
	to := in.BackupPlan().To
	now := in.Clock.Now()
	make := d.t("在备份页上点“现在备份”，或运行 zhibu backup；并设定每天自动备份（backup_to）。")
	switch {
	case err != nil:
		d.bad("backup", words.Error(d.ctx, err), make)
	case last.IsZero():
		d.bad("backup", d.t("还没有做过备份。"), make)
	case now.Sub(last) > backupLate:
		d.bad("backup", d.t("最近一次备份是 %s，已经超过一天。", words.Moment(last)), make)
	case to == "":
		d.bad("backup", d.t("没有设定，不自动备份"), make)
	default:
		d.good("backup", d.t("最近一次 %s，存到 %s。", words.Moment(last), to))
	}
	drill := d.t("带上恢复包运行 zhibu drill。")
	drilled, err := in.LastDrill(d.ctx)
	switch {
	case err != nil:
		d.bad("drill", words.Error(d.ctx, err), drill)
	case drilled.IsZero():
		d.bad("drill", d.t("还没有一次成功的恢复演练。"), drill)
	case now.Sub(drilled) > in.DrillDue():
		d.bad("drill", d.t("最近一次成功的恢复演练是 %s，已经超过 %d 天。", words.Moment(drilled), int(in.DrillDue()/(24*time.Hour))), drill)
	default:
		d.good("drill", d.t("最近一次成功的恢复演练是 %s。", words.Moment(drilled)))
	}
}
