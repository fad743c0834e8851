package forms

import (
	"slices"

	"healthcode/models/published"
)

// File is the file of a form, read and sound in itself. Whether it may take the
// place of the form above it is for [Tree.Publish] to say. It never changes.
type File struct {
	form   *Form
	source []byte
	hash   string // SHA-256, hexadecimal
	doc    *published.Document
}

// Form is what the file says. It is not to be changed.
func (f *File) Form() *Form { return f.form }

// Hash is the SHA-256 of the file in hexadecimal.
func (f *File) Hash() string { return f.hash }

// Source is the file as it was read.
func (f *File) Source() []byte { return slices.Clone(f.source) }

// keeper holds a form against the one above that it takes the place of.
type keeper struct {
	*File
	above  *Form
	faults published.Faults
}

// keep refuses a form under which somebody who answers as they would on the one
// above gives fewer facts: rules above count on them. Only the fields that facts
// and stays follow from, and the choices that show those, have to be kept; all
// else, words and order included, is the jurisdiction's own.
func (f *File) keep(above *Form) published.Faults {
	k := &keeper{File: f, above: above}
	for _, old := range above.telling() {
		i := slices.IndexFunc(f.form.Fields, func(g Field) bool { return g.ID == old.ID })
		if i < 0 {
			k.fault([]any{"fields"}, "field %s is missing, and facts follow from it on the form of %s", old.ID, above.Jurisdiction)
			continue
		}
		k.field([]any{"fields", i}, old, &f.form.Fields[i])
	}
	return k.faults
}

func (k *keeper) fault(path []any, format string, args ...any) {
	k.faults.Note(k.doc.Line(path...), format, args...)
}

// telling are the fields that facts or stays follow from, and the choices on
// which it hangs whether those are shown.
func (f *Form) telling() (list []*Field) {
	shows := map[string]bool{}
	for i := len(f.Fields) - 1; i >= 0; i-- {
		field := &f.Fields[i]
		tells := field.Type == TypeStays || len(field.Facts) > 0 ||
			slices.ContainsFunc(field.Options, func(o Option) bool { return len(o.Facts) > 0 })
		if !tells && !shows[field.ID] {
			continue
		}
		if field.When != nil {
			shows[field.When.Field] = true
		}
		list = append(list, field)
	}
	slices.Reverse(list)
	return list
}

// check refuses, and says whose form asks for it.
func (k *keeper) check(ok bool, path []any, format string, args ...any) {
	if !ok {
		k.fault(path, "%s, as on the form of %s", published.Say(format, args...), k.above.Jurisdiction)
	}
}

// field holds a field against the one above.
func (k *keeper) field(path []any, old, now *Field) {
	if now.Type != old.Type {
		k.check(false, append(path, "type"), "field %s must be of type %s", old.ID, old.Type)
		return
	}
	k.check(!old.Required || now.Required, path, "field %s must be required", old.ID)
	k.check(now.When == nil || old.When != nil && now.When.Field == old.When.Field && covers(now.When.Is, old.When.Is),
		append(path, "when"), "field %s must be shown as often", old.ID)
	switch now.Type {
	case TypeDecimal:
		k.check(now.Min <= old.Min && now.Max >= old.Max && old.Step%now.Step == 0 && old.Min%now.Step == 0, path,
			"field %s must take all numbers from %s to %s by %s", old.ID, old.Min, old.Max, old.Step)
		for _, t := range old.Facts {
			lower := func(u Threshold) bool { return u.Kind == t.Kind && u.Code == t.Code && u.AtLeast <= t.AtLeast }
			k.check(slices.ContainsFunc(now.Facts, lower), append(path, "facts"),
				"field %s must give %s %s from %s or less", old.ID, t.Kind, t.Code, t.AtLeast)
		}
	case TypeChoice, TypeChoices:
		for i := range old.Options {
			k.option(path, old, now, &old.Options[i])
		}
	case TypeStays:
		k.check(now.Window >= old.Window && now.MaxItems >= old.MaxItems, path,
			"field %s must take %d stays of the last %d days", old.ID, old.MaxItems, old.Window)
	}
}

// option holds an option against the one above. One that no facts follow from,
// and that shows nothing, may go.
func (k *keeper) option(path []any, old, now *Field, o *Option) {
	if len(o.Facts) == 0 && !k.above.shownBy(old.ID, o.Code) {
		return
	}
	i := slices.IndexFunc(now.Options, func(p Option) bool { return p.Code == o.Code })
	if i < 0 {
		k.check(false, append(path, "options"), "field %s must have option %s", old.ID, o.Code)
		return
	}
	path = append(path, "options", i)
	k.check(o.Exclusive || !now.Options[i].Exclusive, path, "field %s: option %s must go with others", old.ID, o.Code)
	for _, m := range o.Facts {
		k.check(slices.Contains(now.Options[i].Facts, m), path, "field %s: option %s must give %s %s", old.ID, o.Code, m.Kind, m.Code)
	}
}

// shownBy reports whether a field that facts or stays follow from is shown by
// that answer.
func (f *Form) shownBy(field, code string) bool {
	return slices.ContainsFunc(f.telling(), func(g *Field) bool {
		return g.When != nil && g.When.Field == field && slices.Contains(g.When.Is, code)
	})
}

// covers reports whether every one of the words is among those.
func covers(those, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(those, w) })
}
