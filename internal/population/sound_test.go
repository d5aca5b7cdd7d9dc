package population

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
)

// What must hold in a city of any plan.
func TestEveryPlanGivesASoundCity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{Members: rapid.IntRange(fewestMembers, 2500).Draw(t, "members"),
			Organisations: rapid.OneOf(rapid.Just(0), rapid.IntRange(fewestOrganisations, 400)).Draw(t, "organisations"),
			Seed:          rapid.Uint64().Draw(t, "seed"),
			On:            civil.Of(2020, 1, 1).AddDays(rapid.IntRange(0, 20*365).Draw(t, "day"))}
		c, err := Build(p)
		if err != nil {
			t.Fatal(err)
		}
		if p.Organisations != 0 && len(c.Organisations) != p.Organisations {
			t.Fatalf("%d organisations", len(c.Organisations))
		}
		sound(t, c)
	})
}

type failer interface{ Fatalf(string, ...any) }

func sound(t failer, c *City) {
	codes, names := map[string]bool{}, map[[2]string]bool{}
	members := 0
	for at, o := range c.Organisations {
		if o.Parent >= at || (o.Parent < 0) != (at == 0) {
			t.Fatalf("%s stands before its superior", o.Name)
		}
		town := ""
		if o.Parent >= 0 {
			town = c.Organisations[o.Parent].Code
			if o.Established.Before(c.Organisations[o.Parent].Established) {
				t.Fatalf("%s is older than its superior", o.Name)
			}
		}
		if n := len(o.Code); n < 12 || n > 15 || codes[o.Code] || !strings.HasPrefix(o.Code, codePrefix) {
			t.Fatalf("code %q of %s", o.Code, o.Name)
		}
		codes[o.Code] = true
		if names[[2]string{town, o.ShortName}] {
			t.Fatalf("two %s under %s", o.ShortName, town)
		}
		names[[2]string{town, o.ShortName}] = true
		if !validCredit(o.Unit.Credit) || o.Unit.Name == "" || o.Name == "" || o.Established.After(c.Plan.On) {
			t.Fatalf("organisation %+v", o)
		}
		if o.Size > 0 && o.Kind != Branch && o.Kind != JointBranch {
			t.Fatalf("a %s has members of its own", o.Kind)
		}
		if o.First != members {
			t.Fatalf("%s begins with member %d, want %d", o.Name, o.First, members)
		}
		members += o.Size
		posts(t, c, at)
	}
	if members != c.Plan.Members {
		t.Fatalf("%d members", members)
	}
	cast(t, c)
}

func posts(t failer, c *City, at int) {
	full := 0
	for _, m := range c.MembersOf(at) {
		if m.Category == Full {
			full++
		}
	}
	list := c.PostsOf(at)
	if c.Organisations[at].Size >= 3 && (full < 3 || len(list) == 0 || list[0].Role != Secretary) {
		t.Fatalf("%s: %d full members, posts %v", c.Organisations[at].Name, full, list)
	}
	held := map[Role]bool{}
	for _, p := range list {
		m := c.MembersOf(p.Home)[p.Member-c.Organisations[p.Home].First]
		if m.Name != p.Name || m.Category != Full || held[p.Role] || p.Organisation != at {
			t.Fatalf("post %+v is held by %+v", p, m)
		}
		held[p.Role] = true
	}
}

func cast(t failer, c *City) {
	roles, people, homes := map[string]int{}, map[int]bool{}, map[int]bool{}
	for _, o := range c.Cast() {
		roles[o.Role]++
		if o.Name == "" || o.Title == "" || o.Member >= 0 && people[o.Member] {
			t.Fatalf("officer %+v", o)
		}
		people[o.Member] = true
		switch o.Role {
		case "branch-secretary":
			homes[o.Organisation] = true
			if posts := c.PostsOf(o.Organisation); posts[0].Member != o.Member || !c.Below(o.Organisation, c.FirstTown) {
				t.Fatalf("%+v is not the secretary of a branch of the first town", o)
			}
			full := 0
			for _, m := range c.MembersOf(o.Organisation) {
				if m.Category == Full {
					full++
				}
			}
			if full < 3 {
				t.Fatalf("%s has %d full members", o.Title, full)
			}
		case "member":
			if o.Member < 0 {
				t.Fatalf("the member of the demo is nobody")
			}
		}
	}
	if len(roles) != 10 || roles["branch-secretary"] != 2 || len(homes) != 2 {
		t.Fatalf("roles %v", roles)
	}
}
