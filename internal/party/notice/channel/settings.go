package channel

import (
	"encoding/json"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
	"zhibu/internal/words"
)

// The kinds of channels.
const (
	SMS      = "sms"
	Email    = "email"
	WeCom    = "wecom"
	DingTalk = "dingtalk"
)

// Settings is one channel as DIR/zhibu.json names it.
type Settings struct {
	ID         string          `json:"id" doc:"名称，小写字母、数字、短横，定下来不要再改：各人填写的地址跟着它走。|Name in lower-case letters, digits and hyphens; never change it, the addresses people have entered belong to it."`
	Kind       string          `json:"kind" doc:"sms（短信）、email（电子邮件）、wecom（企业微信应用消息）、dingtalk（钉钉工作通知）。|sms, email, wecom (application message) or dingtalk (work notification)."`
	Title      string          `json:"title" doc:"各人在“怎样通知我”里看到的名称。|What people see where they choose how to be notified."`
	URL        string          `json:"url,omitempty" doc:"sms、email：网关的地址，以 https:// 开头，用 POST 发 JSON。|sms, email: address of the gateway, with https://; JSON is posted to it."`
	Header     string          `json:"header,omitempty" doc:"sms、email：带密钥的请求头；空：Authorization: Bearer {secret}。|sms, email: the header that bears the secret; empty: Authorization: Bearer {secret}."`
	Template   json.RawMessage `json:"template,omitempty" doc:"sms、email：请求的 JSON，其中 {to} {title} {text} {id} {from} {secret} 换成实际内容；空：sms 是 {\"to\":\"{to}\",\"text\":\"{text}\",\"id\":\"{id}\"}，email 另有 from 和 subject。短信模板审过的网关，把 {text} 放在它的变量里。|sms, email: the JSON of the request, in which {to} {title} {text} {id} {from} {secret} are filled in; empty: {\"to\":\"{to}\",\"text\":\"{text}\",\"id\":\"{id}\"}, with from and subject for email. Where a gateway has approved templates, put {text} into its variable."`
	Success    string          `json:"success,omitempty" doc:"sms、email：回答里表示成功的一项，写成 code=0 这样；空：状态码 2xx 就是成功。|sms, email: what in the answer says that it was taken, as code=0; empty: a status of 2xx."`
	From       string          `json:"from,omitempty" doc:"email：发件地址。|email: the sender's address."`
	ClientID   string          `json:"client_id,omitempty" doc:"企业微信的企业 ID（CorpID）；钉钉应用的 Client ID（AppKey）。|CorpID of WeCom; Client ID (AppKey) of DingTalk."`
	AgentID    string          `json:"agent_id,omitempty" doc:"企业微信、钉钉应用的 AgentId。|AgentId of the WeCom or DingTalk application."`
	SecretFile string          `json:"secret_file,omitempty" doc:"存密钥的文件，只许程序的账户读；相对路径从安装目录算起。随时可以换，不用重启；不在备份里。|File with the secret, readable to the program's account alone; a relative path counts from the installation's directory. It may be replaced at any time and is not in backups."`
	API        string          `json:"api,omitempty" doc:"企业微信、钉钉的接口地址，私有部署时写；空：官方地址。|Address of WeCom's or DingTalk's API, for their private editions; empty: the public one."`
}

var goodID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,19}$`)

// Open makes the channels of an installation. A secret file lies in dir unless its path is absolute; it is read at each use,
// so that it can be changed while the program runs.
func Open(all []Settings, dir string) ([]notice.Channel, error) {
	var out []notice.Channel
	seen := map[string]bool{}
	for _, s := range all {
		if !goodID.MatchString(s.ID) || seen[s.ID] {
			return nil, wrong(words.Mark("通知渠道的 id（%s）要用小写字母、数字和短横，2 到 20 位，不能重复。"), s.ID)
		}
		seen[s.ID] = true
		if s.Title == "" {
			return nil, wrong(words.Mark("通知渠道 %s 的 title 要写。"), s.ID)
		}
		if s.SecretFile != "" && !filepath.IsAbs(s.SecretFile) {
			s.SecretFile = filepath.Join(dir, s.SecretFile)
		}
		c, err := s.open()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (s Settings) open() (notice.Channel, error) {
	for _, address := range []string{s.URL, s.API} {
		if address != "" && !safe(address) {
			return nil, wrong(words.Mark("通知渠道 %s 的地址要以 https:// 开头。"), s.ID)
		}
	}
	switch s.Kind {
	case SMS, Email:
		return openGateway(s)
	case WeCom, DingTalk:
		if s.ClientID == "" || s.AgentID == "" || s.SecretFile == "" {
			return nil, wrong(words.Mark("通知渠道 %s 的 client_id、agent_id、secret_file 都要写。"), s.ID)
		}
		return &office{Settings: s, client: newClient()}, nil
	}
	return nil, wrong(words.Mark("通知渠道 %s 的 kind 只能是 sms、email、wecom、dingtalk。"), s.ID)
}

func wrong(text string, args ...any) error {
	return fault.New(fault.Invalid, text, args...).At("channels")
}

// safe tells whether messages and secrets may travel to an address: by TLS, or not beyond this machine.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// secret reads the secret, "" where the channel has none.
func (s Settings) secret() (string, error) {
	if s.SecretFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(s.SecretFile)
	if err != nil {
		return "", &notice.FailureError{Code: "no secret"}
	}
	return strings.TrimSpace(string(b)), nil
}

// ID is the name that addresses belong to.
func (s Settings) id() string { return s.ID }

// asks is what address each kind needs.
var asks = map[string]string{SMS: words.Mark("手机号码"), Email: words.Mark("电子邮件地址"), WeCom: words.Mark("企业微信账号（UserID）"), DingTalk: words.Mark("钉钉账号（UserID）")}
