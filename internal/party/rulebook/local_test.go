package rulebook

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
)

// Whatever is decided locally, a narrowed book is never laxer than the book itself, and above the decision nothing changes.
func TestNarrowedIsNeverLaxer(t *testing.T) {
	b := Default()
	type where struct{ id, parameter string }
	var all []where
	for _, id := range b.IDs() {
		v := b.Versions(id)
		for _, p := range v[len(v)-1].Changeable() {
			all = append(all, where{id, p})
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d parameters have a direction", len(all))
	}
	paths := []string{"0001.", "0001.0002.", "0001.0002.0003.", "0001.0004."}
	rapid.Check(t, func(t *rapid.T) {
		var locals []Local
		for i := range rapid.IntRange(0, 6).Draw(t, "decisions") {
			w := rapid.SampledFrom(all).Draw(t, "of")
			value := strconv.Itoa(rapid.IntRange(0, 100).Draw(t, "value"))
			switch w.parameter {
			case "written_switch":
				value = rapid.SampledFrom([]string{"true", "false"}).Draw(t, "switch")
			case "present_share":
				value = rapid.SampledFrom([]string{"> 1/2", ">= 1/2", ">= 2/3", "> 1/3", "nonsense"}).Draw(t, "share")
			}
			from := civil.MustParse("2024-01-01").AddDays(rapid.IntRange(0, 1500).Draw(t, "from"))
			locals = append(locals, Local{ID: strconv.Itoa(i), Path: rapid.SampledFrom(paths).Draw(t, "at"), Rule: w.id, Parameter: w.parameter, Value: value, Basis: "试",
				From: from, To: from.AddDays(rapid.IntRange(0, 500).Draw(t, "days"))})
		}
		day := civil.MustParse("2024-01-01").AddDays(rapid.IntRange(0, 2200).Draw(t, "day"))
		path := rapid.SampledFrom(paths).Draw(t, "path")
		here, turned := b.For(path, locals, nil), b.For(path, rapid.Permutation(locals).Draw(t, "recorded"), nil)
		for _, w := range all {
			base, ok := b.On(w.id, day)
			if !ok {
				continue
			}
			got, _ := here.On(w.id, day)
			now, then := got.Parameters()[w.parameter], base.Parameters()[w.parameter]
			if now != then && !base.Stricter(w.parameter, now) {
				t.Fatalf("%s %s: %s instead of %s", w.id, w.parameter, now, then)
			}
			if (now != then) && got.LocalBasis() == "" || got.LocalBasis() == "" && len(got.Local) > 0 {
				t.Fatalf("%s %s: %s without basis", w.id, w.parameter, now)
			}
			if again, _ := turned.On(w.id, day); again.Parameters()[w.parameter] != now {
				t.Fatalf("%s %s: the order of decisions decides", w.id, w.parameter)
			}
			for _, l := range locals {
				if l.Rule == w.id && l.Parameter == w.parameter && l.InForce(day) && len(path) >= len(l.Path) && path[:len(l.Path)] == l.Path && got.Stricter(w.parameter, l.Value) {
					t.Fatalf("%s %s: %s holds, stricter is decided: %s", w.id, w.parameter, now, l.Value)
				}
			}
		}
		if above := b.For("0009.", locals, nil); above != b {
			t.Fatal("a decision elsewhere narrows the book")
		}
	})
}

func TestStricter(t *testing.T) {
	for _, c := range []struct {
		id, parameter, value string
		want                 bool
	}{
		{"D-11", "notice_days", "6", true}, {"D-11", "notice_days", "5", false}, {"D-11", "notice_days", "4", false}, {"D-11", "notice_days", "x", false},
		{"D-03", "talk_months", "0", true}, {"D-03", "talk_months", "1", false}, {"D-03", "talk_months", "2", false},
		{"D-26", "present_share", ">= 2/3", true}, {"D-26", "present_share", "> 2/4", false}, {"D-26", "present_share", ">= 1/2", false},
		{"D-28", "written_switch", "false", true}, {"D-28", "written_switch", "true", false},
		{"D-36", "probation_years", "2", false}, {"E-09", "yes_share", "> 2/3", false}, {"B-08", "each_months", "1", true},
	} {
		r, _ := Default().On(c.id, civil.MustParse("2026-11-23"))
		if got := r.Stricter(c.parameter, c.value); got != c.want {
			t.Errorf("%s %s %s: %v", c.id, c.parameter, c.value, got)
		}
	}
}

// What is accepted as a parameter can be read as what its name says, and a share asks for no more than everybody.
func FuzzParameters(f *testing.F) {
	for _, s := range [][2]string{{"talk_months", "1"}, {"yes_share", "> 1/2"}, {"extra_share", ">= 1/5"}, {"wage_bands", "3000:0.5% *:2%"}, {"limit_yuan", "1000.00"}, {"written_switch", "true"},
		{"since", "1982-09-06"}, {"since", "2023-02-29"}, {"each_months", "5"}, {"limit_yuan", "1e9"}, {"yes_share", "> 9223372036854775807/9223372036854775807"}, {"talk_months", "99999999999999999999"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if checkParameter(name, text) != nil {
			return
		}
		r := Rule{ID: "X-1", parameters: map[string]string{name: text}, stricter: map[string]string{name: string(Lower)}}
		r.Stricter(name, "1")
		switch {
		case strings.HasSuffix(name, "each_months"), strings.HasSuffix(name, "_months"), strings.HasSuffix(name, "_days"):
			if r.Int(name) < 0 {
				t.Fatalf("%s %q is less than nothing", name, text)
			}
		case strings.HasSuffix(name, "_share"):
			s := r.Share(name)
			if n := s.Least(28); n < 0 || n > 29 || s.Met(n-1, 28) {
				t.Fatalf("%q asks for %d of 28", text, n)
			}
		case strings.HasSuffix(name, "_bands"):
			if b := r.Bands(name); b[len(b)-1].UpTo != nil {
				t.Fatalf("%q does not reach everybody", text)
			}
		case strings.HasSuffix(name, "since"):
			if r.Date(name).IsZero() {
				t.Fatalf("%q is no day", text)
			}
		}
	})
}
