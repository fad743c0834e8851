package web

import (
	"slices"

	"healthcode/models"
	"healthcode/models/rules"
)

// RulesPage is the rules that hold in a place, in the reader's words: whoever has
// a colour can read what gives it and what takes it away, and so can everybody else.
type RulesPage struct {
	Page
	Code       string // of the place; [models.Root] for the rules that hold everywhere
	Place      string
	Places     []Choice
	Groups     []RuleGroup
	Parameters []ParameterView
	Set        string // id@version#hash
	Files      []FileView
	Recognised []Choice // the codes of elsewhere that gates there go by
}

// RuleGroup is the rules that give one colour.
type RuleGroup struct {
	Colour models.Colour
	Word   string
	Rules  []RuleView
}

// RuleView is one rule in words.
type RuleView struct {
	ID, Why, Clear, Ask, When string
	Card                      bool   // it speaks about the travel card too
	Whose                     string // the place whose file has it
}

// ParameterView is one figure in words.
type ParameterView struct {
	What, Value, Whose string
	Min, Max           string // what the places below may set it to; "" if they may not
}

// FileView is one of the files that the rules are made of.
type FileView struct {
	Whose, Name, Hash string
}

// NewRulesPage makes the page of the set that holds in the place of that code.
func NewRulesPage(p Page, code string, set *rules.Set, places Places) RulesPage {
	out := RulesPage{Page: p, Code: code, Place: places.Name(p, code), Places: places.choices(p), Set: set.Name()}
	for _, colour := range []models.Colour{models.Red, models.Yellow, models.Grey} {
		group := RuleGroup{Colour: colour, Word: ColourWord(p.Language, colour)}
		for _, r := range slices.Concat(set.Rules(), failed(set)) {
			if r.Colour == colour {
				group.Rules = append(group.Rules, RuleView{ID: r.ID, Why: r.Why.In(p.Language), Clear: r.Clear.In(p.Language),
					Ask: r.Ask.In(p.Language), When: r.When, Card: r.Card, Whose: places.Name(p, r.Jurisdiction)})
			}
		}
		if len(group.Rules) > 0 {
			out.Groups = append(out.Groups, group)
		}
	}
	for _, parameter := range set.Parameters() {
		out.Parameters = append(out.Parameters, parameterView(p, parameter, places))
	}
	for _, f := range set.Files() {
		out.Files = append(out.Files, FileView{places.Name(p, f.Jurisdiction()), versioned(f.ID(), f.Version()), f.Hash()})
	}
	return out
}

// failed is the rule that speaks when the others cannot be evaluated. It stands in
// no file.
func failed(set *rules.Set) []rules.Rule {
	r, _ := set.Rule(rules.Failed)
	return []rules.Rule{r}
}

func parameterView(p Page, parameter rules.Parameter, places Places) ParameterView {
	out := ParameterView{What: parameter.Text.In(p.Language), Value: parameter.In(p.Language), Whose: places.Name(p, parameter.Jurisdiction)}
	if b := parameter.Bounds; b.Given() && b.Min != b.Max {
		out.Min, out.Max = rules.Parameter{Value: b.Min}.In(p.Language), rules.Parameter{Value: b.Max}.In(p.Language)
	}
	return out
}

// Green is what is left when no rule speaks.
func (p RulesPage) Green() StandingView {
	return StandingView{Colour: models.Green, Word: ColourWord(p.Language, models.Green)}
}

// Places are the jurisdictions that pages name.
type Places []models.Jurisdiction

// Name is a place in the reader's words; its code if nobody knows it.
func (ps Places) Name(p Page, code string) string {
	switch code {
	case models.Root:
		return p.T("rules.everywhere")
	case "":
		return p.T("rules.service")
	}
	for _, j := range ps {
		if j.Code == code {
			return j.Name.In(p.Language)
		}
	}
	return code
}

// Known reports whether there is a place of that code.
func (ps Places) Known(code string) bool {
	return slices.ContainsFunc(ps, func(j models.Jurisdiction) bool { return j.Code == code })
}

// choices are those that there are today.
func (ps Places) choices(p Page) (list []Choice) {
	for _, j := range ps {
		if j.Into == "" {
			list = append(list, Choice{j.Code, j.Name.In(p.Language)})
		}
	}
	return list
}
