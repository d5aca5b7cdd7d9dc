// Package intake takes rosters in (导入花名册): a sheet is checked row by row, its new members wait hidden until the
// whole batch is there, and one small transaction shows them together with the changes to known members. So a crash
// leaves the whole batch or none of it, other writers never wait long, and a batch can be undone as a whole while
// nobody has changed its rows. Uploads lie sealed in the spool until they expire.
package intake
