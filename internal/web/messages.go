package web

import (
	"net/http"
	"strconv"

	"zhibu/internal/party/member"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showMessages tells who has seen one's record in full or taken it out. What has been shown is no longer unread.
func (s *Server) showMessages(v *visit) error {
	d := view.Messages{}
	seen := seenAt(v.r)
	if v.person.Member != "" {
		looks, err := v.in.Members.Looks(v.ctx(), v.reader(), v.person.Member, 500)
		if err != nil {
			return err
		}
		for _, l := range looks {
			if l.Kind == member.Opened {
				continue
			}
			d.Items = append(d.Items, message(v, l, l.At.UnixMicro() > seen))
		}
	}
	if err := v.disputeMessages(&d, seen); err != nil {
		return err
	}
	d.Pager = view.Pager{Shown: len(d.Items), Total: len(d.Items)}
	now := v.in.Clock.Now().UnixMicro()
	http.SetCookie(v.w, &http.Cookie{Name: seenCookie, Value: strconv.FormatInt(now, 36), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true,
		Secure: v.s.options.Secure, SameSite: http.SameSiteLaxMode})
	return v.show(view.MessagesPage(v.page(view.Say("消息"), ""), d))
}

func message(v *visit, l member.Look, unread bool) view.Message {
	m := view.Message{When: words.Moment(l.At), Unread: unread, Link: view.Link{Text: view.Say("看我的档案"), URL: view.PathMe}}
	if l.Kind == member.Exported {
		m.Text = view.Say("%s导出的名册里有您", view.Plain(l.Actor))
	} else {
		m.Text = view.Say("%s查看了您的完整信息", view.Plain(l.Actor))
	}
	if l.Purpose != "" {
		m.Detail = view.Say("用途：%s", purposeWords(v.ctx(), l.Purpose))
	}
	return m
}
