package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"zhibu/internal/words"
)

// What huma finds wrong with the form of a request it says in English. Its sentences are put together by
// huma.ErrorFormatter, which here only packs the format and its values, so that they can be said in the caller's
// language; the value itself, which may be personal, is never repeated.

const unit = "\x1f"

func packed(format string, values ...any) string {
	parts := []string{format}
	for _, v := range values {
		parts = append(parts, fmt.Sprint(v))
	}
	return strings.Join(parts, unit)
}

// said is a sentence of huma's: the code and the Chinese for it.
type said struct{ code, text string }

var sayings = map[string]said{
	validation.MsgUnexpectedProperty:       {"unknown", words.Mark("没有这个字段。")},
	"unknown query parameter":              {"unknown", words.Mark("没有这个参数。")},
	"required path parameter is missing":   {"required", words.Mark("缺少这个参数。")},
	"required query parameter is missing":  {"required", words.Mark("缺少这个参数。")},
	"required header parameter is missing": {"required", words.Mark("缺少这个参数。")},
	validation.MsgExpectedRequiredProperty: {"required", words.Mark("缺少这个字段。")},
	validation.MsgExpectedBoolean:          {"type", words.Mark("应是 true 或 false。")},
	"invalid boolean":                      {"type", words.Mark("应是 true 或 false。")},
	validation.MsgExpectedNumber:           {"type", words.Mark("应是数。")},
	validation.MsgExpectedInteger:          {"type", words.Mark("应是整数。")},
	"invalid integer":                      {"type", words.Mark("应是整数。")},
	validation.MsgExpectedString:           {"type", words.Mark("应是文字。")},
	validation.MsgExpectedArray:            {"type", words.Mark("应是列表。")},
	validation.MsgExpectedObject:           {"type", words.Mark("应是对象。")},
	validation.MsgExpectedOneOf:            {"choice", words.Mark("只能是其中一个：%s。")},
	validation.MsgExpectedMinimumNumber:    {"range", words.Mark("不能小于 %s。")},
	validation.MsgExpectedMaximumNumber:    {"range", words.Mark("不能大于 %s。")},
	validation.MsgExpectedMinLength:        {"length", words.Mark("至少 %s 个字。")},
	validation.MsgExpectedMaxLength:        {"length", words.Mark("最多 %s 个字。")},
	validation.MsgExpectedMinItems:         {"length", words.Mark("至少 %s 项。")},
	validation.MsgExpectedMaxItems:         {"length", words.Mark("最多 %s 项。")},
	validation.MsgExpectedArrayItemsUnique: {"choice", words.Mark("不能有重复的项。")},
	validation.MsgExpectedRFC3339Date:      {"format", words.Mark("日期要写成 2006-01-02。")},
	validation.MsgExpectedRFC3339DateTime:  {"format", words.Mark("时间要写成 2006-01-02T15:04:05+08:00。")},
	validation.MsgExpectedMatchPattern:     {"format", words.Mark("格式不对。")},
	validation.MsgExpectedBePattern:        {"format", words.Mark("格式不对。")},
}

// schemaProblem tells what is wrong with the form of a request.
func schemaProblem(ctx context.Context, status int, detail string, errs []error) *Problem {
	switch {
	case status == http.StatusBadRequest && len(errs) == 0, strings.HasPrefix(detail, "request body is required"):
		return newProblem(ctx, http.StatusBadRequest, words.T(ctx, "缺少请求正文。"))
	case status == http.StatusBadRequest:
		return newProblem(ctx, status, words.T(ctx, "请求正文不是正确的 JSON。"))
	case status == http.StatusRequestEntityTooLarge || tooLarge(errs):
		return newProblem(ctx, http.StatusRequestEntityTooLarge, words.T(ctx, "请求太大，超过了上限。"))
	case status == http.StatusUnsupportedMediaType:
		return newProblem(ctx, status, words.T(ctx, "请发送 JSON，Content-Type 写 application/json。"))
	case status == http.StatusRequestTimeout:
		return newProblem(ctx, status, words.T(ctx, "请求来得太慢，请重试。"))
	case status != http.StatusUnprocessableEntity:
		return newProblem(ctx, status, words.Error(ctx, errBroken))
	}
	p := newProblem(ctx, status, "")
	for _, err := range errs {
		p.Errors = append(p.Errors, wrongOf(ctx, err))
	}
	return p.summed(ctx)
}

// summed makes the first of the fields' sentences the detail.
func (p *Problem) summed(ctx context.Context) *Problem {
	if len(p.Errors) == 0 {
		p.Detail = words.T(ctx, "内容不符合要求")
		return p
	}
	p.Detail = p.Errors[0].Message
	if f := p.Errors[0].Field; f != "" {
		p.Detail = f + words.T(ctx, "：") + p.Detail
	}
	return p
}

func tooLarge(errs []error) bool {
	var large *http.MaxBytesError
	for _, err := range errs {
		if errors.As(err, &large) {
			return true
		}
	}
	return false
}

func wrongOf(ctx context.Context, err error) Wrong {
	var detailer huma.ErrorDetailer
	if !errors.As(err, &detailer) {
		return Wrong{Rule: "format", Message: words.T(ctx, "这个值不对。")}
	}
	d := detailer.ErrorDetail()
	parts := strings.Split(d.Message, unit)
	w := Wrong{Field: fieldOf(d.Location)}
	s, known := sayings[parts[0]]
	if !known {
		s = said{"format", words.Mark("这个值不对。")}
	}
	w.Rule = s.code
	if parts[0] == validation.MsgExpectedRequiredProperty && len(parts) > 1 {
		w.Field = strings.TrimPrefix(w.Field+"."+parts[1], ".")
		parts = parts[:1]
	}
	if strings.Contains(s.text, "%s") && len(parts) > 1 {
		w.Message = words.T(ctx, s.text, parts[1])
	} else {
		w.Message = words.T(ctx, s.text)
	}
	return w
}

// fieldOf takes the place off a location: body.reason is reason.
func fieldOf(location string) string {
	_, field, _ := strings.Cut(location, ".")
	return field
}
