package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"zhibu/internal/party/notice"
	"zhibu/internal/words"
)

// gateway is a service for short messages or e-mail that takes JSON by HTTP.
type gateway struct {
	Settings
	client   *http.Client
	template any // JSON, as it is read
	header   string
	bearing  string // what the header says
}

const (
	smsTemplate   = `{"to":"{to}","text":"{text}","id":"{id}"}`
	emailTemplate = `{"to":"{to}","from":"{from}","subject":"{title}","text":"{text}","id":"{id}"}`
	bearer        = "Authorization: Bearer {secret}"
)

func openGateway(s Settings) (*gateway, error) {
	if s.URL == "" {
		return nil, wrong(words.Mark("通知渠道 %s 的 url 要写。"), s.ID)
	}
	g := &gateway{Settings: s, client: newClient()}
	text := []byte(s.Template)
	switch {
	case len(text) > 0:
	case s.Kind == Email:
		text = []byte(emailTemplate)
	default:
		text = []byte(smsTemplate)
	}
	if err := json.Unmarshal(text, &g.template); err != nil {
		return nil, wrong(words.Mark("通知渠道 %s 的 template 不是 JSON。"), s.ID)
	}
	header := s.Header
	if header == "" {
		header = bearer
	}
	name, value, ok := strings.Cut(header, ":")
	if !ok || strings.TrimSpace(name) == "" {
		return nil, wrong(words.Mark("通知渠道 %s 的 header 要写成 Authorization: Bearer {secret} 这样。"), s.ID)
	}
	g.header, g.bearing = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
	if s.Success != "" && !strings.Contains(s.Success, "=") {
		return nil, wrong(words.Mark("通知渠道 %s 的 success 要写成 code=0 这样。"), s.ID)
	}
	return g, nil
}

// ID is the name that addresses belong to.
func (g *gateway) ID() string { return g.id() }

// Kind is which of the kinds it is.
func (g *gateway) Kind() string { return g.Settings.Kind }

// Title is what people see.
func (g *gateway) Title() string { return g.Settings.Title }

// Asks is what address it needs.
func (g *gateway) Asks() string { return asks[g.Settings.Kind] }

// Send hands a message to the gateway.
func (g *gateway) Send(ctx context.Context, m notice.Message) error {
	secret, err := g.secret()
	if err != nil {
		return err
	}
	fill := strings.NewReplacer("{to}", m.To, "{title}", m.Title, "{text}", m.Text, "{id}", m.ID, "{from}", g.From, "{secret}", secret)
	header := http.Header{}
	if secret != "" {
		header.Set(g.header, fill.Replace(g.bearing))
	}
	if g.Success == "" {
		return post(ctx, g.client, g.URL, header, filled(g.template, fill), nil)
	}
	var answer any
	if err := post(ctx, g.client, g.URL, header, filled(g.template, fill), &answer); err != nil {
		return err
	}
	path, want, _ := strings.Cut(g.Success, "=")
	got := part(answer, path)
	if got != want {
		return &notice.FailureError{Code: "refused " + short(got)}
	}
	return nil
}

// filled is a template with what goes into its texts: inside JSON that is read, so that nothing in a text becomes JSON.
func filled(template any, fill *strings.Replacer) any {
	switch t := template.(type) {
	case string:
		return fill.Replace(t)
	case []any:
		out := make([]any, len(t))
		for i, x := range t {
			out[i] = filled(x, fill)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, x := range t {
			out[k] = filled(x, fill)
		}
		return out
	}
	return template
}

// part is a part of an answer by its path, as text.
func part(answer any, path string) string {
	for _, name := range strings.Split(path, ".") {
		m, ok := answer.(map[string]any)
		if !ok {
			return ""
		}
		answer = m[name]
	}
	return fmt.Sprint(answer)
}

// short keeps a code and nothing that looks like more: a gateway might repeat what it was sent.
func short(code string) string {
	digits := strings.FieldsFunc(code, func(r rune) bool { return r < '0' || r > '9' })
	if len(code) > 12 || len(strings.Join(digits, "")) > 6 || strings.ContainsFunc(code, func(r rune) bool { return r > 'z' || r <= ' ' }) {
		return "?"
	}
	return code
}
