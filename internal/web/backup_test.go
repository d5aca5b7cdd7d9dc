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

// TestBackupPlanOnThePage: the system administrator changes when backups are made and how long they are kept; what is
// wrong is said at its field and nothing typed is lost; the auditor sees what was done and may not.
func TestBackupPlanOnThePage(t *testing.T) {
	h := openHouse(t, store.Config{})
	admin, auditor := h.sit("system-admin", 1), h.sit("auditor", 1)
	plan := url.Values{"act": {"plan"}, "plan-to": {"file://" + filepath.Join(t.TempDir(), "backups")}, "hour": {"3"}, "days": {"7"}, "weeks": {"4"}, "months": {"6"}, "key-days": {"20"}, "reason": {"换了备份服务器"}}
	if status, _, _ := auditor.send("/backup", plan); status != http.StatusForbidden {
		t.Errorf("an auditor changes the plan: %d", status)
	}
	lacks(t, auditor.page("/backup"), "改自动备份的设置")
	for field, value := range map[string]string{"key-days": "3", "plan-to": "ftp://x", "hour": "25", "days": "", "reason": ""} {
		wrong := url.Values{}
		for k, v := range plan {
			wrong[k] = v
		}
		wrong.Set(field, value)
		status, body, _ := admin.send("/backup", wrong)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#f-`+field+`"`) || field != "months" && !strings.Contains(body, `name="months" type="text" value="6"`) {
			t.Errorf("%s: %d\n%s", field, status, text(body))
		}
	}
	if status, body, _ := admin.send("/backup", plan); status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", status, text(body))
	}
	has(t, admin.page("/backup"), "每天 03:00", "每天的 7 天，每周的 4 周，每月的 6 个月", "20 天")
	has(t, auditor.page("/audit"), "更改自动备份的设置")
}

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
