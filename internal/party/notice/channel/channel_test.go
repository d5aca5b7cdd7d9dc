package channel

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/party/notice"
)

// recorder stands where a service would: it keeps what it was asked and answers in turn what it is told to.
type recorder struct {
	*httptest.Server
	asked   []request
	answers []answer
}

type request struct {
	path, query, auth string
	body              map[string]any
}

type answer struct {
	status int
	text   string
}

func record(t *testing.T, answers ...answer) *recorder {
	t.Helper()
	rec := &recorder{answers: answers}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		q := request{path: r.URL.Path, query: r.URL.RawQuery, auth: r.Header.Get("Authorization") + r.Header.Get("X-Key")}
		if len(text) > 0 && json.Unmarshal(text, &q.body) != nil {
			t.Errorf("no JSON: %s", text)
		}
		rec.asked = append(rec.asked, q)
		if len(rec.answers) == 0 {
			t.Error("asked once too often")
			return
		}
		a := rec.answers[0]
		rec.answers = rec.answers[1:]
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.text)
	}))
	t.Cleanup(rec.Close)
	return rec
}

const hidden = "s3cret-value"

// opened makes one channel with its secret in a file.
func opened(t *testing.T, s Settings) notice.Channel {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(hidden+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ID, s.Title, s.SecretFile = "way", "渠道", "secret"
	all, err := Open([]Settings{s}, dir)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

var message = notice.Message{ID: "m~way~2026-11-23~0", To: "15400000001", Title: "支部", Text: `有 2 件"要办"`}

// silent checks what an error says: a code, nobody, no secret, no address.
func silent(t *testing.T, err error, code string, ever bool) {
	t.Helper()
	var f *notice.FailureError
	if !errors.As(err, &f) || f.Code != code || f.Ever != ever {
		t.Errorf("%v %+v, want %s %v", err, f, code, ever)
		return
	}
	for _, no := range []string{message.To, hidden, "127.0.0.1", "token-"} {
		if strings.Contains(err.Error(), no) {
			t.Errorf("the error shows %s: %v", no, err)
		}
	}
}

func TestGatewayFillsItsTemplate(t *testing.T) {
	rec := record(t, answer{200, `{"code":0}`}, answer{200, `{"result":{"code":"OK"}}`}, answer{200, `{"result":{"code":"15400000001 unknown"}}`}, answer{200, `{"result":{"code":"E21"}}`},
		answer{503, ""}, answer{422, message.To}, answer{200, "no json"})
	plain := opened(t, Settings{Kind: SMS, URL: rec.URL + "/send"})
	if err := plain.Send(context.Background(), message); err != nil {
		t.Fatal(err)
	}
	if got := rec.asked[0]; got.path != "/send" || got.auth != "Bearer "+hidden || got.body["to"] != message.To || got.body["text"] != message.Text || got.body["id"] != message.ID {
		t.Errorf("asked %+v", got)
	}
	own := opened(t, Settings{Kind: Email, URL: rec.URL, From: "dj@example.gov.cn", Header: "X-Key: k {secret}", Success: "result.code=OK",
		Template: json.RawMessage(`{"mail":{"rcpt":["{to}"],"from":"{from}","vars":{"n":1,"t":"{title}：{text}"}}}`)})
	if err := own.Send(context.Background(), message); err != nil {
		t.Fatal(err)
	}
	mail := rec.asked[1].body["mail"].(map[string]any)
	if rec.asked[1].auth != "k "+hidden || mail["rcpt"].([]any)[0] != message.To || mail["from"] != "dj@example.gov.cn" || mail["vars"].(map[string]any)["t"] != "支部："+message.Text || mail["vars"].(map[string]any)["n"] != 1.0 {
		t.Errorf("asked %+v", rec.asked[1])
	}
	silent(t, own.Send(context.Background(), message), "refused ?", false)
	silent(t, own.Send(context.Background(), message), "refused E21", false)
	silent(t, own.Send(context.Background(), message), "status 503", false)
	silent(t, own.Send(context.Background(), message), "status 422", true)
	silent(t, own.Send(context.Background(), message), "answer", false)
	rec.Close()
	silent(t, own.Send(context.Background(), message), "away", false)
}

func TestOfficesTakeTokensAndTexts(t *testing.T) {
	for _, kind := range []string{WeCom, DingTalk} {
		t.Run(kind, func(t *testing.T) {
			token := func(n string) answer { return answer{200, `{"errcode":0,"access_token":"token-` + n + `"}`} }
			rec := record(t, token("1"), answer{200, `{"errcode":0}`}, answer{200, `{"errcode":0}`}, answer{200, `{"errcode":42001}`}, token("2"), answer{200, `{"errcode":0}`},
				answer{200, `{"errcode":60111}`}, answer{200, `{"errcode":45009}`})
			c := opened(t, Settings{Kind: kind, API: rec.URL, ClientID: "corp", AgentID: "1000002"})
			to := message
			to.To = "shixiaoman"
			for range 3 { // a token is used again, and asked for anew when it has run out
				if err := c.Send(context.Background(), to); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.Contains(rec.asked[0].query, hidden) || !strings.Contains(rec.asked[1].query, "token-1") || !strings.Contains(rec.asked[5].query, "token-2") || len(rec.asked) != 6 {
				t.Errorf("asked %+v", rec.asked)
			}
			body := rec.asked[1].body
			if kind == WeCom && (rec.asked[1].path != "/cgi-bin/message/send" || body["touser"] != to.To || body["agentid"] != 1000002.0 || body["text"].(map[string]any)["content"] != to.Text) {
				t.Errorf("sent %+v", rec.asked[1])
			}
			if kind == DingTalk && (rec.asked[1].path != "/topapi/message/corpconversation/asyncsend_v2" || body["userid_list"] != to.To || body["msg"].(map[string]any)["text"].(map[string]any)["content"] != to.Text) {
				t.Errorf("sent %+v", rec.asked[1])
			}
			silent(t, c.Send(context.Background(), to), kind+" 60111", true)
			silent(t, c.Send(context.Background(), to), kind+" 45009", false)
			to.To = "a|b"
			silent(t, c.Send(context.Background(), to), kind+" address", true)
		})
	}
}

func TestSettingsAreChecked(t *testing.T) {
	good := Settings{ID: "sms", Kind: SMS, Title: "短信", URL: "https://sms.example.gov.cn/send"}
	if _, err := Open([]Settings{good}, ""); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Settings){
		"plain HTTP": func(s *Settings) { s.URL = "http://sms.example.gov.cn/send" }, "no address": func(s *Settings) { s.URL = "" }, "no title": func(s *Settings) { s.Title = "" },
		"kind": func(s *Settings) { s.Kind = "pigeon" }, "id": func(s *Settings) { s.ID = "SMS 1" }, "template": func(s *Settings) { s.Template = json.RawMessage("{") },
		"success": func(s *Settings) { s.Success = "ok" }, "header": func(s *Settings) { s.Header = "secret" }, "wecom without an agent": func(s *Settings) { s.Kind, s.ClientID = WeCom, "corp" },
	} {
		s := good
		change(&s)
		if _, err := Open([]Settings{s}, ""); fault.Of(err) != fault.Invalid || fault.As(err).Field != "channels" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Open([]Settings{good, good}, ""); fault.Of(err) != fault.Invalid {
		t.Errorf("twice the same: %v", err)
	}
}
