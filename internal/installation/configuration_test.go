package installation

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/notice/channel"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/provider"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// update writes the documents that are made from the code:
//
//	go test ./internal/installation/... -run 'Configuration|Register' -update
var update = flag.Bool("update", false, "write the documents that are made from the code")

const configurationFile = "../../docs/configuration.md"

// variable is an environment variable that the program or a library in it looks at.
type variable struct{ name, chinese, english string }

var variables = []variable{
	{vault.PassphraseFileVariable, "密钥文件口令所在的文件；命令行的 --passphrase-file 优先。给出了就不再用演示目录自己的口令。",
		"File with the key file's passphrase; --passphrase-file goes first. Where it is set, a demo's own passphrase is not used."},
	{"CREDENTIALS_DIRECTORY", "systemd 给出；其中名为 " + vault.CredentialName + " 的凭据是密钥文件口令。",
		"Set by systemd; the credential " + vault.CredentialName + " in it is the key file's passphrase."},
	{"ZHIBU_LANG", "命令行的语言：zh 或 en；--lang 优先。网页的语言由各人自己选。", "Language of the commands: zh or en; --lang goes first. On pages everybody chooses."},
	{"AWS_ACCESS_KEY_ID，AWS_SECRET_ACCESS_KEY，AWS_REGION，AWS_PROFILE …", "S3 备份位置的身份；也可以写在 AWS 的凭据文件里，不能写在地址里。",
		"Who one is at an S3 bucket; the AWS credential files serve too, the address does not."},
	{"PGPASSWORD，PGPASSFILE，PGSSLMODE …", "PostgreSQL 地址里没有写的部分，按 PostgreSQL 客户端的惯例补上。", "Parts of the PostgreSQL address that are not written in it, as PostgreSQL's clients know them."},
	{"ZHIBU_TEST_POSTGRES", "只用于测试：一个可以建库的 PostgreSQL 地址，由 scripts/test-postgres 设置。", "For tests only: a PostgreSQL address that may create databases, set by scripts/test-postgres."},
}

// TestConfigurationDocument holds docs/configuration.md to the code.
func TestConfigurationDocument(t *testing.T) {
	want := configurationDocument(t)
	if *update {
		if err := os.WriteFile(configurationFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(configurationFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("docs/configuration.md is not fresh: go test ./internal/installation -run Configuration -update")
	}
}

func configurationDocument(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(configurationHead)
	writeFields(t, &b, reflect.TypeFor[Config]())
	b.WriteString(configurationSignIn)
	writeFields(t, &b, reflect.TypeFor[provider.Settings]())
	b.WriteString(configurationChannels)
	writeFields(t, &b, reflect.TypeFor[channel.Settings]())
	b.WriteString(configurationExample)
	example := Config{Listen: "0.0.0.0:8443", Origin: "https://dj.example.gov.cn:8443", TLSCert: "/etc/zhibu/cert.pem", TLSKey: "/etc/zhibu/key.pem",
		SignIn: []provider.Settings{{ID: "office", Kind: provider.OIDC, Title: "统一身份认证", Issuer: "https://login.example.gov.cn", ClientID: "zhibu",
			SecretFile: "office.secret", Second: []string{"amr=otp"}}},
		BackupTo: "file:///mnt/backup/zhibu", BackupHour: 2, Retention: archive.DefaultRetention}
	text, err := json.MarshalIndent(example, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "```json\n%s\n```\n", text)
	b.WriteString(configurationEnvironment)
	b.WriteString("| 名称 | 说明 | What it does |\n|---|---|---|\n")
	for _, v := range variables {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.ReplaceAll(v.name, "，", "`, `"), v.chinese, v.english)
	}
	b.WriteString(configurationKnobs)
	b.WriteString("| 名称 | 默认 | 范围 | 说明 | What it is |\n|---|---|---|---|---|\n")
	english := words.With(context.Background(), words.English)
	for _, k := range access.Knobs() {
		fmt.Fprintf(&b, "| `%s` | %d | %d–%d | %s | %s |\n", k.ID, k.Standard, k.Min, k.Max, k.Text, words.T(english, k.Text))
	}
	return b.String()
}

// writeFields is the table of a struct's fields with their doc tags.
func writeFields(t *testing.T, b *strings.Builder, of reflect.Type) {
	t.Helper()
	b.WriteString("| 名称 | 类型 | 说明 | What it does |\n|---|---|---|---|\n")
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		chinese, english, both := strings.Cut(f.Tag.Get("doc"), "|")
		if name == "" || !both {
			t.Errorf("the field %s of %s needs a json name and a doc tag «Chinese|English»", f.Name, of)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, kindOf(t, f.Type), chinese, english)
	}
}

// kindOf is what a value of a field looks like in JSON.
func kindOf(t *testing.T, of reflect.Type) string {
	t.Helper()
	switch {
	case of == reflect.TypeFor[civil.Date]():
		return "日期"
	case of.String() == "time.Time":
		return "时刻"
	}
	kind, ok := map[reflect.Kind]string{reflect.String: "文字", reflect.Bool: "true/false", reflect.Int: "数", reflect.Int64: "数",
		reflect.Slice: "列表", reflect.Struct: "对象", reflect.Map: "对象"}[of.Kind()]
	if !ok {
		t.Errorf("no word for a setting of type %s", of)
	}
	return kind
}

var reads = regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\(("[^"]+"|\w+)\)`)

// TestConfigurationVariables looks for environment variables that the code reads and the document does not name.
func TestConfigurationVariables(t *testing.T) {
	named := map[string]bool{`PassphraseFileVariable`: true}
	for _, v := range variables {
		for name := range strings.SplitSeq(v.name, "，") {
			named[`"`+name+`"`] = true
		}
	}
	found := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "node_modules", "bin", "test", "scripts"}, d.Name()) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range reads.FindAllStringSubmatch(string(text), -1) {
			found++
			if !named[m[1]] {
				t.Errorf("%s reads the environment variable %s, which docs/configuration.md does not name", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 3 {
		t.Fatalf("%d reads of the environment found: the test looked at nothing", found)
	}
}

const configurationHead = `# 配置 · Configuration

<!-- 由代码生成，不要手改：go test ./internal/installation -run Configuration -update -->

本页由代码生成。配置文件是安装目录里的 ` + "`zhibu.json`" + `；其中每一项都可以不写，不写的按说明里的默认值办。改过以后重新启动生效，证书文件除外。
数据库地址和监听地址也可以在命令行给出（` + "`--database`，`--listen`" + `），命令行优先。文件只许程序自己的账户读写（0600）：数据库地址里可能有密码。

This page is made from the code. The configuration is ` + "`zhibu.json`" + ` in the installation's directory. Every entry may be left out. Changes
take effect at the next start, certificate files at once. ` + "`--database` and `--listen`" + ` on the command line go first. The file is readable to
the program's account alone (0600), since the database address may hold a password.

## zhibu.json

`

const configurationSignIn = `
### sign_in

其他登录服务，一个一项。怎样办理见[运行](operations.md)。

One entry for each other service to sign in by; see [operations](operations.md).

`

const configurationChannels = `
### channels

往系统外发通知的渠道，一个一项。什么时候发、发几次，在“通知渠道”页面上定，见[运行](operations.md)。

One entry for each channel by which people are told outside. When and how often stands on the page of channels; see
[operations](operations.md).

`

const configurationExample = `
一份单位服务器的例子 · An example of an office's server:

`

const configurationEnvironment = `
## 环境变量 · Environment variables

`

const configurationKnobs = `
## 密码、锁定和会话 · Passwords, locks and sessions

存在数据库里，改动记入日志链；默认值依 GB/T 22239—2019 的 8.1.4.1。只有安全管理员有权改（权限表 A-86）；目前还没有改它们的页面和命令，
见[路线图](roadmap.md)。

Kept in the database, every change in the audit chain; the standards follow GB/T 22239—2019, 8.1.4.1. Only the security administrator may
change them (A-86); there is no page or command for it yet, see the [roadmap](roadmap.md).

`
