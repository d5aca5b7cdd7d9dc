package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const actsShown = 50

// actReader reads the acts in the visitor's area. An auditor of the whole tree also reads those of the installation
// itself, which belong to no organisation.
func (v *visit) actReader() (r store.Reader, everything bool, err error) {
	if r, err = v.readerFor(access.List, access.Event); err != nil || !v.person.May(access.See, access.Audit) {
		return r, false, err
	}
	for _, p := range r.Scope().Paths() {
		if strings.Count(p, ".") == 1 {
			return v.in.DB.As(store.System("audit")), true, nil
		}
	}
	return r, false, nil
}

// listActs searches the log. The address holds identifiers only: what was typed became them.
func (s *Server) listActs(v *visit) error {
	r, _, err := v.actReader()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	f := ledger.Query{Account: q.Get("account"), Subject: q.Get("subject"), Kind: q.Get("kind"), Request: q.Get("request"), Before: q.Get("before"),
		After: q.Get("after"), Limit: actsShown + 1}
	keep := url.Values{}
	for _, name := range []string{"account", "subject", "kind", "request", "org", "from", "until"} {
		if q.Get(name) != "" {
			keep.Set(name, q.Get(name))
		}
	}
	if id := q.Get("org"); id != "" {
		o, err := org.ByID(v.ctx(), v.reader(), id)
		if err != nil {
			return err
		}
		f.Under = o.Path
	}
	if f.From, f.To, err = between(q.Get("from"), q.Get("until")); err != nil {
		return err
	}
	acts, err := v.in.Ledger.Acts(v.ctx(), r, f)
	if err != nil {
		return err
	}
	d := view.Audit{}
	if d.Filter, err = v.actFilter(q); err != nil {
		return err
	}
	query := keep.Encode()
	more := len(acts) > actsShown
	switch {
	case more && f.After != "":
		acts = acts[1:]
	case more:
		acts = acts[:actsShown]
	}
	if len(acts) > 0 && (more || f.After != "") {
		d.Pager.Next = withQuery(view.PathAudit, plus(query, "before", acts[len(acts)-1].ID))
	}
	if len(acts) > 0 && (f.Before != "" || f.After != "" && more) {
		d.Pager.Prev = withQuery(view.PathAudit, plus(query, "after", acts[0].ID))
	}
	if len(keep) > 0 {
		d.Clear = view.PathAudit
	}
	return v.showActs(http.StatusOK, d, acts)
}

func (v *visit) showActs(status int, d view.Audit, acts []ledger.Record) (err error) {
	d.Whats = []view.Option{{Label: view.Say("全部")}}
	for _, k := range actKinds {
		d.Whats = append(d.Whats, view.Option{Value: k.kind, Label: k.name})
	}
	if d.Rows, err = v.actRows(acts); err != nil {
		return err
	}
	d.Pager.Shown = len(d.Rows)
	title := view.Say("办过的事")
	if v.person.May(access.See, access.Audit) {
		title = view.Say("日志")
		if d.Chain, err = v.chainMark(); err != nil {
			return err
		}
	}
	return v.answer(status, view.AuditPage(v.page(title, view.PathAudit), d))
}

// between is a range of Beijing days in microseconds, the end exclusive.
func between(from, until string) (start, end int64, err error) {
	values := url.Values{"from": {from}, "until": {until}}
	for _, side := range []struct {
		name string
		plus int
		into *int64
	}{{"from", 0, &start}, {"until", 1, &end}} {
		day, err := view.ReadDay(values, side.name)
		if err != nil {
			return 0, 0, err
		}
		if !day.IsZero() {
			*side.into = day.AddDays(side.plus).In(civil.Beijing).UnixMicro()
		}
	}
	return start, end, nil
}

// actFilter fills the form of the search with what its address means.
func (v *visit) actFilter(q url.Values) (view.Form, error) {
	values := url.Values{"what": {q.Get("kind")}, "from": {q.Get("from")}, "until": {q.Get("until")}, "request": {q.Get("request")}}
	if id := q.Get("account"); id != "" {
		values.Set("actor", id)
		names, err := v.accountNames([]string{id})
		if err != nil {
			return view.Form{}, err
		}
		if n := names[id]; n != "" {
			values.Set("actor", n)
		}
	}
	if id := q.Get("org"); id != "" {
		o, err := org.ByID(v.ctx(), v.reader(), id)
		if err != nil {
			return view.Form{}, err
		}
		values.Set("org", asPicked(o))
	}
	values.Set("object", q.Get("subject"))
	return v.form(values), nil
}

// searchActs turns what was typed into identifiers and goes on to their address.
func (s *Server) searchActs(v *visit) error {
	r, _, err := v.actReader()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("kind", said(values, "what"))
	set("request", said(values, "request"))
	if _, _, err = between(said(values, "from"), said(values, "until")); err == nil {
		set("from", said(values, "from"))
		set("until", said(values, "until"))
	}
	if err == nil {
		var id string
		id, err = v.accountTyped(r, said(values, "actor"))
		set("account", id)
	}
	if err == nil {
		var id string
		id, err = v.subjectTyped(r, said(values, "object"))
		set("subject", id)
	}
	if err == nil {
		var o org.Organisation
		o, _, err = v.pick(v.reader(), values, "org")
		set("org", o.ID)
	}
	if err == nil {
		return v.to(withQuery(view.PathAudit, q.Encode()))
	}
	if !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"actor": "actor", "object": "object", "org": "org", "from": "from", "until": "until"})}
	return v.showActs(http.StatusUnprocessableEntity, view.Audit{Filter: f, Clear: view.PathAudit}, nil)
}

var identifier = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)

// accountTyped finds an account by its login, its holder's name or its identifier.
func (v *visit) accountTyped(r store.Reader, typed string) (string, error) {
	if typed == "" || identifier.MatchString(typed) {
		return typed, nil
	}
	if typed == "system" || typed == v.t("系统") {
		return "system", nil
	}
	login, _, _ := strings.Cut(typed, "（")
	var ids, logins []string
	err := r.Each(v.ctx(), "SELECT id, login FROM {account} WHERE login = ? OR name = ? OR login = ? ORDER BY login LIMIT 6", []any{strings.ToLower(typed), typed, login}, func(row store.Row) error {
		var id, login string
		err := row.Scan(&id, &login)
		ids, logins = append(ids, id), append(logins, login)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fault.New(fault.Invalid, "没有这个账号，也没有账号的持有人叫这个名字。").At("actor")
	case len(ids) > 1:
		return "", fault.New(fault.Invalid, "有几个账号都符合，请写账号：%s。", strings.Join(logins, "、")).At("actor")
	}
	return ids[0], nil
}

// subjectTyped finds what an act was about: an identifier, an organisation, an account, or a member where the visitor
// may list members.
func (v *visit) subjectTyped(r store.Reader, typed string) (string, error) {
	if typed == "" || identifier.MatchString(typed) {
		return typed, nil
	}
	for _, find := range []func() (string, error){
		func() (string, error) { o, err := org.ByCode(v.ctx(), v.reader(), typed); return o.ID, err },
		func() (string, error) { return v.memberTyped(typed) },
		func() (string, error) { return v.accountTyped(r, typed) },
		func() (string, error) {
			o, _, err := v.pick(v.reader(), url.Values{"object": {typed}}, "object")
			return o.ID, err
		},
	} {
		id, err := find()
		if err == nil && id != "" {
			return id, nil
		}
		if k := fault.Of(err); err != nil && k != fault.NotFound && k != fault.Invalid {
			return "", err
		}
	}
	return "", fault.New(fault.Invalid, "没有找到，或者有几个同名的。请写编号，或者从档案页、账号页抄它的编号。").At("object")
}

func (v *visit) memberTyped(name string) (string, error) {
	if !v.works(access.List, access.Member) {
		return "", nil
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return "", err
	}
	page, err := v.in.Members.List(v.ctx(), r, member.Filter{Query: name, Limit: 20, On: v.today()})
	var ids []string
	for _, m := range page.Items {
		if m.Name == name {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) != 1 {
		return "", err
	}
	return ids[0], err
}

// actRows words acts for a list.
func (v *visit) actRows(acts []ledger.Record) ([]view.AuditRow, error) {
	names, err := v.subjectNames(acts)
	if err != nil {
		return nil, err
	}
	out := make([]view.AuditRow, 0, len(acts))
	for _, a := range acts {
		k := actKindOf(a.Kind)
		row := view.AuditRow{ID: a.ID, When: words.Moment(a.Time()), Actor: a.Actor, What: k.name, Kind: k.tag(), Object: names[a.SubjectID], Reason: purposeWords(v.ctx(), a.Reason)}
		if a.Account != "system" && a.Account != "nobody" {
			row.Post = view.RoleName(a.Role)
		}
		if row.Post.IsZero() || a.Actor == ledger.GoneName {
			row.Actor = v.t(a.Actor)
		}
		if a.Gone {
			row.Object = goneText
		}
		if row.Object.IsZero() && a.Source != "" {
			row.Object = view.Plain(a.Source)
		}
		out = append(out, row)
	}
	return out, nil
}

// goneText stands in place of somebody who was destroyed by procedure.
var goneText = view.Say(ledger.GoneName)

// subjectNames names what acts were about, as far as the visitor may know of it.
func (v *visit) subjectNames(acts []ledger.Record) (map[string]view.Text, error) {
	of := map[string][]string{}
	for _, a := range acts {
		if a.SubjectID != "" && !slices.Contains(of[a.Subject], a.SubjectID) {
			of[a.Subject] = append(of[a.Subject], a.SubjectID)
		}
	}
	out := map[string]view.Text{}
	orgs, err := org.ByIDs(v.ctx(), v.reader(), of["org"])
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		out[o.ID] = view.Plain(o.ShortName)
	}
	accounts, err := v.accountNames(of["account"])
	if err != nil {
		return nil, err
	}
	for id, name := range accounts {
		out[id] = view.Plain(name)
	}
	for _, id := range of["member"] {
		out[id] = view.Say("一名党员")
	}
	if !v.works(access.List, access.Member) {
		return out, nil
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(of["member"], 200) {
		page, err := v.in.Members.List(v.ctx(), r, member.Filter{Only: part, Limit: 200, On: v.today()})
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			out[m.ID] = view.Plain(m.Name)
		}
	}
	return out, nil
}

// accountNames are holders with their logins, of accounts in the visitor's area.
func (v *visit) accountNames(ids []string) (map[string]string, error) {
	out := map[string]string{}
	if !v.works(access.List, access.Account) {
		return out, nil
	}
	r, err := v.readerFor(access.List, access.Account)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ids, 25) {
		args := make([]any, 25)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		err := r.Each(v.ctx(), "SELECT id, login, name FROM {account} WHERE id IN ("+strings.TrimSuffix(strings.Repeat("?, ", 25), ", ")+")", args, func(row store.Row) error {
			var id, login, name string
			err := row.Scan(&id, &login, &name)
			out[id] = login + "（" + name + "）"
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
