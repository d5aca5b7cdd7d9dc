// Package timeline answers, from dated facts and the rulebook, what is due on a day, for whom, by when and under which
// rule; which rules the facts break; and what everybody is: 应做什么、违反了什么、是什么身份、党龄多少. It is pure and has
// no memory: a person's answer follows from that person's events, a branch's from the branch's, so one of them can be
// computed again alone when a fact is added. Nothing depends on the order in which facts were recorded.
package timeline
