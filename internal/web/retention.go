package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/installation/register"
	"zhibu/internal/party/member"
	"zhibu/internal/party/retention"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showRetention is the schedule, what is due, and the procedures.
func (s *Server) showRetention(v *visit) error {
	r, err := v.readerFor(access.List, access.Destruction)
	if err != nil {
		return err
	}
	due, err := v.in.Shredding.Due(v.ctx(), r)
	if err != nil {
		return err
	}
	before := v.r.URL.Query().Get("before")
	list, err := v.in.Shredding.List(v.ctx(), r, before, 51)
	if err != nil {
		return err
	}
	schedule := view.SheetPart{ID: "schedule", Title: view.Say("保存期限表"), Note: view.Say("期限和依据是数据，带条文和把握；凭记忆的，用之前要核对。"),
		Head: []view.Text{view.Say("哪一类"), view.Say("从哪天算"), view.Say("多久"), view.Say("依据"), view.Say("到期怎么办"), view.Say("谁批准")}}
	for _, c := range retention.Schedule {
		term := view.Say(c.Term)
		if c.Term == "" {
			if rule, ok := c.Rule(v.in.Rules, v.today()); ok {
				term = view.Say("%d 年", rule.Int("keep_years"))
			}
		}
		basis := view.Text{}
		if b, ok := register.BasisOf(c.Basis); ok {
			basis = view.Say("%s（%s）", view.Plain(words.T(v.ctx(), b.Cite)), certainties[string(b.Known)])
		}
		schedule.Rows = append(schedule.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Say(c.Title)), view.Cell(view.Say(c.From)), view.Cell(term), view.Cell(basis),
			view.Cell(view.Say(c.Action)), view.Cell(view.Say(c.Approver))}})
	}
	now := view.SheetPart{ID: "due", Title: view.Say("现在到期的"), Head: []view.Text{view.Say("谁"), view.Say("终止"), view.Say("到期")}, Empty: view.Say("没有到期的。")}
	for _, d := range due {
		now.Rows = append(now.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(d.Name), URL: view.PathMember(d.ID)}, view.Cell(view.Plain(d.Ended.String())), view.Cell(view.Plain(d.Since.String()))}})
	}
	acts := view.SheetPart{ID: "acts", Title: view.Say("销毁的办理"), Head: []view.Text{view.Say("提出"), view.Say("依据"), view.Say("提出的人"), view.Say("情况")}, Empty: view.Say("还没有人提出过销毁。")}
	pager := view.Pager{Shown: min(len(list), 50), Total: len(list)}
	if len(list) > 50 {
		list = list[:50]
		pager.Next = view.PathRetention + "?" + url.Values{"before": {list[49].ID}}.Encode()
	}
	for _, d := range list {
		acts.Rows = append(acts.Rows, view.SheetRow{Cells: []view.SheetCell{{Text: view.Plain(words.Moment(d.Proposed)), URL: view.PathDestruction(d.ID)}, view.Cell(classText(d.Class)),
			view.Cell(view.Plain(d.Proposer)), {Tag: destructionTag(d.State)}}})
	}
	sheet := view.Sheet{Heading: view.Say("保存期限和销毁"), Lead: view.Say("一个人提出，另一个人批准；销毁个人密钥，出具证书。要提出销毁，请打开已终止的档案。"), Form: v.form(nil), Parts: []view.SheetPart{acts, now, schedule}}
	if pager.Next != "" {
		sheet.Pager = &pager
	}
	return v.show(view.SheetPage(v.page(sheet.Heading, view.PathRetention), sheet))
}

var certainties = map[string]view.Text{"V": view.Say("见过原文"), "P": view.Say("见过转述"), "M": view.Say("凭记忆，请核对")}

func classText(key string) view.Text {
	c, _ := retention.ClassOf(key)
	return sayOrNone(c.Title)
}

func destructionTag(s retention.State) view.Tag {
	return map[retention.State]view.Tag{retention.Proposed: {Text: view.Say("等批准"), Kind: view.TagSoon}, retention.Withdrawn: {Text: view.Say("已撤回")},
		retention.Refused: {Text: view.Say("没有批准")}, retention.Approved: {Text: view.Say("正在销毁"), Kind: view.TagLate},
		retention.Cleared: {Text: view.Say("已销毁，名单还没有存到备份处"), Kind: view.TagLate}, retention.Destroyed: {Text: view.Say("已销毁"), Kind: view.TagOK}}[s]
}

// askDestroy is the form to propose the destruction of an ended record.
func (s *Server) askDestroy(v *visit) error { return v.destroyForm(v.form(nil), nil) }

func (v *visit) destroyForm(f view.Form, because error) error {
	d, err := v.dossier(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := v.person.Allow(access.Propose, access.Destruction, d.m.OrgPath, ""); err != nil {
		return err
	}
	if f.Values == nil {
		f = v.form(map[string][]string{})
	}
	var classes []view.Option
	for _, c := range retention.Schedule {
		if c.Persons {
			classes = append(classes, view.Option{Value: c.Key, Label: view.Say(c.Title)})
		}
	}
	part := view.SheetPart{ID: "propose", Title: view.Say("提出销毁%s的信息", view.Plain(d.m.Name)),
		Note: view.Say("批准以后不能恢复：个人密钥销毁，加密的内容在备份和日志里也读不出。请先核对是不是这个人。"),
		Forms: []view.SheetForm{{Action: view.PathMemberAct(d.m.ID, "destroy"), Submit: view.Say("提出销毁"), Main: true, Fields: []view.SheetField{
			{Kind: "radios", Field: view.Field{Name: "class", Label: view.Say("依据")}, Options: classes},
			{Kind: "area", Field: view.Field{Name: "reason", Label: view.Say("理由"), Max: 500}},
			{Field: view.Field{Name: "document", Label: view.Say("文件名称和文号"), Max: 200, Optional: true}}}}}}
	others, err := v.in.Members.UnitedWith(v.ctx(), v.in.DB.As(store.System("destruction")), d.m.ID)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		part.Note = view.Say("批准以后不能恢复：个人密钥销毁，加密的内容在备份和日志里也读不出。这份档案和另外 %d 份并成了一份，会一起销毁，几把密钥都销毁。请先核对是不是这个人。", len(others))
	}
	if d.m.State != member.Ended {
		part.Forms, part.Note = nil, view.Say("在册的党员不能销毁。请先登记终止，再提出销毁。")
	}
	sheet := view.Sheet{Heading: view.Say("提出销毁"), Form: f, Parts: []view.SheetPart{part}}
	page := view.SheetPage(v.page(sheet.Heading, view.PathMembers, memberCrumbs(d.m)...), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (s *Server) proposeDestroy(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, err := v.in.Shredding.Propose(v.ctx(), v.actor(), v.r.PathValue("id"), values.Get("class"), said(values, "reason"), said(values, "document"))
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"class": "class", "reason": "reason"})}
		return v.destroyForm(f, err)
	}
	if err != nil {
		return err
	}
	v.done("已经提出，等另一个人批准。")
	return v.to(view.PathDestruction(id))
}

func (s *Server) showDestruction(v *visit) error { return v.destructionPage(v.form(nil), nil) }

// destructionPage is a procedure, and at its end the certificate.
func (v *visit) destructionPage(f view.Form, because error) error {
	r, err := v.readerFor(access.List, access.Destruction)
	if err != nil {
		return err
	}
	d, err := v.in.Shredding.ByID(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.State == retention.Destroyed {
		return v.showCertificate(d)
	}
	if f.Values == nil {
		f = v.versioned(map[string][]string{}, d.Version)
	}
	part := view.SheetPart{ID: "destruction", Title: view.Say("销毁的办理"), Facts: []view.Fact{
		{Label: view.Say("编号"), Value: view.Plain(d.ID)}, {Label: view.Say("依据"), Value: classText(d.Class)}, {Label: view.Say("理由"), Value: view.Plain(d.Reason)},
		{Label: view.Say("文件"), Value: view.Plain(d.Document)},
		{Label: view.Say("提出"), Value: view.Say("%s，%s，%s", view.Plain(d.Proposer), view.RoleName(d.ProposerPost), words.Moment(d.Proposed))}}}
	if d.Decider != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("批准或答复"), Value: view.Say("%s，%s，%s", view.Plain(d.Decider), view.RoleName(d.DeciderPost), words.Moment(d.Decided))})
	}
	if d.Answer != "" {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("没有批准的理由"), Value: view.Plain(d.Answer)})
	}
	sheet := view.Sheet{Heading: view.Say("销毁的办理"), Form: f, Tags: []view.Tag{destructionTag(d.State)}}
	if d.State == retention.Cleared {
		sheet.Notices = append(sheet.Notices, view.Notice{Kind: view.NoticeLate, Text: view.Say("这里的内容和密钥已经销毁；销毁名单还没有存到每一处备份，存好以前不出证书。程序每分钟再试一次，请系统管理员看备份页。")})
	}
	if m, err := v.in.Members.ByID(v.ctx(), r, d.Member); err == nil {
		part.Facts = append([]view.Fact{{Label: view.Say("谁"), Value: view.Plain(m.Name), URL: view.PathMember(m.ID)}}, part.Facts...)
	}
	for _, id := range d.Others {
		if m, err := v.in.Members.ByID(v.ctx(), r, id); err == nil {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say("一起销毁的另一份档案"), Value: view.Plain(m.Name), URL: view.PathMember(m.ID)})
		}
	}
	if d.State == retention.Proposed {
		part.Forms = v.destructionForms(d)
	}
	sheet.Parts = []view.SheetPart{part}
	page := view.SheetPage(v.page(sheet.Heading, view.PathRetention, view.Link{Text: view.Say("保存期限和销毁"), URL: view.PathRetention}), sheet)
	if because != nil {
		return v.again(because, page)
	}
	return v.show(page)
}

func (v *visit) destructionForms(d retention.Destruction) (out []view.SheetForm) {
	to := view.PathDestruction(d.ID)
	if d.ProposerAccount == v.person.Account {
		return []view.SheetForm{{Action: to, Submit: view.Say("撤回"), Hidden: []view.Pair{{Name: "act", Value: "withdraw"}}}}
	}
	if v.may(access.Decide, access.Destruction, d.OrgPath, "") {
		out = append(out, view.SheetForm{Action: to, Submit: view.Say("批准并销毁"), Main: true, Hidden: []view.Pair{{Name: "act", Value: "approve"}}},
			view.SheetForm{Action: to, Submit: view.Say("不批准"), Hidden: []view.Pair{{Name: "act", Value: "refuse"}},
				Fields: []view.SheetField{{Kind: "area", Field: view.Field{Name: "answer", Label: view.Say("不批准的理由"), Max: 500}}}})
	}
	return out
}

func (s *Server) decideDestruction(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id, version := v.r.PathValue("id"), versionOf(values)
	switch values.Get("act") {
	case "approve":
		err = v.in.Shredding.Approve(v.ctx(), v.actor(), id, version)
	case "refuse":
		err = v.in.Shredding.Refuse(v.ctx(), v.actor(), id, version, said(values, "answer"))
	case "withdraw":
		err = v.in.Shredding.Withdraw(v.ctx(), v.actor(), id, version)
	default:
		return fault.Missing()
	}
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		f.Problems = []view.Problem{v.problem(err, at{"answer": "answer"})}
		return v.destructionPage(f, err)
	}
	if err != nil {
		return err
	}
	return v.to(view.PathDestruction(id))
}
