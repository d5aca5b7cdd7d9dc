// Package roster reads and writes the roster workbook (党员花名册) that every branch already has: an Excel or CSV
// sheet typed by hand over years. It finds the header row, knows the columns by the many names people give them,
// reads cell by cell in a stream, and says of every row what it holds and what is wrong with it, at its cell, in a
// sentence that says what to do. It knows no database: organisations and known persons are asked of the caller.
// A book is read as often as wanted; memory does not grow with its length.
package roster
