package population

import (
	"math"

	"zhibu/internal/civil"
)

// The table of occupation × age band × joining period × education × sex × minority.
const (
	cellsOfEducation = 4 // sex × minority
	cellsOfPeriod    = len(educations) * cellsOfEducation
	cellsOfBand      = len(periods) * cellsOfPeriod
	cellsOfOccupied  = len(bands) * cellsOfBand
	cells            = len(occupations) * cellsOfOccupied
)

// cell is a place in the table, taken apart.
type cell struct{ occupation, band, period, education, sex, minority int }

func cellAt(i int) cell {
	return cell{
		occupation: i / cellsOfOccupied,
		band:       i / cellsOfBand % len(bands),
		period:     i / cellsOfPeriod % len(periods),
		education:  i / cellsOfEducation % len(educations),
		sex:        i / 2 % 2,
		minority:   i % 2,
	}
}

// margin is a published figure: which part of it a cell belongs to, and the share of every part.
type margin struct {
	part func(cell) int
	want []float64
}

func (c cell) schooled() int {
	if c.education < colleges {
		return 0
	}
	return 1
}

func margins() []margin {
	return []margin{
		{func(c cell) int { return c.occupation }, normalised(occupationFigures)},
		{func(c cell) int { return c.band }, normalised(bandFigures)},
		{func(c cell) int { return c.period }, normalised(periodFigures)},
		{cell.schooled, normalised(educationFigures)},
		{func(c cell) int { return c.sex }, normalised(sexFigures)},
		{func(c cell) int { return c.minority }, normalised(ethnicityFigures)},
	}
}

func normalised(figures []float64) []float64 {
	sum := 0.0
	for _, f := range figures {
		sum += f
	}
	shares := make([]float64, len(figures))
	for i, f := range figures {
		shares[i] = f / sum
	}
	return shares
}

// joint fits the table to the published figures by iterative proportional fitting. What cannot be stays zero: a
// student over 35, a pensioner under 50 (the band 46–50 has none), somebody who joined before eighteen.
func joint(lives *lives) []float64 {
	table := make([]float64, cells)
	for i := range table {
		table[i] = assumed(cellAt(i), lives)
	}
	fits := margins()
	parts := make([][]uint8, len(fits))
	for m, fit := range fits {
		parts[m] = make([]uint8, cells)
		for i := range table {
			parts[m][i] = uint8(fit.part(cellAt(i)))
		}
	}
	const rounds, enough = 500, 1e-9
	for range rounds {
		worst := 0.0
		for m, fit := range fits {
			sums := make([]float64, len(fit.want))
			for i, v := range table {
				sums[parts[m][i]] += v
			}
			for p, want := range fit.want {
				worst = max(worst, math.Abs(sums[p]-want))
				if sums[p] > 0 {
					sums[p] = want / sums[p]
				}
			}
			for i := range table {
				table[i] *= sums[parts[m][i]]
			}
		}
		if worst < enough {
			break
		}
	}
	return table
}

// assumed is the table before fitting.
func assumed(c cell, lives *lives) float64 {
	women := min(womenByOccupation[c.occupation]*womenByBand[c.band], .9)
	minor := minorByOccupation[c.occupation]
	return lives[c.band][c.period].weight * occupationByBand[c.band][c.occupation] *
		educationByBand[c.band][c.education] * educationByOccupation[c.occupation][c.education] *
		pick(c.sex, 1-women, women) * pick(c.minority, 1-minor, minor)
}

func pick(second int, a, b float64) float64 {
	if second == 1 {
		return b
	}
	return a
}

// life is an age in whole years on the day of the city and a year of joining that can go together.
type life struct{ age, joined int }

// lifetimes are the lives of one band and period, with how likely each is.
type lifetimes struct {
	lives  []life
	shares shares
	weight float64
}

type lives [len(bands)][len(periods)]lifetimes

// calendar turns days into day numbers and back, and knows the day of the city.
type calendar struct {
	on    civil.Date
	today int
	first [len(periods) + 1]int // first day of every period, and the day after today
}

func newCalendar(on civil.Date) calendar {
	k := calendar{on: on, today: number(on)}
	for i, day := range periods {
		k.first[i] = number(civil.MustParse(day))
	}
	k.first[len(periods)] = k.today + 1
	return k
}

// newLives weighs every pair of age and year of joining.
func newLives(k calendar) *lives {
	var l lives
	for b, youngest := range bands {
		oldestOfBand := oldest
		if b+1 < len(bands) {
			oldestOfBand = bands[b+1] - 1
		}
		for p := range periods {
			cell := &l[b][p]
			var weights []float64
			for age := youngest; age <= oldestOfBand; age++ {
				for year := day(k.first[p]).Year; year <= day(k.first[p+1]-1).Year; year++ {
					one := life{age, year}
					if from, to := k.joining(one, p, k.earliest(age)); from > to {
						continue
					}
					w := ageWeight(age) * joiningWeight(year-(k.on.Year-age))
					cell.lives = append(cell.lives, one)
					weights = append(weights, w)
					cell.weight += w
				}
			}
			cell.shares = newShares(weights)
		}
	}
	return &l
}

// earliest is the first day of birth of people of an age.
func (k calendar) earliest(age int) int { return number(k.on.AddYears(-age-1)) + 1 }

// joining gives the days on which somebody born on a day may have joined in the year of a life: of age, within the
// period, not after today.
func (k calendar) joining(l life, period, born int) (from, to int) {
	adult := number(day(born).AddYears(18))
	from = max(number(civil.Of(l.joined, 1, 1)), k.first[period], adult)
	to = min(number(civil.Of(l.joined, 12, 31)), k.first[period+1]-1)
	return from, to
}

// ageWeight is how many of an age there are among their band.
func ageWeight(age int) float64 {
	switch {
	case age < 21:
		return .15 * float64(age-17)
	case age <= 70:
		return 1
	case age <= 80:
		return 1 - .055*float64(age-70)
	case age <= 90:
		return .45 - .033*float64(age-80)
	default:
		return .12 * math.Pow(.75, float64(age-90))
	}
}

// joiningWeight is how many join at an age; four in five are at most 35 (83.7 % of those admitted in 2024).
func joiningWeight(age int) float64 {
	switch {
	case age <= 18:
		return .3
	case age <= 24:
		return 1
	case age <= 30:
		return .75
	case age <= 40:
		return .33
	case age <= 50:
		return .12
	case age <= 60:
		return .03
	default:
		return .002
	}
}
