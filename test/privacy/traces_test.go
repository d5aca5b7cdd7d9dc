package privacy_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/demo"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/exchange/api"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/request"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web"
)

// What people wrote about somebody, each somewhere else: none of it may be read once she has been destroyed.
const (
	renamed      = "欧阳霁月"
	whyRenamed   = "户口簿上改了名"
	aboutDiploma = "夜大文凭原件"
	asked        = "想知道谁翻过我的底"
	honour       = "抗洪抢险积极分子"
	whyHonour    = "翻出旧奖状补登"
	purpose      = "约她谈孩子上学"
	handed       = "县档案馆老馆"
	newJob       = "钟表修理匠"
	whyPost      = "大会补选她当委员"
)

// lived gives a member's record a past in every place that keeps something, and says what of it names her.
func lived(t *testing.T, c *demotest.City) (member.Member, []string) {
	t.Helper()
	her, worker, reviewer := c.Actor("member"), c.Actor("party-worker"), c.Actor("reviewer")
	all := c.Everything()
	now := func() member.Member {
		m, err := c.Members.ByID(ctx, all, her.Member)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	approve := func(out review.Outcome, problems []roster.Problem, err error) {
		t.Helper()
		must(err)
		if out.Acted || roster.Rejected(problems) {
			return
		}
		item, err := c.Reviews.Item(ctx, all, reviewer, out.ID)
		must(err)
		must(c.Reviews.Approve(ctx, reviewer, out.ID, item.Version))
	}
	approve(c.Reviews.Mend(ctx, worker, first.ID, first.Version, map[roster.Column]string{roster.Name: renamed}, member.Basis{Reason: whyRenamed}))
	page := image.NewRGBA(image.Rect(0, 0, 300, 200))
	page.Set(7, 7, color.White)
	var file bytes.Buffer
	must(png.Encode(&file, page))
	doc, err := c.Documents.Upload(ctx, her, first.ID, document.New{Kind: "certificate", Title: aboutDiploma, Facts: []string{"education"},
		Next: document.FilesOf(document.File{Name: "a.png", Body: bytes.NewReader(file.Bytes())})})
	must(err)
	_, _, err = c.Reviews.Request(ctx, her, now().Version, map[roster.Column]string{roster.Occupation: newJob}, member.Basis{Reason: "工作变了"}, []string{doc})
	must(err)
	_, err = c.Requests.Ask(ctx, her, request.Explain, asked)
	must(err)
	out, err := c.Reviews.AddFact(ctx, worker, first.ID, member.NewFact{Kind: member.Honour, From: civil.MustParse("2026-10-01"), Text: honour, Reason: whyHonour})
	approve(out, nil, err)
	plain, err := c.Members.Reveal(ctx, worker, first.ID, purpose, roster.IDNumber, roster.Mobile, roster.Address)
	must(err)
	must(c.Members.Opened(worker, now()))
	must(c.Members.Flush(ctx))
	must(c.Documents.HandOver(ctx, worker, first.ID, document.Handover{Purpose: "借阅", Recipient: handed}, io.Discard))
	branch, err := org.ByID(ctx, all, first.OrgID)
	must(err)
	_, err = c.Orgs.AddPost(ctx, worker, org.AddPost{Organisation: branch.ID, Title: "youth-member", Member: first.ID, Basis: org.Basis{On: demotest.On, Reason: whyPost}})
	must(err)
	res, err := c.Import(worker, c.Town().ID, [][]string{{"姓名", "公民身份号码", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期", "手机号码"},
		{renamed, string(plain.IDNumber), "正式党员", branch.Code, first.Joined.String(), "", "不知道"},
		{renamed, "123", "正式党员", branch.Code, first.Joined.String(), "", ""}}, false)
	if err != nil || res.Rejected == 0 {
		t.Fatalf("the import found nothing: %+v, %v", res, err)
	}
	said := []string{renamed, whyRenamed, aboutDiploma, asked, honour, whyHonour, purpose, handed, newJob, whyPost, string(plain.IDNumber), plain.Mobile, plain.Address,
		"ouyangjiyue"}
	if first.Name != "" && once(t, c, first.Name) {
		said = append(said, first.Name)
	}
	return now(), slices.DeleteFunc(said, func(s string) bool { return s == "" })
}

// once tells whether only one member has ever had a name.
func once(t *testing.T, c *demotest.City, name string) bool {
	t.Helper()
	var others int
	if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {member} WHERE name LIKE ?", []any{name + "%"}, &others); err != nil {
		t.Fatal(err)
	}
	return others == 0
}

// reader is somebody signed in at a browser, or a program with a token.
type reader struct {
	t      *testing.T
	base   string
	who    string
	client *http.Client
	token  string
}

func (r *reader) ask(method, path string, form url.Values) (int, string, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(ctx, method, r.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Origin", r.base)
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r.token != "" {
		q.Header.Del("Content-Type")
		q.Header.Set("Authorization", "Bearer "+r.token)
	}
	res, err := r.client.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header.Get("Location")
}

// served serves pages and interface of a city and lets everybody in who has an account.
func served(t *testing.T, c *demotest.City) (browsers, programs []*reader) {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	pages, err := web.New(c.Installation, web.Options{Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", api.New(c.Installation, api.Options{Logger: quiet}))
	mux.Handle("/", pages.Handler())
	server := httptest.NewServer(mux)
	t.Cleanup(func() { server.Close(); pages.Close() })
	for _, a := range c.Accounts {
		browsers = append(browsers, enter(t, c, server.URL, a))
		p, err := c.Access.Named(ctx, a.Account)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := c.Access.IssueToken(ctx, p, "test", "test", c.Members.Clock.Now().AddDate(1, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, &reader{t: t, base: server.URL, who: "program of " + a.Account, client: http.DefaultClient, token: token})
	}
	return browsers, programs
}

func enter(t *testing.T, c *demotest.City, base string, a demo.Account) *reader {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &reader{t: t, base: base, who: a.Account, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	_, _, at := b.ask(http.MethodPost, "/sign-in", url.Values{"account": {a.Account}, "password": {a.Password}})
	if a.TOTP != "" {
		_, _, at = b.ask(http.MethodPost, "/sign-in/code", url.Values{"code": {c.Code(a)}})
	}
	if at != "/" {
		t.Fatalf("%s does not get in", a.Account)
	}
	return b
}

// telling says which of the secrets a text holds.
func telling(body string, secrets []string) (found []string) {
	for _, s := range secrets {
		if strings.Contains(body, s) {
			found = append(found, s)
		}
	}
	return found
}

var href = regexp.MustCompile(`href="(/[^"#]*)`)

// wander follows every link from some addresses on, up to a number of pages, and hears of each.
func (r *reader) wander(from []string, most int, hear func(path, body string)) {
	known := map[string]bool{}
	for _, p := range from {
		known[p] = true
	}
	for n := 0; len(from) > 0 && n < most; n++ {
		path := from[0]
		from = from[1:]
		status, body, at := r.ask(http.MethodGet, path, nil)
		if status >= 500 {
			r.t.Errorf("%s: %s: %d", r.who, path, status)
		}
		hear(path, body)
		links := []string{at}
		for _, m := range href.FindAllStringSubmatch(body, -1) {
			links = append(links, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		for _, link := range links {
			if strings.HasPrefix(link, "/") && !known[link] && !strings.HasPrefix(link, "/asset") && !strings.HasPrefix(link, "/help") && !strings.HasPrefix(link, "/events") {
				known[link] = true
				from = append(from, link)
			}
		}
	}
}

// addresses are those under which something of a member, and of everything that was ever recorded of her, could be.
func addresses(t *testing.T, c *demotest.City, m member.Member) (pages, operations []string) {
	t.Helper()
	one := "/members/" + m.ID
	pages = []string{"/", "/members", "/audit", "/reviews", "/retention", "/requests", "/imports", "/accounts", one, one + "/looks", one + "/access", one + "/facts", one + "/documents",
		one + "/handover", one + "/reveal?what=id", one + "/move", one + "/end", one + "/restore", one + "/destroy", one + "?on=2026-01-01", "/audit?subject=" + m.ID, "/organisations/" + m.OrgID,
		"/members?state=ended", "/roster", "/me", "/me/data", "/me/copy", "/me/copy.json"}
	for _, f := range []string{"name", "id", "born", "education", "work", "mobile", "phone", "address", "joined", "confirmed", "registry", "floating", "lost", "care", "ethnicity", "sex", "category", "org"} {
		pages = append(pages, one+"/history/"+f, one+"/mend/"+f)
	}
	operations = []string{"/members?limit=200", "/members?q=" + url.QueryEscape(renamed), "/members/" + m.ID, "/members/" + m.ID + "?as_of=2026-11-01", "/members/" + m.ID + "/sources",
		"/members/" + m.ID + "/history", "/members/" + m.ID + "/facts", "/members/" + m.ID + "/looks", "/members/" + m.ID + "/documents", "/events?subject=" + m.ID, "/reviews", "/imports",
		"/organisations/" + m.OrgID + "/posts?all=true"}
	each := func(query string, see func(id string)) {
		err := c.Everything().Each(ctx, query, nil, func(row store.Row) error {
			var id string
			err := row.Scan(&id)
			see(id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each("SELECT id FROM {act}", func(id string) { pages, operations = append(pages, "/audit/"+id), append(operations, "/events/"+id) })
	each("SELECT DISTINCT row_id FROM {event} WHERE tbl = 'proposal'", func(id string) { pages, operations = append(pages, "/reviews/"+id), append(operations, "/reviews/"+id) })
	each("SELECT DISTINCT row_id FROM {event} WHERE tbl = 'document'", func(id string) {
		pages, operations = append(pages, "/documents/"+id, "/documents/"+id+"/pages/1", "/documents/"+id+"/thumbs/1"), append(operations, "/documents/"+id, "/documents/"+id+"/pages/1")
	})
	each("SELECT DISTINCT row_id FROM {event} WHERE tbl = 'fact'", func(id string) { pages = append(pages, one+"/facts/"+id) })
	each("SELECT id FROM {account}", func(id string) { pages = append(pages, "/accounts/"+id) })
	each("SELECT id FROM {batch}", func(id string) {
		pages = append(pages, "/imports/"+id, "/imports/"+id+"/preview", "/imports/"+id+"/errors.xlsx")
		operations = append(operations, "/imports/"+id, "/imports/"+id+"/problems")
	})
	each("SELECT id FROM {request}", func(id string) { pages = append(pages, "/requests/"+id) })
	each("SELECT id FROM {destruction}", func(id string) { pages = append(pages, "/retention/"+id) })
	return pages, operations
}

// TestNothingIsReadAfterwards: somebody with a past in every part of the program is destroyed. Before, everything that
// named her was read somewhere; after, nobody, in no role, by no page and no operation, reads any of it.
func TestNothingIsReadAfterwards(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	m, secrets := lived(t, c)
	browsers, programs := served(t, c)
	const wide = 260 // pages beyond the given ones that each of them looks at
	crawl := func(hear func(who, path, body string)) {
		pages, operations := addresses(t, c, m)
		for _, b := range browsers {
			b.wander(slices.Clone(pages), len(pages)+wide, func(path, body string) { hear(b.who, path, body) })
			for _, query := range []string{renamed, "ouyang", "oyjy"} {
				_, body, at := b.ask(http.MethodPost, "/members", url.Values{"q": {query}})
				hear(b.who, "POST /members "+query, strings.ReplaceAll(body, query, ""))
				if at != "" {
					_, body, _ = b.ask(http.MethodGet, at, nil)
					hear(b.who, at, strings.ReplaceAll(body, query, ""))
				}
			}
			_, body, _ := b.ask(http.MethodPost, "/audit/bundle", url.Values{})
			hear(b.who, "the bundle", body)
		}
		for _, p := range programs {
			for _, path := range operations {
				_, body, _ := p.ask(http.MethodGet, api.Prefix+path, nil)
				hear(p.who, path, body)
			}
		}
	}
	before := map[string]bool{}
	crawl(func(_, _, body string) {
		for _, s := range telling(body, secrets) {
			before[s] = true
		}
	})
	for _, s := range []string{renamed, whyRenamed, aboutDiploma, asked, honour, whyHonour, purpose, handed, whyPost} {
		if !before[s] {
			t.Errorf("%q was on no page while she was there: the search would not find it after", s)
		}
	}

	m = ended(t, c, m)
	d := destroyed(t, c, m)
	if left, err := c.Documents.Objects(ctx); err != nil || left != 0 {
		t.Errorf("%d pages of documents are left, %v", left, err)
	}
	told := map[string]bool{}
	crawl(func(who, path, body string) {
		for _, s := range telling(body, secrets) {
			if key := path + s; !told[key] && len(told) < 40 {
				told[key] = true
				t.Errorf("%s reads %q at %s", who, s, path)
			}
		}
	})
	for _, b := range browsers {
		if b.who == c.Accounts[0].Account {
			continue
		}
		status, _, _ := b.ask(http.MethodGet, "/members/"+m.ID, nil)
		if status != http.StatusNotFound && status != http.StatusForbidden && status != http.StatusSeeOther {
			t.Errorf("%s: her record answers %d", b.who, status)
		}
	}
	var bundle bytes.Buffer
	if _, err := c.Ledger.WriteBundle(ctx, &bundle, ledger.BundleQuery{}); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(bundle.Bytes()) || !strings.Contains(bundle.String(), `"leaf"`) {
		t.Error("the bundle does not prove the acts about her by their leaves")
	}
	rep, err := ledger.VerifyBundle(bytes.NewReader(bundle.Bytes()), c.Vault.VerifierKey())
	if err != nil || !rep.OK {
		t.Errorf("the bundle: %+v, %v", rep, err)
	}
	if d.State != "destroyed" {
		t.Errorf("%+v", d)
	}
	c.Sound()
}

// TestNoTableIsForgotten reads the database's own list of tables: in none of them a row about her or of her account is
// left but where it is meant to be, with her name taken out. A new table is in no list and fails here.
func TestNoTableIsForgotten(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	m, secrets := lived(t, c)
	her := c.Actor("member").Account
	destroyed(t, c, ended(t, c, m))
	stays := map[string]string{"post": "member_id", "account": "member_id", "destruction": "member_id"}
	acted := []string{"look", "fact", "document", "request", "proposal", "batch", "grant_check", "affirmed", "dispute", "grant", "idempotency"}
	for _, table := range c.DB.Tables() {
		columns := c.DB.Columns(table)
		for column, id := range map[string]string{"member_id": m.ID, "account_id": her} {
			if !slices.Contains(columns, column) || stays[table] == column || column == "account_id" && slices.Contains(acted, table) {
				continue
			}
			var n int
			if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {"+table+"} WHERE "+column+" = ?", []any{id}, &n); err != nil || n != 0 {
				t.Errorf("%d rows of t_%s are left by %s, %v", n, table, column, err)
			}
		}
		for _, column := range columns {
			err := c.Everything().Each(ctx, "SELECT CAST("+column+" AS TEXT) FROM {"+table+"} WHERE "+column+" IS NOT NULL", nil, func(row store.Row) error {
				var text string
				if err := row.Scan(&text); err != nil {
					return err
				}
				for _, s := range telling(text, secrets) {
					t.Errorf("t_%s.%s still holds %q", table, column, s)
				}
				return nil
			})
			if err != nil {
				t.Errorf("t_%s.%s: %v", table, column, err)
			}
		}
	}
}

// TestHerAccountIsClosed: with her record goes every way in, at once.
func TestHerAccountIsClosed(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	her := c.Person("member", 1)
	m, err := c.Members.ByID(ctx, c.Everything(), her.Member)
	if err != nil {
		t.Fatal(err)
	}
	browsers, programs := served(t, c)
	destroyed(t, c, ended(t, c, m))
	for i, a := range c.Accounts {
		if a.Role != "member" || i >= len(browsers) || a.Account != her.Login {
			continue
		}
		if status, _, at := browsers[i].ask(http.MethodGet, "/me", nil); status == http.StatusOK {
			t.Errorf("her browser still reads: %d %s", status, at)
		}
		if status, _, _ := programs[i].ask(http.MethodGet, api.Prefix+"/me", nil); status != http.StatusUnauthorized {
			t.Errorf("her program still reads: %d", status)
		}
	}
	if _, err := c.Access.Named(ctx, her.Login); err == nil {
		t.Error("her name to sign in by is still there")
	}
	var n int
	for _, table := range []string{"identity", "linked", "passkey", "factor", "recovery", "slip", "token", "session"} {
		if _, err := c.Everything().One(ctx, "SELECT count(*) FROM {"+table+"} WHERE account_id = ?", []any{her.Account}, &n); err != nil || n != 0 {
			t.Errorf("%d rows of %s, %v", n, table, err)
		}
	}
}
