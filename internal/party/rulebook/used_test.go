package rulebook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

var idLike = regexp.MustCompile(`^[DBEFMTS]-\d\d$`)

// Every rule that the code names is on the shelf: a slip in an id would otherwise panic where nobody looks, or send whoever reads
// a refusal to another article.
func TestRulesNamedInCodeExist(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(node ast.Node) bool {
			if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if id, _ := strconv.Unquote(lit.Value); idLike.MatchString(id) {
					n++
					if _, ok := Default().First(id); !ok {
						t.Errorf("%s: no rule %s", files.Position(lit.Pos()), id)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil || n < 30 {
		t.Fatalf("%d rules named, %v", n, err)
	}
}

// A broken parameter is refused with file, line and key.
func TestParametersAreTyped(t *testing.T) {
	const rule = "- id: X-1\n  title: 试\n  versions:\n    - {version: a, regulation: r, article: 一, from: 2000-01-01, parameters: {P}, wording: w, certainty: V, source: s}\n"
	for p, good := range map[string]bool{
		"talk_months: 1": true, "talk_months: one": false, "talk_months: -1": false, `present_share: "> 1/2"`: true, `present_share: "> 3/2"`: false,
		"present_share: 1/2": false, `wage_bands: "3000:0.5% *:1%"`: true, `wage_bands: "3000:0.5%"`: false, `wage_bands: "5:1% 3:2% *:3%"`: false,
		"limit_yuan: 1000": true, "limit_yuan: 1e3": false, "written_switch: true": true, "written_switch: on": false, "since: 1982-09-06": true,
		"since: 1982-09-31": false, "step: talked": true, `step: ""`: false,
	} {
		_, err := Read(fstest.MapFS{"rules/x.yaml": {Data: []byte(strings.Replace(rule, "P", p, 1))}})
		if (err == nil) != good {
			t.Errorf("%s: %v", p, err)
		}
		if key, _, _ := strings.Cut(p, ":"); err != nil && (!strings.Contains(err.Error(), "x.yaml 第 4 行，规则 X-1：") || !strings.Contains(err.Error(), key)) {
			t.Errorf("%s: the error does not say where: %v", p, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("- id: X-1\n  title: 试\n  versions:\n    - {version: a, regulation: r, article: 一, from: 2000-01-01, wording: w, certainty: V, source: s}\n"))
	f.Add([]byte("- {}\n- *x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Read(fstest.MapFS{"rules/x.yaml": {Data: text}})
		if err == nil {
			for _, id := range b.IDs() {
				if _, ok := b.First(id); !ok {
					t.Fatalf("%s has no version", id)
				}
			}
		}
	})
}
