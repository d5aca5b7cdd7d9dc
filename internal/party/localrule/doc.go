// Package localrule keeps what organisations decide for themselves and everything below them beyond the regulations: a
// parameter of a rule, always stricter than what holds without it, or a duty of their own whose conditions are
// expressions over a few facts (package expression). Each decision rests on a document, holds from a day to a day, and
// takes effect only when a second person has confirmed it; ending one takes two people too. The rules themselves stay
// pure: they ask the rulebook narrowed to a place, which Book makes.
package localrule
