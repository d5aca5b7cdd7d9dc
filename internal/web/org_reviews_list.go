package web

import (
	"encoding/json"
	"slices"

	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// orgReviewLines are the acts on organisations of the queue, worded like the other lines.
func (v *visit) orgReviewLines(list []review.OrgProposal) ([]view.ReviewLine, error) {
	items, err := v.in.Reviews.OrgItems(v.ctx(), list)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.Owner
	}
	owners, err := v.ownerNames(ids)
	if err != nil {
		return nil, err
	}
	own, now := v.orgReviewsFor(), v.in.Clock.Now()
	out := make([]view.ReviewLine, len(list))
	for i, it := range items {
		p := it.Proposal
		since := store.Made(p.ID)
		out[i] = view.ReviewLine{ID: p.ID, URL: view.PathOrgReview(p.ID), Title: orgActNames[p.Kind], Name: it.Now.Of.ShortName, Org: v.orgRef(it.Now.Of), By: p.Actor,
			Since: words.Moment(since)[:10], Age: ageTag(now.Sub(since), v.in.Reviews.Escalate), Owner: owners[p.Owner], Brief: orgBrief(it),
			Mine: p.State == review.Waiting && slices.Contains(own, p.Owner)}
		if p.State == review.Returned {
			out[i].Brief = append(out[i].Brief, view.Say("%s退回：%s", view.Plain(p.Decider), view.Plain(p.Answer)))
		}
	}
	return out, nil
}

// orgBrief says in a line what an act comes to.
func orgBrief(it *review.OrgItem) []view.Text {
	p := it.Plan
	switch it.Proposal.Kind {
	case org.ActEstablish, org.ActSplit:
		return []view.Text{view.Say("设立“%s”", view.Plain(shortOf(p)))}
	case org.ActRename:
		return []view.Text{view.Say("%s由“%s”改为“%s”", view.Say("名称"), view.Plain(it.Was.Name), view.Plain(p.Name))}
	case org.ActName:
		return []view.Text{view.Say("%s 到 %s 叫“%s”", p.On, p.Until, view.Plain(p.Name))}
	case org.ActMove:
		return []view.Text{view.Say("%s由“%s”改为“%s”", view.Say("上级"), view.Plain(it.Was.Parent), view.Plain(it.Was.Target)), view.Say("党员 %d 名、下级 %d 个一起过去", it.Now.Members, it.Now.Below)}
	case org.ActAddPost:
		return []view.Text{view.Say("%s：%s，%s起", view.Say(titleName(p.Title)), heldBy(it.Now.Post), p.On)}
	case org.ActEndPost:
		return []view.Text{view.Say("%s：%s，%s离任", view.Say(titleName(it.Now.Post.Title)), heldBy(it.Now.Post), p.On)}
	case org.ActMerge:
		return []view.Text{view.Say("并入“%s”", view.Plain(it.Was.Target)), view.Say("党员 %d 名、下级 %d 个一起过去", it.Now.Members, it.Now.Below)}
	}
	return nil
}

// orgReviewsFor are the organisations for which the visitor decides acts on organisations.
func (v *visit) orgReviewsFor() []string {
	var out []string
	for _, g := range v.person.Grants {
		if v.may(access.Review, access.OrgChange, g.Path, "") && len(out) < 16 {
			out = append(out, g.Org)
		}
	}
	return out
}

// orgWaits says on the page of an organisation which acts wait about it.
func (v *visit) orgWaits(_ store.Reader, o org.Organisation, d *view.OrgPage) error {
	if !v.works(access.List, access.OrgChange) {
		return nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return err
	}
	list, err := v.in.Reviews.OrgsAbout(v.ctx(), r, o.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	lines, err := v.orgReviewLines(list)
	if err != nil {
		return err
	}
	for i, l := range lines {
		text := view.Say("%s %s提出：%s", view.Plain(l.By), l.Since, l.Title)
		if len(l.Brief) > 0 {
			text = view.Say("%s，%s", text, l.Brief[0])
		}
		if list[i].State == review.Returned {
			text = view.Say("%s。%s退回：%s", text, view.Plain(list[i].Decider), view.Plain(list[i].Answer))
		} else {
			text = view.Say("%s，%s。", text, answering(review.Superior, l.Owner))
		}
		d.Kin = append(d.Kin, view.Link{Text: text, URL: l.URL})
	}
	return nil
}

// enteredBy names who entered what an act did, and who approved it where it had waited.
func enteredBy(r ledger.Record) string {
	var detail struct {
		Entered string `json:"entered"`
	}
	if json.Unmarshal(r.Detail, &detail) != nil || detail.Entered == "" {
		return r.Actor
	}
	return detail.Entered + "、" + r.Actor
}

// orgActs is the sort of acts on organisations in the queue.
const orgActs review.What = "orgs"

// foremost bounds how many acts on organisations stand before the other lines; all of them have their own list.
const foremost = 10

// foremostOrgs are the acts on organisations that stand before the other lines of a page: of one that begins the queue.
func (v *visit) foremostOrgs(f review.Filter) ([]view.ReviewLine, error) {
	q := v.r.URL.Query()
	if f.After != "" || f.Batch != "" || f.Kind != "" || q.Get("org") != "" || q.Get("before") != "" || f.What != review.Everything && f.What != mine {
		return nil, nil
	}
	of := review.OrgFilter{State: f.State, Limit: foremost, First: v.orgReviewsFor()}
	if f.What == mine {
		if of.Owner = of.First; len(of.Owner) == 0 {
			return nil, nil
		}
	}
	list, _, err := v.orgsWaiting(of)
	if err != nil {
		return nil, err
	}
	return v.orgReviewLines(list)
}

// orgsWaiting reads acts on organisations as far as the visitor sees what waits; none where she does not.
func (v *visit) orgsWaiting(f review.OrgFilter) ([]review.OrgProposal, string, error) {
	if !v.works(access.List, access.OrgChange) {
		return nil, "", nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return nil, "", err
	}
	return v.in.Reviews.OrgQueue(v.ctx(), r, f)
}

func (v *visit) countOrgs(f review.OrgFilter) (int, error) {
	if !v.works(access.List, access.OrgChange) {
		return 0, nil
	}
	r, err := v.readerFor(access.List, access.OrgChange)
	if err != nil {
		return 0, err
	}
	return v.in.Reviews.CountOrgs(v.ctx(), r, f)
}

// listOrgReviews is the queue of acts on organisations alone.
func (v *visit) listOrgReviews(f review.Filter) error {
	list, next, err := v.orgsWaiting(review.OrgFilter{State: f.State, First: v.orgReviewsFor(), After: f.After, Limit: f.Limit})
	if err != nil {
		return err
	}
	r, err := v.readerFor(access.List, access.Member)
	if err != nil {
		return err
	}
	d := view.Reviews{Form: v.form(nil), Pager: view.Pager{Shown: len(list)}}
	if d.Items, err = v.orgReviewLines(list); err != nil {
		return err
	}
	if d.Tabs, err = v.reviewTabs(r, f); err != nil {
		return err
	}
	if next != "" {
		q := v.r.URL.Query()
		q.Set("after", next)
		d.Pager.Next = view.PathReviews + "?" + q.Encode()
	}
	return v.show(view.ReviewsPage(v.page(view.Say("审核\x04目录"), view.PathReviews), d))
}

// waitingOrgs is what waits about organisations: for the visitor to decide, and what was given back to her.
func (v *visit) waitingOrgs() (out []view.Todo, err error) {
	add := func(n int, title view.Text, query string) {
		if n > 0 {
			out = append(out, view.Todo{Title: title, URL: view.PathReviews + query, Action: view.Say("去办")})
		}
	}
	back, err := v.countOrgs(review.OrgFilter{State: review.Returned, Account: v.person.Account})
	if err != nil {
		return nil, err
	}
	add(back, view.Say("%d 条党组织变动被退回，等您改", back), "?what=orgs&state=returned")
	if own := v.orgReviewsFor(); len(own) > 0 {
		n, err := v.countOrgs(review.OrgFilter{Owner: own})
		if err != nil {
			return nil, err
		}
		add(n, view.Say("%d 条党组织变动等您审核", n), "?what=orgs")
	}
	return out, nil
}
