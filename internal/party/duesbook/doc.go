// Package duesbook keeps a branch's book of dues (党费台账): the base of a year and reductions, which a second person confirms;
// payments with their receipts; what follows for each member and month. It records money and holds none. Which months
// somebody owes is asked of duty, so that book and workbench cannot disagree; a payment is also a fact in the log book,
// written in the same transaction. What a month costs is computed by dues.
package duesbook
