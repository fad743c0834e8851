package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"

	"healthcode/models"
	"healthcode/models/published"
)

// setFile is a rule file's content as its file has it.
type setFile struct {
	ID           string          `yaml:"id"`
	Version      int             `yaml:"version"`
	Jurisdiction string          `yaml:"jurisdiction"`
	Set          []settingFile   `yaml:"set"`
	Parameters   []parameterFile `yaml:"parameters"`
	Rules        []ruleFile      `yaml:"rules"`
}

type settingFile struct {
	ID     string     `yaml:"id"`
	Value  string     `yaml:"value"`
	Bounds boundsFile `yaml:"bounds"`
}

type parameterFile struct {
	ID     string      `yaml:"id"`
	Value  string      `yaml:"value"`
	Bounds boundsFile  `yaml:"bounds"`
	Text   models.Text `yaml:"text"`
}

type boundsFile struct {
	Min string `yaml:"min"`
	Max string `yaml:"max"`
}

type ruleFile struct {
	ID     string      `yaml:"id"`
	Colour string      `yaml:"colour"`
	When   string      `yaml:"when"`
	Card   bool        `yaml:"card"`
	Why    models.Text `yaml:"why"`
	Clear  models.Text `yaml:"clear"`
	Ask    models.Text `yaml:"ask"`
}

// The bounds of a file. They keep a decision cheap and a page readable.
const (
	maxRules      = 50
	maxParameters = 50
	maxText       = 400 // characters
)

var (
	idPattern           = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	jurisdictionPattern = regexp.MustCompile(`^(` + models.Root + `|[0-9]{6})$`)
)

// File is the rule file of one jurisdiction, read and sound in itself. Whether
// it may stand below the files above it is for [Merge] to say. It never changes.
type File struct {
	source     []byte
	hash       string // SHA-256, hexadecimal
	content    setFile
	doc        *published.Document
	settings   []setting
	parameters []Parameter
	faults     published.Faults // while it is read
}

// Parse reads a rule file. It refuses, all at once and each with its line
// ([published.Faults]), what is wrong whatever stands above the file: anything
// but the keys there are, ids that repeat, values and bounds that are none, and
// parameters' texts that are missing.
func Parse(data []byte) (*File, error) {
	sum := sha256.Sum256(data)
	f := &File{source: slices.Clone(data), hash: hex.EncodeToString(sum[:])}
	var err error
	if f.doc, err = published.Read(data, &f.content); err != nil {
		return nil, err
	}
	f.header()
	f.ids()
	f.readSettings()
	f.readParameters()
	if err := f.faults.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// ID is the file's name without its version.
func (f *File) ID() string { return f.content.ID }

// Version counts from 1.
func (f *File) Version() int { return f.content.Version }

// Jurisdiction is the six-digit code of the division the file is for, or [models.Root].
func (f *File) Jurisdiction() string { return f.content.Jurisdiction }

// Hash is the SHA-256 of the file in hexadecimal.
func (f *File) Hash() string { return f.hash }

// Source is the file as it was read.
func (f *File) Source() []byte { return slices.Clone(f.source) }
