package expression

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"

	"zhibu/internal/fault"
)

// The bounds of a condition. One about facts as few as these costs some dozens; what costs thousands is a loop.
const (
	longest   = 300 // characters
	costLimit = 2_000
	timeLimit = 50 * time.Millisecond
	deepest   = 12 // brackets within brackets
)

// Condition is a compiled expression that is true or not. It may be asked from many goroutines.
type Condition struct {
	text    string
	of      Subject
	program cel.Program
}

// String is the expression as written.
func (c *Condition) String() string { return c.text }

// environments are the languages of the subjects: operators, size and the tests of texts, no loops.
var environments = sync.OnceValue(func() map[Subject]*cel.Env {
	out := map[Subject]*cel.Env{}
	for _, of := range []Subject{Branch, Member} {
		options := []cel.EnvOption{cel.ClearMacros(), cel.ParserRecursionLimit(deepest), cel.ParserExpressionSizeLimit(longest), cel.DefaultUTCTimeZone(true), cel.CrossTypeNumericComparisons(true)}
		for _, f := range Facts(of) {
			options = append(options, cel.Variable(f.Name, f.cel))
		}
		env, err := cel.NewEnv(options...)
		if err != nil {
			panic("expression: " + err.Error()) // the facts above are wrong, which every test finds
		}
		out[of] = env
	}
	return out
})

// Read compiles a condition about a subject. What is wrong is a sentence that says where.
func Read(of Subject, text string) (*Condition, error) {
	text = strings.TrimSpace(text)
	env := environments()[of]
	switch {
	case env == nil:
		return nil, fault.New(fault.Invalid, "请选择是对党支部还是对党员。").At("of")
	case text == "":
		return nil, fault.New(fault.Invalid, "请写条件。总是成立的写 true。")
	case len([]rune(text)) > longest:
		return nil, fault.New(fault.Invalid, "条件最多 %d 个字。", longest)
	}
	ast, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, sentence(of, text, issues.Errors())
	}
	if kind := ast.OutputType(); kind != cel.BoolType {
		return nil, fault.New(fault.Invalid, "条件要得出是或否，现在得出的是%s。可以加上比较，例如 >= 1。", kindName(kind))
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit), cel.InterruptCheckFrequency(50))
	if err != nil {
		return nil, fault.New(fault.Invalid, "这个条件算不了：%s", plain(err.Error())).Because(err)
	}
	c := &Condition{text, of, program}
	if _, err := c.Holds(sample(of)); err != nil {
		return nil, err
	}
	return c, nil
}

// Holds tells whether the condition is true of facts. A fact that is not given counts as none: 0, no, the empty text.
func (c *Condition) Holds(given map[string]any) (bool, error) {
	all := sample(c.of)
	for name, v := range given {
		if known(c.of, name) {
			all[name] = v
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()
	out, _, err := c.program.ContextEval(ctx, all)
	if err != nil {
		return false, fault.New(fault.Invalid, "这个条件算不了：%s", plain(err.Error())).Because(err)
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, fault.New(fault.Invalid, "条件要得出是或否。")
	}
	return holds, nil
}

// sample gives every fact its empty value.
func sample(of Subject) map[string]any {
	out := map[string]any{}
	for _, f := range Facts(of) {
		switch f.cel {
		case cel.IntType:
			out[f.Name] = int64(0)
		case cel.DoubleType:
			out[f.Name] = 0.0
		case cel.BoolType:
			out[f.Name] = false
		default:
			out[f.Name] = ""
		}
	}
	return out
}

func kindName(t *cel.Type) string {
	switch t {
	case cel.IntType, cel.UintType:
		return number
	case cel.DoubleType:
		return hours
	case cel.StringType:
		return word
	}
	return t.String()
}

var undeclared = regexp.MustCompile(`undeclared reference to '([^']*)'`)

// sentence says in words what the compiler found first.
func sentence(of Subject, text string, errs []*common.Error) error {
	if len(errs) == 0 {
		return fault.New(fault.Invalid, "条件看不懂，请核对写法。")
	}
	first := errs[0]
	at := max(first.Location.Column(), 0) + 1
	if m := undeclared.FindStringSubmatch(first.Message); m != nil {
		return fault.New(fault.Invalid, "条件第 %d 个字处：没有“%s”这项事实。可以用的有：%s。", at, written(text, at, m[1]), names(of))
	}
	switch {
	case strings.Contains(first.Message, "no matching overload"):
		return fault.New(fault.Invalid, "条件第 %d 个字处：两边的种类不同，不能这样比较或者计算。数和数比，文字要加引号，是否不用比较。", at)
	case strings.Contains(first.Message, "Syntax error"):
		return fault.New(fault.Invalid, "条件第 %d 个字处写法不对。例如：branch.members >= 7 && meetings.lecture >= 1。", at)
	case strings.Contains(first.Message, "limit") || strings.Contains(first.Message, "recursion"):
		return fault.New(fault.Invalid, "条件太复杂，请拆成两条任务。")
	}
	return fault.New(fault.Invalid, "条件第 %d 个字处看不懂：%s", at, plain(first.Message))
}

var dotted = regexp.MustCompile(`^[\pL_][\pL\pN_.]*`)

// written is the whole name that stands where the compiler missed its first part.
func written(text string, at int, part string) string {
	if r := []rune(text); at <= len(r) {
		if m := dotted.FindString(string(r[at-1:])); strings.HasPrefix(m, part) {
			return m
		}
	}
	return part
}

func names(of Subject) string {
	var all []string
	for _, f := range Facts(of) {
		all = append(all, f.Name)
	}
	return strings.Join(all, "、")
}

// plain keeps a message of the library to one short line.
func plain(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return s
}
