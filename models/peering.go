package models

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"healthcode/models/published"
)

// peeringFile is a peering as its file has it.
type peeringFile struct {
	ID      string           `yaml:"id"`
	Version int              `yaml:"version"`
	Place   string           `yaml:"place"`
	Peer    string           `yaml:"peer"`
	Covers  []string         `yaml:"covers"`
	Mode    string           `yaml:"mode"`
	Name    Text             `yaml:"name"`
	Vendor  string           `yaml:"vendor"`
	URL     string           `yaml:"url"`
	Through string           `yaml:"through"`
	Open    string           `yaml:"open"`
	Pins    []string         `yaml:"pins"`
	Relay   bool             `yaml:"relay"`
	Colours []peerColourFile `yaml:"colours"`
	Passes  []peerColourFile `yaml:"passes"`
	Reasons []peerReasonFile `yaml:"reasons"`
	Tests   []peerTestFile   `yaml:"tests"`
}

type peerColourFile struct {
	Is     theirs `yaml:"is"`
	Colour string `yaml:"colour"`
}

type peerReasonFile struct {
	Is     theirs       `yaml:"is"`
	Text   Text         `yaml:"text"`
	Colour string       `yaml:"colour"`
	Unless peerEaseFile `yaml:"unless"`
}

type peerEaseFile struct {
	Test   string `yaml:"test"`
	Within string `yaml:"within"`
	Colour string `yaml:"colour"`
}

type peerTestFile struct {
	Is     theirs `yaml:"is"`
	Counts string `yaml:"counts"`
}

// theirs is a value as another installation writes it: a word or a number, letter by
// letter, so that 00, 0 and "0" are not taken for each other by accident.
type theirs string

// UnmarshalYAML takes the value as it stands in the file.
func (v *theirs) UnmarshalYAML(node ast.Node) error {
	switch node.Type() {
	case ast.StringType, ast.IntegerType, ast.FloatType, ast.BoolType:
		*v = theirs(node.GetToken().Value)
		return nil
	}
	return published.Misfit(node, published.Say("a value is a word or a number"))
}

var (
	peerID      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	peerCode    = regexp.MustCompile(`^[0-9]{6}$`)
	peerPin     = regexp.MustCompile(`^[0-9a-f]{64}$`)
	peerTesting = regexp.MustCompile(`^[a-z][a-z_]{0,15}$`)
	peerWithin  = regexp.MustCompile(`^([1-9][0-9]{0,3})([dh])$`)
)

const (
	peerTables = 200 // lines of one table
	peerText   = 400 // characters
)

// peeringReader reads one file and notes what is wrong with it.
type peeringReader struct {
	here   string                  // the code of this installation, "" for any
	known  func(place string) bool // nil for any
	file   peeringFile
	doc    *published.Document
	out    *Peering
	faults published.Faults
}

// ParsePeering reads a peering. It refuses, all at once and each with its line
// ([published.Faults]), whatever is wrong with it.
func ParsePeering(data []byte) (*Peering, error) { return parsePeering(data, peeringReader{}) }

// ParsePeeringHere is the same for an installation of that code where those places are
// known. It refuses too what could be gone by at no gate of it.
func ParsePeeringHere(data []byte, code string, known func(place string) bool) (*Peering, error) {
	return parsePeering(data, peeringReader{here: code, known: known})
}

func parsePeering(data []byte, r peeringReader) (*Peering, error) {
	sum := sha256.Sum256(data)
	r.out = &Peering{Hash: hex.EncodeToString(sum[:]), Source: slices.Clone(data), Colours: map[string]Colour{},
		Passes: map[Colour]Colour{}, Reasons: map[string]PeerReason{}, Tests: map[string]string{}}
	var err error
	if r.doc, err = published.Read(data, &r.file); err != nil {
		return nil, err
	}
	r.head()
	r.way()
	if r.out.Mode != PeerNone {
		r.tests()
		r.colours()
		r.passes()
		r.reasons()
	}
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return r.out, nil
}

func (r *peeringReader) line(path ...any) int { return r.doc.Line(path...) }

func (r *peeringReader) head() {
	f, p := r.file, r.out
	p.ID, p.Version, p.Place, p.Peer, p.Name, p.Vendor, p.Relay = f.ID, f.Version, f.Place, f.Peer, f.Name, f.Vendor, f.Relay
	if !peerID.MatchString(f.ID) {
		r.faults.Note(r.line("id"), "id: must be a lower-case word of at most 40 letters, digits and underscores")
	}
	if f.Version < 1 {
		r.faults.Note(r.line("version"), "version: must be 1 or more")
	}
	if !peerCode.MatchString(f.Place) {
		r.faults.Note(r.line("place"), "place: must be six digits")
	}
	if !peerCode.MatchString(f.Peer) || f.Peer == f.Place {
		r.faults.Note(r.line("peer"), "peer: must be six digits, and another place")
	}
	r.whose()
	r.text(f.Name, "name")
	p.Covers = slices.Clone(f.Covers)
	if len(p.Covers) == 0 {
		p.Covers = []string{f.Peer}
	}
	for i, c := range f.Covers {
		if !peerCode.MatchString(c) {
			r.faults.Note(r.line("covers", i), "covers: must be places of six digits")
		}
	}
}

// whose refuses a place that is not known here, and an installation that would
// recognise itself.
func (r *peeringReader) whose() {
	f := r.file
	if r.known != nil && peerCode.MatchString(f.Place) && !r.known(f.Place) {
		r.faults.Note(r.line("place"), "place: it is no place of this service")
	}
	local := PeerMode(f.Mode) == PeerLocal
	if local && r.known != nil && peerCode.MatchString(f.Peer) && !r.known(f.Peer) {
		r.faults.Note(r.line("peer"), "peer: with local it must be a place of this service")
	}
	if !local && r.here != "" && f.Peer == r.here {
		r.faults.Note(r.line("peer"), "peer: it is this installation itself")
	}
}

// text checks a sentence that people read.
func (r *peeringReader) text(t Text, path ...any) {
	if missing := t.Missing(); missing != "" {
		r.faults.Note(r.line(path...), "the text lacks language %s", missing)
	}
	for _, s := range t {
		if utf8.RuneCountInString(s) > peerText || strings.ContainsAny(s, "\r\n") || len(t) > len(Languages()) {
			r.faults.Note(r.line(path...), "the text must be one line of at most %d characters, in the languages there are", peerText)
			return
		}
	}
}

// way is how the other is reached, which the mode says.
func (r *peeringReader) way() {
	f, p := r.file, r.out
	p.Mode, p.URL, p.Through, p.Open, p.Pins = PeerMode(f.Mode), strings.TrimSuffix(f.URL, "/"), f.Through, f.Open, slices.Clone(f.Pins)
	outside := p.Mode == PeerShare || p.Mode == PeerDock || p.Mode == PeerAdopt
	if !outside && p.Mode != PeerLocal && p.Mode != PeerNone {
		r.faults.Note(r.line("mode"), "mode: there are share, dock, adopt, local and none")
		return
	}
	r.onlyWith(p.Mode.Asks(), f.URL, "url")
	r.onlyWith(p.Mode == PeerDock, f.Through, "through")
	r.onlyWith(p.Mode == PeerAdopt, f.Open, "open")
	if p.Mode.Asks() && f.URL != "" && !peerURL(f.URL) {
		r.faults.Note(r.line("url"), "url: must be https://HOST, and http only on this machine")
	}
	if u, err := url.Parse(f.Open); p.Mode == PeerAdopt && f.Open != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		r.faults.Note(r.line("open"), "open: must be an address that begins with https")
	}
	if p.Mode == PeerDock && f.Through != "" && (!peerCode.MatchString(f.Through) || f.Through == f.Peer) {
		r.faults.Note(r.line("through"), "through: must be six digits, and another place")
	}
	if outside != (len(f.Pins) > 0) || len(f.Pins) > 8 {
		r.faults.Note(r.line("pins"), "pins: share, dock and adopt need one to 8, and the others have none")
	}
	for i, pin := range f.Pins {
		if !peerPin.MatchString(pin) {
			r.faults.Note(r.line("pins", i), "pins: a fingerprint has 64 hexadecimal digits, in lower case")
		}
	}
}

// onlyWith refuses a key that the mode needs and that is not there, or the other way
// round.
func (r *peeringReader) onlyWith(needs bool, value, key string) {
	if needs != (value != "") {
		r.faults.Note(r.line(key), "%s: the mode %s needs it, or has no use for it", key, r.file.Mode)
	}
}

// peerURL reports whether installations may be asked there.
func peerURL(s string) bool {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if u.Scheme == "http" {
		address, err := netip.ParseAddr(u.Hostname())
		return err == nil && address.IsLoopback()
	}
	return u.Scheme == "https"
}

// colour reads one of our colours.
func (r *peeringReader) colour(name string, path ...any) Colour {
	c, err := ParseColour(name)
	if err != nil {
		r.faults.Note(r.line(path...), "%q is none of green, grey, yellow and red", name)
	}
	return c
}

// value checks what another installation writes.
func (r *peeringReader) value(v theirs, taken bool, path ...any) string {
	if v == "" || len(v) > peerWord || !utf8.ValidString(string(v)) {
		r.faults.Note(r.line(path...), "is: a value has 1 to %d bytes", peerWord)
	} else if taken {
		r.faults.Note(r.line(path...), "is: %q stands twice", string(v))
	}
	return string(v)
}

// size refuses a table that is too long, or empty where it must not be.
func (r *peeringReader) size(n, least int, key string) {
	if n < least || n > peerTables {
		r.faults.Note(r.line(key), "%s: there must be %d to %d lines", key, least, peerTables)
	}
}

func (r *peeringReader) colours() {
	r.size(len(r.file.Colours), 1, "colours")
	for i, line := range r.file.Colours {
		_, taken := r.out.Colours[string(line.Is)]
		r.out.Colours[r.value(line.Is, taken, "colours", i, "is")] = r.colour(line.Colour, "colours", i, "colour")
	}
}

// passes are the colours that a pass was granted with. A pass names them by the
// names that we have (docs/pass.md).
func (r *peeringReader) passes() {
	least := 1
	if r.out.Mode == PeerLocal { // who is there to ask, always
		least = 0
	}
	r.size(len(r.file.Passes), least, "passes")
	for i, line := range r.file.Passes {
		granted := r.colour(string(line.Is), "passes", i, "is")
		if _, taken := r.out.Passes[granted]; taken && granted != 0 {
			r.faults.Note(r.line("passes", i, "is"), "is: %q stands twice", string(line.Is))
		}
		r.out.Passes[granted] = r.colour(line.Colour, "passes", i, "colour")
	}
}

func (r *peeringReader) tests() {
	r.size(len(r.file.Tests), 0, "tests")
	for i, line := range r.file.Tests {
		_, taken := r.out.Tests[string(line.Is)]
		if !peerTesting.MatchString(line.Counts) {
			r.faults.Note(r.line("tests", i, "counts"), "counts: must be a word such as pcr")
		}
		r.out.Tests[r.value(line.Is, taken, "tests", i, "is")] = line.Counts
	}
}

func (r *peeringReader) reasons() {
	r.size(len(r.file.Reasons), 0, "reasons")
	for i, line := range r.file.Reasons {
		_, taken := r.out.Reasons[string(line.Is)]
		p := PeerReason{Code: r.value(line.Is, taken, "reasons", i, "is"), Text: line.Text}
		r.text(line.Text, "reasons", i, "text")
		if line.Colour != "" {
			p.Colour = r.colour(line.Colour, "reasons", i, "colour")
		}
		if line.Unless != (peerEaseFile{}) {
			r.unless(&p, line.Unless, i)
		}
		r.out.Reasons[p.Code] = p
	}
}

// unless is the test that eases a reason. No test ends what is red: that a rule of
// the person's own place does.
func (r *peeringReader) unless(p *PeerReason, e peerEaseFile, i int) {
	p.Test, p.Eased = e.Test, r.colour(e.Colour, "reasons", i, "unless", "colour")
	if p.Colour != Yellow && p.Colour != Grey {
		r.faults.Note(r.line("reasons", i), "unless: the reason must be yellow or grey of itself")
	}
	if !slices.ContainsFunc(r.file.Tests, func(t peerTestFile) bool { return t.Counts == e.Test }) {
		r.faults.Note(r.line("reasons", i, "unless", "test"), "test: no line of tests counts for %q", e.Test)
	}
	m := peerWithin.FindStringSubmatch(e.Within)
	if m == nil {
		r.faults.Note(r.line("reasons", i, "unless", "within"), "within: %q is not like 48h or 7d", e.Within)
		return
	}
	n, _ := strconv.Atoi(m[1])
	p.Within = time.Duration(n) * map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour}[m[2]]
	if p.Within > 366*24*time.Hour {
		r.faults.Note(r.line("reasons", i, "unless", "within"), "within: %q is not like 48h or 7d", e.Within)
	}
}
