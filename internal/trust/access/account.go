package access

import (
	"context"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// NewAccount is an account to be made. It has no password: the holder sets one after a one-time slip.
type NewAccount struct {
	Login     string
	Name      string
	Org       string // id of the home organisation
	Member    string // id of the holder's own record, "" for somebody who is no member here
	Applicant string // id of the holder among those on the way into the Party, "" for anybody else
	Number    string // citizen ID number of a holder without a record: it is kept sealed, to tell people apart
	Grants    []NewGrant

	trying bool // the transaction will be given up: no key is made
}

// NewGrant is a role to be given.
type NewGrant struct {
	Role  Role
	Org   string     // id
	From  civil.Date // zero: from today
	To    civil.Date // last day; zero: until taken back
	Post  string     // id of the post it follows from, "" if none
	Basis string     // the document or decision
}

// foldLogin is the form in which a login name is kept and looked for.
func foldLogin(login string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(login)))
}

var personalNumber = regexp.MustCompile(`\d{11}|\d{17}x`)

// checkLogin gives the kept form of a login name. It must not be a phone or ID number: the name is shown in lists,
// slips and the log.
func checkLogin(login string) (string, error) {
	login = foldLogin(login)
	bad := func(text string) error { return fault.New(fault.Invalid, text).At("account") }
	n := len([]rune(login))
	if n < 2 || n > 40 {
		return "", bad(words.Mark("登录名要 2 到 40 个字。"))
	}
	for _, r := range login {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r) {
			return "", bad(words.Mark("登录名只能用汉字、字母、数字和 . _ - 。"))
		}
	}
	if personalNumber.MatchString(login) {
		return "", bad(words.Mark("登录名不能是手机号或身份证号。"))
	}
	return login, nil
}

// place is an organisation as granting needs it.
type place struct{ id, path, kind, abolished string }

func placeOf(ctx context.Context, r store.Reader, id string) (place, error) {
	p := place{id: id}
	found, err := r.One(ctx, "SELECT path, kind, abolished_on FROM {org} WHERE id = ?", []any{id}, &p.path, &p.kind, &p.abolished)
	if err == nil && !found {
		err = fault.Missing()
	}
	return p, err
}

// Create makes one account with its grants. The person needs A-53 at the home organisation and A-58 for each grant.
// It gives the account's id.
func (d *Door) Create(ctx context.Context, p *Person, request string, n NewAccount) (string, error) {
	ids, err := d.createAll(ctx, p, request, "", []NewAccount{n})
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// createAll makes accounts as one act: all of them or none.
func (d *Door) createAll(ctx context.Context, p *Person, request, source string, all []NewAccount) ([]string, error) {
	var ids []string
	act := ledger.Act{Kind: "account.add", Subject: "account", OrgPath: p.OrgPath, Source: source, Detail: map[string]any{"accounts": len(all)}}
	_, err := d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		ids = nil
		for _, n := range all {
			id, path, err := d.create(ctx, tx.System("accounts"), p, n)
			if err != nil {
				return err
			}
			ids = append(ids, id)
			act.SubjectID, act.OrgPath = id, path
		}
		if len(all) > 1 {
			act.SubjectID, act.OrgPath = "", p.Place()
		}
		return nil
	})
	return ids, err
}

// create checks and writes one account; p is nil for the program itself, which may everything the hard rules allow.
func (d *Door) create(ctx context.Context, tx *store.Tx, p *Person, n NewAccount) (id, path string, err error) {
	login, err := checkLogin(n.Login)
	if err != nil {
		return "", "", err
	}
	name := strings.TrimSpace(norm.NFC.String(n.Name))
	if name == "" || len([]rune(name)) > 60 {
		return "", "", fault.New(fault.Invalid, "请填姓名，最多 60 个字。").At("name")
	}
	if err := tx.LockShared(ctx, store.TreeLock); err != nil { // the paths copied below must not move meanwhile
		return "", "", err
	}
	home, err := placeOf(ctx, tx, n.Org)
	if err != nil {
		return "", "", fieldOf(err, "org")
	}
	if p != nil {
		if _, err := p.Allow(Add, Account, home.path, ""); err != nil {
			return "", "", err
		}
	}
	if err := d.checkNew(ctx, tx, p, login, n.Member); err != nil {
		return "", "", err
	}
	if err := d.checkApplicant(ctx, tx, p, n.Applicant); err != nil {
		return "", "", err
	}
	if n.Member == "" && strings.TrimSpace(n.Number) != "" {
		if _, err := d.Numbers.Index(n.Number); err != nil {
			return "", "", err
		}
	}
	id = d.ledger.IDs.New()
	set := store.Set
	err = tx.Insert(ctx, "account", set("id", id), set("login", login), set("name", name), set("org_id", home.id), set("org_path", home.path),
		set("member_id", n.Member), set("applicant_id", n.Applicant), set("secret", ""), set("state", string(Active)), set("language", ""), set("text_size", ""),
		set("contrast", ""), set("version", 1))
	if err != nil {
		return "", "", err
	}
	if n.Member == "" && strings.TrimSpace(n.Number) != "" {
		if err := d.keepNumber(ctx, tx, id, n.Number, n.trying); err != nil {
			return "", "", err
		}
	}
	for _, g := range n.Grants {
		if _, err := d.grant(ctx, tx, p, id, n.Member, g); err != nil {
			return "", "", err
		}
	}
	return id, home.path, nil
}

// fieldOf names the field at which something was not found, in a copy.
func fieldOf(err error, field string) error {
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return fault.Missing().At(field)
	}
	return err
}

// checkNew refuses a taken login, and a member who is out of sight or has an account already.
func (d *Door) checkNew(ctx context.Context, tx *store.Tx, p *Person, login, member string) error {
	var other string
	taken, err := tx.One(ctx, "SELECT id FROM {account} WHERE login = ?", []any{login}, &other)
	if err != nil {
		return err
	}
	if taken {
		return fault.New(fault.Conflict, "登录名“%s”已经有人用了。", login).At("account")
	}
	if member == "" {
		return nil
	}
	var path string
	exists, err := tx.One(ctx, "SELECT org_path FROM {member} WHERE id = ?", []any{member}, &path)
	if err != nil {
		return err
	}
	if exists && p != nil {
		_, err = p.Allow(See, Member, path, member)
	}
	if !exists || err != nil {
		return fault.Missing().At("member")
	}
	taken, err = tx.One(ctx, "SELECT id FROM {account} WHERE member_id = ?", []any{member}, &other)
	if err == nil && taken {
		err = fault.New(fault.Conflict, "这名党员已经有账号。").At("member")
	}
	return err
}

// target is an account that somebody wants to do something to.
type target struct {
	id, login, name, org, path, member, secret string
	state                                      State
	grants                                     []Grant
}

func (d *Door) target(ctx context.Context, r store.Reader, id string) (target, error) {
	t := target{id: id}
	found, err := r.One(ctx, "SELECT login, name, org_id, org_path, member_id, secret, state FROM {account} WHERE id = ?", []any{id},
		&t.login, &t.name, &t.org, &t.path, &t.member, &t.secret, &t.state)
	if err == nil && !found {
		err = fault.Missing()
	}
	if err == nil {
		t.grants, err = grantsOf(ctx, r, id)
	}
	today := civil.Today(d.clock)
	live := t.grants[:0:0]
	for _, g := range t.grants {
		if g.To.IsZero() || !today.After(g.To) { // in force, or to come
			live = append(live, g)
		}
	}
	t.grants = live
	return t, err
}

// handle decides whether a person may do something to an account: the table, then the hard rules. Somebody whose
// account one handles holds no post above or beside one's own, or a slip would be a way up.
func (p *Person) handle(action Action, t target) error {
	if _, err := p.Allow(action, Account, t.path, ""); err != nil {
		return err
	}
	if t.id == p.Account {
		return forbidden(RuleSelf, words.Mark("不能对自己的账号做这件事。"))
	}
	for _, held := range t.grants {
		if action == IssueSlip && held.Role.Administers() {
			return forbidden(RuleTakeOver, words.Mark("管理员账号的登录条要在服务器上用 zhibu account 办理。"))
		}
		if !p.over(lineFor(action, Account), held.Role, held.Path) {
			return forbidden(RuleTakeOver, words.Mark("这个账号的职责超出您的工作范围，请由上级党组织或安全管理员办理。"))
		}
	}
	return nil
}

// over tells whether one of the person's grants with the right looks after a role at a place.
func (p *Person) over(l *line, role Role, path string) bool {
	for _, g := range p.Grants {
		if _, ok := l.covers(&g); ok && strings.HasPrefix(path, g.Path) && contains(g.Role.fact().over, role) {
			return true
		}
	}
	return false
}

func contains(roles []Role, r Role) bool {
	for _, x := range roles {
		if x == r {
			return true
		}
	}
	return false
}

// change is one change of an account by somebody else, with a new version; it may end all sessions.
func (d *Door) change(ctx context.Context, p *Person, action Action, account string, act ledger.Act, request string, fn func(tx *store.Tx, t target) ([]store.Value, error)) error {
	defer d.people.drop(account)
	act.Subject, act.SubjectID = "account", account
	_, err := d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		all := tx.System("account")
		t, err := d.target(ctx, all, account)
		if err != nil {
			return err
		}
		act.OrgPath = t.path
		if err := p.handle(action, t); err != nil {
			return err
		}
		set, err := fn(all, t)
		if err != nil {
			return err
		}
		return d.touch(ctx, all, account, set...)
	})
	return err
}

// touch writes an account's new values with a new version.
func (d *Door) touch(ctx context.Context, tx *store.Tx, account string, set ...store.Value) error {
	if len(set) > 0 {
		if _, err := tx.Update(ctx, "account", store.ByID(account), set...); err != nil {
			return err
		}
	}
	_, err := tx.Add(ctx, "account", store.ByID(account), "version", 1)
	return err
}

// Lock closes an account until it is unlocked and ends all its sessions at once.
func (d *Door) Lock(ctx context.Context, p *Person, request, account, reason string) error {
	return d.close(ctx, p, request, account, reason, Locked)
}

// Disable closes an account for good, for somebody who has left the work; only Unlock opens it again.
func (d *Door) Disable(ctx context.Context, p *Person, request, account, reason string) error {
	return d.close(ctx, p, request, account, reason, Disabled)
}

func (d *Door) close(ctx context.Context, p *Person, request, account, reason string, s State) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	var deputies []string // whom the holder had lent something
	kind := map[State]string{Locked: "account.lock", Disabled: "account.disable"}[s]
	err := d.change(ctx, p, Lock, account, ledger.Act{Kind: kind, Reason: reason}, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		if t.state == s {
			return nil, ledger.ErrUnchanged
		}
		lent, err := lentGrants(ctx, tx, "l.for_account = ?", account)
		if err != nil {
			return nil, err
		}
		if deputies, err = d.endLent(ctx, tx, lent); err != nil {
			return nil, err
		}
		return []store.Value{store.Set("state", string(s))}, d.endAll(ctx, tx, account)
	})
	d.forget(append(deputies, account)...)
	return err
}

// EndSessions ends all sessions of an account, which stays open: for a lost telephone.
func (d *Door) EndSessions(ctx context.Context, p *Person, request, account, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	act := ledger.Act{Kind: "account.end_sessions", Reason: reason}
	err := d.change(ctx, p, Lock, account, act, request, func(tx *store.Tx, _ target) ([]store.Value, error) {
		return nil, d.endAll(ctx, tx, account)
	})
	d.held.dropAccount(account)
	return err
}

// Unlock opens a locked or disabled account, and one that is closed for a while after too many failures.
func (d *Door) Unlock(ctx context.Context, p *Person, request, account, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "请写明原因。").At("reason")
	}
	return d.change(ctx, p, Unlock, account, ledger.Act{Kind: "account.unlock", Reason: reason}, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		n, err := tx.Delete(ctx, "attempt", store.ByID(d.attemptID(t.login)))
		if err != nil {
			return nil, err
		}
		codes, err := tx.Delete(ctx, "attempt", store.ByID(d.factorCount(account)))
		if err == nil && n+codes == 0 && t.state == Active {
			err = ledger.ErrUnchanged
		}
		return []store.Value{store.Set("state", string(Active))}, err
	})
}

// Display changes how pages look and speak for the person's own account; an empty value stays as it is.
func (d *Door) Display(ctx context.Context, p *Person, request, language, textSize, contrast string) error {
	defer d.people.drop(p.Account)
	var set []store.Value
	for _, v := range []struct{ column, now, next string }{{"language", p.Language, language}, {"text_size", p.TextSize, textSize}, {"contrast", p.Contrast, contrast}} {
		if v.next != "" && v.next != v.now {
			if len(v.next) > 20 {
				return fault.New(fault.Invalid, "没有这种显示方式。").At(v.column)
			}
			set = append(set, store.Set(v.column, v.next))
		}
	}
	if len(set) == 0 {
		return nil
	}
	act := ledger.Act{Kind: "account.display", Subject: "account", SubjectID: p.Account, OrgPath: p.OrgPath}
	return d.ledger.Do(ctx, p.Actor(request), act, func(tx *store.Tx) error {
		return d.touch(ctx, tx.System("own account"), p.Account, set...)
	})
}
