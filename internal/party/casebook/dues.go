package casebook

import (
	"math/big"
	"slices"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/party/dues"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/words"
)

type duesCase struct {
	source            dues.Source
	base              *big.Rat
	on                civil.Date
	monthly, min, max *big.Rat
	flags             []string
}

func (f *file) dues(given, expect *yaml.Node) judge {
	c := &duesCase{}
	f.each(given, "given", func(key string, v *yaml.Node) bool {
		switch key {
		case "source":
			c.source = word(f, v, key, dues.Sources)
		case "base":
			c.base = f.money(v, key)
		case "on":
			c.on = f.date(v, key)
		default:
			return false
		}
		return true
	})
	f.each(expect, "expect", func(key string, v *yaml.Node) bool {
		switch key {
		case "monthly":
			c.monthly = f.money(v, key)
		case "min":
			c.min = f.money(v, key)
		case "max":
			c.max = f.money(v, key)
		case "flags":
			c.flags = f.texts(v, key)
		default:
			return false
		}
		return true
	})
	if c.source == "" {
		f.fail(given.Line, "source", words.Mark("没有写。"))
	}
	if c.on.IsZero() {
		f.fail(given.Line, "on", words.Mark("没有写。"))
	}
	if c.base == nil {
		c.base = new(big.Rat)
	}
	return c
}

func (c *duesCase) run(b *rulebook.Book, _ civil.Date) (out Outcome) {
	due, ok := dues.Monthly(b, c.source, c.base, c.on)
	return c.compare(due, ok)
}

// Dues gives what a case about dues is given and what compares an answer with what it expects; ok is false for one of another
// kind.
func (c Case) Dues() (source dues.Source, base *big.Rat, on civil.Date, compare func(due dues.Due, known bool) Outcome, ok bool) {
	d, ok := c.judge.(*duesCase)
	if !ok {
		return "", nil, on, nil, false
	}
	return d.source, d.base, d.on, d.compare, true
}

func (c *duesCase) compare(due dues.Due, ok bool) (out Outcome) {
	out.Rules, out.Why = due.Rules, due.Why
	amount := func(key string, want *big.Rat, known bool, got dues.Fen) {
		switch {
		case want == nil:
		case !ok:
			out.differ(key+" "+want.FloatString(2), "no rule in force on "+c.on.String())
		case !known:
			out.differ(key+" "+want.FloatString(2), "between "+due.Min.String()+" and "+due.Max.String())
		case !same(want, big.NewRat(int64(got), 100)):
			out.differ(key+" "+want.FloatString(2), got.String())
		}
	}
	amount("monthly", c.monthly, due.Fixed(), due.Min)
	amount("min", c.min, true, due.Min)
	amount("max", c.max, true, due.Max)
	for _, flag := range c.flags {
		if !slices.Contains(due.Flags, flag) {
			out.differ("flag "+flag, list(due.Flags))
		}
	}
	return out
}

// list writes words for a line of output.
func list(words []string) string { return "[" + joined(words) + "]" }
