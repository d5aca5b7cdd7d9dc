package web

import (
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// adminBench adds what waits for those who run and check the program.
func (v *visit) adminBench(d *view.Workbench) error {
	var items []view.Todo
	if v.person.May(access.Run, access.Backup) && v.in.BackupPlan().To == "" {
		items = append(items, view.Todo{Title: view.Say("还没有设定每天自动备份"), URL: view.PathBackup, Tag: view.Tag{Text: view.Say("要留意"), Kind: view.TagSoon},
			Detail: view.Say("备份要放在另一台机器或另一块磁盘上。"), Basis: view.Plain("GB/T 22239-2019 8.1.4.9"), Action: view.Say("去设定")})
	}
	if v.person.May(access.Drill, access.Backup) {
		text, due, err := v.drillDue()
		if err != nil {
			return err
		}
		if due {
			d.Groups = append(d.Groups, view.TodoGroup{Title: view.Say("已逾期"), Items: []view.Todo{{Title: view.Say("恢复演练"), URL: view.PathBackup, Tag: view.Tag{Text: view.Say("已逾期"), Kind: view.TagLate},
				Detail: text, Basis: view.Plain("GB/T 22239-2019 8.1.4.9"), Action: view.Say("去演练"), Late: true}}})
		}
	}
	if v.person.May(access.Run, access.Backup) {
		n, err := v.in.Shredding.Unpublished(v.ctx())
		if err != nil {
			return err
		}
		if n > 0 {
			items = append(items, view.Todo{Title: view.Say("%d 份销毁的名单没有存到备份处", n), URL: view.PathBackup, Tag: view.Tag{Text: view.Say("要留意"), Kind: view.TagLate}, Late: true,
				Detail: view.Say("存好以前，从那里恢复可能使已经销毁的人回来。"), Action: view.Say("看备份")})
		}
	}
	if v.person.May(access.Verify, access.Audit) {
		newest, err := v.in.Ledger.Newest(v.ctx())
		if err != nil {
			return err
		}
		items = append(items, view.Todo{Title: view.Say("核验日志链"), URL: view.PathChain, Detail: view.Say("日志链现有 %d 条，核验只读不写。", newest.Size),
			Basis: view.Plain("GB/T 22239-2019 8.1.4.3"), Action: view.Say("去核验")})
	}
	checks, err := v.roleCheckTodo()
	if err != nil {
		return err
	}
	items = append(items, checks...)
	if len(items) > 0 {
		d.Groups = append(d.Groups, view.TodoGroup{Title: view.Say("等您办"), Items: items})
	}
	return nil
}
