package view

import "net/url"

// PathMeetings are the meetings of a branch: GET org. PathMeetingNew plans one: GET org, kind; POST org, kind and the fields of a plan.
// PathOwnMeetings are those on whose roll the visitor stands.
const (
	PathMeetings    = "/meetings"
	PathMeetingNew  = PathMeetings + "/new"
	PathOwnMeetings = "/me/meetings"
)

// PathMeeting is one: GET; POST act=change, cancel, attend, seats, item, note, vote, resolve, drop, close, check, confirm, send-back, amend,
// annul.
func PathMeeting(id string) string { return PathMeetings + "/" + url.PathEscape(id) }

// PathMinutes are its minutes: GET, format=pdf for a file.
func PathMinutes(id string) string { return PathMeeting(id) + "/minutes" }

// PathOwnMeeting is one as the visitor sees it: GET; POST answer=comes, leave with why; act=close with resolution, seen and evidence.
func PathOwnMeeting(id string) string { return PathOwnMeetings + "/" + url.PathEscape(id) }
