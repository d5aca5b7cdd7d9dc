package api

import (
	"strconv"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
)

// Why is what every write needs: the reason, and what proves it. Who and when follow from the token and the clock.
type Why struct {
	Reason   string `json:"reason" maxLength:"500" doc:"Why, for the record." example:"核对身份证原件"`
	Document string `json:"document,omitempty" maxLength:"200" doc:"The decision or certificate that proves it." example:"石桥镇党委〔2026〕12 号"`
}

// Seen is the state of the thing that the caller saw: its version in the body, or its ETag in If-Match. When it has
// been changed since, the write is refused with 409.
type Seen struct {
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The ETag of the state that the caller saw; instead of version in the body." example:"\"3\""`
}

// version gives the version that the caller saw.
func (s Seen) version(body int64) (int64, error) {
	if s.IfMatch == "" {
		if body == 0 {
			return 0, fault.New(fault.Invalid, "请说明看到的是哪个版本：正文里的 version，或者 If-Match。").At("version").By("required")
		}
		return body, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(s.IfMatch, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "If-Match 要写成 ETag 里的版本。").At("If-Match").By("format")
	}
	if body != 0 && body != n {
		return 0, fault.New(fault.Invalid, "If-Match 和 version 不一致。").At("version").By("format")
	}
	return n, nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// on reads the day of an act; absent it is today.
func (c *call) on(text string) (civil.Date, error) {
	if text == "" {
		return civil.Today(c.in.Clock), nil
	}
	d, err := civil.Parse(text)
	if err != nil {
		return d, fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	return d, nil
}

func (c *call) orgBasis(w Why, on string) (org.Basis, error) {
	d, err := c.on(on)
	return org.Basis{On: d, Reason: w.Reason, Document: w.Document}, err
}

func memberBasis(w Why, on string) (member.Basis, error) {
	d, err := day(on)
	if err != nil {
		err = fault.New(fault.Invalid, "日期要写成 2006-01-02。").At("on").By("format")
	}
	return member.Basis{On: d, Reason: w.Reason, Document: w.Document}, err
}
