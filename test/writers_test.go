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

// writer is a use case that makes something a fact: its name, how many arguments it takes (at least so many, where more may
// follow), and the rooms that may call it. others are services whose acts of the same name are something else.
type writer struct {
	name      string
	arguments int
	more      bool
	rooms     []string
	others    []string
}

// guarded are the writers by the room that has them. Whoever calls one answers for it that a second person has looked: the
// room of review does; the import writes rows that wait for it, and approves its clean ones, and takes back what it brought;
// that a fact is still right is said by the member or the branch and changes none; founding a fictional city makes up its
// past; member itself moves those who follow their organisation, by the act on the organisation. Acts on organisations are
// done by review; who is confirmed becomes a full member when the committee above approves what the assembly voted and two
// counted, and posts follow an election that the committee above approves; the first organisations come with the installation or the city.
var guarded = map[string][]writer{
	memberRoom: {
		{name: "Apply", arguments: 5, rooms: []string{"internal/party/review", "internal/party/intake", "internal/party/member", "internal/party/admission"}},
		{name: "ApplyNew", arguments: 5, rooms: []string{"internal/party/review"}},
		{name: "Judge", arguments: 4, rooms: []string{"internal/party/review"}},
		{name: "JudgeMany", arguments: 3, rooms: []string{"internal/party/intake"}},
		{name: "Insert", arguments: 3, rooms: []string{"internal/party/intake", "internal/demo"}},
		{name: "Revert", arguments: 3, rooms: []string{"internal/party/intake"}},
		{name: "Withdraw", arguments: 4, rooms: []string{"internal/party/intake"}, others: []string{"Reviews", "Requests", "Shredding", "Stewards"}},
		{name: "Affirm", arguments: 3, more: true, rooms: []string{"internal/web", "internal/exchange/api"}},
	},
	orgRoom: {
		{name: "Apply", arguments: 4, rooms: []string{"internal/party/review", "internal/party/election"}},
		{name: "Establish", arguments: 3},
		{name: "Rename", arguments: 3},
		{name: "Move", arguments: 3, others: []string{"headcount"}},
		{name: "Merge", arguments: 3},
		{name: "Split", arguments: 3},
		{name: "Abolish", arguments: 3},
		{name: "Reopen", arguments: 3},
		{name: "ChangeFacts", arguments: 3},
		{name: "AddPost", arguments: 3},
		{name: "EndPost", arguments: 3},
		{name: "Load", arguments: 3, rooms: []string{"internal/demo", "cmd/zhibu"}},
	},
}

const (
	memberRoom = "internal/party/member"
	orgRoom    = "internal/party/org"
)

// TestNobodyWritesPastReview reads the source of the whole house: a page, an endpoint or a command that called a
// guarded writer would let one person make a fact.
func TestNobodyWritesPastReview(t *testing.T) {
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
		for of, writers := range guarded {
			for _, w := range writers {
				at, called := writing(file, room, of, w)
				if !called {
					continue
				}
				met[of+" "+w.name+" in "+room] = true
				if !slices.Contains(w.rooms, room) {
					t.Errorf("%s calls %s of %s: go by internal/party/review", files.Position(at), w.name, of)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for of, writers := range guarded {
		for _, w := range writers {
			for _, room := range w.rooms {
				if !met[of+" "+w.name+" in "+room] {
					t.Errorf("%s of %s is not called in %s any more: take it off the list", w.name, of, room)
				}
			}
		}
	}
}

// TestTheSearchFindsAWriter: by whatever name the service goes.
func TestTheSearchFindsAWriter(t *testing.T) {
	const past = `package web
import "zhibu/internal/party/member"
import "zhibu/internal/party/org"
func f(quiet *member.Service, still *org.Service) {
	quiet.Apply(ctx, tx, actor, change, member.Reviewed); go quiet.Judge(ctx, tx, m, v)
	in.Reviews.Withdraw(ctx, actor, id, version); quiet.Withdraw(ctx, actor, batch, 10); quiet.Revert(ctx, tx, c); quiet.Affirm(ctx, actor, one, two)
	still.Merge(ctx, actor, in); still.Apply(ctx, tx, actor, ready); headcount.Move(ctx, tx, a, b)
}`
	file, err := parser.ParseFile(token.NewFileSet(), "past.go", past, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for of, writers := range guarded {
		for _, w := range writers {
			if _, called := writing(file, "internal/web", of, w); called {
				got = append(got, of[len("internal/party/"):]+"."+w.name)
			}
		}
	}
	slices.Sort(got)
	if want := []string{"member.Affirm", "member.Apply", "member.Judge", "member.Revert", "member.Withdraw", "org.Apply", "org.Merge"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// writing finds a call of a writer in a file that knows its room, told from others of the same name by what they are given
// and whose they are.
func writing(file *ast.File, room, of string, w writer) (at token.Pos, called bool) {
	knows := room == of && of == memberRoom // org calls its own acts by nobody's leave
	for _, i := range file.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		knows = knows || path == moduleMarker+of || path == moduleMarker+"internal/installation"
	}
	if !knows {
		return 0, false
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || fun.Sel.Name != w.name || len(call.Args) != w.arguments && (!w.more || len(call.Args) < w.arguments) || slices.Contains(w.others, owner(fun.X)) {
			return true
		}
		if text, ok := call.Args[1].(*ast.BasicLit); ok && text.Kind == token.STRING {
			return true // a row of a table
		}
		at, called = call.Pos(), true
		return true
	})
	return at, called
}

// owner is the last name of what a method is called on.
func owner(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}
