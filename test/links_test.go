package test

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	fenced  = regexp.MustCompile("(?ms)^```.*?^```|`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|(?m)^\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#{1,6}\s+(.+?)\s*#*\s*$`)
)

// TestLinksInDocuments follows every link of every Markdown file to its file and heading. Addresses on the Internet
// are not followed: a test does not leave the machine.
func TestLinksInDocuments(t *testing.T) {
	links := 0
	for _, file := range documents(t, "..") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range targets(string(text)) {
			links++
			if err := follow(file, target); err != nil {
				t.Errorf("%s links to %s: %v", strings.TrimPrefix(file, "../"), target, err)
			}
		}
	}
	if links == 0 {
		t.Fatal("no link was found: the test looked at nothing")
	}
}

// TestLinksControl proves that a dead link is noticed and a living one is not.
func TestLinksControl(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("密钥 keys.md", "# Keys\n\n## 丢了密钥，怎么办？\n\n## Twice\n\n## Twice\n")
	from := filepath.Join(dir, "a.md")
	write("a.md", "text\n```\n[not](a-link.md)\n```\n and `[nor](this.md)`\n"+
		"[a](密钥%20keys.md) ![b](<密钥%20keys.md> \"t\") [c](https://example.org/x) <img src=\"gone.png\">\n\n[ref]: gone.md\n")
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"密钥%20keys.md", "密钥%20keys.md", "gone.png", "gone.md"}
	if got := targets(string(text)); !slices.Equal(got, want) {
		t.Errorf("links found: %q, want %q", got, want)
	}
	for target, dead := range map[string]bool{
		"密钥%20keys.md":         false,
		"密钥%20keys.md#丢了密钥怎么办": false,
		"密钥%20keys.md#twice-1": false,
		"密钥%20keys.md#thrice":  true,
		"gone.png":             true,
		"#nowhere":             true,
	} {
		if err := follow(from, target); (err != nil) != dead {
			t.Errorf("%s: %v, dead want %t", target, err, dead)
		}
	}
}

func documents(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "bin" || name == "out") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".md") {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// targets gives the links of a document that lead to something in this repository.
func targets(text string) []string {
	var found []string
	for _, match := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		target := match[1] + match[2] + match[3]
		if parsed, err := url.Parse(target); err == nil && parsed.Scheme != "" {
			continue
		}
		found = append(found, target)
	}
	return found
}

func follow(from, target string) error {
	path, anchor, _ := strings.Cut(target, "#")
	path, err := url.PathUnescape(path)
	if err != nil {
		return err
	}
	file := from
	if path != "" {
		file = filepath.Join(filepath.Dir(from), filepath.FromSlash(path))
	}
	if _, err := os.Stat(file); err != nil {
		return err
	}
	if anchor == "" || !strings.HasSuffix(file, ".md") {
		return nil
	}
	if anchor, err = url.PathUnescape(anchor); err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !slices.Contains(anchors(string(text)), anchor) {
		return errors.New("no such heading")
	}
	return nil
}

// anchors names the headings the way the hosts of Markdown do: lower case, blanks to dashes, no punctuation, and a
// number behind a name that was there before.
func anchors(text string) []string {
	var names []string
	seen := map[string]int{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, match[1])
		count := seen[name]
		seen[name]++
		if count > 0 {
			name += "-" + string(rune('0'+count))
		}
		names = append(names, name)
	}
	return names
}
