package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Door keeps accounts and lets people in. Safe for concurrent use.
type Door struct {
	// Wrist is the clock of the phones that show codes: the door's own, or the machine's where a demo lives on another
	// day. Set it before the door is used.
	Wrist civil.Clock
	// Numbers index and seal citizen ID numbers. Set it before the door is used.
	Numbers Numbers
	db      *store.DB
	ledger  *ledger.Ledger
	clock   civil.Clock
	key     []byte
	hashing *semaphore.Weighted
	waiting atomic.Int64
	people  peopleCache
	policy  policyCache
	held    sessionCache
	remotes remotes // tries
	asking  remotes // questions asked before anybody is known, each of them a row
}

// hashesAtOnce bounds the memory that passwords take: 19 MiB each.
const hashesAtOnce = 2

// New opens the door of a database. key is a secret of the installation that the database does not hold (the vault's
// Derive("access")): without it neither passwords nor slips can be tried on a stolen copy.
func New(l *ledger.Ledger, key []byte) *Door {
	return &Door{Wrist: l.Clock, db: l.DB, ledger: l, clock: l.Clock, key: key, hashing: semaphore.NewWeighted(hashesAtOnce)}
}

// keyed is the text of a keyed hash for one purpose.
func (d *Door) keyed(purpose string, parts ...string) string {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte(purpose))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// own reads and writes accounts: what the door does for somebody who is not yet, or not more than, himself.
func (d *Door) own() store.Reader { return d.db.As(store.System("access")) }

// peopleCache holds persons for a few seconds: a page needs no query to know who asks, and a grant taken back, here or
// by another process, bites within seconds.
type peopleCache struct {
	mu   sync.Mutex
	held map[string]heldPerson
}

type heldPerson struct {
	person *Person
	at     time.Time
}

const (
	personAge  = 5 * time.Second
	peopleKept = 20000
)

func (c *peopleCache) get(account string, now time.Time) *Person {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[account]
	if age := now.Sub(h.at); !ok || age < 0 || age >= personAge {
		return nil
	}
	return h.person
}

func (c *peopleCache) put(p *Person, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil || len(c.held) >= peopleKept {
		c.held = map[string]heldPerson{}
	}
	c.held[p.Account] = heldPerson{p, now}
}

func (c *peopleCache) drop(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, account)
}

// Person gives an account with its grants in force, at most five seconds old. An account that is locked or disabled
// is Forbidden; an unknown one is missing.
func (d *Door) Person(ctx context.Context, account string) (*Person, error) {
	now := d.clock.Now()
	p := d.people.get(account, now)
	if p == nil {
		var err error
		if p, err = d.load(ctx, d.own(), account); err != nil {
			return nil, err
		}
		d.people.put(p, now)
	}
	if err := p.State.closed(); err != nil {
		return nil, err
	}
	return p, nil
}

func (s State) closed() error {
	switch s {
	case Active:
		return nil
	case Locked:
		return fault.New(fault.Forbidden, "这个账号已被锁定，请联系安全管理员。")
	}
	return fault.New(fault.Forbidden, "这个账号已经停用。")
}

// PersonIn is Person as an open transaction sees it, never an older one: for a decision that must hold when it is
// written.
func (d *Door) PersonIn(ctx context.Context, tx *store.Tx, account string) (*Person, error) {
	p, err := d.load(ctx, tx.System("rights"), account)
	if err != nil {
		return nil, err
	}
	if err := p.State.closed(); err != nil {
		return nil, err
	}
	return p, nil
}

func (d *Door) load(ctx context.Context, r store.Reader, account string) (p *Person, err error) {
	defer fault.Wrap(&err, "access: load account")
	p = &Person{}
	found, err := r.One(ctx, `SELECT a.id, a.login, a.name, a.org_id, a.org_path, a.member_id, coalesce(m.org_id, ''), coalesce(m.org_path, ''), coalesce(w.id, ''),
		a.state, a.language, a.text_size, a.contrast, a.version FROM {account} a LEFT JOIN {member} m ON m.id = a.member_id AND a.member_id <> ''
		LEFT JOIN {applicant} w ON w.id = a.applicant_id AND a.applicant_id <> '' AND w.member_id = '' WHERE a.id = ?`,
		[]any{account}, &p.Account, &p.Login, &p.Name, &p.Org, &p.OrgPath, &p.Member, &p.MemberOrg, &p.MemberPath, &p.Applicant,
		&p.State, &p.Language, &p.TextSize, &p.Contrast, &p.Version)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.Missing()
	}
	if p.MemberPath == "" {
		p.Member = "" // the record is gone or hidden: there is no own record
	}
	grants, err := grantsOf(ctx, r, account)
	if err != nil {
		return nil, err
	}
	today := civil.Today(d.clock)
	for _, g := range grants {
		if g.HoldsOn(today) {
			p.Grants = append(p.Grants, g)
		}
	}
	sortGrants(p.Grants)
	if p.Wide, err = wide(ctx, r, p); err != nil || !p.Wide {
		return p, err
	}
	on, err := d.hasSecond(ctx, account)
	p.Bare = !on
	return p, err
}

// wide tells whether an account's duties ask for a second factor: it administers, or its grants reach more than one
// branch. A place that is no branch counts as several, since branches may be set up below it any day.
func wide(ctx context.Context, r store.Reader, p *Person) (bool, error) {
	branch := ""
	for _, g := range p.Grants {
		switch {
		case g.Role == PlainMember:
			continue
		case g.Role.Administers(), branch != "" && branch != g.Org:
			return true, nil
		}
		branch = g.Org
	}
	if branch == "" {
		return false, nil
	}
	at, err := placeOf(ctx, r, branch)
	if fault.Of(err) == fault.NotFound {
		return true, nil
	}
	return !slices.Contains(branchKinds, at.kind), err
}

// grantColumns are read from grantTables: a lent grant names its lender, where the reader may know that account.
const (
	grantColumns = "g.id, g.account_id, g.role, g.org_id, g.org_path, g.post_id, g.from_on, g.to_on, g.basis, coalesce(l.of_grant, ''), coalesce(l.for_account, ''), coalesce(f.name, '')"
	grantTables  = "{grant} g LEFT JOIN {lending} l ON l.grant_id = g.id LEFT JOIN {account} f ON f.id = l.for_account"
)

func scanGrant(row store.Row, more ...any) (g Grant, err error) {
	err = row.Scan(append([]any{&g.ID, &g.Account, &g.Role, &g.Org, &g.Path, &g.Post, &g.From, &g.To, &g.Basis, &g.Of, &g.For, &g.ForName}, more...)...)
	return g, err
}

// grantsOf lists all grants of an account, past and future ones too, the newest first.
func grantsOf(ctx context.Context, r store.Reader, account string) ([]Grant, error) {
	var out []Grant
	err := r.Each(ctx, "SELECT "+grantColumns+" FROM "+grantTables+" WHERE g.account_id = ? ORDER BY g.id DESC", []any{account}, func(row store.Row) error {
		g, err := scanGrant(row)
		out = append(out, g)
		return err
	})
	return out, err
}
