// Package dues computes what a member pays (党费): rates on the base, by the version in force on the day. It is pure;
// money is decimal and rounded half up to the fen at the end.
package dues
