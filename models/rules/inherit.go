package rules

import "slices"

// inherit takes over the parameters above, as the file sets them.
func (m *merger) inherit() {
	if m.above != nil {
		m.set.parameters = slices.Clone(m.above.parameters)
	}
	for i, s := range m.from.settings {
		at := slices.IndexFunc(m.set.parameters, func(p Parameter) bool { return p.ID == s.id })
		if at < 0 {
			m.fault([]any{"set", i, "id"}, "set %s: no file above has this parameter", s.id)
			continue
		}
		m.apply([]any{"set", i}, s, &m.set.parameters[at])
	}
}

// apply sets the parameter, if the files above let this one.
func (m *merger) apply(path []any, s setting, p *Parameter) {
	now := *p
	if s.value != "" {
		now.Jurisdiction = m.from.Jurisdiction()
		_ = now.set(s.value) // Parse has read it
	}
	if s.bounds.Given() {
		now.Bounds = s.bounds
	}
	value, allowed, narrower := now.quantity(), p.Bounds, s.bounds
	switch {
	case !allowed.Given():
		m.fault(path, "set %s: %s declares no bounds for it, so it stays %s", s.id, p.Jurisdiction, p.Value)
	case s.value != "" && !value.alike(p.quantity()):
		m.fault(append(path, "value"), "set %s: %s is not of the sort of %s", s.id, s.value, p.Value)
	case s.value != "" && !allowed.holds(value):
		m.fault(append(path, "value"), "set %s: %s is not within %s, which %s allows", s.id, s.value, allowed.said(), allowed.Jurisdiction)
	case narrower.Given() && !(allowed.holds(narrower.min) && allowed.holds(narrower.max)):
		m.fault(append(path, "bounds"), "set %s: bounds %s are not within %s, which %s allows", s.id, narrower.said(), allowed.said(), allowed.Jurisdiction)
	case !now.Bounds.holds(value):
		m.fault(append(path, "bounds"), "set %s: %s is not within these bounds, %s", s.id, now.Value, narrower.said())
	default:
		if value != p.quantity() {
			m.changed[s.id] = true
		}
		*p = now
	}
}

// declare adds the file's own parameters.
func (m *merger) declare() {
	for i, p := range m.from.parameters {
		if at := slices.IndexFunc(m.set.parameters, func(q Parameter) bool { return q.ID == p.ID }); at >= 0 {
			m.fault([]any{"parameters", i, "id"}, "parameter %s: a file above has it already, with the value %s; to give it another, put it under set",
				p.ID, m.set.parameters[at].Value)
			continue
		}
		m.set.parameters = append(m.set.parameters, p)
	}
}
