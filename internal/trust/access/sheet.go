package access

import (
	"context"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// SheetRow is one row of a list of accounts, as typed, with what is wrong with it.
type SheetRow struct {
	Row                           int // as the sheet counts, from 1
	Login, Name, Role, Org, Basis string
	From, To                      string
	OrgName                       string // of the organisation found
	number                        string // citizen ID number, to tell people apart; shown nowhere
	Problem                       error  // a fault; nil for a row that can be made
	account                       NewAccount
}

// Sheet is a list of accounts that has been checked; nothing has been written.
type Sheet struct {
	Rows  []SheetRow
	Ready int
	Bad   int
	Extra []string // columns that are not used
}

// SheetColumns are the columns of the list in the order of its template, each with the headers it is known by.
func SheetColumns() [][]string {
	return [][]string{
		{"姓名", "名字", "持有人"},
		{"登录名", "账号", "帐号", "用户名", "登录账号", "登录帐号"},
		{"角色", "岗位", "职责", "职务", "用户角色"},
		{"党组织", "所在党组织", "所在党支部", "党支部", "支部", "所属党组织", "党组织名称", "党组织代码"},
		{"开始日期", "起始日期", "任职日期"},
		{"截止日期", "结束日期", "到期日期"},
		{"依据", "批准文件", "文号"},
		{"公民身份号码", "身份证号", "身份证号码", "身份证"},
	}
}

const (
	headerRows = 10
	mostRows   = 5000
)

// header finds the header row and which column is where; -1 for an absent column.
func header(rows [][]string) (at int, columns []int, extra []string) {
	for i := 0; i < len(rows) && i < headerRows; i++ {
		columns, extra = make([]int, len(SheetColumns())), nil
		known := 0
		for c := range columns {
			columns[c] = -1
		}
		for j, cell := range rows[i] {
			cell = strings.Trim(squeeze(cell), "*＊")
			c := columnNamed(cell)
			switch {
			case c >= 0 && columns[c] < 0:
				columns[c] = j
				known++
			case cell != "":
				extra = append(extra, cell)
			}
		}
		if columns[0] >= 0 && known >= 2 {
			return i, columns, extra
		}
	}
	return -1, nil, nil
}

func columnNamed(cell string) int {
	for c, names := range SheetColumns() {
		for _, n := range names {
			if n == cell {
				return c
			}
		}
	}
	return -1
}

// squeeze removes every space and makes full-width letters and digits narrow.
func squeeze(s string) string { return strings.Join(strings.Fields(norm.NFKC.String(s)), "") }

// CheckSheet reads a list of accounts from the rows of a sheet and tries each against everything that making it would
// check, in a transaction that is given up. A row with a problem spoils only itself.
func (d *Door) CheckSheet(ctx context.Context, p *Person, rows [][]string) (Sheet, error) {
	if err := p.Need(Add, Account); err != nil {
		return Sheet{}, err
	}
	at, columns, extra := header(rows)
	if at < 0 {
		return Sheet{}, fault.New(fault.Invalid, "没有找到表头。请用模板，或在前 %d 行写明姓名、登录名、角色、党组织。", headerRows).At("file")
	}
	if len(rows)-at-1 > mostRows {
		return Sheet{}, fault.New(fault.Invalid, "一次最多 %d 行，请分几次。", mostRows).At("file")
	}
	sheet := Sheet{Extra: extra}
	for i := at + 1; i < len(rows); i++ {
		if r, ok := readRow(rows[i], columns); ok {
			r.Row = i + 1
			sheet.Rows = append(sheet.Rows, r)
		}
	}
	err := d.ledger.Do(ctx, p.Actor(""), ledger.Act{Kind: "account.add"}, func(tx *store.Tx) error {
		if err := d.tryRows(ctx, tx.System("try accounts"), p, sheet.Rows); err != nil {
			return err
		}
		return ledger.ErrUnchanged
	})
	for _, r := range sheet.Rows {
		if r.Problem == nil {
			sheet.Ready++
		} else {
			sheet.Bad++
		}
	}
	return sheet, err
}

func readRow(cells []string, columns []int) (SheetRow, bool) {
	cell := func(c int) string {
		if j := columns[c]; j >= 0 && j < len(cells) {
			return strings.TrimSpace(cells[j])
		}
		return ""
	}
	r := SheetRow{Name: strings.TrimSpace(norm.NFC.String(cell(0))), Login: squeeze(cell(1)), Role: squeeze(cell(2)), Org: squeeze(cell(3)),
		From: cell(4), To: cell(5), Basis: cell(6), number: cell(7)}
	return r, r.Name+r.Login+r.Role+r.Org != "" && r.Name != "合计"
}

// tryRows fills in what each row means and makes it inside a transaction that will be given up. Only faults are
// problems of a row; anything else ends the check.
func (d *Door) tryRows(ctx context.Context, tx *store.Tx, p *Person, rows []SheetRow) error {
	for i := range rows {
		r := &rows[i]
		err := d.understand(ctx, tx, p, r)
		if err == nil {
			err = d.tryRow(ctx, tx, p, r.account)
		}
		if err != nil && fault.As(err) == nil {
			return err
		}
		r.Problem = err
	}
	return nil
}

func (d *Door) tryRow(ctx context.Context, tx *store.Tx, p *Person, n NewAccount) error {
	grants := n.Grants
	n.Grants, n.trying = nil, true
	id, _, err := d.create(ctx, tx, p, n)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if _, err := d.grant(ctx, tx, p, id, n.Member, g); err != nil {
			if _, gone := tx.Delete(ctx, "holder", store.Key{store.Set("account_id", id)}); gone != nil {
				return gone
			}
			if _, gone := tx.Delete(ctx, "account", store.ByID(id)); gone != nil {
				return gone
			}
			return err
		}
	}
	return nil
}

// understand finds the organisation, the role, the member and, where none is given, a login for a row.
func (d *Door) understand(ctx context.Context, tx *store.Tx, p *Person, r *SheetRow) error {
	if r.Name == "" {
		return fault.New(fault.Invalid, "请填姓名，最多 60 个字。").At("name")
	}
	if r.Org == "" {
		return fault.New(fault.Invalid, "请填党组织的名称或代码。").At("org")
	}
	org, err := d.orgNamed(ctx, tx, p, r)
	if err != nil {
		return err
	}
	n := NewAccount{Login: r.Login, Name: r.Name, Org: org, Number: r.number}
	g := NewGrant{Org: org, Basis: r.Basis}
	if g.From, err = sheetDate(r.From, "from"); err != nil {
		return err
	}
	if g.To, err = sheetDate(r.To, "until"); err != nil {
		return err
	}
	if r.Role != "" {
		role, ok := RoleNamed(r.Role)
		if !ok {
			return fault.New(fault.Invalid, "没有“%s”这个角色。", r.Role).At("role")
		}
		g.Role = role
		n.Grants = []NewGrant{g}
		if !role.Administers() {
			if err := d.linkMember(ctx, tx, p, &n, role); err != nil {
				return err
			}
		}
	}
	if n.Login == "" {
		if n.Login, err = freeLogin(ctx, tx, n.Member); err != nil {
			return err
		}
		r.Login = n.Login
	}
	r.account = n
	return nil
}

// orgNamed finds an organisation by code, full name or unique short name among those where the person may add
// accounts. One outside is unknown.
func (d *Door) orgNamed(ctx context.Context, tx *store.Tx, p *Person, r *SheetRow) (string, error) {
	scope, err := p.Scope(Add, Account)
	if err != nil {
		return "", err
	}
	var ids, names []string
	query := "SELECT id, short_name FROM {org} WHERE (code = ? OR name = ? OR short_name = ?) AND abolished_on = '' LIMIT 2"
	err = tx.With(scope).Each(ctx, query, []any{r.Org, r.Org, r.Org}, func(row store.Row) error {
		var id, name string
		err := row.Scan(&id, &name)
		ids, names = append(ids, id), append(names, name)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fault.New(fault.Invalid, "您的工作范围内没有“%s”。", r.Org).At("org")
	case len(ids) > 1:
		return "", fault.New(fault.Invalid, "有几个党组织都叫“%s”，请写全称或代码。", r.Org).At("org")
	}
	r.OrgName = names[0]
	return ids[0], nil
}

// linkMember finds the holder's own record: the only member of that name in the organisation. A plain member's account
// needs one; for others two of a name just leave it open.
func (d *Door) linkMember(ctx context.Context, tx *store.Tx, p *Person, n *NewAccount, role Role) error {
	scope, err := p.Scope(See, Member)
	var ids []string
	if err == nil {
		query := "SELECT id FROM {member} WHERE org_id = ? AND name = ? AND state = 'active' LIMIT 2"
		err = tx.With(scope).Each(ctx, query, []any{n.Org, n.Name}, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		})
	}
	if err != nil && fault.Of(err) != fault.Forbidden {
		return err
	}
	switch {
	case len(ids) == 1:
		n.Member = ids[0]
	case role == PlainMember && len(ids) == 0:
		return fault.New(fault.Invalid, "这个党支部没有叫“%s”的党员。", n.Name).At("name")
	case role == PlainMember:
		return fault.New(fault.Invalid, "这个党支部有几名党员叫“%s”，请在党员页面逐个建立账号。", n.Name).At("name")
	}
	return nil
}

// freeLogin makes a login from the member's name in pinyin: zhangsan, zhangsan2 …
func freeLogin(ctx context.Context, tx *store.Tx, member string) (string, error) {
	var pinyin string
	if member != "" {
		if _, err := tx.One(ctx, "SELECT pinyin FROM {member} WHERE id = ?", []any{member}, &pinyin); err != nil {
			return "", err
		}
	}
	base := strings.ReplaceAll(pinyin, " ", "")
	if end := strings.IndexFunc(base, func(r rune) bool { return r < 'a' || r > 'z' }); end >= 0 {
		base = base[:end]
	}
	if len(base) < 2 || len(base) > 30 {
		return "", fault.New(fault.Invalid, "请填登录名。").At("account")
	}
	taken := map[string]bool{}
	err := tx.Each(ctx, "SELECT login FROM {account} WHERE login >= ? AND login < ?", []any{base, base + ":"}, func(row store.Row) error {
		var login string
		err := row.Scan(&login)
		taken[login] = true
		return err
	})
	login := base
	for n := 2; taken[login]; n++ {
		login = base + strconv.Itoa(n)
	}
	return login, err
}

func sheetDate(text, field string) (civil.Date, error) {
	text = strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(squeeze(text))
	if text == "" {
		return civil.Date{}, nil
	}
	parts := strings.Split(text, "-")
	for i, p := range parts {
		if len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	day, err := civil.Parse(strings.Join(parts, "-"))
	if err != nil {
		return day, fault.New(fault.Invalid, "日期请写成 2026-07-01 的样子。").At(field)
	}
	return day, nil
}

// CreateSheet makes the good rows of a checked list, all in one act or, if anything has changed since the check, none.
// source names the file. It gives the accounts' ids in the order of the rows.
func (d *Door) CreateSheet(ctx context.Context, p *Person, request, source string, s Sheet) ([]string, error) {
	var all []NewAccount
	for _, r := range s.Rows {
		if r.Problem == nil {
			all = append(all, r.account)
		}
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Invalid, "没有可以建立的账号。").At("file")
	}
	return d.createAll(ctx, p, request, source, all)
}
