package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/models/rules"
)

// rulesCommand is for whoever writes rules, or has to answer for one.
type rulesCommand struct {
	Check   checkCommand   `cmd:"" help:"Say everything that is wrong with rule files, each with its line. Several are read from the top of the tree down."`
	Explain explainCommand `cmd:"" help:"Take a past decision again from the facts and rules of then, and say whether it is what was shown."`
}

type checkCommand struct {
	Files []string `arg:"" help:"Rule files, those of the jurisdictions above first."`
}

// Run reads the files as publishing would.
func (c checkCommand) Run(at surroundings) error {
	var chain []*rules.File
	for _, name := range c.Files {
		body, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("%s cannot be read", name)
		}
		f, err := rules.Parse(body)
		if err != nil {
			return fmt.Errorf("%s:\n%w", name, err)
		}
		chain = append(chain, f)
	}
	set, err := rules.Merge(chain...)
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "%s: %d rules, %d parameters\n", set.Name(), len(set.Rules()), len(set.Parameters()))
	return nil
}

type explainCommand struct {
	Decision string `arg:"" help:"Id of the decision: residents see it among their own information."`
}

// Run says what was shown and what comes out now. The resident will see that
// somebody looked.
func (c explainCommand) Run(at surroundings) error {
	o, err := open(at)
	if err != nil {
		return err
	}
	defer o.close()
	e, err := o.store.Explain(at.ctx, models.Operator("rules explain"), c.Decision)
	if err != nil {
		return err
	}
	d := e.Decision
	fmt.Fprintf(at.out, "decision %s of %s, by %s\n", d.ID, stamp(d.At), d.RuleSet)
	fmt.Fprintln(at.out, "facts:")
	for _, f := range e.Facts {
		fmt.Fprintf(at.out, "  %s  %s\n", f.ID, factLine(f))
	}
	for _, id := range e.Missing {
		fmt.Fprintf(at.out, "  %s  is no longer kept\n", id)
	}
	outcome(at, "shown", d.Outcome, e.Rules)
	outcome(at, "again", e.Again, e.Rules)
	if !e.Same {
		return errors.New("the decision does not come out as it was shown")
	}
	fmt.Fprintln(at.out, "the decision comes out as it was shown")
	return nil
}

func outcome(at surroundings, what string, o models.Outcome, set *rules.Set) {
	fmt.Fprintf(at.out, "%s: %s, until %s\n", what, o.Colour, stamp(o.Until))
	for _, r := range o.Reasons {
		rule, _ := set.Rule(r.Rule)
		fmt.Fprintf(at.out, "  %s (%s): %s Clears: %s [%s]\n", r.Rule, r.Colour, rule.Why.In(models.English), rule.Clear.In(models.English), strings.Join(r.Facts, " "))
	}
}

// factLine is a fact without whose it is.
func factLine(f models.Fact) string {
	var words []string
	for _, w := range []string{string(f.Kind), f.Code, f.Level, f.Result} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ") + " from " + stamp(f.At)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
