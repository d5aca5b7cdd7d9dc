// Package duty tells what is due and what needs attention (待办), for a part of the tree and a day: probations that are
// over, members out of contact, branches without a secretary, gaps, what waits for review. Everything is computed from
// the records when it is asked; nobody reports anything. It decides nothing: each matter names the rule it follows
// from and where a person can act. Every question is bounded, so that a city costs little more than a town.
package duty
