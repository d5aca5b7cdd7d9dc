// Package baddays kills, starves and misleads the built program, as machines and people do, and looks whether what it
// had acknowledged is there, what it had not is gone, and whether it says what to do. Everything here runs the real
// program as a process of its own.
package baddays
