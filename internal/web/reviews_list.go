package web

import (
	"net/url"
	"slices"
	"time"

	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// listReviews is the queue of what waits for a second person.
func (s *Server) listReviews(v *visit) error {
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	f := review.Filter{What: review.What(q.Get("what")), State: review.State(q.Get("state")), Kind: q.Get("kind"), Batch: q.Get("batch"), After: q.Get("after"), Limit: 50}
	if f.State != review.Returned {
		f.State = review.Waiting
	}
	f.First = v.reviewsFor()
	if f.What == orgActs {
		return v.listOrgReviews(f)
	}
	acts, err := v.foremostOrgs(f)
	if err != nil {
		return err
	}
	local, err := v.foremostLocal(f)
	if err != nil {
		return err
	}
	acts = append(local, acts...)
	if f.What == mine {
		f.What, f.Owner = review.Changes, f.First
	}
	if err := v.narrowed(r, q, &f); err != nil {
		return err
	}
	page, err := v.in.Reviews.Queue(v.ctx(), r, f)
	if err != nil {
		return err
	}
	d := view.Reviews{Form: v.form(nil), Pager: view.Pager{Shown: len(page.Lines)}}
	if d.Items, err = v.reviewLines(page.Lines); err != nil {
		return err
	}
	d.Items = append(acts, d.Items...)
	d.Pager.Shown = len(d.Items)
	if f.After == "" && f.Batch == "" && f.State == review.Waiting {
		if d.Batches, err = v.reviewBatches(r); err != nil {
			return err
		}
	}
	if d.Tabs, err = v.reviewTabs(r, f); err != nil {
		return err
	}
	if d.Batch, err = v.batchLink(f.Batch); err != nil {
		return err
	}
	if page.Next != "" {
		q.Set("after", page.Next)
		d.Pager.Next = view.PathReviews + "?" + q.Encode()
	}
	return v.show(view.ReviewsPage(v.page(view.Say("审核\x04目录"), view.PathReviews), d))
}

func (v *visit) reviewTabs(r store.Reader, f review.Filter) ([]view.ReviewTab, error) {
	waiting, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{Batch: f.Batch})
	if err != nil {
		return nil, err
	}
	back, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{State: review.Returned, Batch: f.Batch})
	if err != nil {
		return nil, err
	}
	wanted := review.What(v.r.URL.Query().Get("what"))
	tab := func(text view.Text, what review.What, state review.State) view.ReviewTab {
		q := url.Values{}
		for key, value := range map[string]string{"what": string(what), "state": string(state), "batch": f.Batch} {
			if value != "" {
				q.Set(key, value)
			}
		}
		t := view.ReviewTab{Text: text, URL: view.PathReviews, Here: wanted == what && (f.State == review.Returned) == (state == review.Returned)}
		if len(q) > 0 {
			t.URL += "?" + q.Encode()
		}
		return t
	}
	bounded := func(n int, more bool, exact, over view.Text) view.Text {
		if more {
			return over
		}
		return exact
	}
	tabs := []view.ReviewTab{tab(view.Say("全部"), review.Everything, "")}
	acts, err := v.countOrgs(review.OrgFilter{})
	if err != nil {
		return nil, err
	}
	if v.works(access.List, access.OrgChange) && f.Batch == "" {
		tabs = append(tabs, tab(view.Say("党组织变动 %d", acts), orgActs, ""))
		gone, err := v.countOrgs(review.OrgFilter{State: review.Returned})
		if err != nil {
			return nil, err
		}
		back.Changes += gone
	}
	if own := v.reviewsFor(); len(own) > 0 {
		n, err := v.in.Reviews.Count(v.ctx(), r, review.Filter{What: review.Changes, Owner: own, Batch: f.Batch})
		if err != nil {
			return nil, err
		}
		tabs = append(tabs, tab(bounded(n.Changes, n.MoreChanges, view.Say("等您办的更改 %d", n.Changes), view.Say("等您办的更改 %d 以上", n.Changes)), mine, ""))
	}
	return append(tabs,
		tab(bounded(waiting.Changes, waiting.MoreChanges, view.Say("更改 %d", waiting.Changes), view.Say("更改 %d 以上", waiting.Changes)), review.Changes, ""),
		tab(bounded(waiting.Records, waiting.MoreRecords, view.Say("新登记 %d", waiting.Records), view.Say("新登记 %d 以上", waiting.Records)), review.Records, ""),
		tab(view.Say("已退回 %d", back.Changes+back.Records), review.Everything, review.Returned),
	), nil
}

// mine is the sort of changes that wait for the visitor's own organisation.
const mine review.What = "mine"

// reviewsFor are the organisations for which the visitor decides what waits.
func (v *visit) reviewsFor() []string {
	var out []string
	for _, g := range v.person.Grants {
		if (v.may(access.Review, access.Member, g.Path, "") || v.may(access.Confirm, access.Member, g.Path, "")) && len(out) < 16 {
			out = append(out, g.Org)
		}
	}
	return out
}

// reviewLines words the lines of a page.
func (v *visit) reviewLines(lines []review.Line) ([]view.ReviewLine, error) {
	paths, ids := make([]string, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		paths[i], ids[i] = l.Path, l.Owner
	}
	steps, err := org.Steps(v.ctx(), v.reader(), paths)
	if err != nil {
		return nil, err
	}
	owners, err := v.ownerNames(ids)
	if err != nil {
		return nil, err
	}
	contents, err := v.in.Reviews.Contents(v.ctx(), v.reader(), lines)
	if err != nil {
		return nil, err
	}
	own := v.reviewsFor()
	now := v.in.Clock.Now()
	out := make([]view.ReviewLine, len(lines))
	for i, l := range lines {
		var mask access.Mask
		if see, err := v.person.Allow(access.See, access.Member, l.Path, l.Member); err == nil {
			mask = see.Mask
		}
		out[i] = view.ReviewLine{ID: l.ID, Title: v.reviewTitle(l, mask), Name: l.Name, Org: stepRef(steps[l.Path]), By: l.By, Since: words.Moment(l.Since)[:10],
			Age: ageTag(now.Sub(l.Since), v.in.Reviews.Escalate), Owner: owners[l.Owner],
			Brief: v.brief(l, contents[l.ID]), Mine: l.State == review.Waiting && slices.Contains(own, l.Owner)}
		if l.State == review.Returned && l.Answer != "" {
			out[i].Brief = append(out[i].Brief, view.Say("%s退回：%s", view.Plain(l.Judge), view.Plain(l.Answer)))
		}
	}
	return out, nil
}

// factKindOf is the kind of dated fact that a change is about.
func factKindOf(fields []roster.Column) member.FactKind {
	if len(fields) != 1 {
		return ""
	}
	return member.FactKind(fields[0])
}

// briefed bounds how many facts of a change the queue shows.
const briefed = 3

// brief says old and new of a change in a line each, as far as the visitor's role sees them.
func (v *visit) brief(l review.Line, it *review.Item) (out []view.Text) {
	see, err := v.person.Allow(access.See, access.Member, l.Path, l.Member)
	if it == nil || err != nil {
		return nil
	}
	if _, ok := reviewFacts[l.Kind]; ok {
		return factBrief(it, see.Mask)
	}
	if l.Kind != member.DoMend {
		return nil
	}
	for _, col := range it.Proposal.Fields {
		f, ok := keyOf(col)
		if !ok || !see.Mask.Has(f.class) || len(out) == briefed {
			continue
		}
		from, to := v.typedText(col, it.Change.Old[col], false), v.typedText(col, it.Change.New[col], false)
		switch {
		case from.IsZero():
			out = append(out, view.Say("%s补为“%s”", f.label, to))
		case to.IsZero():
			out = append(out, view.Say("%s“%s”清空", f.label, from))
		default:
			out = append(out, view.Say("%s由“%s”改为“%s”", f.label, from, to))
		}
	}
	if n := len(it.Proposal.Documents); n > 0 {
		out = append(out, view.Say("附材料 %d 份", n))
	}
	return out
}

// factBrief says in a line what a change to a dated fact comes to.
func factBrief(it *review.Item, mask access.Mask) []view.Text {
	kind := factKindOf(it.Proposal.Fields)
	if kind == "" || !mask.Has(factClass(kind)) {
		return nil
	}
	from, to := view.Plain(it.Change.Old[roster.Column(kind)]), view.Plain(it.Change.New[roster.Column(kind)])
	switch {
	case from.IsZero():
		return []view.Text{view.Say("“%s”", to)}
	case to.IsZero():
		return []view.Text{view.Say("“%s”", from)}
	}
	return []view.Text{view.Say("由“%s”改为“%s”", from, to)}
}

// ownerNames are the names of the organisations that are asked; one above the visitor's scope is named too, as every
// organisation on the way up is.
func (v *visit) ownerNames(ids []string) (map[string]string, error) {
	list, err := org.ByIDs(v.ctx(), v.in.DB.As(store.System("name of who reviews")), distinct(ids, 200))
	out := map[string]string{}
	for _, o := range list {
		out[o.ID] = o.ShortName
	}
	return out, err
}

func ageTag(age, limit time.Duration) view.Tag {
	days := int(age.Hours() / 24)
	switch {
	case days == 0:
		return view.Tag{Text: view.Say("今天")}
	case limit > 0 && age >= limit:
		return view.Tag{Text: view.Say("%d 天", days), Kind: view.TagLate}
	}
	return view.Tag{Text: view.Say("%d 天", days), Kind: view.TagSoon}
}

var reviewKinds = map[string]view.Text{
	member.DoAdd: view.Say("新登记"), member.DoMove: view.Say("转到别的支部"), member.DoEnd: view.Say("终结档案"), member.DoRestore: view.Say("恢复档案"),
	member.DoUnite: view.Say("合并两份档案"), member.DoSeparate: view.Say("分开合并的档案"),
}

// reviewFacts are the changes to dated facts: with the kind of fact, and without for whoever does not see it.
var reviewFacts = map[string][2]view.Text{
	member.DoFact:       {view.Say("登记\x04事实"), view.Say("登记一件事")},
	member.DoFactMend:   {view.Say("更正\x04事实"), view.Say("更正一件事")},
	member.DoFactRetire: {view.Say("作废\x04事实"), view.Say("作废一件事")},
}

// reviewTitle says what waits, as far as a role with the mask sees it.
func (v *visit) reviewTitle(l review.Line, mask access.Mask) view.Text {
	if t, ok := reviewKinds[l.Kind]; ok {
		return t
	}
	if t, ok := reviewFacts[l.Kind]; ok {
		if kind := factKindOf(l.Fields); kind != "" && mask.Has(factClass(kind)) {
			return view.Say("%s：%s", t[0], view.Say(kind.Name()))
		}
		return t[1]
	}
	if len(l.Fields) == 0 {
		return view.Say("更正")
	}
	label := view.Say(l.Fields[0].Title())
	if f, ok := keyOf(l.Fields[0]); ok {
		label = f.label
	}
	if len(l.Fields) == 1 {
		return view.Say("更正%s", label)
	}
	return view.Say("更正%s等 %d 项", label, len(l.Fields))
}
