package access

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Slip is a one-time way in, printed and handed over: for the first sign-in and for a forgotten password. It is shown
// once; the database keeps only a keyed hash.
type Slip struct {
	Account string // id
	Login   string
	Name    string
	Org     string // id of the home organisation
	Code    string // as printed, in two groups: typing ignores spaces, hyphens and case
	Expires time.Time
}

// slipLetters have no 0 O, 1 I L, and no vowels that make words; ten of them are 46 bits, for three days and under
// the lock of the account.
const slipLetters = "23456789BCDFGHJKMNPQRSTVWXYZ"

const slipLength = 10

func newCode() string {
	var b strings.Builder
	buf := make([]byte, 1)
	for b.Len() < slipLength {
		rand.Read(buf)
		if int(buf[0]) < 256/len(slipLetters)*len(slipLetters) { // no letter more likely than another
			b.WriteByte(slipLetters[int(buf[0])%len(slipLetters)])
		}
	}
	return b.String()
}

func (d *Door) slipHash(account, code string) string { return d.codeHash("slip", account, code) }

// codeHash is what is kept of a printed code.
func (d *Door) codeHash(purpose, account, code string) string {
	code = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '　' || r == '－' {
			return -1
		}
		return r
	}, strings.ToUpper(foldLogin(code)))
	return d.keyed(purpose, account, code)
}

// IssueSlips makes slips for accounts, as one act. Slips issued before to the same accounts no longer open. It is
// refused as a whole when one of them may not be handled by the person (A-57, H-04, H-05).
func (d *Door) IssueSlips(ctx context.Context, p *Person, request string, accounts ...string) ([]Slip, error) {
	if len(accounts) == 0 || len(accounts) > 500 {
		return nil, fault.New(fault.Invalid, "请选择 1 到 500 个账号。").At("id")
	}
	policy, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	var out []Slip
	act := ledger.Act{Kind: "account.slip", Subject: "account", OrgPath: p.Place(), Detail: map[string]any{"accounts": len(accounts)}}
	_, err = d.ledger.DoAct(ctx, p.Actor(request), &act, func(tx *store.Tx) error {
		out = nil
		all := tx.System("slips")
		for _, id := range accounts {
			t, err := d.target(ctx, all, id)
			if err != nil {
				return err
			}
			if err := p.handle(IssueSlip, t); err != nil {
				return err
			}
			if t.state != Active {
				return fault.New(fault.Conflict, "账号“%s”已锁定或停用，先解锁再打印登录条。", t.login)
			}
			s, err := d.issue(ctx, all, t, policy)
			if err != nil {
				return err
			}
			out = append(out, s)
			act.SubjectID, act.OrgPath = id, t.path
		}
		if len(accounts) > 1 {
			act.SubjectID, act.OrgPath = "", p.Place()
		}
		return nil
	})
	return out, err
}

func (d *Door) issue(ctx context.Context, tx *store.Tx, t target, policy Policy) (Slip, error) {
	var old []string
	err := tx.Each(ctx, "SELECT id FROM {slip} WHERE account_id = ? AND used = 0", []any{t.id}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		old = append(old, id)
		return err
	})
	if err != nil {
		return Slip{}, err
	}
	now := d.clock.Now()
	for _, id := range old {
		if _, err := tx.Update(ctx, "slip", store.ByID(id), store.Set("used", now.Unix())); err != nil {
			return Slip{}, err
		}
	}
	code := newCode()
	s := Slip{Account: t.id, Login: t.login, Name: t.name, Org: t.org, Code: code[:5] + "-" + code[5:], Expires: now.Add(policy.hours(SlipHours))}
	return s, tx.Insert(ctx, "slip", store.Set("id", d.ledger.IDs.New()), store.Set("account_id", t.id), store.Set("hash", d.slipHash(t.id, code)),
		store.Set("expires", s.Expires.Unix()), store.Set("used", 0))
}
