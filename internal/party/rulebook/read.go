package rulebook

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
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
	ID       string            `yaml:"id"`
	Title    string            `yaml:"title"`
	TitleEn  string            `yaml:"title_en"`
	Affects  string            `yaml:"affects"`
	Stricter map[string]string `yaml:"stricter"`
	Versions []writtenVersion  `yaml:"versions"`
}

type writtenVersion struct {
	Version    string            `yaml:"version"`
	Regulation string            `yaml:"regulation"`
	Article    string            `yaml:"article"`
	From       civil.Date        `yaml:"from"`
	To         civil.Date        `yaml:"to"`
	Parameters map[string]string `yaml:"parameters"`
	Wording    string            `yaml:"wording"`
	WordingEn  string            `yaml:"wording_en"`
	Certainty  Certainty         `yaml:"certainty"`
	Source     string            `yaml:"source"`
	Link       string            `yaml:"link"`
}

var (
	ruleKeys    = []string{"id", "title", "title_en", "affects", "stricter", "versions"}
	versionKeys = []string{"version", "regulation", "article", "from", "to", "parameters", "wording", "wording_en", "certainty", "source", "link"}
)

// Read reads every rules/*.yaml. Unknown keys, missing facts, parameters of the wrong kind, a rule written twice and
// versions that overlap or stand out of order are refused in a sentence that names file, line and rule.
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
		if err := b.add(path.Base(name), text); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// spot is a place in a rule file.
type spot struct {
	file, rule string
	line       int
}

func (s spot) broken(why string, args ...any) error {
	if s.rule == "" {
		return fault.New(fault.Invalid, "规则文件 %s 第 %d 行：%s", s.file, s.line, fmt.Sprintf(why, args...))
	}
	return fault.New(fault.Invalid, "规则文件 %s 第 %d 行，规则 %s：%s", s.file, s.line, s.rule, fmt.Sprintf(why, args...)).By(s.rule)
}

func (b *Book) add(file string, text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return spot{file: file, line: lineOf(err)}.broken("不是 YAML，%v", err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	list := pointed(doc.Content[0])
	if list.Kind != yaml.SequenceNode {
		return spot{file: file, line: list.Line}.broken("要写成一串规则，每条以 - id 开头")
	}
	for _, n := range list.Content {
		if err := b.addRule(file, pointed(n)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) addRule(file string, n *yaml.Node) error {
	at := spot{file: file, line: n.Line}
	if id := valueOf(n, "id"); id != nil {
		at.rule = id.Value
	}
	if err := at.keys(n, ruleKeys); err != nil {
		return err
	}
	versions := valueOf(n, "versions")
	if versions == nil || versions.Kind != yaml.SequenceNode || len(versions.Content) == 0 {
		return at.broken("没有写 versions")
	}
	for _, v := range versions.Content {
		if err := at.keys(pointed(v), versionKeys); err != nil {
			return err
		}
	}
	var w writtenRule
	if err := n.Decode(&w); err != nil {
		at.line = max(at.line, lineOf(err))
		return at.broken("读不懂，%v", err)
	}
	if key := missing("id", w.ID, "title", w.Title); key != "" {
		return at.broken("没有写 %s", key)
	}
	if slices.Contains(b.ids, w.ID) {
		return at.broken("id 写了两次")
	}
	if w.Affects != "" && !slices.Contains(Affected, w.Affects) {
		return at.broken("affects：%q 不在 %s 之中", w.Affects, strings.Join(Affected, "、"))
	}
	if err := at.directions(w); err != nil {
		return err
	}
	b.ids = append(b.ids, w.ID)
	for i, v := range w.Versions {
		at.line = pointed(versions.Content[i]).Line
		why := v.check()
		if why == "" && i > 0 && !w.Versions[i-1].endsBefore(v.From) {
			why = "from：和上一个版本的日期重叠"
		}
		if why != "" {
			return at.broken("版本 %q，%s", v.Version, why)
		}
		b.versions[w.ID] = append(b.versions[w.ID], Rule{
			ID: w.ID, Title: w.Title, TitleEn: w.TitleEn, Version: v.Version, Regulation: v.Regulation, Article: v.Article,
			From: v.From, To: v.To, Wording: v.Wording, WordingEn: v.WordingEn, Certainty: v.Certainty, Source: v.Source, Link: v.Link, Affects: w.Affects,
			parameters: v.Parameters, stricter: w.Stricter,
		})
	}
	return nil
}

// keys refuses a key that no rule has: a slip in a name would otherwise be a rule that says nothing.
func (s spot) keys(n *yaml.Node, known []string) error {
	if n.Kind != yaml.MappingNode {
		s.line = n.Line
		return s.broken("要写成“键: 值”")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; !slices.Contains(known, k.Value) {
			s.line = k.Line
			return s.broken("不认识的键 %s", k.Value)
		}
	}
	return nil
}

// directions checks what is said of stricter: of a parameter that some version has, and in words that fit it.
func (s spot) directions(w writtenRule) error {
	for _, name := range slices.Sorted(maps.Keys(w.Stricter)) {
		d, has := Direction(w.Stricter[name]), false
		for _, v := range w.Versions {
			_, ok := v.Parameters[name]
			has = has || ok
		}
		switch {
		case !has:
			return s.broken("stricter：没有参数 %s", name)
		case !d.fits(name):
			return s.broken("stricter：%s 的方向 %q 不对，数要写 lower 或者 higher，开关要写 on 或者 off", name, d)
		}
	}
	return nil
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return pointed(n.Content[i+1])
		}
	}
	return nil
}

// pointed follows an alias.
func pointed(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

var atLine = regexp.MustCompile(`line (\d+)`)

// lineOf reads the line out of what the YAML library says.
func lineOf(err error) int {
	m := atLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 1
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (v writtenVersion) endsBefore(day civil.Date) bool { return !v.To.IsZero() && v.To.Before(day) }

// check says what is wrong, "" if nothing.
func (v writtenVersion) check() string {
	key := missing("version", v.Version, "regulation", v.Regulation, "article", v.Article, "from", v.From.String(), "wording", v.Wording,
		"certainty", string(v.Certainty), "source", v.Source)
	switch {
	case key != "":
		return "没有写 " + key
	case v.Certainty != Verified && v.Certainty != Paraphrase && v.Certainty != Memory:
		return fmt.Sprintf("certainty：%q 不是 V、P、M", v.Certainty)
	case !v.To.IsZero() && v.To.Before(v.From):
		return "to：早于 from"
	}
	for _, name := range slices.Sorted(maps.Keys(v.Parameters)) {
		if err := checkParameter(name, v.Parameters[name]); err != nil {
			return fmt.Sprintf("parameters：%s %v", name, err)
		}
	}
	return ""
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
