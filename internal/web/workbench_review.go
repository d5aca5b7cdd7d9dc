package web

import (
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
)

// quickShown bounds the changes that the workbench shows; quickAsked, how many are looked at for it.
const (
	quickShown = 5
	quickAsked = 12
)

// quickReviews are the oldest changes that wait for the visitor. One that is harmless is confirmed where it stands.
// more tells that others wait besides those.
func (v *visit) quickReviews(r store.Reader) (out []view.QuickReview, more bool, err error) {
	own := v.reviewsFor()
	if len(own) == 0 {
		return nil, false, nil
	}
	page, err := v.in.Reviews.Queue(v.ctx(), r, review.Filter{What: review.Changes, First: own, Limit: quickAsked})
	if err != nil {
		return nil, false, err
	}
	lines, err := v.reviewLines(page.Lines)
	if err != nil {
		return nil, false, err
	}
	more = page.Next != ""
	for i, l := range lines {
		if !l.Mine {
			continue
		}
		if len(out) == quickShown {
			return out, true, nil
		}
		it, err := v.in.Reviews.Item(v.ctx(), v.reader(), v.actor(), l.ID)
		if err != nil {
			return nil, false, err
		}
		can, why := v.in.Reviews.Can(v.ctx(), v.actor(), it)
		if why != nil && fault.As(why) == nil {
			return nil, false, why
		}
		if !can.Decide {
			continue
		}
		q := view.QuickReview{ReviewLine: l}
		if v.harmless(it, page.Lines[i]) {
			q.Form = v.versioned(nil, it.Version)
			q.Confirm = true
		}
		out = append(out, q)
	}
	return out, more, nil
}

// harmless tells whether a change can be confirmed by one tap where its old and new value stand: a correction of ordinary
// facts, all of which the visitor sees in full, of which nothing warns, which has not been overtaken, and which came with
// no document that would have to be looked at.
func (v *visit) harmless(it *review.Item, l review.Line) bool {
	p, c := it.Proposal, it.Change
	if p == nil || c == nil || p.Kind != member.DoMend || c.Key() || len(it.Problems) > 0 || len(p.Documents) > 0 || len(p.Fields) > briefed || len(it.Sealed()) > 0 {
		return false
	}
	see, err := v.person.Allow(access.See, access.Member, l.Path, l.Member)
	if err != nil {
		return false
	}
	for _, col := range p.Fields {
		f, ok := keyOf(col)
		if !ok || col == roster.Category || !see.Mask.Has(f.class) || it.Was[col] != c.Old[col] {
			return false
		}
	}
	return true
}
