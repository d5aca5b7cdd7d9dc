package view

import (
	"maps"

	"github.com/a-h/templ"
)

// samples are all pages by file name.
func samples() map[string]templ.Component {
	all := workSamples()
	maps.Copy(all, outsideSamples())
	return all
}

var sampleLinks = LinkList{Items: []AccountLink{{"l1", "统一身份认证", "wo…77", "2026-11-01 08:30", ""}}, Services: []Option{{"wecom", Plain("企业微信"), Text{}}}}

// outsideSamples are the pages of other sign-in services.
func outsideSamples() map[string]templ.Component {
	buttons := []Link{{Say("用“%s”登录", Plain("统一身份认证")), PathOutsideTo("office", "")}, {Say("用“%s”登录", Plain("企业微信")), PathOutsideTo("wecom", "")}}
	return map[string]templ.Component{
		"sign-in-services": SignInPage(outside(Say("登录")), SignIn{Other: buttons}),
		"links":            LinksPage(samplePage(Say("其他登录方式"), ""), Links{List: sampleLinks}),
		"links-go":         LinkGoPage(samplePage(Say("到“%s”确认您的身份", Plain("统一身份认证")), ""), LinkGo{"统一身份认证", "https://login.example.gov.cn/auth?state=x"}),
	}
}
