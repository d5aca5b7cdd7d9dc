package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"zhibu/internal/fault"
)

// said is a sentence found in the code.
type said struct{ text, where string }

// spoken collects the sentences of the repository: what T, words.T, words.Mark, view.Say and fault.New are called with. Templates
// are read through their generated files, which hold the same calls. bare is Chinese that a template writes past T.
func spoken(t *testing.T) (sentences, bare []said) {
	t.Helper()
	root := filepath.Join("..", "..")
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			where := fset.Position(call.Pos()).String()
			name := called(call)
			if i, ok := textArgument[name]; ok && len(call.Args) > i {
				if s, ok := literal(call.Args[i]); ok && han(s) {
					sentences = append(sentences, said{s, where})
				}
			}
			if name == "templruntime.WriteString" && len(call.Args) == 3 {
				if s, ok := literal(call.Args[2]); ok && han(s) {
					bare = append(bare, said{s, where})
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sentences, bare
}

// textArgument says which argument of a call is the sentence.
// k.err, k.warn, r.Say and say are the problems of the roster, d.t what the doctor says,
// rulebook.Because the arithmetic of a verdict.
var textArgument = map[string]int{
	"T": 1, "words.T": 1, "Mark": 0, "words.Mark": 0, "New": 1, "fault.New": 1, "Say": 0, "view.Say": 0,
	"k.err": 2, "k.warn": 2, "r.Say": 3, "say": 3, "d.t": 0, "rulebook.Because": 0,
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// literal reads a string constant, also one added up of several.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return literal(e.X)
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	}
	return "", false
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestEverySentenceHasEnglish(t *testing.T) {
	sentences, _ := spoken(t)
	if !slices.ContainsFunc(sentences, func(s said) bool { return s.text == fault.Missing().Text }) {
		t.Fatalf("the best known sentence is not among the %d found: the extractor is broken", len(sentences))
	}
	missing := map[string]string{}
	for _, s := range sentences {
		if _, ok := catalogue[s.text]; !ok {
			missing[s.text] = s.where
		}
	}
	var lines []string
	for text, where := range missing {
		lines = append(lines, fmt.Sprintf("%s  // %s", strconv.Quote(text), where))
	}
	sort.Strings(lines)
	if len(lines) > 0 {
		t.Errorf("%d sentences have no English in en/*.json:\n%s", len(lines), strings.Join(lines, "\n"))
	}
}

func TestEnglishTakesTheSameArguments(t *testing.T) {
	for zh, f := range catalogue {
		for _, en := range []string{f.one, f.other} {
			if en == "" {
				continue
			}
			if a, b := verbs(zh), verbs(en); a != b && !(en == f.one && strings.HasPrefix(a, "d")) {
				t.Errorf("%q takes %q, its English %q takes %q", zh, a, en, b)
			}
		}
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*\d*(?:\.\d+)?([a-zA-Z%])`)

// verbs lists the formatting verbs in the order of their arguments.
func verbs(s string) string {
	byArg, next := map[int]string{}, 1
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		byArg[next] = m[2]
		next++
	}
	out := ""
	for i := 1; len(byArg) > 0 && i < 20; i++ {
		out += byArg[i]
		delete(byArg, i)
	}
	return out
}

// A half-width mark between or beside Chinese characters is a typing slip; %d and Latin words may touch one.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:!?()]|[,;:!?()]\p{Han}|\p{Han}\.(?:\s|$|\p{Han})`)

func TestChinesePunctuationIsFullWidth(t *testing.T) {
	sentences, _ := spoken(t)
	for _, s := range sentences {
		if m := halfWidth.FindString(s.text); m != "" {
			t.Errorf("%s: half-width punctuation at %q in %q", s.where, m, s.text)
		}
	}
}

func TestTemplatesWriteNoChinesePastTheCatalogue(t *testing.T) {
	_, bare := spoken(t)
	for _, s := range bare {
		t.Errorf("%s: %q is not translated", s.where, s.text)
	}
}

func TestHalfWidthIsFound(t *testing.T) {
	for s, bad := range map[string]bool{"姓名,性别": true, "姓名，性别": false, "共 3 人(在册)": true, "编号 %s: 无": false, "保存。": false, "保存.": true, "第 1.2 版": false} {
		if got := halfWidth.MatchString(s); got != bad {
			t.Errorf("%q: got %v", s, got)
		}
	}
}
