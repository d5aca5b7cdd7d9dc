package org_test

import (
	"strings"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
	"zhibu/internal/trust/ledger"
)

func TestAbolishAndReopen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		abolish := func(o org.Organisation, version int64, day string) (org.Organisation, error) {
			return h.org.Abolish(ctx, everyone, org.Abolish{ID: o.ID, Version: version, Basis: on(day)})
		}
		_, err := abolish(h.root, 1, "2024-01-01")
		h.refuse(err, fault.Invalid, "")
		_, err = abolish(h.town, 1, "2024-01-01")
		h.refuse(err, fault.Invalid, "children")
		_, err = abolish(h.village, 1, "2024-01-01")
		h.refuse(err, fault.Invalid, "children") // its Party group
		_, err = abolish(h.street, 1, "2019-06-30")
		h.refuse(err, fault.Invalid, "day")
		_, err = abolish(h.street, 2, "2024-01-01")
		h.refuse(err, fault.Conflict, "version")

		ids := h.enrol(h.street, 2, "")
		_, err = abolish(h.street, 1, "2024-01-01")
		h.refuse(err, fault.Invalid, "members")
		if !strings.Contains(err.Error(), "2 名") {
			t.Errorf("it does not say how many: %v", err)
		}
		h.must(h.ledger.Do(ctx, ledger.System("test"), ledger.Act{Kind: "test.end"}, func(tx *store.Tx) error {
			for _, id := range ids {
				if _, err := tx.Update(ctx, "member", store.ByID(id), store.Set("state", "ended")); err != nil {
					return err
				}
			}
			return nil
		}))
		post, err := h.org.AddPost(ctx, everyone, org.AddPost{Organisation: h.street.ID, Title: "secretary", Holder: "王德明", Basis: on("2020-01-01")})
		h.must(err)
		o, err := abolish(h.street, 1, "2024-01-01")
		h.must(err)
		if got := h.get(o); got.Abolished.String() != "2024-01-01" || got.Living() || got.Version != 2 {
			t.Errorf("abolished: %+v", got)
		}
		if p, err := org.PostByID(ctx, h.all(), post.ID); err != nil || p.To.String() != "2024-01-01" || p.Version != 2 {
			t.Errorf("its post: %+v %v", p, err)
		}
		for what, err := range map[string]error{
			"again":    second(abolish(h.street, 2, "2024-02-01")),
			"rename":   second(h.org.Rename(ctx, everyone, org.Rename{ID: o.ID, Version: 2, Name: "新名", Basis: on("2024-02-01")})),
			"facts":    second(h.org.ChangeFacts(ctx, everyone, org.ChangeFacts{ID: o.ID, Version: 2, Facts: org.Facts{Unit: "社区"}, Basis: on("2024-02-01")})),
			"post":     second(h.org.AddPost(ctx, everyone, org.AddPost{Organisation: o.ID, Title: "secretary", Holder: "赵敏", Basis: on("2024-02-01")})),
			"too soon": second(h.org.Reopen(ctx, everyone, org.Reopen{ID: o.ID, Version: 2, Basis: on("2023-12-31")})),
		} {
			if fault.Of(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		o, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: o.ID, Version: 2, Basis: on("2024-03-01")})
		h.must(err)
		if got := h.get(o); !got.Living() || got.Version != 3 {
			t.Errorf("reopened: %+v", got)
		}
		_, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: o.ID, Version: 3, Basis: on("2024-04-01")})
		h.refuse(err, fault.Invalid, "day")

		// Below an abolished superior nothing comes back.
		o, err = abolish(o, 3, "2024-05-01")
		h.must(err)
		_, err = abolish(h.other, 1, "2024-06-01")
		h.must(err)
		_, err = h.org.Reopen(ctx, everyone, org.Reopen{ID: o.ID, Version: 4, Basis: on("2024-07-01")})
		h.refuse(err, fault.Invalid, "parent")
		events, err := org.Events(ctx, h.all(), o.ID)
		h.must(err)
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
			if org.EventName(e.Kind) == "" {
				t.Errorf("no name for %s", e.Kind)
			}
		}
		if strings.Join(kinds, " ") != "abolished reopened abolished established" {
			t.Errorf("history %v", kinds)
		}
		h.verified()
	})
}

func second[T any](_ T, err error) error { return err }

// TestAbolishWaitsForAnImport: members of a batch that nobody sees yet must not land in an abolished branch.
func TestAbolishWaitsForAnImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.must(h.db.Operate(ctx, func(tx *store.Tx) error { return tx.Insert(ctx, "hidden", store.Set("id", "b1")) }))
		h.enrol(h.street, 3, "b1")
		_, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.street.ID, Version: 1, Basis: on("2024-01-01")})
		h.refuse(err, fault.Invalid, "members")
		if strings.Contains(err.Error(), "3") {
			t.Errorf("it tells of rows that nobody may see yet: %v", err)
		}
	})
}

func TestPosts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		add := func(o org.Organisation, title, member, holder, day string) (org.Post, error) {
			return h.org.AddPost(ctx, everyone, org.AddPost{Organisation: o.ID, Title: title, Member: member, Holder: holder, Basis: on(day)})
		}
		ids := h.enrol(h.street, 1, "")
		worker, err := add(h.village, "organisation-member", "", "赵敏", "2020-01-01")
		h.must(err)
		first, err := add(h.village, "secretary", ids[0], "别的名字", "2020-01-01")
		h.must(err)
		if first.Holder != "李文静" || first.Member != ids[0] {
			t.Errorf("the member record's name does not win: %+v", first)
		}
		for _, x := range []struct {
			name  string
			err   error
			kind  fault.Kind
			field string
		}{
			{"two secretaries", second(add(h.village, "secretary", "", "王德明", "2021-01-01")), fault.Conflict, "title"},
			{"the same twice", second(add(h.village, "organisation-member", "", "赵敏", "2021-01-01")), fault.Conflict, "member"},
			{"unknown title", second(add(h.village, "king", "", "王德明", "2021-01-01")), fault.Invalid, "title"},
			{"group leader of a branch", second(add(h.village, "group-leader", "", "王德明", "2021-01-01")), fault.Invalid, "title"},
			{"secretary of a group", second(add(h.group, "secretary", "", "王德明", "2021-01-01")), fault.Invalid, "title"},
			{"nobody", second(add(h.village, "publicity-member", "", " ", "2021-01-01")), fault.Invalid, "holder"},
			{"unknown member", second(add(h.village, "publicity-member", "01JZZZZZZZZZZZZZZZZZZZZZZZ", "", "2021-01-01")), fault.Invalid, "member"},
			{"invisible name", second(add(h.village, "publicity-member", "", "王\u200b德明", "2021-01-01")), fault.Invalid, "holder"},
			{"before the branch", second(add(h.village, "publicity-member", "", "王德明", "2019-06-30")), fault.Invalid, "day"},
			{"tomorrow", second(add(h.village, "publicity-member", "", "王德明", "2026-11-24")), fault.Invalid, "day"},
			{"ends before it began", second(h.org.EndPost(ctx, everyone, org.EndPost{ID: first.ID, Version: 1, Basis: on("2019-12-31")})), fault.Invalid, "day"},
			{"an older state", second(h.org.EndPost(ctx, everyone, org.EndPost{ID: first.ID, Version: 2, Basis: on("2022-01-01")})), fault.Conflict, "version"},
		} {
			t.Log(x.name, "→", x.err)
			h.refuse(x.err, x.kind, x.field)
		}
		// A member out of the actor's scope is as unknown as none.
		low := everyone
		low.Scope = store.Subtree(h.town.Path)
		_, err = h.org.AddPost(ctx, low, org.AddPost{Organisation: h.village.ID, Title: "publicity-member", Member: ids[0], Basis: on("2021-01-01")})
		h.refuse(err, fault.Invalid, "member")

		ended, err := h.org.EndPost(ctx, everyone, org.EndPost{ID: first.ID, Version: 1, Basis: on("2022-01-01")})
		h.must(err)
		if ended.To.String() != "2022-01-01" || ended.Version != 2 {
			t.Errorf("ended: %+v", ended)
		}
		_, err = h.org.EndPost(ctx, everyone, org.EndPost{ID: first.ID, Version: 2, Basis: on("2022-02-01")})
		h.refuse(err, fault.Invalid, "day")
		_, err = add(h.village, "secretary", "", "王德明", "2021-12-31")
		h.refuse(err, fault.Conflict, "day") // they would overlap by a day
		next, err := add(h.village, "secretary", "", "王德明", "2022-01-01")
		h.must(err)

		for _, x := range []struct {
			day  civil.Date
			want []string
		}{
			{civil.MustParse("2019-12-31"), nil},
			{civil.MustParse("2021-12-31"), []string{first.ID, worker.ID}},
			{civil.MustParse("2022-01-01"), []string{next.ID, worker.ID}},
			{civil.Date{}, []string{next.ID, worker.ID, first.ID}},
		} {
			posts, err := org.Posts(ctx, h.all(), h.village.ID, x.day)
			h.must(err)
			var got []string
			for _, p := range posts {
				got = append(got, p.ID)
			}
			if strings.Join(got, " ") != strings.Join(x.want, " ") {
				t.Errorf("on %s: %v, want %v", x.day, got, x.want)
			}
		}
		if posts, err := org.Posts(ctx, h.db.As(store.Subtree(h.other.Path)), h.village.ID, today); err != nil || len(posts) != 0 {
			t.Errorf("posts out of scope: %v %v", posts, err)
		}
		h.verified()
	})
}

func TestTitlesOfKinds(t *testing.T) {
	for _, k := range org.Kinds {
		if len(org.TitlesFor(k)) == 0 {
			t.Errorf("no post in a %s", k)
		}
		if k.Name() == "" || !k.Valid() {
			t.Errorf("%s has no name", k)
		}
		if k.HoldsMembers() && !k.IsBranch() {
			t.Errorf("members in a %s", k)
		}
	}
	if org.TemporaryBranch.HoldsMembers() {
		t.Error("B-07: nobody's membership is moved to a temporary branch")
	}
}
