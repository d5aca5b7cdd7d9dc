package installation_test

import (
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

// idNumber is a made-up number with its check character.
func idNumber(serial string) string {
	body := "66010219800101" + serial
	return body + string(identity.CheckCharacter(body))
}

// TestAMendedNumberMakesNobodyTwoAdministrators: the branch secretary's record is to get the security administrator's
// number. The proposal is refused; one that was filed before the number was known is refused when it is approved, and
// says why; when the role has been taken back it goes through.
func TestAMendedNumberMakesNobodyTwoAdministrators(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c, ctx := demotest.Found(t, cfg, 300), t.Context()
		secretary, worker, reviewer := c.Person("branch-secretary", 1), c.Actor("party-worker"), c.Actor("organisation-department")
		var login string
		for _, a := range c.Accounts {
			if a.Role == "security-admin" {
				login = a.Account
			}
		}
		record := func() member.Member {
			m, err := c.Members.ByID(ctx, c.Everything(), secretary.Member)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		mend := func(number string) (string, error) {
			out, problems, err := c.Reviews.Mend(ctx, worker, secretary.Member, record().Version, map[roster.Column]string{roster.IDNumber: number},
				member.Basis{Reason: "核对身份证", Document: "身份证复印件"})
			if len(problems) > 0 && roster.Rejected(problems) {
				t.Fatalf("%+v", problems)
			}
			return out.ID, err
		}
		first, second := idNumber("001"), idNumber("003")
		prove := func(number string) {
			if err := c.Access.ProveAtConsole(ctx, ledger.System("test"), login, number); err != nil {
				t.Fatal(err)
			}
		}
		prove(first)
		if _, err := mend(first); fault.Of(err) != fault.Conflict || fault.As(err).Rule != access.RuleSeparate || fault.As(err).Field != string(roster.IDNumber) {
			t.Fatalf("proposed: %v", err)
		}
		id, err := mend(second)
		if err != nil || id == "" {
			t.Fatal(id, err)
		}
		prove(second)
		before := record()
		it, err := c.Reviews.Item(ctx, c.Everything(), reviewer, id)
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, p := range it.Problems {
			told = told || p.Rule == access.RuleSeparate
		}
		if !told {
			t.Errorf("the reviewer is not told: %+v", it.Problems)
		}
		if err := c.Reviews.Approve(ctx, reviewer, id, it.Version); fault.Of(err) != fault.Invalid {
			t.Errorf("approved: %v", err)
		}
		if now := record(); now.Version != before.Version {
			t.Error("the record has changed")
		}
		for _, g := range secretary.Grants {
			if g.Role != access.PlainMember {
				if err := c.Access.Revoke(ctx, c.Person("organisation-department", 1), "test", secretary.Account, g.ID, "换届"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.Reviews.Approve(ctx, reviewer, id, it.Version); err != nil {
			t.Errorf("after the role was taken back: %v", err)
		}
		c.Sound()
	})
}
