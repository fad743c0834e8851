package rules

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"healthcode/models"
)

// factType is the type of one fact in the language of conditions.
var factType = cel.ObjectType("fact")

// fact is a models.Fact as conditions see it. Its strings are boxed once, since
// conditions ask for them again and again.
type fact struct {
	*models.Fact
	index       int // in the evaluation
	evaluation  *evaluation
	bit         kindSet
	kindValue   ref.Val
	codeValue   ref.Val
	levelValue  ref.Val
	resultValue ref.Val
}

var kindValues = func() (values []ref.Val) {
	for _, k := range kinds {
		values = append(values, types.String(k))
	}
	return values
}()

var noValue ref.Val = types.String("")

func box(s string) ref.Val {
	if s == "" {
		return noValue
	}
	return types.String(s)
}

// see makes the fact visible as conditions may see it. The code of a stay is a
// place and that of an exposure may be a venue, and no rule may name either:
// places become risky by being listed.
func (v *fact) see(f *models.Fact) {
	v.Fact = f
	v.kindValue, v.bit = noValue, 0
	if i := slices.Index(kinds, f.Kind); i >= 0 {
		v.kindValue, v.bit = kindValues[i], 1<<i
	}
	v.codeValue, v.levelValue, v.resultValue = noValue, box(f.Level), box(f.Result)
	if f.Kind != models.FactStay && f.Kind != models.FactExposure {
		v.codeValue = box(f.Code)
	}
}

// ConvertToNative is refused: nothing outside reads facts through CEL.
func (v *fact) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("a fact has no native form")
}

// ConvertToType is refused for every type but the fact's own.
func (v *fact) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return factType
	}
	return types.NewErr("a fact does not convert to %s", t.TypeName())
}

// Equal holds for the very same fact alone: two tests that say the same are two tests.
func (v *fact) Equal(other ref.Val) ref.Val { return types.Bool(v == other) }

// Type is the type of facts.
func (v *fact) Type() ref.Type { return factType }

// Value is the fact itself.
func (v *fact) Value() any { return v }

// provider tells CEL which fields a fact has. It knows no other type, and no
// condition can make a fact.
type provider struct{ types.Provider }

var fields = map[string]func(*fact) ref.Val{
	"kind":   func(v *fact) ref.Val { return v.kindValue },
	"code":   func(v *fact) ref.Val { return v.codeValue },
	"level":  func(v *fact) ref.Val { return v.levelValue },
	"result": func(v *fact) ref.Val { return v.resultValue },
}

// FindStructType knows facts alone.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if name != factType.TypeName() {
		return nil, false
	}
	return types.NewTypeTypeWithParam(factType), true
}

// FindStructFieldNames lists a fact's fields.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if name != factType.TypeName() {
		return nil, false
	}
	return []string{"kind", "code", "level", "result"}, true
}

// FindStructFieldType says how a fact's field is read: every one is a string.
func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	read, known := fields[field]
	if name != factType.TypeName() || !known {
		return nil, false
	}
	return &types.FieldType{
		Type:    types.StringType,
		IsSet:   func(any) bool { return true },
		GetFrom: func(target any) (any, error) { return read(target.(*fact)), nil },
	}, true
}

// within reports whether less than that long has passed since the fact, and
// notes the instant from which the answer is otherwise. A visible fact is never
// in the future, so a no stays a no.
func (v *fact) within(d time.Duration) bool {
	end := v.At.Add(d)
	if !v.evaluation.now.Before(end) {
		return false
	}
	v.evaluation.flips(end)
	return true
}
