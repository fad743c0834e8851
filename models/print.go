package models

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// PrintLife is how long a printed card is good for: whoever carries one is seen by
// their community once a year at the least.
const PrintLife = 365 * 24 * time.Hour

// Print is a card on paper (纸质卡), which a worker made for a resident without a
// phone. It says whose it is and no colour: how they stand is asked when it is read.
type Print struct {
	ID          string
	ResidentID  string
	CommunityID string // whose worker made it
	Community   Text   // its name, where it is shown
	At          time.Time
	EndedAt     time.Time // zero while nobody ended it
	Ended       PrintEnd  // "" also of an end that nobody vouches for
}

// PrintEnd is why a printed card counts no longer.
type PrintEnd string

// Why a printed card ends before its time.
const (
	PrintNewer    PrintEnd = "newer"    // another was made
	PrintLost     PrintEnd = "lost"     // a worker of their community withdrew it
	PrintReturned PrintEnd = "returned" // the resident ended it
	PrintClosed   PrintEnd = "closed"   // the resident closed their code
)

// PrintEnds lists them.
func PrintEnds() []PrintEnd { return []PrintEnd{PrintNewer, PrintLost, PrintReturned, PrintClosed} }

// Until is when the card's time is over.
func (p Print) Until() time.Time { return p.At.Add(PrintLife) }

// Check refuses a card that counts no longer.
func (p Print) Check(now time.Time) error {
	switch {
	case !p.EndedAt.IsZero():
		return Refuse(ReasonPrintEnded)
	case !now.Before(p.Until()):
		return Refuse(ReasonPrintExpired)
	}
	return nil
}

// PrintCode is what a card's QR code says: random, and written on the card alone.
type PrintCode struct{ masked }

const (
	printSize   = 16 // bytes
	printGroup  = 5  // digits that two bytes are written in
	printGroups = printSize / 2
)

// NewPrintCode is the code of those bytes.
func NewPrintCode(random [printSize]byte) PrintCode {
	groups := make([]string, printGroups)
	for i := range groups {
		groups[i] = fmt.Sprintf("%0*d", printGroup, int(random[2*i])<<8|int(random[2*i+1]))
	}
	return PrintCode{newMasked(strings.Join(groups, "-"), "print")}
}

// Text is what the QR code says. Its digits stand in groups, so that nothing takes
// them for a pass, and no damaged pass for them.
func (c PrintCode) Text(prefix string) string { return prefix + c.Reveal() }

// ParsePrint reads a card's code from what a scanner read, whatever stands before it;
// ok is false of anything else.
func ParsePrint(text string) (code PrintCode, ok bool) {
	text = strings.TrimSpace(text)
	groups := strings.Split(text[strings.LastIndexByte(text, '#')+1:], "-")
	if len(groups) != printGroups {
		return PrintCode{}, false
	}
	var random [printSize]byte
	for i, group := range groups {
		n, err := strconv.ParseUint(group, 10, 16)
		if err != nil || len(group) != printGroup {
			return PrintCode{}, false
		}
		random[2*i], random[2*i+1] = byte(n>>8), byte(n)
	}
	return NewPrintCode(random), true
}
