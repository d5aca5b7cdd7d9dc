package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/installation"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/archive"
)

// TestBackupJourney: the red lights, a backup while people work, a drill, and who may none of it.
func TestBackupJourney(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		admin := h.sit("system-admin", 1)
		for _, role := range []string{"party-worker", "branch-secretary", "security-admin", "member"} {
			d := h.sit(role, 1)
			if status, _, _ := d.get("/backup"); status != http.StatusForbidden {
				t.Errorf("%s sees the backups: %d", role, status)
			}
			if status, _, _ := d.send("/backup", url.Values{"act": {"run"}, "to": {"file:///tmp/x"}}); status != http.StatusForbidden {
				t.Errorf("%s makes a backup: %d", role, status)
			}
		}
		has(t, admin.page("/backup"), "还没有做过备份", "还没有一次成功的恢复演练", "没有设定，不自动备份", "每天的 14 天")
		status, body, _ := admin.send("/backup", url.Values{"act": {"run"}, "to": {""}})
		if status != http.StatusUnprocessableEntity {
			t.Errorf("a backup to nowhere: %d", status)
		}
		has(t, body, "请写明备份存到哪里")

		to := "file://" + filepath.Join(t.TempDir(), "backups")
		if status, body, _ = admin.send("/backup", url.Values{"act": {"run"}, "to": {to}}); status != http.StatusSeeOther {
			t.Fatalf("run: %d\n%s", status, text(body))
		}
		done := admin.until("/backup", "已完成")
		lacks(t, done, "还没有做过备份")
		has(t, done, to, "zhibu restore --from")
		runs, err := archive.List(t.Context(), to)
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		auditor := h.sit("auditor", 1)
		has(t, auditor.page("/backup"), "已完成")
		lacks(t, auditor.page("/backup"), "现在备份", "演练一次")
		if status, _, _ := auditor.send("/backup", url.Values{"act": {"drill"}}); status != http.StatusForbidden {
			t.Errorf("an auditor drills: %d", status)
		}
		has(t, auditor.page("/audit"), "备份")
		admin.send("/backup", url.Values{"act": {"drill"}})
		drilled := admin.until("/backup", "演练成功")
		has(t, drilled, "党员 300 名", "校验通过", "验证可读", "逐项结果", "与见证文件相符")
		_, report, _ := admin.get("/backup/drill.json")
		if _, err := installation.VerifyDrill(strings.NewReader(report), h.Vault.VerifierKey()); err != nil {
			t.Errorf("the report of the page: %v\n%s", err, report)
		}
		lacks(t, drilled, "还没有一次成功的恢复演练")
		if left, err := os.ReadDir(filepath.Join(h.Dir.Temp(), "drill")); err == nil {
			t.Errorf("the drill left %v", left)
		}
		if err := os.RemoveAll(h.Dir.Recovery()); err != nil {
			t.Fatal(err)
		}
		admin.send("/backup", url.Values{"act": {"drill"}})
		has(t, admin.until("/backup", "没有做完"), "没有恢复包，演练不了", "演练成功")
		h.Sound()
	})
}
