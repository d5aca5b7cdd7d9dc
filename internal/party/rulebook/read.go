package rulebook

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
}

// Read reads every rules/*.yaml. Unknown keys, missing facts, a rule written twice and versions that overlap or stand
// out of order are errors that name file and rule.
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
	for _, w := range written {
		if w.ID == "" || w.Title == "" || len(w.Versions) == 0 {
			return fmt.Errorf("rule %q: id, title and versions are needed", w.ID)
		}
		if slices.Contains(b.ids, w.ID) {
			return fmt.Errorf("rule %s stands twice", w.ID)
		}
		b.ids = append(b.ids, w.ID)
		for i, v := range w.Versions {
			if err := v.check(); err != nil {
				return fmt.Errorf("rule %s, version %q: %w", w.ID, v.Version, err)
			}
			if i > 0 && !w.Versions[i-1].endsBefore(v.From) {
				return fmt.Errorf("rule %s, version %q: overlaps the one before", w.ID, v.Version)
			}
			b.versions[w.ID] = append(b.versions[w.ID], Rule{
				ID: w.ID, Title: w.Title, Version: v.Version, Regulation: v.Regulation, Article: v.Article,
				From: v.From, To: v.To, Wording: v.Wording, Certainty: v.Certainty, Source: v.Source,
				parameters: v.Parameters,
			})
		}
	}
	return nil
}

func (v writtenVersion) endsBefore(day civil.Date) bool { return !v.To.IsZero() && v.To.Before(day) }

func (v writtenVersion) check() error {
	switch {
	case v.Version == "" || v.Regulation == "" || v.Article == "" || v.Wording == "" || v.Source == "":
		return errors.New("version, regulation, article, wording and source are needed")
	case v.Certainty != Verified && v.Certainty != Paraphrase && v.Certainty != Memory:
		return fmt.Errorf("certainty %q is none of V, P, M", v.Certainty)
	case !v.From.Valid():
		return errors.New("the first day in force is needed")
	case !v.To.IsZero() && v.To.Before(v.From):
		return errors.New("ends before it begins")
	}
	return nil
}
