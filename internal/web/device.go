package web

import "strings"

// device names a browser and a system as their owner knows them, for the list of sessions: «Edge · Windows».
func device(agent string) string {
	pick := func(list [][2]string) string {
		for _, p := range list {
			if strings.Contains(agent, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	browser := pick([][2]string{{"MicroMessenger", "微信"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox", "Firefox"}, {"QQBrowser", "QQ"},
		{"MetaSr", "搜狗"}, {"360SE", "360"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}})
	system := pick([][2]string{{"HarmonyOS", "HarmonyOS"}, {"OpenHarmony", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
		{"Windows", "Windows"}, {"Macintosh", "Mac"}, {"Linux", "Linux"}})
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser+system != "":
		return browser + system
	}
	return "?"
}
