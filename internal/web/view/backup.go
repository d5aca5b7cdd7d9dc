package view

// Backup is the page of backups. POST act=run; act=schedule with to, every (off, hourly, daily, weekly), at (HH:MM),
// keep; act=drill.
type Backup struct {
	Form     Form
	Warnings []Notice
	Items    []BackupItem
	Every    []Option
	Drill    *Drill
	Running  *ImportProgress // a backup under way
	Kit      Text            // where the recovery kit should be kept
	MayRun   bool
	Command  string // how to restore, as it is typed in a terminal
}

// BackupItem is one backup.
type BackupItem struct {
	Name, When, Took string
	Size             string
	New              string // how much of it was new
	To               string
	State            Tag
	Verified         string
}

// Drill is the last trial restore.
type Drill struct {
	When, Took string
	Good       bool
	Detail     Text
}
