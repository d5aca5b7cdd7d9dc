package web_test

import (
	"bytes"
	"database/sql"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

var eventLink = regexp.MustCompile(`href="(/audit/[0-9A-Z]{26})"`)

// TestAuditJourney: what a secretary mends stands in the log; the auditor finds it, sees which field was changed and
// not what it holds, verifies the chain, and finds a row that was changed past the program.
func TestAuditJourney(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		h := openHouse(t, cfg)
		auditor, secretary, other := h.sit("auditor", 1), h.sit("branch-secretary", 1), h.sit("branch-secretary", 2)
		branch := h.branchOf(1)
		list, err := h.Members.List(t.Context(), h.Everything(), member.Filter{Under: branch.Path, Limit: 1, On: on})
		if err != nil {
			t.Fatal(err)
		}
		m := list.Items[0]
		actor := h.Person("branch-secretary", 1).Actor("test")
		out, _, err := h.Reviews.Mend(t.Context(), actor, m.ID, m.Version, map[roster.Column]string{roster.Occupation: "村医"}, member.Basis{Reason: "本人说明", Document: "劳动合同"})
		if err != nil || out.ID == "" {
			t.Fatal(out, err)
		}
		reviewer := h.Person("reviewer", 1).Actor("test")
		it, err := h.Reviews.Item(t.Context(), h.DB.As(reviewer.Scope), reviewer, out.ID)
		if err == nil {
			err = h.Reviews.Approve(t.Context(), reviewer, out.ID, it.Version)
		}
		if err != nil {
			t.Fatal(err)
		}

		status, body, at := auditor.send("/audit", url.Values{"what": {"review.approve"}, "object": {m.ID}})
		if status != http.StatusSeeOther {
			t.Fatalf("search: %d\n%s", status, text(body))
		}
		found := auditor.page(at)
		has(t, found, "审核通过", "一名党员", "本人说明", "日志链共")
		lacks(t, found, m.Name)
		event := eventLink.FindStringSubmatch(found)
		if event == nil {
			t.Fatal("no event to open")
		}
		opened := auditor.page(event[1])
		has(t, opened, "工作岗位", "不在您的查看范围", "劳动合同")
		lacks(t, opened, "村医", m.Name)
		has(t, secretary.page(event[1]), "村医", m.Name)

		_, seen, _ := other.get(event[1])
		unknown := "/audit/01JAAAAAAAAAAAAAAAAAAAAAAA"
		status, unseen, _ := other.get(unknown)
		if status != http.StatusNotFound || plain(seen, event[1]) != plain(unseen, unknown) {
			t.Error("the secretary of another branch can tell that the act is there")
		}
		has(t, secretary.page("/audit"), "办过的事", "审核通过", "提出更改")
		lacks(t, secretary.page("/audit"), "日志链共")
		for _, role := range []string{"party-worker", "system-admin", "security-admin"} {
			if status, _, _ := h.sit(role, 1).get("/audit/chain"); status != http.StatusForbidden {
				t.Errorf("%s opens the chain: %d", role, status)
			}
		}
		if status, _, _ := h.sit("member", 1).get("/audit"); status != http.StatusForbidden {
			t.Errorf("a plain member reads the log: %d", status)
		}
		status, body, _ = auditor.send("/audit", url.Values{"actor": {"没有这个人"}, "until": {"2026-11-23"}})
		if status != http.StatusUnprocessableEntity {
			t.Errorf("an unknown actor: %d", status)
		}
		has(t, body, "没有这个账号", "没有这个人")

		has(t, auditor.page("/audit/chain"), "现在校验", "见证文件")
		auditor.send("/audit/chain", nil)
		has(t, auditor.until("/audit/chain", "完整，没有被改动"), "现有的每一行都与最后一次记录相符")
		has(t, auditor.page("/audit"), "校验，完整")

		status, proof, _ := auditor.send("/audit/bundle", url.Values{"from": {"2026-11-01"}})
		if status != http.StatusOK {
			t.Fatalf("bundle: %d\n%s", status, text(proof))
		}
		rep, err := ledger.VerifyBundle(strings.NewReader(proof), h.Vault.VerifierKey())
		if err != nil || !rep.OK || rep.Acts == 0 {
			t.Errorf("the downloaded proof: %+v, %v", rep, err)
		}
		if status, _, _ := secretary.send("/audit/bundle", nil); status != http.StatusForbidden {
			t.Errorf("a secretary takes the proof: %d", status)
		}
		if cfg.URL != "" {
			return // the file is changed by hand below
		}
		tamper(t, h, m.ID)
		auditor.send("/audit/chain", nil)
		bad := auditor.until("/audit/chain", "处对不上")
		has(t, bad, m.ID, "绕过程序")
		has(t, auditor.page("/audit"), "发现问题")
		if bytes.Contains(h.log.Bytes(), []byte(m.Name)) {
			t.Error("the log holds a name")
		}
	})
}

// tamper changes a member's day of admission as somebody with the file would, with the triggers out of the way.
func tamper(t *testing.T, h *house, id string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.DB.File()+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 't_member'")
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		kept[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	run := func(text string, args ...any) {
		if _, err := db.Exec(text, args...); err != nil {
			t.Fatal(err)
		}
	}
	for name := range kept {
		run("DROP TRIGGER " + name)
	}
	run("UPDATE t_member SET joined_on = '1999-01-01' WHERE id = ?", id)
	for _, text := range kept {
		run(text)
	}
}
