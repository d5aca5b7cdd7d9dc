package web

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showKeys is how the installation's keys stand, without a secret.
func (s *Server) showKeys(v *visit) error { return v.keysPage(v.form(map[string][]string{}), nil) }

var keyStates = map[rotation.State]view.Text{
	rotation.Running: view.Say("正在更换"), rotation.Turned: view.Say("已经换完，旧密钥过一分钟撤下"), rotation.Retired: view.Say("旧密钥已经撤下"), rotation.Done: view.Say("已经完成"),
}

var keyKinds = map[rotation.Kind]view.Text{rotation.Rotate: view.Say("换主密钥"), rotation.Reseal: view.Say("换数据密钥，重新加密")}

func (v *visit) keysPage(f view.Form, because error) error {
	if err := v.person.Need(access.See, access.Keys); err != nil {
		return err
	}
	st, err := v.in.KeyStatus(v.ctx())
	if err != nil {
		return err
	}
	sheet := view.Sheet{Heading: view.Say("密钥"), Lead: view.Say("只显示情况，不显示密钥。更换时照常使用，新旧都能读。"), Form: f}
	p := v.page(sheet.Heading, view.PathKeys)
	keys := view.SheetPart{ID: "keys", Title: view.Say("主密钥"), Head: []view.Text{view.Say("编号"), view.Say("算法"), view.Say("生成"), view.Say("情况")}}
	for _, k := range st.Keys {
		tag := view.Tag{Text: view.Say("旧")}
		if k.Primary {
			tag = view.Tag{Text: view.Say("在用"), Kind: view.TagOK}
		}
		keys.Rows = append(keys.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say("%d", int(k.ID))), view.Cell(algorithmName(k.Algorithm)), view.Cell(view.Plain(words.Moment(k.Made))), {Tag: tag}}})
	}
	sheet.Parts = []view.SheetPart{keys}
	busy := false
	if j := st.Job; j != nil {
		busy = j.State != rotation.Done
		if j.State == rotation.Running {
			sheet.Running = &view.ImportProgress{Step: view.Say("正在更换"), Done: int(j.Passed), Total: int(j.Total), Since: words.Moment(j.Begun)}
			p.Refresh = refreshEvery
		}
		sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "job", Title: view.Say("最近一次更换"), Facts: []view.Fact{
			{Label: view.Say("做什么"), Value: keyKinds[j.Kind]}, {Label: view.Say("算法"), Value: algorithmName(j.Alg)}, {Label: view.Say("谁开始的"), Value: view.Plain(j.By)},
			{Label: view.Say("开始"), Value: view.Plain(words.Moment(j.Begun))}, {Label: view.Say("情况"), Value: keyStates[j.State]},
			{Label: view.Say("换过的个人密钥"), Value: view.Say("%d 把", int(j.Keys))}, {Label: view.Say("重新加密"), Value: view.Say("%d 项", int(j.Values))}}})
	}
	if st.KitOld {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeLate, Text: view.Say("恢复包里的密钥文件是旧的，请用 zhibu keys kit 另做一份。")})
	}
	if v.person.May(access.Run, access.Keys) && !busy {
		sheet.Parts = append(sheet.Parts, view.SheetPart{ID: "turn", Title: view.Say("更换"), Note: view.Say("换完以后请系统管理员做一份新的恢复包，再备份一次。换口令、做恢复包在服务器上用 zhibu keys 办。"),
			Forms: []view.SheetForm{{Action: view.PathKeys, Submit: view.Say("换主密钥"), Hidden: []view.Pair{{Name: "act", Value: "rotate"}}},
				{Action: view.PathKeys, Submit: view.Say("换数据密钥，重新加密"), Hidden: []view.Pair{{Name: "act", Value: "reseal"}}, Fields: []view.SheetField{
					{Kind: "choose", Field: view.Field{Name: "algorithm", Label: view.Say("算法")}, Options: []view.Option{{Value: "aes", Label: algorithmName("aes")}, {Value: "sm4", Label: algorithmName("sm4")}}}}}}})
	}
	if because != nil {
		return v.again(because, view.SheetPage(p, sheet))
	}
	return v.show(view.SheetPage(p, sheet))
}

// algorithmName is what people call the algorithm of a setting.
func algorithmName(setting string) view.Text {
	a, err := vault.ParseAlg(setting)
	if err != nil {
		return view.Plain(setting)
	}
	return view.Plain(a.Title())
}

const turning = "keys"

// turnKeys begins a job; the server goes on with it by itself.
func (s *Server) turnKeys(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.Run, access.Keys); err != nil {
		return err
	}
	alg, kind := v.in.Vault.Alg(), rotation.Rotate
	if values.Get("act") == "reseal" {
		kind = rotation.Reseal
		if alg, err = vault.ParseAlg(values.Get("algorithm")); err != nil {
			err = fault.New(fault.Invalid, "请选择算法。").At("algorithm")
		}
	} else if values.Get("act") != "rotate" {
		return fault.Missing()
	}
	if err == nil {
		err = v.in.Keys.Begin(v.ctx(), v.actor(), kind, alg)
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"algorithm": "algorithm"})}
		return v.keysPage(f, err)
	}
	if err != nil {
		return err
	}
	err = s.chores.start(turning, s.in.Clock.Now(), view.Say("正在更换"), func(ctx context.Context, _ tell) error {
		if err := s.in.Keys.Work(ctx, nil); fault.Of(err) != fault.Conflict { // another process is at it
			return s.noted(turning, err)
		}
		return nil
	})
	if err != nil && fault.Of(err) != fault.Conflict {
		return err
	}
	return v.to(view.PathKeys)
}
