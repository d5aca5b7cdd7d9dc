package view

import (
	"context"
	"fmt"
	"net/url"
	"sort"
	"strconv"

	"zhibu/internal/civil"
)

// bare leaves out the remark that a field is optional: in a filter everything is.
func (d Field) bare() Field {
	d.filter = true
	return d
}

// withQuery joins an address and a query.
func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// queryPairs are the fields of a query, in a fixed order.
func queryPairs(query string) []Pair {
	v, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	var out []Pair
	for name, values := range v {
		for _, value := range values {
			out = append(out, Pair{name, value})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Name < out[j].Name || out[i].Name == out[j].Name && out[i].Value < out[j].Value
	})
	return out
}

// sexAge is «女，47 岁», as far as known.
func sexAge(ctx context.Context, m MemberRow) string {
	sex := m.Sex.In(ctx)
	switch {
	case m.Age == 0:
		return sex
	case sex == "":
		return T(ctx, "%d 岁", m.Age)
	}
	return T(ctx, "%s，%d 岁", sex, m.Age)
}

func sortIcon(dir string) string {
	switch dir {
	case "ascending":
		return "up"
	case "descending":
		return "down"
	}
	return "sort"
}

// yearMonth is 1979.08, as rosters write it.
func yearMonth(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%02d", d.Year, int(d.Month))
}

// dotted is 2003.06.28, as rosters write it.
func dotted(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return yearMonth(d) + "." + fmt.Sprintf("%02d", d.Day)
}

// percentText is 90%.
func percentText(n int) string { return strconv.Itoa(n) + "%" }

// exportLead says how many are taken out.
func exportLead(v ExportForm) Text {
	if v.More {
		return Say("%d 人以上。导出会记入日志，包括用途和列。", v.Count)
	}
	return Say("共 %d 人。导出会记入日志，包括用途和列。", v.Count)
}

// count says how many members a list holds in all.
func (v MemberList) count() Text {
	if v.More {
		return Say("超过 %d 人", v.Pager.Total)
	}
	return Say("共 %d 人", v.Pager.Total)
}
