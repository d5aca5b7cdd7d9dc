package identity

import "strings"

// CreditCode is a unified social credit code (统一社会信用代码) as GB 32100 writes it.
type CreditCode string

// GB 32100: the alphabet leaves out I O S V Z; the place in it is the value.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseCreditCode reads a code; full-width and lower-case characters and spaces are accepted. The fault is "" for a
// right code, else Format or Checksum.
func ParseCreditCode(text string) (CreditCode, Fault) {
	s := compact(text)
	if len(s) != 18 {
		return "", Format
	}
	sum, weight := 0, 1 // weights are 3^(i-1) mod 31
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, s[i])
		if v < 0 {
			return "", Format
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	check := strings.IndexByte(creditAlphabet, s[17])
	if check < 0 {
		return "", Format
	}
	if check != (31-sum%31)%31 {
		return "", Checksum
	}
	return CreditCode(s), ""
}
