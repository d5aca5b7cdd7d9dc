package view

import "context"

// reviewLead says whose record it is.
func reviewLead(v ReviewItem) Text {
	if v.Member.Category.IsZero() {
		return Say("%s，%s。", Plain(v.Member.Name), Plain(v.Member.Branch.Name))
	}
	return Say("%s，%s，%s。", Plain(v.Member.Name), v.Member.Category, Plain(v.Member.Branch.Name))
}

// newSide heads what is to be.
func newSide(ctx context.Context, record bool) string {
	if record {
		return T(ctx, "登记为")
	}
	return T(ctx, "改成")
}

// link is where what waits is decided.
func (l ReviewLine) link() string {
	if l.URL != "" {
		return l.URL
	}
	return PathReview(l.ID)
}
