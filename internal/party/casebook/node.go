package casebook

import (
	"bytes"
	"errors"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/words"
)

// file reads one file. The first slip ends the reading; it is kept in err, so that what follows need not ask each time.
type file struct {
	name string
	err  error
}

// fail notes a slip with file, line and key; what stood there is said behind the sentence.
func (f *file) fail(line int, key, text string, stood ...string) {
	if f.err == nil {
		f.err = fault.New(fault.Invalid, "%s:%d: %s: %s%s", f.name, line, key, text, strings.Join(stood, ""))
	}
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// document gives the list of cases.
func (f *file) document(text []byte) []*yaml.Node {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := d.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		f.fail(line, "YAML", words.Mark("不是 YAML："), strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		f.fail(max(more.Line, 1), "YAML", words.Mark("一个文件只写一个列表。"))
		return nil
	}
	if len(doc.Content) != 1 || plain(doc.Content[0]).Kind != yaml.SequenceNode {
		f.fail(max(doc.Line, 1), "YAML", words.Mark("这里要写案例的列表。"))
		return nil
	}
	return plain(doc.Content[0]).Content
}

// plain follows an alias to what it names.
func plain(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// isNull tells whether nothing stands behind a key, which is as if the key were not there.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 &&
		(n.Value == "" || n.Value == "~" || strings.EqualFold(n.Value, "null"))
}

// each calls read for every key of a mapping, once for a key; read answers whether it knows the key.
func (f *file) each(n *yaml.Node, in string, read func(key string, value *yaml.Node) bool) {
	n = plain(n)
	if n.Kind != yaml.MappingNode {
		f.fail(n.Line, in, words.Mark("这里要写键和值。"))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && f.err == nil; i += 2 {
		key, value := plain(n.Content[i]), plain(n.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
			f.fail(key.Line, in, words.Mark("键要写成一个词。"))
		case seen[key.Value]:
			f.fail(key.Line, key.Value, words.Mark("同一处写了两次。"))
		case !read(key.Value, value):
			f.fail(key.Line, key.Value, words.Mark("不认识的键。"))
		}
		seen[key.Value] = true
	}
}

// items calls read for every item of a list.
func (f *file) items(n *yaml.Node, key string, read func(item *yaml.Node)) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		f.fail(n.Line, key, words.Mark("这里要写列表。"))
		return
	}
	for _, item := range n.Content {
		if f.err == nil {
			read(plain(item))
		}
	}
}

// text reads a word or sentence.
func (f *file) text(n *yaml.Node, key string) string {
	if n.Kind != yaml.ScalarNode {
		f.fail(n.Line, key, words.Mark("这里要写一个值。"))
		return ""
	}
	if isNull(n) {
		return ""
	}
	return n.Value
}

// scalar reads a value by a parser; nothing is the zero value.
func scalar[T any](f *file, n *yaml.Node, key, want string, parse func(string) (T, error)) (v T) {
	text := f.text(n, key)
	if f.err != nil || isNull(n) {
		return v
	}
	v, err := parse(text)
	if err != nil {
		f.fail(n.Line, key, want, strconv.Quote(text))
	}
	return v
}

func (f *file) date(n *yaml.Node, key string) civil.Date {
	return scalar(f, n, key, words.Mark("要写成 2026-06-03 这样的日期，现在是"), civil.Parse)
}

func (f *file) count(n *yaml.Node, key string) int {
	return scalar(f, n, key, words.Mark("要写成整数，现在是"), func(s string) (int, error) {
		i, err := strconv.Atoi(s)
		if err == nil && (i < 0 || i > 1_000_000 || s[0] == '+') {
			err = strconv.ErrRange
		}
		return i, err
	})
}

func (f *file) flag(n *yaml.Node, key string) bool {
	return scalar(f, n, key, words.Mark("要写成 true 或者 false，现在是"), func(s string) (bool, error) {
		switch s {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE":
			return false, nil
		}
		return false, strconv.ErrSyntax
	})
}

func (f *file) money(n *yaml.Node, key string) *big.Rat {
	return scalar(f, n, key, words.Mark("要写成 3000.00 这样的金额，现在是"), rulebook.Decimal)
}

func (f *file) month(n *yaml.Node, key string) civil.Date {
	return scalar(f, n, key, words.Mark("要写成 2026-06 这样的月份，现在是"), func(s string) (civil.Date, error) { return civil.Parse(s + "-01") })
}

func (f *file) hundredths(n *yaml.Node, key string) timeline.Hundredths {
	return scalar(f, n, key, words.Mark("要写成最多两位小数的数，现在是"), func(s string) (timeline.Hundredths, error) {
		r, err := rulebook.Decimal(s)
		if err != nil {
			return 0, err
		}
		r.Mul(r, big.NewRat(100, 1))
		if !r.IsInt() || r.Cmp(big.NewRat(1_000_000_00, 1)) > 0 {
			return 0, strconv.ErrRange
		}
		return timeline.Hundredths(r.Num().Int64()), nil
	})
}

// word reads one of a few words.
func word[T ~string](f *file, n *yaml.Node, key string, allowed []T) T {
	text := f.text(n, key)
	if f.err == nil && !isNull(n) && !slices.Contains(allowed, T(text)) {
		f.fail(n.Line, key, words.Mark("不是可用的词："), strconv.Quote(text), " (", joined(allowed), ")")
	}
	return T(text)
}

func joined[T ~string](list []T) string {
	var b strings.Builder
	for i, item := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(item))
	}
	return b.String()
}

var ruleID = regexp.MustCompile(`^[A-Z]{1,2}-\d+$`)

func (f *file) rule(n *yaml.Node, key string) string {
	return scalar(f, n, key, words.Mark("要写成 D-03 这样的规则编号，现在是"), func(s string) (string, error) {
		if !ruleID.MatchString(s) {
			return "", strconv.ErrSyntax
		}
		return s, nil
	})
}

// texts reads a list of words.
func (f *file) texts(n *yaml.Node, key string) []string {
	out := []string{}
	f.items(n, key, func(item *yaml.Node) { out = append(out, f.text(item, key)) })
	return out
}
