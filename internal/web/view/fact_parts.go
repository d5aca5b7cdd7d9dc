package view

import (
	"context"

	"zhibu/internal/words"
)

// spellDays writes from when until when something was so.
func spellDays(ctx context.Context, s FactSpell) string {
	if s.From.IsZero() {
		return words.T(ctx, "%s以前", s.To.String())
	}
	return words.T(ctx, "%s 至 %s", s.From.String(), s.To.String())
}

func factTitle(v FactForm) Text {
	switch {
	case v.ID != "":
		return Say("更正：%s", v.Kind)
	case v.Earlier:
		return Say("%s：登记以前的情况", v.Kind)
	}
	return Say("登记一件事")
}

func factAction(v FactForm) string {
	if v.ID != "" {
		return PathFact(v.Member.ID, v.ID)
	}
	return PathFactNew(v.Member.ID)
}

func factButton(v FactForm) Text {
	if v.ID != "" {
		return Say("保存更正")
	}
	return Say("登记")
}

func factHint(v FactForm) Text {
	if v.Earlier {
		return Text{}
	}
	return Say("例如：优秀共产党员、村委会主任、入党积极分子培训班。")
}

func factUntil(v FactForm) Text {
	if v.Earlier {
		return Say("从这一天起不再是这样。")
	}
	return Say("只有一天的，或者现在还是这样的，不填。")
}
