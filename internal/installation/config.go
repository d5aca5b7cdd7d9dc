package installation

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/notice/channel"
	"zhibu/internal/trust/access/provider"
	"zhibu/internal/trust/archive"
)

// Config is DIR/zhibu.json. Every field works at its zero value. docs/configuration.md is made from the doc tags.
type Config struct {
	SignIn   []provider.Settings `json:"sign_in,omitempty" doc:"可以用来登录的其他登录服务（OpenID Connect、企业微信、钉钉），每个一项，写法见下；空：没有。|Other services to sign in by (OpenID Connect, WeCom, DingTalk), one entry each as below; empty: none."`
	Channels []channel.Settings  `json:"channels,omitempty" doc:"往系统外发通知的渠道（短信、电子邮件、企业微信、钉钉），每个一项，写法见下；空：只有系统里的通知。|Channels by which people are told outside (SMS, e-mail, WeCom, DingTalk), one entry each as below; empty: the inbox alone."`

	Database     string            `json:"database,omitempty" doc:"PostgreSQL 数据库地址；空：使用目录里的 SQLite 文件。|Address of the PostgreSQL database; empty: the SQLite files in the directory."`
	Algorithm    string            `json:"algorithm,omitempty" doc:"建立安装时选定的加密算法：aes 或 sm4；空即 aes。以后改这里不起作用：密钥文件里的主密钥说了算。|Encryption chosen when the installation was made: aes or sm4; empty means aes. Changing it here later does nothing: the primary key in the key file decides."`
	Demo         bool              `json:"demo,omitempty" doc:"演示目录：只有虚构的人，页面上有提示。由 zhibu demo 写入。|A demo: made-up people only, with a banner. Written by zhibu demo."`
	DemoDate     civil.Date        `json:"demo_date,omitzero" doc:"演示所处的日期；空：今天。|The day on which the demo stands; empty: today."`
	DemoFounded  time.Time         `json:"demo_founded,omitzero" doc:"演示造好的时刻，演示的钟从那时起正常走。由 zhibu demo 写入。|When the demo was made; its clock runs on from then. Written by zhibu demo."`
	Listen       string            `json:"listen,omitempty" doc:"监听地址；空：127.0.0.1:8420。|Address to listen on; empty: 127.0.0.1:8420."`
	Origin       string            `json:"origin,omitempty" doc:"用户访问的网址，如 https://dj.example.gov.cn；空：按监听地址。|The address users type, such as https://dj.example.gov.cn; empty: from the listening address."`
	TLSCert      string            `json:"tls_cert,omitempty" doc:"证书文件（PEM），含中间证书；更换后自动重新读取。相对路径从启动程序的目录算起，请写绝对路径。|Certificate file (PEM) with intermediates; read again when it changes. A relative path counts from where the program is started, so write an absolute one."`
	TLSKey       string            `json:"tls_key,omitempty" doc:"证书的私钥文件（PEM）。|Private key file of the certificate (PEM)."`
	ACME         []string          `json:"acme,omitempty" doc:"用 ACME 自动申请证书的域名；要能从外面访问这台机器的 443 端口，证书存在目录的 acme 下。写了 tls_cert 就不用 ACME。|Domain names for which a certificate is obtained by ACME; port 443 must be reachable from outside; certificates lie in acme below the directory. With tls_cert there is no ACME."`
	TrustedProxy []string          `json:"trusted_proxy,omitempty" doc:"负责 HTTPS 的前置代理的地址（单个地址或 CIDR）；只有这时才允许在非本机地址上用 HTTP，也只信它写的 X-Forwarded-For。|Addresses (single or CIDR) of the proxy that terminates HTTPS; only then is plain HTTP allowed off the loopback, and only its X-Forwarded-For is believed."`
	MaxUploadMB  int64             `json:"max_upload_mb,omitempty" doc:"上传文件的上限，单位 MB；0 即 100。|Largest upload in MB; 0 means 100."`
	KeepUploads  int               `json:"keep_uploads_days,omitempty" doc:"上传的花名册和没有收成的档案材料加密保存的天数，到期销毁；0 即 7。|Days for which an uploaded roster, and a document that could not be taken in, is kept, sealed; 0 means 7."`
	Documents    string            `json:"documents,omitempty" doc:"存放档案材料（照片、扫描件）的位置：file:///… 或 s3://…；空：目录里的 documents。内容用本人的密钥加密。改了位置，请先把原来的文件搬过去。|Where documents (photographs, scans) are kept: file:///… or s3://…; empty: documents below the directory. Their content is sealed with the member's key. Move the old files before you change it."`
	Scanner      string            `json:"scanner,omitempty" doc:"上传的材料先交给病毒扫描：clamd://127.0.0.1:3310 是 ClamAV 的服务，command:/usr/bin/clamdscan --no-summary - 是一个从标准输入读文件的程序（退出码 0 干净，1 有毒，其他表示没有扫成）；空：不扫描。扫描不了时不收文件。|Uploaded documents are first scanned for viruses: clamd://127.0.0.1:3310 is the ClamAV service, command:/usr/bin/clamdscan --no-summary - a program that reads the file from its standard input (exit 0 clean, 1 infected, anything else not scanned); empty: no scanning. What cannot be scanned is not taken."`
	Font         string            `json:"font,omitempty" doc:"写 PDF 用的字体文件（单个 TTF，不是 TTC）；空：程序自带的文泉驿微米黑。人名里有它没有的字时换一套收字更多的。|TrueType file for PDFs (a single TTF, not a TTC); empty: WenQuanYi Micro Hei, which comes with the program. Use a larger one where names have signs it lacks."`
	KeepRemoved  int               `json:"keep_removed_days,omitempty" doc:"移除的档案材料还可以找回的天数，到期销毁；0 即 30。|Days for which a removed document can be taken back, then it is destroyed; 0 means 30."`
	ReviewDays   int               `json:"review_escalate_days,omitempty" doc:"审核等了多少天还没有人办，就转由上一级审核；0 即 7。|Days after which what waits for review goes to the next organisation above; 0 means 7."`
	LateDays     int               `json:"late_entry_days,omitempty" doc:"一件事过去多少天以上才登记，就算补记，要写明为什么现在才登记；0 即 90。法规没有写天数，这是设定。|After how many days an entry of something that happened counts as late and has to say why; 0 means 90. No regulation gives the number; it is a setting."`
	StillRight   map[string]int    `json:"still_right_months,omitempty" doc:"几个月再核实一次，如 {\"mobile\": 6, \"address\": 36}：可以写 mobile、phone、address、occupation、education、floating、care；不写的按规则 K-11。可以缩短到 1 个月，延长最多到规则的两倍。法律没有写间隔，这是设定。|After how many months a fact is asked again, such as {\"mobile\": 6, \"address\": 36}: mobile, phone, address, occupation, education, floating, care; what is left out follows rule K-11. It may be shortened to 1 month, and lengthened to twice the rule's at most. No law gives the interval; it is a setting."`
	DutiesSince  civil.Date        `json:"duties_since,omitzero" doc:"从哪一天起在本程序里登记会议、学习和党费；整个周期都在这一天以后的才列为待办。空：支部一成立、党员一列入名册就算。|From which day meetings, study and dues are entered in this program; only periods that lie wholly after it are asked for. Empty: since a branch was founded and a member was entered."`
	BackupTo     string            `json:"backup_to,omitempty" doc:"定时备份的位置：file:///… 或 s3://…；空：不定时备份。|Where scheduled backups go: file:///… or s3://…; empty: none."`
	BackupHour   int               `json:"backup_hour,omitempty" doc:"每天备份的整点（北京时间 0–23）；不写即零点。|Hour of the daily backup, Beijing time (0–23); absent means midnight."`
	DrillDays    int               `json:"drill_days,omitempty" doc:"多少天没有一次成功的恢复演练就变红；0 即 35。|After how many days without a successful drill it is shown in red; 0 means 35."`
	KeepCopies   int               `json:"keep_copies_days,omitempty" doc:"升级前的复制（before-migration-N）保留多少天，到期由服务删除；0 即 14。|Days for which the copy made before an upgrade (before-migration-N) is kept; the server then removes it; 0 means 14."`
	MetricsToken string            `json:"metrics_token,omitempty" doc:"监控系统从别的机器读 /metrics 时要带的令牌（Authorization: Bearer …）；空：只有本机能读。|The token a monitoring system on another machine has to bring to /metrics (Authorization: Bearer …); empty: this machine alone may read it."`
	Retention    archive.Retention `json:"retention,omitzero" doc:"备份保留多久：days、weeks、months，个人密钥 key_days；空：14 天、8 周、12 个月，密钥 35 天，到期后已销毁的个人信息不可恢复。写就要写全：days 至少 1，key_days 至少 8。|How long backups are kept: days, weeks, months, personal keys key_days; empty: 14 days, 8 weeks, 12 months, keys 35 days, after which what was destroyed cannot come back. Written, it must be whole: days 1 or more, key_days 8 or more."`
}

// Dir is the directory of an installation.
type Dir string

// Paths in the directory.
func (d Dir) join(name string) string { return filepath.Join(string(d), name) }

// KeyFile is the passphrase-protected root key.
func (d Dir) KeyFile() string { return d.join("keyfile.age") }

// Witness is the file with the newest audit checkpoint.
func (d Dir) Witness() string { return d.join("witness") }

// Spool holds sealed uploads.
func (d Dir) Spool() string { return d.join("spool") }

// Temp holds what a parser spills and a backup copies; emptied at every start.
func (d Dir) Temp() string { return d.join("tmp") }

// Recovery is the recovery kit.
func (d Dir) Recovery() string { return d.join("recovery") }

// DemoPassphrase is the passphrase file of a demo.
func (d Dir) DemoPassphrase() string { return d.join("demo-passphrase") }

// DemoAccounts lists a demo's accounts with their passwords.
func (d Dir) DemoAccounts() string { return d.join("demo-accounts.json") }

// documents is where documents are kept.
func (d Dir) documents(c Config) string {
	if c.Documents != "" {
		return c.Documents
	}
	return d.join("documents")
}

func (d Dir) config() string { return d.join("zhibu.json") }

// ReadConfig reads the configuration; fault.Unavailable when the directory holds no installation.
func (d Dir) ReadConfig() (Config, error) {
	var c Config
	b, err := os.ReadFile(d.config())
	if errors.Is(err, fs.ErrNotExist) {
		return c, fault.New(fault.Unavailable, "目录 %s 里还没有安装。先运行 zhibu init --dir %s；只想看看，运行 zhibu demo。", string(d), string(d))
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fault.New(fault.Unavailable, "配置文件 %s 读不懂：%s", d.config(), err.Error()).Because(err)
	}
	return c, nil
}

// WriteConfig replaces the configuration.
func (d Dir) WriteConfig(c Config) error {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	tmp := d.config() + ".new"
	if err := os.WriteFile(tmp, append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, d.config())
}

// Exists tells whether the directory holds an installation.
func (d Dir) Exists() bool {
	_, err := os.Stat(d.config())
	return err == nil
}
