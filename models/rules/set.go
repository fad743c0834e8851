package rules

import (
	_ "embed"
	"slices"
	"strconv"
	"sync"

	"cel.dev/cel-go/cel"

	"healthcode/models"
)

// Failed is the rule that a decision names when a condition could not be
// evaluated: the colour is then grey at the least, and never green. No file may
// use the id.
const Failed = "failed"

// Rule is one published rule, as it is shown to people.
type Rule struct {
	ID           string
	Colour       models.Colour // grey, yellow or red
	When         string        // the condition, in CEL
	Card         bool          // whether it speaks about the travel card too
	Parameters   []string      // ids of those the condition uses, sorted
	Why          models.Text   // why the person has the colour
	Clear        models.Text   // what takes it away
	Ask          models.Text   // who can be asked
	Jurisdiction string        // whose file has the rule; empty for [Failed]
}

// rule is a Rule that has been compiled.
type rule struct {
	Rule
	program cel.Program // nil in a set with faults, if it was refused
	needs   kindSet     // it is silent without a fact of this kind; empty if that cannot be told
	glance  glance      // what is told of it without the program
	cost    uint64      // at the most, in CEL's steps
	owner   *File       // that has it, at this position
	index   int
}

// Set is the rules that hold in a jurisdiction, compiled: those of its file and
// of every file above it. It never changes and may be used by many goroutines at
// once.
type Set struct {
	files      []*File // from the top down; the last is the jurisdiction's own
	hash       string  // SHA-256, hexadecimal
	parameters []Parameter
	rules      []rule
	card       []rule    // those that speak about the travel card too
	pool       sync.Pool // of *evaluation
}

func newSet(f *File) *Set {
	s := &Set{files: []*File{f}}
	s.pool.New = func() any { return &evaluation{} }
	return s
}

func (s *Set) own() *File { return s.files[len(s.files)-1] }

//go:embed default.yaml
var defaultFile []byte

// Default is the rule set that the service has before any is published. Each
// call compiles it anew: keep the result.
func Default() *Set {
	s, err := Load(defaultFile)
	if err != nil {
		panic("default.yaml: " + err.Error())
	}
	return s
}

// ID is the name of the jurisdiction's own file without its version.
func (s *Set) ID() string { return s.own().ID() }

// Version is that of the jurisdiction's own file. It counts from 1.
func (s *Set) Version() int { return s.own().Version() }

// Jurisdiction is the six-digit code of the division the set is for, or [models.Root].
func (s *Set) Jurisdiction() string { return s.own().Jurisdiction() }

// Name is the set's id and version and the first eight hexadecimal digits of its
// hash, such as "default@1#9f86d081". Two sets of one name are the same files,
// and so the same rules and parameters; whoever keeps sets by their name proves
// it by the whole hash, since eight digits can be met by trying.
func (s *Set) Name() string {
	return s.ID() + "@" + strconv.Itoa(s.Version()) + "#" + s.hash[:8]
}

// Hash is a SHA-256 in hexadecimal: of the file where there is but one, and else
// of [Set.Canonical], which covers every file and what became of them together.
func (s *Set) Hash() string { return s.hash }

// Files are the files that the set was merged from, from the top down. [Merge]
// makes the same set of them again.
func (s *Set) Files() []*File { return slices.Clone(s.files) }

// Source is the jurisdiction's own file, the last of Files.
func (s *Set) Source() []byte { return s.own().Source() }

// Parameters lists the set's parameters, those of the files above first, each
// with the value that it has here.
func (s *Set) Parameters() []Parameter { return slices.Clone(s.parameters) }

// Rules lists the rules, those of the files above first.
func (s *Set) Rules() []Rule {
	list := make([]Rule, len(s.rules))
	for i, r := range s.rules {
		list[i] = r.Rule
	}
	return list
}

// Rule finds a rule by its id, [Failed] included, and reports whether there is one.
func (s *Set) Rule(id string) (Rule, bool) {
	if id == Failed {
		return failedRule, true
	}
	for _, r := range s.rules {
		if r.ID == id {
			return r.Rule, true
		}
	}
	return Rule{}, false
}

var failedRule = Rule{
	ID:     Failed,
	Colour: models.Grey,
	Why: models.Text{
		models.Chinese: "系统暂时无法根据您的记录得出结果。",
		models.English: "The rules could not be applied to your record.",
	},
	Clear: models.Text{
		models.Chinese: "无需您做任何事，故障排除后颜色会自动更新。",
		models.English: "There is nothing for you to do: the colour follows by itself once the fault is mended.",
	},
	Ask: models.Text{
		models.Chinese: "请联系您所在的社区工作人员，或拨打12345。",
		models.English: "Ask your community's worker, or call 12345.",
	},
}
