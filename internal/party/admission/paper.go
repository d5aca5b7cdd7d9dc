package admission

import (
	"context"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/document/paper"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// Papers are what a step leaves on paper, filled in with what is known and with room for the rest. A step of the assembly has a
// list to sign, the ballots and the resolution; a public notice what hangs on the board.
func (s *Service) Papers(ctx context.Context, r store.Reader, f Found, number string) ([]paper.Sheet, error) {
	i := f.index(number)
	if i < 0 {
		return nil, fault.Missing()
	}
	p := f.Steps[i]
	switch {
	case p.ByBallot():
		voters, err := s.Voters(ctx, r, f)
		return s.assembly(f, p, voters), err
	case number == "8a":
		return []paper.Sheet{s.onBoard(ctx, f), s.form(f, p)}, nil
	case number == "25":
		return []paper.Sheet{s.archive(f, p)}, nil
	}
	return []paper.Sheet{s.form(f, p)}, nil
}

// AllPapers are the papers of every step that was taken, the list of the file first.
func (s *Service) AllPapers(ctx context.Context, r store.Reader, f Found) (out []paper.Sheet, err error) {
	out = append(out, s.archive(f, f.progress("25")))
	for _, p := range f.Steps {
		if p.Number == "25" || p.On().IsZero() && p.State != Done {
			continue
		}
		sheets, err := s.Papers(ctx, r, f, p.Number)
		if err != nil {
			return nil, err
		}
		for _, one := range sheets {
			if one.Copies == 0 { // ballots and lists to sign are no part of the file as they stand here
				out = append(out, one)
			}
		}
	}
	return out, nil
}

// signers says who signs the paper of a step.
var signers = map[Actor][]string{
	"applicant": {"本人", "党支部书记"}, "branch": {"谈话人或者经办人", "党支部书记"}, "committee": {"支部委员会委员", "党支部书记"}, "assembly": {"主持人", "党支部书记"},
	"superior": {"经办人", "上级党委（盖章）"}, "department": {"经办人", "组织部门（盖章）"},
}

func (s *Service) form(f Found, p Progress) paper.Sheet {
	sheet := paper.Sheet{Title: p.Paper, Organisation: f.At.Name, Signatures: signers[p.Who], Basis: basisOf(p)}
	add := func(label, value string) { sheet.Lines = append(sheet.Lines, paper.Line{Label: label, Value: value}) }
	add("姓名", f.Person.Name)
	add("步骤", p.Number+"　"+p.Title)
	on := p.On()
	var last *Record
	for i := range p.Own {
		if p.Own[i].State == Standing || p.Own[i].State == NotPassed {
			last = &p.Own[i]
		}
	}
	if on.IsZero() {
		add("日期", "")
	} else {
		add("日期", paper.Day(on.String()))
	}
	names := p.Fields()
	if p.Number == "8a" {
		names = append(names, "result")
	}
	for _, name := range names {
		value := ""
		for _, own := range p.Own {
			if v := own.Content.value(name); v != "" && own.State == Standing {
				value = v
			}
		}
		add(FieldOf(name).Title, value)
	}
	if last != nil && last.Content.Document != "" {
		add("材料", last.Content.Document)
	}
	if p.Repeats {
		sheet.Head = []string{"考察日期", "内容", "考察人签名"}
		for _, own := range p.Own {
			if own.State == Standing {
				sheet.Rows = append(sheet.Rows, []string{own.On.String(), own.Content.value("record"), ""})
			}
		}
	}
	return sheet
}

// assembly makes the papers of a vote: who signs in, the ballot, the resolution.
func (s *Service) assembly(f Found, p Progress, voters []Named) []paper.Sheet {
	signIn := paper.Sheet{Title: "支部党员大会签到表", Organisation: f.At.Name, Head: []string{"有表决权的党员", "签到", "备注"}, Copies: 1, Basis: basisOf(p),
		Lines: []paper.Line{{Label: "会议内容", Value: p.Title + "：" + f.Person.Name}, {Label: "应到会有表决权的党员", Value: strconv.Itoa(len(voters)) + " 人"}, {Label: "日期", Value: ""}}}
	for _, v := range voters {
		signIn.Rows = append(signIn.Rows, []string{v.Name, "", ""})
	}
	slip := paper.Sheet{Title: "表决票", Organisation: f.At.Name, Head: []string{"姓名", "赞成", "不赞成", "弃权"}, Rows: [][]string{{f.Person.Name, "", "", ""}}, Copies: max(1, len(voters)),
		Body: []string{"本票无记名。同意的在“赞成”栏画“○”，不同意的在“不赞成”栏画“○”，弃权的在“弃权”栏画“○”。多画、不画的无效。"}}
	if p.Number == "15" {
		slip.Lines = []paper.Line{{Label: "表决事项", Value: "接收为预备党员"}}
	} else {
		slip.Lines = []paper.Line{{Label: "表决事项", Value: "□ 按期转为正式党员　□ 延长预备期　　个月　□ 取消预备党员资格"}}
	}
	out := []paper.Sheet{signIn, slip}
	resolution := s.form(f, p)
	for _, own := range p.Own {
		if len(own.Content.Verdict) > 0 && (own.State == Standing || own.State == NotPassed) {
			resolution.Body = []string{resolved(f, own)}
		}
	}
	if len(resolution.Body) == 0 {
		resolution.Body = []string{"本支部于＿＿＿＿年＿＿月＿＿日召开支部党员大会。应到会有表决权的党员＿＿名，实到会＿＿名。经无记名投票，＿＿名赞成，＿＿名不赞成，＿＿名弃权。大会决议：＿＿＿＿＿＿＿＿＿＿。"}
	}
	return append(out, resolution)
}

// resolved is the sentence of a resolution.
func resolved(f Found, r Record) string {
	what := map[timeline.Kind]string{timeline.AssemblyAdmitted: "接收" + f.Person.Name + "为中共预备党员", timeline.AssemblyConfirmed: "同意" + f.Person.Name + "按期转为中共正式党员",
		timeline.AssemblyExtended: "延长" + f.Person.Name + "的预备期 " + r.Content.Values["months"] + " 个月", timeline.AssemblyCancelled: "取消" + f.Person.Name + "的预备党员资格"}[r.Kind]
	if r.State == NotPassed {
		what = "表决没有通过：" + what
	}
	return "本支部于" + paper.Day(r.On.String()) + "召开支部党员大会，采取无记名投票方式表决。" + strings.Join(r.Content.Verdict, "；") + "。大会决议：" + what + "。"
}

// onBoard is the notice as it hangs.
func (s *Service) onBoard(_ context.Context, f Found) paper.Sheet {
	p := f.progress("8a")
	sheet := paper.Sheet{Title: "公　　示", Organisation: f.At.Name, Basis: basisOf(p), Signatures: []string{"党支部（盖章）"}}
	from, until, contact, place := "＿＿＿＿年＿＿月＿＿日", "＿＿＿＿年＿＿月＿＿日", "＿＿＿＿＿＿＿＿", ""
	for _, own := range p.Own {
		if own.Kind == timeline.NoticePosted && own.State == Standing {
			from, contact, place = paper.Day(own.On.String()), own.Content.Values["contact"], own.Content.Values["place"]
			if len(p.Duties) > 0 && !p.Duties[0].Earliest.IsZero() {
				until = paper.Day(p.Duties[0].Earliest.String())
			}
		}
	}
	body := "经党支部讨论、上级党委同意，拟将" + f.Person.Name + "同志列为发展对象，现予公示。"
	if on := f.progress("1").On(); !on.IsZero() {
		body += "该同志于" + paper.Day(on.String()) + "递交入党申请书"
		if on := f.progress("3").On(); !on.IsZero() {
			body += "，" + paper.Day(on.String()) + "确定为入党积极分子"
		}
		body += "。"
	}
	sheet.Body = []string{body, "公示时间：自" + from + "起，至" + until + "止。" + place, "公示期间，党员和群众可以向上级党委反映情况，可以署名，也可以不署名。联系方式：" + contact + "。"}
	return sheet
}

// archive is the list of the file: every step, its day, its paper, and what is missing (D-43).
func (s *Service) archive(f Found, p Progress) paper.Sheet {
	sheet := paper.Sheet{Title: p.Paper, Organisation: f.At.Name, Signatures: []string{"移交人", "接收人"}, Basis: basisOf(p), Head: []string{"步骤", "材料", "日期", "情况"},
		Lines: []paper.Line{{Label: "姓名", Value: f.Person.Name}}}
	for _, own := range p.Own {
		if own.State == Standing {
			sheet.Lines = append(sheet.Lines, paper.Line{Label: "归档日期", Value: paper.Day(own.On.String())}, paper.Line{Label: "存放在", Value: own.Content.Values["kept"]})
		}
	}
	for _, step := range f.Steps {
		if step.Number == "25" {
			continue
		}
		on, state := step.On(), "有"
		switch {
		case on.IsZero() && step.State == Done:
			state = "随第 " + step.PartOf + " 步"
		case on.IsZero() && step.State == Missing:
			state = "缺，应补"
		case on.IsZero():
			state = "还没有办"
		}
		sheet.Rows = append(sheet.Rows, []string{step.Number + " " + step.Title, step.Paper, on.String(), state})
	}
	return sheet
}

func basisOf(p Progress) string {
	var all []string
	for _, c := range p.Rules {
		all = append(all, c.String())
	}
	return strings.Join(all, "；")
}
