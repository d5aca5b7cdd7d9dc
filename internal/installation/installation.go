package installation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/admission"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/document"
	"zhibu/internal/party/duesbook"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/election"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/life"
	"zhibu/internal/party/localrule"
	"zhibu/internal/party/logbook"
	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/notice/channel"
	"zhibu/internal/party/org"
	"zhibu/internal/party/request"
	"zhibu/internal/party/retention"
	"zhibu/internal/party/review"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/access/provider"
	"zhibu/internal/trust/archive"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// Version is the program's version, set when a release is built.
var Version = "0.1.0"

// Options say which installation and how to open it.
type Options struct {
	Dir            Dir
	Database       string      // PostgreSQL address, over the one of the configuration
	PassphraseFile string      // file with the key file's passphrase
	Remember       bool        // keep a passphrase that was typed, for a command that saves the key file
	Clock          civil.Clock // nil: the machine's, or the demo's day
	Random         io.Reader   // source of identifiers; nil: the machine's
	Readers        int
	Trace          func(text string, args []any) // store.Config.Trace, for measurements
}

// Installation is an opened installation with its rooms.
type Installation struct {
	Dir       Dir
	Config    Config
	Clock     civil.Clock
	Root      vault.Root
	Vault     *vault.Vault
	DB        *store.DB
	Ledger    *ledger.Ledger
	Access    *access.Door
	SignIn    []access.Outside // services that are asked who somebody is
	Rules     *rulebook.Book
	Orgs      *org.Service
	Members   *member.Service
	Reviews   *review.Service
	Intake    *intake.Service
	Documents *document.Service
	Archive   *archive.Archive
	Keys      *rotation.Service
	Meter     Meter // what is counted of this process
	Shredding *retention.Service
	Requests  *request.Service
	Stewards  *steward.Service
	Local     *localrule.Service // what organisations have decided beyond the rules
	Logbook   *logbook.Service
	Dues      *duesbook.Service
	Ballots   *ballot.Service
	Admission *admission.Service
	Elections *election.Service
	Life      *life.Service
	Duties    *duty.Service
	Notices   *notice.Service
	// Derivation is how long the passphrase took; the start's own time is apart from it.
	Derivation time.Duration

	ready readiness

	plan     atomic.Pointer[archive.Schedule] // changed since the start
	planning sync.Mutex
}

// Open opens what Found has made.
func Open(ctx context.Context, o Options) (*Installation, error) {
	c, err := o.Dir.ReadConfig()
	if err != nil {
		return nil, err
	}
	if o.Database != "" {
		c.Database = o.Database
	}
	if err := o.Dir.holdsData(c); err != nil {
		return nil, err
	}
	root := keyfile(o.Dir, c, o.PassphraseFile, o.Remember)
	start := time.Now()
	ring, err := root.Open(ctx)
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	in, err := assemble(ctx, o, c, root, ring)
	if err != nil {
		return nil, err
	}
	if err := in.founded(ctx); err != nil {
		in.Close()
		return nil, err
	}
	if err := in.keepTallies(ctx); err != nil {
		in.Close()
		return nil, err
	}
	in.Derivation = took
	return in, nil
}

// holdsData refuses an installation whose files are gone: to begin with empty ones would look like a start, and the
// person keys made from then on would not open what a recovered file holds.
func (d Dir) holdsData(c Config) error {
	if c.Database != "" {
		return nil
	}
	for _, name := range []string{"zhibu.db", "keys.db"} {
		if _, err := os.Stat(d.join(name)); errors.Is(err, os.ErrNotExist) {
			return fault.New(fault.Unavailable, "数据文件 %s 不见了，程序不启动，以免从空白开始。请找回它，或者用备份恢复到新目录（zhibu restore）。", d.join(name)).Because(err)
		}
	}
	return nil
}

// founded refuses a database without a single act, which is not the one that was founded with the directory.
func (in *Installation) founded(ctx context.Context) error {
	var one int
	found, err := in.DB.As(store.System("open")).One(ctx, "SELECT 1 FROM {act} LIMIT 1", nil, &one)
	if err == nil && !found {
		err = fault.New(fault.Unavailable, "这个数据库是空的，程序不启动。请核对数据库地址；如果数据库丢了，用备份恢复（zhibu restore）。").At("database")
	}
	return err
}

// keyfile asks for the passphrase once. When the key file is opened or saved again, while the program serves, only the
// files are asked: nobody sits at the terminal then.
func keyfile(d Dir, c Config, passphraseFile string, remember bool) *vault.Keyfile {
	demo := ""
	if c.Demo {
		demo = d.DemoPassphrase()
	}
	var typed []byte
	asked := false
	return &vault.Keyfile{Path: d.KeyFile(), Passphrase: func() ([]byte, error) {
		pass, err := vault.KnownPassphrase(passphraseFile, demo)
		switch {
		case pass != nil || err != nil:
			return pass, err
		case typed != nil:
			return append([]byte(nil), typed...), nil
		case asked:
			return nil, fault.New(fault.Unavailable, "口令不在文件里，程序自己不能改写密钥文件。请在服务器上运行 zhibu keys 的命令，输入口令。")
		}
		asked = true
		if pass, err = vault.Passphrase(passphraseFile, demo); err == nil && remember {
			typed = append([]byte(nil), pass...)
		}
		return pass, err
	}}
}

// clock is the demo's day, running on, or the machine's.
func clockOf(o Options, c Config) civil.Clock {
	switch {
	case o.Clock != nil:
		return o.Clock
	case c.Demo && !c.DemoDate.IsZero():
		start := c.DemoDate.In(civil.Beijing).Add(9 * time.Hour)
		if !c.DemoFounded.IsZero() {
			start = start.Add(time.Since(c.DemoFounded))
		}
		return civil.StartingAt(start)
	}
	return civil.System{}
}

func assemble(ctx context.Context, o Options, c Config, root vault.Root, ring *vault.Ring) (_ *Installation, err error) {
	in := &Installation{Dir: o.Dir, Config: c, Clock: clockOf(o, c), Root: root, Rules: rulebook.Default()}
	if err := member.CheckAskAfter(in.Rules, c.StillRight, civil.Today(in.Clock)); err != nil {
		return nil, err
	}
	for _, dir := range []string{in.Dir.Spool(), in.Dir.Temp()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := in.ClearTemp(time.Hour); err != nil {
		return nil, err
	}
	in.DB, err = store.Open(ctx, store.Config{Dir: string(o.Dir), URL: c.Database, Readers: o.Readers, Trace: o.Trace, BeforeMigrate: in.copyBefore})
	if err != nil {
		return nil, err
	}
	if in.Vault, err = vault.New(ring, in.DB.Keys()); err != nil {
		in.DB.Close()
		return nil, err
	}
	random := o.Random
	if random == nil {
		random = rand.Reader
	}
	in.Ledger = ledger.New(in.DB, store.NewIDs(in.Clock, random), in.Clock, in.Vault, in.Dir.Witness())
	in.Access = access.New(in.Ledger, in.Vault.Derive("access"))
	if o.Clock == nil {
		in.Access.Wrist = civil.System{} // a demo lives on its own day, the phones do not
	}
	in.Keys = &rotation.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Root: root, Fields: Sealed, Fixed: in.fixedIndexes}
	in.Access.Numbers = numbers{in.Vault}
	if in.SignIn, err = provider.Open(c.SignIn, string(o.Dir), civil.System{}); err != nil { // they live in the machine's time, a demo may not
		in.DB.Close()
		return nil, err
	}
	rights := rights{in.Access}
	in.Orgs = &org.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rights: rights}
	in.Members = &member.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rules: in.Rules, Rights: rights, Demo: c.Demo, LateAfter: c.LateDays, AskAfter: c.StillRight, OnePerson: in.Access.OnePerson}
	in.Orgs.Members = in.Members
	in.Reviews = &review.Service{Members: in.Members, Orgs: in.Orgs, Rights: rights, Escalate: days(c.ReviewDays, 7)}
	in.Stewards = &steward.Service{Members: in.Members, Reviews: in.Reviews, Rights: rights}
	in.Intake = &intake.Service{Members: in.Members, Reviews: in.Reviews, Stewards: in.Stewards, Spool: in.Dir.Spool(), Temp: in.Dir.Temp(), Keep: days(c.KeepUploads, 7), MaxBytes: in.MaxUpload()}
	in.Documents = &document.Service{Members: in.Members, Where: in.Dir.documents(c), Font: c.Font, Scanner: document.Scanner(c.Scanner), Temp: in.Dir.Temp() + "/documents", MaxBytes: in.MaxUpload(), Keep: days(c.KeepRemoved, 30), KeepFailed: days(c.KeepUploads, 7), Spool: in.Dir.Spool() + "/documents"}
	in.Members.Along, in.Members.Apart = in.Documents.Along, in.Access.StaysApart
	actorOf := func(ctx context.Context, account string) (ledger.Actor, error) {
		p, err := in.Access.Person(ctx, account)
		if err != nil {
			return ledger.Actor{}, err
		}
		return p.Actor(""), nil
	}
	in.Intake.Actor, in.Documents.Actor = actorOf, actorOf
	in.Requests = &request.Service{Members: in.Members}
	in.Local = &localrule.Service{DB: in.DB, Ledger: in.Ledger, Clock: in.Clock, Rules: in.Rules, Rights: rights}
	in.Logbook = &logbook.Service{DB: in.DB, Ledger: in.Ledger, Clock: in.Clock, Rights: rights, LateAfter: c.LateDays}
	in.Notices = &notice.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Known: in.knownAddress, Words: in.outsideWords}
	if in.Notices.Channels, err = channel.Open(c.Channels, string(o.Dir)); err != nil {
		in.DB.Close()
		return nil, err
	}
	in.Duties = &duty.Service{DB: in.DB, Ledger: in.Ledger, Clock: in.Clock, Local: in.Local, Rights: rights, Since: c.DutiesSince}
	in.Dues = &duesbook.Service{Members: in.Members, DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rules: in.Rules, Rights: rights, Logbook: in.Logbook, Duties: in.Duties, LateAfter: c.LateDays}
	in.Ballots = &ballot.Service{DB: in.DB, Ledger: in.Ledger, Clock: in.Clock, Rules: in.Rules, Rights: rights, Final: map[string]ballot.Told{}}
	in.Admission = &admission.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rights: rights, Duties: in.Duties, Log: in.Logbook, Ballots: in.Ballots, Members: in.Members, Rules: in.Rules, LateAfter: c.LateDays}
	in.Elections = &election.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rules: in.Rules, Rights: rights, Ballots: in.Ballots, Orgs: in.Orgs, Log: in.Logbook}
	in.Life = &life.Service{DB: in.DB, Ledger: in.Ledger, Vault: in.Vault, Clock: in.Clock, Rules: in.Rules, Rights: rights, Members: in.Members, Ballots: in.Ballots, Log: in.Logbook, Duties: in.Duties}
	in.Ballots.Final[election.BallotSubject] = in.Elections.Counted
	in.Ballots.Final[admission.BallotSubject] = in.Admission.Counted
	in.Members.Belongings = []member.Belongings{in.Reviews, in.Requests, in.Stewards, in.Logbook, in.Duties, in.Dues, in.Admission, in.Elections, in.Life, told{in.Notices}}
	in.Ledger.Touched = in.Duties.Touched
	in.Shredding = &retention.Service{Members: in.Members, Documents: in.Documents, Final: in.keysFinal, Publish: in.PublishShreds, SamePerson: in.samePerson,
		Uploads: in.Intake.Forget, SignOut: in.Access.Forget}
	in.Archive = &archive.Archive{Source: in.DB, Keys: in.Vault, Clock: in.Clock, Temp: in.Dir.Temp() + "/backup", Program: Version,
		Files: []archive.File{{Name: "keyfile.age", Path: in.Dir.KeyFile(), Keys: true}, {Name: "zhibu.json", Path: in.Dir.config()},
			{Name: "demo-accounts.json", Path: in.Dir.DemoAccounts()}},
		Objects: in.Documents.Storage,
		Checkpoint: func(ctx context.Context) (string, error) {
			cp, err := in.Ledger.Sequence(ctx)
			return cp.Note, err
		}}
	return in, nil
}

func days(n, otherwise int) time.Duration {
	if n == 0 {
		n = otherwise
	}
	return time.Duration(n) * 24 * time.Hour
}

// MaxUpload is the largest upload in bytes.
func (in *Installation) MaxUpload() int64 {
	if in.Config.MaxUploadMB > 0 {
		return in.Config.MaxUploadMB << 20
	}
	return 100 << 20
}

// Retention is how long backups are kept.
func (in *Installation) Retention() archive.Retention {
	return in.BackupPlan().Keep
}

// copyBefore copies an older database before it is migrated. A copy that was cut short is made anew.
func (in *Installation) copyBefore(ctx context.Context, db *store.DB, from int64) error {
	dir := in.Dir.join(fmt.Sprintf("before-migration-%d", from))
	if _, err := os.Stat(dir); err == nil {
		return nil // an earlier start has made it and was interrupted later
	}
	unfinished := dir + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	if _, err := db.SnapshotData(ctx, unfinished); err != nil {
		return err
	}
	if _, err := db.SnapshotKeys(ctx, unfinished); err != nil {
		return err
	}
	return os.Rename(unfinished, dir)
}

// ClearTemp removes what an ended process has left in the private directory: everything older than age, but for the
// place of backups, which a backup empties itself.
func (in *Installation) ClearTemp(age time.Duration) error {
	entries, err := os.ReadDir(in.Dir.Temp())
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.Name() == "backup" || time.Since(info.ModTime()) < age {
			continue
		}
		if err := os.RemoveAll(filepath.Join(in.Dir.Temp(), e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Close ends what is open.
func (in *Installation) Close() error { return in.DB.Close() }

// Founding says how a new installation is made.
type Founding struct {
	Options
	Algorithm string
	Demo      bool
	DemoDate  civil.Date
	DemoPass  []byte // passphrase of a demo
}

// Found makes a new installation: secrets, key file, database, recovery kit. A directory that holds one is refused.
// finish writes the configuration, which marks the directory as an installation: call it when everything stands.
func Found(ctx context.Context, f Founding) (in *Installation, finish func() error, err error) {
	defer fault.Wrap(&err, "installation: found")
	if f.Dir.Exists() {
		return nil, nil, fault.New(fault.Conflict, "目录 %s 里已经有一个安装，没有改动它。", string(f.Dir)).At("dir")
	}
	alg := vault.AES
	if f.Algorithm != "" {
		if alg, err = vault.ParseAlg(f.Algorithm); err != nil {
			return nil, nil, err
		}
	}
	if err := f.clearUnfinished(); err != nil {
		return nil, nil, err
	}
	pass, err := f.passphrase()
	if err != nil {
		return nil, nil, err
	}
	c := Config{Database: f.Database, Algorithm: f.Algorithm, Demo: f.Demo, DemoDate: f.DemoDate}
	if f.Demo {
		c.DemoFounded = time.Now().UTC()
	}
	ring, err := vault.NewRing(alg, rand.Reader, clockOf(f.Options, c).Now())
	if err != nil {
		return nil, nil, err
	}
	private, err := ring.NewBackupKey()
	if err != nil {
		return nil, nil, err
	}
	root := &vault.Keyfile{Path: f.Dir.KeyFile(), Passphrase: func() ([]byte, error) { return append([]byte(nil), pass...), nil }}
	if err := root.Save(ctx, ring); err != nil {
		return nil, nil, err
	}
	if in, err = assemble(ctx, f.Options, c, keyfile(f.Dir, c, f.PassphraseFile, false), ring); err != nil {
		return nil, nil, err
	}
	if err := errors.Join(in.empty(ctx), in.keepTallies(ctx), in.writeKit(private, pass, f.Demo), in.settle(ctx)); err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, func() error { return f.Dir.WriteConfig(in.Config) }, nil
}

// settle records in a PostgreSQL database where the rest of the installation is.
func (in *Installation) settle(ctx context.Context) error {
	if !in.DB.IsPostgres() {
		return nil
	}
	dir, err := filepath.Abs(string(in.Dir))
	if err != nil {
		return err
	}
	return in.DB.SetHome(ctx, dir)
}

// empty refuses a database that somebody uses already.
func (in *Installation) empty(ctx context.Context) error {
	var one int
	found, err := in.DB.As(store.System("found")).One(ctx, "SELECT 1 FROM {act} LIMIT 1", nil, &one)
	if err == nil && found {
		err = fault.New(fault.Conflict, "这个数据库里已经有内容，没有改动它。请换一个空的数据库。").At("database")
	}
	return err
}

// clearUnfinished removes what an interrupted founding has left in the directory: without the configuration it holds
// nothing that anybody has entered. Files of other names are not touched.
func (f Founding) clearUnfinished() error {
	if err := os.MkdirAll(string(f.Dir), 0o700); err != nil {
		return fault.New(fault.Unavailable, "建不了目录 %s：%v", string(f.Dir), err).At("dir").Because(err)
	}
	for _, name := range []string{"zhibu.db", "keys.db"} {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(f.Dir.join(name + suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	if err := os.Remove(f.Dir.Witness()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (f Founding) passphrase() ([]byte, error) {
	if !f.Demo {
		return vault.NewPassphrase(f.PassphraseFile)
	}
	return f.DemoPass, os.WriteFile(f.Dir.DemoPassphrase(), append(append([]byte(nil), f.DemoPass...), '\n'), 0o600)
}

func (in *Installation) writeKit(private string, pass []byte, demo bool) error {
	sealed, err := os.ReadFile(in.Dir.KeyFile())
	if err != nil {
		return err
	}
	kit := archive.Kit{Installation: in.Vault.Installation(), Made: in.Clock.Now(), Identity: private, Verifier: in.Vault.VerifierKey(), KeyFile: sealed}
	if demo {
		kit.Passphrase = append(append([]byte(nil), pass...), '\n')
	}
	return archive.WriteKit(in.Dir.Recovery(), kit)
}
