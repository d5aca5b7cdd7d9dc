package document_test

import (
	"slices"
	"testing"

	"zhibu/internal/demo/demotest"
	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// TestDocumentProvesDatedFact: a document of the file is named with an honour, proves it once a second person has looked,
// proves what is put in its place only if it is named again, and nothing when it was removed.
func TestDocumentProvesDatedFact(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := demotest.Found(t, cfg, 300)
		worker, m := c.Actor("party-worker"), someone(c)
		doc := upload(c, worker, m.ID, fileOf(photo(t, 71)))
		page, err := c.Members.List(ctx, c.Everything(), member.Filter{Under: m.OrgPath, On: demotest.On})
		if err != nil || len(page.Items) < 2 {
			t.Fatal(err)
		}
		elsewhere := upload(c, worker, page.Items[1].ID, fileOf(photo(t, 72)))
		honour := member.NewFact{Kind: member.Honour, From: demotest.On.AddDays(-10), Text: "优秀共产党员", Proofs: []string{doc}}
		wrong := honour
		wrong.Proofs = []string{elsewhere}
		if _, err := c.Reviews.AddFact(ctx, worker, m.ID, wrong); fault.As(err) == nil || fault.As(err).Field != "proofs" {
			t.Errorf("somebody else's document: %v", err)
		}
		proofs := func() map[string][]string {
			out, err := c.Members.ProofsOf(ctx, c.Everything(), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		dated := func() []string {
			d, err := c.Documents.ByID(ctx, c.Everything(), doc)
			if err != nil || !slices.Equal(d.Facts, []string{"education"}) {
				t.Fatalf("%+v %v", d, err)
			}
			return d.Dated
		}
		out, err := c.Reviews.AddFact(ctx, worker, m.ID, honour)
		if err != nil {
			t.Fatal(err)
		}
		if len(proofs()) != 0 || len(dated()) != 0 {
			t.Error("it proves what nobody has reviewed")
		}
		approved(t, c, out.ID)
		facts, err := c.Members.Facts(ctx, c.Everything(), m.ID)
		if err != nil || len(facts) != 1 {
			t.Fatalf("%+v %v", facts, err)
		}
		if !slices.Equal(proofs()[facts[0].ID], []string{doc}) || !slices.Equal(dated(), []string{facts[0].ID}) {
			t.Errorf("fact %v, document %v", proofs(), dated())
		}
		mended := honour
		mended.Text, mended.Reason = "优秀党务工作者", "看错了"
		if out, err = c.Reviews.CorrectFact(ctx, worker, m.ID, facts[0].ID, 1, mended); err != nil {
			t.Fatal(err)
		}
		approved(t, c, out.ID)
		if now := dated(); len(now) != 2 {
			t.Errorf("after the correction %v", now)
		}
		if err := c.Documents.Remove(ctx, worker, doc, "传错"); err != nil {
			t.Fatal(err)
		}
		if left := proofs(); len(left) != 0 {
			t.Errorf("a removed document proves %v", left)
		}
		c.Sound()
	})
}
