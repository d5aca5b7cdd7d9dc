// Package demo founds a fictional city: an installation with the organisations, members, posts and accounts that
// internal/population invents. The same seed and date give the same city. Nothing in it is anybody's data, and only a
// directory marked as a demo takes it in.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"math/big"
	mrand "math/rand/v2"
	"os"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/population"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Plan is which city to found and where.
type Plan struct {
	Dir           installation.Dir
	Database      string
	Algorithm     string
	Members       int
	Organisations int // 0: about 18 members a branch
	Seed          uint64
	On            civil.Date
	Lived         bool // with a few facts in dispute, a few changes that wait and, up to yearUpTo members, a year in the log book, so that pages show something
	// Progress is told the step and how far it is.
	Progress func(step string, done, total int)
}

// Account is one line of demo-accounts.json.
type Account struct {
	Role         string `json:"role"`
	Account      string `json:"account"`
	Password     string `json:"password"`
	Name         string `json:"name"`
	Organisation string `json:"organisation"`
	TOTP         string `json:"totp,omitempty"` // secret of the second factor (base32), where the role needs one
}

// atOnce is how many members one transaction takes in.
const atOnce = 2000

// founder carries what the steps share.
type founder struct {
	plan Plan
	in   *installation.Installation
	city *population.City
	orgs []org.Organisation
	ids  map[int]string // member number → id, of those who hold posts or accounts
	// people are the members of each branch, where the city gets a year in the log book.
	people map[int][]someone
	actor  ledger.Actor
}

// Found makes the city. The directory is marked as an installation only when everything stands, so that an
// interrupted founding is begun anew.
func Found(ctx context.Context, p Plan) (accounts []Account, err error) {
	defer fault.Wrap(&err, "demo: found")
	city, err := population.Build(population.Plan{Members: p.Members, Organisations: p.Organisations, Seed: p.Seed, On: p.On})
	if err != nil {
		return nil, err
	}
	pass := make([]byte, 18)
	rand.Read(pass)
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], p.Seed)
	in, finish, err := installation.Found(ctx, installation.Founding{
		Options:   installation.Options{Dir: p.Dir, Database: p.Database, Clock: civil.Fixed(p.On.In(civil.Beijing).Add(8 * time.Hour)), Random: mrand.NewChaCha8(key)},
		Algorithm: p.Algorithm, Demo: true, DemoDate: p.On, DemoPass: []byte(encode(pass)),
	})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	f := &founder{plan: p, in: in, city: city, ids: map[int]string{}, people: map[int][]someone{}, actor: ledger.System("demo")}
	for _, step := range []func(context.Context) error{f.organisations, f.members, f.posts} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if accounts, err = f.accounts(ctx); err != nil {
		return nil, err
	}
	if p.Lived && p.Members <= yearUpTo {
		if err := f.year(ctx); err != nil {
			return nil, err
		}
	}
	if p.Lived {
		if err := f.disputes(ctx); err != nil {
			return nil, err
		}
		if err := f.waiting(ctx); err != nil {
			return nil, err
		}
	}
	if err := f.write(accounts); err != nil {
		return nil, err
	}
	if _, err := in.Ledger.Sequence(ctx); err != nil {
		return nil, err
	}
	if err := in.DB.Analyze(ctx); err != nil {
		return nil, err
	}
	return accounts, finish()
}

func encode(b []byte) string { return new(big.Int).SetBytes(b).Text(36) }

func (f *founder) progress(step string, done, total int) {
	if f.plan.Progress != nil {
		f.plan.Progress(step, done, total)
	}
}

func (f *founder) organisations(ctx context.Context) (err error) {
	list := make([]org.NewOrganisation, len(f.city.Organisations))
	for i, o := range f.city.Organisations {
		list[i] = org.NewOrganisation{Parent: o.Parent, Code: o.Code, Name: o.Name, ShortName: o.ShortName, Kind: org.Kind(o.Kind), Established: o.Established,
			Facts: org.Facts{Unit: o.Unit.Name, UnitKind: org.UnitKind(o.Unit.Type), CreditCode: o.Unit.Credit, Phone: o.Phone}}
	}
	f.orgs, err = f.in.Orgs.Load(ctx, f.actor, org.Load{Organisations: list, Reason: "建立演示城市", Progress: func(done int) {
		f.progress(words.Mark("党组织"), done, len(list))
	}})
	return err
}

func (f *founder) members(ctx context.Context) error {
	wanted := f.wanted()
	var entries []member.Entry
	var who []population.Member
	var change headcount.Change
	done := 0
	flush := func() error {
		if len(entries) == 0 {
			return nil
		}
		p, err := f.in.Members.Prepare(ctx, entries, "", member.Reviewed)
		if err != nil {
			return err
		}
		act := ledger.Act{Kind: member.DoAdd, Subject: "member", OrgPath: f.orgs[0].Path, Reason: "建立演示城市", Source: "虚构数据"}
		if err := f.in.Ledger.Do(ctx, f.actor, act, func(tx *store.Tx) error { return f.in.Members.Insert(ctx, tx, p) }); err != nil {
			return err
		}
		change.Merge(p.Change)
		for i, m := range who {
			if wanted[m.Number] {
				f.ids[m.Number] = p.IDs[i]
			}
			if f.plan.Lived && f.plan.Members <= yearUpTo {
				f.people[m.Organisation] = append(f.people[m.Organisation], somebody(p.IDs[i], m))
			}
		}
		done += len(entries)
		f.progress(words.Mark("党员"), done, f.plan.Members)
		entries, who = entries[:0], who[:0]
		return nil
	}
	for m := range f.city.Members() {
		o := f.orgs[m.Organisation]
		entries = append(entries, member.Entry{Record: record(m), OrgID: o.ID, OrgPath: o.Path})
		who = append(who, m)
		if len(entries) == atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return change.Tag(ctx, "", countsAtOnce, func(fn func(*store.Tx) error) error {
		return f.in.DB.Write(ctx, store.System("demo"), fn)
	})
}

const countsAtOnce = 20000

func record(m population.Member) roster.Record {
	r := roster.Record{Name: m.Name, IDNumber: identity.IDNumber(m.Identity), Sex: identity.Sex(m.Sex), Born: m.Born, Ethnicity: m.Ethnicity,
		Education: m.Education, Category: identity.Category(m.Category), Joined: m.Joined, Confirmed: m.Confirmed, Occupation: m.Position,
		Mobile: m.Mobile, Phone: m.Landline, Address: m.Address, Registry: identity.Normal, Lost: answer(m.Lost), LostOn: m.LostSince,
		Floating: answer(m.Floating), FloatingTo: m.Destination, Care: answer(m.Care)}
	if m.Suspended {
		r.Registry = identity.Stopped
	}
	return r
}

func answer(b bool) identity.Answer {
	if b {
		return identity.Yes
	}
	return identity.No
}

// wanted are the members whose ids posts and accounts need.
func (f *founder) wanted() map[int]bool {
	w := map[int]bool{}
	for i := range f.city.Organisations {
		for _, p := range f.city.PostsOf(i) {
			w[p.Member] = true
		}
	}
	for _, o := range f.city.Cast() {
		w[o.Member] = true
	}
	return w
}

func (f *founder) posts(ctx context.Context) error {
	cols := []string{"id", "org_id", "org_path", "title", "member_id", "holder", "from_on", "to_on", "version"}
	var rows [][]any
	flush := func() error {
		act := ledger.Act{Kind: org.ActAddPost, Subject: "post", OrgPath: f.orgs[0].Path, Reason: "建立演示城市", Source: "虚构数据"}
		err := f.in.Ledger.Do(ctx, f.actor, act, func(tx *store.Tx) error { return tx.InsertMany(ctx, "post", cols, rows) })
		rows = rows[:0]
		return err
	}
	from := f.plan.On.AddYears(-2)
	for i := range f.city.Organisations {
		for _, p := range f.city.PostsOf(i) {
			since := from
			if since.Before(f.orgs[i].Established) {
				since = f.orgs[i].Established
			}
			rows = append(rows, []any{f.in.Ledger.IDs.New(), f.orgs[i].ID, f.orgs[i].Path, string(p.Role), f.ids[p.Member], p.Name, since.String(), "", 1})
		}
		if len(rows) >= atOnce {
			if err := flush(); err != nil {
				return err
			}
			f.progress(words.Mark("职务"), i, len(f.city.Organisations))
		}
	}
	return flush()
}

func (f *founder) accounts(ctx context.Context) ([]Account, error) {
	var list []Account
	var install []access.Installed
	numbered := map[string]int{}
	for _, o := range f.city.Cast() {
		numbered[o.Role]++
		login := o.Role
		if n := numbered[o.Role]; n > 1 {
			login += "-" + string(rune('0'+n))
		}
		at := f.orgs[o.Organisation]
		a := Account{Role: o.Role, Account: login, Password: password(), Name: o.Name, Organisation: at.Code}
		list = append(list, a)
		install = append(install, access.Installed{Password: a.Password, NewAccount: access.NewAccount{Login: login, Name: o.Name, Org: at.ID, Member: f.ids[o.Member],
			Grants: []access.NewGrant{{Role: access.Role(o.Role), Org: at.ID, Basis: "演示"}}}})
	}
	ids, err := f.in.Access.Install(ctx, f.actor, install)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		p, err := f.in.Access.Person(ctx, id)
		if err != nil {
			return nil, err
		}
		if !p.Bare {
			continue
		}
		setup, err := f.in.Access.InstallFactor(ctx, f.actor, p)
		if err != nil {
			return nil, err
		}
		list[i].TOTP = setup.Secret
	}
	return list, nil
}

// password is readable and long enough: three groups of letters and digits that are not mistaken for each other.
func password() string {
	const signs = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, 14)
	for i := range b {
		if i == 4 || i == 9 {
			b[i] = '-'
			continue
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(signs))))
		if err != nil {
			panic(err)
		}
		b[i] = signs[n.Int64()]
	}
	b[0], b[13] = "ABCDEFGHJKMNPQRSTUVWXYZ"[int(b[0])%23], "23456789"[int(b[13])%8]
	return string(b)
}

func (f *founder) write(accounts []Account) error {
	b, err := json.MarshalIndent(accounts, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.plan.Dir.DemoAccounts(), append(b, '\n'), 0o600)
}

// Accounts reads the accounts of a founded demo.
func Accounts(d installation.Dir) ([]Account, error) {
	b, err := os.ReadFile(d.DemoAccounts())
	if err != nil {
		return nil, err
	}
	var list []Account
	return list, json.Unmarshal(b, &list)
}
