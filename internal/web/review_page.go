package web

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// waiting reads the item of the address. Whoever may not see all of its fields may not see it.
func (v *visit) waiting() (*review.Item, dossier, error) {
	it, err := v.in.Reviews.Item(v.ctx(), v.reader(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return nil, dossier{}, err
	}
	d, err := v.dossier(it.Member.ID)
	return it, d, err
}

// showReview shows what waits: old and new side by side, the evidence, and what the visitor may do. That the record
// was opened is written down for its member to see.
func (s *Server) showReview(v *visit) error {
	it, d, err := v.waiting()
	if err != nil {
		return err
	}
	if err := v.in.Members.Opened(v.actor(), d.m); err != nil {
		return err
	}
	page, err := v.reviewPage(it, d, v.versioned(url.Values{}, it.Version), false)
	if err != nil {
		return err
	}
	return v.show(page)
}

// showReviewFull shows sealed values in full, once, after the look has been recorded.
func (s *Server) showReviewFull(v *visit) error {
	it, err := v.in.Reviews.Show(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := v.dossier(it.Member.ID)
	if err != nil {
		return err
	}
	page, err := v.reviewPage(it, d, v.versioned(url.Values{}, it.Version), true)
	if err != nil {
		return err
	}
	return v.show(page)
}

func (v *visit) reviewPage(it *review.Item, d dossier, form view.Form, full bool) (templ.Component, error) {
	ref, err := v.ref(d)
	if err != nil {
		return nil, err
	}
	can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it)
	out := view.ReviewItem{Form: form, ID: it.ID, Member: ref, Own: d.own, Record: it.Proposal == nil, Decide: can.Decide, Withdraw: can.Withdraw}
	if why != nil {
		if fault.As(why) == nil {
			return nil, why
		}
		out.Why = view.Plain(words.Error(v.ctx(), why))
	}
	line := review.Line{Kind: member.DoAdd, Fields: nil}
	if p := it.Proposal; p != nil {
		line.Kind, line.Fields = p.Kind, p.Fields
		out.By, out.When, out.Reason, out.Evidence = p.Actor, words.Moment(store.Made(p.ID)), p.Basis.Reason, p.Basis.Document
		if err := v.standOf(p, &out); err != nil {
			return nil, err
		}
	} else {
		out.State = view.Tag{Text: view.Say("待审核"), Kind: view.TagSoon}
		if it.Member.Review == member.Returned {
			out.State = proposalState[review.Returned]
		}
		if err := v.recordSource(d, &out); err != nil {
			return nil, err
		}
	}
	out.Title = v.reviewTitle(line, d.mask)
	if it.Answer != "" {
		out.Answer = view.Say("%s退回：%s", view.Plain(it.By), view.Plain(it.Answer))
	}
	problems := it.Problems
	if it.Proposal == nil { // what the check of the import said of this row
		more, err := v.in.Intake.RowProblems(v.ctx(), d.m.Batch, d.m.SourceRow)
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	for _, o := range it.Beside {
		title := v.reviewTitle(review.Line{Kind: o.Kind, Fields: o.Fields}, d.mask)
		out.Beside = append(out.Beside, view.Link{Text: view.Say("%s %s也提出%s，正在等审核。", view.Plain(o.Actor), words.Moment(store.Made(o.ID))[:10], title), URL: view.PathReview(o.ID)})
	}
	if err := v.doubted(it, &out); err != nil {
		return nil, err
	}
	for _, p := range problems {
		out.Warnings = append(out.Warnings, view.Say(p.Text, p.Args...))
	}
	if out.Rows, err = v.reviewRows(it, d, full); err != nil {
		return nil, err
	}
	if err := v.reviewPapers(it, d, &out); err != nil {
		return nil, err
	}
	if can.Correct {
		correctable(it, out.Rows)
	}
	out.Sealed = !full && len(it.Sealed()) > 0 && d.reveal != 0
	out.MendURL = v.mendingOf(it, d, can)
	here, crumbs := view.PathReviews, []view.Link{{Text: view.Say("审核\x04目录"), URL: view.PathReviews}}
	if d.own {
		here, crumbs = view.PathMe, d.crumbs()
	}
	return view.ReviewPage(v.page(out.Title, here, crumbs...), out), nil
}

// doubted leads to the open disputes about the facts that a change is about: whoever decides knows that somebody is asked.
func (v *visit) doubted(it *review.Item, out *view.ReviewItem) error {
	open, err := v.in.Stewards.OpenOf(v.ctx(), v.reader(), it.Member.ID)
	if err != nil || it.Proposal == nil {
		return err
	}
	for _, f := range it.Proposal.Fields {
		if d, ok := open[steward.Subject{Field: f}]; ok {
			out.Beside = append(out.Beside, view.Link{Text: view.Say("“%s”有异议，等责任人核对答复。先看异议再决定；答复不改的，这条更改随之退回。", fieldLabel(f)), URL: view.PathDisputes + "/" + d.ID})
		}
	}
	return nil
}

// standOf says how a proposal stands: who answers, or who did.
func (v *visit) standOf(p *review.Proposal, out *view.ReviewItem) error {
	out.State = proposalState[p.State]
	if !p.Basis.On.IsZero() {
		out.Since = p.Basis.On.String()
	}
	switch p.State {
	case review.Waiting:
		names, err := v.ownerNames([]string{p.Owner})
		if err != nil {
			return err
		}
		out.Asked = answering(p.Level, names[p.Owner])
	case review.Approved:
		out.Settled = view.Say("%s在 %s 通过", view.Plain(p.Decider), words.Moment(p.Decided))
	}
	return nil
}

// reviewPapers are the documents that came with a proposal, and those that are kept as proof of the facts it is about.
func (v *visit) reviewPapers(it *review.Item, d dossier, out *view.ReviewItem) error {
	var came []string
	if it.Proposal != nil {
		came = it.Proposal.Documents
	}
	keyed := slices.ContainsFunc(out.Rows, func(r view.ReviewRow) bool { return r.Key })
	out.Unproven = keyed && out.Evidence == "" && len(came) == 0 && (it.Proposal == nil || it.Proposal.Open())
	all := v.may(access.See, access.Document, d.m.OrgPath, d.m.ID)
	if !all && !v.may(access.Confirm, access.Document, d.m.OrgPath, "") {
		out.Unseen = len(came)
		return nil
	}
	list, err := v.in.Documents.Of(v.ctx(), v.reader(), d.m.ID)
	if err != nil {
		return err
	}
	for _, one := range list {
		about := slices.ContainsFunc(one.Facts, func(f string) bool { return slices.Contains(it.Reads(), roster.Column(f)) })
		if !slices.Contains(came, one.ID) && !(about && len(came) == 0) {
			continue
		}
		if !all { // only what came with this, for whoever may confirm it
			if may, err := v.in.Documents.CameWith(v.ctx(), v.actor(), one); err != nil {
				return err
			} else if !may {
				out.Unseen++
				continue
			}
		}
		paper := view.ReviewPaper{DocumentRef: documentRef(one)}
		if paper.Opened, err = v.in.Documents.Opened(v.ctx(), v.actor(), one.ID); err != nil {
			return err
		}
		out.Papers = append(out.Papers, paper)
	}
	return nil
}

// openReviewPaper writes down that a document is looked at for the review, and shows it beside what it proves.
func (s *Server) openReviewPaper(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if _, _, err := v.waiting(); err != nil {
		return err
	}
	purpose, ok := access.PurposeOf("verify-identity")
	if !ok {
		return fault.Missing()
	}
	if _, err := v.in.Documents.Open(v.ctx(), v.actor(), values.Get("document"), purpose.Text); err != nil {
		return err
	}
	return v.to(view.PathReview(v.r.PathValue("id")))
}

var proposalState = map[review.State]view.Tag{
	review.Waiting: {Text: view.Say("待审核"), Kind: view.TagSoon}, review.Returned: {Text: view.Say("已退回"), Kind: view.TagLate},
	review.Approved: {Text: view.Say("已通过"), Kind: view.TagOK}, review.Withdrawn: {Text: view.Say("已撤回")},
}

// recordSource says who entered a record, and from what.
func (v *visit) recordSource(d dossier, out *view.ReviewItem) error {
	sources, err := v.in.Members.Sources(v.ctx(), d.m)
	if err != nil {
		return err
	}
	src := sources[roster.Name]
	out.By, out.When, out.Reason, out.Evidence = src.Actor, words.Moment(src.At), src.Reason, src.Document
	return nil
}

// reviewRows are the facts, old and new; what the visitor's role does not see is left out, what is sealed is shown by
// its tail unless it was asked for in full.
func (v *visit) reviewRows(it *review.Item, d dossier, full bool) ([]view.ReviewRow, error) {
	if it.Proposal == nil {
		return v.recordRows(it, d, full)
	}
	c := it.Change
	if c == nil {
		return nil, nil
	}
	if _, ok := reviewFacts[it.Proposal.Kind]; ok {
		return factRows(c, d.mask), nil
	}
	sources, err := v.in.Members.Sources(v.ctx(), d.m)
	if err != nil {
		return nil, err
	}
	var out []view.ReviewRow
	for _, col := range c.Fields {
		f, ok := keyOf(col)
		if !ok && col != roster.Organisation || ok && !d.mask.Has(f.class) {
			continue
		}
		row := view.ReviewRow{Label: f.label, Key: member.KeyFact(col), Old: v.typedText(col, c.Old[col], full), New: v.typedText(col, c.New[col], full)}
		row.Changed = it.Proposal.Open() && it.Was[col] != c.Old[col]
		if row.From.Value = row.Old; it.Proposal.Open() {
			v.source(&row.From, sources[col])
		}
		out = append(out, row)
	}
	switch c.Kind {
	case member.DoUnite, member.DoSeparate:
		row, err := v.otherRow(c)
		if err != nil {
			return nil, err
		}
		out = append([]view.ReviewRow{row}, out...)
	case member.DoMove:
		list, err := org.ByIDs(v.ctx(), v.in.DB.As(store.System("name of a branch")), []string{it.Member.OrgID, c.To})
		if err != nil {
			return nil, err
		}
		names := map[string]string{}
		for _, o := range list {
			names[o.ID] = o.ShortName
		}
		was := it.Member.OrgID
		if !it.Proposal.Open() {
			was = it.Was[roster.Organisation]
		}
		out = []view.ReviewRow{{Label: view.Say("所在党支部"), Key: true, Old: view.Plain(names[was]), New: view.Plain(names[c.To])}}
	case member.DoEnd:
		out = append(out, view.ReviewRow{Label: view.Say("在册情况"), Old: view.Say("在册"), New: view.Say("%s，%s", view.Say(c.Ending.Name()), c.Basis.On)})
	case member.DoRestore:
		out = append(out, view.ReviewRow{Label: view.Say("在册情况"), Old: view.Say("已终结"), New: view.Say("恢复，重新计入人数")})
	}
	return out, nil
}

// otherRow names the second record that a change is about.
func (v *visit) otherRow(c *member.Change) (view.ReviewRow, error) {
	other, err := v.in.Members.ByID(v.ctx(), v.in.DB.As(store.System("name of the other record")), c.To)
	if err != nil {
		return view.ReviewRow{}, err
	}
	steps, err := org.Steps(v.ctx(), v.reader(), []string{other.OrgPath})
	if err != nil {
		return view.ReviewRow{}, err
	}
	name := view.Say("%s（%s）", view.Plain(other.Name), view.Plain(stepRef(steps[other.OrgPath]).Name))
	if c.Kind == member.DoSeparate {
		return view.ReviewRow{Label: view.Say("另一份档案"), Old: view.Say("已经并入这一份"), New: view.Say("恢复成单独一份：%s", name)}, nil
	}
	return view.ReviewRow{Label: view.Say("另一份档案"), Old: name, New: view.Say("并入这一份，不再单独在册")}, nil
}

// factRows are what a change to a dated fact comes to, item by item.
func factRows(c *member.Change, mask access.Mask) []view.ReviewRow {
	kind := factKindOf(c.Fields)
	if kind == "" || !mask.Has(factClass(kind)) {
		return nil
	}
	field := roster.Column(kind)
	out := []view.ReviewRow{{Label: view.Say(kind.Name()), Old: view.Plain(c.Old[field]), New: view.Plain(c.New[field])}}
	if c.Kind == member.DoFactRetire {
		out[0].New = view.Say("作废，不再作数")
	}
	var was member.Fact
	if c.Was != nil {
		was = *c.Was
	}
	var now member.NewFact
	if c.Entry != nil && c.Kind != member.DoFactRetire {
		now = *c.Entry
	}
	for _, r := range []struct {
		label    view.Text
		old, new string
	}{{view.Say("从哪一天起"), was.From.String(), now.From.String()}, {view.Say("到哪一天为止"), was.To.String(), now.To.String()}, {view.Say("单位或地点"), was.By, now.By},
		{view.Say("说明"), was.Detail, now.Detail}} {
		if r.old != "" || r.new != "" {
			out = append(out, view.ReviewRow{Label: r.label, Old: view.Plain(r.old), New: view.Plain(r.new)})
		}
	}
	return out
}

// typedText words a value as it was typed.
func (v *visit) typedText(col roster.Column, text string, full bool) view.Text {
	switch {
	case text == "":
		return view.Text{}
	case col.Sensitive() && !full:
		return view.Plain(tailOf(text))
	}
	if list, ok := codeLists[col]; ok && list.Name(text) != "" { // kept by its code
		return view.Say(list.Name(text))
	}
	return view.Plain(text)
}

var codeLists = map[roster.Column]*identity.List{roster.Education: identity.Educations, roster.Ethnicity: identity.Ethnicities}

// recordRows are all facts of a record that nobody has reviewed.
func (v *visit) recordRows(it *review.Item, d dossier, full bool) ([]view.ReviewRow, error) {
	tails, err := v.in.Members.Tails(v.ctx(), d.m)
	if err != nil {
		return nil, err
	}
	var out []view.ReviewRow
	for _, f := range slices.Concat(facts[0].list, facts[1].list, facts[2].list, facts[3].list) {
		if !d.mask.Has(f.class) || f.column == "" {
			continue
		}
		row := view.ReviewRow{Label: f.label, Key: member.KeyFact(f.column), New: f.value(d.m, tails, v.today())}
		if full && f.secret && d.reveal.Has(f.class) {
			row.New = view.Plain(it.Full[f.column])
		}
		out = append(out, row)
	}
	return out, nil
}
