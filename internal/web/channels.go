package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showReach is where a visitor is told outside, channel by channel.
func (s *Server) showReach(v *visit) error {
	page, err := v.reachPage(v.form(nil))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) reachPage(f view.Form) (templ.Component, error) {
	list, err := v.in.Notices.Reaches(v.ctx(), v.actor(), v.person.Mine())
	if err != nil {
		return nil, err
	}
	policy, err := v.in.Notices.Policy(v.ctx())
	if err != nil {
		return nil, err
	}
	if f.Values == nil {
		f.Values = url.Values{}
	}
	sheet := view.Sheet{Heading: view.Say("怎样通知我"), Lead: view.Say("系统里的通知总是有的，不能停用。下面是系统外的渠道：只告诉您有几件什么事，不写姓名和内容。"), Form: f}
	rules := view.SheetPart{ID: "when", Title: view.Say("什么时候发"), Facts: []view.Fact{
		{Label: view.Say("夜里不发"), Value: view.Say("%d:00 到 %d:00", policy[notice.QuietFrom], policy[notice.QuietUntil])},
		{Label: view.Say("一天最多"), Value: view.Say("%d 次", policy[notice.DailyCap])}}}
	for _, r := range list {
		sheet.Parts = append(sheet.Parts, v.wayPart(f, r))
	}
	if len(list) == 0 {
		rules = view.SheetPart{ID: "when", Title: view.Say("系统外的渠道"), Empty: view.Say("本单位没有开通短信、电子邮件、企业微信或者钉钉。有新通知时，登录后页面上方会显示条数。"), Head: []view.Text{view.Say("渠道")}}
	}
	sheet.Parts = append(sheet.Parts, rules)
	return view.SheetPage(v.page(sheet.Heading, view.PathInbox, view.Link{Text: view.Say("通知\x04收件"), URL: view.PathInbox}), sheet), nil
}

// wayPart is one channel: how it stands, and the form to change it. Fields bear the channel's name, since all forms of a page
// share what was typed.
func (v *visit) wayPart(f view.Form, r notice.Reach) view.SheetPart {
	id := r.Channel.ID()
	part := view.SheetPart{ID: id, Title: view.Plain(r.Channel.Title())}
	state := view.Say("没有地址，不发")
	switch {
	case r.Off:
		state = view.Say("不用，不发")
	case r.Address != "":
		state = view.Say("发到您填写的地址")
	case r.Known:
		state = view.Say("发到档案里的手机号码")
	}
	part.Facts = append(part.Facts, view.Fact{Label: view.Say("现在"), Value: state})
	if r.Last != nil {
		part.Facts = append(part.Facts, view.Fact{Label: view.Say("最近一次"), Value: view.Say("%s，%s", view.Plain(words.Moment(r.Last.At)), sentWords(*r.Last))})
	}
	if f.Values.Get("channel") != id {
		use := "on"
		if r.Off {
			use = "off"
		}
		f.Values.Set("use-"+id, use)
		f.Values.Set("address-"+id, r.Address)
	}
	part.Forms = []view.SheetForm{{Action: view.PathReach, Submit: view.Say("保存"), Main: true, Hidden: []view.Pair{{Name: "channel", Value: id}, {Name: "seen", Value: strconv.FormatInt(r.Version, 10)}},
		Fields: []view.SheetField{{Kind: "radios", Field: view.Field{Name: "use-" + id, Label: view.Say("用不用这个渠道")}, Options: []view.Option{{Value: "on", Label: view.Say("用")}, {Value: "off", Label: view.Say("不用")}}},
			{Field: view.Field{Name: "address-" + id, Label: view.Say(r.Channel.Asks()), Hint: reachHint(r), Optional: true, Max: 120}}}}}
	return part
}

func reachHint(r notice.Reach) view.Text {
	if r.Known {
		return view.Say("不填：发到档案里的手机号码。")
	}
	return view.Say("只用来发通知，加密保存，可以随时清掉。")
}

func (s *Server) setReach(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	id := values.Get("channel")
	version, err := strconv.ParseInt(values.Get("seen"), 10, 64)
	if err != nil {
		version = -1
	}
	err = v.in.Notices.SetReach(v.ctx(), v.actor(), id, version, values.Get("use-"+id) == "off", said(values, "address-"+id))
	if err != nil && wrong(err) {
		f := v.form(values)
		f.Problems = []view.Problem{v.problem(err, at{"address": "address-" + id})}
		page, perr := v.reachPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经保存。"))
	return v.to(view.PathReach)
}

// sentWords says how a message stands.
func sentWords(m notice.Sent) view.Text {
	switch m.State {
	case notice.Gone:
		return view.Say("已经发出")
	case notice.Failed, notice.InDoubt:
		return failureWords(m.Error)
	}
	return view.Say("等着发")
}

// failureWords says why a message did not go out.
func failureWords(code string) view.Text {
	known := map[string]string{"away": words.Mark("对方连不上"), "timeout": words.Mark("对方没有按时回答"), "killed": words.Mark("程序中断过，不知道送到没有，不再重发"), "late": words.Mark("等了一天没有发出，不再发"),
		"no address": words.Mark("没有地址了"), "no channel": words.Mark("这个渠道已经从配置里去掉"), "no secret": words.Mark("密钥文件读不出来")}
	if text, ok := known[code]; ok {
		return view.Say(text)
	}
	return view.Say("对方不收（%s）", view.Plain(code))
}

// Channels of the installation: how many days are counted, and how many failures are listed.
const (
	channelDays   = 7
	failuresShown = 30
)

// showChannels is what administrators see of the channels: settings, counts, what was given up. Never to whom.
func (s *Server) showChannels(v *visit) error {
	policy, err := v.in.Notices.Policy(v.ctx())
	if err != nil {
		return err
	}
	values := url.Values{}
	for id, n := range policy {
		values.Set(id, strconv.Itoa(n))
	}
	page, err := v.channelsPage(v.form(values))
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) channelsPage(f view.Form) (templ.Component, error) {
	if err := v.person.Need(access.See, access.Setting); err != nil {
		return nil, err
	}
	tallies, err := v.in.Notices.Tallies(v.ctx(), v.in.Clock.Now().Add(-channelDays*24*time.Hour))
	if err != nil {
		return nil, err
	}
	failed, err := v.in.Notices.GivenUp(v.ctx(), failuresShown)
	if err != nil {
		return nil, err
	}
	sheet := view.Sheet{Heading: view.Say("通知渠道"), Lead: view.Say("往系统外发的通知只有件数和种类。这里看渠道通不通，看不到发给谁。"), Form: f}
	ways := view.SheetPart{ID: "channels", Title: view.Say("最近 %d 天", channelDays), Empty: view.Say("没有配置系统外的渠道。需要时写进 zhibu.json 的 channels，重启生效。"),
		Head: []view.Text{view.Say("渠道"), view.Say("已发出"), view.Say("等着发"), view.Say("没有送到"), view.Say("不知道送到没有")}}
	titles := map[string]view.Text{}
	for _, c := range v.in.Notices.Channels {
		titles[c.ID()] = view.Plain(c.Title())
		t := tallies[c.ID()]
		count := func(n int) view.SheetCell { return view.Cell(view.Say("%d", n)) }
		ways.Rows = append(ways.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(titles[c.ID()]), count(t.Sent), count(t.Waiting), count(t.Failed), count(t.InDoubt)}})
	}
	gone := view.SheetPart{ID: "failed", Title: view.Say("没有送到的"), Empty: view.Say("都送到了。"), Head: []view.Text{view.Say("什么时候"), view.Say("渠道"), view.Say("试了几次"), view.Say("原因")}}
	for _, m := range failed {
		title, ok := titles[m.Channel]
		if !ok {
			title = view.Plain(m.Channel)
		}
		gone.Rows = append(gone.Rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(view.Plain(words.Moment(m.At))), view.Cell(title), view.Cell(view.Say("%d", m.Tries)), view.Cell(failureWords(m.Error))}})
	}
	sheet.Parts = []view.SheetPart{ways, gone, v.noticeSettings(f)}
	return view.SheetPage(v.page(sheet.Heading, view.PathChannels), sheet), nil
}

// noticeSettings are the settings of notices, as a form for whoever may change them.
func (v *visit) noticeSettings(f view.Form) view.SheetPart {
	part := view.SheetPart{ID: "settings", Title: view.Say("什么时候发、发几次"), Note: view.Say("法规没有写这些数，都是设定；改动记入日志。从几点和到几点相同，就是夜里也发。")}
	var fields []view.SheetField
	for _, k := range notice.Knobs() {
		if !v.person.May(access.Mend, access.Setting) {
			part.Facts = append(part.Facts, view.Fact{Label: view.Say(k.Text), Value: view.Plain(f.Value(k.ID))})
			continue
		}
		fields = append(fields, view.SheetField{Field: view.Field{Name: k.ID, Label: view.Say(k.Text), Hint: view.Say("%d 到 %d，默认 %d。", k.Min, k.Max, k.Standard), Type: "number"}})
	}
	if len(fields) > 0 {
		part.Forms = []view.SheetForm{{Action: view.PathChannels, Submit: view.Say("保存设置"), Main: true, Fields: fields}}
	}
	return part
}

func (s *Server) setChannels(v *visit) error {
	if err := v.person.Need(access.Mend, access.Setting); err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	next := notice.Policy{}
	f := v.form(values)
	for _, k := range notice.Knobs() {
		n, err := strconv.Atoi(strings.TrimSpace(values.Get(k.ID)))
		if err != nil || n < k.Min || n > k.Max {
			f.Problems = append(f.Problems, v.problem(fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", k.Min, k.Max).At(k.ID), at{k.ID: k.ID}))
		}
		next[k.ID] = n
	}
	if len(f.Problems) > 0 {
		page, err := v.channelsPage(f)
		if err != nil {
			return err
		}
		return v.again(fault.New(fault.Invalid, "设置没有改。"), page)
	}
	if err := v.in.Notices.SetPolicy(v.ctx(), v.actor(), next); err != nil {
		return err
	}
	v.done(words.Mark("设置已经改好，马上起作用。"))
	return v.to(view.PathChannels)
}
