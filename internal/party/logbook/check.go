package logbook

import (
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/timeline"
)

// New is what somebody enters: one fact of a branch, or the same of several people. The faults name organisation, kind,
// on, people, the fields, document and reason.
type New struct {
	Org              string
	People           []string // ids of members or applicants
	Kind             timeline.Kind
	On               civil.Date
	Fields           Fields
	Document, Reason string
}

const (
	peopleAtMost = 500
	longestText  = 200
	longestWhy   = 500
)

// first is the day before which there was nothing to enter.
var first = civil.Of(1921, 7, 1)

// basis is the rule that asks for the fields of a kind.
var basis = map[timeline.Kind]string{
	timeline.MeetingHeld: "B-08", timeline.Studied: "M-04", timeline.DuesPaid: "F-12", timeline.TransferSent: "T-05", timeline.TransferRejected: "T-02",
	timeline.AssemblyExtended: "D-37", timeline.TrainingCompleted: "D-15", timeline.CommitteeElected: "B-24", timeline.Member: "D-36", timeline.TaughtAtHome: "M-08",
}

// check says what is wrong with an entry. Whether the fact keeps the rules is not asked: what happened is entered as it
// happened.
func (n New) check(today civil.Date, lateAfter int) error {
	switch {
	case Name(n.Kind) == "":
		return fault.New(fault.Invalid, "请选择办了什么事。").At("kind")
	case n.On.IsZero():
		return fault.New(fault.Invalid, "请填写日期。").At("on")
	case n.On.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("on")
	case n.On.Before(first):
		return fault.New(fault.Invalid, "日期不能早于 1921 年 7 月 1 日。").At("on")
	case OfBranch(n.Kind) && len(n.People) > 0:
		return fault.New(fault.Invalid, "这件事记在支部名下，不用选人。").At("people")
	case !OfBranch(n.Kind) && len(n.People) == 0:
		return fault.New(fault.Invalid, "请选择是谁，可以选几个人。").At("people")
	case len(n.People) > peopleAtMost:
		return fault.New(fault.Invalid, "一次最多登记 %d 人。", peopleAtMost).At("people")
	case len([]rune(n.Document)) > longestText:
		return fault.New(fault.Invalid, "材料最多 %d 个字。", longestText).At("document")
	case len([]rune(n.Reason)) > longestWhy:
		return fault.New(fault.Invalid, "理由最多 %d 个字。", longestWhy).At("reason")
	case n.late(today, lateAfter) && strings.TrimSpace(n.Reason) == "":
		return fault.New(fault.Invalid, "这件事过了 %d 天才登记，请写明为什么补登。", lateAfter).At("reason")
	}
	for _, f := range n.Fields.given() {
		if !slices.Contains(own[n.Kind], f) {
			return fault.New(fault.Invalid, "这件事不填这一项。").At(f).By(basis[n.Kind])
		}
	}
	if err := n.checkFields(today); err != nil {
		return err.By(basis[n.Kind])
	}
	return nil
}

func (n New) late(today civil.Date, after int) bool { return n.On.AddDays(after).Before(today) }

func (n New) checkFields(today civil.Date) *fault.Error {
	f := n.Fields
	switch n.Kind {
	case timeline.MeetingHeld:
		if MeetingName(f.Type) == "" {
			return fault.New(fault.Invalid, "请选择是什么会。").At("type")
		}
	case timeline.Studied:
		return number("hours", f.Hours, true)
	case timeline.TaughtAtHome:
		return number("hours", f.Hours, false)
	case timeline.TrainingCompleted:
		if f.Days == "" && f.Hours == "" {
			return fault.New(fault.Invalid, "请填写培训的天数或者学时。").At("days")
		}
		if err := number("days", f.Days, false); err != nil {
			return err
		}
		return number("hours", f.Hours, false)
	case timeline.DuesPaid:
		month, err := civil.Parse(f.Through + "-01")
		if err != nil {
			return fault.New(fault.Invalid, "请填写交到哪个月，写成 2026-03。").At("through")
		}
		if month.After(n.On.AddYears(2)) {
			return fault.New(fault.Invalid, "党费按月交纳，最多预交两年，请核对月份。").At("through")
		}
	case timeline.AssemblyExtended:
		return between("months", f.Months, 1, 24)
	case timeline.CommitteeElected:
		return between("term_years", f.TermYears, 0, 10)
	case timeline.TransferSent:
		if f.ValidDays != nil {
			return between("valid_days", *f.ValidDays, 1, 365)
		}
	case timeline.TransferRejected:
		if len([]rune(f.Reason)) > longestWhy {
			return fault.New(fault.Invalid, "理由最多 %d 个字。", longestWhy).At("reason")
		}
	case timeline.Member:
		if f.Abroad.After(today) || f.Admitted.After(today) || f.Confirmed.After(today) {
			return fault.New(fault.Invalid, "这一天还没有到，请核对日期。").At("on")
		}
	}
	return nil
}

func number(field, text string, needed bool) *fault.Error {
	n, ok := timeline.ParseHundredths(text)
	if !ok || needed && n == 0 || n > 50000 {
		return fault.New(fault.Invalid, "请填写数字，大于 0，最多 500，小数最多两位。").At(field)
	}
	return nil
}

func between(field string, n, least, most int) *fault.Error {
	if n < least || n > most {
		return fault.New(fault.Invalid, "请填写 %d 到 %d 之间的整数。", least, most).At(field)
	}
	return nil
}
