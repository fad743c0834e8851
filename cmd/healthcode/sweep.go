package main

import (
	"fmt"
	"maps"
	"slices"
)

type sweepCommand struct{}

// Run sweeps once and says what went.
func (sweepCommand) Run(at surroundings) error {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	swept, err := s.store.Sweep(at.ctx)
	for _, table := range slices.Sorted(maps.Keys(swept.Rows)) {
		fmt.Fprintf(at.out, "%s: %d rows deleted\n", table, swept.Rows[table])
	}
	fmt.Fprintf(at.out, "%d residents decided anew\n", swept.Decided)
	return err
}
