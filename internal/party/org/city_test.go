package org_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

var syllables = []string{"石", "桥", "河", "口", "清", "泽", "东", "南", "西", "北", "龙", "凤", "山", "岭", "塘", "湖", "柳", "杨", "松", "竹", "梅", "兰", "沙", "坪", "安", "平", "永", "乐", "新", "华"}

func syllable(n int) string { return syllables[n%len(syllables)] }

// city makes a tree of a size: districts of towns of branches, with names that are alike.
func city(size int) []org.NewOrganisation {
	var out []org.NewOrganisation
	add := func(parent int, k org.Kind, name string) int {
		out = append(out, org.NewOrganisation{Parent: parent, Code: fmt.Sprintf("066%09d", len(out)+1), Name: "中国共产党清泽市" + name, ShortName: name,
			Kind: k, Established: civil.MustParse("2001-07-01"), Facts: org.Facts{Unit: name, UnitKind: "village", Contact: "王德明", Phone: "06001234567"}})
		return len(out) - 1
	}
	root := add(-1, org.Committee, "清泽市委")
	for d := 0; len(out) < size; d++ {
		district := add(root, org.Committee, syllable(d)+syllable(d*7+3)+"区委")
		for town := 0; town < 50 && len(out) < size; town++ {
			at := add(district, org.Committee, syllable(town)+syllable(d+town*3+1)+"镇党委")
			for b := 0; b < 100 && len(out) < size; b++ {
				add(at, org.Branch, syllable(b)+syllable(b/30+town*5)+syllable(d+b*11)+"村党支部")
			}
		}
	}
	return out[:size]
}

func (h *house) load(size int) []org.Organisation {
	h.t.Helper()
	begin := time.Now()
	list, err := h.org.Load(ctx, everyone, org.Load{Organisations: city(size), Reason: "试验"})
	h.must(err)
	h.codes = size
	h.t.Logf("%d organisations in %v", size, time.Since(begin))
	return list
}

// analyse does what PostgreSQL's own service does a minute after a load.
func (h *house) analyse(engine string) {
	if engine != "PostgreSQL" {
		return
	}
	db, err := sql.Open("pgx", h.config.URL)
	h.must(err)
	defer db.Close()
	_, err = db.Exec("VACUUM ANALYZE")
	h.must(err)
}

func BenchmarkFiftyThousand(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(b *testing.B) store.Config
	}{{"SQLite", func(b *testing.B) store.Config { return store.Config{Dir: b.TempDir()} }}, {"PostgreSQL", postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := open(b, engine.open(b))
			list := h.load(50000)
			h.analyse(engine.name)
			town := list[2]
			readers := map[string]store.Reader{"city": h.db.As(everyone.Scope), "town": h.db.As(store.Subtree(town.Path))}
			for _, text := range []string{"066000049999", "066", "石桥", "桥村党", "桥沙村", "没有这样的", "s", "sq", "shiqiao", "zzz", "中国共产党清泽市石"} {
				for where, r := range readers {
					b.Run("find/"+where+"/"+text, func(b *testing.B) {
						n := 0
						for b.Loop() {
							found, _, err := org.Find(ctx, r, org.Search{Text: text, Limit: 20})
							if err != nil {
								b.Fatal(err)
							}
							n = len(found)
						}
						b.ReportMetric(float64(n), "found")
					})
				}
			}
			b.Run("children", func(b *testing.B) {
				for b.Loop() {
					if c, _, err := org.Children(ctx, readers["city"], list[1].ID, "", 100); err != nil || len(c) != 50 {
						b.Fatal(len(c), err)
					}
				}
			})
			b.Run("list/last page", func(b *testing.B) {
				for b.Loop() {
					if l, _, err := org.List(ctx, readers["city"], list[49900].Path, 50); err != nil || len(l) != 50 {
						b.Fatal(len(l), err)
					}
				}
			})
			b.Run("list/first page", func(b *testing.B) {
				for b.Loop() {
					if l, _, err := org.List(ctx, readers["city"], "", 50); err != nil || len(l) != 50 {
						b.Fatal(len(l), err)
					}
				}
			})
			b.Run("lineage", func(b *testing.B) {
				for b.Loop() {
					if l, err := org.Lineage(ctx, readers["town"], list[3].Path); err != nil || len(l) != 4 {
						b.Fatal(len(l), err)
					}
				}
			})
			b.Run("directory", func(b *testing.B) {
				for b.Loop() {
					if d, err := org.NewDirectory(ctx, readers["city"], ""); err != nil || d.Len() != 50000 {
						b.Fatal(err)
					}
				}
			})
			b.Run("directory/unknown names", func(b *testing.B) {
				d, err := org.NewDirectory(ctx, readers["city"], "")
				if err != nil {
					b.Fatal(err)
				}
				i := 0
				for b.Loop() {
					i++
					d.Find(fmt.Sprintf("石桥%d沙村支部", i))
				}
			})
		})
	}
}
