package models

import (
	"slices"
	"strconv"
	"time"
)

// FormArrival is the form on which people who arrive say where they come from.
const FormArrival = "arrival"

// Arrival is somebody coming to a community from elsewhere, alone or with others.
type Arrival struct {
	ID            string
	ResidentID    string
	DeclarationID string
	Community     string // where they go: the id of a community
	Gateway       string // the id of the venue through which they come; "" while they cannot tell
	From          string // code of the place that they were in last, as they declare
	At            time.Time
	Plate         Plate // of whoever drives
	Contact       Phone // whom to reach at the destination
	Companions    []Companion
	CreatedAt     time.Time
	Taken         *Taken // what the guard took down; nil where the resident declared it themselves
}

// Companion is somebody who comes along, by their name and document. What others say
// of them colours nobody: they declare for themselves, or a worker does with them.
type Companion struct {
	Name     Name
	Document Document
}

// Taken is an arrival that a guard at a gateway took down, for somebody without a
// phone or without a code here. It is evidence of nothing: what was said counts once a
// worker of the destination has met them and declares it on their behalf.
type Taken struct {
	By    string // staff id of the guard
	Visit string // id of the scan or the entry by hand that it belongs to
	Said  Declaration
	Guest Guest // who arrives; zero of a resident
}

// From is the place that they were in last, as they told the guard; "" if they told of none.
func (t *Taken) From() (place string) {
	var last time.Time
	for _, stay := range t.Said.Stays {
		if stay.To.After(last) {
			place, last = stay.Place, stay.To
		}
	}
	return place
}

// Guest is somebody who arrives and is no resident here: of a document that is not
// known, or of elsewhere.
type Guest struct {
	Document Document // zero of somebody of elsewhere
	Name     Name
	Phone    Phone
	Peer     string // code of the installation that knows them, "" for none
	Handle   string // by which it does, in hexadecimal
}

// Check refuses a guest on whom nobody could call. Contact is whom to reach where they
// go.
func (g Guest) Check(contact Phone) error {
	var ps Problems
	if g.Name == (Name{}) {
		ps.Add("name", Refuse(ReasonFieldMissing))
	}
	if g.Phone == (Phone{}) && contact == (Phone{}) {
		ps.Add("contact", Refuse(ReasonFieldMissing))
	}
	return ps.Err()
}

// The bounds of an arrival.
const (
	ArrivalCompanions = 8
	ArrivalAhead      = 14 * 24 * time.Hour // how long before somebody may say that they arrive
	ArrivalBack       = 24 * time.Hour      // how long after
	arrivalNear       = 24 * time.Hour      // how far from its time an arrival is still this one
)

// Check refuses an arrival that cannot be. Document is that of whoever declares it.
func (a Arrival) Check(document Document, now time.Time) error {
	var ps Problems
	if a.At.After(now.Add(ArrivalAhead)) || a.At.Before(now.Add(-ArrivalBack)) {
		ps.Add("at", Refuse(ReasonArrivalTime))
	}
	if len(a.Companions) > ArrivalCompanions {
		ps.Add("companions", Refuse(ReasonAnswerTooMany))
	}
	known := []Document{document}
	for i, c := range a.Companions {
		if slices.Contains(known, c.Document) {
			ps.Add("companions."+strconv.Itoa(i)+".document.number", Refuse(ReasonArrivalTwice))
		}
		known = append(known, c.Document)
	}
	return ps.Err()
}

// Party is how many they are.
func (a Arrival) Party() int { return 1 + len(a.Companions) }

// Near reports whether somebody who is seen at a gateway now is on this arrival.
// Trains are late, and people are early.
func (a Arrival) Near(now time.Time) bool {
	off := now.Sub(a.At)
	return off <= arrivalNear && off >= -arrivalNear
}

// Checked is what the check of somebody who waited came to.
type Checked string

// What a check can come to. None of them is evidence: a guard colours nobody.
const (
	CheckedReleased Checked = "released" // nothing was found; they go on
	CheckedTested   Checked = "tested"   // a sample was taken; the laboratory tells its result
	CheckedHanded   Checked = "handed"   // the community that they go to takes them over
)

// CheckedOutcomes lists those that there are, the commonest first.
func CheckedOutcomes() []Checked { return []Checked{CheckedReleased, CheckedTested, CheckedHanded} }

// Valid reports whether c is one that exists.
func (c Checked) Valid() bool { return slices.Contains(CheckedOutcomes(), c) }

// TurnWhy is why somebody waits for a check.
type TurnWhy string

// Why people wait: what their travel card shows, the worst of it; what a code of
// elsewhere comes to here; or what they told the guard.
const (
	TurnRed    TurnWhy = "red"
	TurnYellow TurnWhy = "yellow"
	TurnListed TurnWhy = "listed" // green, and yet there is a listed place on it
	TurnSaid   TurnWhy = "said"   // they say that they were in a listed place

	TurnPeerRed     TurnWhy = "peer_red"
	TurnPeerYellow  TurnWhy = "peer_yellow"
	TurnPeerUnknown TurnWhy = "peer_unknown" // nobody here knows what it means
)

// Turn says why whoever has that card waits at a gateway for a check, and reports
// whether they do.
func (c Card) Turn() (TurnWhy, bool) {
	switch {
	case c.Colour == Red:
		return TurnRed, true
	case c.Colour == Yellow:
		return TurnYellow, true
	}
	listed := slices.ContainsFunc(c.Places, func(p CardPlace) bool { return p.Level != "" })
	return TurnListed, listed
}

// Turn says why whoever has such a code of elsewhere waits at a gateway for a check,
// and reports whether they do.
func (r Recognition) Turn() (TurnWhy, bool) {
	switch r.Colour {
	case Red:
		return TurnPeerRed, true
	case Yellow:
		return TurnPeerYellow, true
	case Green:
		return "", false
	}
	return TurnPeerUnknown, true
}

// Turn is somebody's place in the queue of a gateway.
type Turn struct {
	ID         string
	VenueID    string
	Venue      Text   // the gateway's name, where it is shown
	Number     int    // of the day, at that gateway
	ResidentID string // "" of whoever is no resident here
	Peer       string // code of the installation that knows them, of somebody of elsewhere
	From       Text   // what that is called here, where it is shown
	Handle     string // by which it knows them, in hexadecimal
	Name       Name   // of the person, where it is shown; none of somebody of elsewhere
	ArrivalID  string // "" if they had declared none
	Why        TurnWhy
	At         time.Time
	CalledAt   time.Time
	CalledBy   string  // staff id
	Outcome    Checked // "" while they wait
	ClosedAt   time.Time
	ClosedBy   string // staff id
	Ahead      int    // how many wait before them, where it is told
}

// Waits reports whether the check is still to come.
func (t Turn) Waits() bool { return t.Outcome == "" }

// At is what a guard at a gateway does about somebody for whom they would do that at
// a door: declared is whether the person said that they arrive, and waits whether a
// check is still to come.
func (a Advice) At(declared, waits bool) Advice {
	switch {
	case waits:
		return AdviceQueue
	case a == AdvicePass && !declared:
		return AdviceArrive
	}
	return a
}

// Told is the advice about somebody who cannot declare on a phone of their own here:
// the guard takes it down.
func (a Advice) Told() Advice {
	if a == AdviceArrive {
		return AdviceTake
	}
	return a
}
