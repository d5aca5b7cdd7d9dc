package org_test

import (
	"os"
	"strings"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

func postgres(b *testing.B) store.Config {
	b.Helper()
	if os.Getenv("ZHIBU_TEST_POSTGRES") == "" {
		b.Skip("ZHIBU_TEST_POSTGRES is not set")
	}
	return store.Config{Dir: b.TempDir(), URL: storetest.Postgres(b)}
}

func shorts(list []org.Organisation) string {
	var out []string
	for _, o := range list {
		out = append(out, o.ShortName)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.establish(everyone, h.town, org.Branch, "解放路ABC公司党支部")
		h.establish(everyone, h.town, org.Branch, "百分之百%_\\党支部")
		_, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		all, low := h.db.As(everyone.Scope), h.db.As(store.Subtree(h.other.Path))
		for _, x := range []struct {
			r      store.Reader
			search org.Search
			want   string
		}{
			{all, org.Search{Text: "石桥"}, "石桥村党支部 石桥镇党委"},
			{all, org.Search{Text: " 桥村 "}, "石桥村党支部"},
			{all, org.Search{Text: "shiqiaoc"}, "石桥村党支部"},
			{all, org.Search{Text: "Shi Qiao Cun"}, "石桥村党支部"},
			{all, org.Search{Text: "sqzdw"}, "石桥镇党委"},
			{all, org.Search{Text: "jiefang"}, "解放路ABC公司党支部"}, // not read as a surname
			{all, org.Search{Text: "abc"}, "解放路ABC公司党支部"},
			{all, org.Search{Text: "066000000005"}, "石桥村党支部"},
			{all, org.Search{Text: "０６６000000005"}, "石桥村党支部"},
			{all, org.Search{Text: "中国共产党石桥村"}, "石桥村党支部"},
			{all, org.Search{Text: "总支"}, ""},
			{all, org.Search{Text: "总支", Abolished: true}, "石桥镇机关党总支"},
			{all, org.Search{Text: "石桥", Kinds: []org.Kind{org.Committee, org.GeneralBranch}}, "石桥镇党委"},
			{all, org.Search{Text: "石桥", Limit: 1}, "石桥村党支部"},
			{all, org.Search{Text: "%"}, "百分之百%_\\党支部"},
			{all, org.Search{Text: "百%_"}, "百分之百%_\\党支部"},
			{all, org.Search{Text: "_\\"}, "百分之百%_\\党支部"},
			{all, org.Search{Text: "分%党"}, ""},
			{all, org.Search{Text: "支部"}, "石桥村党支部 解放路ABC公司党支部 百分之百%_\\党支部 河口社区党支部"},
			{all, org.Search{Text: "路ａｂ"}, "解放路ABC公司党支部"},
			{all, org.Search{Text: "桥"}, "石桥村党支部 石桥镇党委"},
			{all, org.Search{Text: ""}, ""},
			{all, org.Search{Text: "' OR 1=1"}, ""},
			{all, org.Search{Text: "\xff桥"}, ""},
			{all, org.Search{Text: strings.Repeat("石", 65)}, ""},
			{low, org.Search{Text: "石桥"}, ""},
			{low, org.Search{Text: "066000000005"}, ""},
			{low, org.Search{Text: "shiqiao"}, ""},
			{low, org.Search{Text: "社区"}, "河口社区党支部"},
			{low, org.Search{Text: "h"}, "河口社区党支部 河口镇党委"},
		} {
			found, more, err := org.Find(ctx, x.r, x.search)
			h.must(err)
			if shorts(found) != x.want || more != (x.search.Limit == 1) {
				t.Errorf("%+v: found %q (more %v), want %q", x.search, shorts(found), more, x.want)
			}
		}
	})
}

func TestRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		low := h.db.As(store.Subtree(h.town.Path))
		own := h.db.As(store.Self("m1", h.village.Path))
		for _, r := range []store.Reader{low, own} {
			for _, o := range []org.Organisation{h.root, h.other, h.street, {ID: "nowhere", Path: "0009.", Code: "NONE"}} {
				for _, err := range []error{second(org.ByID(ctx, r, o.ID)), second(org.ByCode(ctx, r, o.Code)), second(org.ByPath(ctx, r, o.Path)),
					second(org.Lineage(ctx, r, o.Path))} {
					h.refuse(err, fault.NotFound, "")
					if err.Error() != fault.Missing().Error() {
						t.Errorf("answered %v", err)
					}
				}
				if events, err := org.Events(ctx, r, o.ID); err != nil || len(events) != 0 {
					t.Errorf("events of %s: %v %v", o.ShortName, events, err)
				}
				if list, _, err := org.Children(ctx, r, o.ID, "", 0); err != nil || o.ID != h.root.ID && len(list) != 0 {
					t.Errorf("children of %s: %v %v", o.ShortName, list, err)
				}
			}
			for _, get := range []func() (org.Organisation, error){
				func() (org.Organisation, error) { return org.ByID(ctx, r, h.village.ID) },
				func() (org.Organisation, error) { return org.ByCode(ctx, r, " "+h.village.Code) },
				func() (org.Organisation, error) { return org.ByPath(ctx, r, h.village.Path) },
			} {
				if o, err := get(); err != nil || o.ID != h.village.ID {
					t.Errorf("%v %v", o, err)
				}
			}
			steps, err := org.Lineage(ctx, r, h.village.Path)
			h.must(err)
			var names []string
			for _, s := range steps {
				names = append(names, s.Name)
				if s.Open != r.Scope().Holds(s.Path) && s.Path != h.village.Path {
					t.Errorf("%s open: %v", s.Name, s.Open)
				}
			}
			if strings.Join(names, "/") != "清泽市委/石桥镇党委/石桥村党支部" {
				t.Errorf("lineage %v", names)
			}
		}
		steps, err := org.Steps(ctx, low, []string{h.village.Path, h.group.Path, h.street.Path})
		h.must(err)
		if got := org.Where(steps, h.group.Path); got != "清泽市委 › 石桥镇党委 › 石桥村党支部" {
			t.Errorf("where %q", got)
		}
		if _, ok := steps[h.street.Path]; ok {
			t.Error("a step into another town")
		}

		children, next, err := org.Children(ctx, low, h.town.ID, "", 1)
		h.must(err)
		if len(children) != 1 || children[0].ID != h.general.ID || next != h.general.Path {
			t.Errorf("children %+v, next %q", children, next)
		}
		children, next, err = org.Children(ctx, low, h.town.ID, next, 1)
		h.must(err)
		if len(children) != 1 || children[0].ID != h.village.ID || children[0].Below != 1 || next != "" {
			t.Errorf("children %+v, next %q", children, next)
		}
		_, err = h.org.Abolish(ctx, everyone, org.Abolish{ID: h.general.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		if n, err := org.CountChildren(ctx, low, h.town.ID); err != nil || n != 1 {
			t.Errorf("%d children %v", n, err)
		}
		if list, _, err := org.Children(ctx, low, h.town.ID, "", 0); err != nil || len(list) != 1 {
			t.Errorf("living children %v %v", list, err)
		}
		if list, _, err := org.AllChildren(ctx, low, h.town.ID, "", 0); err != nil || len(list) != 2 {
			t.Errorf("all children %v %v", list, err)
		}
		kinds, err := org.CountByKind(ctx, low)
		h.must(err)
		if len(kinds) != 3 || kinds[org.Committee] != 1 || kinds[org.Branch] != 1 || kinds[org.PartyGroup] != 1 {
			t.Errorf("kinds %v", kinds)
		}

		var paged []string
		for after := ""; ; {
			page, next, err := org.List(ctx, h.db.As(everyone.Scope), after, 2)
			h.must(err)
			for _, o := range page {
				paged = append(paged, o.Path)
			}
			if after = next; next == "" {
				break
			}
		}
		if strings.Join(paged, " ") != "0001. 0001.0001. 0001.0001.0001. 0001.0001.0002. 0001.0001.0002.0001. 0001.0002. 0001.0002.0001." {
			t.Errorf("paged %v", paged)
		}
		if page, _, err := org.List(ctx, low, "", 0); err != nil || len(page) != 4 {
			t.Errorf("list in scope %v %v", shorts(page), err)
		}
	})
}

func TestLoadAndExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		list := h.load(6000) // two acts
		if len(list) != 6000 {
			t.Fatalf("%d loaded", len(list))
		}
		for _, i := range []int{0, 1, 2, 50, 5998, 5999} {
			if got := h.get(list[i]); got.Path != list[i].Path || got.Code != list[i].Code || got.Established.String() != "2001-07-01" {
				t.Errorf("%d kept as %+v", i, got)
			}
		}
		if phone, err := h.org.Phone(ctx, h.get(list[5999])); err != nil || phone != "06001234567" {
			t.Errorf("phone %q %v", phone, err)
		}
		if n := h.establish(everyone, h.get(list[2]), org.Branch, "后来党支部"); n.Path != "0001.0001.0001.002t." { // the 101st: 2·36 + 29
			t.Errorf("the next child at %s", n.Path)
		}
		events, err := org.Events(ctx, h.all(), list[77].ID)
		h.must(err)
		if len(events) != 1 || events[0].Kind != org.Established || events[0].On.String() != "2001-07-01" {
			t.Errorf("events %+v", events)
		}

		under, err := h.org.Load(ctx, everyone, org.Load{Under: list[1].ID, Reason: "接收", Organisations: []org.NewOrganisation{
			{Parent: -1, Code: "U1", Name: "甲党总支", Kind: org.GeneralBranch}, {Parent: 0, Code: "U2", Name: "甲党支部", Kind: org.Branch},
			{Parent: -1, Code: "U3", Name: "乙党支部", Kind: org.Branch}, {Parent: 1, Code: "U4", Name: "第一党小组", Kind: org.PartyGroup}}})
		h.must(err)
		for i, want := range []string{"001f.", "001f.0001.", "001g.", "001f.0001.0001."} {
			if under[i].Path != list[1].Path+want {
				t.Errorf("%s at %s, want below %s: %s", under[i].Name, under[i].Path, list[1].Path, want)
			}
		}
		for _, x := range []struct {
			name  string
			in    []org.NewOrganisation
			kind  fault.Kind
			field string
		}{
			{"superior behind", []org.NewOrganisation{{Parent: 1, Code: "V1", Name: "某党支部", Kind: org.Branch}}, fault.Invalid, "parent"},
			{"wrong kind", []org.NewOrganisation{{Parent: -1, Code: "V1", Name: "某小组", Kind: org.PartyGroup}}, fault.Invalid, "kind"},
			{"wrong kind in the list", []org.NewOrganisation{{Parent: -1, Code: "V1", Name: "某支部", Kind: org.Branch}, {Parent: 0, Code: "V2", Name: "某支部", Kind: org.Branch}}, fault.Invalid, "kind"},
			{"code twice", []org.NewOrganisation{{Parent: -1, Code: "V1", Name: "某支部", Kind: org.Branch}, {Parent: -1, Code: "v1", Name: "某支部", Kind: org.Branch}}, fault.Conflict, "code"},
			{"code taken", []org.NewOrganisation{{Parent: -1, Code: "U1", Name: "某支部", Kind: org.Branch}}, fault.Conflict, "code"},
			{"tomorrow", []org.NewOrganisation{{Parent: -1, Code: "V1", Name: "某支部", Kind: org.Branch, Established: today.AddDays(1)}}, fault.Invalid, "day"},
			{"no name", []org.NewOrganisation{{Parent: -1, Code: "V1", Kind: org.Branch}}, fault.Invalid, "name"},
		} {
			_, err := h.org.Load(ctx, everyone, org.Load{Under: list[1].ID, Reason: "接收", Organisations: x.in})
			t.Log(x.name, "→", err)
			h.refuse(err, x.kind, x.field)
		}
		_, err = h.org.Load(ctx, everyone, org.Load{Reason: "接收", Organisations: []org.NewOrganisation{{Parent: -1, Code: "W1", Name: "又一市委", Kind: org.Committee}}})
		h.refuse(err, fault.Conflict, "parent")

		posts, err := h.org.LoadPosts(ctx, everyone, []org.NewPost{
			{Organisation: under[1].ID, Title: "secretary", Holder: "王德明", From: today}, {Organisation: under[3].ID, Title: "group-leader", Holder: "赵敏"}}, "接收")
		h.must(err)
		if p, err := org.PostByID(ctx, h.all(), posts[1].ID); err != nil || p.Holder != "赵敏" || p.Organisation != under[3].ID || p.Title != "group-leader" {
			t.Errorf("post %+v %v", p, err)
		}

		var exported []string
		h.must(h.org.Export(ctx, everyone, org.Export{Under: under[0].ID, Purpose: "核对"}, func(o org.Organisation, superior string) error {
			exported = append(exported, o.Code+"<"+superior)
			if o.HasPhone() {
				t.Error("a phone number was exported")
			}
			return nil
		}))
		if strings.Join(exported, " ") != "U1< U2<U1 U4<U2" {
			t.Errorf("exported %v", exported)
		}
		err = h.org.Export(ctx, everyone, org.Export{Under: under[0].ID}, nil)
		h.refuse(err, fault.Invalid, "purpose")
		var purpose string
		if _, err := h.all().One(ctx, "SELECT reason FROM {act} WHERE kind = ?", []any{org.ActExport}, &purpose); err != nil || purpose != "核对" {
			t.Errorf("the export was recorded for %q %v", purpose, err)
		}
		if c.URL == "" {
			h.verified()
		}
	})
}

func TestDirectory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := build(t, c)
		h.establish(everyone, h.other, org.Branch, "石桥头村党支部")
		twin1 := h.establish(everyone, h.town, org.Branch, "机关第一党支部")
		h.establish(everyone, h.other, org.Branch, "机关第一党支部")
		gone := h.establish(everyone, h.other, org.Branch, "撤了的党支部")
		_, err := h.org.Abolish(ctx, everyone, org.Abolish{ID: gone.ID, Version: 1, Basis: on("2024-01-01")})
		h.must(err)
		h.establish(everyone, h.town, org.TemporaryBranch, "抗洪临时党支部")

		all, err := org.NewDirectory(ctx, h.db.As(everyone.Scope), "")
		h.must(err)
		town, err := org.NewDirectory(ctx, h.db.As(everyone.Scope), h.town.Path)
		h.must(err)
		for _, x := range []struct {
			d       *org.Directory
			text    string
			id      string
			nearest string
		}{
			{all, "石桥村党支部", h.village.ID, ""},
			{all, " 石桥村 党支部", h.village.ID, ""},
			{all, "中国共产党石桥村党支部", h.village.ID, ""},
			{all, "中共石桥村支部委员会", h.village.ID, ""},
			{all, "石桥村", h.village.ID, ""},
			{all, "石桥村支部", h.village.ID, ""},
			{all, "066000000005", h.village.ID, ""},
			{all, "０６６000000005", h.village.ID, ""},
			{all, "第一党小组", h.village.ID, ""}, // of the branch it is a part of
			{all, "机关第一党支部", "", "中国共产党机关第一党支部 中国共产党机关第一党支部"},
			{town, "机关第一党支部", twin1.ID, ""},
			{all, "石桥付党支部", "", "石桥村党支部"},
			{all, "桥石村党支部", "", "石桥村党支部"},
			{all, "石桥", "", "石桥村党支部 石桥头村党支部"},
			{all, "撤了的党支部", "", ""},
			{all, "石桥镇党委", "", "石桥村党支部 中国共产党机关第一党支部"},
			{all, "抗洪临时党支部", "", ""},
			{all, "完全不同的单位", "", ""},
			{all, "", "", ""},
			{town, "河口社区党支部", "", ""},
		} {
			for range 2 { // the second answer is remembered
				id, nearest := x.d.Find(x.text)
				if got := strings.Join(nearest, " "); id != x.id || got != x.nearest {
					t.Errorf("%q: %q %q, want %q %q", x.text, id, got, x.id, x.nearest)
				}
			}
		}
		if path, short, ok := all.Place(h.village.ID); !ok || path != h.village.Path || short != "石桥村党支部" {
			t.Errorf("place %q %q", path, short)
		}
		if _, _, ok := town.Place(h.street.ID); ok {
			t.Error("a place out of reach")
		}
		_, err = org.NewDirectory(ctx, h.db.As(store.Subtree(h.other.Path)), h.town.Path)
		h.refuse(err, fault.NotFound, "")
	})
}

func TestDirectoryOfACity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, c store.Config) {
		h := open(t, c)
		list := h.load(2000)
		d, err := org.NewDirectory(ctx, h.db.As(everyone.Scope), "")
		h.must(err)
		// Every branch is found by its code, and a name with one wrong character leads to those that are near.
		for _, o := range list[1000:1100] {
			if !o.Kind.HoldsMembers() {
				continue
			}
			if id, _ := d.Find(o.Code); id != o.ID {
				t.Errorf("%s: %q", o.Code, id)
			}
			runes := []rune(o.ShortName)
			runes[1] = '错'
			id, nearest := d.Find(string(runes))
			if id != "" || len(nearest) == 0 {
				t.Errorf("%s: %q %v", string(runes), id, nearest)
			}
		}
	})
}
