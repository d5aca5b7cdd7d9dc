package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/intake"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

const batchesShown = 30

func (s *Server) listImports(v *visit) error {
	r, err := v.readerFor(access.List, access.Import)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	list, prev, next, err := v.batches(r, q.Get("after"), q.Get("before"))
	if err != nil {
		return err
	}
	d := view.Batches{MayMake: v.works(access.Run, access.Import)}
	if d.Items, err = v.batchRows(list); err != nil {
		return err
	}
	if d.Pager.Total, err = v.in.Intake.CountBatches(v.ctx(), r); err != nil {
		return err
	}
	d.Pager.Shown = len(d.Items)
	if prev {
		d.Pager.Prev = view.PathImports + "?" + url.Values{"before": {list[0].ID}}.Encode()
	}
	if next {
		d.Pager.Next = view.PathImports + "?" + url.Values{"after": {list[len(list)-1].ID}}.Encode()
	}
	return v.show(view.BatchesPage(v.page(view.Say("导入花名册"), view.PathImports), d))
}

// batches is a page of imports, the newest first: what stands behind after in the list, or before before.
func (v *visit) batches(r store.Reader, after, before string) (list []intake.Batch, prev, next bool, err error) {
	if before != "" {
		list, err = v.in.Intake.BatchesAfter(v.ctx(), r, before, batchesShown+1)
		if prev = len(list) > batchesShown; prev {
			list = list[1:]
		}
		return list, prev, len(list) > 0, err
	}
	list, err = v.in.Intake.Batches(v.ctx(), r, after, batchesShown+1)
	if next = len(list) > batchesShown; next {
		list = list[:batchesShown]
	}
	return list, after != "" && len(list) > 0, next, err
}

func (v *visit) batchRows(list []intake.Batch) ([]view.Batch, error) {
	var ids []string
	for _, b := range list {
		ids = append(ids, b.OrgID)
	}
	orgs, err := org.ByIDs(v.ctx(), v.reader(), ids)
	if err != nil {
		return nil, err
	}
	refs := map[string]view.OrgRef{}
	for _, o := range orgs {
		refs[o.ID] = v.orgRef(o)
	}
	out := make([]view.Batch, 0, len(list))
	for _, b := range list {
		out = append(out, view.Batch{ID: b.ID, File: b.FileName, By: b.Actor, When: words.Moment(b.At), Org: refs[b.OrgID],
			State: batchState(b), Counts: importCounts(b.Result), Next: view.Link{Text: batchNext[b.State], URL: view.PathImport(b.ID)}})
	}
	return out, nil
}

func importCounts(r intake.Result) view.ImportCounts {
	return view.ImportCounts{Rows: r.Rows, New: r.New, Changed: r.Changed, Unchanged: r.Unchanged, Rejected: r.Rejected, Warnings: r.Warnings, Disputed: r.Disputed}
}

var batchStates = map[intake.State]view.Tag{
	intake.Uploaded: {Text: view.Say("等您对列名"), Kind: view.TagSoon}, intake.Checking: {Text: view.Say("正在检查"), Kind: view.TagInfo},
	intake.Checked: {Text: view.Say("等您看问题"), Kind: view.TagSoon}, intake.Queued: {Text: view.Say("等着写入"), Kind: view.TagInfo},
	intake.Running: {Text: view.Say("正在写入"), Kind: view.TagInfo}, intake.Done: {Text: view.Say("已写入"), Kind: view.TagOK},
	intake.Failed: {Text: view.Say("没有写入"), Kind: view.TagLate}, intake.Undoing: {Text: view.Say("正在撤回"), Kind: view.TagInfo},
	intake.Undone: {Text: view.Say("已经撤回")},
}

func batchState(b intake.Batch) view.Tag {
	if b.State == intake.Failed && b.Result.Message == intake.Discarded {
		return view.Tag{Text: view.Say("已丢弃")}
	}
	return batchStates[b.State]
}

// batchNext is what an import waits for.
var batchNext = map[intake.State]view.Text{intake.Uploaded: view.Say("接着办"), intake.Checked: view.Say("接着办")}

// batch reads the import of the address; one out of scope is missing.
func (v *visit) batch() (intake.Batch, error) {
	r, err := v.readerFor(access.List, access.Import)
	if err != nil {
		return intake.Batch{}, err
	}
	return v.in.Intake.Batch(v.ctx(), r, v.r.PathValue("id"))
}

// batchFor is batch for an act that the visitor may do.
func (v *visit) batchFor(action access.Action) (intake.Batch, error) {
	b, err := v.batch()
	if err != nil {
		return b, err
	}
	_, err = v.person.Allow(action, access.Import, b.OrgPath, "")
	return b, err
}

// orgOfBatch names the organisation of an import.
func (v *visit) orgOfBatch(b intake.Batch) (view.OrgRef, error) {
	o, err := org.ByID(v.ctx(), v.reader(), b.OrgID)
	if fault.Of(err) == fault.NotFound {
		return view.OrgRef{}, nil
	}
	return v.orgRef(o), err
}
