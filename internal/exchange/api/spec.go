package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"zhibu/internal/installation"
)

const specPath = Prefix + "/openapi.json"

// configuration is huma's, without what it serves by itself: documentation pages that load scripts from elsewhere.
func configuration() huma.Config {
	c := huma.DefaultConfig("Zhibu", installation.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.NoFormatFallback = false
	return c
}

// describe says what concerns all operations.
func describe(o *huma.OpenAPI) {
	o.Info.Description = "The programming interface of a Zhibu installation (支部).\n\n" +
		"Every request bears a token (`zhibu token --account NAME`), which speaks for one account: it sees and may do what the account may on the pages, no more. " +
		"What is out of scope is answered exactly as what does not exist.\n\n" +
		"Lists answer `{\"items\":[…],\"next\":…}`; pass `next` as `after` until it is null. " +
		"Errors are problems (RFC 9457) with the field and the rule, in Chinese, or in English with `Accept-Language: en`. " +
		"Unknown parameters and fields are refused with 422.\n\n" +
		"Writes take an `Idempotency-Key`: the same request with the same key is done once and its answer repeated for 24 hours; another request with that key is 422, one that is still under way 409. " +
		"Writes that change something name the `version` they saw, in the body or by `If-Match`; when it has been changed since they answer 409.\n\n" +
		"ID numbers are never given in full but by a reveal, which states a purpose, is recorded first, and which the member sees."
	o.Paths["/imports"].Post.RequestBody = sheetBody() // only now: huma would read a body that it knew of
	o.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	o.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token of `zhibu token --account NAME`."}}
	o.Security = []map[string][]string{{"token": {}}}
	o.Tags = []*huma.Tag{
		{Name: "me", Description: "The holder of the token."}, {Name: "organisations", Description: "党组织: the tree, its posts and head counts."},
		{Name: "members", Description: "党员: their records."}, {Name: "reviews", Description: "审核: what waits for a second person."},
		{Name: "stewards", Description: "谁负责什么: who answers for which data, by post."}, {Name: "rules", Description: "规定: the regulations by version, and what organisations decide stricter."},
		{Name: "entries", Description: "台账: dated facts of branches and people."}, {Name: "duties", Description: "待办: what is due by the rules, for whom, by when."}, {Name: "dues", Description: "党费: bases, reductions, payments with receipts, a branch's book of a year."}, {Name: "votes", Description: "计票: counts by two persons, verdicts with their arithmetic."}, {Name: "meetings", Description: "组织生活: meetings from the plan to confirmed minutes."},
		{Name: "inbox", Description: "通知: what one is told, and by which channels."},
		{Name: "disputes", Description: "异议: facts that somebody doubts."},
		{Name: "documents", Description: "档案材料: scans and photographs that prove facts."}, {Name: "imports", Description: "Rosters (党员花名册) taken in."},
		{Name: "requests", Description: "What members ask about their own data, and what is answered."}, {Name: "retention", Description: "保存期限和销毁: how long records are kept, how they go, and the register of fields."},
		{Name: "exports", Description: "Rosters taken out."}, {Name: "accounts", Description: "账号和角色: who may sign in, and what for."}, {Name: "events", Description: "The ledger: who did what, when and why."},
	}
}

// document adds to an operation what all of its sort have.
func document(op *huma.Operation) {
	op.Errors = append(op.Errors, 401, 403, 503)
	for _, more := range []struct {
		when   bool
		status int
	}{{hasID(op.Path), 404}, {op.Method != http.MethodGet, 409}, {true, 422}, {op.Method != http.MethodGet, 413}, {carries(op.Method), 400}, {carries(op.Method), 415}} {
		if more.when {
			op.Errors = append(op.Errors, more.status)
		}
	}
	slices.Sort(op.Errors)
	if !keyed(op.Method, op.Path) {
		return
	}
	longest := keyLongest
	op.Parameters = append(op.Parameters, &huma.Param{Name: keyHeader, In: "header", Example: "7f1c9f6e-import-2026-01",
		Description: "Does the write once: the same request with the same key is answered with the first answer, for 24 hours.",
		Schema:      &huma.Schema{Type: "string", MaxLength: &longest}})
}

// scoped documents that a list may be asked for at a place that the caller cannot know of.
func scoped(op huma.Operation) huma.Operation {
	op.Errors = append(op.Errors, 404)
	return op
}

// carries tells whether an operation has a body.
func carries(method string) bool { return method == http.MethodPost || method == http.MethodPatch }

func hasID(path string) bool { return slices.Contains([]byte(path), '{') }

// sheetBody documents the body of an import, which the handler reads by itself as it comes in.
func sheetBody() *huma.RequestBody {
	binary := func(what string) *huma.MediaType {
		return &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary", Description: what}}
	}
	text := func(what string, example any) *huma.Schema {
		return &huma.Schema{Type: "string", Description: what, Examples: []any{example}}
	}
	body := &huma.RequestBody{Required: true, Description: "The roster.", Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"org":       text("Identifier or code of the organisation; stands before the file.", "066010010000"),
			"dry_run":   text("true: check only.", "true"),
			"sheet":     text("Read this sheet only.", "石桥村党支部"),
			"file_name": text("Name of the file.", "花名册.xlsx"),
			"wait":      text("Seconds to wait for the outcome.", "20"),
			"file":      {Type: "string", Format: "binary", Description: "The .xlsx or CSV file."},
		}}},
	}}
	for _, kind := range sheetTypes {
		body.Content[kind] = binary("The file itself.")
	}
	return body
}

// later documents that an answer may come before the work is done.
func later(op huma.Operation) huma.Operation {
	op.Responses = map[string]*huma.Response{"202": {Description: "It goes on; poll GET /imports/{id}.", Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/Import"}}}}}
	return op
}

// reviewed documents the answer of a write that waits for a second person.
func reviewed(op huma.Operation) huma.Operation { return reviewedAs("Member", op) }

func reviewedAs(schema string, op huma.Operation) huma.Operation {
	description := "It waits for a second person; see GET /reviews/{id}."
	if schema == "Document" {
		description = "It goes on; poll GET /uploads/{id}."
	}
	op.Responses = map[string]*huma.Response{"202": {Description: description, Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/" + schema}}}}}
	return op
}

// planned documents the answer of an act on an organisation, which waits for a second person.
func planned(op huma.Operation) huma.Operation {
	op.DefaultStatus = http.StatusAccepted
	op.Description += " It waits for a second person: the answer is the organisation as it is, with the review that the act waits in."
	return op
}

// file documents an answer that is a file.
func file(op huma.Operation, kinds ...string) huma.Operation {
	content := map[string]*huma.MediaType{}
	for _, k := range kinds {
		content[k] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary", Description: "The file."}}
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {Description: "The file.", Content: content}}
	return op
}

// spec gives the OpenAPI document. It holds nobody's data and needs no token.
func (s *server) spec(w http.ResponseWriter, r *http.Request) {
	text, err := s.document()
	if err != nil {
		c, _ := r.Context().Value(callKey{}).(*call)
		s.write(c, s.problem(c, "spec", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // whoever asked has gone
}
