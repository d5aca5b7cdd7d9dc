package paper

import "strings"

// Day writes a day, given as 2026-11-24, as official papers do: 2026年11月24日. What is no such day stays as it is.
func Day(day string) string {
	parts := strings.Split(day, "-")
	if len(parts) != 3 {
		return day
	}
	return parts[0] + "年" + strings.TrimLeft(parts[1], "0") + "月" + strings.TrimLeft(parts[2], "0") + "日"
}
