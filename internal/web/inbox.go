package web

import (
	"net/url"
	"strings"

	"zhibu/internal/party/admission"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/life"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/request"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/party/timeline"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// inboxListed is a page of notices.
const inboxListed = 50

// unread is the number beside the bell: not worth an error page. A page that must not differ from another has none.
func (v *visit) unread() int {
	if v.steady {
		return 0
	}
	n, err := v.in.Notices.Unread(v.ctx(), v.person.Mine())
	if err != nil {
		v.s.log.Warn("unread", "error", err)
	}
	return n
}

// showInbox lists what the visitor is told. To be shown is not to be read: that is said by opening or marking.
func (s *Server) showInbox(v *visit) error {
	q := v.r.URL.Query()
	only := q.Get("unread") != ""
	list, next, err := v.in.Notices.List(v.ctx(), v.person.Mine(), only, q.Get("after"), inboxListed)
	if err != nil {
		return err
	}
	d := view.Inbox{Reach: view.PathReach, Only: only, Unread: v.unread(), Pager: view.Pager{Shown: len(list)}}
	for _, n := range list {
		d.Items = append(d.Items, v.told(n))
	}
	if d.Unread > 0 && len(list) > 0 {
		d.Top = list[0].ID
	}
	if next != "" {
		u := url.Values{"after": {next}}
		if only {
			u.Set("unread", "yes")
		}
		d.Pager.Next = withQuery(view.PathInbox, u.Encode())
	}
	return v.show(view.InboxPage(v.page(view.Say("通知\x04收件"), view.PathInbox), d))
}

// readInbox marks one as read and leads to what it is about, or marks all that the visitor has seen.
func (s *Server) readInbox(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if top := values.Get("all"); top != "" {
		if err := v.in.Notices.ReadAll(v.ctx(), v.person.Mine(), top); err != nil {
			return err
		}
		v.done(words.Mark("已经全部标为已读。"))
		return v.to(view.PathInbox)
	}
	n, err := v.in.Notices.Read(v.ctx(), v.person.Mine(), values.Get("id"))
	if err != nil {
		return err
	}
	if to := v.leadsTo(n); to != "" {
		return v.to(to)
	}
	return v.to(view.PathInbox)
}

// told puts a notice into words.
func (v *visit) told(n notice.Notice) view.Message {
	m := view.Message{ID: n.ID, When: words.Moment(n.At), Unread: n.Unread()}
	who := view.Plain(n.Actor)
	switch n.Kind {
	case notice.Revealed, notice.Exported, notice.OpenedFile, notice.HandedOver:
		m.Text = view.Say(map[notice.Kind]string{notice.Revealed: words.Mark("%s查看了您的完整信息"), notice.Exported: words.Mark("%s导出的名册里有您"), notice.OpenedFile: words.Mark("%s打开了您的档案材料"),
			notice.HandedOver: words.Mark("%s制作了您的档案副本")}[n.Kind], who)
		if n.About != "" {
			m.Detail = view.Say("用途：%s", purposeWords(v.ctx(), n.About))
		}
		m.Do = view.Say("看我的档案")
	case notice.Settled:
		m.Text, m.Detail, m.Do = view.Say("“%s”：异议已经答复", fieldLabel(roster.Column(n.About))), view.Say(steward.Outcome(n.Detail).Name()), view.Say("看答复")
	case notice.Answered:
		m.Text, m.Do = view.Say("您的请求已经办好：%s", view.Say(request.Kind(n.About).Name())), view.Say("看答复")
	case notice.Refused:
		m.Text, m.Do = view.Say("您的请求没有同意：%s", view.Say(request.Kind(n.About).Name())), view.Say("看理由")
	case notice.Approved:
		m.Text, m.Do = view.Say("您提出的更正已经审核通过"), view.Say("看我的档案")
	case notice.DutyDigest:
		m.Text, m.Detail = v.digestWords(n.Digest())
		m.Do = view.Say("看该办的事")
	case notice.HelpOffered:
		m.Text, m.Detail, m.Do = view.Say("上级愿意协助：%s", v.dutyNamed(timeline.Name(n.About))), view.Say(duty.Offer(n.Detail).Name()), view.Say("看怎样协助")
	case notice.HelpClosed:
		m.Text, m.Do = view.Say("协助已经结束：%s", v.dutyNamed(timeline.Name(n.About))), view.Say("看结果")
		if duty.HelpState(n.Detail) == duty.HelpDone {
			m.Text = view.Say("协助的事办好了：%s", v.dutyNamed(timeline.Name(n.About)))
		}
	case notice.StepTaken:
		step, _ := admission.Numbered(n.Subject)
		m.Text, m.Do = view.Say("案卷的下一步已经办了：%s", view.Say(step.Title)), view.Say("看我的入党过程")
	case notice.MeetingCalled, notice.MeetingMoved, notice.MeetingCancelled, notice.MeetingDecided, notice.ResolutionOwned:
		kind := view.Say(life.Kind(n.About).Name())
		m.Text = view.Say(map[notice.Kind]string{notice.MeetingCalled: words.Mark("请您参加：%s"), notice.MeetingMoved: words.Mark("会议改了时间或者地点：%s"), notice.MeetingCancelled: words.Mark("会议不开了：%s"),
			notice.MeetingDecided: words.Mark("您没有到会，看看议定了什么：%s"), notice.ResolutionOwned: words.Mark("有一项决议由您负责：%s")}[n.Kind], kind)
		m.Do = view.Say("看会议")
	case notice.Returned:
		m.Text, m.Do = view.Say("您录入的内容被退回：%s", changeName(n.About)), view.Say("看理由")
	}
	return m
}

// digestWords says what somebody is reminded of: numbers and kinds of duties.
func (v *visit) digestWords(d notice.Digest) (text, detail view.Text) {
	var late, soon, below int64
	var all []string
	for _, l := range duty.Reminded(d) {
		switch {
		case l.Below:
			below++
		case l.Late:
			late += l.N
		default:
			soon += l.N
		}
		all = append(all, v.t(duty.LineSays(l), v.dutyNamed(timeline.Name(l.Duty)).In(v.ctx()), l.N))
	}
	detail = view.Say("%s。", view.Plain(strings.Join(all, v.t("；"))))
	switch {
	case late > 0 && soon > 0:
		return view.Say("该办的事：%d 件已逾期，%d 件快到期", late, soon), detail
	case late > 0:
		return view.Say("该办的事：%d 件已逾期", late), detail
	case soon == 0 && below > 0:
		return view.Say("下级支部有 %d 种事逾期，可以协助", below), detail
	}
	return view.Say("该办的事：%d 件快到期", soon), detail
}

// changeName is what was entered.
func changeName(kind string) view.Text {
	if kind == member.DoAdd {
		return view.Say("新登记的党员")
	}
	return view.Say("一项更改")
}

// leadsTo is the page of what a notice is about.
func (v *visit) leadsTo(n notice.Notice) string {
	switch n.Kind {
	case notice.Revealed, notice.Exported, notice.OpenedFile, notice.HandedOver, notice.Approved:
		return view.PathMe
	case notice.MeetingCalled, notice.MeetingMoved, notice.MeetingCancelled, notice.MeetingDecided, notice.ResolutionOwned:
		return view.PathOwnMeeting(n.Subject)
	case notice.StepTaken:
		return view.PathOwnAdmission
	case notice.Settled:
		return view.PathDispute(n.Subject)
	case notice.Answered, notice.Refused:
		return view.PathMyData
	case notice.DutyDigest:
		return view.PathDuties
	case notice.HelpOffered, notice.HelpClosed:
		return view.PathHelpOne(n.Subject)
	case notice.Returned:
		return view.PathReview(n.Subject)
	}
	return ""
}
