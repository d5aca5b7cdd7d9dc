package access

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// Likeness says whether two accounts, or an account and a record, are one person's.
type Likeness int

// The likenesses. Perhaps is for two of the same name of whom nothing tells that they differ: what must be done by two
// people is refused to them until somebody shows it.
const (
	Apart Likeness = iota
	Perhaps
	Same
)

// holder is what is known of the person behind an account: the own record, else the blind index of an ID number that
// was given with the account, else a name.
type holder struct {
	account, name, member string
	number                []byte
	also                  [][]byte // of records that were united with the own one: a number that was wrong, or another of hers
}

const holderColumns = "a.id, a.name, a.member_id, coalesce(m.id_index, n.number_index, i.number) FROM {account} a LEFT JOIN {member} m ON m.id = a.member_id AND a.member_id <> '' LEFT JOIN {holder} n ON n.account_id = a.id LEFT JOIN {identity} i ON i.account_id = a.id"

func scanHolder(row store.Row, more ...any) (h holder, err error) {
	err = row.Scan(append([]any{&h.account, &h.name, &h.member, &h.number}, more...)...)
	return h, err
}

func holderOf(ctx context.Context, r store.Reader, account string) (h holder, err error) {
	found := false
	err = r.Each(ctx, "SELECT "+holderColumns+" WHERE a.id = ?", []any{account}, func(row store.Row) (err error) {
		found = true
		h, err = scanHolder(row)
		return err
	})
	if err == nil && !found {
		err = fault.Missing()
	}
	if err == nil {
		err = h.unite(ctx, r)
	}
	return h, err
}

// unite adds the numbers of the records that were united with the holder's own, into it or it into them: whoever is known
// by one of them is the same person, as long as they are not made two again.
func (h *holder) unite(ctx context.Context, r store.Reader) error {
	if h.member == "" {
		return nil
	}
	const still = "e.kind = 'united' AND NOT EXISTS (SELECT 1 FROM {member_event} b WHERE b.member_id = e.member_id AND b.kind = 'restored' AND b.id > e.id)"
	ids := []string{h.member}
	for i := 0; i < len(ids); i++ {
		query := "SELECT m.id, m.id_index FROM {member_event} e JOIN {member} m ON m.id = e.became WHERE e.member_id = ? AND " + still +
			" UNION ALL SELECT m.id, m.id_index FROM {member_event} e JOIN {member} m ON m.id = e.member_id WHERE e.became = ? AND " + still
		err := r.Each(ctx, query, []any{ids[i], ids[i]}, func(row store.Row) error {
			var id string
			var number []byte
			err := row.Scan(&id, &number)
			if !slices.Contains(ids, id) {
				ids, h.also = append(ids, id), append(h.also, number)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// numbers are all by which the holder is known.
func (h holder) numbers() [][]byte {
	if len(h.number) == 0 {
		return h.also
	}
	return append([][]byte{h.number}, h.also...)
}

func (h holder) like(o holder) Likeness {
	switch {
	case h.account != "" && h.account == o.account, h.member != "" && h.member == o.member:
		return Same
	case len(h.numbers()) > 0 && len(o.numbers()) > 0:
		for _, n := range h.numbers() {
			if slices.ContainsFunc(o.numbers(), func(p []byte) bool { return bytes.Equal(n, p) }) {
				return Same
			}
		}
		return Apart
	case plainName(h.name) == plainName(o.name):
		return Perhaps
	}
	return Apart
}

// plainName is a name without what people write differently: spaces, dots, width and case.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(name))
}

// SamePerson tells whether two accounts are one person's. The reader must see all accounts and members.
func SamePerson(ctx context.Context, r store.Reader, a, b string) (Likeness, error) {
	if a == b {
		return Same, nil
	}
	x, err := holderOf(ctx, r, a)
	if err != nil {
		return Apart, err
	}
	y, err := holderOf(ctx, r, b)
	if err != nil {
		return Apart, err
	}
	return x.like(y), nil
}

// IsMember tells whether an account is the account of a member's person, whether it is bound to the record or not.
// The reader must see all accounts and members.
func IsMember(ctx context.Context, r store.Reader, account, member string) (Likeness, error) {
	h, err := holderOf(ctx, r, account)
	if err != nil {
		return Apart, err
	}
	m := holder{member: member}
	found, err := r.One(ctx, "SELECT name, id_index FROM {member} WHERE id = ?", []any{member}, &m.name, &m.number)
	if err == nil && !found {
		err = fault.Missing()
	}
	if err == nil {
		err = m.unite(ctx, r)
	}
	return h.like(m), err
}

// checkApart refuses a grant to somebody who has, by another account, a role that must be another person's (H-03).
func (d *Door) checkApart(ctx context.Context, tx *store.Tx, g Grant) error {
	if g.Role == PlainMember {
		return nil
	}
	if d.Numbers.Turning() {
		return fault.New(fault.Unavailable, "正在更换密钥，这几分钟里认不准两个账号是不是同一个人。请等换完再办。")
	}
	own, err := holderOf(ctx, tx, g.Account)
	if err != nil {
		return err
	}
	worst, err := alike(ctx, tx, g, own)
	switch {
	case err != nil:
		return err
	case worst == Same:
		return forbidden(RuleSeparate, words.Mark("这个人用另一个账号担任着不能兼任的角色。系统管理员、安全管理员、审计员要由不同的人担任，也不能兼管党员信息。"))
	case worst == Perhaps:
		return forbidden(RuleSeparate, words.Mark("有同名的人担任着不能兼任的角色，分不清是不是同一个人。请先在两个账号上各填本人的公民身份号码，或者对应到本人的党员档案，再授予。"))
	}
	return nil
}

// alike is how far the holder of a grant is one person with anybody who, by another account, has a role that must be
// another person's on some same day.
func alike(ctx context.Context, r store.Reader, g Grant, own holder) (worst Likeness, err error) {
	var roles []string
	var args []any
	for _, r := range Roles() {
		if apart(g.Role, r) {
			roles, args = append(roles, "?"), append(args, string(r))
		}
	}
	query := "SELECT " + strings.Replace(holderColumns, " FROM", ", g.from_on, g.to_on FROM", 1) + " JOIN {grant} g ON g.account_id = a.id WHERE g.role IN (" + strings.Join(roles, ", ") + ")"
	var others []holder
	err = r.Each(ctx, query, args, func(row store.Row) error {
		var held Grant
		other, err := scanHolder(row, &held.From, &held.To)
		if err == nil && other.account != own.account && overlap(g, held) {
			others = append(others, other)
		}
		return err
	})
	for i := range others {
		if err == nil {
			err = others[i].unite(ctx, r)
		}
		worst = max(worst, own.like(others[i]))
	}
	return worst, err
}

// OnePerson refuses an ID number of a member's record that would show the holder of her accounts to be somebody who has,
// by another account, a role that must be another person's (H-03). A number that is mended later says who somebody is
// as much as one that was given with the account; so it waits until one of the roles is taken back. Names do not count
// here. The reader must see all accounts and members.
func (d *Door) OnePerson(ctx context.Context, r store.Reader, member string, number []byte) error {
	var accounts []string
	err := r.Each(ctx, "SELECT id FROM {account} WHERE member_id = ?", []any{member}, func(row store.Row) error {
		var id string
		err := row.Scan(&id)
		accounts = append(accounts, id)
		return err
	})
	if err != nil {
		return err
	}
	today := civil.Today(d.clock)
	for _, id := range accounts {
		t, err := d.target(ctx, r, id)
		if err != nil {
			return err
		}
		for _, g := range t.grants {
			if g.Role == PlainMember {
				continue
			}
			if g.From.Before(today) {
				g.From = today // what both held once is no conflict any more
			}
			own := holder{account: id, name: t.name, member: member, number: number}
			if err := own.unite(ctx, r); err != nil {
				return err
			}
			worst, err := alike(ctx, r, g, own)
			if err != nil {
				return err
			}
			if worst == Same {
				return fault.New(fault.Conflict, "照这个号码，这个人用另一个账号担任着不能兼任的角色。请核对号码；没有错的，先由安全管理员收回其中一个角色，再更正。").By(RuleSeparate)
			}
		}
	}
	return nil
}

// StaysApart refuses, inside a transaction, that what the accounts of one member hold must be held by two persons: two
// records of one person may have had an account each.
func (d *Door) StaysApart(ctx context.Context, tx *store.Tx, memberID string) error {
	var grants []Grant
	query := "SELECT g.account_id, g.role, g.org_path, g.from_on, g.to_on FROM {grant} g JOIN {account} a ON a.id = g.account_id WHERE a.member_id = ?"
	err := tx.Each(ctx, query, []any{memberID}, func(row store.Row) error {
		var g Grant
		err := row.Scan(&g.Account, &g.Role, &g.Path, &g.From, &g.To)
		grants = append(grants, g)
		return err
	})
	for _, g := range grants {
		if err == nil {
			err = d.checkApart(ctx, tx, g)
		}
	}
	return err
}

// Proof tells who the holder of an account is: the own record, or a citizen ID number.
type Proof struct {
	Member string // id
	Number string // as typed
}

// Prove puts down who the holder of an account is, once; the person needs A-54 there. A mistake is put right on the
// server, since whoever could change it could be two people.
func (d *Door) Prove(ctx context.Context, p *Person, request, account string, proof Proof) error {
	act := ledger.Act{Kind: "account.prove"}
	return d.change(ctx, p, Mend, account, act, request, func(tx *store.Tx, t target) ([]store.Value, error) {
		own, err := holderOf(ctx, tx, account)
		if err != nil {
			return nil, err
		}
		if own.member != "" || len(own.number) > 0 {
			return nil, fault.New(fault.Conflict, "这个账号已经填过本人是谁。填错了，请在服务器上用 zhibu account identify 更正。").At("number")
		}
		if proof.Member != "" {
			if err := d.checkNew(ctx, tx, p, "", proof.Member); err != nil {
				return nil, err
			}
		}
		return d.prove(ctx, tx, t, proof)
	})
}

// ProveAtConsole is Prove at the machine, for administrators and for mistakes.
func (d *Door) ProveAtConsole(ctx context.Context, actor ledger.Actor, login, number string) error {
	f, err := d.find(ctx, foldLogin(login))
	if err != nil {
		return err
	}
	if f.id == "" {
		return fault.New(fault.NotFound, "没有登录名为“%s”的账号。", login)
	}
	act := ledger.Act{Kind: "account.prove", Subject: "account", SubjectID: f.id, OrgPath: f.path}
	return d.ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		all := tx.System("identify account")
		t, err := d.target(ctx, all, f.id)
		if err != nil {
			return err
		}
		for _, table := range []string{"holder", "identity"} {
			if _, err := all.Delete(ctx, table, store.Key{store.Set("account_id", f.id)}); err != nil {
				return err
			}
		}
		_, err = d.prove(ctx, all, t, Proof{Number: number})
		return err
	})
}

// prove writes a proof and looks again whether every role the account holds may be this person's.
func (d *Door) prove(ctx context.Context, tx *store.Tx, t target, proof Proof) (set []store.Value, err error) {
	switch {
	case proof.Member != "":
		set = append(set, store.Set("member_id", proof.Member))
		if _, err := tx.Update(ctx, "account", store.ByID(t.id), set...); err != nil {
			return nil, err
		}
	case strings.TrimSpace(proof.Number) != "":
		if err := d.keepNumber(ctx, tx, t.id, proof.Number, false); err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.Invalid, "请填公民身份号码，或者选本人的党员档案。").At("number")
	}
	for _, g := range t.grants {
		if err := d.checkApart(ctx, tx, g); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// Numbers index and seal citizen ID numbers.
type Numbers interface {
	// Index is the blind index, the same as members have; Invalid for what is no number.
	Index(number string) ([]byte, error)
	// Seal seals a number with a key of the account, for the row of {holder}.
	Seal(ctx context.Context, account, row, number string) ([]byte, error)
	// Turning tells whether keys are being turned over: until that is done equal numbers may have unequal indexes.
	Turning() bool
}

// keepNumber keeps an ID number beside an account, sealed, and its blind index; on trial only the index.
func (d *Door) keepNumber(ctx context.Context, tx *store.Tx, account, number string, trial bool) error {
	index, err := d.Numbers.Index(number)
	if err != nil {
		return err
	}
	row := d.ledger.IDs.New()
	sealed := []byte{}
	if !trial {
		if sealed, err = d.Numbers.Seal(ctx, account, row, number); err != nil {
			return err
		}
	}
	return tx.Insert(ctx, "holder", store.Set("id", row), store.Set("account_id", account), store.Set("number", sealed), store.Set("number_index", index))
}

// Known tells whether it is put down who the holder of an account is.
func (d *Door) Known(ctx context.Context, account string) (bool, error) {
	h, err := holderOf(ctx, d.own(), account)
	return h.member != "" || len(h.number) > 0, err
}
