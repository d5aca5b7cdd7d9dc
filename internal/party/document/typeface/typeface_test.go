package typeface_test

import (
	"testing"

	"zhibu/internal/party/document/typeface"
)

func TestLacking(t *testing.T) {
	for text, want := range map[string]string{
		"中国共产党党员档案，2026 年 11 月 23 日。": "",
		"骉嘦媭":         "",
		"㛃小明 䶮㛃":      "㛃䶮",
		"陈\n秀\u3000芬": "",
	} {
		if got, err := typeface.Lacking(nil, text); err != nil || got != want {
			t.Errorf("%q: %q, want %q: %v", text, got, want, err)
		}
	}
	if _, err := typeface.Lacking([]byte("not a typeface"), "a"); err == nil {
		t.Error("a broken file was accepted")
	}
}
