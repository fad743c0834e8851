package rules

// Load compiles a rule set from one file that stands alone: nothing is above it.
// What is refused, all of it at once and each with its line
// ([published.Faults]): whatever [Parse] refuses, and if that is nothing, texts
// that are missing or do not tell the parameters that their rule uses,
// parameters that are unknown or unused, conditions that are ill-typed, name
// words that no fact has, cost too much, can never hold or always do.
func Load(data []byte) (*Set, error) {
	f, err := Parse(data)
	if err != nil {
		return nil, err
	}
	return Merge(f)
}
