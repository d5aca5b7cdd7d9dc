package provider

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// The kinds of services.
const (
	OIDC     = "oidc"
	WeCom    = "wecom"
	DingTalk = "dingtalk"
)

// Settings is one service as DIR/zhibu.json names it.
type Settings struct {
	ID         string   `json:"id" doc:"名称，小写字母、数字、短横；写进回调地址 …/sign-in/with/名称/back，定下来不要再改，改了已有的关联就不认了。|Name in lower-case letters, digits and hyphens; it is part of the redirect address …/sign-in/with/NAME/back. Links belong to it, so never change it."`
	Kind       string   `json:"kind" doc:"oidc、wecom（企业微信）或 dingtalk（钉钉）。|oidc, wecom or dingtalk."`
	Title      string   `json:"title" doc:"登录页按钮上的名称。|What the button on the sign-in page says."`
	Issuer     string   `json:"issuer,omitempty" doc:"oidc：签发者，和对方写的一字不差。|oidc: the issuer, letter by letter as the service writes it."`
	ClientID   string   `json:"client_id" doc:"oidc 的 client_id；企业微信的企业 ID（CorpID）；钉钉应用的 Client ID（AppKey）。|client_id of oidc; CorpID of WeCom; Client ID (AppKey) of DingTalk."`
	AgentID    string   `json:"agent_id,omitempty" doc:"企业微信应用的 AgentId。|AgentId of the WeCom application."`
	SecretFile string   `json:"secret_file" doc:"存密钥（client secret、应用 Secret）的文件，只许程序的账户读；相对路径从安装目录算起。随时可以换，不用重启；不在备份里。|File with the client secret, readable to the program's account alone; a relative path counts from the installation's directory. It may be replaced at any time and is not in backups."`
	Second     []string `json:"second_factor,omitempty" doc:"oidc：对方的哪些说法算第二种鉴别，写成 acr=… 或 amr=…，如 amr=otp；空：都不算，本系统另问。企业微信和钉钉不说，总是另问。|oidc: what the service says that counts as a second factor, as acr=… or amr=…, such as amr=otp; empty: nothing does and the own one is asked. WeCom and DingTalk say nothing, so it is always asked."`
	API        string   `json:"api,omitempty" doc:"企业微信、钉钉的接口地址，私有部署时写；空：官方地址。|Address of WeCom's or DingTalk's API, for their private editions; empty: the public one."`
	Page       string   `json:"page,omitempty" doc:"企业微信、钉钉的登录页地址，私有部署时写；空：官方地址。|Address of their sign-in page, likewise."`
}

var goodID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,19}$`)

// Open makes the services of an installation. A secret file lies in dir unless its path is absolute; it is read at
// each use, so that it can be changed while the program runs.
func Open(all []Settings, dir string, clock civil.Clock) ([]access.Outside, error) {
	var out []access.Outside
	seen := map[string]bool{}
	for _, s := range all {
		if !goodID.MatchString(s.ID) || seen[s.ID] {
			return nil, wrong(words.Mark("登录服务的 id（%s）要用小写字母、数字和短横，2 到 20 位，不能重复。"), s.ID)
		}
		seen[s.ID] = true
		if s.Title == "" || s.ClientID == "" || s.SecretFile == "" {
			return nil, wrong(words.Mark("登录服务 %s 的 title、client_id、secret_file 都要写。"), s.ID)
		}
		if !filepath.IsAbs(s.SecretFile) {
			s.SecretFile = filepath.Join(dir, s.SecretFile)
		}
		p, err := s.open(clock)
		if err != nil {
			return nil, err
		}
		out = append(out, access.Outside{ID: s.ID, Title: s.Title, Provider: p})
	}
	return out, nil
}

func (s Settings) open(clock civil.Clock) (access.IdentityProvider, error) {
	for _, address := range []string{s.Issuer, s.API, s.Page} {
		if address != "" && !safe(address) {
			return nil, wrong(words.Mark("登录服务 %s 的地址 %s 要以 https:// 开头。"), s.ID, address)
		}
	}
	for _, rule := range s.Second {
		if name, value, ok := strings.Cut(rule, "="); !ok || value == "" || name != "acr" && name != "amr" {
			return nil, wrong(words.Mark("登录服务 %s 的 second_factor 要写成 acr=… 或 amr=…：%s"), s.ID, rule)
		}
	}
	switch s.Kind {
	case OIDC:
		if s.Issuer == "" {
			return nil, wrong(words.Mark("登录服务 %s 要写 issuer。"), s.ID)
		}
		return &oidcProvider{Settings: s, clock: clock, client: newClient()}, nil
	case WeCom:
		if s.AgentID == "" {
			return nil, wrong(words.Mark("登录服务 %s 要写 agent_id（企业微信应用的 AgentId）。"), s.ID)
		}
		return &weCom{Settings: s, client: newClient()}, nil
	case DingTalk:
		return &dingTalk{Settings: s, client: newClient()}, nil
	}
	return nil, wrong(words.Mark("登录服务 %s 的 kind 只能是 oidc、wecom、dingtalk。"), s.ID)
}

func wrong(text string, args ...any) error {
	return fault.New(fault.Invalid, text, args...).At("sign_in")
}

// safe tells whether secrets may travel to an address: by TLS, or not beyond this machine.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func (s Settings) secret() (string, error) {
	b, err := os.ReadFile(s.SecretFile)
	if err != nil {
		return "", s.away(err)
	}
	return strings.TrimSpace(string(b)), nil
}

// away says that the service cannot be asked; the reason goes into the log, without addresses.
func (s Settings) away(err error) error {
	return fault.New(fault.Unavailable, "“%s”现在连不上，请稍后再试，或改用账号和密码登录。", s.Title).Because(plain(err))
}

// refused says that what the browser brought back does not hold.
func (s Settings) refused(err error) error {
	return fault.New(fault.Invalid, "“%s”的登录没有完成或已经过期，请再试一次，或改用账号和密码登录。", s.Title).By(access.RuleOutside).Because(plain(err))
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return strings.TrimSuffix(text, "/")
}
