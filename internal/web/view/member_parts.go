package view

import "context"

var yesNo = []Option{{Value: "yes", Label: Say("是")}, {Value: "no", Label: Say("否")}}

// lookWhat is what somebody did with a record, and what for.
func lookWhat(ctx context.Context, l Look) string {
	if l.Purpose == "" {
		return l.What.In(ctx)
	}
	return T(ctx, "%s：%s", l.What.In(ctx), l.Purpose)
}

// mendURL is where a fact is mended.
func (f Fact) mendURL(member string) string {
	if f.MendURL != "" {
		return f.MendURL
	}
	return PathMend(member, f.Key)
}
