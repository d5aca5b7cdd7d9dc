package population

// crowd places every member in the joint table. Members of one profile are a row of slots; a permutation deals the
// occupations of the profile over them, and the people of one occupation are spread evenly over the cells of the table
// that belong to it. So every published figure holds to a few people in a city of any size, and still each member is
// made alone, without those before.
type crowd struct {
	slots      [profiles]permutation
	occupied   [profiles][len(occupations) + 1]int // running sums of occupations in a profile
	before     [profiles][len(occupations)]int     // people of an occupation in the profiles before
	people     [len(occupations)]int
	positions  [len(occupations)]permutation
	cells      [len(occupations)][]int // the cells that are not zero
	cellShares [len(occupations)]shares
}

func (c *City) newCrowd() crowd {
	var members [profiles]int
	for at, o := range c.Organisations {
		members[c.profiles[at]] += o.Size
	}
	matrix := occupationsOf(members, c.Plan.Members)

	var w crowd
	for p := range w.slots {
		w.slots[p] = newPermutation(max(members[p], 1), key(c.Plan.Seed, streamSlots, p))
		for o := range occupations {
			w.occupied[p][o+1] = w.occupied[p][o] + matrix[p][o]
			w.before[p][o] = w.people[o]
			w.people[o] += matrix[p][o]
		}
	}
	table := joint(c.lives)
	for o := range occupations {
		w.positions[o] = newPermutation(max(w.people[o], 1), key(c.Plan.Seed, streamCells, o))
		var weights []float64
		for i := o * cellsOfOccupied; i < (o+1)*cellsOfOccupied; i++ {
			if table[i] > 0 {
				w.cells[o] = append(w.cells[o], i)
				weights = append(weights, table[i])
			}
		}
		w.cellShares[o] = newShares(weights)
	}
	return w
}

// occupationsOf divides the members of every profile among the occupations so that the rows are whole and the columns
// are the published shares: iterative fitting again, on a table of profile × occupation.
func occupationsOf(members [profiles]int, total int) [profiles][len(occupations)]int {
	var table [profiles][len(occupations)]float64
	want := normalised(occupationFigures)
	for p := range table {
		for o := range occupations {
			table[p][o] = traits[p].occupations[o] * float64(members[p])
		}
	}
	for range 2000 {
		for o := range occupations {
			sum := 0.0
			for p := range table {
				sum += table[p][o]
			}
			for p := range table {
				table[p][o] *= want[o] * float64(total) / sum
			}
		}
		for p := range table {
			sum := 0.0
			for o := range occupations {
				sum += table[p][o]
			}
			for o := range occupations {
				if sum > 0 {
					table[p][o] *= float64(members[p]) / sum
				}
			}
		}
	}
	var whole [profiles][len(occupations)]int
	var carried [len(occupations)]float64 // what rounding took from an occupation in the rows before
	for p := range table {
		weights := make([]float64, len(occupations))
		for o := range weights {
			weights[o] = max(table[p][o]+carried[o], 0)
		}
		for o, n := range apportion(members[p], weights) {
			whole[p][o] = n
			if members[p] > 0 {
				carried[o] += table[p][o] - float64(n)
			}
		}
	}
	return whole
}

// cellOf gives the cell of a member by the slot within the profile.
func (w *crowd) cellOf(p profile, slot int) cell {
	at := w.slots[p].at(slot)
	o := 0
	for at >= w.occupied[p][o+1] {
		o++
	}
	rank := w.before[p][o] + at - w.occupied[p][o]
	point := (float64(w.positions[o].at(rank)) + .5) / float64(w.people[o])
	return cellAt(w.cells[o][w.cellShares[o].at(point)])
}
