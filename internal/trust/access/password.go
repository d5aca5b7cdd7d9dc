package access

import (
	"context"
	_ "embed"
	"strings"
	"unicode"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"zhibu/internal/fault"
	"zhibu/internal/words"
)

// hashing is what a password costs: 19 MiB, two passes, one thread; about 0.1 s on the small machines of branches.
var hashing = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is a hash that no password fits: it is tried when there is no account or no password, so that the answer
// takes as long as a wrong password.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$QUFBQUFBQUFBQUFBQUFBQQ$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"

// peppered binds a password to the account and to the installation's key, so that a hash read from a copy of the
// database can neither be tried nor be put into another account's row.
func (d *Door) peppered(account, password string) string {
	return d.keyed("password", account, norm.NFC.String(password))
}

func (d *Door) hash(ctx context.Context, account, password string) (string, error) {
	if err := d.hashing.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer d.hashing.Release(1)
	return argon2id.CreateHash(d.peppered(account, password), &hashing)
}

// fits tries a password; an empty secret fits nothing and takes as long.
func (d *Door) fits(ctx context.Context, account, password, secret string) (bool, error) {
	if secret == "" {
		secret = nobody
	}
	if err := d.hashing.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer d.hashing.Release(1)
	ok, err := argon2id.ComparePasswordAndHash(d.peppered(account, password), secret)
	return ok && secret != nobody, err
}

//go:embed common.txt
var commonText string

var common = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(commonText) {
		out[w] = true
	}
	return out
}()

const longestPassword = 128

// CheckPassword tells whether a new password is good enough for an account: length, kinds of characters, not the
// login, not one of those that everybody tries first. Field "new".
func (p Policy) CheckPassword(login, name, password string) error {
	bad := func(text string, args ...any) error { return fault.New(fault.Invalid, text, args...).At("new") }
	runes := []rune(norm.NFC.String(password))
	var upper, lower, digit, other int
	for _, r := range runes {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		case unicode.IsControl(r):
			return bad(words.Mark("密码里有看不见的字符，请重新输入。"))
		default:
			other = 1
		}
	}
	folded := strings.ToLower(string(runes))
	switch {
	case len(runes) < p[PasswordLength]:
		return bad(words.Mark("密码至少 %d 位。"), p[PasswordLength])
	case len(runes) > longestPassword:
		return bad(words.Mark("密码最多 %d 位。"), longestPassword)
	case upper+lower+digit+other < p[PasswordClasses]:
		return bad(words.Mark("密码要含大写字母、小写字母、数字、其他符号中的至少 %d 类。"), p[PasswordClasses])
	case login != "" && strings.Contains(folded, strings.ToLower(login)):
		return bad(words.Mark("密码里不能有登录名。"))
	case len([]rune(name)) > 1 && strings.Contains(folded, strings.ToLower(name)):
		return bad(words.Mark("密码里不能有姓名。"))
	case usual(folded):
		return bad(words.Mark("这个密码太常见，容易被猜中，请换一个。"))
	}
	return nil
}

// usual finds a password that is a well-known word with figures and signs around it, or one run of keys.
func usual(folded string) bool {
	plain := strings.NewReplacer("@", "a", "0", "o", "$", "s", "3", "e").Replace(folded)
	for _, text := range []string{folded, plain} {
		if common[text] {
			return true
		}
		core := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		rest := strings.Replace(folded, core, "", 1)
		if common[core] && (len(rest) <= 4 || run(digitsOf(rest)) || strings.HasPrefix(digitsOf(rest), "19") || strings.HasPrefix(digitsOf(rest), "20")) {
			return true
		}
	}
	different := map[rune]bool{}
	for _, r := range folded {
		different[r] = true
	}
	return len(different) < 5 || run(folded)
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// run tells whether the text is one row of neighbours: 12345678, 87654321, 1111, qwertyuiop.
func run(s string) bool {
	if len(s) < 3 {
		return true
	}
	for _, row := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"} {
		if strings.Contains(row, s) {
			return true
		}
	}
	return strings.Count(s, s[:1]) == len(s)
}
