package models

import "time"

// Grade says how well a visit is witnessed.
type Grade string

// The grades of a visit, best first.
const (
	GradeScanned Grade = "scanned" // a gate saw the pass
	GradeHand    Grade = "hand"    // a guard had the document: entered by hand, or beside a printed card
	GradeSelf    Grade = "self"    // the person scanned a fixed poster
)

// Visit is one durable record of a person at a venue. It is never changed.
type Visit struct {
	ID         string // chosen by whoever records it, so that repeating it doubles nothing
	VenueID    string
	Venue      Text // the venue's name, where it is shown
	ResidentID string
	At         time.Time
	Grade      Grade
	Print      bool // a guard read the resident's printed card
}

// KeptLife is how long a gate without a network may open passes by the keys that it was
// given, and how late it may hand in the visits that it kept: a shift and the night after
// it. Whoever has no network for longer goes where there is one once a day. It is no
// longer, because the codes of others lie on a guard's phone meanwhile, because a phone
// that was signed out is refused nowhere without a network, and because an epidemiologist
// who asks the day after who was there should be told of everybody.
const KeptLife = 24 * time.Hour

// KeptMost is how many such visits come at once.
const KeptMost = 50

// Kept refuses a visit that was kept for too long.
func Kept(shown, now time.Time) error {
	if now.Sub(shown) > KeptLife {
		return Refuse(ReasonVisitOld)
	}
	return nil
}

// GateKeys is what a gate needs to open passes without a network.
type GateKeys struct {
	Passes []PeerPassKey
	At     time.Time
	Until  time.Time // how long they may be used
}

// Advice is what a guard does, in one word of the catalogue.
type Advice string

// What a guard may be told to do.
const (
	AdvicePass    Advice = "pass"    // let them in
	AdviceCall    Advice = "call"    // call the community's number
	AdviceDeclare Advice = "declare" // help them declare, two minutes
	AdviceVerify  Advice = "verify"  // look at the document itself; the community has not checked it yet
	AdvicePaper   Advice = "paper"   // no code known: take the entry by hand and ask
	AdviceQueue   Advice = "queue"   // at a gateway: they wait for a check
	AdviceArrive  Advice = "arrive"  // at a gateway: help them say where they go, two minutes
	AdviceTake    Advice = "take"    // at a gateway: take down where they go, for who cannot say it on a phone
)

// Advise says what a guard does about a standing.
func Advise(s Standing) Advice {
	switch {
	case s.Colour == Green:
		return AdvicePass
	case s.Colour != Grey:
		return AdviceCall
	case !s.Verified:
		return AdviceVerify
	default:
		return AdviceDeclare
	}
}
