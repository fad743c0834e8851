package rules

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
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
	ID         string
	Colour     models.Colour // grey, yellow or red
	When       string        // the condition, in CEL
	Parameters []string      // ids of those the condition uses, sorted
	Why        models.Text   // why the person has the colour
	Clear      models.Text   // what takes it away
	Ask        models.Text   // who can be asked
}

// rule is a Rule that has been compiled.
type rule struct {
	Rule
	program cel.Program
	needs   kindSet // it is silent without a fact of this kind; empty if that cannot be told
}

// Set is one version of a jurisdiction's rules, compiled. It never changes and
// may be used by many goroutines at once.
type Set struct {
	id, jurisdiction string
	version          int
	source           []byte
	hash             string
	parameters       []Parameter
	rules            []rule
	pool             sync.Pool // of *evaluation
}

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

// ID is the set's name without its version.
func (s *Set) ID() string { return s.id }

// Version counts from 1.
func (s *Set) Version() int { return s.version }

// Jurisdiction is the six-digit code of the division the set is for, or "any".
func (s *Set) Jurisdiction() string { return s.jurisdiction }

// Name is the set's id and version and the first eight hexadecimal digits of
// its file's SHA-256, such as "default@1#9f86d081". Two sets of one name are the
// same file.
func (s *Set) Name() string {
	return s.id + "@" + strconv.Itoa(s.version) + "#" + s.hash
}

func hashOf(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:4])
}

// Source is the file that the set was loaded from.
func (s *Set) Source() []byte { return slices.Clone(s.source) }

// Parameters lists the set's parameters in the order of the file.
func (s *Set) Parameters() []Parameter { return slices.Clone(s.parameters) }

// Rules lists the rules in the order of the file.
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
