package admission

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/timeline"
	"zhibu/internal/words"
)

// Step is one of the steps from the application to the archive.
type Step struct {
	Number    string          `yaml:"number"` // as the flow chart counts: 1 to 25, 8a
	Stage     Stage           `yaml:"stage"`
	Title     string          `yaml:"title"` // in Chinese, a key of the catalogue
	Who       Actor           `yaml:"who"`
	Documents []string        `yaml:"documents"` // kinds of party/document
	Rules     []string        `yaml:"rules"`     // ids in the rulebook
	Kinds     []timeline.Kind `yaml:"kinds"`     // any of these shows that it is done
	Also      []timeline.Kind `yaml:"also"`      // belongs to it without ending it
	PartOf    string          `yaml:"part_of"`   // the step with which it is done, where nothing of its own is recorded
	Repeats   bool            `yaml:"repeats"`   // comes again until a later step
	With      string          `yaml:"with"`      // asked only where this rule is in force
	Duty      timeline.Name   `yaml:"duty"`      // what the rules ask for
	Needs     []string        `yaml:"needs"`     // what must be written down with it, names of Fields
	Asks      []string        `yaml:"asks"`      // what may be
	Paper     string          `yaml:"paper"`     // what its paper is called, in Chinese: papers go to Party organisations
}

// Stage is one of the five stages.
type Stage string

// Stages are all, in their order.
var Stages = []Stage{"application", "activist", "candidate", "acceptance", "probation"}

var stageNames = map[Stage]string{
	"application": words.Mark("申请入党"), "activist": words.Mark("入党积极分子的确定和培养教育"), "candidate": words.Mark("发展对象的确定和考察"),
	"acceptance": words.Mark("预备党员的接收"), "probation": words.Mark("预备党员的教育考察和转正"),
}

// Name is the stage in Chinese, a key of the catalogue.
func (s Stage) Name() string { return stageNames[s] }

// Actor is who takes a step.
type Actor string

var actorNames = map[Actor]string{
	"applicant": words.Mark("本人"), "branch": words.Mark("党支部"), "committee": words.Mark("支部委员会"), "assembly": words.Mark("支部党员大会"), "superior": words.Mark("上级党委"),
	"department": words.Mark("上级党委组织部门"),
}

// Name is the actor in Chinese, a key of the catalogue.
func (a Actor) Name() string { return actorNames[a] }

//go:embed steps.yaml
var shipped []byte

// Steps are all of them in their order.
var Steps = mustRead(shipped)

// mustRead stops the program over a broken file, which is a defect.
func mustRead(file []byte) []Step {
	steps, err := read(file)
	if err != nil {
		panic(err)
	}
	return steps
}

func read(file []byte) (steps []Step, err error) {
	decode := yaml.NewDecoder(bytes.NewReader(file))
	decode.KnownFields(true)
	if err := decode.Decode(&steps); err != nil {
		return nil, fmt.Errorf("admission: steps: %w", err)
	}
	known := map[string]bool{}
	for _, s := range steps {
		if known[s.Number] {
			return nil, fmt.Errorf("admission: step %s stands twice", s.Number)
		}
		known[s.Number] = true
	}
	for _, s := range steps {
		if err := s.check(known); err != nil {
			return nil, fmt.Errorf("admission: step %s: %w", s.Number, err)
		}
	}
	return steps, nil
}

func (s Step) check(known map[string]bool) error {
	switch {
	case s.Number == "" || s.Title == "" || s.Stage.Name() == "" || s.Who.Name() == "" || len(s.Rules) == 0 || s.Paper == "":
		return fmt.Errorf("number, title, stage, who, rules and paper are needed")
	case (s.PartOf == "") == (len(s.Kinds) == 0):
		return fmt.Errorf("it is recorded by kinds, or part of another step")
	case s.PartOf != "" && (!known[s.PartOf] || s.PartOf == s.Number):
		return fmt.Errorf("part of the unknown step %s", s.PartOf)
	case s.Duty != "" && !slices.Contains(timeline.Names, s.Duty):
		return fmt.Errorf("no duty %s", s.Duty)
	}
	for _, f := range s.Fields() {
		if _, ok := fields[f]; !ok {
			return fmt.Errorf("no field %s", f)
		}
	}
	for _, k := range slices.Concat(s.Kinds, s.Also) {
		if !slices.Contains(timeline.Kinds, k) {
			return fmt.Errorf("nothing is recorded as %s", k)
		}
	}
	for _, id := range append(slices.Clone(s.Rules), s.With) {
		if _, ok := rulebook.Default().First(id); !ok && id != "" {
			return fmt.Errorf("no rule %s", id)
		}
	}
	return nil
}

// Fields names all that is written down with the step.
func (s Step) Fields() []string { return slices.Concat(s.Needs, s.Asks) }

// Above tells whether the committee above takes the step, or its organisation department.
func (s Step) Above() bool { return s.Who == "superior" || s.Who == "department" }

// ByBallot tells whether the assembly votes: the verdict of the count is the step.
func (s Step) ByBallot() bool { return s.Who == "assembly" }

// Numbered gives a step by its number.
func Numbered(number string) (Step, bool) {
	for _, s := range Steps {
		if s.Number == number {
			return s, true
		}
	}
	return Step{}, false
}

// holds tells whether an event belongs to the step.
func (s Step) holds(k timeline.Kind) bool {
	return slices.Contains(s.Kinds, k) || slices.Contains(s.Also, k)
}
