package vote

import (
	"cmp"
	"slices"

	"zhibu/internal/party/rulebook"
)

// election judges an election of a branch committee by 选举条例. Attendance, the number of candidates and the ballots
// decide whether it is valid; then more than half of those present elects.
func election(b Ballot, quorum, extra, majority, places, ballots rulebook.Rule) Verdict {
	var v Verdict
	v.cite(quorum, extra, ballots, majority)
	attended := v.possible(b) && v.attended(quorum.Share("present_share"), b)
	named := v.enoughCandidates(extra.Share("extra_share"), b)
	counted := v.ballotsAdd(b)
	if v.Valid = attended && named && counted; !v.Valid {
		return v
	}
	passed := v.passed(majority.Share("yes_share"), b)
	if len(passed) != b.Seats {
		v.cite(places)
	}
	if len(passed) <= b.Seats {
		v.Elected = names(passed)
		if len(passed) < b.Seats {
			v.because(rulebook.Because("应选 %d，过半数 %d，缺 %d 名另行选举，或者经同意减少名额", b.Seats, len(passed), b.Seats-len(passed)))
		}
		return v
	}
	last, first := passed[b.Seats-1].Yes, passed[b.Seats].Yes
	if last > first {
		v.Elected = names(passed[:b.Seats])
		v.because(rulebook.Because("过半数 %d 名，多于应选 %d，得票多的当选", len(passed), b.Seats))
		return v
	}
	for _, c := range passed {
		switch {
		case c.Yes > last:
			v.Elected = append(v.Elected, c.Name)
		case c.Yes == last:
			v.Runoff = append(v.Runoff, c.Name)
		}
	}
	v.because(rulebook.Because("%d 名得票相等（%d 票），余 %d 个名额，就这几名再次投票", len(v.Runoff), last, b.Seats-len(v.Elected)))
	return v
}

// enoughCandidates is E-08: the difference is a share of the seats; a name counts once.
func (v *Verdict) enoughCandidates(s rulebook.Share, b Ballot) bool {
	all := names(b.Candidates)
	slices.Sort(all)
	if distinct := slices.Compact(slices.Clone(all)); len(distinct) < len(all) {
		v.because(rulebook.Because("候选人有重名或者重复，请区分"))
		return false
	}
	need := b.Seats + s.Least(b.Seats)
	if b.Seats == 0 || len(all) < need {
		v.because(rulebook.Because("应选 %d，候选人 %d，需 %d，差额不够", b.Seats, len(all), need))
		return false
	}
	v.because(rulebook.Because("应选 %d，候选人 %d，需 %d，符合差额", b.Seats, len(all), need))
	return true
}

// ballotsAdd is E-11. That a candidate has more votes than there were people or ballots is a slip of counting that makes
// the result unknowable.
func (v *Verdict) ballotsAdd(b Ballot) bool {
	if b.Collected > b.Issued {
		v.because(rulebook.Because("发出 %d，收回 %d，收回多于发出，选举无效，重新选举", b.Issued, b.Collected))
		return false
	}
	most := b.Present
	if b.Collected > 0 {
		most = min(most, b.Collected)
	}
	for _, c := range b.Candidates {
		if c.Yes > most {
			v.because(rulebook.Because("候选人得票 %d，多于选票 %d，请重新计票", c.Yes, most))
			return false
		}
	}
	v.because(rulebook.Because("发出 %d，收回 %d，选票有效", b.Issued, b.Collected))
	return true
}

// passed lists who has enough votes, most first; E-09 counts those who came, not those who should have.
func (v *Verdict) passed(s rulebook.Share, b Ballot) []Candidate {
	var passed []Candidate
	for _, c := range b.Candidates {
		if s.Met(c.Yes, b.Present) {
			passed = append(passed, c)
		}
	}
	slices.SortStableFunc(passed, func(x, y Candidate) int { return cmp.Compare(y.Yes, x.Yes) })
	v.because(rulebook.Because("实到 %d，当选需 %d 票，%d 名达到", b.Present, s.Least(b.Present), len(passed)))
	return passed
}

func names(list []Candidate) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}
