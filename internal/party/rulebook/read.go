package rulebook

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
)

//go:embed rules/*.yaml
var shipped embed.FS

// Default is the book the program ships. A broken one is a defect and stops the program at its first use.
var Default = sync.OnceValue(func() *Book {
	b, err := Read(shipped)
	if err != nil {
		panic(err)
	}
	return b
})

// writtenRule is a rule as its file has it: what all versions share, then the versions, oldest first.
type writtenRule struct {
	ID       string           `yaml:"id"`
	Title    string           `yaml:"title"`
	Versions []writtenVersion `yaml:"versions"`
}

type writtenVersion struct {
	Version    string            `yaml:"version"`
	Regulation string            `yaml:"regulation"`
	Article    string            `yaml:"article"`
	From       civil.Date        `yaml:"from"`
	To         civil.Date        `yaml:"to"`
	Parameters map[string]string `yaml:"parameters"`
	Wording    string            `yaml:"wording"`
	Certainty  Certainty         `yaml:"certainty"`
	Source     string            `yaml:"source"`
	Link       string            `yaml:"link"`
}

// Read reads every rules/*.yaml. Unknown keys, missing facts, parameters of the wrong kind, a rule written twice and
// versions that overlap or stand out of order are errors that name file, line and key.
func Read(files fs.FS) (*Book, error) {
	names, err := fs.Glob(files, "rules/*.yaml")
	if err != nil {
		return nil, err
	}
	b := &Book{versions: map[string][]Rule{}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if err := b.add(text); err != nil {
			return nil, fmt.Errorf("rulebook: %s: %w", path.Base(name), err)
		}
	}
	return b, nil
}

func (b *Book) add(text []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var written []writtenRule
	if err := d.Decode(&written); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	where, err := lines(text)
	if err != nil {
		return err
	}
	for i, w := range written {
		if key := missing("id", w.ID, "title", w.Title); key != "" || len(w.Versions) == 0 {
			return fmt.Errorf("line %d: rule %q: %s is needed", where[i].rule, w.ID, cmp.Or(key, "versions"))
		}
		if slices.Contains(b.ids, w.ID) {
			return fmt.Errorf("line %d: id: rule %s stands twice", where[i].rule, w.ID)
		}
		b.ids = append(b.ids, w.ID)
		for n, v := range w.Versions {
			err := v.check()
			if n > 0 && err == nil && !w.Versions[n-1].endsBefore(v.From) {
				err = errors.New("from: overlaps the version before")
			}
			if err != nil {
				return fmt.Errorf("line %d: rule %s, version %q: %w", where[i].versions[n], w.ID, v.Version, err)
			}
			b.versions[w.ID] = append(b.versions[w.ID], Rule{
				ID: w.ID, Title: w.Title, Version: v.Version, Regulation: v.Regulation, Article: v.Article,
				From: v.From, To: v.To, Wording: v.Wording, Certainty: v.Certainty, Source: v.Source, Link: v.Link,
				parameters: v.Parameters,
			})
		}
	}
	return nil
}

// place is where a rule and its versions stand in the file.
type place struct {
	rule     int
	versions []int
}

// lines finds the places. The text has been read strictly before, so its form is known.
func lines(text []byte) ([]place, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		return nil, err
	}
	var places []place
	for _, rule := range doc.Content[0].Content {
		p := place{rule: rule.Line}
		for i := 0; i+1 < len(rule.Content); i += 2 {
			if rule.Content[i].Value == "versions" {
				for _, v := range rule.Content[i+1].Content {
					p.versions = append(p.versions, v.Line)
				}
			}
		}
		places = append(places, p)
	}
	return places, nil
}

func (v writtenVersion) endsBefore(day civil.Date) bool { return !v.To.IsZero() && v.To.Before(day) }

func (v writtenVersion) check() error {
	key := missing("version", v.Version, "regulation", v.Regulation, "article", v.Article, "from", v.From.String(), "wording", v.Wording,
		"certainty", string(v.Certainty), "source", v.Source)
	switch {
	case key != "":
		return fmt.Errorf("%s is needed", key)
	case v.Certainty != Verified && v.Certainty != Paraphrase && v.Certainty != Memory:
		return fmt.Errorf("certainty: %q is none of V, P, M", v.Certainty)
	case !v.To.IsZero() && v.To.Before(v.From):
		return errors.New("to: ends before it begins")
	}
	for _, name := range slices.Sorted(maps.Keys(v.Parameters)) {
		if err := checkParameter(name, v.Parameters[name]); err != nil {
			return fmt.Errorf("parameters: %s: %w", name, err)
		}
	}
	return nil
}

// missing names the first key of key, value pairs whose value is empty.
func missing(pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return pairs[i]
		}
	}
	return ""
}
