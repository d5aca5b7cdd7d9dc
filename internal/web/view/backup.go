package view

// Backup is the page of backups. POST act=run, with to where no place is configured; act=drill;
// act=plan, with plan-to, hour, days, weeks, months, key-days, reason.
type Backup struct {
	Form     Form
	Warnings []Notice
	Items    []BackupItem
	To       string // where backups go; "" none is known
	AskTo    bool   // no place is configured: the form asks
	Facts    []Fact // the schedule and how long backups are kept
	Drill    *Drill
	Running  *ImportProgress // a backup or a drill under way
	Kit      Text            // where the recovery kit should be kept
	Plan     bool            // the reader may change the plan
	PlanForm Form
	Hours    []Option
	MayRun   bool
	MayDrill bool
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
	Run        string
	When, Took string
	Good       bool
	Detail     Text
	Checks     []DrillCheck
	Report     string // where the signed report is
}

// DrillCheck is one line of the report; Detail is as it was signed.
type DrillCheck struct {
	Name   Text
	State  Tag
	Detail string
}
