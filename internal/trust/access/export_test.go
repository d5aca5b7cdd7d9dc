package access

import (
	"encoding/base32"
	"time"
)

// CodeOf is what an authenticator shows.
func CodeOf(s FactorSetup, at time.Time) string {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s.Secret)
	if err != nil {
		panic(err)
	}
	return codeAt(secret, at.Unix()/factorPeriod)
}
