package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writers are the use cases of internal/party/member that make something a fact, with how many arguments they take, and
// the rooms that may call them. Whoever calls one answers for it that a second person has looked: the room of review
// does; the import writes rows that wait for it, and approves its clean ones; founding a fictional city makes up its past;
// member itself moves those who follow their organisation, by the act on the organisation.
var writers = map[string]struct {
	arguments int
	rooms     []string
}{
	"Apply":     {5, []string{"internal/party/review", "internal/party/intake", "internal/party/member"}},
	"ApplyNew":  {5, []string{"internal/party/review"}},
	"Judge":     {4, []string{"internal/party/review"}},
	"JudgeMany": {3, []string{"internal/party/intake"}},
	"Insert":    {3, []string{"internal/party/intake", "internal/demo"}},
}

const memberRoom = "internal/party/member"

// TestNobodyWritesMembersPastReview reads the source of the whole house: a page, an endpoint or a command that called a
// writer of member's would let one person make a fact.
func TestNobodyWritesMembersPastReview(t *testing.T) {
	met := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, ".."+string(filepath.Separator))))
		for name, at := range writing(file, room) {
			met[name+" in "+room] = true
			if !slices.Contains(writers[name].rooms, room) {
				t.Errorf("%s calls %s of members: go by internal/party/review", files.Position(at), name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range writers {
		for _, room := range w.rooms {
			if !met[name+" in "+room] {
				t.Errorf("%s is not called in %s any more: take it off the list", name, room)
			}
		}
	}
}

// TestTheSearchFindsAWriter: by whatever name the service goes.
func TestTheSearchFindsAWriter(t *testing.T) {
	const past = `package web
import "zhibu/internal/party/member"
func f(quiet *member.Service) { quiet.Apply(ctx, tx, actor, change, member.Reviewed); go quiet.Judge(ctx, tx, m, v) }`
	file, err := parser.ParseFile(token.NewFileSet(), "past.go", past, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := writing(file, "internal/web"); len(got) != 2 {
		t.Errorf("found %v", got)
	}
}

// writing finds the calls of writers in a file that knows members, told from others of the same name by what they are
// given.
func writing(file *ast.File, room string) map[string]token.Pos {
	knows := room == memberRoom
	for _, i := range file.Imports {
		knows = knows || strings.Trim(i.Path.Value, `"`) == moduleMarker+memberRoom || strings.Trim(i.Path.Value, `"`) == moduleMarker+"internal/installation"
	}
	out := map[string]token.Pos{}
	if !knows {
		return out
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		called, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		w, guarded := writers[called.Sel.Name]
		if !guarded || len(call.Args) != w.arguments {
			return true
		}
		if text, ok := call.Args[1].(*ast.BasicLit); ok && text.Kind == token.STRING {
			return true // a row of a table
		}
		out[called.Sel.Name] = call.Pos()
		return true
	})
	return out
}
