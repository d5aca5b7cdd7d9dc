package access

import "testing"

// The vectors of RFC 6238, appendix B, for SHA-1; the last six of their eight digits.
func TestCodesOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for second, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := codeAt(secret, second/factorPeriod); got != want {
			t.Errorf("at %d: %s, want %s", second, got, want)
		}
	}
}
