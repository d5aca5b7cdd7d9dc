package installation

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Symptom is one thing that the doctor looked at, and what to do where it is not well.
type Symptom struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Todo   string `json:"todo,omitempty"`
}

// Diagnosis is what the doctor found.
type Diagnosis struct {
	OK     bool      `json:"ok"`
	Checks []Symptom `json:"checks"`
}

// doctor looks at one installation. It changes nothing and goes on where something is missing.
type doctor struct {
	ctx   context.Context
	o     Options
	clock civil.Clock
	c     Config
	state store.State
	Diagnosis
}

const (
	skewAllowed     = 2 * time.Minute
	roomNeeded      = 1 << 30 // beside twice the database, which a backup copies
	certificateSoon = 30 * 24 * time.Hour
	backupLate      = 25 * time.Hour // the daily one may itself take a while
)

// Doctor examines an installation: machine, files, keys, certificate, database, chain, backups. Sentences are in the
// language of the context.
func Doctor(ctx context.Context, o Options) Diagnosis {
	d := &doctor{ctx: ctx, o: o}
	var err error
	if d.c, err = o.Dir.ReadConfig(); err != nil {
		d.bad("installation", words.Error(ctx, err), words.T(ctx, "核对 --dir；还没有安装就先运行 zhibu init。"))
		return d.Diagnosis
	}
	if o.Database != "" {
		d.c.Database = o.Database
	}
	d.clock = clockOf(o, d.c)
	d.database()
	d.clockRight()
	d.disk()
	d.files()
	d.kit()
	d.certificate()
	d.fonts()
	d.ports()
	d.leftovers()
	d.inside()
	d.OK = true
	for _, c := range d.Checks {
		d.OK = d.OK && c.OK
	}
	return d.Diagnosis
}

func (d *doctor) good(name, detail string) {
	d.Checks = append(d.Checks, Symptom{Name: name, OK: true, Detail: detail})
}

func (d *doctor) bad(name, detail, todo string) {
	d.Checks = append(d.Checks, Symptom{Name: name, Detail: detail, Todo: todo})
}

func (d *doctor) t(text string, args ...any) string { return words.T(d.ctx, text, args...) }

// database looks without opening it for work: that might bring an older one up to date.
func (d *doctor) database() {
	if err := d.o.Dir.holdsData(d.c); err != nil {
		d.bad("database", words.Error(d.ctx, err), d.t("把数据文件找回来，或者用 zhibu restore 恢复到新目录。"))
		return
	}
	var err error
	d.state, err = store.Inspect(d.ctx, store.Config{Dir: string(d.o.Dir), URL: d.c.Database})
	s, own := d.state, store.Generation()
	switch {
	case err != nil:
		d.bad("database", words.Error(d.ctx, err), d.t("核对数据库地址、口令和网络；SQLite 核对 zhibu.db、keys.db 的属主。"))
	case s.Damage != "":
		d.bad("database", d.t("数据库文件没有通过检查：%s", s.Damage), d.t("不要修。停服务，用 zhibu restore 恢复最近一次备份，再 zhibu audit verify。"))
	case s.Oldest > own:
		d.bad("database", d.t("%s，结构版本 %d，本程序（认识到 %d）太旧。", s.Engine, s.Version, own), d.t("换上新的程序，或者用升级前的备份恢复。"))
	case s.Version < own:
		d.bad("database", d.t("%s，结构版本 %d，本程序是 %d：还没有升级。", s.Engine, s.Version, own), d.t("先备份，再用新程序重新启动服务，启动时自动升级。"))
	case d.c.Database != "" && s.Encoding != "UTF8":
		d.bad("database", d.t("数据库的编码是 %s。", s.Encoding), d.t("建一个 UTF8 的库，备份后恢复进去。"))
	case s.Tool != nil:
		d.bad("database", words.Error(d.ctx, s.Tool), d.t("装好客户端工具，否则不能备份。"))
	default:
		d.good("database", d.t("%s，结构版本 %d，%d MB，检查通过。", s.Engine, s.Version, s.Size>>20))
	}
}

// clockRight compares the clock with what was written by it earlier.
func (d *doctor) clockRight() {
	now := d.clock.Now()
	if behind := d.state.Newest.Sub(now); !d.state.Newest.IsZero() && behind > skewAllowed {
		d.bad("clock", d.t("时钟比最后一条日志早 %s：往回拨过，或者写日志时快了。", behind.Round(time.Second)), d.t("用 chrony 或 timesyncd 对时，再重新启动服务。"))
		return
	}
	for _, path := range []string{d.o.Dir.Witness(), d.o.Dir.config()} {
		info, err := os.Stat(path)
		if err == nil && time.Until(info.ModTime()) > skewAllowed {
			d.bad("clock", d.t("文件 %s 的时间在将来。", path), d.t("用 chrony 或 timesyncd 对时，再重新启动服务。"))
			return
		}
	}
	d.good("clock", d.t("%s，不早于最后一条日志。", words.Moment(now)))
}

func (d *doctor) disk() {
	for _, dir := range []string{string(d.o.Dir), d.o.Dir.Temp()} {
		free, err := room(dir)
		if err != nil {
			continue // tmp is made at the first start
		}
		if need := max(roomNeeded, 2*d.state.Size); free < need {
			d.bad("disk", d.t("%s 只剩 %d MB，应不少于 %d MB。", dir, free>>20, need>>20), d.t("清理磁盘或扩容；先看 before-migration-N/、journald 和备份目录。"))
			return
		}
	}
	free, _ := room(string(d.o.Dir))
	d.good("disk", d.t("还剩 %d MB。", free>>20))
}

// files looks at who else can read what only the program should.
func (d *doctor) files() {
	if _, err := os.Stat(d.o.Dir.KeyFile()); err != nil {
		d.bad("keys", d.t("密钥文件 %s 不见了。", d.o.Dir.KeyFile()), d.t("从恢复包里取出 keyfile.age，放回此处。"))
		return
	}
	paths := []string{string(d.o.Dir), d.o.Dir.KeyFile(), d.o.Dir.config(), d.c.TLSKey, os.Getenv("ZHIBU_PASSPHRASE_FILE"), d.o.PassphraseFile}
	if d.c.Database == "" {
		paths = append(paths, d.o.Dir.join("zhibu.db"), d.o.Dir.join("keys.db"))
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || err != nil || runtime.GOOS == "windows" {
			continue
		}
		if info.Mode().Perm()&0o077 != 0 {
			d.bad("keys", d.t("%s 别的账户也读得到（%s）。", path, info.Mode().Perm()), d.t("运行 chmod go= %s；如果别人可能读过密钥或口令，按操作手册“密钥”一节处理。", path))
			return
		}
	}
	d.good("keys", d.t("密钥文件在，目录和密钥只有程序的账户读得到。"))
}

// kit finds the recovery kit beside the data that it is to bring back.
func (d *doctor) kit() {
	_, err := os.Stat(d.o.Dir.Recovery())
	switch {
	case err != nil:
		d.good("kit", d.t("恢复包不在这台机器上。"))
	case d.c.Demo:
		d.good("kit", d.t("演示目录，恢复包就放在旁边。"))
	default:
		d.bad("kit", d.t("恢复包还和数据放在一起：%s。", d.o.Dir.Recovery()), d.t("复制到两只 U 盘，打印其中的一页，分两处封存，再从机器上删掉。"))
	}
}

func (d *doctor) certificate() {
	if d.c.TLSCert == "" {
		switch {
		case len(d.c.ACME) > 0:
			d.good("certificate", d.t("由 ACME 自动申请和更新。"))
		case len(d.c.TrustedProxy) > 0:
			d.good("certificate", d.t("HTTPS 由前置代理负责，请在代理上看证书。"))
		default:
			d.good("certificate", d.t("没有证书，只在本机打开。"))
		}
		return
	}
	ends, err := CertificateEnds(d.c)
	left := time.Until(ends)
	todo := d.t("换上新证书，程序十秒内自动重新读取。")
	if d.o.Dir.localCertificate(d.c) {
		todo = d.t("运行 zhibu certificate renew，服务十秒内自动重新读取。")
	}
	switch {
	case err != nil:
		d.bad("certificate", d.t("证书文件读不出来：%v", err), d.t("核对 tls_cert、tls_key 的路径和权限。"))
	case left < 0:
		d.bad("certificate", d.t("证书已在 %s 到期。", words.Moment(ends)), todo)
	case left < certificateSoon:
		d.bad("certificate", d.t("证书将在 %s 到期。", words.Moment(ends)), todo)
	default:
		d.good("certificate", d.t("证书到 %s。", words.Moment(ends)))
	}
}

// everyday are signs that no paper does without; rare ones stand in people's names.
const everyday, rare = "中国共产党员姓名身份证号码入党日期男女汉族", "㛃䶮骉犇燚堃喆"

// fonts tries the typeface that papers are written with.
func (d *doctor) fonts() {
	todo := d.t("font 要写一个 TTF 文件（不是 TTC）的路径；不写就用程序自带的。")
	lacking, err := document.TryFont(d.c.Font, everyday)
	switch {
	case fault.As(err) != nil:
		d.bad("fonts", words.Error(d.ctx, err), todo)
		return
	case err != nil:
		d.bad("fonts", d.t("字体文件 %s 不是能用的 TTF。", d.c.Font), todo)
		return
	case lacking != "":
		d.bad("fonts", d.t("字体文件 %s 写不出常用字：%s。", d.c.Font, lacking), todo)
		return
	}
	if lacking, err = document.TryFont(d.c.Font, rare); err == nil && lacking != "" {
		d.good("fonts", d.t("写得出常用字；姓名里少见的字缺 %s，遇到时换一套收字更多的（font）。", lacking))
		return
	}
	d.good("fonts", d.t("写得出常用字和姓名里少见的字。"))
}

// ports tells whether the address can be listened on, or who answers there.
func (d *doctor) ports() {
	address := d.c.Listen
	if address == "" {
		address = "127.0.0.1:8420"
	}
	l, err := net.Listen("tcp", address)
	if err == nil {
		l.Close()
		d.good("ports", d.t("%s 空着，服务没有运行。", address))
		return
	}
	if d.answers(address) {
		d.good("ports", d.t("%s 上服务正在运行。", address))
		return
	}
	d.bad("ports", d.t("%s 不能监听，那里回答的也不是本程序：%v", address, err), d.t("用 ss -ltnp 找出占着端口的程序，或者改 zhibu.json 里的 listen；低于 1024 的端口见单元文件里的注释。"))
}

func (d *doctor) answers(address string) bool {
	scheme := "http://"
	if d.c.TLSCert != "" || len(d.c.ACME) > 0 {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	c := &http.Client{Timeout: 5 * time.Second, Transport: anyCertificate()}
	answer, err := c.Get(scheme + net.JoinHostPort(host, port) + "/healthz")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	text := make([]byte, 3)
	n, _ := answer.Body.Read(text)
	return answer.StatusCode == http.StatusOK && strings.HasPrefix(string(text[:n]), "ok")
}

// leftovers are copies of data that no retention reaches.
func (d *doctor) leftovers() {
	found, err := filepath.Glob(d.o.Dir.join("before-migration-*"))
	if err == nil && len(found) > 0 {
		info, err := os.Stat(found[0])
		if err == nil && time.Since(info.ModTime()) > d.c.keepCopies() {
			d.bad("leftovers", d.t("升级前的复制还在：%s。", found[0]), d.t("服务运行时会自动删除；没有在运行，就手工删除。"))
			return
		}
	}
	if d.state.Leftover {
		d.bad("leftovers", d.t("一次中断的演练留下了临时数据库。"), d.t("再演练一次，它会被删掉。"))
		return
	}
	d.good("leftovers", d.t("没有遗留的数据副本。"))
}
