package web

import (
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// proposed are the changes to a record that wait for a second person, as the record shows them.
type proposed struct {
	on    map[roster.Column][]view.Waiting
	whole []view.Waiting // to another branch, off the register, back onto it
	proof map[string]bool
}

// without takes out the documents that came with what waits: they do not prove what stands.
func (p proposed) without(proofs map[string][]document.Document) {
	for fact, list := range proofs {
		proofs[fact] = slices.DeleteFunc(list, func(d document.Document) bool { return p.proof[d.ID] })
	}
}

// proposedOn words what waits about a record. What the visitor's role does not see of a record is not there.
func (v *visit) proposedOn(d dossier) (out proposed, err error) {
	out = proposed{on: map[roster.Column][]view.Waiting{}, proof: map[string]bool{}}
	list, err := v.in.Reviews.Proposed(v.ctx(), v.reader(), d.m)
	if err != nil || len(list) == 0 {
		return out, err
	}
	ids := make([]string, len(list))
	for i, it := range list {
		ids[i] = it.Proposal.Owner
	}
	owners, err := v.ownerNames(ids)
	if err != nil {
		return out, err
	}
	for _, it := range list {
		for _, id := range it.Proposal.Documents {
			out.proof[id] = true
		}
		if it.Proposal.Kind != member.DoMend {
			if _, dated := reviewFacts[it.Proposal.Kind]; dated && !d.mask.Has(factClass(factKindOf(it.Proposal.Fields))) {
				continue
			}
			w := v.waitingFor(d, it, view.Text{}, owners[it.Proposal.Owner])
			out.whole = append(out.whole, w)
			continue
		}
		for _, col := range it.Proposal.Fields {
			f, ok := keyOf(col)
			if !ok || !d.mask.Has(f.class) {
				continue
			}
			now := v.typedText(col, it.Change.New[col], false)
			if now.IsZero() {
				now = view.Say("没有填")
			}
			out.on[col] = append(out.on[col], v.waitingFor(d, it, now, owners[it.Proposal.Owner]))
		}
	}
	return out, nil
}

// waitingFor is the line about one change: who asked for it when, what it is to be, with what proof, and who answers.
func (v *visit) waitingFor(d dossier, it *review.Item, value view.Text, owner string) view.Waiting {
	p := it.Proposal
	w := view.Waiting{State: proposalState[p.State], URL: view.PathReview(it.ID), Do: view.Say("看进展")}
	who, day := view.Plain(p.Actor), words.Moment(store.Made(p.ID))[:10]
	switch {
	case p.Own() && d.own:
		who = view.Say("您")
	case p.Own():
		who = view.Say("本人")
	}
	what := view.Say("%s %s申请改为“%s”", who, day, value)
	if p.Kind != member.DoMend {
		what = view.Say("%s %s提出：%s", who, day, v.reviewTitle(review.Line{Kind: p.Kind, Fields: p.Fields}, d.mask))
		if brief := factBrief(it, d.mask); len(brief) > 0 {
			what = view.Say("%s%s", what, brief[0])
		}
	}
	if n := len(p.Documents); n > 0 {
		what = view.Say("%s，附材料 %d 份", what, n)
	}
	if p.State == review.Returned {
		w.Text = view.Say("%s。%s退回：%s", what, view.Plain(p.Decider), view.Plain(p.Answer))
		can, _ := v.in.Reviews.Can(v.ctx(), v.actor(), it)
		if at := v.mendingOf(it, d, can); at != "" {
			w.URL, w.Do = at, view.Say("改好再交")
		}
		return w
	}
	w.Text = view.Say("%s，%s。", what, answering(p.Level, owner))
	if can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it); why == nil && can.Decide {
		w.Do = view.Say("去审核")
	}
	return w
}

// answering says who is asked.
func answering(level review.Level, owner string) view.Text {
	if level == review.Branch {
		return view.Say("等%s确认", view.Plain(owner))
	}
	return view.Say("等%s的审核人审核", view.Plain(owner))
}

// correctionOf is the form that hands a returned request in again.
func correctionOf(fields []roster.Column) string {
	for _, col := range fields {
		if f, ok := keyOf(col); ok && f.kind != "" {
			return view.PathCorrection(f.key)
		}
	}
	return view.PathMe
}

// pending says of a record that nobody has reviewed yet, or that was returned, why and what to do.
func (v *visit) pending(d dossier) (*view.Pending, error) {
	m := d.m
	if m.Review == member.Reviewed || m.State != member.Active {
		return nil, nil
	}
	p := &view.Pending{Todo: view.Say("由另一名审核人核对，通过后才作数。")}
	if err := v.broughtBy(m, p); err != nil {
		return nil, err
	}
	it, err := v.in.Reviews.Item(v.ctx(), v.reader(), v.actor(), m.ID)
	if err != nil {
		return nil, err
	}
	mend := v.may(access.Mend, access.Member, m.OrgPath, m.ID)
	direct, err := v.in.Reviews.Direct(v.ctx(), v.actor(), m)
	if err != nil {
		return nil, err
	}
	can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it)
	switch {
	case m.Review == member.Returned:
		p.Answer = view.Say("%s退回：%s", view.Plain(it.By), view.Plain(it.Answer))
		p.Todo = view.Say("由录入的人改好，改好后自动再排到审核。")
		if mend && direct {
			p.Todo = view.Say("请对照材料，在下面要改的那一项点“更正”。改好后自动再排到审核。")
		}
	case why == nil && can.Decide:
		p.URL, p.Do = view.PathReview(m.ID), view.Say("去审核")
	case mend && direct:
		p.Todo = view.Say("由另一名审核人核对，通过后才作数；这以前录错的可以直接更正。")
	}
	return p, nil
}

// broughtBy says where a record comes from.
func (v *visit) broughtBy(m member.Member, p *view.Pending) error {
	if m.Batch == "" {
		return nil
	}
	b, err := v.in.Intake.Batch(v.ctx(), v.reader(), m.Batch)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	p.Text = view.Say("%s 由%s从“%s”第 %d 行导入。", words.Moment(b.At)[:10], view.Plain(b.Actor), view.Plain(b.FileName), m.SourceRow)
	if v.works(access.List, access.Import) && v.may(access.List, access.Import, b.OrgPath, "") {
		p.BatchURL = view.PathImport(b.ID)
	}
	return nil
}
