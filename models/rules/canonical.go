package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"healthcode/models"
)

// Link is one file of a merge, by which it can be found again.
type Link struct {
	Jurisdiction string `json:"jurisdiction"`
	Hash         string `json:"hash"` // SHA-256 of the file, hexadecimal
}

// Links name the files that the set was merged from, from the top down.
func (s *Set) Links() []Link {
	links := make([]Link, len(s.files))
	for i, f := range s.files {
		links[i] = Link{f.Jurisdiction(), f.hash}
	}
	return links
}

// canonicalSet is everything that decides under a set, in the order in which it
// is written. A change here gives every merged set another name: see the golden
// file.
type canonicalSet struct {
	ID           string               `json:"id"`
	Version      int                  `json:"version"`
	Jurisdiction string               `json:"jurisdiction"`
	Links        []Link               `json:"links"`
	Parameters   []canonicalParameter `json:"parameters"`
	Rules        []canonicalRule      `json:"rules"`
}

type canonicalParameter struct {
	ID    string      `json:"id"`
	Value string      `json:"value"`
	Min   string      `json:"min,omitempty"`
	Max   string      `json:"max,omitempty"`
	From  string      `json:"from"` // the jurisdiction whose file gave the value
	Text  models.Text `json:"text"`
}

type canonicalRule struct {
	ID     string      `json:"id"`
	From   string      `json:"from"`
	Colour string      `json:"colour"`
	When   string      `json:"when"`
	Card   bool        `json:"card,omitempty"`
	Why    models.Text `json:"why"`
	Clear  models.Text `json:"clear"`
	Ask    models.Text `json:"ask"`
}

// Canonical is the one serialisation of the merged set, as JSON: the files by
// their hashes, every parameter with its value here and every rule with its texts
// as people read them. The same files give the same bytes.
func (s *Set) Canonical() []byte {
	c := canonicalSet{ID: s.ID(), Version: s.Version(), Jurisdiction: s.Jurisdiction(), Links: s.Links()}
	for _, p := range s.parameters {
		c.Parameters = append(c.Parameters, canonicalParameter{p.ID, p.Value, p.Bounds.Min, p.Bounds.Max, p.Jurisdiction, p.Text})
	}
	for _, r := range s.rules {
		c.Rules = append(c.Rules, canonicalRule{r.ID, r.Jurisdiction, r.Colour.String(), r.When, r.Card, r.Why, r.Clear, r.Ask})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		panic("rules: " + err.Error()) // words and numbers always encode
	}
	return b.Bytes()
}

// seal gives the set its hash. That of a file which stands alone is the file's
// own, so that what was decided before there were files below still has its name.
func (s *Set) seal() {
	for _, r := range s.rules {
		if r.Card {
			s.card = append(s.card, r)
		}
	}
	s.hash = s.own().hash
	if len(s.files) > 1 {
		sum := sha256.Sum256(s.Canonical())
		s.hash = hex.EncodeToString(sum[:])
	}
}
