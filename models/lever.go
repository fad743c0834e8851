package models

import (
	"slices"
	"time"
)

// Lever is something that somebody can do to change the colour of others. There
// are no more than these.
type Lever string

// The levers.
const (
	LeverOrder    Lever = "order"     // an order concerns a resident
	LeverListing  Lever = "listing"   // a place is declared risky
	LeverExposure Lever = "exposure"  // a case was at a venue, and so were others
	LeverImport   Lever = "import"    // a laboratory delivers positive results
	LeverOnBehalf Lever = "on_behalf" // a worker declares for a resident
	LeverMove     Lever = "move"      // a resident comes under another place's rules
	LeverMerger   Lever = "merger"    // a jurisdiction becomes part of another
	LeverRules    Lever = "rules"
	LeverForm     Lever = "form"

	LeverRecognition Lever = "recognition" // a table says what the colours of another place come to here
)

// LeverTerms are who may pull a lever, and on whose word it takes effect.
type LeverTerms struct {
	Lever  Lever
	Enters Role // who proposes; "" for a laboratory's own programs and the operator's command
	Agrees Role // who else must agree: never who proposed, nor who brought them in, nor whom they brought in
	Alone  bool // where nobody's colour gets worse, it takes effect without anybody else
}

var levers = []LeverTerms{
	{LeverOrder, RoleLead, RoleLead, false},
	{LeverListing, RoleEpidemiologist, RoleEpidemiologist, false},
	{LeverExposure, RoleEpidemiologist, RoleEpidemiologist, false},
	{LeverImport, "", RoleEpidemiologist, false},
	{LeverOnBehalf, RoleWorker, RoleWorker, true},
	{LeverMove, RoleWorker, RoleWorker, true},
	{LeverMerger, RoleOfficer, RoleOfficer, false},
	{LeverRules, RoleOfficer, RoleOfficer, false},
	{LeverForm, RoleOfficer, RoleOfficer, false},
	{LeverRecognition, RoleOfficer, RoleOfficer, false},
}

// Levers lists every lever with its terms.
func Levers() []LeverTerms { return slices.Clone(levers) }

// Terms are the lever's.
func (l Lever) Terms() LeverTerms {
	i := slices.IndexFunc(levers, func(t LeverTerms) bool { return t.Lever == l })
	if i < 0 {
		return LeverTerms{}
	}
	return levers[i]
}

// What one office may do to people within a day. An office is the jurisdiction that
// a member of staff works in; who pulled which lever there makes no difference.
const (
	RedAlarm = 20  // more people turned red than this, and the auditors are told
	RedCap   = 100 // more than this, and a jurisdiction above must agree
)

// AlarmKind is what an auditor is told of.
type AlarmKind string

// The kinds of alarm about what staff did.
const (
	AlarmReddened AlarmKind = "reddened" // an office has turned more than RedAlarm people red within a day
	AlarmAbove    AlarmKind = "above"    // more than RedCap, and the jurisdiction above agreed
	AlarmCap      AlarmKind = "cap"      // somebody tried to go above RedCap and was refused
	AlarmOwn      AlarmKind = "own"      // somebody tried to agree to what was theirs
	AlarmForged   AlarmKind = "forged"   // rows in the database that the service did not make
)

// AlarmKinds lists them.
func AlarmKinds() []AlarmKind {
	return []AlarmKind{AlarmReddened, AlarmAbove, AlarmCap, AlarmOwn, AlarmForged}
}

// Alarm is one thing that an auditor is told.
type Alarm struct {
	ID      string
	Kind    AlarmKind
	Office  string // "" of forged rows
	Lever   Lever
	Subject string // id of the proposal or draft; the table of forged rows
	By      string // staff id of who did it or tried to
	People  int64  // turned red by the office within a day, 0 where nothing was done; how many rows were forged
	At      time.Time
}
