package document_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhibu/internal/civil"
	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/document"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

var sameMan = member.Basis{Reason: "两处登记的是同一个人", Document: "户口簿"}

// told is all that a record says: its values as one types them, and its standing facts.
func told(t interface{ Fatal(...any) }, c *demotest.City, id string) (map[roster.Column]string, []string) {
	m, err := c.Members.ByID(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	values, err := c.Members.Content(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Members.Facts(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	var facts []string
	for _, f := range list {
		if f.Retired.IsZero() {
			facts = append(facts, string(f.Kind)+" "+f.From.String()+" "+f.To.String()+" "+f.Text)
		}
	}
	slices.Sort(facts)
	return values, facts
}

// belongs is what goes along with a person: documents that can be opened, with what they prove, accounts and posts.
func belongs(t interface{ Fatal(...any) }, c *demotest.City, id string) (out []string) {
	list, err := c.Documents.Of(ctx, c.Everything(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		picture, err := c.Documents.Thumb(ctx, c.Actor("party-worker"), d.ID, d.Pages)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint("document ", d.Title, d.Kind, d.Facts, d.Pages, d.By, d.At, len(picture)))
	}
	for _, query := range []string{"SELECT login FROM {account} WHERE member_id = ?", "SELECT id FROM {post} WHERE member_id = ?"} {
		err = c.Everything().Each(ctx, query, []any{id}, func(row store.Row) error {
			var is string
			err := row.Scan(&is)
			out = append(out, is)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(out)
	return out
}

// photograph is a picture of a certificate, each another one.
func photograph(t testing.TB, n int) io.Reader {
	img := image.NewGray(image.Rect(0, 0, 300, 400))
	for i := range img.Pix {
		img.Pix[i] = byte(i * (n + 1))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return &b
}

// approved lets the reviewer approve what waits.
func approved(t interface{ Fatal(...any) }, c *demotest.City, id string) {
	reviewer := c.Actor("reviewer")
	it, err := c.Reviews.Item(ctx, c.DB.As(reviewer.Scope), reviewer, id)
	if err == nil {
		err = c.Reviews.Approve(ctx, reviewer, id, it.Version)
	}
	if err != nil {
		t.Fatal(id, err)
	}
}

// TestUnitingDropsNothingAndIsUndone: any two records, any choices. Every value of both is found in the one, and separated
// again both are what they were.
func TestUnitingDropsNothingAndIsUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker := c.Actor("party-worker")
		page, err := c.Members.List(ctx, c.DB.As(worker.Scope), member.Filter{Under: c.Town().Path, Limit: 60, On: demotest.On})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for i, m := range page.Items {
			if m.ID == worker.Member || m.Name == worker.Name || m.Name == c.Actor("reviewer").Name {
				continue
			}
			ids = append(ids, m.ID)
			if i%4 == 0 {
				next := document.FilesOf(document.File{Name: "a.jpg", Body: photograph(t, 2*i)}, document.File{Name: "b.jpg", Body: photograph(t, 2*i+1)})
				if _, err := c.Documents.Upload(ctx, worker, m.ID, document.New{Kind: document.Certificate, Title: m.Name + "的毕业证书", Facts: []string{"education"}, Next: next}); err != nil {
					t.Fatal(err)
				}
			}
			for n := range i % 3 {
				f := member.NewFact{Kind: member.Earlier(roster.Occupation), From: civil.MustParse("2001-01-01").AddDays(200 * n), To: civil.MustParse("2001-04-01").AddDays(200*n + i), Text: "工人", Reason: "旧档案"}
				if out, err := c.Reviews.AddFact(ctx, worker, m.ID, f); err == nil {
					approved(t, c, out.ID)
				} else if fault.Of(err) != fault.Invalid {
					t.Fatal(err)
				}
			}
		}
		all := total(t, c, c.Town().Path)
		columns := append(slices.Clone(member.Changing), roster.IDNumber, roster.Joined, roster.Confirmed, roster.Category)
		rapid.Check(t, func(t *rapid.T) {
			pair := rapid.Permutation(ids).Draw(t, "ids")[:2]
			kept, other := pair[0], pair[1]
			chosen := rapid.SliceOfDistinct(rapid.SampledFrom(columns), rapid.ID[roster.Column]).Draw(t, "from the other")
			mine, myFacts := told(t, c, kept)
			theirs, theirFacts := told(t, c, other)
			myThings, theirThings := belongs(t, c, kept), belongs(t, c, other)
			k, err := c.Members.ByID(ctx, c.Everything(), kept)
			if err != nil {
				t.Fatal(err)
			}
			o, err := c.Members.ByID(ctx, c.Everything(), other)
			if err != nil {
				t.Fatal(err)
			}
			out, err := c.Reviews.Unite(ctx, worker, member.Unite{Kept: kept, Other: other, KeptVersion: k.Version, OtherVersion: o.Version, FromOther: chosen, Basis: sameMan})
			if err != nil {
				t.Fatal(err)
			}
			if _, waiting := told(t, c, kept); len(waiting) != len(myFacts) {
				t.Fatal("united before anybody else had looked")
			}
			approved(t, c, out.ID)
			is, facts := told(t, c, kept)
			both := slices.Concat(myThings, theirThings)
			slices.Sort(both)
			if now := belongs(t, c, kept); !slices.Equal(now, both) {
				t.Fatalf("went along: %q, want %q", now, both)
			}
			if len(facts) < len(myFacts)+len(theirFacts) {
				t.Fatalf("%d and %d facts became %d", len(myFacts), len(theirFacts), len(facts))
			}
			for _, col := range columns {
				if mine[col] == theirs[col] || mine[col] == "" || theirs[col] == "" {
					continue
				}
				want, aside := mine[col], 0
				if slices.Contains(chosen, col) {
					want = theirs[col]
				}
				for _, f := range facts {
					if len(f) > len(string(member.Aside(col))) && f[:len(string(member.Aside(col)))+1] == string(member.Aside(col))+" " {
						aside++
					}
				}
				if is[col] != want || aside == 0 {
					t.Fatalf("%s: %q, want %q of %q and %q; %d kept beside", col, is[col], want, mine[col], theirs[col], aside)
				}
			}
			if out, err = c.Reviews.Separate(ctx, worker, other, sameMan); err != nil {
				t.Fatal(err)
			}
			approved(t, c, out.ID)
			for id, was := range map[string]struct {
				values map[roster.Column]string
				facts  []string
				things []string
			}{kept: {mine, myFacts, myThings}, other: {theirs, theirFacts, theirThings}} {
				if things := belongs(t, c, id); !slices.Equal(things, was.things) {
					t.Fatalf("separated: %q, was %q", things, was.things)
				}
				now, facts := told(t, c, id)
				for col, v := range was.values {
					if now[col] != v {
						t.Fatalf("separated, %s is %q and was %q", col, now[col], v)
					}
				}
				if !slices.Equal(facts, was.facts) {
					t.Fatalf("separated, facts %v and were %v", facts, was.facts)
				}
			}
		})
		if now := total(t, c, c.Town().Path); now != all {
			t.Errorf("%d members, were %d", now, all)
		}
		c.Sound()
	})
}

func total(t testing.TB, c *demotest.City, path string) int64 {
	t.Helper()
	n, err := headcount.Total(ctx, c.Everything(), path)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
