package ballot

import (
	"cmp"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/vote"
)

// The bounds of what a form may say.
const (
	mostPeople = 100_000
	mostOthers = 50
	longest    = 100
)

// quorumRule is the rule by which those who should attend and those who came are counted.
func (b Ballot) quorumRule() string {
	switch b.Kind {
	case vote.Election:
		return "E-06"
	case vote.Admission, vote.Confirmation:
		return "D-26"
	case vote.Committee:
		return "B-10"
	}
	return "B-12"
}

// paperRule is the rule about ballots given out and collected.
func (b Ballot) paperRule() string {
	if b.Kind == vote.Election {
		return "E-11"
	}
	return RuleTwice
}

// Computed tells whether who should attend follows from the register and is not entered: in an election with a roll (E-03, E-07).
func (b Ballot) Computed() bool { return b.Kind == vote.Election && b.Entitled > 0 }

// tidy puts a count into the one form in which two counts are compared.
func (b Ballot) tidy(n Numbers) Numbers {
	given := n
	if b.Computed() && n.Should == 0 {
		n.Should = b.Entitled
	}
	n.Counts = nil
	for _, item := range b.Items {
		n.Counts = append(n.Counts, given.Of(item.ID))
	}
	n.Others = nil
	for _, o := range given.Others {
		if o.Name = strings.TrimSpace(o.Name); o.Name != "" || o.Yes != 0 {
			n.Others = append(n.Others, o)
		}
	}
	slices.SortFunc(n.Others, func(x, y Other) int { return cmp.Compare(x.Name, y.Name) })
	if b.Way == Hands {
		n.Issued, n.Collected, n.Invalid = 0, 0, 0
	}
	return n
}

// Check refuses a tidied count that cannot be true, at the field and with the rule. More ballots collected than given out
// can be true: then the vote is void, which the verdict says.
func (b Ballot) Check(n Numbers) error {
	if err := b.inBounds(n); err != nil {
		return err
	}
	bad := func(field, rule, text string, args ...any) error {
		return fault.New(fault.Invalid, text, args...).At(field).By(rule)
	}
	switch {
	case n.Should == 0:
		return bad("should", b.quorumRule(), "请填写应到会人数。")
	case b.Computed() && n.Should != b.Entitled:
		return bad("should", "E-07", "应到会 %d 人由名册算出，不能另填成 %d；要不计入的，先请示上级并经大会通过。", b.Entitled, n.Should)
	case b.Entitled > 0 && n.Should > b.Entitled:
		return bad("should", b.quorumRule(), "应到会 %d 人，多于名册上有权参加的 %d 人，请核对。", n.Should, b.Entitled)
	case n.Present > n.Should:
		return bad("present", b.quorumRule(), "实到会 %d 人，多于应到会的 %d 人，请核对。", n.Present, n.Should)
	case n.Issued > n.Present:
		return bad("issued", b.paperRule(), "发出选票 %d 张，多于实到会的 %d 人，请核对。", n.Issued, n.Present)
	case n.Invalid > n.Collected:
		return bad("invalid", b.paperRule(), "无效票 %d 张，多于收回的 %d 张，请核对。", n.Invalid, n.Collected)
	}
	if err := b.itemsAdd(n); err != nil {
		return err
	}
	return b.othersAdd(n)
}

func (b Ballot) inBounds(n Numbers) error {
	of := func(field string, v int) error {
		if v < 0 || v > mostPeople {
			return fault.New(fault.Invalid, "请填写 0 到 %d 之间的整数。", mostPeople).At(field).By(RuleTwice)
		}
		return nil
	}
	err := cmp.Or(of("should", n.Should), of("present", n.Present), of("issued", n.Issued), of("collected", n.Collected), of("invalid", n.Invalid))
	for _, c := range n.Counts {
		err = cmp.Or(err, of("yes."+c.ID, c.Yes), of("no."+c.ID, c.No), of("abstain."+c.ID, c.Abstain), of("written."+c.ID, c.Written))
	}
	for _, o := range n.Others {
		err = cmp.Or(err, of("others", o.Yes))
	}
	return err
}

// itemsAdd holds the votes of each item against the ballots, or against the people where there were none.
func (b Ballot) itemsAdd(n Numbers) error {
	valid := n.Collected - n.Invalid
	for i, c := range n.Counts {
		name, sum := b.Items[i].Name, c.Yes+c.No+c.Abstain
		switch {
		case b.Way == Paper && sum != valid:
			return fault.New(fault.Invalid, "%s：赞成、反对、弃权共 %d 票，有效票是 %d 张（收回 %d，无效 %d），两个数要相等，请核对。", name, sum, valid, n.Collected, n.Invalid).At("yes." + c.ID).By(b.paperRule())
		case b.Way == Hands && sum > n.Present:
			return fault.New(fault.Invalid, "%s：赞成、反对、弃权共 %d 票，多于实到会的 %d 人，请核对。", name, sum, n.Present).At("yes." + c.ID).By(b.quorumRule())
		case c.Written > 0 && b.Kind != vote.Admission && b.Kind != vote.Confirmation:
			return fault.New(fault.Invalid, "%s：只有讨论接收、转正时才计入未到会的书面赞成。", name).At("written." + c.ID).By("D-28")
		case c.Written > n.Should-n.Present:
			return fault.New(fault.Invalid, "%s：书面赞成 %d，多于未到会的 %d 人，请核对。", name, c.Written, n.Should-n.Present).At("written." + c.ID).By("D-28")
		}
	}
	return nil
}

// othersAdd looks at those who were written in, and that nobody chose more than there are seats.
func (b Ballot) othersAdd(n Numbers) error {
	valid, sum := n.Collected-n.Invalid, 0
	for i, o := range n.Others {
		switch {
		case b.Kind != vote.Election:
			return fault.New(fault.Invalid, "只有选举才能另选他人。").At("others").By("E-12")
		case o.Name == "" || o.Yes == 0 || len([]rune(o.Name)) > longest || len(n.Others) > mostOthers:
			return fault.New(fault.Invalid, "另选他人的，请逐人写明姓名和得票。").At("others").By("E-12")
		case i > 0 && n.Others[i-1].Name == o.Name:
			return fault.New(fault.Invalid, "另选他人里有两个“%s”，请合在一起；同名的两个人请区分。", o.Name).At("others").By("E-11")
		case slices.ContainsFunc(b.Items, func(i Item) bool { return i.Name == o.Name }):
			return fault.New(fault.Invalid, "%s是候选人，票数填在候选人那一行。", o.Name).At("others").By("E-11")
		case o.Yes > valid:
			return fault.New(fault.Invalid, "%s得票 %d，多于有效票 %d 张，请核对。", o.Name, o.Yes, valid).At("others").By("E-11")
		}
		sum += o.Yes
	}
	for _, c := range n.Counts {
		sum += c.Yes
	}
	if b.Kind == vote.Election && sum > b.Seats*valid {
		return fault.New(fault.Invalid, "得票一共 %d，有效票 %d 张，每张最多选 %d 人，不会多于 %d，请核对；选人数多于应选的是无效票。", sum, valid, b.Seats, b.Seats*valid).At("yes." + b.Items[0].ID).By("E-11")
	}
	return nil
}

// Differ names the fields in which two tidied counts differ.
func Differ(x, y Numbers) (fields []string) {
	at := func(field string, a, b int) {
		if a != b {
			fields = append(fields, field)
		}
	}
	at("should", x.Should, y.Should)
	at("present", x.Present, y.Present)
	at("issued", x.Issued, y.Issued)
	at("collected", x.Collected, y.Collected)
	at("invalid", x.Invalid, y.Invalid)
	for _, c := range x.Counts {
		o := y.Of(c.ID)
		at("yes."+c.ID, c.Yes, o.Yes)
		at("no."+c.ID, c.No, o.No)
		at("abstain."+c.ID, c.Abstain, o.Abstain)
		at("written."+c.ID, c.Written, o.Written)
	}
	if !slices.Equal(x.Others, y.Others) {
		fields = append(fields, "others")
	}
	return fields
}
