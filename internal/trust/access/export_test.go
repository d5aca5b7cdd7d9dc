package access

import "time"

// CodeOf is what an authenticator shows.
func CodeOf(s FactorSetup, at time.Time) string {
	code, err := CodeAt(s.Secret, at)
	if err != nil {
		panic(err)
	}
	return code
}
