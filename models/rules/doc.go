// Package rules turns the facts about a person into a decision, under a
// published rule set, and says why.
//
// A rule set is data: a YAML file with named parameters and rules, each with a
// colour, a condition in CEL and its texts. docs/rules.md is the reference of
// the format. The rules of [Default] are in default.yaml.
//
// Conditions see typed facts and nothing else: no clock, no name, no document,
// no place, no venue. Time enters through which facts are in force and through
// within(fact, 'parameter'). So every instant at which an answer may change can
// be listed, and [Set.Decide] finds the first at which it does.
package rules
