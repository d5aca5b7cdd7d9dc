package org_test

import (
	"context"
	"strings"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

func TestEstablish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		for _, x := range []struct {
			o    org.Organisation
			path string
		}{{h.root, "0001."}, {h.town, "0001.0001."}, {h.other, "0001.0002."}, {h.village, "0001.0001.0002."}, {h.group, "0001.0001.0002.0001."}} {
			if got := h.get(x.o); got.Path != x.path || got.Path != x.o.Path {
				t.Errorf("%s at %s, want %s", got.ShortName, got.Path, x.path)
			}
		}
		o, err := h.org.Establish(ctx, everyone, org.Establish{Parent: h.town.ID, Code: " ０66-a ", Name: "中国共产党石桥镇中心小学支部委员会", Kind: org.Branch,
			Facts: org.Facts{Unit: "石桥镇中心小学", UnitKind: "school", CreditCode: "91350100M000100Y43", Contact: "陈秀英", Phone: "0600-1234567"}, Basis: on("2020-03-01")})
		h.must(err)
		got := h.get(o)
		if got.Code != "066-A" || got.ShortName != got.Name || got.Unit != "石桥镇中心小学" || got.UnitKind != "school" || got.CreditCode != "91350100M000100Y43" ||
			got.Contact != "陈秀英" || got.Established.String() != "2020-03-01" || !got.Living() || got.Version != 1 || got.ParentID != h.town.ID {
			t.Errorf("kept as %+v", got)
		}
		phone, err := h.org.Phone(ctx, got)
		h.must(err)
		if phone != "06001234567" {
			t.Errorf("phone %q", phone)
		}
		if plain := h.images(o.ID); strings.Contains(plain, "1234567") || !strings.Contains(plain, "066-A") {
			t.Errorf("images %s", plain)
		}
		events, err := org.Events(ctx, h.all(), o.ID)
		h.must(err)
		if len(events) != 1 || events[0].Kind != org.Established || events[0].On.String() != "2020-03-01" || events[0].Reason != "上级批复" || events[0].Became != o.Name {
			t.Errorf("events %+v", events)
		}
		h.verified()
	})
}

// images gives what the ledger keeps of a row.
func (h *house) images(id string) string {
	var b strings.Builder
	h.must(h.all().Each(ctx, "SELECT coalesce(before, ''), coalesce(after, '') FROM {event} WHERE row_id = ?", []any{id}, func(r store.Row) error {
		var before, after string
		err := r.Scan(&before, &after)
		b.WriteString(before + after)
		return err
	}))
	return b.String()
}

// verified proves that the ledger accounts for every row.
func (h *house) verified() {
	h.t.Helper()
	_, err := h.ledger.Sequence(ctx)
	h.must(err)
	report, err := h.ledger.Verify(ctx)
	h.must(err)
	if len(report.Findings) > 0 {
		h.t.Errorf("ledger: %+v", report.Findings)
	}
}

func TestEstablishRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		gone, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		good := func() org.Establish {
			return org.Establish{Parent: h.town.ID, Code: "NEW1", Name: "新支部", Kind: org.Branch, Basis: on("2020-03-01")}
		}
		for _, x := range []struct {
			name  string
			kind  fault.Kind
			field string
			with  func(*org.Establish)
		}{
			{"no day", fault.Invalid, "day", func(e *org.Establish) { e.On.Year = 0; e.On.Month = 0; e.On.Day = 0 }},
			{"no such day", fault.Invalid, "day", func(e *org.Establish) { e.On.Month = 2; e.On.Day = 30 }},
			{"tomorrow", fault.Invalid, "day", func(e *org.Establish) { e.On = today.AddDays(1) }},
			{"before the Party", fault.Invalid, "day", func(e *org.Establish) { e.On.Year = 1921; e.On.Month = 7; e.On.Day = 22 }},
			{"no reason", fault.Invalid, "reason", func(e *org.Establish) { e.Reason = "  " }},
			{"long reason", fault.Invalid, "reason", func(e *org.Establish) { e.Reason = strings.Repeat("长", 501) }},
			{"two lines of document", fault.Invalid, "document", func(e *org.Establish) { e.Document = "甲\n乙" }},
			{"no code", fault.Invalid, "code", func(e *org.Establish) { e.Code = "" }},
			{"Chinese code", fault.Invalid, "code", func(e *org.Establish) { e.Code = "石桥1" }},
			{"code begins with a hyphen", fault.Invalid, "code", func(e *org.Establish) { e.Code = "-1" }},
			{"long code", fault.Invalid, "code", func(e *org.Establish) { e.Code = strings.Repeat("1", 33) }},
			{"code taken", fault.Conflict, "code", func(e *org.Establish) { e.Code = "066000000001" }},
			{"no name", fault.Invalid, "name", func(e *org.Establish) { e.Name = "" }},
			{"name of digits", fault.Invalid, "name", func(e *org.Establish) { e.Name = "123" }},
			{"right-to-left mark", fault.Invalid, "name", func(e *org.Establish) { e.Name = "石桥\u202e支部" }},
			{"zero-width joiner", fault.Invalid, "name", func(e *org.Establish) { e.Name = "石\u200d桥支部" }},
			{"line end", fault.Invalid, "name", func(e *org.Establish) { e.Name = "石桥\u2028支部" }},
			{"broken text", fault.Invalid, "name", func(e *org.Establish) { e.Name = "石\xff桥" }},
			{"long name", fault.Invalid, "name", func(e *org.Establish) { e.Name = strings.Repeat("长", 101) }},
			{"long short name", fault.Invalid, "shortName", func(e *org.Establish) { e.ShortName = strings.Repeat("长", 51) }},
			{"unknown kind", fault.Invalid, "kind", func(e *org.Establish) { e.Kind = "soviet" }},
			{"group below a committee", fault.Invalid, "kind", func(e *org.Establish) { e.Kind = org.PartyGroup }},
			{"committee below a branch", fault.Invalid, "kind", func(e *org.Establish) { e.Parent, e.Kind = h.village.ID, org.Committee }},
			{"branch below a branch", fault.Invalid, "kind", func(e *org.Establish) { e.Parent = h.village.ID }},
			{"group below a group", fault.Invalid, "kind", func(e *org.Establish) { e.Parent, e.Kind = h.group.ID, org.PartyGroup }},
			{"unknown sort of unit", fault.Invalid, "unitKind", func(e *org.Establish) { e.UnitKind = "army" }},
			{"credit code too short", fault.Invalid, "credit", func(e *org.Establish) { e.CreditCode = "9135" }},
			{"credit code mistyped", fault.Invalid, "credit", func(e *org.Establish) { e.CreditCode = "91350100M000100Y44" }},
			{"contact with a tab", fault.Invalid, "contact", func(e *org.Establish) { e.Contact = "陈\t秀英" }},
			{"phone of words", fault.Invalid, "phone", func(e *org.Establish) { e.Phone = "总机转" }},
			{"short phone", fault.Invalid, "phone", func(e *org.Establish) { e.Phone = "110" }},
			{"unknown superior", fault.NotFound, "parent", func(e *org.Establish) { e.Parent = "01JZZZZZZZZZZZZZZZZZZZZZZZ" }},
			{"abolished superior", fault.Invalid, "parent", func(e *org.Establish) { e.Parent = gone.ID }},
			{"second root", fault.Conflict, "parent", func(e *org.Establish) { e.Parent, e.Kind = "", org.Committee }},
		} {
			in := good()
			x.with(&in)
			_, err := h.org.Establish(ctx, everyone, in)
			t.Log(x.name, "→", err)
			h.refuse(err, x.kind, x.field)
		}
		if _, err := h.org.Establish(ctx, everyone, good()); err != nil {
			t.Errorf("the control: %v", err)
		}
		h.sound()
	})
}

func TestTreeBeginsWithACommitteeOrABranch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		in := org.Establish{Code: "1", Name: "临时支部", Kind: org.TemporaryBranch, Basis: on("2020-01-01")}
		_, err := h.org.Establish(ctx, everyone, in)
		h.refuse(err, fault.Invalid, "kind")
		low := everyone
		low.Scope = store.Subtree("0001.0001.")
		in.Kind = org.Branch
		_, err = h.org.Establish(ctx, low, in)
		h.refuse(err, fault.NotFound, "parent")
		o, err := h.org.Establish(ctx, ledger.System("init"), in)
		h.must(err)
		if o.Path != "0001." {
			t.Errorf("root at %s", o.Path)
		}
	})
}

func TestDepthIsBounded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		at := org.Organisation{}
		var chain []org.Organisation
		for range org.MaxDepth {
			at = h.establish(everyone, at, org.Committee, "某党委")
			chain = append(chain, at)
		}
		_, err := h.org.Establish(ctx, everyone, org.Establish{Parent: at.ID, Code: "DEEP", Name: "深", Kind: org.Branch, Basis: on("2020-01-01")})
		h.refuse(err, fault.Invalid, "parent")
		// A pair that stands on the second level would end one level too deep.
		pair := h.establish(everyone, chain[0], org.Committee, "两层党委")
		h.establish(everyone, pair, org.Branch, "两层党支部")
		_, err = h.org.Move(ctx, everyone, org.Move{ID: pair.ID, Version: 1, To: chain[org.MaxDepth-2].ID, Basis: on("2021-01-01")})
		h.refuse(err, fault.Invalid, "target")
		_, err = h.org.Move(ctx, everyone, org.Move{ID: pair.ID, Version: 1, To: chain[org.MaxDepth-3].ID, Basis: on("2021-01-01")})
		h.must(err)
		h.sound()
	})
}

// TestRightsAreAsked proves that every act asks, at the organisation it is about, and obeys.
func TestRightsAreAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		post, err := h.org.AddPost(ctx, everyone, org.AddPost{Organisation: h.village.ID, Title: "secretary", Holder: "王德明", Basis: on("2020-01-01")})
		h.must(err)
		gone, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		acts := map[string]func(s *org.Service) error{
			org.ActEstablish + " " + h.town.Path: func(s *org.Service) error {
				_, err := s.Establish(ctx, everyone, org.Establish{Parent: h.town.ID, Code: "R1", Name: "某支部", Kind: org.Branch, Basis: on("2020-01-01")})
				return err
			},
			org.ActRename + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.Rename(ctx, everyone, org.Rename{ID: h.village.ID, Version: 1, Name: "新名", Basis: on("2020-01-01")})
				return err
			},
			org.ActChange + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: h.village.ID, Version: 1, Facts: org.Facts{Unit: "某村"}, Basis: on("2020-01-01")})
				return err
			},
			org.ActMove + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2020-01-01")})
				return err
			},
			org.ActMove + " " + h.other.Path: func(s *org.Service) error {
				_, err := s.Move(ctx, everyone, org.Move{ID: h.village.ID, Version: 1, To: h.other.ID, Basis: on("2020-01-01")})
				return err
			},
			org.ActAbolish + " " + h.street.Path: func(s *org.Service) error {
				_, err := s.Abolish(ctx, everyone, org.Abolish{ID: h.street.ID, Version: 1, Basis: on("2020-01-01")})
				return err
			},
			org.ActReopen + " " + h.general.Path: func(s *org.Service) error {
				_, err := s.Reopen(ctx, everyone, org.Reopen{ID: gone.ID, Version: gone.Version, Basis: on("2024-02-01")})
				return err
			},
			org.ActAddPost + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.AddPost(ctx, everyone, org.AddPost{Organisation: h.village.ID, Title: "organisation-member", Holder: "赵敏", Basis: on("2020-01-01")})
				return err
			},
			org.ActEndPost + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.EndPost(ctx, everyone, org.EndPost{ID: post.ID, Version: 1, Basis: on("2021-01-01")})
				return err
			},
			org.ActLoad + " " + h.town.Path: func(s *org.Service) error {
				_, err := s.Load(ctx, everyone, org.Load{Under: h.town.ID, Reason: "接收", Organisations: []org.NewOrganisation{{Parent: -1, Code: "L1", Name: "某支部", Kind: org.Branch}}})
				return err
			},
			org.ActLoad + " " + h.village.Path: func(s *org.Service) error {
				_, err := s.LoadPosts(ctx, everyone, []org.NewPost{{Organisation: h.village.ID, Title: "publicity-member", Holder: "孙丽"}}, "接收")
				return err
			},
			org.ActExport + " " + h.town.Path: func(s *org.Service) error {
				return s.Export(ctx, everyone, org.Export{Under: h.town.ID, Purpose: "核对"}, func(org.Organisation, string) error { return nil })
			},
		}
		without := *h.org
		without.Rights = nil
		for what, do := range acts {
			if err := do(&without); err == nil || fault.Of(err) != 0 {
				t.Errorf("%s: without rights: %v", what, err)
			}
			action, path, _ := strings.Cut(what, " ")
			h.rights.refused = map[string]string{action: path}
			if err := do(h.org); fault.Of(err) != fault.Forbidden {
				t.Errorf("%s: %v, want it forbidden", what, err)
			}
		}
		h.rights.refused = nil
		for _, o := range []org.Organisation{h.village, h.street, h.general, h.town} {
			if o.ID != gone.ID && h.get(o).Version != 1 {
				t.Errorf("%s was changed", o.ShortName)
			}
		}
		if posts, err := org.Posts(ctx, h.all(), h.village.ID, today); err != nil || len(posts) != 1 {
			t.Errorf("posts %v %v", posts, err)
		}
	})
}

// TestOutOfScope proves that an actor of another town can do nothing here and learns nothing.
func TestOutOfScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		post, err := h.org.AddPost(ctx, everyone, org.AddPost{Organisation: h.village.ID, Title: "secretary", Holder: "王德明", Basis: on("2020-01-01")})
		h.must(err)
		stranger := ledger.Actor{Account: "a2", Name: "吴强", Role: "party-worker", Scope: store.Subtree(h.other.Path)}
		own := ledger.Actor{Account: "a3", Name: "冯兰", Role: "member", Scope: store.Self("m1", h.village.Path)}
		acts := map[string]func(a ledger.Actor, id, post string) error{
			"establish": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Establish(ctx, a, org.Establish{Parent: id, Code: "S1", Name: "某支部", Kind: org.PartyGroup, Basis: on("2020-01-01")})
				return err
			},
			"rename": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Rename(ctx, a, org.Rename{ID: id, Version: 1, Name: "新名", Basis: on("2020-01-01")})
				return err
			},
			"change": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.ChangeFacts(ctx, a, org.ChangeFacts{ID: id, Version: 1, Facts: org.Facts{Unit: "某村"}, Basis: on("2020-01-01")})
				return err
			},
			"move": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Move(ctx, a, org.Move{ID: id, Version: 1, To: h.other.ID, Basis: on("2020-01-01")})
				return err
			},
			"abolish": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Abolish(ctx, a, org.Abolish{ID: id, Version: 1, Basis: on("2020-01-01")})
				return err
			},
			"reopen": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Reopen(ctx, a, org.Reopen{ID: id, Version: 1, Basis: on("2020-01-01")})
				return err
			},
			"add post": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.AddPost(ctx, a, org.AddPost{Organisation: id, Title: "organisation-member", Holder: "赵敏", Basis: on("2020-01-01")})
				return err
			},
			"end post": func(a ledger.Actor, _, post string) error {
				_, err := h.org.EndPost(ctx, a, org.EndPost{ID: post, Version: 1, Basis: on("2021-01-01")})
				return err
			},
			"load": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.Load(ctx, a, org.Load{Under: id, Reason: "接收", Organisations: []org.NewOrganisation{{Parent: -1, Code: "L1", Name: "某", Kind: org.PartyGroup}}})
				return err
			},
			"load posts": func(a ledger.Actor, id, _ string) error {
				_, err := h.org.LoadPosts(ctx, a, []org.NewPost{{Organisation: id, Title: "secretary", Holder: "赵敏"}}, "接收")
				return err
			},
			"export": func(a ledger.Actor, id, _ string) error {
				return h.org.Export(ctx, a, org.Export{Under: id, Purpose: "核对"}, func(org.Organisation, string) error { return nil })
			},
		}
		for what, do := range acts {
			for _, a := range []ledger.Actor{stranger, own} {
				there, nowhere := do(a, h.village.ID, post.ID), do(a, "01JZZZZZZZZZZZZZZZZZZZZZZZ", "01JZZZZZZZZZZZZZZZZZZZZZZZ")
				x, y := fault.As(there), fault.As(nowhere)
				if x == nil || y == nil || x.Kind != fault.NotFound || x.Error() != y.Error() || x.Field != y.Field || x.Kind != y.Kind {
					t.Errorf("%s by a %s: out of scope %v, not existing %v", what, a.Role, there, nowhere)
				}
			}
		}
		_, err = h.org.Move(ctx, stranger, org.Move{ID: h.street.ID, Version: 1, To: h.town.ID, Basis: on("2020-01-01")})
		h.refuse(err, fault.NotFound, "target")
		if got := h.get(h.village); got.Version != 1 || got.Path != h.village.Path {
			t.Errorf("changed: %+v", got)
		}
	})
}

func TestRenameAndFacts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		o, err := h.org.Rename(ctx, everyone, org.Rename{ID: h.village.ID, Version: 1, Name: "中国共产党新石桥村支部委员会", ShortName: "新石桥村党支部", Basis: on("2022-05-01")})
		h.must(err)
		if got := h.get(o); got.Name != "中国共产党新石桥村支部委员会" || got.ShortName != "新石桥村党支部" || got.Version != 2 || o.Version != 2 {
			t.Errorf("renamed to %+v", got)
		}
		same, err := h.org.Rename(ctx, everyone, org.Rename{ID: o.ID, Version: 2, Name: o.Name, ShortName: o.ShortName, Basis: on("2022-05-01")})
		h.must(err)
		if same.Version != 2 || same.ID != o.ID || h.get(o).Version != 2 {
			t.Errorf("the same name again changed something: %+v", same)
		}
		_, err = h.org.Rename(ctx, everyone, org.Rename{ID: o.ID, Version: 1, Name: "又一名", Basis: on("2022-05-02")})
		h.refuse(err, fault.Conflict, "version")
		if !strings.Contains(err.Error(), "周建国") {
			t.Errorf("the conflict does not say who: %v", err)
		}
		for day, field := range map[string]string{"2019-06-30": "day", "2022-04-30": "day", "2026-11-24": "day"} {
			_, err = h.org.Rename(ctx, everyone, org.Rename{ID: o.ID, Version: 2, Name: "又一名", Basis: on(day)})
			h.refuse(err, fault.Invalid, field)
		}
		o, err = h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: o.ID, Version: 2, Facts: org.Facts{Unit: "石桥村", UnitKind: "village", Contact: "王德明", Phone: "15400000001"}, Basis: on("2022-06-01")})
		h.must(err)
		if phone, err := h.org.Phone(ctx, h.get(o)); err != nil || phone != "15400000001" {
			t.Errorf("phone %q %v", phone, err)
		}
		same, err = h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: o.ID, Version: 3, Facts: org.Facts{Unit: "石桥村", UnitKind: "village", Contact: "王德明", Phone: "154 0000 0001"}, Basis: on("2022-06-01")})
		h.must(err)
		if same.Version != 3 {
			t.Errorf("the same facts again changed something: %+v", same)
		}
		o, err = h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: o.ID, Version: 3, Facts: org.Facts{Unit: "石桥村", UnitKind: "village"}, Basis: on("2022-06-02")})
		h.must(err)
		if got := h.get(o); !got.HasPhone() || got.Contact != "" {
			t.Errorf("an absent phone number does not leave it: %+v", got)
		}
		o, err = h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: o.ID, Version: 4, Facts: org.Facts{Unit: "石桥村", UnitKind: "village"}, NoPhone: true, Basis: on("2022-06-03")})
		h.must(err)
		if phone, err := h.org.Phone(ctx, h.get(o)); err != nil || phone != "" {
			t.Errorf("phone %q %v", phone, err)
		}
		events, err := org.Events(ctx, h.all(), o.ID)
		h.must(err)
		var said []string
		for _, e := range events {
			said = append(said, e.Kind+" "+e.On.String()+" "+e.Became)
		}
		want := "changed 2022-06-03 phone;changed 2022-06-02 contact;changed 2022-06-01 unit unitKind contact phone;renamed 2022-05-01 中国共产党新石桥村支部委员会;established 2019-07-01 中国共产党石桥村党支部"
		if strings.Join(said, ";") != want {
			t.Errorf("history %s", strings.Join(said, ";"))
		}
		h.sound()
		if strings.Contains(h.images(o.ID), "15400000001") {
			t.Error("a phone number in the ledger")
		}
		h.verified()
	})
}

func TestNoPhoneAfterTheKeyIsGone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		o, err := h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: h.village.ID, Version: 1, Facts: org.Facts{Phone: "15400000001"}, Basis: on("2022-06-01")})
		h.must(err)
		h.must(h.vault.Shred(context.Background(), o.ID))
		_, err = h.org.Phone(ctx, o)
		h.refuse(err, fault.NotFound, "")
	})
}
