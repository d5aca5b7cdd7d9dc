package review_test

import (
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// TestNothingIsApprovedByOnePerson: whatever several accounts do in whatever order, two of them one person's, no
// proposal is approved by its proposer's person, what becomes a fact is what was shown, and nothing is half applied.
func TestNothingIsApprovedByOnePerson(t *testing.T) {
	c := demotest.Found(t, store.Config{}, 300)
	both := subject(t, c, 1).ID
	bind(t, c, c.Actor("party-worker").Account, both)
	bind(t, c, c.Actor("reviewer").Account, both)
	actors := []ledger.Actor{c.Actor("party-worker"), c.Actor("reviewer"), c.Actor("organisation-department"), c.Person("branch-secretary", 1).Actor("test")}
	one := map[string]string{actors[0].Account: "one", actors[1].Account: "one"} // two accounts of one person
	who := func(a ledger.Actor) string {
		if p := one[a.Account]; p != "" {
			return p
		}
		return a.Account
	}
	m := subject(t, c, 5)
	rapid.Check(t, func(rt *rapid.T) {
		now := read(t, c, m.ID)
		word := rapid.StringMatching(`[甲乙丙丁戊己庚辛]{4}`).Draw(rt, "occupation")
		proposer := rapid.SampledFrom(actors).Draw(rt, "proposer")
		out, _, err := c.Reviews.Mend(ctx, proposer, m.ID, now.Version, facts{roster.Occupation: word}, because)
		if err != nil || out.ID == "" { // no right to propose, or nothing would change
			return
		}
		entered, expected := who(proposer), word
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			a := rapid.SampledFrom(actors).Draw(rt, "actor")
			it, err := c.Reviews.Item(ctx, c.DB.As(a.Scope), a, out.ID)
			if err != nil {
				rt.Fatal(err)
			}
			switch rapid.SampledFrom([]string{"approve", "return", "correct"}).Draw(rt, "act") {
			case "approve":
				before := read(t, c, m.ID)
				if err := c.Reviews.Approve(ctx, a, out.ID, it.Version); err != nil {
					if after := read(t, c, m.ID); after.Version != before.Version || after.Occupation != before.Occupation {
						rt.Fatal("refused and half applied")
					}
					continue
				}
				after := read(t, c, m.ID)
				if who(a) == entered || after.Occupation != expected || after.Occupation != it.Change.New[roster.Occupation] || after.Review != member.Reviewed {
					rt.Fatalf("%s approved what %s had entered: %q, shown %q", who(a), entered, after.Occupation, expected)
				}
			case "return":
				_ = c.Reviews.Return(ctx, a, out.ID, it.Version, "请核对")
			case "correct":
				other := word + "改"
				if _, _, err := c.Reviews.Correct(ctx, a, out.ID, it.Version, facts{roster.Occupation: other}, because); err == nil {
					entered, expected = who(a), other
				}
			}
		}
		for _, a := range actors { // leave nothing waiting
			if it, err := c.Reviews.Item(ctx, c.DB.As(a.Scope), a, out.ID); err == nil && it.Proposal.Open() {
				_ = c.Reviews.Withdraw(ctx, a, out.ID, it.Version)
			}
		}
	})
	c.Sound()
}
