package population

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
)

var today = civil.Of(2026, 11, 23)

func build(t testing.TB, p Plan) *City {
	t.Helper()
	if p.On.IsZero() {
		p.On = today
	}
	c, err := Build(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func digest(c *City) string {
	h := sha256.New()
	fmt.Fprintf(h, "%+v", c.Organisations)
	for m := range c.Members() {
		fmt.Fprintf(h, "%+v", m)
	}
	fmt.Fprintf(h, "%+v", c.Cast())
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestTheSamePlanGivesTheSameCity(t *testing.T) {
	p := Plan{Members: 3000, Seed: 7, On: today}
	one := digest(build(t, p))
	if two := digest(build(t, p)); one != two {
		t.Error("two cities of one plan differ")
	}
	for _, other := range []Plan{{Members: 3000, Seed: 8, On: today}, {Members: 3000, Seed: 7, On: today.AddDays(1)}} {
		if digest(build(t, other)) == one {
			t.Errorf("%+v gives the city of %+v", other, p)
		}
	}
}

// The published shares, in per cent, typed anew from the bulletin.
func TestThePublishedFiguresHold(t *testing.T) {
	published := map[string][]float64{
		"sex":        {69.1, 30.9},
		"ethnicity":  {92.3, 7.7},
		"education":  {57.6, 42.4},
		"age":        {12.24, 10.74, 11.44, 9.66, 9.02, 9.39, 8.62, 28.89},
		"joined":     {.05, 12.28, 59.64, 28.03},
		"occupation": {6.62, 26.07, 16.35, 11.53, 7.57, 2.61, 7.83, 21.41},
	}
	for _, members := range []int{20_000, 100_000} {
		counted := map[string][]int{}
		for k, v := range published {
			counted[k] = make([]int, len(v))
		}
		schooled, p := 0, build(t, Plan{Members: members, Seed: 3})
		for m := range p.Members() {
			counted["sex"][strings.Index("12", string(m.Sex))]++
			counted["ethnicity"][map[bool]int{true: 0, false: 1}[m.Ethnicity == "01"]]++
			if m.Education != "" {
				schooled++
				counted["education"][map[bool]int{true: 0, false: 1}[m.Education <= "30"]]++
			}
			counted["age"][ageBand(m.Born.YearsUntil(today))]++
			counted["joined"][periodOf(m.Joined)]++
			counted["occupation"][slices.Index(occupations[:], m.Occupation)]++
		}
		for name, want := range published {
			total := members
			if name == "education" {
				total = schooled
			}
			distance := 0.0
			for i, n := range counted[name] {
				distance += math.Abs(float64(n)/float64(total)-want[i]/100) / 2
			}
			if distance > .005 {
				t.Errorf("%s of %d members: total variation distance %.4f, counted %v", name, members, distance, counted[name])
			}
		}
	}
}

func ageBand(age int) int {
	for i := len(bands) - 1; i > 0; i-- {
		if age >= bands[i] {
			return i
		}
	}
	return 0
}

func periodOf(d civil.Date) int {
	for i := len(periods) - 1; i > 0; i-- {
		if !d.Before(civil.MustParse(periods[i])) {
			return i
		}
	}
	return 0
}

func TestEveryMemberCouldExist(t *testing.T) {
	c := build(t, Plan{Members: 100_000, Seed: 1})
	identities, mobiles := map[string]bool{}, map[string]bool{}
	var probationary, overdue, number int
	incomplete := map[string]int{}
	for m := range c.Members() {
		if m.Number != number {
			t.Fatalf("member %d comes as the %dth", m.Number, number)
		}
		number++
		id := m.Identity
		if len(id) != 18 || !strings.HasPrefix(id, "66") || id[17] != identityCheck([]byte(id[:17])) || identities[id] {
			t.Fatalf("identity %s is malformed or taken", id)
		}
		identities[id] = true
		if id[6:14] != strings.ReplaceAll(m.Born.String(), "-", "") || (int(id[16])%2 == 1) != (m.Sex == Male) {
			t.Fatalf("identity %s does not fit %+v", id, m)
		}
		if m.Mobile != "" && (len(m.Mobile) != 11 || !strings.HasPrefix(m.Mobile, "154") || mobiles[m.Mobile]) {
			t.Fatalf("mobile %s is malformed or taken", m.Mobile)
		}
		mobiles[m.Mobile] = true
		age := m.Born.YearsUntil(today)
		switch {
		case m.Joined.Before(m.Born.AddYears(18)), m.Joined.After(today), age < 18:
			t.Fatalf("joined too young or in the future: %+v", m)
		case m.Occupation == Student && age > 35, m.Occupation == Retired && age < 50:
			t.Fatalf("occupation and age %d do not go together: %+v", age, m)
		case m.Category == Full && (m.Confirmed.IsZero() || m.Confirmed.Before(m.Joined) || m.Confirmed.After(today)):
			t.Fatalf("full member without a possible confirmation: %+v", m)
		case m.Category == Full && !m.Confirmed.Before(oneYear) && m.Joined.After(oneYear) && m.Confirmed.Before(m.Joined.AddYears(1)):
			t.Fatalf("confirmed before the year was over: %+v", m)
		case m.Category == Probationary && !m.Confirmed.IsZero():
			t.Fatalf("confirmed on probation: %+v", m)
		case m.Lost && (m.LostSince.Before(m.Confirmed) || m.LostSince.After(today)), !m.Lost && !m.LostSince.IsZero():
			t.Fatalf("lost at an impossible time: %+v", m)
		case m.Floating != (m.Destination != ""), m.Suspended && !m.Lost:
			t.Fatalf("flags that contradict one another: %+v", m)
		case m.Name == "":
			t.Fatalf("no name: %+v", m)
		}
		if m.Category == Probationary {
			probationary++
			if m.Joined.AddYears(1).Before(today) {
				overdue++
			}
		}
		for fact, missing := range map[string]bool{"education": m.Education == "", "mobile": m.Mobile == "",
			"address": m.Address == "", "position": m.Position == "", "floating": m.Floating, "lost": m.Lost, "care": m.Care,
			"landline": m.Landline != "", "dot": strings.Contains(m.Name, "·"), "suspended": m.Suspended} {
			if missing {
				incomplete[fact]++
			}
		}
	}
	if number != 100_000 {
		t.Errorf("%d members", number)
	}
	if share := float64(probationary) / float64(number); share < .014 || share > .027 {
		t.Errorf("%.3f are on probation; the bulletin's admissions are .021", share)
	}
	if overdue == 0 {
		t.Error("nobody's confirmation is overdue, so no page shows it")
	}
	for _, fact := range []string{"education", "mobile", "address", "position", "floating", "lost", "care", "landline", "dot", "suspended"} {
		if incomplete[fact] == 0 {
			t.Errorf("nobody has the case %s", fact)
		}
	}
}

func TestRareNamesOccur(t *testing.T) {
	c := build(t, Plan{Members: 100_000, Seed: 1})
	var all strings.Builder
	for m := range c.Members() {
		all.WriteString(m.Name)
	}
	for _, name := range []string{"㛃", "䶮", "骉", "单", "曾", "欧阳", "万俟", "买买提", "卓玛"} {
		if !strings.Contains(all.String(), name) {
			t.Errorf("%s does not occur", name)
		}
	}
}

func TestMembersOfGivesTheSamePeople(t *testing.T) {
	c := build(t, Plan{Members: 2000, Seed: 5})
	of := map[int][]Member{}
	for m := range c.Members() {
		of[m.Organisation] = append(of[m.Organisation], m)
	}
	for at, o := range c.Organisations {
		if got := c.MembersOf(at); !slices.Equal(got, of[at]) {
			t.Fatalf("%s: other people than in the stream", o.ShortName)
		}
	}
	n := 0
	for range c.Members() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Error("the stream does not stop")
	}
}

func TestTheDemosCity(t *testing.T) {
	c := build(t, Plan{Members: 20_000, Seed: 1})
	kinds := map[Kind]int{}
	depth := map[int]int{-1: 0}
	districts, towns := 0, 0
	for at, o := range c.Organisations {
		kinds[o.Kind]++
		depth[at] = depth[o.Parent] + 1
		if o.Kind == Committee && depth[at] == 2 {
			districts++
		}
		if o.Kind == Committee && depth[at] == 3 {
			towns++
		}
	}
	if districts != 9 || towns != 60 || kinds[Committee] != 70 {
		t.Errorf("%d districts, %d towns, %d committees", districts, towns, kinds[Committee])
	}
	if n := len(c.Organisations); n < 1150 || n > 1250 {
		t.Errorf("%d organisations, want about 1,200", n)
	}
	for _, k := range []Kind{GeneralBranch, JointBranch, TemporaryBranch, PartyGroup} {
		if kinds[k] < 2 {
			t.Errorf("%d of kind %s", kinds[k], k)
		}
	}
	branches, members := 0, 0
	for at := range c.below(c.FirstTown) {
		branches++
		members += c.Organisations[at].Size
	}
	if branches != 14 || members != 412 {
		t.Errorf("the first town has %d branches and %d members, want 14 and 412", branches, members)
	}
	mean, squares, n := 0.0, 0.0, 0.0
	for _, o := range c.Organisations {
		if o.Size > 0 {
			l := math.Log(float64(o.Size))
			mean, squares, n = mean+l, squares+l*l, n+1
			if o.Size > 50 {
				t.Errorf("%s has %d members (支部工作条例 art. 4: at most 50)", o.ShortName, o.Size)
			}
		}
	}
	mean /= n
	if sigma := math.Sqrt(squares/n - mean*mean); sigma < .3 || sigma > .7 {
		t.Errorf("the sizes' logarithms spread by %.2f", sigma)
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for _, p := range []Plan{{Members: 9, On: today}, {Members: 5_000_000, On: today}, {Members: 100, Organisations: 4, On: today},
		{Members: 100, Organisations: -1, On: today}, {Members: 100}, {Members: 100, On: civil.Of(2026, 2, 30)},
		{Members: 100, On: civil.Of(1999, 1, 1)}} {
		if _, err := Build(p); fault.Of(err) != fault.Invalid || fault.As(err).Field == "" {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func validCredit(s string) bool {
	return len(s) == 18 && s[17] == creditCheck(s[:17]) && s[16] == organisationCheck(s[8:16])
}

// Numbers printed in the standards and published by their owners, so that our check characters are not only our own.
func TestCheckCharactersAgreeWithTheStandards(t *testing.T) {
	if identityCheck([]byte("11010519491231002")) != 'X' {
		t.Error("GB 11643's own example")
	}
	if creditCheck("91350100M000100Y4") != '3' {
		t.Error("GB 32100's own example")
	}
	for _, code := range []string{"91330100799655058B", "9144030071526726XG", "914403001922038216", "91110000802100433B"} {
		if !validCredit(code) {
			t.Errorf("%s is a company's code and is refused", code)
		}
	}
}

func TestAMillionMembersInFiftyThousandOrganisations(t *testing.T) {
	c := build(t, Plan{Members: 1_000_000, Organisations: 50_000, Seed: 1})
	if len(c.Organisations) != 50_000 {
		t.Errorf("%d organisations", len(c.Organisations))
	}
	taken := make([]uint64, identitySpace/64+1) // one bit a place
	for m := range c.Members() {
		region, _ := strconv.Atoi(m.Identity[2:6])
		sequence, _ := strconv.Atoi(m.Identity[14:17])
		place := region*500 + sequence/2
		if taken[place/64]>>(place%64)&1 == 1 {
			t.Fatalf("identity place %d is taken twice", place)
		}
		taken[place/64] |= 1 << (place % 64)
	}
}

func BenchmarkMembers(b *testing.B) {
	c := build(b, Plan{Members: 1_000_000, Organisations: 50_000, Seed: 1})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		c.make(&Member{}, c.FirstTown+1, n%c.Organisations[c.FirstTown+1].Size)
		n++
	}
}

func BenchmarkBuildDemo(b *testing.B) {
	for b.Loop() {
		build(b, Plan{Members: 20_000, Seed: 1})
	}
}
