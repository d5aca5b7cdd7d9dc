package roster

import (
	"strings"
	"unicode"
)

// skipped tells rows that hold no member: empty, a header repeated on each printed page, totals, signatures.
func (s *Sheet) skipped(cells []Cell) bool {
	first, filled := "", 0
	for _, c := range cells {
		text := c.Text
		if c.Kind != UnknownCell && strings.TrimFunc(text, blank) == "" {
			continue
		}
		if filled == 0 {
			first = text
		}
		filled++
	}
	if filled == 0 {
		return true
	}
	name, id := s.cellText(cells, Name), s.cellText(cells, IDNumber)
	if name != "" && digitsIn(id) == 0 && headerKey(name) == s.headerKey(Name) && (id == "" || headerKey(id) == s.headerKey(IDNumber)) {
		return true
	}
	return digitsIn(id) < 10 && (isTotal(first) || isTotal(name) || isSignature(first))
}

// digitsIn tells a count or a signature that fell into the column of ID numbers from a number.
func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

func (s *Sheet) cellText(cells []Cell, c Column) string {
	if at := s.at[columnIndex[c]]; at >= 0 && at < len(cells) {
		return strings.TrimFunc(cells[at].Text, blank)
	}
	return ""
}

func (s *Sheet) headerKey(c Column) string {
	if at := s.at[columnIndex[c]]; at >= 0 {
		return headerKey(s.Headers[at].Text)
	}
	return ""
}

func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// isTotal knows 合计, 总 计, 小计：, 共计 12 人.
func isTotal(text string) bool {
	text = strings.Map(func(r rune) rune {
		if blank(r) {
			return -1
		}
		return r
	}, text)
	for _, word := range []string{"合计", "总计", "小计", "共计"} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			return !strings.ContainsFunc(rest, unicode.IsLetter) || strings.HasPrefix(rest, "人数") || strings.HasSuffix(rest, "人") || strings.HasSuffix(rest, "名")
		}
	}
	return false
}

// isSignature knows what stands under a printed sheet: 填表人：… 审核人：… 说明：…
func isSignature(text string) bool {
	text = strings.TrimFunc(text, blank)
	for _, word := range []string{"填表人", "制表人", "填报人", "审核人", "负责人", "经办人", "填表单位", "填报单位", "填表日期", "填报日期", "备注", "说明", "注"} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			rest = strings.TrimFunc(rest, blank)
			return strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "（")
		}
	}
	return false
}
