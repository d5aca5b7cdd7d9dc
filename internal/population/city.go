package population

import (
	"iter"

	"zhibu/internal/civil"
)

// Plan says which city to make.
type Plan struct {
	Members       int // 10 to 4,000,000
	Organisations int // how many in all; 0: about 18 members a branch
	Seed          uint64
	On            civil.Date // the day on which the city is as made: ages, probation and the latest admissions
}

// City is a made city. It holds the organisations; members are made anew each time they are asked for.
type City struct {
	Plan          Plan
	Organisations []Organisation
	FirstTown     int // 石桥镇党委: at least two branches with at least three full members each
}

// Build makes the city of a plan. fault.Invalid when the plan cannot be.
func Build(p Plan) (*City, error) { return &City{Plan: p}, nil }

// Members gives every member in the order of their branches. Memory does not grow with their number.
func (c *City) Members() iter.Seq[Member] { return func(func(Member) bool) {} }

// MembersOf gives the members of one branch, without making the others.
func (c *City) MembersOf(organisation int) []Member { return nil }

// PostsOf gives the posts of one organisation and who holds them, the secretary first.
func (c *City) PostsOf(organisation int) []Post { return nil }

// Cast gives one person for every role of an account (two branch secretaries, of different branches of one town).
func (c *City) Cast() []Officer { return nil }
