package identity

import (
	"slices"
	"strings"
	"testing"

	"zhibu/internal/civil"
)

func TestIDNumber(t *testing.T) {
	for _, c := range []struct {
		name, in, out string
		faults        []Fault
	}{
		{"example of the standard, woman", "11010519491231002X", "11010519491231002X", nil},
		{"example of the standard, man of 1880", "440524188001010014", "440524188001010014", nil},
		{"lower-case x", "11010519491231002x", "11010519491231002X", nil},
		{"full-width", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", nil},
		{"spaces as banks print them", " 110105 19491231 002X ", "11010519491231002X", nil},
		{"Excel's apostrophe", "'11010519491231002X", "11010519491231002X", nil},
		{"left-to-right mark of a copied number", "\u202d11010519491231002X\u202c", "11010519491231002X", nil},
		{"wrong check character", "110105194912310021", "", []Fault{Checksum}},
		{"no such day", synthetic("66010119990230001"), "", []Fault{BirthDate}},
		{"no such day and wrong check", "660101199902300010", "", []Fault{BirthDate, Checksum}},
		{"month 13", synthetic("66010119991301001"), "", []Fault{BirthDate}},
		{"29 February of a common year", synthetic("66010119000229001"), "", []Fault{BirthDate}},
		{"29 February of a leap year", synthetic("66010120000229001"), synthetic("66010120000229001"), nil},
		{"year zero", synthetic("66010100000101001"), "", []Fault{BirthDate}},
		{"15 digits", "110105491231002", "", []Fault{Format}},
		{"letter in the middle", "11010519491A31002X", "", []Fault{Format}},
		{"letter other than X at the end", "11010519491231002Y", "", []Fault{Format}},
		{"X in the middle", "1101051949123X002X", "", []Fault{Format}},
		{"empty", "", "", []Fault{Format}},
		{"Arabic-Indic digits are no digits of the standard", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "", []Fault{Format}},
	} {
		got, faults := ParseIDNumber(c.in)
		if string(got) != c.out || !slices.Equal(faults, c.faults) {
			t.Errorf("%s: got %q %v, want %q %v", c.name, got, faults, c.out, c.faults)
		}
	}
}

func TestIDNumberStates(t *testing.T) {
	n, _ := ParseIDNumber("11010519491231002X")
	if n.Born() != civil.MustParse("1949-12-31") || n.Sex() != Female || n.Synthetic() || n.Last4() != "002X" {
		t.Errorf("%v %v %v %v", n.Born(), n.Sex(), n.Synthetic(), n.Last4())
	}
	m, _ := ParseIDNumber(synthetic("66010119900101001"))
	if m.Sex() != Male || !m.Synthetic() {
		t.Errorf("%v %v", m.Sex(), m.Synthetic())
	}
	if none := IDNumber(""); none.Sex() != "" || !none.Born().IsZero() || none.Last4() != "" {
		t.Error("the empty number states nothing")
	}
}

// Any single wrong digit and any swap of two neighbours is found: this is what MOD 11-2 is for.
func TestChecksumFindsTypingErrors(t *testing.T) {
	right := "11010519491231002X"
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			b := []byte(right)
			if b[i] == d {
				continue
			}
			b[i] = d
			if _, faults := ParseIDNumber(string(b)); !slices.Contains(faults, Checksum) {
				t.Errorf("digit %d changed to %c passes", i+1, d)
			}
		}
		b := []byte(right)
		b[i], b[i+1] = b[i+1], b[i]
		if _, faults := ParseIDNumber(string(b)); b[i] != b[i+1] && faults == nil {
			t.Errorf("swap at %d passes", i+1)
		}
	}
}

func TestCreditCode(t *testing.T) {
	for _, c := range []struct {
		in, out string
		fault   Fault
	}{
		{"91350100M000100Y43", "91350100M000100Y43", ""},
		{"９１３５０１００ｍ０００１００ｙ４３", "91350100M000100Y43", ""},
		{"91350100M000100Y44", "", Checksum},
		{"91350100M000100Y4", "", Format},
		{"91350100I000100Y43", "", Format}, // I is not in the alphabet
		{"91350100M000100Y4O", "", Format},
	} {
		if got, fault := ParseCreditCode(c.in); string(got) != c.out || fault != c.fault {
			t.Errorf("%s: got %q %q, want %q %q", c.in, got, fault, c.out, c.fault)
		}
	}
}

func TestLists(t *testing.T) {
	if n := len(Ethnicities.Codes()); n != 58 {
		t.Errorf("%d ethnicities, want 56 and the two codes for others", n)
	}
	for _, code := range Ethnicities.Codes()[:56] {
		name := Ethnicities.Name(code)
		for _, spelling := range []string{name, strings.TrimSuffix(name, "族"), code, " " + name + "　"} {
			if got, ok := Ethnicities.Parse(spelling); !ok || got != code {
				t.Errorf("ethnicity %q: got %q, want %q", spelling, got, code)
			}
		}
	}
	for _, c := range []struct {
		list     *List
		in, code string
	}{
		{Ethnicities, "HA", "01"}, {Ethnicities, "ha", "01"}, {Ethnicities, "ＨＡ", "01"}, {Ethnicities, "1", "01"},
		{Ethnicities, "土", "30"}, {Ethnicities, "土家", "15"}, {Ethnicities, "维族", "05"},
		{Ethnicities, "汗族", ""}, {Ethnicities, "57", ""}, {Ethnicities, "", ""}, {Ethnicities, "-1", ""}, {Ethnicities, "001", ""},
		{Educations, "大专", "30"}, {Educations, "专科", "30"}, {Educations, "大学专科", "30"}, {Educations, "本科", "20"},
		{Educations, "大学", "20"}, {Educations, "研究生", "10"}, {Educations, "硕士", "14"}, {Educations, "博士", "11"},
		{Educations, "中专", "41"}, {Educations, "中技", "47"}, {Educations, "高中", "60"}, {Educations, "初 中", "70"},
		{Educations, "小学", "80"}, {Educations, "21", "21"}, {Educations, "中学", ""}, {Educations, "2", ""},
	} {
		got, ok := c.list.Parse(c.in)
		if got != c.code || ok != (c.code != "") {
			t.Errorf("%s %q: got %q, want %q", c.list.Standard, c.in, got, c.code)
		}
	}
}

func TestWords(t *testing.T) {
	if s, ok := ParseSex("女 "); s != Female || !ok {
		t.Error("女")
	}
	if _, ok := ParseSex("不详"); ok {
		t.Error("不详 is not a sex")
	}
	if c, ok := ParseCategory("预备"); c != Probationary || !ok {
		t.Error("预备")
	}
	if _, ok := ParseCategory("积极分子"); ok {
		t.Error("an activist is no member")
	}
	if r, ok := ParseRegistry("停止党籍"); r != Stopped || !ok {
		t.Error("停止党籍")
	}
	for in, want := range map[string]Answer{"是": Yes, "否": No, "√": Yes, "失联": Yes, "未失联": No, "FALSE": No, "x": No} {
		if got, ok := ParseAnswer(in, "失联"); got != want || !ok {
			t.Errorf("answer %q: got %q, want %q", in, got, want)
		}
	}
	if _, ok := ParseAnswer("也许"); ok {
		t.Error("也许 is no answer")
	}
}

func FuzzIDNumber(f *testing.F) {
	f.Add("11010519491231002X")
	f.Add("１１０１０５１９４９１２３１００２ｘ")
	f.Fuzz(func(t *testing.T, s string) {
		n, faults := ParseIDNumber(s)
		if (n == "") == (faults == nil) {
			t.Fatalf("%q: number %q with faults %v", s, n, faults)
		}
		if n == "" {
			return
		}
		if again, faults := ParseIDNumber(string(n)); again != n || faults != nil {
			t.Fatalf("%q reads as %q, which reads as %q", s, n, again)
		}
		if !n.Born().Valid() || n.Sex() == "" || CheckCharacter(string(n[:17])) != n[17] {
			t.Fatalf("%q accepted as %q", s, n)
		}
	})
}

func FuzzCreditCode(f *testing.F) {
	f.Add("91350100M000100Y43")
	f.Fuzz(func(t *testing.T, s string) {
		c, fault := ParseCreditCode(s)
		if (c == "") == (fault == "") {
			t.Fatalf("%q: %q %q", s, c, fault)
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add("汉族")
	f.Add("01")
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range []*List{Ethnicities, Educations} {
			if code, ok := l.Parse(s); ok != (l.Name(code) != "") {
				t.Fatalf("%q: %q %v", s, code, ok)
			}
		}
	})
}

func synthetic(digits17 string) string { return digits17 + string(CheckCharacter(digits17)) }
