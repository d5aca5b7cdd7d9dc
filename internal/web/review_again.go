package web

import (
	"net/url"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// What a reviewer has returned is mended where it was typed, and with what was typed: nothing is typed twice.

// fieldAgain names the returned change that a form is opened for again.
const fieldAgain = "again"

// mendingOf is where the visitor mends what was returned to her; "" where it is not hers.
func (v *visit) mendingOf(it *review.Item, d dossier, can review.Can) string {
	p := it.Proposal
	if p == nil {
		if it.Member.Review == member.Returned && v.may(access.Mend, access.Member, d.m.OrgPath, d.m.ID) {
			return view.PathMember(d.m.ID)
		}
		return ""
	}
	if p.State != review.Returned || !can.Withdraw {
		return ""
	}
	if d.own && p.Own() && p.Kind == member.DoMend {
		return correctionOf(p.Fields)
	}
	again := "?" + url.Values{fieldAgain: {p.ID}}.Encode()
	switch p.Kind {
	case member.DoMend:
		for _, col := range p.Fields {
			if f, ok := keyOf(col); ok && f.kind != "" && d.mask.Has(f.class) {
				return view.PathReviewAct(p.ID, "correct/"+f.key)
			}
		}
	case member.DoFact:
		return view.PathFactNew(d.m.ID) + again
	case member.DoFactMend, member.DoFactRetire:
		if it.Change != nil && it.Change.Was != nil {
			return view.PathFact(d.m.ID, it.Change.Was.ID) + again
		}
	case member.DoMove:
		return view.PathMemberAct(d.m.ID, "move") + again
	case member.DoEnd:
		return view.PathMemberAct(d.m.ID, "end") + again
	case member.DoRestore:
		return view.PathMemberAct(d.m.ID, "restore") + again
	}
	return ""
}

// returned is the change that the address names to be mended: one of this record, returned to the visitor; nil when the
// address names none.
func (v *visit) returned(d dossier, kinds ...string) (*review.Item, error) {
	id := v.r.URL.Query().Get(fieldAgain)
	if id == "" {
		return nil, nil
	}
	it, err := v.in.Reviews.Item(v.ctx(), v.reader(), v.actor(), id)
	if err != nil {
		return nil, err
	}
	can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it)
	if why != nil && fault.As(why) == nil {
		return nil, why
	}
	if p := it.Proposal; p != nil && p.Member == d.m.ID && p.State == review.Returned && can.Withdraw {
		for _, kind := range kinds {
			if p.Kind == kind {
				return it, nil
			}
		}
	}
	return nil, fault.Missing()
}

// typedAct is what was typed into the form of a dated act.
func typedAct(it *review.Item) url.Values {
	b := it.Proposal.Basis
	values := url.Values{"day": {b.On.String()}, "reason": {b.Reason}, "decision": {b.Document}}
	setDay(values, "day", b.On)
	if c := it.Change; c != nil {
		values.Set("kind", string(c.Ending))
	}
	return values
}

// typedMove is typedAct with the branch that was chosen.
func typedMove(it *review.Item) url.Values {
	values := typedAct(it)
	if it.Change == nil {
		return values
	}
	values.Set("target", it.Change.To)
	return values
}

// shownAsPicked words an organisation's id as a field that searches shows it; a list of few takes the id.
func (v *visit) shownAsPicked(few []view.Option, values url.Values, field string) error {
	if len(few) > 0 || values.Get(field) == "" {
		return nil
	}
	list, err := org.ByIDs(v.ctx(), v.reader(), []string{values.Get(field)})
	if err == nil && len(list) > 0 {
		values.Set(field, asPicked(list[0]))
	}
	return err
}

// typedFact is what was typed of a dated fact; of what is sealed nothing is written into a form.
func typedFact(it *review.Item) url.Values {
	values := url.Values{fieldAgain: {it.ID}}
	if it.Change == nil || it.Change.Entry == nil {
		return values
	}
	in := it.Change.Entry
	if c := in.Kind.Column(); c == "" || !c.Sensitive() {
		values.Set("text", in.Text)
	}
	for name, text := range map[string]string{"kind": string(in.Kind), "by": in.By, "detail": in.Detail, "source": in.Document, "reason": in.Reason} {
		values.Set(name, text)
	}
	values["proofs"] = in.Proofs
	setDay(values, "from", in.From)
	setDay(values, "to", in.To)
	return values
}
