package web

import (
	"zhibu/internal/fault"
	"zhibu/internal/web/view"
)

// showHelp lists the help pages, those for the visitor's role first.
func (s *Server) showHelp(v *visit) error {
	return v.show(view.HelpIndexPage(v.page(view.Say("帮助"), view.PathHelp), view.HelpIndex{Role: v.role()}))
}

// role is the visitor's; a stranger reads what is for everybody.
func (v *visit) role() string {
	if v.person == nil {
		return view.RoleMember
	}
	return string(v.person.Role())
}

func (s *Server) showTopic(v *visit) error {
	topic := v.r.PathValue("topic")
	if !view.Topic(topic) {
		return fault.Missing()
	}
	back := view.Link{Text: view.Say("帮助"), URL: view.PathHelp}
	return v.show(view.HelpTopicPage(v.page(view.TopicTitle(topic), view.PathHelp, back), view.HelpPage{Topic: topic}))
}

// showPrivacy is the notice of what is kept about members, why, and for how long.
func (s *Server) showPrivacy(v *visit) error {
	d := view.Privacy{Fields: privacyFields(), Contact: v.s.places.root(v.ctx())}
	return v.show(view.PrivacyPage(v.page(view.Say("个人信息保护说明"), ""), d))
}

func (s *Server) showAccessibility(v *visit) error {
	d := view.Accessibility{Contact: v.s.places.root(v.ctx())}
	return v.show(view.AccessibilityPage(v.page(view.Say("无障碍声明"), ""), d))
}
