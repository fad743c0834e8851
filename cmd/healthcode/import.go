package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"healthcode/models"
)

type importCommand struct {
	Kind         string `arg:"" enum:"vaccinations,tests" help:"What the file holds: vaccinations or tests."`
	File         string `arg:"" help:"The CSV file, or - for standard input. docs/import.md has the columns."`
	Jurisdiction string `help:"Of tests: code of the jurisdiction whose epidemiologists agree to positive results."`
	KeepGood     bool   `help:"Take the good lines in although others are bad. Without it, one bad line keeps them all out."`
}

// importBatch is how many records one transaction takes in.
const importBatch = 500

// Run names every bad line, and takes in the good ones or none, as asked. Taking
// the same file in again adds nothing.
func (c importCommand) Run(at surroundings) error {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	in, err := c.open(at)
	if err != nil {
		return err
	}
	defer in.Close()
	by := models.Operator("import")
	now := time.Now().In(s.config.Zone)
	if c.Kind == "tests" {
		lines, err := models.TestsCSV(in, now)
		if c.Jurisdiction == "" {
			return errors.New("--jurisdiction is missing: whose epidemiologists agree to positive results")
		}
		return take(at, c, lines, err, func(batch []models.Test) (int, error) {
			got, err := s.store.ImportTests(at.ctx, by, c.Jurisdiction, batch)
			if got.Held > 0 {
				fmt.Fprintf(at.out, "%d positive results wait until an epidemiologist agrees\n", got.Held)
			}
			return got.Added + got.Held, err
		})
	}
	lines, err := models.VaccinationsCSV(in, now)
	return take(at, c, lines, err, func(batch []models.Vaccination) (int, error) {
		return s.store.ImportVaccinations(at.ctx, by, batch)
	})
}

func (c importCommand) open(at surroundings) (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(at.in), nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	return f, nil
}

func take[R any](at surroundings, c importCommand, lines models.Lines[R], err error, add func([]R) (int, error)) error {
	if err != nil {
		return err
	}
	for _, bad := range lines.Bad {
		fmt.Fprintf(at.errs, "%s: %s\n", bad.Field, bad.Reason)
	}
	if len(lines.Bad) > 0 && !c.KeepGood {
		return fmt.Errorf("%d bad lines, nothing was taken in; mend them, or keep the %d good ones with --keep-good", len(lines.Bad), len(lines.Good))
	}
	added := 0
	for begin := 0; begin < len(lines.Good); begin += importBatch {
		if err := context.Cause(at.ctx); err != nil {
			return err
		}
		n, err := add(lines.Good[begin:min(begin+importBatch, len(lines.Good))])
		if err != nil {
			return fmt.Errorf("after %d records: %w", added, err)
		}
		added += n
	}
	fmt.Fprintf(at.out, "%d records taken in, %d were there already, %d lines were bad\n", added, len(lines.Good)-added, len(lines.Bad))
	return nil
}
