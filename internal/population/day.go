package population

import (
	"time"

	"zhibu/internal/civil"
)

// number counts days, so that a day between two others is one draw.
func number(d civil.Date) int { return int(d.In(time.UTC).Unix()) / 86400 }

func day(n int) civil.Date {
	y, m, d := time.Unix(int64(n)*86400, 0).UTC().Date()
	return civil.Of(y, m, d)
}
