package access_test

import (
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
)

const number, otherNumber = "660102198001010013", "660102198001010030"

// nobody makes an account without roles, of a person as told.
func (h *house) plain(login, name, member, number string) *access.Person {
	h.t.Helper()
	return h.install(access.NewAccount{Login: login, Name: name, Org: "city", Member: member, Number: number}, "")
}

func TestWhoIsTheSamePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		people := map[string]*access.Person{
			"member":       h.plain("p1", "党员e1", "e1", ""),
			"other member": h.plain("p2", "党员e1", "e2", ""), // of the same name, another record
			"number":       h.plain("p3", "王安", "", number),
			"number again": h.plain("p4", "王小安", "", number),
			"other number": h.plain("p5", "王安", "", otherNumber),
			"name":         h.plain("p6", "王安", "", ""),
			"spaced name":  h.plain("p7", "王　安", "", ""),
			"other name":   h.plain("p8", "李平", "", ""),
		}
		for _, c := range []struct {
			a, b string
			want access.Likeness
		}{
			{"member", "member", access.Same}, {"member", "other member", access.Apart},
			{"number", "number again", access.Same}, {"number", "other number", access.Apart}, {"number", "member", access.Apart},
			{"number", "name", access.Perhaps}, {"name", "spaced name", access.Perhaps}, {"name", "other name", access.Apart}, {"member", "name", access.Apart},
		} {
			for _, ab := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
				got, err := access.SamePerson(h.ctx, h.db.As(store.System("test")), people[ab[0]].Account, people[ab[1]].Account)
				if h.ok(err); got != c.want {
					t.Errorf("%s and %s: %d, want %d", ab[0], ab[1], got, c.want)
				}
			}
		}
		for name, want := range map[string]access.Likeness{"member": access.Same, "other member": access.Apart, "number": access.Apart, "other name": access.Apart} {
			got, err := access.IsMember(h.ctx, h.db.As(store.System("test")), people[name].Account, "e1")
			if h.ok(err); got != want {
				t.Errorf("%s and the record e1: %d, want %d", name, got, want)
			}
		}
	})
}

// One person is never two of the three administrators, nor one of them and an officer, by whatever accounts: by record,
// by number, and by a name of which nobody has shown that it is two people's.
func TestTheThreeAreThreePeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		security := h.install(access.NewAccount{Login: "anquan", Name: "安全员", Org: "city", Number: otherNumber, Grants: grants(access.SecurityAdmin, "city")}, "")
		give := func(p *access.Person, role access.Role, org string) error {
			_, err := h.door.Grant(h.ctx, security, "r", p.Account, access.NewGrant{Role: role, Org: org, Basis: "试"})
			return err
		}
		by := h.plain("xitong", "王安", "", number)
		h.ok(give(by, access.SystemAdmin, "city"))
		h.ok(give(h.plain("xitong2", "王安", "", number), access.SystemAdmin, "town1")) // the same role twice is one person still

		again := h.plain("wangan", "王小安", "", number)
		for _, role := range []access.Role{access.SecurityAdmin, access.Auditor, access.PartyWorker, access.Reviewer} {
			h.refused(give(again, role, "city"), fault.Forbidden, access.RuleSeparate)
		}
		named := h.plain("wangan2", "王安", "", "")
		h.refused(give(named, access.Auditor, "city"), fault.Forbidden, access.RuleSeparate)
		h.refused(give(named, access.PartyWorker, "town1"), fault.Forbidden, access.RuleSeparate)
		h.refused(give(h.plain("anquan2", "安全员", "", ""), access.Auditor, "city"), fault.Forbidden, access.RuleSeparate)

		// Shown to be somebody else, she may; shown to be the same, she may not.
		h.ok(h.door.ProveAtConsole(h.ctx, ledger.System("test"), "wangan2", "660102198001010099"))
		h.ok(give(named, access.PartyWorker, "town1"))
		err := h.door.ProveAtConsole(h.ctx, ledger.System("test"), "wangan2", number)
		h.refused(err, fault.Forbidden, access.RuleSeparate)

		// In lists, at the console and when the binding is made later.
		_, err = h.door.Install(h.ctx, ledger.System("test"), []access.Installed{{NewAccount: access.NewAccount{Login: "w3", Name: "王三", Org: "city", Number: number, Grants: grants(access.Auditor, "city")}}})
		h.refused(err, fault.Forbidden, access.RuleSeparate)
		worker := h.account("zhen", access.PartyWorker, "town1")
		sheet, err := h.door.CheckSheet(h.ctx, worker, [][]string{{"姓名", "登录名", "角色", "党组织", "依据", "公民身份号码"}, {"王四", "wangsi", "支委", "东街党支部", "试", number}, {"王五", "wangwu", "支委", "东街党支部", "试", "1"}})
		h.ok(err)
		h.refused(sheet.Rows[0].Problem, fault.Forbidden, access.RuleSeparate)
		h.refused(sheet.Rows[1].Problem, fault.Invalid, "")
		auditor := h.plain("shenji", "审计的人", "", "")
		h.ok(give(auditor, access.Auditor, "city"))
		officer := h.install(access.NewAccount{Login: "e1", Name: "党员e1", Org: "east", Member: "e1", Grants: grants(access.BranchSecretary, "east")}, "")
		_ = officer
		h.ok(h.behindNumber("e1", []byte("index 660102198001010110")))
		h.refused(h.door.ProveAtConsole(h.ctx, ledger.System("test"), "shenji", "660102198001010110"), fault.Forbidden, access.RuleSeparate)
		maker := h.install(access.NewAccount{Login: "kaihu", Name: "开户的人", Org: "city", Number: "660102198001010200", Grants: grants(access.OrganisationDepartment, "city")}, "")
		clerk := h.plain("wenshu", "文书", "", "")
		h.ok(h.door.Prove(h.ctx, maker, "r", clerk.Account, access.Proof{Number: number}))
		h.refused(h.door.Prove(h.ctx, maker, "r", clerk.Account, access.Proof{Number: otherNumber}), fault.Conflict, "")
		h.refused(give(clerk, access.Auditor, "city"), fault.Forbidden, access.RuleSeparate)
	})
}

// behindNumber gives a member's record the index of a number.
func (h *house) behindNumber(member string, index []byte) error {
	return h.ledger.Do(h.ctx, ledger.System("test"), ledger.Act{Kind: "test.number"}, func(tx *store.Tx) error {
		_, err := tx.Update(h.ctx, "member", store.ByID(member), store.Set("id_index", index))
		return err
	})
}

// Whatever roles are given to whatever accounts in whatever order, no person ends with two that must be apart.
func TestNoOrderOfGrantsMakesOnePersonTwo(t *testing.T) {
	h := sqlite(t)
	boss := h.install(access.NewAccount{Login: "boss", Name: "授权的人", Org: "city", Number: otherNumber, Grants: grants(access.SecurityAdmin, "city")}, "")
	numbers := []string{"660102198001010013", "660102198001010056", "660102198001010072"}
	var accounts []*access.Person
	owner := map[string]int{}
	for i := range 9 {
		p := h.plain("acc"+string(rune('a'+i)), "人"+string(rune('a'+i)), "", numbers[i%3])
		accounts, owner[p.Account] = append(accounts, p), i%3
	}
	roles := []access.Role{access.SystemAdmin, access.SecurityAdmin, access.Auditor, access.PartyWorker}
	held := map[int]map[access.Role]bool{0: {}, 1: {}, 2: {}}
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom(accounts).Draw(rt, "account")
		role := rapid.SampledFrom(roles).Draw(rt, "role")
		_, err := h.door.Grant(h.ctx, boss, "r", p.Account, access.NewGrant{Role: role, Org: "city", Basis: "试"})
		person := held[owner[p.Account]]
		if err == nil {
			person[role] = true
		}
		if len(person) > 1 {
			rt.Fatalf("one person holds %v", person)
		}
	})
	if len(held[0])+len(held[1])+len(held[2]) != 3 {
		t.Errorf("nobody was given anything: %v", held)
	}
}

// A number of a record that is mended later says who somebody is as much as one given with the account: it is refused
// where the roles that hold from today on must be two people's.
func TestAMendedNumberIsHeldAgainstTheThree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		all := h.db.As(store.System("test"))
		ask := func(member, number string) error {
			return h.door.OnePerson(h.ctx, all, member, []byte("index "+number))
		}
		security := h.install(access.NewAccount{Login: "anquan", Name: "安全员", Org: "city", Number: otherNumber, Grants: grants(access.SecurityAdmin, "city")}, "")
		h.install(access.NewAccount{Login: "xitong", Name: "系统员", Org: "city", Number: number, Grants: grants(access.SystemAdmin, "city")}, "")
		officer := h.install(access.NewAccount{Login: "e1", Name: "党员e1", Org: "east", Member: "e1", Grants: grants(access.BranchSecretary, "east")}, "")
		h.install(access.NewAccount{Login: "e2", Name: "党员e2", Org: "east", Member: "e2", Grants: grants(access.PlainMember, "east")}, "")

		h.refused(ask("e1", number), fault.Conflict, access.RuleSeparate)
		h.ok(ask("e1", "660102198001010099")) // nobody's
		h.ok(ask("e2", number))               // an administrator may have a record of her own
		h.ok(ask("w1", number))               // and a record without an account
		h.ok(h.door.Revoke(h.ctx, security, "r", officer.Account, officer.Grants[0].ID, "换届"))
		h.ok(ask("e1", number)) // what was held once is no conflict any more

		h.install(access.NewAccount{Login: "w1", Name: "党员w1", Org: "west", Member: "w1", Grants: grants(access.Auditor, "city")}, "")
		h.refused(ask("w1", otherNumber), fault.Conflict, access.RuleSeparate)
		_, err := h.door.Grant(h.ctx, security, "r", officer.Account, access.NewGrant{Role: access.BranchCommittee, Org: "east", From: civil.MustParse("2027-01-01"), Basis: "试"})
		h.ok(err)
		h.refused(ask("e1", number), fault.Conflict, access.RuleSeparate) // a role that is to come counts
	})
}

// While keys are turned over two indexes stand, and equal numbers may look unequal: nobody is given a role meanwhile.
func TestNoRolesWhileKeysAreTurnedOver(t *testing.T) {
	h := sqlite(t)
	security := h.account("anquan", access.SecurityAdmin, "city")
	p := h.plain("wang", "王安", "", number)
	h.numbers.turning = true
	_, err := h.door.Grant(h.ctx, security, "r", p.Account, access.NewGrant{Role: access.Auditor, Org: "city", Basis: "试"})
	h.refused(err, fault.Unavailable, "")
	h.numbers.turning = false
	_, err = h.door.Grant(h.ctx, security, "r", p.Account, access.NewGrant{Role: access.Auditor, Org: "city", Basis: "试"})
	h.ok(err)
}
