package population

import "math"

// random is splitmix64. It is written out because a city must stay the same when Go's own generators change, and
// because a generator for every branch must cost nothing to make.
type random struct{ state uint64 }

// The streams keep the parts of a city independent: a new fact about members does not move the tree.
const (
	streamTree = iota + 1
	streamSizes
	streamUnits
	streamSlots
	streamCells
	streamIdentity
	streamMobile
	streamMember
	streamNames
	streamSheet
)

func (c *City) random(stream, index int) *random {
	return &random{key(c.Plan.Seed, stream, index)}
}

func key(seed uint64, stream, index int) uint64 {
	return mix(mix(seed^uint64(stream)*0x9e3779b97f4a7c15) + uint64(index))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	x := r.state
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below gives 0 to n-1.
func (r *random) below(n int) int { return int((r.next() >> 32) * uint64(n) >> 32) }

// float gives 0 up to 1.
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }

// chance is true in a share p of calls.
func (r *random) chance(p float64) bool { return r.float() < p }

// normal gives a standard normal number.
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(1-r.float())) * math.Cos(2*math.Pi*r.float())
}

// permutation is a bijection of 0 to n-1: a Feistel network that walks until it is inside. It gives every member a
// place of their own without a list or a set of the places taken.
type permutation struct {
	n    uint64
	half uint
	keys [4]uint64
}

func newPermutation(n int, key uint64) permutation {
	p := permutation{n: uint64(n), half: 1}
	for uint64(1)<<(2*p.half) < p.n {
		p.half++
	}
	for i := range p.keys {
		p.keys[i] = mix(key + uint64(i))
	}
	return p
}

func (p *permutation) at(i int) int {
	x := uint64(i)
	mask := uint64(1)<<p.half - 1
	for {
		left, right := x>>p.half, x&mask
		for _, k := range p.keys {
			left, right = right, left^(mix(right^k)&mask)
		}
		x = left<<p.half | right
		if x < p.n {
			return int(x)
		}
	}
}

// shares is a choice by weight.
type shares []float64 // running sums

func newShares(weights []float64) shares {
	s := make(shares, len(weights))
	sum := 0.0
	for i, w := range weights {
		sum += w
		s[i] = sum
	}
	return s
}

// at gives the choice at a point 0 up to 1.
func (s shares) at(point float64) int {
	x := point * s[len(s)-1]
	low, high := 0, len(s)-1
	for low < high {
		middle := (low + high) / 2
		if s[middle] > x {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// apportion divides whole things by weight: the running sums are rounded, so no part is off by one or more.
func apportion(total int, weights []float64) []int {
	parts := make([]int, len(weights))
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	if sum == 0 || total == 0 {
		return parts
	}
	running, given := 0.0, 0
	for i, w := range weights {
		running += w
		upto := int(math.Round(float64(total) * running / sum))
		parts[i] = upto - given
		given = upto
	}
	return parts
}
