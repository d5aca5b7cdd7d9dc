// Package expression reads the conditions of local duties: short expressions in CEL (Common Expression Language) over a
// small set of facts about a branch or a member, typed when they are entered and bounded in cost and time when they are
// asked. It computes; facts are given by their names.
package expression
