package population

import (
	"fmt"

	"zhibu/internal/civil"
)

// Prefixes that belong to nobody: 66 is no province of GB/T 2260, 154 no carrier's, 0600 no area code.
const (
	identityPrefix = "66"
	mobilePrefix   = "154"
	landlinePrefix = "0600-8"
	codePrefix     = "066"
)

// identitySpace is how many pairs of region and half sequence there are. The pair alone tells two people apart, so
// numbers are unique whatever the dates of birth.
const identitySpace = 10_000 * 500

// identity makes the number of GB 11643 from a place in the space, which nobody else has.
func identity(place int, born civil.Date, sex Sex) string {
	var b [18]byte
	copy(b[:], identityPrefix)
	digits(b[2:6], place/500)
	digits(b[6:10], born.Year)
	digits(b[10:12], int(born.Month))
	digits(b[12:14], born.Day)
	sequence := place % 500 * 2
	if sex == Male {
		sequence++ // GB 11643: odd for men
	}
	digits(b[14:17], sequence)
	b[17] = identityCheck(b[:17])
	return string(b[:])
}

// identityCheck is ISO 7064 MOD 11-2 as GB 11643 has it.
func identityCheck(body []byte) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// creditAlphabet is that of GB 32100: without I, O, S, V and Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// credit makes a unified social credit code: register and class, fictional region, organisation code of GB 11714 with
// its own check character, and the check character of GB 32100.
func credit(class string, region, serial int) string {
	body := fmt.Sprintf("%s%s%04d66%06d", class, identityPrefix, region, serial)
	body += string(organisationCheck(body[8:]))
	return body + string(creditCheck(body))
}

func organisationCheck(body string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	return "0123456789X"[(11-sum%11)%11]
}

func creditCheck(body string) byte {
	sum, weight := 0, 1
	for i := range len(body) {
		for value := range len(creditAlphabet) {
			if creditAlphabet[value] == body[i] {
				sum += value * weight
			}
		}
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// digits writes n in decimal with leading zeros.
func digits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}
