package election

import (
	"context"
	"slices"
	"strconv"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/document/paper"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/org"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Duty is who takes which post of the new committee (分工).
type Duty struct {
	Person
	Title string `json:"title"` // id of one of org.Titles
}

// Titles are the posts that a branch committee shares out.
func Titles() []org.Title {
	return slices.DeleteFunc(org.TitlesFor(org.Branch), func(t org.Title) bool { return t.ID == "party-worker" })
}

// Elected are those whom the rounds have elected, in the order of the rounds and of votes.
func (s *Service) Elected(ctx context.Context, r store.Reader, e Election) (out []Person, err error) {
	rounds, err := ballot.Of(ctx, r, BallotSubject, e.ID)
	if err != nil {
		return nil, err
	}
	for _, b := range rounds {
		for _, v := range b.Judge(s.Rules) {
			if !v.Valid {
				continue
			}
			for _, name := range v.Elected {
				if slices.ContainsFunc(e.People.Struck, func(k Struck) bool { return k.Name == name }) {
					continue
				}
				p := Person{Name: name}
				for _, i := range b.Items {
					if i.Name == name {
						p.ID = i.Member
					}
				}
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// Report sends the result to the committee above for approval, with who takes which post: all who were elected, one secretary.
func (s *Service) Report(ctx context.Context, actor ledger.Actor, id string, version int64, titles map[string]string) (err error) {
	defer fault.Wrap(&err, "election: report")
	e, o, err := s.mine(ctx, actor, id)
	if err != nil {
		return err
	}
	elected, err := s.Elected(ctx, s.DB.As(actor.Scope), e)
	if err != nil {
		return err
	}
	if err := e.enough(len(elected)); err != nil {
		return err
	}
	if err := s.still(ctx, s.DB.As(actor.Scope), e, o); err != nil {
		return err
	}
	p, secretaries := e.People, 0
	p.Duties = nil
	for _, one := range elected {
		title, known := org.TitleOf(titles[one.Name])
		if !known || !slices.ContainsFunc(Titles(), func(t org.Title) bool { return t.ID == title.ID }) {
			return fault.New(fault.Invalid, "请为%s选择职务。", one.Name).At("titles").By("E-14")
		}
		if title.ID == "secretary" {
			secretaries++
		}
		p.Duties = append(p.Duties, Duty{one, title.ID})
	}
	if secretaries != 1 {
		return fault.New(fault.Invalid, "书记要选 1 人，现在选了 %d 人。", secretaries).At("titles").By("E-14")
	}
	return s.move(ctx, actor, DoRequest, e, version, Counted, Reported, "报告选举结果", store.Set("people", text(p)))
}

// Confirm approves the result: posts of the former committee end and those of the new one begin on the day of the assembly, and
// the log book knows that a committee was elected, all in one act. Refused, it goes back to the branch with the answer.
func (s *Service) Confirm(ctx context.Context, actor ledger.Actor, id string, version int64, yes bool, answer string) (err error) {
	defer fault.Wrap(&err, "election: confirm")
	e, answer, err := s.deciding(ctx, actor, id, yes, answer)
	if err != nil {
		return err
	}
	if !yes {
		return s.move(ctx, actor, DoDecide, e, version, Reported, Counted, answer, store.Set("answer", answer))
	}
	system := s.DB.As(store.System("whose posts change"))
	o, err := org.ByID(ctx, system, e.Org)
	if err != nil {
		return err
	}
	held, err := org.Posts(ctx, system, o.ID, civil.Today(s.Clock))
	if err != nil {
		return err
	}
	basis := org.Basis{On: e.On, Reason: "换届选举，上级党委批准", Document: "选举结果报告"}
	var plans []*org.Ready
	plan := func(p org.Plan) {
		if err == nil {
			var ready *org.Ready
			ready, err = s.Orgs.Ready(ctx, p)
			plans = append(plans, ready)
		}
	}
	for _, post := range held {
		if slices.ContainsFunc(Titles(), func(t org.Title) bool { return t.ID == post.Title }) {
			plan(org.Plan{Kind: org.ActEndPost, ID: o.ID, Post: post.ID, Basis: basis})
		}
	}
	for _, d := range e.People.Duties {
		plan(org.Plan{Kind: org.ActAddPost, ID: o.ID, Title: d.Title, Member: d.ID, Holder: d.Name, Basis: basis})
	}
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: DoDecide, Subject: "election", SubjectID: e.ID, OrgPath: e.OrgPath, Reason: "批准选举结果", Detail: map[string]any{"posts": len(e.People.Duties)}}
	return s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, store.TreeLock); err != nil {
			return err
		}
		if err := change(ctx, tx, e, version, Reported, Done, store.Set("answer", answer)); err != nil {
			return err
		}
		for _, p := range plans {
			if _, err := s.Orgs.Apply(ctx, tx, actor, p); err != nil {
				return err
			}
		}
		_, err := s.Log.Enter(ctx, tx, actor, o, logbook.New{Org: o.ID, Kind: timeline.CommitteeElected, On: e.On, Document: basis.Document, Reason: basis.Reason})
		return err
	})
}

func (s *Service) cite(e Election, ids ...string) (text string) {
	for i, id := range ids {
		if i > 0 {
			text += "；"
		}
		text += s.Rules.At(id, e.On).Citation().String()
	}
	return text
}

func names(list []Person) (text string) {
	for i, p := range list {
		if i > 0 {
			text += "、"
		}
		text += p.Name
	}
	return text
}

// Papers are what an election prints: who signs in, the ballots, what is reported.
func (s *Service) Papers(ctx context.Context, r store.Reader, e Election, o org.Organisation) ([]paper.Sheet, error) {
	count, err := s.Attendance(ctx, r, e, o)
	if err != nil {
		return nil, err
	}
	voters := count.Voters
	signIn := paper.Sheet{Title: "党员大会选举签到表", Organisation: o.Name, Head: []string{"有选举权的党员", "签到", "备注"}, Copies: 1, Basis: s.cite(e, "E-03", "E-06"),
		Lines: []paper.Line{{Label: "大会日期", Value: e.On.String()}, {Label: "应到会", Value: count.String()}, {Label: "监票人", Value: names(e.People.Scrutineers)}}}
	for _, v := range voters {
		signIn.Rows = append(signIn.Rows, []string{v.Name, "", ""})
	}
	slip := paper.Sheet{Title: "支部委员会委员选票", Organisation: o.Name, Head: []string{"候选人（按姓氏笔画排列）", "符号"}, Copies: max(1, len(voters)), Basis: s.cite(e, "E-11", "E-12"),
		Body: []string{"应选 " + strconv.Itoa(e.Seats) + " 名。同意的在姓名后的空格画“○”，不同意的画“×”，另选他人的写在空行并画“○”。选的人数多于 " + strconv.Itoa(e.Seats) + " 名的为无效票。"}}
	for _, c := range e.People.Candidates {
		slip.Rows = append(slip.Rows, []string{c.Name, ""})
	}
	for range e.Seats {
		slip.Rows = append(slip.Rows, []string{"", ""})
	}
	report := paper.Sheet{Title: "选举结果报告", Organisation: o.Name, Basis: s.cite(e, "E-09", "E-14"), Signatures: []string{"监票人", "计票人", "大会主持人", "党支部（盖章）", "上级党委（盖章）"},
		Lines: []paper.Line{{Label: "大会日期", Value: e.On.String()}, {Label: "应到会", Value: count.String()}, {Label: "应选", Value: strconv.Itoa(e.Seats) + " 名"}}}
	rounds, err := ballot.Of(ctx, r, BallotSubject, e.ID)
	if err != nil {
		return nil, err
	}
	for _, b := range rounds {
		for _, v := range b.Judge(s.Rules) {
			n := b.Numbers
			text := "应到 " + strconv.Itoa(n.Should) + "，实到 " + strconv.Itoa(n.Present) + "，发出选票 " + strconv.Itoa(n.Issued) + "，收回 " + strconv.Itoa(n.Collected) + "，无效 " + strconv.Itoa(n.Invalid) + "。"
			for _, w := range v.Why {
				text += w.String() + "；"
			}
			report.Body = append(report.Body, text)
		}
	}
	if f := e.People.Fewer; f != nil {
		report.Body = append(report.Body, "经到会党员表决，应选名额由 "+strconv.Itoa(e.Seats)+" 名减为 "+strconv.Itoa(f.Seats)+" 名：应到 "+strconv.Itoa(f.Should)+"，实到 "+strconv.Itoa(f.Present)+"，赞成 "+strconv.Itoa(f.Yes)+"（"+s.cite(e, "E-10")+"）。")
	}
	for _, k := range e.People.Struck {
		report.Body = append(report.Body, "撤下"+k.Name+"："+k.Why)
	}
	report.Head = []string{"姓名", "职务"}
	for _, d := range e.People.Duties {
		title, _ := org.TitleOf(d.Title)
		report.Rows = append(report.Rows, []string{d.Name, title.Name})
	}
	return []paper.Sheet{signIn, slip, report}, nil
}
