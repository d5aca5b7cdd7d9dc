package register

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/roster"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// update writes docs/privacy.md: go test ./internal/installation/register -update
var update = flag.Bool("update", false, "write docs/privacy.md")

const document = "../../../docs/privacy.md"

// TestEveryColumnStandsInTheRegister holds the register to the roster: a fact that is kept has a purpose and a basis.
func TestEveryColumnStandsInTheRegister(t *testing.T) {
	for _, c := range append(slices.Clone(roster.Columns), roster.Note) {
		item, ok := OfColumn(c)
		if !ok {
			t.Errorf("the column %s has no entry", c)
			continue
		}
		if c != roster.Note && item.Label != c.Title() {
			t.Errorf("%s is called %s here and %s in the roster", c, item.Label, c.Title())
		}
		if sealed := item.Storage == Sealed; sealed != c.Sensitive() {
			t.Errorf("%s: sealed %t here, sensitive %t in the roster", c, sealed, c.Sensitive())
		}
		if (item.Class == Sensitive) != (item.Storage == Sealed) {
			t.Errorf("%s: what is sensitive is sealed, and what is sealed is sensitive: %s, %s", c, item.Class, item.Storage)
		}
	}
}

// TestCodes holds the code lists of the register to what the roster takes: every word of a list, and no other.
func TestCodes(t *testing.T) {
	listed := 0
	rejects := func(c roster.Column, text string) bool {
		_, problems := roster.Typed(map[roster.Column]string{c: text}, roster.Context{Today: civil.MustParse("2026-11-23"), Demo: true})
		return slices.ContainsFunc(problems, func(p roster.Problem) bool { return p.Column == c.Title() })
	}
	for _, g := range Groups() {
		for _, i := range g.Items {
			codes := i.Codes()
			if codes == nil {
				continue
			}
			listed++
			for _, word := range codes {
				if rejects(i.Column, word) {
					t.Errorf("%s: the register lists %s, which the roster does not take", i.Column, word)
				}
			}
			if !rejects(i.Column, "无此一项") {
				t.Errorf("%s: the register has a list, and the roster takes what is not on it", i.Column)
			}
		}
	}
	if listed < 5 {
		t.Errorf("%d columns have a list", listed)
	}
}

// TestEntriesAreWhole looks at every entry: texts, bases, lines of the rights table.
func TestEntriesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range Groups() {
		for _, i := range g.Items {
			if seen[i.Key] {
				t.Errorf("%s stands twice", i.Key)
			}
			seen[i.Key] = true
			if i.Label == "" || i.Purpose == "" || i.Keep == "" || i.Entered == "" || i.Class.Name() == "" || i.Storage.Name() == "" || len(i.Bases) == 0 {
				t.Errorf("%s is not whole: %+v", i.Key, i)
			}
			for _, id := range i.Bases {
				if b, ok := BasisOf(id); !ok || b.Cite == "" || b.Says == "" || b.Known == "" {
					t.Errorf("%s rests on %s, which is unknown", i.Key, id)
				}
			}
			for _, id := range i.Rights {
				if ruleNamed(id) == nil {
					t.Errorf("%s names %s, which is no line of the rights table", i.Key, id)
				}
			}
			if len(i.Rights) > 0 && len(i.RolesOf()) == 0 {
				t.Errorf("%s: nobody sees it, in spite of %v", i.Key, i.Rights)
			}
		}
	}
	if len(seen) < 40 {
		t.Fatalf("%d entries: the test looked at half of the register", len(seen))
	}
}

// TestSight compares with what the rights table is known to say, so that a change of it is seen here too.
func TestSight(t *testing.T) {
	for _, c := range []struct {
		role access.Role
		of   roster.Column
		want Sight
	}{
		{access.BranchSecretary, roster.IDNumber, Sight{true, true, true}},
		{access.BranchCommittee, roster.IDNumber, Sight{}},
		{access.BranchCommittee, roster.Born, Sight{Shown: true}},
		{access.BranchCommittee, roster.Mobile, Sight{Shown: true, Reveal: true}},
		{access.CommitteeSecretary, roster.Address, Sight{Shown: true}},
		{access.Reviewer, roster.Note, Sight{}},
		{access.SecurityAdmin, roster.Name, Sight{}},
		{access.SystemAdmin, roster.Name, Sight{}},
		{access.Auditor, roster.Name, Sight{}},
	} {
		if got := SightOf(c.role, c.of); got != c.want {
			t.Errorf("%s sees of %s %+v, want %+v", c.role, c.of, got, c.want)
		}
	}
}

func TestPrivacyDocument(t *testing.T) {
	zh, en := words.With(context.Background(), words.Chinese), words.With(context.Background(), words.English)
	var b strings.Builder
	b.WriteString(headZH)
	write(zh, &b, "###")
	b.WriteString(headEN)
	write(en, &b, "###")
	if *update {
		if err := os.WriteFile(document, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/privacy.md is not fresh: go test ./internal/installation/register -update")
	}
}

// said is a word of the document itself, which no page shows.
func said(ctx context.Context, chinese, english string) string {
	if words.Lang(ctx) == words.English {
		return english
	}
	return chinese
}

func write(ctx context.Context, b *strings.Builder, level string) {
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	rule := func(n int) { b.WriteString(strings.Repeat("|---", n) + "|\n") }
	used := map[string]bool{}
	for _, g := range Groups() {
		fmt.Fprintf(b, "\n%s %s\n\n", level, words.T(ctx, g.Title))
		head := []string{said(ctx, "项目", "item"), said(ctx, "用途", "purpose"), said(ctx, "依据", "basis"), said(ctx, "级别", "class"), said(ctx, "怎样存", "stored"),
			said(ctx, "谁录入，凭什么", "entered by, from"), said(ctx, "存多久", "kept")}
		if g.Key != "record" {
			head = append(head, said(ctx, "谁看得到", "seen by"))
		}
		row(head...)
		rule(len(head))
		for _, i := range g.Items {
			for _, id := range i.Bases {
				used[id] = true
			}
			cells := []string{words.T(ctx, i.Label), words.T(ctx, i.Purpose), strings.Join(i.Bases, said(ctx, "、", ", ")), words.T(ctx, i.Class.Name()),
				words.T(ctx, i.Storage.Name()), words.T(ctx, i.Entered), words.T(ctx, i.Keep)}
			if g.Key != "record" {
				cells = append(cells, seers(ctx, i))
			}
			row(cells...)
		}
		if g.Key == "record" {
			sights(ctx, b, level, row, rule)
		}
	}
	fmt.Fprintf(b, "\n%s %s\n\n", level, said(ctx, "依据", "Bases"))
	b.WriteString(said(ctx, "“见过原文”指整理时看到过条文；“见过转述”“凭记忆”的，用作依据之前要再核对。\n\n", "“Wording seen” means that the text itself was read; “paraphrase” and “memory” have to be checked before anything rests on them.\n\n"))
	row(said(ctx, "编号", "id"), said(ctx, "出处", "source"), said(ctx, "说了什么（本项目的话）", "what it says, in our words"), said(ctx, "把握", "how sure"))
	rule(4)
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id := range used {
			if !yield(id) {
				return
			}
		}
	}) {
		basis, _ := BasisOf(id)
		row(id, words.T(ctx, basis.Cite), words.T(ctx, basis.Says), map[string]string{"V": said(ctx, "见过原文", "wording seen"), "P": said(ctx, "见过转述", "paraphrase"), "M": said(ctx, "凭记忆", "memory")}[string(basis.Known)])
	}
}

// seers are those who see an item: oneself, then the roles of its lines.
func seers(ctx context.Context, i Item) string {
	var out []string
	if i.Own {
		out = append(out, said(ctx, "本人", "oneself"))
	}
	roles := i.RolesOf()
	if len(roles) == len(access.Roles()) {
		return said(ctx, "职责范围内的每个角色", "every role, within its scope")
	}
	for _, r := range roles {
		out = append(out, words.T(ctx, r.Name()))
	}
	if len(i.Rights) > 0 {
		return strings.Join(out, said(ctx, "、", ", ")) + said(ctx, "（", " (") + strings.Join(i.Rights, ", ") + said(ctx, "）", ")")
	}
	if len(out) == 0 {
		return said(ctx, "页面上没有人", "nobody on any page")
	}
	return strings.Join(out, said(ctx, "、", ", "))
}

// sights is who sees which field of a member, from the rights table.
func sights(ctx context.Context, b *strings.Builder, level string, row func(...string), rule func(int)) {
	fmt.Fprintf(b, "\n%s %s\n\n", level, said(ctx, "谁看得到哪一项", "Who sees which field"))
	b.WriteString(said(ctx, sightZH, sightEN))
	roles := slices.DeleteFunc(slices.Clone(access.Roles()), func(r access.Role) bool { return r == access.PlainMember || r.Administers() })
	head := []string{said(ctx, "项目", "item"), said(ctx, "本人", "oneself")}
	for _, r := range roles {
		head = append(head, words.T(ctx, r.Name()))
	}
	row(head...)
	rule(len(head))
	for _, c := range append(slices.Clone(roster.Columns), roster.Note) {
		item, _ := OfColumn(c)
		own := said(ctx, "见", "see")
		if c.Sensitive() || c == roster.Born {
			own = said(ctx, "见、全", "see, full")
		}
		cells := []string{words.T(ctx, item.Label), own}
		for _, r := range roles {
			cells = append(cells, sight(ctx, c, SightOf(r, c)))
		}
		row(cells...)
	}
}

func sight(ctx context.Context, c roster.Column, s Sight) string {
	var out []string
	switch {
	case s.Shown && (c == roster.Address || c == roster.Note):
		out = append(out, said(ctx, "有无", "whether"))
	case s.Shown && c.Sensitive():
		out = append(out, said(ctx, "尾号", "tail"))
	case s.Shown && c == roster.Born:
		out = append(out, said(ctx, "年月", "month"))
	case s.Shown:
		out = append(out, said(ctx, "见", "see"))
	}
	if s.Reveal {
		out = append(out, said(ctx, "全", "full"))
	}
	if s.Export {
		out = append(out, said(ctx, "导", "export"))
	}
	if len(out) == 0 {
		return "—"
	}
	return strings.Join(out, said(ctx, "、", ", "))
}

const headZH = `# 个人信息保护说明 · Privacy

<!-- 由代码生成，不要手改：go test ./internal/installation/register -update -->

[English below](#what-is-kept-item-by-item)

本页逐项说明程序收了什么、为什么收、凭什么、哪一级、怎样存、存多久、谁录入、谁看得到。它和页面上的“个人信息保护说明”出自同一张表
（` + "`internal/installation/register`" + `），“谁看得到”取自权限表（` + "`internal/trust/access/table.go`" + `），不另写一份。

## 原则

- 每一项都有用途和依据；没有用途的不收。没有人脸、指纹、行踪轨迹、思想倾向，没有给人的评分和排名。
- 敏感的项逐人加密，平时只显示后四位或“已登记”；看完整内容要先写明用途，先留痕再显示，本人看得到。
- 范围由职务决定：本人、本支部、本级和下级。范围之外的人和不存在的人，回答一字不差。
- 系统管理员、安全管理员、审计员看不到党员信息；审计员看得到改了哪几项，看不到改成了什么。
- 处理者是使用本程序的党组织。程序不连开发者的任何服务，不上传任何东西。

## 还做不到的

- 逐人销毁只毁得掉加密的内容和现在的行：日志里改动的前后对照有姓名、党籍这些没有加密的项，不能从链里抠掉，拿到数据库文件的人还读得到；任何角色在任何页面、接口、凭证里都看不到（有测试逐页查过）。数据库的旧备份里没有加密的项，要到那份备份到期才没有。
- 姓名、党籍、学历等没有逐项加密：拿到数据库文件的人读得到。靠磁盘加密、文件权限和加密的备份保护，见[安全](security.md)。
- 理由、依据、外出流向等自由填写的文字是明文，请不要写号码、住址、病情。
- 花名册里认不出的列加密保存，目前本人只能经接口取得，管理的人只知道有没有。
- 影响评估（个人信息保护法第五十五、五十六条）和告知由使用的党组织做；本页可以作为底稿。

## 收了什么，逐项说明
`

const headEN = `
## What is kept, item by item

Made from the code; the page 个人信息保护说明 of the program and this document come from one table, and who sees an item is asked of the
table of rights.

Principles: every item has a purpose and a basis; no faces, no fingerprints, no tracks, no opinions, no scores. Sensitive items are encrypted
under the person's own key and shown by their last four digits or as “known”; the full value is shown after a purpose is stated and a trace
is left, which the person sees. Scope follows posts. The three administrators see no member; the auditor sees which
fields were changed, not to what. The organisation that runs the program is the
one who answers for it; the program calls no service of its makers.

Not yet: destroying a person takes what is sealed and the rows as they stand. Images of earlier changes in the log hold name and membership
in plain; they cannot be cut out of the chain, and whoever has the database file still reads them. No role reads them on any page, by the
interface or in a proof of the log (a test walks through all of them). Old backups of the data hold the plain fields until they end.
Names, membership and education are not encrypted field by field: whoever has the database file reads them. Reasons, documents and
destinations are plain text. Columns of a roster that nobody recognised are kept encrypted, and at present only the member can read them,
through the interface. Impact assessments and notices are made by the organisation; this page can serve as a draft.
`

const sightZH = `“见”：页面和名单上看得到；“尾号”“有无”“年月”：只看得到这么多；“全”：写明用途、留痕以后看得到完整内容；“导”：可以放进写明用途的导出。都只在各自的职责范围之内。
三类管理员一项都看不到，所以不在表里。普通党员只看得到自己的。

`

const sightEN = `“see”: on pages and in lists; “tail”, “whether”, “month”: no more than that; “full”: after a stated purpose and with a trace; “export”: in a
roster taken out for a stated purpose. Always within the own scope. The three administrators see nothing and are left out; a plain member
sees the own record only.

`
