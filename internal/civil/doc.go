// Package civil holds dates as people and regulations use them: a day in Beijing, without an hour or a zone.
// Time limits count in months and years from a day, with the month-end rule (31 January + 1 month = 28 February).
// The program never asks the operating system for the day: a Clock is injected, so that a demo, a test and a
// casebook can stand at any date.
package civil
