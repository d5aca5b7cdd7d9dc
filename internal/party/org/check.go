package org

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/trust/vault"
	"zhibu/internal/words"
)

// Longest texts, in characters.
const (
	longestName   = 100
	longestShort  = 50
	longestUnit   = 100
	longestPerson = 50
	longestReason = 500
	longestCode   = 32
)

// firstDay is the Party's first congress; no organisation is older.
var firstDay = civil.Of(1921, 7, 23)

// line tidies one line of text: outer spaces off, every inner space an ordinary one, characters composed. Characters
// that are not seen (direction marks, zero-width joiners, line ends) are refused: they make two names look like one.
func line(text, field, label string, longest int) (string, error) {
	text = norm.NFC.String(strings.TrimSpace(text))
	if !utf8.ValidString(text) {
		return "", invisible(field, label)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, text)
	for _, r := range text {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return "", invisible(field, label)
		}
	}
	if utf8.RuneCountInString(text) > longest {
		return "", fault.New(fault.Invalid, "%s不能超过 %d 个字。", label, longest).At(field)
	}
	return text, nil
}

func invisible(field, label string) error {
	return fault.New(fault.Invalid, "%s里有看不见的字符，请重新输入，不要从别处粘贴。", label).At(field)
}

func required(text, field, label string, longest int) (string, error) {
	text, err := line(text, field, label, longest)
	if err == nil && text == "" {
		err = fault.New(fault.Invalid, "请填写%s。", label).At(field)
	}
	return text, err
}

// names checks the full and the short name; without a short name the full one serves.
func names(full, short string) (string, string, error) {
	full, err := required(full, "name", words.Mark("党组织名称"), longestName)
	if err != nil {
		return "", "", err
	}
	if !strings.ContainsFunc(full, unicode.IsLetter) {
		return "", "", fault.New(fault.Invalid, "党组织名称里要有文字。").At("name")
	}
	if strings.TrimSpace(short) == "" {
		return full, full, nil
	}
	if short, err = line(short, "shortName", words.Mark("简称"), longestShort); err != nil {
		return "", "", err
	}
	if !strings.ContainsFunc(short, unicode.IsLetter) {
		return "", "", fault.New(fault.Invalid, "简称里要有文字。").At("shortName")
	}
	return full, short, nil
}

// code checks an organisation's code: letters, digits, hyphens and dots in half width, letters in upper case.
func code(text string) (string, error) {
	text = strings.ToUpper(strings.TrimSpace(width.Fold.String(text)))
	if text == "" {
		return "", fault.New(fault.Invalid, "请填写党组织编码。").At("code")
	}
	for i, r := range text {
		alphanumeric := r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
		if !alphanumeric && (i == 0 || r != '-' && r != '.') || i >= longestCode {
			return "", fault.New(fault.Invalid, "党组织编码只能用字母、数字、连字符和点，最多 %d 个，以字母或数字开头。", longestCode).At("code")
		}
	}
	return text, nil
}

// creditCode checks a unified social credit code; empty is allowed.
func creditCode(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	c, wrong := identity.ParseCreditCode(text)
	switch wrong {
	case "":
		return string(c), nil
	case identity.Checksum:
		return "", fault.New(fault.Invalid, "统一社会信用代码的校验位不对，请核对每一位。").At("credit").By("GB-32100")
	default:
		return "", fault.New(fault.Invalid, "统一社会信用代码是 18 位数字和字母，没有 I、O、S、V、Z。").At("credit").By("GB-32100")
	}
}

// phone checks a phone number of any sort; empty is allowed.
func phone(text string) (string, error) {
	n := vault.NormalisePhone(text)
	if n == "" && strings.TrimSpace(text) == "" {
		return "", nil
	}
	for _, r := range n {
		if r < '0' || r > '9' {
			return "", badPhone()
		}
	}
	if len(n) < 7 || len(n) > 12 {
		return "", badPhone()
	}
	return n, nil
}

func badPhone() error {
	return fault.New(fault.Invalid, "电话号码应是 11 位手机号码，或者带区号的固定电话。").At("phone")
}

func unitKind(u UnitKind) error {
	if u != "" && u.Name() == "" {
		return fault.New(fault.Invalid, "请从列表中选择单位类别。").At("unitKind")
	}
	return nil
}

func validKind(k Kind) error {
	if !k.Valid() {
		return fault.New(fault.Invalid, "请从列表中选择党组织类别。").At("kind")
	}
	return nil
}

// facts are what an organisation has beside its name and place.
type facts struct {
	unit, credit, contact, phone string
	unitKind                     UnitKind
}

func checkFacts(unit string, kind UnitKind, credit, contact, tel string) (f facts, err error) {
	f.unitKind = kind
	if f.unit, err = line(unit, "unit", words.Mark("所在单位"), longestUnit); err != nil {
		return f, err
	}
	if err = unitKind(kind); err != nil {
		return f, err
	}
	if f.credit, err = creditCode(credit); err != nil {
		return f, err
	}
	if f.contact, err = line(contact, "contact", words.Mark("联系人"), longestPerson); err != nil {
		return f, err
	}
	f.phone, err = phone(tel)
	return f, err
}

// day checks the day of an act: given, real, not before the Party, not in the future.
func day(on, today civil.Date) error {
	switch {
	case on.IsZero():
		return fault.New(fault.Invalid, "请填写日期。").At("day")
	case !on.Valid():
		return fault.New(fault.Invalid, "没有这一天，请核对日期。").At("day")
	case on.After(today):
		return fault.New(fault.Invalid, "日期不能晚于今天。").At("day")
	case on.Before(firstDay):
		return fault.New(fault.Invalid, "日期太早，请核对年份。").At("day")
	}
	return nil
}
