package life

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhibu/internal/party/document/paper"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// Papers are the minutes of a meeting as an official paper, and the sheet of who came. They are drafted from the agenda,
// attendance, votes and notes; until the chair has confirmed them the paper says so.
func (s *Service) Papers(ctx context.Context, r store.Reader, m Meeting, o org.Organisation) ([]paper.Sheet, error) {
	roll, err := s.Roll(ctx, r, m)
	if err != nil {
		return nil, err
	}
	items, err := s.Agenda(ctx, r, m)
	if err != nil {
		return nil, err
	}
	votes, err := s.Votes(ctx, r, m, items)
	if err != nil {
		return nil, err
	}
	decided, err := Resolutions(ctx, r, m.ID)
	if err != nil {
		return nil, err
	}
	amended, err := s.Amendments(ctx, r, m)
	if err != nil {
		return nil, err
	}
	t := Count(roll)
	p := paper.Sheet{Title: "会议记录", Organisation: o.Name, Basis: s.basis(m), Signatures: []string{"记录人", "主持人"}}
	line := func(label, value string) {
		if value != "" {
			p.Lines = append(p.Lines, paper.Line{Label: label, Value: value})
		}
	}
	line("会议", m.Title)
	for _, k := range m.Also {
		line("合并召开", k.Name())
	}
	line("时间", m.when(paper.Day))
	line("地点", m.Place)
	line("主题", m.Topic)
	line("一起的单位", m.Partners)
	line("主持人", m.Chair)
	line("记录人", m.Recorder)
	line("到会情况", fmt.Sprintf("应到 %d 人，实到 %d 人，请假 %d 人，免到 %d 人，缺席 %d 人；有表决权的 %d 人，实到 %d 人", t.Should, t.Present, t.Excused, t.Exempt, t.Absent, t.Voters, t.VotersPresent))
	line("归档", archived(m))
	for _, x := range items {
		p.Body = append(p.Body, x.said()...)
		for _, v := range votes {
			if v.Item.ID == x.ID {
				p.Body = append(p.Body, v.said())
			}
		}
	}
	for i, x := range decided {
		p.Body = append(p.Body, fmt.Sprintf("决议%d：%s。由%s负责，%s 以前办好；怎样算办好：%s。", i+1, strings.TrimRight(x.Text, "。"), x.Owner, paper.Day(x.Due.String()), strings.TrimRight(x.KnownBy, "。")))
	}
	for _, a := range amended {
		p.Body = append(p.Body, "更正（"+a.Actor+"）："+a.Said)
	}
	came := paper.Sheet{Title: "到会情况", Organisation: o.Name + "　" + m.Title, Head: []string{"姓名", "到会情况", "签名"}}
	for _, a := range roll {
		came.Rows = append(came.Rows, []string{a.Name, presenceWords[a.State], ""})
	}
	return []paper.Sheet{p, came}, nil
}

var presenceWords = map[Presence]string{Present: "到会", Excused: "请假", Exempt: "免到", Absent: "缺席"}

func archived(m Meeting) string {
	switch {
	case m.State == Annulled:
		return "已作废：" + m.Reason
	case m.State != Confirmed:
		return "草稿，还没有确认"
	case m.Signed:
		return m.Checked + "核对，" + m.Chair + "签字确认"
	}
	return m.Checked + "核对，" + m.Confirmed + "确认"
}

// said is an item as the minutes have it.
func (x Item) said() []string {
	out := []string{strconv.Itoa(x.Place) + "．" + x.Title}
	if x.Reporter != "" {
		out[0] += "（" + x.Reporter + "汇报）"
	}
	if x.Said.Speakers != "" {
		out = append(out, "发言："+x.Said.Speakers)
	}
	for line := range strings.Lines(x.Said.Notes) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// said is a vote as the minutes have it.
func (v Outcome) said() string {
	if v.Verdict == nil {
		return "表决：还没有计完票。"
	}
	c, result := v.Ballot.Numbers.Of(v.Ballot.Items[0].ID), "没有通过"
	switch {
	case !v.Verdict.Valid:
		result = "无效"
	case v.Verdict.Passed:
		result = "通过"
	}
	var why []string
	for _, w := range v.Verdict.Why {
		why = append(why, w.String())
	}
	return fmt.Sprintf("表决：赞成 %d，反对 %d，弃权 %d，%s（%s）。", c.Yes, c.No, c.Abstain, result, strings.Join(why, "；"))
}

// basis are the rules by which the meeting was held.
func (s *Service) basis(m Meeting) string {
	var out []string
	for _, id := range append(ruleOf(m), RuleMinutes) {
		if rule, ok := s.Rules.On(id, m.On); ok {
			out = append(out, rule.Citation().String())
		}
	}
	return strings.Join(out, "；")
}

func ruleOf(m Meeting) (out []string) {
	rules := map[Kind]string{Assembly: "B-08", Committee: "B-10", Group: "B-11", ThemeDay: "B-16", Lecture: "B-15", OrgLife: "B-18", Appraisal: "B-19", Talk: "B-22", Training: "M-04"}
	for _, k := range append([]Kind{m.Kind}, m.Also...) {
		if id, ok := rules[k]; ok {
			out = append(out, id)
		}
	}
	return out
}
