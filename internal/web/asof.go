package web

import (
	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/web/view"
)

// asOf is the day that the address looks back to; zero for the present, which needs no looking back.
func (v *visit) asOf() (civil.Date, error) {
	text := v.r.URL.Query().Get(view.FieldAsOf)
	if text == "" {
		return civil.Date{}, nil
	}
	day, err := civil.Parse(text)
	if err != nil {
		return day, fault.New(fault.Invalid, "没有这一天，请核对日期。").At(view.FieldAsOf).By("K-12")
	}
	if err := org.DayOf(day, v.today()); err != nil || day == v.today() {
		return civil.Date{}, err
	}
	v.lookedBack = &view.AsOf{Day: day, Back: v.presently()}
	return day, nil
}

// presently is the address of the page without the day it looks back to.
func (v *visit) presently() string {
	q := v.r.URL.Query()
	q.Del(view.FieldAsOf)
	q.Del(view.FieldKnownAt)
	return withQuery(v.r.URL.Path, q.Encode())
}
